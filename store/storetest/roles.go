package storetest

import (
	"math"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func roleCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: roleReadsBack},
		{name: "Missing", run: roleMissing},
		{name: "InsertTwice", run: roleTwice},
		{name: "Names", run: roleNames},
		{name: "Update", run: roleUpdate},
		{name: "UpdateRefused", run: roleUpdateRefused},
		{name: "UpdateName", run: roleUpdateName},
		{name: "ByID", run: rolesByID},
		{name: "List", run: roleList},
		{name: "Copies", run: roleCopies},
		{name: "Delete", run: roleDelete},
		{name: "DeleteInUse", run: roleDeleteInUse},
		{name: "DeletePromised", run: roleDeletePromised},
		{name: "DeleteTakesOldAssignments", run: roleDeleteTakesOldAssignments},
	}
}

func (f *fixture) role(id uuid.UUID) roles.Role {
	f.Helper()
	return value[roles.Role](f)(f.store.Role(f.ctx, id))
}

func in(tenant uuid.UUID) func(*roles.Role) {
	return func(r *roles.Role) { r.Scope = perms.In(tenant) }
}

func roleReadsBack(f *fixture) {
	full := roles.Role{ID: newID(), Number: 1, Key: "client_admin", Name: "Ädmin \"O'Brien\" %_\\", Description: "may\u00a0much; --", Scope: perms.Anywhere,
		Patterns: []perms.Pattern{"*.*", "a-b.x", "a.*", "a.b", "a_b.x", "ab.x"}, System: true, CreatedAt: eastern(noon), CreatedBy: newID(), Version: 5}
	bare := roles.Role{ID: newID(), Number: 2, Key: "bare", Name: "bare", Scope: perms.In(f.home), Patterns: []perms.Pattern{}, CreatedAt: noon, Version: 1}
	f.write(func(tx store.Store) error {
		f.must(tx.InsertRole(f.ctx, full))
		return tx.InsertRole(f.ctx, bare)
	})
	full.CreatedAt, bare.Patterns = noon, nil
	for _, want := range []roles.Role{full, bare} {
		equal(f, f.role(want.ID), want)
		equal(f, value[roles.Role](f)(f.store.RoleByKey(f.ctx, want.Key)), want)
		equal(f, value[roles.Role](f)(f.store.RoleByNumber(f.ctx, want.Number)), want)
		equal(f, value[[]roles.Role](f)(f.store.RolesByID(f.ctx, []uuid.UUID{want.ID})), []roles.Role{want})
	}
	equal(f, value[[]roles.Role](f)(f.store.Roles(f.ctx, roles.Filter{All: true})), []roles.Role{full, bare})
}

func roleMissing(f *fixture) {
	f.addRole("viewer", func(r *roles.Role) { r.Key = "viewer" })
	for _, id := range []uuid.UUID{newID(), uuid.Nil} {
		_, err := f.store.Role(f.ctx, id)
		f.fails(err, roles.ErrNotFound)
	}
	for _, key := range []string{"", "Viewer", "viewer ", "view%", "other"} {
		_, err := f.store.RoleByKey(f.ctx, key)
		f.fails(err, roles.ErrNotFound)
	}
	for _, number := range []int64{0, 2, -1, math.MaxInt64} {
		_, err := f.store.RoleByNumber(f.ctx, number)
		f.fails(err, roles.ErrNotFound)
	}
}

func roleTwice(f *fixture) {
	first := f.addRole("viewer")
	other := f.newRole("other")
	other.Number = 9
	f.refused(roles.ErrNameTaken, func(tx store.Store) error {
		r := other
		r.Key = first.Key
		return tx.InsertRole(f.ctx, r)
	})
	f.broken("a role's id twice", func(tx store.Store) error {
		r := other
		r.ID = first.ID
		return tx.InsertRole(f.ctx, r)
	})
	f.broken("a role's number twice", func(tx store.Store) error {
		r := other
		r.Number = first.Number
		return tx.InsertRole(f.ctx, r)
	})
	f.broken("a role of an unknown tenant", func(tx store.Store) error {
		r := other
		r.Scope = perms.In(newID())
		return tx.InsertRole(f.ctx, r)
	})
}

