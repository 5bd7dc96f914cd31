package users_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// hire adds a user with a role of his own, which gives the given permissions.
func (w *world) hire(name string, in perms.Tenancy, permissions ...string) {
	w.t.Helper()
	r, err := w.Roles.Create(w.ctx, system, roles.New{Name: name + "'s", Permissions: permissions, Scope: perms.Anywhere})
	w.must(err)
	w.add(name, r.Key, in)
}

// tried checks how a change has ended: a refused one leaves nothing in the journal.
func (w *world) tried(err, want error, before perms.Revision) {
	w.t.Helper()
	if !errors.Is(err, want) || want == nil && err != nil {
		w.t.Errorf("got %v, want %v", err, want)
	}
	if err != nil && w.head() != before {
		w.t.Error("a refused change is in the journal")
	}
}

// entry returns the one entry after a revision.
func (w *world) entry(after perms.Revision) perms.Entry {
	w.t.Helper()
	list := w.entries(after)
	if len(list) != 1 {
		w.t.Fatalf("%d entries, want one: %+v", len(list), list)
	}
	return list[0]
}

// field returns the first field that an error names as unacceptable.
func field(err error) string {
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Fields[0].Field
}

func createTenant(w *world, actor perms.Actor) error {
	_, err := w.Tenants.Create(w.ctx, actor, users.NewTenant{Name: "Gamma", Slug: "gamma", Type: perms.TestTenant})
	return err
}

// updateTenant returns an edit of acme.
func updateTenant(up users.TenantUpdate) func(*world, perms.Actor) error {
	return func(w *world, actor perms.Actor) error {
		_, err := w.Tenants.Update(w.ctx, actor, w.acme, up)
		return err
	}
}

func TestWhoMayChangeTenants(t *testing.T) {
	renamed := updateTenant(users.TenantUpdate{Name: new("Acme Inc.")})
	moved := updateTenant(users.TenantUpdate{Slug: new("acme-inc")})
	retyped := updateTenant(users.TenantUpdate{Type: new(perms.TestTenant)})
	opened := updateTenant(users.TenantUpdate{RequireApproval: new(true), Slug: new("acme"), Type: new(perms.ProductionTenant)})
	unknown := func(w *world, actor perms.Actor) error {
		_, err := w.Tenants.Update(w.ctx, actor, uuid.New(), users.TenantUpdate{})
		return err
	}
	for _, c := range []struct {
		actor, what string
		do          func(*world, perms.Actor) error
		want        error
	}{
		{"root", "create", createTenant, nil},
		{"system", "create", createTenant, nil},
		{"cleo", "create, though he may in acme", createTenant, perms.ErrForbidden},
		{"ann", "create", createTenant, perms.ErrForbidden},
		{"cleo", "rename", renamed, nil},
		{"root", "rename", renamed, nil},
		{"ann", "rename", renamed, perms.ErrForbidden},
		{"bob", "rename another's", renamed, users.ErrTenantNotFound},
		{"cleo", "rename an unknown one", unknown, users.ErrTenantNotFound},
		{"root", "rename an unknown one", unknown, users.ErrTenantNotFound},
		{"cleo", "slug", moved, perms.ErrForbidden},
		{"root", "slug", moved, nil},
		{"cleo", "type", retyped, perms.ErrForbidden},
		{"root", "type", retyped, nil},
		{"cleo", "the same slug and type", opened, nil},
	} {
		t.Run(c.actor+" "+c.what, func(t *testing.T) {
			w := newWorld(t)
			w.hire("cleo", perms.TenantOf(w.acme), "tenants.*")
			w.hire("bob", perms.TenantOf(w.beta), "tenants.*")
			before := w.head()
			w.tried(c.do(w, w.as(c.actor)), c.want, before)
			if c.want == nil && w.entry(before).Target.Kind != perms.KindTenant {
				t.Error("the entry is not about the tenant")
			}
			var denied *perms.DeniedError
			if err := c.do(w, w.as(c.actor)); c.want == perms.ErrForbidden && (!errors.As(err, &denied) || !strings.HasPrefix(string(denied.Permission), "tenants.")) {
				t.Errorf("the refusal does not say which permission is missing: %v", err)
			}
		})
	}
}

