package invites_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestAccept(t *testing.T) {
	w := newWorld(t)
	i := w.invite("ann", "viewer")
	for range 3 { // looking uses nothing up
		o, err := w.Invites.Check(w.ctx, i.Token.Reveal())
		w.must(err)
		if o.Invite != i.Invite || o.Role.Key != "viewer" || o.Tenant.ID != w.acme {
			t.Errorf("offer %+v", o)
		}
	}
	w.now = w.now.Add(time.Hour)
	before := w.head()
	u, o, err := w.Invites.Accept(w.ctx, perms.Guest().During("r-1"), invites.Acceptance{Token: i.Token.Reveal(), Name: " Nia Ann Smith ", Password: chosen})
	w.must(err)
	want := users.User{ID: u.ID, Number: 7, Email: "new@example.com", Username: "new@example.com", Name: users.Name{Full: "Nia Ann Smith", Given: "Nia", Family: "Ann Smith"},
		Status: perms.Active, Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}, Roles: []perms.Assignment{{Role: w.role("viewer"), Scope: perms.Anywhere}},
		CreatedAt: w.now, UpdatedAt: w.now, Version: 1}
	if !reflect.DeepEqual(u, want) || o.Role.Key != "viewer" || o.Tenant.Slug != "acme" {
		t.Errorf("got %+v, %+v\nwant %+v", u, o, want)
	}
	stored, err := w.Users.Get(w.ctx, system, u.ID)
	w.must(err)
	if !reflect.DeepEqual(stored, want) {
		t.Errorf("stored %+v", stored)
	}
	e := w.entry(before)
	made := e.After["user"].(map[string]any)
	if e.Action != perms.InviteAccept || e.Actor.Kind != perms.GuestActor || e.RequestID != "r-1" || e.Target.ID != i.ID || e.Tenant != perms.In(w.acme) ||
		e.After["accepted_by"] != u.ID.String() || made["number"] != 7.0 || made["email"] != nil ||
		e.Person != u.ID || e.PersonAfter["email"] != "new@example.com" || e.PersonAfter["name"] != "Nia Ann Smith" {
		t.Errorf("entry %+v", e)
	}
	if _, _, err := w.Sessions.SignIn(w.ctx, "new@example.com", chosen, "192.0.2.1"); err != nil {
		t.Errorf("sign in: %v", err)
	}
	w.fails(w.check(i), invites.ErrUsed)
	_, err = w.accept(i)
	w.fails(err, invites.ErrUsed)
	used, err := w.db.Invite(w.ctx, i.Number)
	w.must(err)
	if used.AcceptedBy != u.ID || !used.AcceptedAt.Equal(w.now) {
		t.Errorf("used %+v", used)
	}
}

func TestAcceptAsStaff(t *testing.T) {
	w := newWorld(t)
	i, err := w.Invites.Create(w.ctx, w.as("root"), invites.New{Email: "new@example.com", Name: "Nia", Role: "root", Tenant: perms.EveryTenant})
	w.must(err)
	u, err := w.accept(i)
	w.must(err)
	if !u.Staff() || u.Name.Full != "Nia" { // the invite's name, where none is chosen
		t.Errorf("made %+v", u)
	}
}

