package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// Staff from whom the keys are taken in one tenant see nothing of what belongs to it alone, in no list and by no name; and of everybody else as much as ever.
func TestStaffWithoutATenant(t *testing.T) {
	ctx := t.Context()
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view")})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	tenant := func(name string) (uuid.UUID, uuid.UUID) {
		made, err := book.Tenants.Create(ctx, setup, users.NewTenant{Name: name, Slug: name})
		must(err)
		role, err := book.Roles.Create(ctx, setup, roles.New{Name: name + " viewer", Permissions: []string{"assets.view"}, Scope: perms.In(made.ID)})
		must(err)
		_, err = book.Invites.Create(ctx, setup, invites.New{Email: "new@" + name + ".example", Name: "New", Role: role.Key, Tenant: perms.TenantOf(made.ID)})
		must(err)
		return made.ID, role.ID
	}
	acme, acmeRole := tenant("acme")
	beta, betaRole := tenant("beta")
	user := func(name string, in ...perms.Tenancy) uuid.UUID {
		made, err := book.Users.Create(ctx, setup, users.New{Email: name + "@example.com", Name: name, Tenants: in})
		must(err)
		must(book.Users.SetOverride(ctx, setup, made.ID, perms.Grant("assets.view")))
		return made.ID
	}
	bob := user("bob", perms.TenantOf(acme))
	cat := user("cat", perms.TenantOf(acme), perms.TenantOf(beta))
	user("dan", perms.TenantOf(beta))
	eve := user("eve", perms.TenantsOfType(perms.ProductionTenant))
	inAcme, inBeta := perms.Assignment{Role: acmeRole, Scope: perms.In(acme)}, perms.Assignment{Role: betaRole, Scope: perms.In(beta)}
	for _, list := range [][]perms.Assignment{{inAcme}, {inAcme, inBeta}} {
		_, err := book.Users.SetRoles(ctx, setup, cat, list)
		must(err)
	}
	ann := user("ann", perms.EveryTenant)
	keys := []perms.Permission{perms.UsersList, perms.UsersRead, perms.TenantsList, perms.TenantsRead, perms.RolesList, perms.RolesRead, perms.InvitesList,
		perms.AuditRead, perms.AccessExplain}
	for _, key := range keys {
		must(book.Users.SetOverride(ctx, setup, ann, perms.Grant(key)))
	}
	actor := perms.As(ann)
	see := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s are %q, want %q", what, got, want)
		}
	}
	look := func(people, tenants, rolesSeen, invited []string) {
		t.Helper()
		list, err := book.Users.List(ctx, actor, users.Filter{})
		must(err)
		see("the users", names(list, func(u users.User) string { return u.Name.Full }), people...)
		found, err := book.Users.Search(ctx, actor, users.Search{Contains: "example.com"})
		must(err)
		see("those found", names(found, func(u users.User) string { return u.Name.Full }), people...)
		holders, _, err := book.Users.Holders(ctx, actor, "assets.view", perms.Scope{}, 0, 50)
		must(err)
		see("the holders", names(holders, func(h users.Holder) string { return h.User.Name.Full }), people...)
		all, err := book.Tenants.List(ctx, actor, 0, 0)
		must(err)
		see("the tenants", names(all, func(t users.Tenant) string { return t.Slug }), tenants...)
		defined, err := book.Roles.List(ctx, actor, 0, 0)
		must(err)
		see("the roles", names(defined, func(r roles.Role) string { return r.Name }), rolesSeen...)
		pending, err := book.Invites.Pending(ctx, actor)
		must(err)
		see("the invites", names(pending, func(i invites.Invite) string { return i.Email }), invited...)
	}
	everybody := []string{"bob", "cat", "dan", "eve", "ann"}
	look(everybody, []string{"default", "acme", "beta"}, []string{"acme viewer", "beta viewer"}, []string{"new@acme.example", "new@beta.example"})
	entries, _, err := book.Journal.Entries(ctx, actor, 0, perms.MaxEntries)
	must(err)

	for _, key := range keys {
		must(book.Users.SetOverride(ctx, setup, ann, perms.Revoke(key).In(acme)))
	}
	look(everybody[1:], []string{"default", "beta"}, []string{"beta viewer"}, []string{"new@beta.example"})
	if _, err := book.Users.Find(ctx, actor, users.Needs(perms.UsersRead), users.ByID(bob)); !errors.Is(err, users.ErrNotFound) {
		t.Errorf("bob: %v", err)
	}
	if _, err := book.Journal.AsOf(ctx, actor, bob, perms.Home, entries[len(entries)-1].At); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("bob's past: %v", err)
	}
	holders, _, err := book.Users.Holders(ctx, actor, "assets.view", perms.Scope{}, 0, 50)
	must(err)
	for _, h := range holders {
		if h.User.ID == cat && !slices.Equal(h.Where, []perms.Scope{perms.In(beta)}) || h.User.ID == eve && len(h.Where) != 2 || slices.Contains(h.Where, perms.In(acme)) {
			t.Errorf("%s holds it in %v", h.User.Name.Full, h.Where)
		}
	}
	if holders, _, err := book.Users.Holders(ctx, actor, "assets.view", perms.In(acme), 0, 50); err != nil || len(holders) > 0 {
		t.Errorf("in the hidden tenant %v hold it, %v", holders, err)
	}
	fewer, _, err := book.Journal.Entries(ctx, actor, 0, perms.MaxEntries)
	must(err)
	given := func(list []perms.Entry) int { // roles, by the change in beta, which is recorded with all of them
		i := slices.IndexFunc(list, func(e perms.Entry) bool { return e.Action == perms.UserRoles && e.Tenant == perms.In(beta) })
		held, _ := list[i].After["roles"].([]any)
		return len(held)
	}
	if was, is := given(entries), given(fewer); was != 2 || is != 1 {
		t.Errorf("of %d roles %d are shown", was, is)
	}
	hidden := 0
	for _, e := range entries {
		if e.Tenant == perms.In(acme) {
			hidden++
		}
	}
	if slices.ContainsFunc(fewer, func(e perms.Entry) bool { return e.Tenant == perms.In(acme) }) || hidden < 3 || len(fewer) < len(entries)-hidden {
		t.Errorf("%d entries of %d, of which %d are to be hidden", len(fewer), len(entries), hidden)
	}
}

func names[T any](list []T, name func(T) string) []string {
	var out []string
	for _, v := range list {
		out = append(out, name(v))
	}
	return out
}