func TestNarrowedStaffIsNotPlatformwide(t *testing.T) {
	w := newWorld(t)
	root := w.as("root").In(w.acme)
	if err := createTenant(w, root); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("create: %v", err)
	}
	if _, err := w.Tenants.Update(w.ctx, root, w.acme, users.TenantUpdate{Slug: new("x")}); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("slug: %v", err)
	}
}

func TestTenantValues(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		in    users.NewTenant
		field string
	}{
		{users.NewTenant{Name: " ", Slug: "x"}, "name"},
		{users.NewTenant{Name: strings.Repeat("ä", 201), Slug: "x"}, "name"},
		{users.NewTenant{Name: "A\x00", Slug: "x"}, "name"},
		{users.NewTenant{Name: "A"}, "slug"},
		{users.NewTenant{Name: "A", Slug: "-a"}, "slug"},
		{users.NewTenant{Name: "A", Slug: "a-"}, "slug"},
		{users.NewTenant{Name: "A", Slug: "A"}, "slug"},
		{users.NewTenant{Name: "A", Slug: "a\n"}, "slug"},
		{users.NewTenant{Name: "A", Slug: strings.Repeat("a", 64)}, "slug"},
		{users.NewTenant{Name: "A", Slug: "x", Type: "other"}, "type"},
	} {
		if _, err := w.Tenants.Create(w.ctx, system, c.in); !errors.Is(err, perms.ErrInvalid) || field(err) != c.field {
			t.Errorf("%+v: %v, want %s", c.in, err, c.field)
		}
	}
	made, err := w.Tenants.Create(w.ctx, system, users.NewTenant{Name: " " + strings.Repeat("ä", 200) + " ", Slug: strings.Repeat("a", 63)})
	w.must(err)
	if made.Number != 4 || made.Version != 1 || made.Type != perms.ProductionTenant || made.Name != strings.Repeat("ä", 200) {
		t.Errorf("made %+v", made)
	}
	if _, err := w.Tenants.Update(w.ctx, system, made.ID, users.TenantUpdate{Name: new("")}); field(err) != "name" {
		t.Errorf("update: %v", err)
	}
}

func TestTenantConflicts(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	for _, c := range []struct {
		what string
		id   uuid.UUID
		up   users.TenantUpdate
		want error
	}{
		{"slug taken", w.acme, users.TenantUpdate{Slug: new("beta")}, users.ErrSlugTaken},
		{"stale", w.acme, users.TenantUpdate{Name: new("X"), Version: 2}, users.ErrStale},
		{"stale, no change", w.acme, users.TenantUpdate{Version: 2}, users.ErrStale},
		{"delete the default tenant", first.ID, users.TenantUpdate{Type: new(perms.DeletedTenant)}, users.ErrDefaultTenant},
		{"retire the default tenant", first.ID, users.TenantUpdate{Type: new(perms.RetiredTenant)}, nil},
		{"delete another", w.beta, users.TenantUpdate{Type: new(perms.DeletedTenant), Version: 1}, nil},
	} {
		before := w.head()
		_, err := w.Tenants.Update(w.ctx, w.as("root"), c.id, c.up)
		t.Log(c.what)
		w.tried(err, c.want, before)
	}
	if _, err := w.Tenants.Create(w.ctx, system, users.NewTenant{Name: "X", Slug: "acme"}); !errors.Is(err, users.ErrSlugTaken) {
		t.Errorf("create: %v", err)
	}
}