// A failure leaves the token as usable as before, and the journal as it was.
func TestAcceptRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		invite string // the invited name
		in     invites.Acceptance
		fields []string
	}{
		{"short password", "Nia", invites.Acceptance{Password: "1234567"}, []string{"password"}},
		{"no password", "Nia", invites.Acceptance{}, []string{"password"}},
		{"the address as password", "Nia", invites.Acceptance{Password: "NEW@example.com"}, []string{"password"}},
		{"common password", "Nia", invites.Acceptance{Password: "password123"}, []string{"password"}},
		{"no name at all", "", invites.Acceptance{Password: chosen}, []string{"name"}},
		{"blank name", "Nia", invites.Acceptance{Name: "  ", Password: chosen}, []string{"name"}},
		{"long name, short password", "Nia", invites.Acceptance{Name: strings.Repeat("x", 256), Password: "1"}, []string{"name", "password"}},
		{"control character", "Nia", invites.Acceptance{Name: "a\x00b", Password: chosen}, []string{"name"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			i, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "new@example.com", Name: c.invite, Role: "viewer"})
			w.must(err)
			before, people := w.head(), w.everybody()
			c.in.Token = i.Token.Reveal()
			_, _, err = w.Invites.Accept(w.ctx, perms.Guest(), c.in)
			var invalid *perms.InvalidError
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v", err)
			}
			var fields []string
			for _, f := range invalid.Fields {
				fields = append(fields, f.Field)
			}
			if !slices.Equal(fields, c.fields) || w.head() != before || !reflect.DeepEqual(w.everybody(), people) {
				t.Errorf("got %v, want %v, and no trace", fields, c.fields)
			}
			_, _, err = w.Invites.Accept(w.ctx, perms.Guest(), invites.Acceptance{Token: c.in.Token, Name: "Nia", Password: chosen})
			w.must(err)
		})
	}
}

// The token is looked at before the values, and the address last.
func TestOrderOfFailures(t *testing.T) {
	w := newWorld(t)
	i := w.invite("ann", "viewer")
	bad := invites.Acceptance{Token: i.Token.Reveal(), Password: "1"}
	w.add("new", "viewer", perms.TenantOf(w.beta))
	_, _, err := w.Invites.Accept(w.ctx, perms.Guest(), bad)
	w.fails(err, perms.ErrInvalid)
	_, err = w.accept(i)
	w.fails(err, users.ErrAddressTaken)
	w.must(w.check(i))
	w.now = i.ExpiresAt
	_, _, err = w.Invites.Accept(w.ctx, perms.Guest(), bad)
	w.fails(err, invites.ErrExpired)
	bad.Token = "rbi_x"
	_, _, err = w.Invites.Accept(w.ctx, perms.Guest(), bad)
	w.fails(err, invites.ErrNotFound)
	_, _, err = w.Invites.Accept(w.ctx, perms.Actor{}, invites.Acceptance{Token: i.Token.Reveal(), Password: chosen})
	w.fails(err, invites.ErrExpired)
	w.now = w.now.Add(-time.Second)
	_, _, err = w.Invites.Accept(w.ctx, perms.Actor{}, invites.Acceptance{Token: i.Token.Reveal(), Password: chosen})
	w.fails(err, perms.ErrNoActor)
}

func TestOnlyTheWholeTokenCounts(t *testing.T) {
	w := newWorld(t)
	i, l := w.invite("ann", "viewer"), w.link("ann", "viewer", nil)
	token := i.Token.Reveal()
	flipped := []byte(token)
	flipped[10] ^= 1
	for _, bad := range []string{
		"", " ", "rbi_", token[:len(token)-1], token[:20], token + "=", token + "\n", " " + token, strings.ToUpper(token), string(flipped),
		"rb_" + token[4:], "rbl_" + token[4:], l.Token.Reveal(), token + token, "\x00",
	} {
		_, err := w.Invites.Check(w.ctx, bad)
		w.fails(err, invites.ErrNotFound)
		_, _, err = w.Invites.Accept(w.ctx, perms.Guest(), invites.Acceptance{Token: bad, Name: "N", Password: chosen})
		w.fails(err, invites.ErrNotFound)
		if bad == l.Token.Reveal() {
			continue
		}
		_, err = w.Invites.CheckLink(w.ctx, bad)
		w.fails(err, invites.ErrLinkNotFound)
		_, _, err = w.Invites.Join(w.ctx, perms.Guest(), invites.Joining{Token: bad, Email: "x@example.com", Name: "N", Password: chosen})
		w.fails(err, invites.ErrLinkNotFound)
	}
	_, err := w.Invites.CheckLink(w.ctx, token)
	w.fails(err, invites.ErrLinkNotFound)
	w.must(w.check(i))
}

