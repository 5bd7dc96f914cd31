package storetest

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func searchCases() []testCase {
	return []testCase{
		{name: "Statuses", run: searchStatuses},
		{name: "Places", run: searchPlaces},
		{name: "Roles", run: searchRoles},
		{name: "Groups", run: searchGroups},
		{name: "External", run: searchExternal},
		{name: "Contains", run: searchContains},
		{name: "Pages", run: searchPages},
		{name: "Together", run: searchTogether},
	}
}

// finds checks whom a filter chooses, by their full names.
func (f *fixture) finds(filter users.Filter, want ...string) {
	f.Helper()
	got := []string{}
	for _, u := range value[[]users.User](f)(f.store.Users(f.ctx, filter)) {
		got = append(got, u.Name.Full)
	}
	equal(f, got, append([]string{}, want...))
}

func searchStatuses(f *fixture) {
	for _, name := range []string{"z", "a"} {
		for _, status := range everybody {
			f.addUser(name+"-"+status.String(), func(u *users.User) { u.Status = status })
		}
	}
	f.finds(users.Filter{}, "z-active", "z-pending", "z-suspended", "a-active", "a-pending", "a-suspended")
	f.finds(users.Filter{Statuses: []perms.Status{}}, "z-active", "z-pending", "z-suspended", "a-active", "a-pending", "a-suspended")
	f.finds(users.Filter{Statuses: []perms.Status{perms.Deleted}}, "z-deleted", "a-deleted")
	f.finds(users.Filter{Statuses: []perms.Status{perms.Suspended, perms.Active, perms.Active}}, "z-active", "z-suspended", "a-active", "a-suspended")
	f.finds(users.Filter{Statuses: []perms.Status{0, 99}})
}

func searchPlaces(f *fixture) {
	a, b := f.addTenant("a"), f.addTenant("b")
	at := func(list ...perms.Tenancy) func(*users.User) { return func(u *users.User) { u.Tenants = list } }
	inA, inB := perms.TenantOf(a.ID), perms.TenantOf(b.ID)
	f.addUser("a", at(inA))
	f.addUser("ab", at(inA, inB))
	f.addUser("ba", at(inB, inA))
	f.addUser("staff-b", at(perms.EveryTenant, inB))
	f.addUser("type-a", at(perms.TenantsOfType(perms.ProductionTenant), inA, inB))
	f.addUser("staff", at(perms.EveryTenant))
	f.addUser("type", at(perms.TenantsOfType(perms.ProductionTenant)))
	f.addUser("none", at())

	f.finds(users.Filter{Home: a.ID}, "a", "ab", "type-a")
	f.finds(users.Filter{Home: b.ID}, "ba", "staff-b")
	f.finds(users.Filter{Tenant: a.ID}, "a", "ab", "ba", "type-a")
	f.finds(users.Filter{Tenant: b.ID}, "ab", "ba", "staff-b", "type-a")
	f.finds(users.Filter{Tenant: a.ID, Home: b.ID}, "ba")
	f.finds(users.Filter{Type: perms.ProductionTenant}, "type-a", "type")
	f.finds(users.Filter{Type: perms.ProductionTenant, Tenant: a.ID}, "type-a")
	f.finds(users.Filter{Type: perms.ProductionTenant, Limit: 1}, "type-a")
	f.finds(users.Filter{Type: perms.ProductionTenant, Offset: 1}, "type")
	f.finds(users.Filter{Type: perms.ProductionTenant, Home: b.ID})
	f.finds(users.Filter{Type: perms.ProductionTenant, Home: a.ID}, "type-a")
	f.finds(users.Filter{Type: perms.ProductionTenant, Sight: &perms.Sight{Tenants: []uuid.UUID{b.ID}}}, "type-a")
	f.finds(users.Filter{Type: perms.TestTenant})
	f.finds(users.Filter{Home: f.home})
	f.finds(users.Filter{Tenant: newID()})
	moved := f.addUser("moved", at(inA))
	moved = f.change(moved, at(inB))
	f.finds(users.Filter{Tenant: a.ID, Contains: "moved"})
	f.finds(users.Filter{Tenant: b.ID, Contains: "moved"}, "moved")
	f.purge(moved)
	f.finds(users.Filter{Tenant: b.ID, Contains: "moved"})
	everyone := []string{"a", "ab", "ba", "staff-b", "type-a", "staff", "type", "none"}
	for _, row := range []struct {
		sight perms.Sight
		want  []string
	}{
		{perms.Sight{All: true}, everyone},
		{perms.Sight{All: true, Homes: true, Tenants: []uuid.UUID{a.ID}}, everyone},
		{perms.Sight{All: true, Except: manyIDs(a.ID)}, []string{"ab", "ba", "staff-b", "type-a", "staff", "type"}},
		{perms.Sight{All: true, Except: []uuid.UUID{a.ID, b.ID}}, []string{"staff-b", "type-a", "staff", "type"}},
		{perms.Sight{All: true, Except: []uuid.UUID{uuid.Nil}}, []string{"a", "ab", "ba", "staff-b", "type-a", "staff", "type"}},
		{perms.Sight{}, nil},
		{perms.Sight{Homes: true}, nil},
		{perms.Sight{Tenants: []uuid.UUID{uuid.Nil}}, nil},
		{perms.Sight{Tenants: manyIDs(b.ID)}, []string{"ab", "ba", "type-a"}},
		{perms.Sight{Tenants: []uuid.UUID{a.ID, b.ID}}, []string{"a", "ab", "ba", "type-a"}},
		{perms.Sight{Tenants: []uuid.UUID{b.ID}}, []string{"ab", "ba", "type-a"}},
		{perms.Sight{Homes: true, Tenants: []uuid.UUID{b.ID}}, []string{"ba"}},
		{perms.Sight{Homes: true, Tenants: manyIDs(b.ID)}, []string{"ba"}},
		{perms.Sight{Homes: true, Tenants: []uuid.UUID{a.ID}}, []string{"a", "ab", "type-a"}},
	} {
		f.finds(users.Filter{Sight: &row.sight}, row.want...)
	}
	f.finds(users.Filter{Sight: &perms.Sight{Tenants: []uuid.UUID{a.ID, b.ID}}, Tenant: b.ID}, "ab", "ba", "type-a")
	f.finds(users.Filter{Sight: &perms.Sight{All: true, Except: []uuid.UUID{b.ID}}, Tenant: b.ID}, "ab", "ba", "staff-b", "type-a")
	f.finds(users.Filter{Sight: &perms.Sight{All: true, Except: []uuid.UUID{a.ID}}, Home: a.ID}, "ab", "type-a")
}

