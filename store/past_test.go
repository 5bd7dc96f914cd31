package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// What was allowed at an instant is answered from the journal, also of a role that has been deleted since.
func ExampleBook_asOf() {
	ctx, setup := context.Background(), perms.System("setup")
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.delete"), Clock: func() time.Time { return now }})
	if err != nil {
		panic(err)
	}
	role, err := book.Roles.Create(ctx, setup, roles.New{Name: "Mover", Permissions: []string{"assets.delete"}})
	if err != nil {
		panic(err)
	}
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{role.Key}})
	if err != nil {
		panic(err)
	}
	moving := now
	now = now.Add(time.Hour)
	if _, err := book.Users.SetRoles(ctx, setup, ann.ID, nil); err != nil {
		panic(err)
	}
	if err := book.Roles.Delete(ctx, setup, role.ID, 0); err != nil {
		panic(err)
	}
	for _, at := range []time.Time{moving, now} {
		past, err := book.Journal.AsOf(ctx, setup, ann.ID, perms.Home, at)
		if err != nil {
			panic(err)
		}
		fmt.Println(past.Check("assets.delete").Code)
	}
	// Output:
	// granted_by_role
	// not_granted
}

// bureau is a book of two tenants whose clock the tests move.
type bureau struct {
	*testing.T
	book       *store.Book
	now        time.Time
	acme, beta uuid.UUID
	auditor    roles.Role
}

var registrar = perms.System("test")