func TestExpiryIsExcluded(t *testing.T) {
	for _, c := range []struct {
		at   time.Duration // from the expiry
		want error
	}{{-time.Microsecond, nil}, {0, invites.ErrExpired}, {time.Microsecond, invites.ErrExpired}} {
		w := newWorld(t)
		i := w.invite("ann", "viewer")
		w.now = i.ExpiresAt.Add(c.at)
		w.fails(w.check(i), c.want)
		_, err := w.accept(i)
		w.fails(err, c.want)
		end := w.now.Add(time.Hour)
		l, err := w.Invites.CreateLink(w.ctx, w.as("ann"), invites.NewLink{ExpiresAt: end})
		w.must(err)
		w.now = end.Add(c.at)
		_, err = w.Invites.CheckLink(w.ctx, l.Token.Reveal())
		w.fails(err, c.want)
		_, err = w.join(l, "jo@example.com")
		w.fails(err, c.want)
	}
}

// TestPromisesOutliveNoAuthority: what ann promised holds only while she could promise it again.
func TestPromisesOutliveNoAuthority(t *testing.T) {
	verb := func(v users.Verb) func(w *world) error {
		return func(w *world) error { _, err := w.Users.Do(w.ctx, system, w.id("ann"), v); return err }
	}
	override := func(o perms.Override) func(w *world) error {
		return func(w *world) error { return w.Users.SetOverride(w.ctx, system, w.id("ann"), o) }
	}
	tenancies := func(list func(w *world) []perms.Tenancy) func(w *world) error {
		return func(w *world) error {
			_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("ann")), users.Update{Tenants: new(list(w))})
			return err
		}
	}
	assign := func(key string, window perms.Window) func(w *world) error {
		return func(w *world) error {
			list := []perms.Assignment{{Role: w.role(key), Scope: perms.Anywhere, Window: window}}
			_, err := w.Users.SetRoles(w.ctx, system, w.id("ann"), list)
			return err
		}
	}
	retype := func(typ perms.TenantType) func(w *world) error {
		return func(w *world) error { w.retire(w.acme, typ); return nil }
	}
	soon := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		maker  string
		change func(w *world) error
		want   error
	}{
		{"nothing happens", "ann", func(*world) error { return nil }, nil},
		{"suspended", "ann", verb(users.Suspend), invites.ErrInvalidated},
		{"deleted", "ann", verb(users.Delete), invites.ErrInvalidated},
		{"purged", "ann", func(w *world) error {
			_, err := w.Users.Purge(w.ctx, system, users.ByID(w.id("ann")), false, 0)
			return err
		}, invites.ErrInvalidated},
		{"demoted", "ann", assign("viewer", perms.Window{}), invites.ErrInvalidated},
		{"without invites.create", "ann", override(perms.Revoke(perms.InvitesCreate)), invites.ErrInvalidated},
		{"without what the role gives", "ann", override(perms.Revoke("assets.view")), invites.ErrInvalidated},
		{"without something else", "ann", override(perms.Revoke("assets.edit")), nil},
		{"for a time only", "ann", assign("admin", perms.Window{ExpiresAt: soon}), invites.ErrInvalidated},
		{"moved", "ann", tenancies(func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta)} }), invites.ErrInvalidated},
		{"in both", "ann", tenancies(func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta), perms.TenantOf(w.acme)} }), nil},
		{"the role gives more", "ann", func(w *world) error {
			_, err := w.Roles.Update(w.ctx, system, w.role(theRole(w)), roles.Update{Add: []string{"roles.delete"}})
			return err
		}, invites.ErrInvalidated},
		{"the tenant is retired", "ann", retype(perms.RetiredTenant), invites.ErrInvalidated},
		{"the tenant is deleted", "root", retype(perms.DeletedTenant), invites.ErrInvalidated},
		{"the tenant is another's test", "root", retype(perms.TestTenant), nil},
		{"root's, and ann is gone", "root", verb(users.Delete), nil},
		{"the system's, and ann is gone", "system", verb(users.Delete), nil},
		{"the system's, and the role gives everything", "system", func(w *world) error {
			_, err := w.Roles.Update(w.ctx, system, w.role(theRole(w)), roles.Update{Add: []string{"*.*"}})
			return err
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.custom("The role", perms.Anywhere, "assets.view")
			i, l := w.invite(c.maker, r.Key), w.link(c.maker, r.Key, nil)
			w.must(c.change(w))
			before := w.head()
			w.fails(w.check(i), c.want)
			_, err := w.Invites.CheckLink(w.ctx, l.Token.Reveal())
			w.fails(err, c.want)
			pending, err := w.Invites.Pending(w.ctx, system)
			w.must(err)
			links, err := w.Invites.Links(w.ctx, system, w.acme)
			w.must(err)
			if live := c.want == nil; (len(pending) == 1) != live || len(links) != 1 || links[0].Live != live || links[0].Role.ID != r.ID {
				t.Errorf("pending %v, links %+v", pending, links)
			}
			_, err = w.accept(i)
			w.fails(err, c.want)
			_, err = w.join(l, "jo@example.com")
			w.fails(err, c.want)
			if c.want != nil && w.head() != before {
				t.Error("a refusal is in the journal")
			}
		})
	}
}