// In force is from its start, inclusive, to its end, exclusive; in which tenant does not matter.
func searchRoles(f *fixture) {
	role, other := f.addRole("viewer"), f.addRole("editor", func(r *roles.Role) { r.Scope = perms.In(f.home) })
	holding := func(list ...perms.Assignment) func(*users.User) { return func(u *users.User) { u.Roles = list } }
	during := func(from, to time.Time) perms.Assignment {
		return perms.Assignment{Role: role.ID, Scope: perms.In(f.home), Window: perms.Window{StartsAt: from, ExpiresAt: to}}
	}
	f.addUser("always", holding(perms.Assignment{Role: other.ID, Scope: perms.Anywhere}, perms.Assignment{Role: role.ID, Scope: perms.Anywhere}))
	f.addUser("noon", holding(during(noon, noon.Add(time.Microsecond))))
	f.addUser("before", holding(during(noon.Add(-time.Hour), noon)))
	f.addUser("after", holding(during(noon.Add(time.Microsecond), time.Time{})))
	f.addUser("both", holding(during(time.Time{}, noon), during(noon.Add(time.Microsecond), time.Time{})))
	f.addUser("other", holding(perms.Assignment{Role: other.ID, Scope: perms.Anywhere}, during(time.Time{}, noon.Add(-hour))))
	f.remove(f.addUser("deleted", holding(during(time.Time{}, time.Time{}))))

	f.finds(users.Filter{Role: role.ID, Now: noon}, "always", "noon")
	f.finds(users.Filter{Role: role.ID, Now: noon.Add(-time.Microsecond)}, "always", "before", "both")
	f.finds(users.Filter{Role: role.ID, Now: noon.Add(time.Microsecond)}, "always", "after", "both")
	f.finds(users.Filter{Role: role.ID, Now: eastern(noon).Add(-999)}, "always", "noon")
	f.finds(users.Filter{Role: role.ID}, "always", "both", "other")
	f.finds(users.Filter{Role: other.ID, Now: noon}, "always", "other")
	f.finds(users.Filter{Role: role.ID, Now: noon, Statuses: []perms.Status{perms.Deleted}}, "deleted")

	third := f.addRole("third")
	twice := func(first perms.Window) func(*users.User) {
		return holding(perms.Assignment{Role: third.ID, Scope: perms.Anywhere, Window: first}, perms.Assignment{Role: third.ID, Scope: perms.In(f.home)})
	}
	f.addUser("twice", twice(perms.Window{}))
	f.addUser("once", twice(perms.Window{ExpiresAt: noon}))
	for _, place := range []users.Filter{{}, {Home: f.home}, {Tenant: f.home}, {Sight: &perms.Sight{Tenants: []uuid.UUID{f.home}}},
		{Sight: &perms.Sight{Tenants: []uuid.UUID{f.home}, Homes: true}}, {Sight: &perms.Sight{Tenants: []uuid.UUID{f.home, newID()}}}} {
		place.Role, place.Now = third.ID, noon
		f.finds(place, "twice", "once")
		place.Limit, place.Offset = 1, 1
		f.finds(place, "once")
	}
	f.finds(users.Filter{Role: newID(), Now: noon})
}

