package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// office is a tenant in which people pay bills: ann and bob by a role of the tenant's, and whoever a test adds.
type office struct {
	*testing.T
	*store.Book
	store    store.Store
	in       uuid.UUID
	clerk    roles.Role
	ann, bob users.User
	now      time.Time
}

var setup = perms.System("setup")

func newOffice(t *testing.T, atLeast int) *office {
	o := &office{T: t, now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)}
	o.store = memory.NewWith(memory.Options{Clock: func() time.Time { return o.now }})
	first := o.connect()
	tenant, err := first.Tenants.Create(t.Context(), setup, users.NewTenant{Name: "Office", Slug: "office"})
	o.must(err)
	o.in = tenant.ID
	o.Book = o.connect(perms.Invariant{Name: "payers", AtLeast: atLeast, Permissions: []perms.Permission{"bills.read", "bills.pay"}, Scope: perms.In(o.in)})
	o.clerk, err = o.Roles.Create(t.Context(), setup, roles.New{Name: "Clerk", Permissions: []string{"bills.*"}, Scope: perms.In(o.in)})
	o.must(err)
	o.ann, o.bob = o.hire("ann", perms.Window{}), o.hire("bob", perms.Window{})
	return o
}

func (o *office) connect(list ...perms.Invariant) *store.Book {
	o.Helper()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	o.must(err)
	b, err := store.Connect(o.Context(), o.store, store.Options{
		Catalog: perms.NewCatalog("bills.read", "bills.pay", "bills.print"), Hasher: hasher, Clock: func() time.Time { return o.now }, Invariants: list,
	})
	o.must(err)
	return b
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) hire(name string, w perms.Window) users.User {
	o.Helper()
	u, err := o.Users.Create(o.Context(), setup, users.New{
		Email: name + "@example.com", Name: name, Tenants: []perms.Tenancy{perms.TenantOf(o.in)},
		Assigned: []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: w}},
	})
	o.must(err)
	return u
}

// refused checks that an operation breaks the invariant, and has left nothing.
func (o *office) refused(what string, err error) {
	o.Helper()
	var broken *perms.InvariantError
	if !errors.As(err, &broken) || broken.Name != "payers" || !errors.Is(err, perms.ErrInvariant) || errors.Is(err, perms.ErrLockout) {
		o.Errorf("%s: %v, want that the invariant is broken", what, err)
	}
	if !o.Perms.Can(o.Context(), o.ann.ID, "bills.pay", perms.In(o.in)) {
		o.Fatalf("%s was refused, and done", what)
	}
}

// losses are all the ways in which ann no longer pays bills, or no longer for ever.
func (o *office) losses() map[string]func() error {
	ctx := o.Context()
	edit := func(up users.Update) func() error {
		return func() error {
			_, err := o.Users.Update(ctx, setup, users.ByID(o.ann.ID), up)
			return err
		}
	}
	soon := o.now.Add(time.Hour)
	assigned := func(w perms.Window) users.Update {
		return users.Update{Roles: &[]perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: w}}}
	}
	retype := func(typ perms.TenantType) func() error {
		return func() error {
			_, err := o.Tenants.Update(ctx, setup, o.in, users.TenantUpdate{Type: &typ})
			return err
		}
	}
	return map[string]func() error{
		"no role":           edit(users.Update{Roles: &[]perms.Assignment{}}),
		"a role that ends":  edit(assigned(perms.Window{ExpiresAt: soon})),
		"a role from later": edit(assigned(perms.Window{StartsAt: soon})),
		"a revoke":          edit(users.Update{Set: []perms.Override{perms.Revoke("bills.read")}}),
		"a revoke there":    edit(users.Update{Set: []perms.Override{perms.Revoke("bills.pay").In(o.in)}}),
		"a revoke to come":  edit(users.Update{Set: []perms.Override{perms.Revoke("bills.pay").During(perms.Window{StartsAt: soon})}}),
		"suspension":        edit(users.Update{Verb: users.Suspend}),
		"deletion":          edit(users.Update{Verb: users.Delete}),
		"the flag":          edit(users.Update{Active: new(false)}),
		"another tenant":    edit(users.Update{Tenants: &[]perms.Tenancy{}}),
		"purge": func() error {
			_, err := o.Users.Purge(ctx, setup, users.ByID(o.ann.ID), false, 0)
			return err
		},
		"the role's patterns": func() error {
			_, err := o.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.read"}})
			return err
		},
		"a retired tenant": retype(perms.RetiredTenant),
		"a deleted tenant": retype(perms.DeletedTenant),
	}
}