func TestTenantJournal(t *testing.T) {
	w := newWorld(t)
	before := w.head()
	made, err := w.Tenants.Create(w.ctx, w.as("root"), users.NewTenant{Name: "Gamma", Slug: "gamma", RequireApproval: true})
	w.must(err)
	e := w.entry(before)
	want := perms.Members{"number": 4.0, "slug": "gamma", "name": "Gamma", "type": "production", "require_approval": true}
	if e.Action != perms.TenantCreate || e.Target.ID != made.ID || e.Tenant != perms.In(made.ID) || !reflect.DeepEqual(e.After, want) || e.Before != nil {
		t.Errorf("create: %+v", e)
	}
	before = w.head()
	up := users.TenantUpdate{Name: new("Delta"), RequireApproval: new(true), Version: 1}
	now, err := w.Tenants.Update(w.ctx, w.as("root"), made.ID, up)
	w.must(err)
	e = w.entry(before)
	if now.Version != 2 || e.Action != perms.TenantUpdate || !reflect.DeepEqual(e.Before, perms.Members{"name": "Gamma"}) || !reflect.DeepEqual(e.After, perms.Members{"name": "Delta"}) {
		t.Errorf("update: %+v %+v", now, e)
	}
	before = w.head()
	up.Version = 2
	again, err := w.Tenants.Update(w.ctx, w.as("root"), made.ID, up)
	w.must(err)
	if again != now || w.head() != before {
		t.Errorf("no change: %+v", again)
	}
}

// A tenant's type is a grant to whoever has his tenants by type.
func TestRetypingHandsOut(t *testing.T) {
	for _, c := range []struct {
		what  string
		tim   func(w *world) []perms.Tenancy
		actor string
		want  error
	}{
		{"to somebody with what the actor lacks", func(*world) []perms.Tenancy { return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)} }, "sam", perms.ErrEscalation},
		{"the actor holds it all", func(*world) []perms.Tenancy { return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)} }, "root", nil},
		{"the actor holds what is needed", func(*world) []perms.Tenancy { return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)} }, "vera", nil},
		{"to somebody of another type", func(*world) []perms.Tenancy { return []perms.Tenancy{perms.TenantsOfType(perms.RetiredTenant)} }, "sam", nil},
		{"to somebody who is there", func(w *world) []perms.Tenancy {
			return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant), perms.TenantOf(w.acme)}
		}, "sam", nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			w.hire("sam", perms.EveryTenant, "tenants.update")
			w.hire("vera", perms.EveryTenant, "tenants.update", "assets.view")
			w.add("tim", "viewer", c.tim(w)...)
			w.must(verb(users.Suspend)(w, system, "tim"))
			before := w.head()
			_, err := w.Tenants.Update(w.ctx, w.as(c.actor), w.acme, users.TenantUpdate{Type: new(perms.TestTenant)})
			w.tried(err, c.want, before)
		})
	}
}

func TestWhoSeesWhichTenants(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	w.hire("cleo", perms.TenantOf(w.acme), "tenants.*")
	w.add("tim", "viewer", perms.TenantsOfType(perms.TestTenant))
	gamma, err := w.Tenants.Create(w.ctx, system, users.NewTenant{Name: "Gamma", Slug: "gamma", Type: perms.TestTenant})
	w.must(err)
	all := []uuid.UUID{first.ID, w.acme, w.beta, gamma.ID}
	for _, c := range []struct {
		actor string
		mine  []uuid.UUID
		list  []uuid.UUID // nil for forbidden
	}{
		{"root", all, all},
		{"cleo", []uuid.UUID{w.acme}, []uuid.UUID{w.acme}},
		{"ann", []uuid.UUID{w.acme}, nil},
		{"zoe", []uuid.UUID{w.acme, w.beta}, nil},
		{"tim", []uuid.UUID{gamma.ID}, nil},
	} {
		mine, err := w.Tenants.Mine(w.ctx, w.as(c.actor))
		w.must(err)
		if !slices.Equal(tenantIDs(mine), c.mine) {
			t.Errorf("%s has %v, want %v", c.actor, mine, c.mine)
		}
		named, err := w.Tenants.Named(w.ctx, w.as(c.actor), append(slices.Clone(all), uuid.New()))
		w.must(err)
		if !slices.Equal(tenantIDs(named), c.mine) {
			t.Errorf("%s may name %v, want %v", c.actor, named, c.mine)
		}
		list, err := w.Tenants.List(w.ctx, w.as(c.actor), 0, 0)
		if (c.list == nil) != errors.Is(err, perms.ErrForbidden) || !slices.Equal(tenantIDs(list), c.list) {
			t.Errorf("%s lists %v, %v; want %v", c.actor, list, err, c.list)
		}
		for i, id := range all {
			_, err := w.Tenants.ByNumber(w.ctx, w.as(c.actor), int64(i+1))
			if seen := slices.Contains(c.mine, id); seen != (err == nil) || !seen && !errors.Is(err, users.ErrTenantNotFound) {
				t.Errorf("%s reads number %d: %v", c.actor, i+1, err)
			}
		}
	}
	page, err := w.Tenants.List(w.ctx, w.as("root"), 1, 2)
	w.must(err)
	if !slices.Equal(tenantIDs(page), []uuid.UUID{w.acme, w.beta}) {
		t.Errorf("page %v", page)
	}
}