func newBureau(t *testing.T) *bureau {
	t.Helper()
	o := &bureau{T: t, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	o.book, err = store.Connect(t.Context(), memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit", "dashboards.view"), Clock: func() time.Time { return o.now }})
	o.must(err)
	for _, tenant := range []struct {
		id   *uuid.UUID
		slug string
	}{{&o.acme, "acme"}, {&o.beta, "beta"}} {
		made, err := o.book.Tenants.Create(t.Context(), registrar, users.NewTenant{Name: tenant.slug, Slug: tenant.slug})
		o.must(err)
		*tenant.id = made.ID
	}
	o.auditor, err = o.book.Roles.Create(t.Context(), registrar, roles.New{Name: "Auditor", Permissions: []string{"audit.read", "assets.view"}})
	o.must(err)
	return o
}

func (o *bureau) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// hire creates an auditor with a list of tenants.
func (o *bureau) hire(name string, tenants ...perms.Tenancy) users.User {
	o.Helper()
	u, err := o.book.Users.Create(o.Context(), registrar, users.New{Email: name + "@example.com", Name: name, Tenants: tenants, Roles: []string{o.auditor.Key}})
	o.must(err)
	return u
}

// later moves the clock by an hour and returns the instant before.
func (o *bureau) later() time.Time {
	before := o.now
	o.now = o.now.Add(time.Hour)
	return before
}

func (o *bureau) move(u users.User, tenants ...perms.Tenancy) {
	o.Helper()
	_, err := o.book.Users.Update(o.Context(), registrar, users.ByID(u.ID), users.Update{Tenants: &tenants})
	o.must(err)
}

func (o *bureau) asOf(actor perms.Actor, u users.User, scope perms.Scope, at time.Time) (perms.Past, error) {
	return o.book.Journal.AsOf(o.Context(), actor, u.ID, scope, at)
}

func TestWhoAsksForThePast(t *testing.T) {
	o := newBureau(t)
	here, there := perms.TenantOf(o.acme), perms.TenantOf(o.beta)
	ann, bea, root, vic := o.hire("ann", here), o.hire("bea", there), o.hire("root", perms.EveryTenant), o.hire("vic", here)
	mia, err := o.book.Users.Create(t.Context(), registrar, users.New{Email: "mia@example.com", Name: "Mia", Tenants: []perms.Tenancy{here}})
	o.must(err)
	hired := o.later()
	check := func(what string, want map[string]error) {
		t.Helper()
		for name, actor := range map[string]perms.Actor{"ann": perms.As(ann.ID), "bea": perms.As(bea.ID), "root": perms.As(root.ID), "mia": perms.As(mia.ID), "vic": perms.As(vic.ID),
			"system": registrar, "guest": perms.Guest(), "nobody": {}, "ann of beta": perms.As(ann.ID).In(o.beta), "root of acme": perms.As(root.ID).In(o.acme)} {
			past, err := o.asOf(actor, vic, perms.Home, hired)
			if !errors.Is(err, want[name]) {
				t.Errorf("%s, %s: %v, want %v", what, name, err, want[name])
			}
			if allowed := past.Check("assets.view").Allowed; allowed != (want[name] == nil) {
				t.Errorf("%s, %s: allowed %t", what, name, allowed)
			}
		}
	}
	refused := map[string]error{"bea": perms.ErrNoSubject, "mia": perms.ErrForbidden, "guest": perms.ErrForbidden, "nobody": perms.ErrNoActor, "ann of beta": perms.ErrForbidden}
	check("an active user", refused)
	_, err = o.book.Users.Do(t.Context(), registrar, vic.ID, users.Suspend)
	o.must(err)
	refused["vic"] = perms.ErrForbidden
	check("a suspended one", refused)
	_, err = o.book.Users.Do(t.Context(), registrar, vic.ID, users.Delete)
	o.must(err)
	check("a deleted one", refused)
	_, err = o.book.Users.Purge(t.Context(), registrar, users.ByID(vic.ID), true, 0)
	o.must(err)
	check("a purged one", refused)
	if _, err := o.asOf(registrar, vic, perms.Home, o.now); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("after the purge: %v", err)
	}
}

// Who does not see a tenant learns nothing of what was held there, and of its roles and overrides nothing; the user himself learns it.
func TestThePastOfOtherTenants(t *testing.T) {
	o := newBureau(t)
	here, there := perms.TenantOf(o.acme), perms.TenantOf(o.beta)
	ann, root := o.hire("ann", here), o.hire("root", perms.EveryTenant)
	vic := o.hire("vic", there, here)
	o.must(o.book.Users.SetOverride(t.Context(), registrar, vic.ID, perms.Grant("assets.edit").In(o.beta)))
	porter, err := o.book.Roles.Create(t.Context(), registrar, roles.New{Name: "Porter", Permissions: []string{"assets.edit"}, Scope: perms.In(o.beta)})
	o.must(err)
	_, err = o.book.Users.SetRoles(t.Context(), registrar, vic.ID, []perms.Assignment{{Role: o.auditor.ID, Scope: perms.Anywhere}, {Role: porter.ID, Scope: perms.Anywhere}})
	o.must(err)
	_, err = o.book.Users.SetObjects(t.Context(), registrar, users.ByID(vic.ID), o.beta, "dashboards", []int64{7})
	o.must(err)
	was := o.later()
	for _, row := range []struct {
		actor perms.Actor
		scope perms.Scope
		place perms.Scope
		held  string
	}{
		{perms.As(ann.ID), perms.Home, perms.In(o.acme), "assets.view audit.read"},
		{perms.As(ann.ID), perms.In(o.acme), perms.In(o.acme), "assets.view audit.read"},
		{perms.As(ann.ID), perms.In(o.beta), perms.In(o.beta), ""},
		{perms.As(ann.ID), perms.In(uuid.New()), perms.Scope{}, ""},
		{perms.As(root.ID), perms.Home, perms.In(o.beta), "assets.edit assets.view audit.read"},
		{perms.As(vic.ID), perms.Home, perms.In(o.beta), "assets.edit assets.view audit.read"},
		{registrar, perms.Anywhere, perms.Anywhere, ""},
	} {
		past, err := o.asOf(row.actor, vic, row.scope, was)
		if err != nil || past.Computed().String() != row.held || past.Effective().String() != row.held || row.place != (perms.Scope{}) && past.Scope != row.place {
			t.Errorf("%+v: %v in %v, %v", row, past.Computed(), past.Scope, err)
		}
	}
	if _, err := o.asOf(registrar, vic, perms.Scope{}, was); !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("the zero scope: %v", err)
	}
	for name, row := range map[string]struct {
		actor perms.Actor
		near  int
	}{"ann": {perms.As(ann.ID), 0}, "vic": {perms.As(vic.ID), 1}, "root": {perms.As(root.ID), 1}} {
		past, err := o.asOf(row.actor, vic, perms.In(o.acme), was)
		shared := perms.Object{Type: "dashboards", ID: 7}
		if why := past.Explain(shared.View(), shared); err != nil || why.Allowed || len(why.NearMisses) != row.near {
			t.Errorf("%s is told of %+v, %v", name, why.NearMisses, err)
		}
		if why := past.Explain("assets.edit", perms.Object{}); err != nil || why.Allowed || len(why.NearMisses) != 2*row.near {
			t.Errorf("%s is told of %+v, %v", name, why.NearMisses, err)
		}
	}
	// Once staff, later of acme: that he was staff is for staff to know.
	max := o.hire("max", perms.EveryTenant)
	was = o.later()
	o.move(max, here)
	for _, row := range []struct {
		actor perms.Actor
		held  string
	}{{perms.As(ann.ID), ""}, {perms.As(root.ID), "assets.view audit.read"}, {perms.As(max.ID), "assets.view audit.read"}} {
		if past, err := o.asOf(row.actor, max, perms.Home, was); err != nil || past.Scope != perms.Anywhere || past.Computed().String() != row.held {
			t.Errorf("%v: %v in %v, %v", row.actor, past.Computed(), past.Scope, err)
		}
	}
	// Purged, he is where he was last.
	o.move(max, there)
	_, err = o.book.Users.Purge(t.Context(), registrar, users.ByID(max.ID), true, 0)
	o.must(err)
	if _, err := o.asOf(perms.As(ann.ID), max, perms.Home, was); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("somebody who has left the tenant and was purged: %v", err)
	}
}