// A global name is taken everywhere; a tenant's, there and for global roles. Case folding is Unicode's, and nothing else is folded.
func roleNames(f *fixture) {
	other := f.addTenant("other")
	f.addRole("Ärger")
	f.addRole("Local", in(f.home))
	for _, row := range []struct {
		name  string
		scope perms.Scope
		taken bool
	}{
		{"äRGER", perms.Anywhere, true}, {"ärger", perms.In(f.home), true}, {"ÄRGER", perms.In(other.ID), true}, {"Arger", perms.Anywhere, false},
		{"A\u0308rger", perms.Anywhere, false}, {"Ärger ", perms.Anywhere, false}, {"_rger", perms.Anywhere, false},
		{"LOCAL", perms.In(f.home), true}, {"LOCAL", perms.Anywhere, true}, {"LOCAL", perms.In(other.ID), false}, {"local2", perms.Anywhere, false},
	} {
		insert := func(tx store.Store) error {
			r := f.newRole(row.name)
			r.Number, r.Scope = 99, row.scope
			return tx.InsertRole(f.ctx, r)
		}
		if row.taken {
			f.refused(roles.ErrNameTaken, insert)
			continue
		}
		err := f.store.InTx(f.ctx, func(tx store.Store) error {
			f.must(insert(tx))
			return errOops
		})
		f.fails(err, errOops)
	}
}

func roleUpdate(f *fixture) {
	old := f.addRole("viewer", in(f.home))
	r := old
	r.Name, r.Description, r.Patterns, r.Version = "VIEWER", "sees", []perms.Pattern{"assets.*", "reports.view"}, 2
	f.write(func(tx store.Store) error { return tx.UpdateRole(f.ctx, old, r) })
	equal(f, f.role(r.ID), r)
	last := r
	last.Name, last.Patterns, last.Version = "other", nil, 7
	f.write(func(tx store.Store) error { return tx.UpdateRole(f.ctx, r, last) })
	equal(f, value[roles.Role](f)(f.store.RoleByKey(f.ctx, r.Key)), last)
	f.addRole("viewer") // the old name is free
}

func roleUpdateRefused(f *fixture) {
	old := f.addRole("viewer")
	f.addRole("editor")
	r := old
	r.Name, r.Patterns, r.Version = "Editor", []perms.Pattern{"*.*"}, 2
	f.refused(roles.ErrNotFound, func(tx store.Store) error {
		missing := r
		missing.ID = newID()
		return tx.UpdateRole(f.ctx, missing, missing)
	})
	f.refused(roles.ErrNameTaken, func(tx store.Store) error { return tx.UpdateRole(f.ctx, old, r) })
	for _, version := range []int64{0, 2} {
		stale := old
		stale.Version = version
		f.refused(roles.ErrStale, func(tx store.Store) error { return tx.UpdateRole(f.ctx, stale, r) })
	}
}

func roleUpdateName(f *fixture) {
	other := f.addTenant("other")
	global, here, there := f.addRole("global"), f.addRole("local", in(f.home)), f.addRole("local", in(other.ID))
	rename := func(r roles.Role, name string) func(tx store.Store) error {
		n := r
		n.Name, n.Version = name, 2
		return func(tx store.Store) error { return tx.UpdateRole(f.ctx, r, n) }
	}
	f.refused(roles.ErrNameTaken, rename(global, "Local"))
	f.refused(roles.ErrNameTaken, rename(here, "Global"))
	f.write(rename(there, "Else"))
	f.refused(roles.ErrNameTaken, rename(global, "LOCAL"))
	f.write(rename(here, "LOCAL"))
}

func rolesByID(f *fixture) {
	a, b := f.addRole("a"), f.addRole("b", in(f.home))
	found := map[uuid.UUID]roles.Role{}
	got := value[[]roles.Role](f)(f.store.RolesByID(f.ctx, manyIDs(b.ID, a.ID)))
	for _, r := range got {
		found[r.ID] = r
	}
	equal(f, len(got), 2)
	equal(f, found, map[uuid.UUID]roles.Role{a.ID: a, b.ID: b})
	equal(f, len(value[[]roles.Role](f)(f.store.RolesByID(f.ctx, nil))), 0)
}