func searchGroups(f *fixture) {
	day, night := f.addGroup("day"), f.addGroup("night")
	ann, bob, eve, gone := f.addUser("ann"), f.addUser("bob"), f.addUser("eve"), f.addUser("gone")
	f.join(night, bob)
	f.join(day, gone, eve, ann)
	f.remove(f.user(gone.ID))
	f.finds(users.Filter{Group: day.ID}, "ann", "eve")
	f.finds(users.Filter{Group: day.ID, Statuses: everybody}, "ann", "eve", "gone")
	f.finds(users.Filter{Group: day.ID, Limit: 1}, "ann")
	f.finds(users.Filter{Group: day.ID, After: ann.Number}, "eve")
	f.finds(users.Filter{Group: day.ID, Tenant: f.home, Offset: 1}, "eve")
	f.finds(users.Filter{Group: day.ID, Tenant: newID()})
	f.finds(users.Filter{Group: day.ID, Sight: &perms.Sight{Tenants: []uuid.UUID{newID()}}})
	f.finds(users.Filter{Group: night.ID}, "bob")
	f.finds(users.Filter{Group: newID()})
}

func searchExternal(f *fixture) {
	named := func(external string) func(*users.User) { return func(u *users.User) { u.External = external } }
	f.remove(f.addUser("gone", named("E1")))
	f.remove(f.addUser("gone-too", named("E1")))
	f.addUser("ann", named("E1"))
	f.addUser("bob", named("e1"))
	f.addUser("none", named(""))
	f.finds(users.Filter{External: "E1"}, "ann")
	f.finds(users.Filter{External: "E1", Statuses: everybody}, "gone", "gone-too", "ann")
	f.finds(users.Filter{External: "E1", Statuses: []perms.Status{perms.Deleted}}, "gone", "gone-too")
	f.finds(users.Filter{External: "E1", After: 3})
	f.finds(users.Filter{External: "e1"}, "bob")
	for _, none := range []string{"E", "E%", "_1", "E1 "} {
		f.finds(users.Filter{External: none})
	}
	f.finds(users.Filter{External: "E1", Tenant: f.home, Home: f.home, Contains: "ann", Sight: &perms.Sight{Tenants: []uuid.UUID{f.home}}}, "ann")
	for _, elsewhere := range []users.Filter{{Group: newID()}, {Role: newID()}, {Home: newID()}, {Tenant: newID()}, {Contains: "bob"}, {Sight: &perms.Sight{}}} {
		elsewhere.External = "E1"
		f.finds(elsewhere)
	}
}