// theRole is the key of the role that the tests' promises give.
func theRole(w *world) string {
	list, err := w.Roles.Named(w.ctx, system, "The role", perms.RolesRead)
	w.must(err)
	return list[0].Key
}

func TestReactivationMakesPromisesGoodAgain(t *testing.T) {
	w := newWorld(t)
	i := w.invite("ann", "viewer")
	for _, step := range []struct {
		verb users.Verb
		want error
	}{{users.Suspend, invites.ErrInvalidated}, {users.Reactivate, nil}} {
		_, err := w.Users.Do(w.ctx, system, w.id("ann"), step.verb)
		w.must(err)
		w.fails(w.check(i), step.want)
	}
}

// TestDecidedAtTheMomentOfTheChange: whatever happens while the password is being hashed counts.
func TestDecidedAtTheMomentOfTheChange(t *testing.T) {
	for _, c := range []struct {
		name      string
		meanwhile func(w *world, i invites.Issued, l invites.IssuedLink)
		want      error // of the invite
		link      error
	}{
		{"nothing", func(*world, invites.Issued, invites.IssuedLink) {}, nil, nil},
		{"revoked", func(w *world, i invites.Issued, l invites.IssuedLink) {
			w.must(w.Invites.Revoke(w.ctx, system, i.Number))
			w.must(w.Invites.DeleteLink(w.ctx, system, l.Number))
		}, invites.ErrNotFound, invites.ErrLinkNotFound},
		{"used", func(w *world, i invites.Issued, l invites.IssuedLink) {
			_, err := w.accept(i)
			w.must(err)
			_, err = w.join(l, "first@example.com")
			w.must(err)
		}, invites.ErrUsed, invites.ErrUsed},
		{"expired", func(w *world, i invites.Issued, _ invites.IssuedLink) { w.now = i.ExpiresAt }, invites.ErrExpired, invites.ErrExpired},
		{"maker suspended", func(w *world, _ invites.Issued, _ invites.IssuedLink) {
			_, err := w.Users.Do(w.ctx, system, w.id("ann"), users.Suspend)
			w.must(err)
		}, invites.ErrInvalidated, invites.ErrInvalidated},
		{"address taken", func(w *world, _ invites.Issued, _ invites.IssuedLink) {
			w.add("new", "viewer", perms.TenantOf(w.beta))
			w.add("jo", "viewer", perms.TenantOf(w.beta))
		}, users.ErrAddressTaken, users.ErrAddressTaken},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, kind := range []string{"invite", "link"} {
				w := newWorld(t)
				i := w.invite("ann", "viewer")
				l, err := w.Invites.CreateLink(w.ctx, w.as("ann"), invites.NewLink{MaxUses: new(int64(1)), ExpiresAt: i.ExpiresAt})
				w.must(err)
				var people int
				service := w.halting(func() { c.meanwhile(w, i, l); people = len(w.everybody()) })
				want := c.want
				if kind == "invite" {
					_, _, err = service.Accept(w.ctx, perms.Guest(), invites.Acceptance{Token: i.Token.Reveal(), Password: chosen})
				} else {
					want = c.link
					_, _, err = service.Join(w.ctx, perms.Guest(), invites.Joining{Token: l.Token.Reveal(), Email: "jo@example.com", Name: "Jo", Password: chosen})
				}
				w.fails(err, want)
				if made := len(w.everybody()) - people; (made == 1) != (want == nil) {
					t.Errorf("%s: %d users made", kind, made)
				}
			}
		})
	}
}

