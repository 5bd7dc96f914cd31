package perms_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// ledger is a store of one user, whose revoke of assets.view comes and goes. Each revision is one immutable state.
type ledger struct {
	perms.Store
	now  atomic.Pointer[ledgerState]
	asks int    // for the head
	tick func() // when the clock is read
	read func() // after a subject has been read, before it is returned
	told func(perms.Head)
}

type ledgerState struct {
	head    perms.Head
	subject perms.Subject
	journal []perms.Entry // the last ones
}

func newLedger(o perms.CacheOptions) (*ledger, *perms.Authorizer) {
	l := &ledger{read: func() {}, tick: func() {}}
	s := member(role("editor", "assets.*"))
	l.now.Store(&ledgerState{subject: s})
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(l) }
	a := perms.NewCachedAuthorizer(l, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time {
		l.tick()
		return noon
	}}, o)
	l.told = a.Committed
	return l, a
}

// set commits a change: from then on the user has the overrides, and the listener knows.
func (l *ledger) set(overrides ...perms.Override) {
	old := l.now.Load()
	n := &ledgerState{head: perms.Head{Revision: old.head.Revision + 1}, subject: old.subject}
	n.subject.Overrides, n.subject.Revision = overrides, n.head.Revision
	e := perms.Entry{Revision: n.head.Revision, Action: perms.OverrideSet, Target: perms.Target{Kind: perms.KindUser, ID: ann}}
	n.journal = append(old.journal[max(0, len(old.journal)-20):len(old.journal):len(old.journal)], e)
	l.now.Store(n)
	l.told(n.head)
}

// edit commits an edit of the user's role.
func (l *ledger) edit(patterns ...perms.Pattern) {
	l.set(l.now.Load().subject.Overrides...)
	n := l.now.Load()
	n.subject.Roles = []perms.Held{role("editor", patterns...)}
	e, list := &n.journal[len(n.journal)-1], []any{}
	for _, t := range patterns {
		list = append(list, string(t))
	}
	e.Action, e.Target, e.After = perms.RoleUpdate, perms.Target{Kind: perms.KindRole, ID: n.subject.Roles[0].Rule.ID}, perms.Members{"permissions": list}
}

func (l *ledger) Head(context.Context) (perms.Head, error) {
	l.asks++
	return l.now.Load().head, nil
}

func (l *ledger) Subject(_ context.Context, user uuid.UUID) (perms.Subject, error) {
	s := l.now.Load().subject
	s.User = user
	l.read()
	return s, nil
}

func (l *ledger) TenantTypes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	types := map[uuid.UUID]perms.TenantType{}
	for _, id := range ids {
		if typ, ok := tenantTypes[id]; ok {
			types[id] = typ
		}
	}
	return types, nil
}

func (l *ledger) Journal(_ context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	var out []perms.Entry
	for _, e := range l.now.Load().journal {
		if e.Revision > f.After && len(out) < f.Limit {
			out = append(out, e)
		}
	}
	return out, nil
}

// TestFillRacesInvalidation: a user is read, a change of him is committed before the answer arrives, and what is kept is as of after the change: the next check
// knows it, every time.
func TestFillRacesInvalidation(t *testing.T) {
	trials := 1_000_000
	if testing.Short() {
		trials = 20_000
	}
	l, a := newLedger(perms.CacheOptions{})
	raced, revoked := false, false
	l.read = func() {
		if raced {
			return
		}
		raced = true
		if revoked = !revoked; revoked {
			l.set(perms.Revoke("assets.view"))
		} else {
			l.set()
		}
	}
	for range trials {
		l.set(l.now.Load().subject.Overrides...) // so that he is read again
		raced = false
		began := l.now.Load().head.Revision
		if got, err := a.Check(t.Context(), ann, "assets.view", perms.Home); err != nil || got.Revision < began {
			t.Fatalf("%+v, %v; want an answer as of %d or later", got, err, began)
		}
		got, err := a.Check(t.Context(), ann, "assets.view", perms.Home)
		if err != nil || !raced || got.Allowed == revoked || got.Revision != l.now.Load().head.Revision {
			t.Fatalf("revoked is %t as of %d, and the answer %+v, %v", revoked, l.now.Load().head.Revision, got, err)
		}
	}
}