// No character is a wildcard, and only ASCII letters have no case.
func searchContains(f *fixture) {
	called := func(full, username, email string) {
		f.addUser(full, func(u *users.User) {
			u.Name, u.Username, u.Email = users.Name{Full: full, Given: "given", Family: "family"}, username, email
		})
	}
	called("Ann Smith", "as", "ann@example.com")
	called("Bob 100%", "b_b", "Bob@Example.com")
	called(`C\D [x]*?`, "", "")
	called("Émile ß", "èmile", "")
	called("100 percent", "bxb", "")
	for contains, want := range map[string][]string{
		"": {"Ann Smith", "Bob 100%", `C\D [x]*?`, "Émile ß", "100 percent"}, "ANN": {"Ann Smith"}, "n s": {"Ann Smith"}, "@": {"Ann Smith", "Bob 100%"},
		"EXAMPLE.com": {"Ann Smith", "Bob 100%"}, "100": {"Bob 100%", "100 percent"}, "0%": {"Bob 100%"}, "%": {"Bob 100%"}, "b_B": {"Bob 100%"}, "_": {"Bob 100%"},
		`\`: {`C\D [x]*?`}, `c\d`: {`C\D [x]*?`}, `\\`: nil, "[x]*?": {`C\D [x]*?`}, "*": {`C\D [x]*?`}, "?": {`C\D [x]*?`}, "[X]": {`C\D [x]*?`},
		"É": {"Émile ß"}, "é": nil, "E\u0301": nil, "è": {"Émile ß"}, "È": nil, "MILE": {"Émile ß"}, "ß": {"Émile ß"}, "ss": nil,
		"family": nil, "given": nil, "x'y": nil, `"`: nil, "ann smith as": nil,
	} {
		f.finds(users.Filter{Contains: contains}, want...)
	}
}

func searchPages(f *fixture) {
	for _, name := range []string{"e", "d", "c", "b", "a"} { // numbers 1 to 5
		f.addUser(name)
	}
	for _, row := range []struct {
		after         int64
		offset, limit int
		want          []string
	}{
		{0, 0, 2, []string{"e", "d"}}, {2, 0, 2, []string{"c", "b"}}, {4, 0, 2, []string{"a"}}, {5, 0, 2, nil}, {math.MaxInt64, 0, 0, nil}, {-1, 0, 1, []string{"e"}},
		{0, 3, 0, []string{"b", "a"}}, {0, 1, 1, []string{"d"}}, {1, 1, 1, []string{"c"}}, {0, 5, 1, nil}, {0, 99, 0, nil}, {0, 0, 99, []string{"e", "d", "c", "b", "a"}},
	} {
		f.finds(users.Filter{After: row.after, Offset: row.offset, Limit: row.limit}, row.want...)
	}
	for _, bad := range []users.Filter{{Limit: -1}, {Offset: -1}} {
		_, err := f.store.Users(f.ctx, bad)
		f.fails(err, perms.ErrInvalid)
	}
}

// Conditions are joined by and, and pages are cut from what is left.
func searchTogether(f *fixture) {
	role, group, tenant := f.addRole("viewer"), f.addGroup("day"), f.addTenant("a")
	all := func(u *users.User) {
		u.Roles, u.Groups = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}}, []uuid.UUID{group.ID}
		u.Tenants, u.Status = []perms.Tenancy{perms.TenantOf(tenant.ID), perms.TenantOf(f.home)}, perms.Pending
	}
	for i, change := range []func(*users.User){
		func(*users.User) {},
		func(u *users.User) { u.Roles = nil },
		func(u *users.User) { u.Groups = nil },
		func(*users.User) {},
		func(u *users.User) { u.Tenants = u.Tenants[:1] },
		func(u *users.User) { u.Tenants = u.Tenants[1:] },
		func(u *users.User) { u.Status = perms.Active },
		func(u *users.User) { u.Name, u.Email = users.FullName("Else"), "else@example.com" },
		func(*users.User) {},
		func(*users.User) {},
	} {
		f.addUser("ann-"+string(rune('0'+i)), all, change)
	}
	filter := users.Filter{Sight: &perms.Sight{Tenants: []uuid.UUID{f.home}}, Home: tenant.ID, Tenant: f.home, Role: role.ID, Group: group.ID,
		Statuses: []perms.Status{perms.Pending}, Contains: "NN-", Now: noon}
	f.finds(filter, "ann-0", "ann-3", "ann-8", "ann-9")
	filter.After, filter.Offset, filter.Limit = 1, 1, 1
	f.finds(filter, "ann-8")
}