func TestInvariantHoldsOnEveryPath(t *testing.T) {
	o := newOffice(t, 2)
	for what, lose := range o.losses() {
		o.refused(what, lose())
		_, err := o.Preview(t.Context(), func(b *store.Book) error {
			inner := *o
			inner.Book = b
			return inner.losses()[what]()
		})
		o.refused(what+", previewed", err)
	}
}

// Where more are left than needed, and where the invariant is not true anyway, nothing is refused.
func TestInvariantLetsPass(t *testing.T) {
	for what := range newOffice(t, 2).losses() {
		one := newOffice(t, 1)
		switch what {
		case "the role's patterns", "a retired tenant", "a deleted tenant": // takes it from both
			one.refused(what, one.losses()[what]())
		default:
			one.must(one.losses()[what]())
		}
		three := newOffice(t, 3)
		three.must(three.losses()[what]())
	}
}

// What gives nothing to lose is not looked at: another permission, another tenant, another role, a record.
func TestInvariantUntouched(t *testing.T) {
	o := newOffice(t, 2)
	ctx := t.Context()
	_, err := o.Users.Update(ctx, setup, users.ByID(o.ann.ID), users.Update{Name: new(users.FullName("Ann Other")), Set: []perms.Override{perms.Revoke("bills.print")}})
	o.must(err)
	_, err = o.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.read", "bills.pay"}})
	o.must(err)
	other, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Other", Slug: "other"})
	o.must(err)
	_, err = o.Tenants.Update(ctx, setup, other.ID, users.TenantUpdate{Type: new(perms.RetiredTenant)})
	o.must(err)
	_, err = o.Tenants.Update(ctx, setup, o.in, users.TenantUpdate{Type: new(perms.TestTenant), Name: new("Renamed")})
	o.must(err)
	err = o.Users.SetOverride(ctx, setup, o.bob.ID, perms.Revoke("bills.pay").In(other.ID))
	if !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("a revoke in a tenant that is none of his: %v", err)
	}
}

// Who holds something until a time counts until then: the last one can not be taken away before, nor his time shortened; that it passes is no change.
func TestInvariantUntil(t *testing.T) {
	o := newOffice(t, 3)
	ctx, hour := t.Context(), perms.Window{ExpiresAt: o.now.Add(time.Hour)}
	cid := o.hire("cid", hour)
	_, err := o.Users.Do(ctx, setup, cid.ID, users.Suspend)
	o.refused("suspending one of three", err)
	_, err = o.Users.Do(ctx, setup, o.bob.ID, users.Suspend)
	o.refused("suspending another of three", err)
	less := []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: o.now.Add(time.Minute)}}}
	_, err = o.Users.SetRoles(ctx, setup, cid.ID, less)
	o.refused("a shorter time", err)
	more := []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: o.now.Add(2 * time.Hour)}}}
	_, err = o.Users.SetRoles(ctx, setup, cid.ID, more)
	o.must(err)
	_, err = o.Users.SetRoles(ctx, setup, o.bob.ID, more) // as long as the shortest of three
	o.must(err)
	o.now = o.now.Add(2 * time.Hour)
	_, err = o.Users.Do(ctx, setup, o.bob.ID, users.Suspend)
	o.must(err)
}

// Somebody may go once another has taken his place, also within one transaction.
func TestInvariantSuccession(t *testing.T) {
	o := newOffice(t, 2)
	ctx := t.Context()
	o.must(o.InTx(ctx, func(b *store.Book) error {
		inner := *o
		inner.Book = b
		inner.hire("cid", perms.Window{})
		_, err := b.Users.Do(ctx, setup, o.ann.ID, users.Delete)
		return err
	}))
}