// The tenants, the catalogue and the instant are those of then.
func TestTheWorldOfThen(t *testing.T) {
	o := newBureau(t)
	home, err := o.book.Tenants.Default(t.Context())
	o.must(err)
	ann := o.hire("ann", perms.TenantOf(home.ID))
	born := o.later()
	_, err = o.book.Tenants.Update(t.Context(), registrar, home.ID, users.TenantUpdate{Name: new("Home")})
	o.must(err)
	first := o.later()
	_, err = o.book.Tenants.Update(t.Context(), registrar, home.ID, users.TenantUpdate{Type: new(perms.RetiredTenant)})
	o.must(err)
	o.must(o.book.Users.SetOverride(t.Context(), registrar, ann.ID, perms.Grant("assets.edit")))
	retired := o.later()
	made, err := o.book.Tenants.Create(t.Context(), registrar, users.NewTenant{Name: "New", Slug: "new"})
	o.must(err)
	root := o.hire("root", perms.EveryTenant)
	o.must(o.book.Seed(t.Context(), registrar, roles.Preset{Keys: []perms.Key{{Permission: "assets.burn"}}}))
	o.must(o.book.Users.SetOverride(t.Context(), registrar, root.ID, perms.Grant("assets.burn")))
	for _, row := range []struct {
		u     users.User
		scope perms.Scope
		at    time.Time
		p     perms.Permission
		want  perms.Code
	}{
		{ann, perms.Home, born, "assets.view", perms.GrantedByRole},
		{ann, perms.Home, first, "assets.view", perms.GrantedByRole},
		{ann, perms.Home, retired.Add(-time.Microsecond), "assets.view", perms.GrantedByRole},
		{ann, perms.Home, retired, "assets.view", perms.TenantOutOfScope},
		{ann, perms.Home, first, "assets.edit", perms.NotGranted},
		{ann, perms.Home, first, "assets.burn", perms.UnknownPermission},
		{root, perms.Anywhere, o.now, "assets.burn", perms.GrantedByOverride},
		{root, perms.In(home.ID), o.now, "assets.burn", perms.GrantedByOverride},
		{root, perms.In(made.ID), o.now, "assets.burn", perms.GrantedByOverride},
		{ann, perms.In(made.ID), retired, "assets.view", perms.TenantOutOfScope},
	} {
		past, err := o.asOf(registrar, row.u, row.scope, row.at)
		if d := past.Check(row.p); err != nil || d.Code != row.want || d.Revision != past.Revision {
			t.Errorf("%+v: %v, %v", row, d, err)
		}
		if why := past.Explain(row.p, perms.Object{}); why.Code != row.want {
			t.Errorf("%+v: explained as %s", row, why.Code)
		}
	}
	for at, want := range map[time.Time]error{o.now: nil, o.now.Add(time.Nanosecond): nil, o.now.Add(time.Microsecond): perms.ErrInvalid, born.Add(-time.Microsecond): perms.ErrNoSubject, {}: perms.ErrNoSubject} {
		if _, err := o.asOf(registrar, ann, perms.Home, at); !errors.Is(err, want) {
			t.Errorf("as of %s: %v, want %v", at, err, want)
		}
	}
}