// TestBounded: however many users are asked about, no more are kept than was said, and none is answered for wrongly.
func TestBounded(t *testing.T) {
	for name, o := range map[string]perms.CacheOptions{"users": {MaxUsers: 1000}, "bytes": {MaxBytes: 120_000}} {
		t.Run(name, func(t *testing.T) {
			l, a := newLedger(o)
			reads := 0
			l.read = func() { reads++ }
			ids := make([]uuid.UUID, 5000)
			for i := range ids {
				ids[i] = uuid.New()
				for range 3 {
					if !a.Can(t.Context(), ids[i], "assets.view", perms.Home) {
						t.Fatal("denied")
					}
				}
				if !a.Can(t.Context(), ids[0], "assets.view", perms.Home) { // always in use
					t.Fatal("denied")
				}
			}
			if reads != len(ids)+1 { // the first one twice: with the type of his tenant
				t.Errorf("%d users were read %d times, though the one in use must be kept", len(ids), reads)
			}
			kept := perms.Kept(a)
			if kept < 400 || kept > 1200 {
				t.Errorf("%d users are kept", kept)
			}
			for _, id := range ids[:100] {
				if !a.Can(t.Context(), id, "assets.view", perms.Home) {
					t.Fatal("denied")
				}
			}
		})
	}
}

// TestEitherClock: the store is asked when MaxStaleness is over by either clock. The monotonic one stands still while the machine sleeps; the other one may be
// set back.
func TestEitherClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, a := newLedger(perms.CacheOptions{Shared: true, MaxStaleness: time.Minute})
		asks := func() int {
			l.asks = 0
			if !a.Can(t.Context(), ann, "assets.view", perms.Home) {
				t.Error("denied")
			}
			return l.asks
		}
		asks()
		time.Sleep(time.Minute - 1)
		if asks() != 0 {
			t.Error("asked too early")
		}
		time.Sleep(time.Nanosecond)
		if asks() != 1 || asks() != 0 {
			t.Error("not asked once when the time was over")
		}
		perms.SetWallClock(a, -24*time.Hour) // set back
		time.Sleep(time.Minute)
		if asks() != 1 {
			t.Error("not asked, because the wall clock was set back")
		}
		perms.SetWallClock(a, time.Minute) // a minute's sleep
		if asks() != 1 {
			t.Error("not asked after a sleep")
		}
	})
}