func TestConnectChecksInvariants(t *testing.T) {
	good := perms.Invariant{Name: "one", AtLeast: 1, Permissions: []perms.Permission{"bills.pay"}, Scope: perms.Anywhere}
	spoilt := func(change func(*perms.Invariant)) perms.Invariant {
		v := good
		change(&v)
		return v
	}
	known := perms.NewCatalog("bills.pay")
	for what, list := range map[string][]perms.Invariant{
		"no name":             {spoilt(func(v *perms.Invariant) { v.Name = "" })},
		"one name twice":      {good, good},
		"of nobody":           {spoilt(func(v *perms.Invariant) { v.AtLeast = 0 })},
		"no permission":       {spoilt(func(v *perms.Invariant) { v.Permissions = nil })},
		"a bad permission":    {spoilt(func(v *perms.Invariant) { v.Permissions = []perms.Permission{"bills.*"} })},
		"nowhere":             {spoilt(func(v *perms.Invariant) { v.Scope = perms.Scope{} })},
		"at home":             {spoilt(func(v *perms.Invariant) { v.Scope = perms.Home })},
		"in a tenant of none": {spoilt(func(v *perms.Invariant) { v.Scope = perms.In(uuid.Nil) })},
	} {
		if _, err := store.Connect(t.Context(), memory.New(), store.Options{Catalog: known, Invariants: list}); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := store.Connect(t.Context(), memory.New(), store.Options{Catalog: known, Invariants: []perms.Invariant{good}}); err != nil {
		t.Error(err)
	}
}

// Nobody holds what is not in the catalogue: an invariant that asks for it would stand in nobody's way, and is a mistake. What the store knows is known.
func TestInvariantOfNoKnownPermission(t *testing.T) {
	s := memory.New()
	list := []perms.Invariant{{Name: "payers", AtLeast: 1, Permissions: []perms.Permission{perms.UsersList, "bills.pay"}, Scope: perms.Anywhere}}
	connect := func(known *perms.Catalog) error {
		_, err := store.Connect(t.Context(), s, store.Options{Catalog: known, Invariants: list})
		return err
	}
	wantField(t, connect(perms.NewCatalog("bills.read")), "invariants[0].permissions[1]", perms.Unknown)
	if keys, err := s.Keys(t.Context()); err != nil || len(keys) > 0 {
		t.Errorf("what was refused has stored %v, %v", keys, err)
	}
	for _, known := range []*perms.Catalog{perms.NewCatalog("bills.pay"), nil} {
		if err := connect(known); err != nil {
			t.Error(err)
		}
	}
}

// The lockout rule counts those alone who administer without an end: to set the last one an end is refused, to take what has one is not.
func TestLockoutCountsTheEndless(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	root, err := o.Roles.Create(ctx, setup, roles.New{Name: "Root", Permissions: []string{"*.*"}})
	o.must(err)
	office := func(w perms.Window) []perms.Assignment {
		return []perms.Assignment{{Role: root.ID, Scope: perms.Anywhere, Window: w}}
	}
	ends := perms.Window{ExpiresAt: o.now.Add(time.Hour)}
	made := func(name string, w perms.Window) users.User {
		u, err := o.Users.Create(ctx, setup, users.New{Email: name + "@example.com", Name: name, Tenants: []perms.Tenancy{perms.EveryTenant}, Assigned: office(w)})
		o.must(err)
		return u
	}
	deputy := made("deputy", ends)
	_, err = o.Users.Do(ctx, setup, deputy.ID, users.Suspend)
	o.must(err)
	chief := made("chief", perms.Window{})
	if _, err := o.Users.SetRoles(ctx, setup, chief.ID, office(ends)); !errors.Is(err, perms.ErrLockout) {
		t.Errorf("an end to the last administrator's office: %v", err)
	}
}

// Who is to hold something later counts from then on: he is taken from nobody who counts on him, and whoever he relieves may go.
func TestInvariantCountsWhoIsToCome(t *testing.T) {
	day := 24 * time.Hour
	until := func(o *office, d time.Duration) perms.Window { return perms.Window{ExpiresAt: o.now.Add(d)} }
	from := func(o *office, d time.Duration) perms.Window { return perms.Window{StartsAt: o.now.Add(d)} }
	assign := func(o *office, u users.User, list ...perms.Window) error {
		up := []perms.Assignment{}
		for i, w := range list {
			scope := perms.Anywhere
			if i > 0 {
				scope = perms.In(o.in)
			}
			up = append(up, perms.Assignment{Role: o.clerk.ID, Scope: scope, Window: w})
		}
		_, err := o.Users.SetRoles(o.Context(), setup, u.ID, up)
		return err
	}
	handOver := func(o *office) { // ann until tomorrow, bob from an hour before
		o.must(assign(o, o.bob, from(o, day-time.Hour)))
		o.must(assign(o, o.ann, until(o, day)))
	}
	for name, row := range map[string]struct {
		atLeast int
		before  func(o *office)
		change  func(o *office) error
		refused bool
	}{
		"a hand-over with an overlap": {1, func(o *office) { o.must(assign(o, o.bob, from(o, day-time.Hour))) }, func(o *office) error { return assign(o, o.ann, until(o, day)) }, false},
		"without a gap":               {1, func(o *office) { o.must(assign(o, o.bob, from(o, day))) }, func(o *office) error { return assign(o, o.ann, until(o, day)) }, false},
		"with a gap":                  {1, func(o *office) { o.must(assign(o, o.bob, from(o, day))) }, func(o *office) error { return assign(o, o.ann, until(o, day-time.Microsecond)) }, true},
		"the successor's role":        {1, handOver, func(o *office) error { return assign(o, o.bob) }, true},
		"the successor comes later":   {1, handOver, func(o *office) error { return assign(o, o.bob, from(o, day+time.Microsecond)) }, true},
		"the successor comes then":    {1, handOver, func(o *office) error { return assign(o, o.bob, from(o, day)) }, false},
		"the successor's account": {1, handOver, func(o *office) error {
			_, err := o.Users.Do(o.Context(), setup, o.bob.ID, users.Delete)
			return err
		}, true},
		"a revoke of the successor's": {1, handOver, func(o *office) error {
			return o.Users.SetOverride(o.Context(), setup, o.bob.ID, perms.Revoke("bills.pay").During(from(o, 2*day)))
		}, true},
		"one's own follow-on": {1, func(o *office) {
			o.must(assign(o, o.bob))
			o.must(assign(o, o.ann, until(o, day), from(o, day)))
		}, func(o *office) error { return assign(o, o.ann, until(o, day)) }, true},
		"the role of both": {1, handOver, func(o *office) error {
			_, err := o.Roles.Update(o.Context(), setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}})
			return err
		}, true},
		"nobody is left anyway": {1, func(o *office) {
			o.must(assign(o, o.bob, perms.Window{StartsAt: o.now.Add(time.Hour), ExpiresAt: o.now.Add(2 * time.Hour)}))
			o.must(func() error { // as by what was there before the invariant
				free := *o
				free.Book = o.connect()
				return assign(&free, o.ann)
			}())
		}, func(o *office) error {
			return assign(o, o.bob, perms.Window{StartsAt: o.now.Add(time.Hour), ExpiresAt: o.now.Add(3 * time.Hour)})
		}, false},
		"two, of whom one is to come": {2, func(o *office) {
			free := *o
			free.Book = o.connect()
			o.must(assign(&free, o.bob, from(o, day)))
		}, func(o *office) error { return assign(o, o.ann, until(o, day)) }, true},
		"two, while there is but one": {2, func(o *office) {
			free := *o
			free.Book = o.connect()
			o.must(assign(&free, o.bob, from(o, day)))
		}, func(o *office) error { return assign(o, o.ann, from(o, day)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, row.atLeast)
			row.before(o)
			err := row.change(o)
			if errors.Is(err, perms.ErrInvariant) != row.refused || (err == nil) == row.refused {
				t.Errorf("%v, want refused: %t", err, row.refused)
			}
		})
	}
}