// A tenant that was made later was none then, even for those whose scope is every tenant.
func TestTenantsThatWereNotThere(t *testing.T) {
	o := newBureau(t)
	root := o.hire("root", perms.EveryTenant)
	before := o.later()
	made, err := o.book.Tenants.Create(t.Context(), registrar, users.NewTenant{Name: "New", Slug: "new"})
	o.must(err)
	for at, want := range map[time.Time]perms.Code{before: perms.TenantOutOfScope, o.now: perms.GrantedByRole} {
		if past, err := o.asOf(registrar, root, perms.In(made.ID), at); err != nil || past.Check("assets.view").Code != want {
			t.Errorf("as of %s: %s, %v", at, past.Check("assets.view").Code, err)
		}
	}
}

func TestArchive(t *testing.T) {
	o := newBureau(t)
	ann := o.hire("ann", perms.TenantOf(o.acme))
	first := o.later()
	o.must(o.book.Users.SetOverride(t.Context(), registrar, ann.ID, perms.Grant("assets.edit")))
	second := o.later()
	o.must(o.book.Users.SetOverride(t.Context(), registrar, ann.ID, perms.Revoke("assets.edit")))
	ctx, refuse := t.Context(), errors.New("no room")
	if _, err := o.book.Journal.Archive(ctx, perms.As(ann.ID), o.now, func([]perms.Entry) error { return nil }); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("archived by a user: %v", err)
	}
	if head, err := o.book.Journal.Archive(ctx, registrar, o.now, func([]perms.Entry) error { return refuse }); !errors.Is(err, refuse) || head != (perms.Head{}) {
		t.Errorf("not kept: %v, %v", head, err)
	}
	keep := func(into *[]perms.Revision) func([]perms.Entry) error {
		return func(page []perms.Entry) error {
			for _, e := range page {
				*into = append(*into, e.Revision)
			}
			return nil
		}
	}
	var kept []perms.Revision
	if _, err := o.book.Journal.Archive(ctx, registrar, first, keep(&kept)); err != nil || kept != nil {
		t.Errorf("archived %v, %v; want nothing from before the beginning", kept, err)
	}
	head, err := o.book.Journal.Archive(ctx, registrar, o.now, keep(&kept))
	if err != nil || !slices.Equal(kept, []perms.Revision{1, 2, 3, 4, 5, 6}) || head != (perms.Head{Revision: 6, At: second}) {
		t.Errorf("archived %v up to %v, %v", kept, head, err)
	}
	if again, err := o.book.Journal.Archived(ctx); err != nil || again != head {
		t.Errorf("archived up to %v, %v", again, err)
	}
	var reach *perms.ArchivedError
	var invalid *perms.InvalidError
	if _, err := o.asOf(registrar, ann, perms.Home, second.Add(-time.Microsecond)); !errors.As(err, &reach) || reach.Archived != head || !errors.As(err, &invalid) || invalid.Fields[0].Field != "as_of" {
		t.Errorf("before what is left: %v", err)
	}
	for at, want := range map[time.Time]bool{second: true, o.now.Add(-time.Microsecond): true, o.now: false} {
		if past, err := o.asOf(registrar, ann, perms.Home, at); err != nil || past.Check("assets.edit").Allowed != want || !past.Check("assets.view").Allowed {
			t.Errorf("as of %s: %v, %v", at, past.Computed(), err)
		}
	}
	for after, want := range []error{perms.ErrArchived, perms.ErrArchived, perms.ErrArchived, perms.ErrArchived, perms.ErrArchived, perms.ErrArchived, nil, nil, perms.ErrNoPosition} {
		if _, _, err := o.book.Journal.Entries(ctx, registrar, perms.Revision(after), 10); !errors.Is(err, want) {
			t.Errorf("read after %d: %v, want %v", after, err, want)
		}
	}
	entries, next, err := o.book.Journal.Entries(ctx, registrar, 6, 10)
	if err != nil || len(entries) != 1 || next != 7 {
		t.Errorf("%v up to %d, %v", entries, next, err)
	}
}

