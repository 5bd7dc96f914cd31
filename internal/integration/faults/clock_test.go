package faults

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // Berlin's summer

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// dial is a clock that somebody sets.
type dial struct {
	mu  sync.Mutex
	now time.Time
}

func (d *dial) time() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *dial) set(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = now
}

// outdated is a book some time ago, and what it has given away that is used, revoked or over by now.
type outdated struct {
	t     *testing.T
	clock *dial
	store store.Store
	book  *store.Book
	home  uuid.UUID
	made  int

	tokens  map[string]string // of invites and links, by what has become of them
	session string
	deputy  uuid.UUID // an administrator whose office is over
}

// Whatever the clock does, what is used or revoked stays so, and what was over when the last change was made stays over for all that decides on changes.
// The journal's clock never runs backwards. Work goes on at any time.
func TestClockJumps(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	began := time.Date(2030, 3, 25, 0, 30, 0, 0, time.UTC)
	later := began.Add(8 * 24 * time.Hour)
	jumps := []time.Time{
		later.Add(-time.Hour), later.Add(time.Hour), later.Add(-24 * time.Hour), later.Add(24 * time.Hour), began, time.Unix(0, 0),
		time.Date(2030, 3, 31, 0, 59, 59, 0, time.UTC).In(berlin), time.Date(2030, 3, 31, 1, 0, 0, 0, time.UTC).In(berlin), // when the clock goes from two to three
		time.Date(2016, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC), // around a leap second
		time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), began, time.Date(9999, 12, 1, 0, 0, 0, 0, time.UTC), later, began,
	}
	onSites(t, everySite, func(t *testing.T, s *site) {
		o := newOutdated(t, s, began)
		o.clock.set(later)
		o.refuses()
		o.works(1)
		for i, now := range jumps {
			o.clock.set(now)
			o.refuses()
			o.works(i + 2)
			o.refuses()
		}
		inOrderOfTime(t, s.store)
		storetest.CheckFold(t, s.store)
	})
}

// newOutdated gives things away at a moment.
func newOutdated(t *testing.T, s *site, at time.Time) *outdated {
	t.Helper()
	o := &outdated{t: t, clock: &dial{now: at}, store: s.store, home: s.home.ID, tokens: map[string]string{}}
	options, err := bookOptions()
	must(t, err)
	options.Clock, options.MaxStaleness = o.clock.time, store.Always
	o.book, err = store.Connect(t.Context(), s.store, options)
	must(t, err)
	ctx, once := t.Context(), int64(1)
	for _, fate := range []string{"used", "revoked", "over"} {
		l, err := o.book.Invites.CreateLink(ctx, system, invites.NewLink{Tenant: o.home, MaxUses: &once, ExpiresAt: at.Add(time.Hour)})
		must(t, err)
		i, err := o.book.Invites.Create(ctx, system, invites.New{Email: fate + "@example.com", Role: "root", Tenant: s.tenancy(), Lifetime: time.Hour})
		must(t, err)
		o.tokens[fate+" link"], o.tokens[fate+" invite"] = l.Token.Reveal(), i.Token.Reveal()
		switch fate {
		case "used":
			must(t, o.use(fate+" link"))
			must(t, o.use(fate+" invite"))
		case "revoked":
			must(t, o.book.Invites.DeleteLink(ctx, system, l.Number))
			must(t, o.book.Invites.Revoke(ctx, system, i.Number))
		}
	}
	u, err := o.book.Users.Create(ctx, system, users.New{Email: "deputy@example.com", Name: "Deputy", Tenants: []perms.Tenancy{perms.EveryTenant}})
	must(t, err)
	o.deputy = u.ID
	role, err := s.store.RoleByKey(ctx, "root")
	must(t, err)
	_, err = o.book.Users.SetRoles(ctx, system, u.ID, []perms.Assignment{
		{Role: role.ID, Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: at.Add(time.Hour)}}})
	must(t, err)
	token, _, err := o.book.Sessions.Issue(ctx, u.ID)
	must(t, err)
	o.session = token.Reveal()
	if err := errors.Join(o.act(), o.come()); err != nil {
		t.Fatalf("at first: %v", err)
	}
	return o
}

// use uses a token.
func (o *outdated) use(which string) error {
	token := o.tokens[which]
	if _, err := session.Parse(session.KindLink, token); err == nil {
		return o.join(token)
	}
	_, _, err := o.book.Invites.Accept(o.t.Context(), perms.Guest(), invites.Acceptance{Token: token, Name: "Somebody", Password: "correct horse 41"})
	return err
}

func (o *outdated) join(token string) error {
	o.made++
	_, _, err := o.book.Invites.Join(o.t.Context(), perms.Guest(), invites.Joining{
		Token: token, Email: fmt.Sprintf("guest%d@example.com", o.made), Name: "Somebody", Password: "correct horse 41"})
	return err
}

// act lets the deputy change something.
func (o *outdated) act() error {
	o.made++
	_, err := o.book.Users.Create(o.t.Context(), perms.As(o.deputy), users.New{Email: fmt.Sprintf("made%d@example.com", o.made), Name: "Made"})
	return err
}

// come shows the deputy's session.
func (o *outdated) come() error {
	_, err := o.book.Sessions.Authenticate(o.t.Context(), o.session)
	return err
}