// A journal that lacks what has happened, because it was archived, or that is too long to be read, costs everything that was known, and nothing else.
func TestGapForgetsEverything(t *testing.T) {
	for name, cut := range map[string]int{"beginning": 5, "all": 40, "too long": 0} {
		t.Run(name, func(t *testing.T) {
			l, a := newLedger(perms.CacheOptions{})
			if !a.Can(t.Context(), ann, "assets.view", perms.Home) {
				t.Fatal("denied")
			}
			n := 20
			if name == "too long" {
				n = 5000
			}
			l.set(perms.Revoke("assets.view"))
			for range n {
				l.set(perms.Revoke("assets.view"))
				e := l.now.Load().journal
				e[len(e)-1].Target.ID = bob // the entry about ann is the first
			}
			s := *l.now.Load()
			s.journal = s.journal[min(cut, len(s.journal)):]
			l.now.Store(&s)
			got, err := a.Check(t.Context(), ann, "assets.view", perms.Home)
			if err != nil || got.Code != perms.RevokedByOverride || got.Revision != s.head.Revision {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A warm answer waits for nobody, not even for a ctx that has ended; one that has to be loaded does.
func TestCancelled(t *testing.T) {
	_, a := newLedger(perms.CacheOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := a.Check(ctx, ann, "assets.view", perms.Home); err != context.Canceled || got.Allowed {
		t.Errorf("cold: %+v, %v", got, err)
	}
	if !a.Can(t.Context(), ann, "assets.view", perms.Home) || !a.Can(ctx, ann, "assets.view", perms.Home) {
		t.Error("warm: denied")
	}
}

// A warm check allocates nothing, whatever it is asked of whom.
func TestWarmAllocatesNothing(t *testing.T) {
	l, a := newLedger(perms.CacheOptions{Shared: true, MaxStaleness: time.Hour})
	object := perms.Object{Type: "dashboards", ID: 7}
	s := l.now.Load()
	s.subject.Tenants = []perms.Tenancy{perms.TenantOf(acme), perms.EveryTenant}
	s.subject.Objects = []perms.ObjectGrant{{Tenant: acme, Object: object}}
	s.subject.Overrides = []perms.Override{perms.Revoke("assets.delete"), perms.Grant("dashboards.view").During(window(-1, 1))}
	for _, user := range []uuid.UUID{ann, bob} {
		if user == bob {
			s.subject = member(role("editor", "assets.*"))
		}
		view, later := a.Handle("assets.view"), a.Handle("nothing.yet")
		held, err := a.Resolve(t.Context(), user, perms.Home)
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]func(){
			"check":    func() { _, _ = a.Check(t.Context(), user, "assets.view", perms.Home) },
			"unknown":  func() { _, _ = a.Check(t.Context(), user, "assets.fly", perms.Home) },
			"override": func() { _, _ = a.Check(t.Context(), user, "assets.delete", perms.Home) },
			"tenant":   func() { _, _ = a.Check(t.Context(), user, "assets.view", perms.In(beta)) },
			"anywhere": func() { _, _ = a.Check(t.Context(), user, "assets.view", perms.Anywhere) },
			"object":   func() { _, _ = a.CheckObject(t.Context(), user, "dashboards.view", perms.Home, object) },
			"handle":   func() { _, _ = a.CheckHandle(t.Context(), user, view, perms.Home) },
			"can":      func() { _ = a.Can(t.Context(), user, "assets.view", perms.Home) },
			"resolved": func() { _ = held.Can(view) || held.Can(later) },
		} {
			ask()
			if n := testing.AllocsPerRun(100, ask); n != 0 {
				t.Errorf("%s of %s: %v allocations", name, user, n)
			}
		}
	}
}

// A change reaches users who have not been asked about for long, too.
func TestOldEntriesAreDropped(t *testing.T) {
	l, a := newLedger(perms.CacheOptions{MaxUsers: 4})
	for _, user := range []uuid.UUID{ann, uuid.New(), uuid.New()} {
		if !a.Can(t.Context(), user, "assets.view", perms.Home) {
			t.Fatal("denied")
		}
	}
	if perms.Kept(a) != 3 {
		t.Fatalf("%d users are kept", perms.Kept(a))
	}
	l.set(perms.Revoke("assets.view"))
	if d, err := a.Check(t.Context(), ann, "assets.view", perms.Home); err != nil || d.Code != perms.RevokedByOverride {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestOneRevisionAtATime: in the midst of a check, a permission is revoked from a user, and then his role gains it. He held it at no revision, so the answer
// must not be put together from both.
func TestOneRevisionAtATime(t *testing.T) {
	l, a := newLedger(perms.CacheOptions{})
	l.edit("assets.view")
	l.set(perms.Grant("features.ai").During(window(-1, 1))) // so that a check reads the clock
	for _, user := range []uuid.UUID{ann, bob} {
		if a.Can(t.Context(), user, "assets.edit", perms.Home) {
			t.Fatal("allowed from the beginning")
		}
	}
	interfered := false
	l.tick = func() {
		l.tick = func() {}
		interfered = true
		l.set(perms.Revoke("assets.edit"), perms.Grant("features.ai").During(window(-1, 1)))
		l.edit("assets.view", "assets.edit")
		if a.Can(t.Context(), uuid.New(), "assets.edit", perms.Home) { // who has the same roles
			t.Error("allowed to somebody else")
		}
	}
	if d, err := a.Check(t.Context(), ann, "assets.edit", perms.Home); err != nil || d.Allowed || !interfered {
		t.Errorf("%+v, %v", d, err)
	}
}

// What is asked together is answered as it is one by one, cold and warm, of what is in no catalogue too.
func TestCheckAllSaysWhatCheckSays(t *testing.T) {
	l, a := newLedger(perms.CacheOptions{})
	keys := []perms.Permission{"assets.view", "assets.edit", "users.read", "assets.fly", ""}
	for _, overrides := range [][]perms.Override{nil, {perms.Revoke("assets.view")}} {
		l.set(overrides...)
		for _, user := range []uuid.UUID{ann, bob} {
			for range 2 {
				all, err := a.CheckAll(t.Context(), user, perms.Home, keys...)
				if err != nil || len(all) != len(keys) {
					t.Fatal(all, err)
				}
				for i, p := range keys {
					if one, err := a.Check(t.Context(), user, p, perms.Home); err != nil || all[i] != one {
						t.Errorf("%q: %+v, and alone %+v, %v", p, all[i], one, err)
					}
				}
				known, err := a.CheckAll(t.Context(), user, perms.Home, keys[:2]...)
				if err != nil || known[0] != all[0] || known[1] != all[1] {
					t.Errorf("%+v, and with others %+v, %v", known, all, err)
				}
			}
		}
	}
}

// A catalogue may be larger than what has its place beside the verdicts.
func TestManyKeys(t *testing.T) {
	var keys []perms.Permission
	for i := range 700 {
		keys = append(keys, perms.Permission(fmt.Sprintf("assets.a%03d", i)))
	}
	for _, size := range []int{1, 400, 700} {
		catalog := perms.NewCatalog(keys[:size]...)
		last := keys[size-1]
		st := newStore(member(role("some", perms.Pattern(last))))
		view := func(_ context.Context, fn func(perms.Store) error) error { return fn(st) }
		a := perms.NewCachedAuthorizer(st, view, perms.Env{Catalog: func() *perms.Catalog { return catalog }, Clock: func() time.Time { return noon }}, perms.CacheOptions{})
		held, err := a.Resolve(t.Context(), ann, perms.Home)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range keys[:size] {
			if got := a.Can(t.Context(), ann, p, perms.Home); got != (p == last) || held.Can(a.Handle(p)) != got {
				t.Errorf("%s of %d: %v", p, size, got)
			}
		}
	}
}