// However many hold something for a while, it is looked for no further than to those who hold it as long as it is taken away.
func TestInvariantLooksNoFurtherThanNeeded(t *testing.T) {
	o := newFrailOffice(t)
	year := perms.Window{ExpiresAt: o.now.Add(365 * 24 * time.Hour)}
	for i := range 150 {
		o.hire(fmt.Sprint("clerk", i), year)
	}
	for _, u := range []users.User{o.ann, o.bob} {
		_, err := o.connect().Users.SetRoles(t.Context(), setup, u.ID, []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: year}})
		o.must(err)
	}
	for name, row := range map[string]struct {
		window perms.Window // what the last one keeps
		pages  int
	}{
		"a-year":    {perms.Window{StartsAt: year.ExpiresAt}, 1},
		"an-hour":   {perms.Window{StartsAt: o.now.Add(time.Hour)}, 1},
		"nothing":   {perms.Window{}, 0},
		"even-more": {perms.Window{StartsAt: year.ExpiresAt.Add(time.Second)}, 2},
	} {
		last := o.hire(name, perms.Window{})
		clear(o.reads.calls)
		_, err := o.Users.SetRoles(t.Context(), setup, last.ID, []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere, Window: row.window}})
		if (err == nil) != (row.pages < 2) || o.reads.calls["Candidates"] != row.pages {
			t.Errorf("taken for %s: %v, %d pages", name, err, o.reads.calls["Candidates"])
		}
		_, err = o.connect().Users.Do(t.Context(), setup, last.ID, users.Delete)
		o.must(err)
	}
}