// Whoever is already there is never touched by an invite, and nobody who is gone comes back by one.
func TestInvitesTouchNobody(t *testing.T) {
	for _, c := range []struct {
		status perms.Status
		verb   users.Verb
		want   error
	}{
		{perms.Active, 0, users.ErrAddressTaken},
		{perms.Pending, 0, users.ErrAddressTaken},
		{perms.Suspended, 0, users.ErrAddressTaken},
		{perms.Active, users.Delete, nil},
	} {
		w := newWorld(t)
		i := w.invite("ann", "viewer")
		old, err := w.Users.Create(w.ctx, system, users.New{Email: "NEW@example.com", Name: "Old", Status: c.status})
		w.must(err)
		if c.verb != 0 {
			old, err = w.Users.Do(w.ctx, system, old.ID, c.verb)
			w.must(err)
		}
		u, err := w.accept(i)
		w.fails(err, c.want)
		now, err := w.Users.Get(w.ctx, system, old.ID)
		w.must(err)
		if !reflect.DeepEqual(now, old) || u.ID == old.ID {
			t.Errorf("%v: the user was %+v and is %+v", c.status, old, now)
		}
		if c.want != nil {
			w.must(w.check(i))
		}
	}
}

func TestManyAcceptAtOnce(t *testing.T) {
	w := newWorld(t)
	i := w.invite("ann", "viewer")
	before, people := w.head(), len(w.everybody())
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		made int
	)
	for range 64 {
		wg.Go(func() {
			_, err := w.accept(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
			} else if !errors.Is(err, invites.ErrUsed) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made != 1 || len(w.everybody()) != people+1 || w.entry(before).Action != perms.InviteAccept {
		t.Errorf("%d succeeded, %d users", made, len(w.everybody())-people)
	}
}

func TestRevokingWhileAccepting(t *testing.T) {
	w := newWorld(t)
	for round := range 100 {
		i, err := w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "new@example.com", Name: "N", Role: "viewer"})
		w.must(err)
		var (
			wg                sync.WaitGroup
			made              users.User
			accepted, revoked error
		)
		wg.Go(func() { made, accepted = w.accept(i) })
		wg.Go(func() { revoked = w.Invites.Revoke(w.ctx, w.as("ann"), i.Number) })
		wg.Wait()
		switch {
		case accepted == nil && errors.Is(revoked, invites.ErrNotFound):
			_, err := w.Users.Purge(w.ctx, system, users.ByID(made.ID), false, 0)
			w.must(err)
		case revoked == nil && errors.Is(accepted, invites.ErrNotFound):
		default:
			t.Fatalf("round %d: accept %v, revoke %v", round, accepted, revoked)
		}
	}
}