func tenantIDs(list []users.Tenant) []uuid.UUID {
	var ids []uuid.UUID
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	return ids
}

func TestFindTenant(t *testing.T) {
	w := newWorld(t)
	for actor, want := range map[string]error{"root": nil, "ann": nil, "bea": users.ErrTenantNotFound, "vic": perms.ErrForbidden} {
		got, err := w.Tenants.Get(w.ctx, w.as(actor), w.acme)
		if !errors.Is(err, want) || want == nil && got.ID != w.acme || want != nil && got != (users.Tenant{}) {
			t.Errorf("%s: %+v, %v, want %v", actor, got, err, want)
		}
	}
	if _, err := w.Tenants.Get(w.ctx, w.as("ann"), uuid.New()); !errors.Is(err, users.ErrTenantNotFound) {
		t.Errorf("unknown: %v", err)
	}
}

// Who is not active reaches nothing, though his tenants are still his.
func TestSuspendedUsersReachNoTenant(t *testing.T) {
	w := newWorld(t)
	w.must(verb(users.Suspend)(w, system, "vic"))
	mine, err := w.Tenants.Mine(w.ctx, w.as("vic"))
	w.must(err)
	named, err := w.Tenants.Named(w.ctx, w.as("vic"), []uuid.UUID{w.acme})
	w.must(err)
	if _, err := w.Tenants.ByNumber(w.ctx, w.as("vic"), 2); !errors.Is(err, users.ErrTenantNotFound) || len(mine)+len(named) > 0 {
		t.Errorf("mine %v, named %v, by number %v", mine, named, err)
	}
	for name, err := range map[string]error{
		"mine":  func() error { _, err := w.Tenants.Mine(w.ctx, perms.Actor{}); return err }(),
		"named": func() error { _, err := w.Tenants.Named(w.ctx, perms.Actor{}, nil); return err }(),
	} {
		if !errors.Is(err, perms.ErrNoActor) {
			t.Errorf("%s of nobody: %v", name, err)
		}
	}
}

// A tenant that has lapsed is still somebody's own: what is shown of him names it.
func TestLapsedTenantsHaveNames(t *testing.T) {
	w := newWorld(t)
	_, err := w.Tenants.Update(w.ctx, system, w.acme, users.TenantUpdate{Type: new(perms.RetiredTenant)})
	w.must(err)
	named, err := w.Tenants.Named(w.ctx, w.as("zoe"), []uuid.UUID{w.beta, w.acme})
	w.must(err)
	if !slices.Equal(tenantIDs(named), []uuid.UUID{w.acme, w.beta}) {
		t.Errorf("named %v", named)
	}
	if _, err := w.Tenants.Get(w.ctx, w.as("ann"), w.acme); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("ann still holds something there: %v", err)
	}
}