// Of two who archive at the same time, one learns that the other has been there before.
func TestArchiveTwiceAtOnce(t *testing.T) {
	o := newBureau(t)
	o.later()
	nothing := func([]perms.Entry) error { return nil }
	_, err := o.book.Journal.Archive(t.Context(), registrar, o.now, func([]perms.Entry) error {
		_, err := o.book.Journal.Archive(t.Context(), registrar, o.now, nothing)
		return err
	})
	if err == nil {
		t.Error("both have archived the same entries")
	}
	if head, err := o.book.Journal.Archive(t.Context(), registrar, o.now, nothing); err != nil || head.Revision == 0 {
		t.Errorf("afterwards: %v, %v", head, err)
	}
}

// More than one page is archived page by page, and users who are purged afterwards, or were before, leave no trace of their rights.
func TestArchivePages(t *testing.T) {
	o := newBureau(t)
	ann, bob := o.hire("ann", perms.TenantOf(o.acme)), o.hire("bob", perms.TenantOf(o.acme))
	for i := range 2 * perms.MaxEntries {
		o.must(o.book.Users.SetOverride(t.Context(), registrar, ann.ID, perms.Grant("assets.edit").Because(fmt.Sprint(i))))
	}
	_, err := o.book.Users.Purge(t.Context(), registrar, users.ByID(bob.ID), true, 0)
	o.must(err)
	was := o.later()
	var pages []int
	head, err := o.book.Journal.Archive(t.Context(), registrar, o.now, func(page []perms.Entry) error {
		pages = append(pages, len(page))
		return nil
	})
	if err != nil || len(pages) != 3 || pages[0] != perms.MaxEntries || head.Revision != perms.Revision(pages[0]+pages[1]+pages[2]) {
		t.Errorf("pages of %v up to %v, %v", pages, head, err)
	}
	if past, err := o.asOf(registrar, ann, perms.Home, was); err != nil || past.Computed().String() != "assets.edit assets.view audit.read" || past.Revision != head.Revision {
		t.Errorf("%v, %v", past.Computed(), err)
	}
	if _, err := o.asOf(registrar, bob, perms.Home, was); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("a purged user: %v", err)
	}
}

// Follow wakes at the commits of its own Book's store, whichever Book over it has written.
func TestConnectWakesFollowers(t *testing.T) {
	o := newBureau(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, last, err := o.book.Journal.Entries(ctx, registrar, 0, perms.MaxEntries)
	o.must(err)
	following := make(chan struct{})
	go func() {
		<-following
		_, err := o.book.Roles.Create(ctx, registrar, roles.New{Name: "Clerk"})
		if err != nil {
			t.Error(err)
		}
	}()
	close(following)
	for e, err := range o.book.Journal.Follow(ctx, registrar, last, perms.FollowOptions{Poll: time.Hour}) {
		if err != nil || e.Action != perms.RoleCreate {
			t.Errorf("got %s, %v", e.Action, err)
		}
		break
	}
}