// refuses tries everything that is over.
func (o *outdated) refuses() {
	o.t.Helper()
	for which := range o.tokens {
		want := map[string]error{"used link": invites.ErrUsed, "used invite": invites.ErrUsed, "over link": invites.ErrExpired, "over invite": invites.ErrExpired,
			"revoked link": invites.ErrLinkNotFound, "revoked invite": invites.ErrNotFound}[which]
		if err := o.use(which); !errors.Is(err, want) {
			o.t.Errorf("at %v, the %s: %v", o.clock.time(), which, err)
		}
	}
	if err := o.act(); !errors.Is(err, perms.ErrForbidden) {
		o.t.Errorf("at %v, whose office is over: %v", o.clock.time(), err)
	}
	if err := o.come(); !errors.Is(err, users.ErrNoSession) {
		o.t.Errorf("at %v, whose session is over: %v", o.clock.time(), err)
	}
}

// works does what can be done at any time.
func (o *outdated) works(n int) {
	o.t.Helper()
	once := int64(1)
	l, err := o.book.Invites.CreateLink(o.t.Context(), system, invites.NewLink{Tenant: o.home, MaxUses: &once})
	must(o.t, err)
	must(o.t, o.join(l.Token.Reveal()))
	if err := o.join(l.Token.Reveal()); !errors.Is(err, invites.ErrUsed) {
		o.t.Errorf("%d: the second one who joins: %v", n, err)
	}
}

// inOrderOfTime checks that revisions are in the order of their times.
func inOrderOfTime(t *testing.T, s store.Store) {
	t.Helper()
	entries, err := s.Journal(t.Context(), perms.JournalFilter{Limit: 100_000})
	must(t, err)
	for i, e := range entries[1:] {
		if e.At.Before(entries[i].At) || e.Revision != entries[i].Revision+1 {
			t.Errorf("revision %d of %v is followed by %d of %v", entries[i].Revision, entries[i].At, e.Revision, e.At)
		}
	}
}

// Of two processes one is ten minutes slow, the other one ten minutes fast. What is used or revoked in one is so in the other; what is over for the fast one
// is so for both from its next change on; and the bound of freshness is not measured by these clocks.
func TestSkew(t *testing.T) {
	const skew = 10 * time.Minute
	for _, k := range twoProcesses {
		t.Run(k.name, func(t *testing.T) {
			st, there := k.open(t)
			s := &skewed{t: t, store: st, book: connectBook(t, st, store.Always)}
			home, err := st.TenantByNumber(t.Context(), users.DefaultTenant)
			must(t, err)
			s.home = home.ID
			there.Stale, there.Ahead = skewedBound, -skew
			slow := spawn(t, there)
			there.Ahead = skew
			fast := spawn(t, there)
			ann := person(t, s.book, "ann")
			short, long := s.link(9, skew/2), s.link(9, 24*time.Hour)
			s.join(slow, short, worked)
			s.join(fast, short, expired)
			s.join(fast, long, worked)
			s.join(slow, short, expired)
			s.join(slow, long, worked)
			for range full(3, 200) {
				once, gone := s.link(1, 24*time.Hour), s.link(1, 24*time.Hour)
				s.join(fast, once, worked)
				s.join(slow, once, used)
				must(t, s.book.Invites.DeleteLink(t.Context(), system, gone.Number))
				s.join(slow, gone, unknown)
				s.join(fast, gone, unknown)
				s.revoke(slow, ann)
				s.revoke(fast, ann)
			}
			inOrderOfTime(t, st)
			storetest.CheckFold(t, st)
		})
	}
}

// skewedBound is MaxStaleness of the processes.
const skewedBound = 100 * time.Millisecond

// skewed is a store that processes with other clocks use too.
type skewed struct {
	t     *testing.T
	store store.Store
	book  *store.Book
	home  uuid.UUID
	made  int
}

// link makes a link for so many, which is over so long after the last change.
func (s *skewed) link(most int64, lasts time.Duration) invites.IssuedLink {
	s.t.Helper()
	head, err := s.store.Head(s.t.Context())
	must(s.t, err)
	l, err := s.book.Invites.CreateLink(s.t.Context(), system, invites.NewLink{Tenant: s.home, MaxUses: &most, ExpiresAt: head.At.Add(lasts)})
	must(s.t, err)
	return l
}

// join lets somebody join by a process.
func (s *skewed) join(p *process, l invites.IssuedLink, want result) {
	s.t.Helper()
	s.made++
	a := p.ask(order{Do: "join", Token: l.Token.Reveal(), Name: fmt.Sprintf("guest%d-", s.made), Many: 1})
	if len(a.Calls) != 1 || a.Calls[0].Result != want {
		s.t.Errorf("joining by link %d: %+v, want %s", l.Number, a, want)
	}
}

// revoke grants and revokes, and looks when a process knows.
func (s *skewed) revoke(p *process, user uuid.UUID) {
	s.t.Helper()
	granted, err := set(s.t.Context(), s.book, s.store, user, true)
	must(s.t, err)
	p.ask(order{Do: "atleast", Many: int(granted)})
	if !p.ask(order{Do: "check", User: user}).Allowed {
		s.t.Fatal("what was granted is not allowed")
	}
	p.tell(order{Do: "watch", User: user, Limit: time.Minute})
	_, err = set(s.t.Context(), s.book, s.store, user, false)
	must(s.t, err)
	revoked := time.Now()
	if a := p.hear(); age(a, revoked) > skewedBound+slack || a.FirstNo.IsZero() {
		s.t.Errorf("allowed %v after it was revoked", age(a, revoked))
	}
}