func roleList(f *fixture) {
	other := f.addTenant("other")
	z, here, there, a := f.addRole("z"), f.addRole("here", in(f.home)), f.addRole("there", in(other.ID)), f.addRole("a") // numbers 1 to 4
	for _, row := range []struct {
		filter roles.Filter
		want   []roles.Role
	}{
		{roles.Filter{}, []roles.Role{z, a}},
		{roles.Filter{All: true}, []roles.Role{z, here, there, a}},
		{roles.Filter{All: true, Tenants: []uuid.UUID{f.home}}, []roles.Role{z, here, there, a}},
		{roles.Filter{All: true, Except: manyIDs(f.home)}, []roles.Role{z, there, a}},
		{roles.Filter{Tenants: manyIDs(f.home)}, []roles.Role{z, here, a}},
		{roles.Filter{Tenants: []uuid.UUID{other.ID, f.home}}, []roles.Role{z, here, there, a}},
		{roles.Filter{Tenants: []uuid.UUID{uuid.Nil}}, []roles.Role{z, a}},
		{roles.Filter{All: true, Limit: 2}, []roles.Role{z, here}},
		{roles.Filter{Limit: 1, After: 1}, []roles.Role{a}},
		{roles.Filter{All: true, After: 2}, []roles.Role{there, a}},
		{roles.Filter{All: true, After: 4}, []roles.Role{}},
		{roles.Filter{All: true, After: math.MaxInt64}, []roles.Role{}},
	} {
		equal(f, value[[]roles.Role](f)(f.store.Roles(f.ctx, row.filter)), row.want)
	}
	_, err := f.store.Roles(f.ctx, roles.Filter{Limit: -1})
	f.fails(err, perms.ErrInvalid)
}

func roleCopies(f *fixture) {
	r := f.addRole("viewer")
	before := f.dump()
	r.Patterns[0] = "*.*"
	f.unchanged(before)
	f.role(r.ID).Patterns[0] = "*.*"
	value[[]roles.Role](f)(f.store.Roles(f.ctx, roles.Filter{}))[0].Patterns[0] = "*.*"
	value[[]roles.Role](f)(f.store.RolesByID(f.ctx, []uuid.UUID{r.ID}))[0].Patterns[0] = "*.*"
	f.unchanged(before)
	old := f.role(r.ID)
	edited := old
	edited.Patterns, edited.Version = []perms.Pattern{"a.b"}, 2
	f.write(func(tx store.Store) error { return tx.UpdateRole(f.ctx, old, edited) })
	edited.Patterns[0] = "*.*"
	equal(f, f.role(r.ID).Patterns, []perms.Pattern{"a.b"})
}

func roleDelete(f *fixture) {
	r := f.addRole("viewer", in(f.home))
	kept := f.addRole("editor")
	f.write(func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
	_, err := f.store.Role(f.ctx, r.ID)
	f.fails(err, roles.ErrNotFound)
	_, err = f.store.RoleByKey(f.ctx, r.Key)
	f.fails(err, roles.ErrNotFound)
	equal(f, value[[]roles.Role](f)(f.store.Roles(f.ctx, roles.Filter{All: true})), []roles.Role{kept})
	f.refused(roles.ErrNotFound, func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
	f.write(func(tx store.Store) error { return tx.InsertRole(f.ctx, r) }) // nothing of it is in the way
	equal(f, value[roles.Role](f)(f.store.RoleByNumber(f.ctx, r.Number)), r)
}

// Whoever is not deleted holds a role, also one whose time has not come or is over.
func roleDeleteInUse(f *fixture) {
	r := f.addRole("viewer")
	future := perms.Window{StartsAt: noon.AddDate(1, 0, 0)}
	past := perms.Window{ExpiresAt: noon.AddDate(-1, 0, 0)}
	for _, status := range everybody[:3] {
		for _, window := range []perms.Window{{}, future, past} {
			u := f.addUser("ann", func(u *users.User) {
				u.Status, u.Roles = status, []perms.Assignment{{Role: r.ID, Scope: perms.In(f.home), Window: window}}
			})
			f.refused(roles.ErrInUse, func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
			f.purge(u)
		}
	}
	f.write(func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
}
