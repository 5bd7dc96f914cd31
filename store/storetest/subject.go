package storetest

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func subjectCases() []testCase {
	return []testCase{
		{name: "Everything", run: subjectHasEverything},
		{name: "Nothing", run: subjectHasNothing},
		{name: "Missing", run: subjectMissing},
		{name: "FollowsItsParts", run: subjectFollowsItsParts},
		{name: "Copies", run: subjectCopies},
		{name: "Staff", run: staff},
		{name: "StaffComesAndGoes", run: staffComesAndGoes},
		{name: "EveryActive", run: everyActive},
		{name: "EveryActiveOfTransaction", run: everyActiveOfTransaction},
		{name: "TenantTypes", run: tenantTypes},
	}
}

func (f *fixture) subject(id uuid.UUID) perms.Subject {
	f.Helper()
	return value[perms.Subject](f)(f.store.Subject(f.ctx, id))
}

// shared returns a grant of a dashboard.
func shared(tenant uuid.UUID, id int64) perms.ObjectGrant {
	return perms.ObjectGrant{Tenant: tenant, Object: perms.Object{Type: "dashboards", ID: id}}
}

// loaded adds a user with as much of everything as bears on permissions, given in no order.
func (f *fixture) loaded(name string) (u users.User, want perms.Subject) {
	f.Helper()
	branch := f.addTenant(name + "-branch")
	local := f.addRole(name+" local", func(r *roles.Role) {
		r.Scope, r.Patterns = perms.In(branch.ID), []perms.Pattern{"a-b.x", "a.b", "a_b.*"}
	})
	global := f.addRole(name+" global", func(r *roles.Role) { r.Patterns = nil })
	window := perms.Window{StartsAt: noon.Add(-time.Hour), ExpiresAt: noon.Add(time.Microsecond)}
	report := perms.ObjectGrant{Tenant: f.home, Object: perms.Object{Type: "reports", ID: 1}}
	day := f.addGroup(name+" day", func(g *users.Group) { g.Objects = []perms.ObjectGrant{report, shared(f.home, 10), shared(f.home, 9)} })
	night := f.addGroup(name+" night", func(g *users.Group) {
		g.Tenant, g.Objects = branch.ID, []perms.ObjectGrant{shared(branch.ID, 9), shared(branch.ID, 2)}
	})
	everywhere := perms.Grant("assets.view").Because("he asked")
	inBranch := perms.Revoke("assets.view").In(branch.ID).During(window)
	revoked := perms.Revoke("a.b")
	revoked.SetBy, revoked.SetAt = newID(), noon
	assignments := []perms.Assignment{{Role: local.ID, Scope: perms.In(branch.ID), Window: window}, {Role: global.ID, Scope: perms.Anywhere},
		{Role: local.ID, Scope: perms.Anywhere}}
	u = f.addUser(name, func(u *users.User) {
		u.Tenants = []perms.Tenancy{perms.TenantsOfType(perms.TestTenant), perms.TenantOf(branch.ID), perms.TenantOf(f.home)}
		u.Roles = assignments
		u.Overrides = []perms.Override{everywhere, inBranch, revoked}
		u.Groups = []uuid.UUID{night.ID, day.ID}
		u.Objects = []perms.ObjectGrant{shared(branch.ID, 9), shared(f.home, 11), shared(f.home, 9)}
	})
	want = perms.Subject{
		User: u.ID, Status: perms.Active, Tenants: u.Tenants, Overrides: []perms.Override{revoked, inBranch, everywhere},
		Roles:   []perms.Held{{Rule: local.Rule(), Assignment: assignments[0]}, {Rule: global.Rule(), Assignment: assignments[1]}, {Rule: local.Rule(), Assignment: assignments[2]}},
		Objects: []perms.ObjectGrant{shared(f.home, 9), shared(f.home, 10), shared(f.home, 11), report, shared(branch.ID, 2), shared(branch.ID, 9)},
	}
	return u, want
}

func subjectHasEverything(f *fixture) {
	u, want := f.loaded("ann")
	equal(f, f.subject(u.ID), want)
	want.Revision = f.append(entry(u.ID)).Revision
	equal(f, f.subject(u.ID), want)
}

func subjectHasNothing(f *fixture) {
	u := f.addUser("ann", func(u *users.User) { u.Tenants = nil })
	equal(f, f.subject(u.ID), perms.Subject{User: u.ID, Status: perms.Active})
}

func subjectMissing(f *fixture) {
	for _, id := range []uuid.UUID{newID(), uuid.Nil} {
		_, err := f.store.Subject(f.ctx, id)
		f.fails(err, perms.ErrNoSubject)
	}
	u, want := f.loaded("ann")
	u = f.remove(u)
	want.Status = perms.Deleted
	equal(f, f.subject(u.ID), want)
	f.purge(u)
	_, err := f.store.Subject(f.ctx, u.ID)
	f.fails(err, perms.ErrNoSubject)
}

// A subject is read, not kept: a transaction sees at once what it has changed around it.
func subjectFollowsItsParts(f *fixture) {
	role := f.addRole("viewer")
	group := f.addGroup("day", func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, 1)} })
	u := f.addUser("ann", func(u *users.User) { u.Roles = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}} })
	f.write(func(tx store.Store) error {
		edited := role
		edited.Name, edited.Patterns, edited.Version = "editor", []perms.Pattern{"*.*"}, 2
		f.must(tx.UpdateRole(f.ctx, role, edited))
		f.must1(tx.AddMembers(f.ctx, group.ID, []uuid.UUID{u.ID}))
		s := value[perms.Subject](f)(tx.Subject(f.ctx, u.ID))
		equal(f, s.Roles[0].Rule, edited.Rule())
		equal(f, s.Objects, group.Objects)
		group.Objects = []perms.ObjectGrant{shared(f.home, 2)}
		f.must(tx.UpdateGroup(f.ctx, group))
		equal(f, value[perms.Subject](f)(tx.Subject(f.ctx, u.ID)).Objects, group.Objects)
		f.must(tx.DeleteGroup(f.ctx, group.ID))
		equal(f, value[perms.Subject](f)(tx.Subject(f.ctx, u.ID)).Objects, nil)
		return nil
	})
}

func subjectCopies(f *fixture) {
	u, want := f.loaded("ann")
	s := f.subject(u.ID)
	s.Tenants[0], s.Roles[0], s.Overrides[0], s.Objects[0] = perms.EveryTenant, perms.Held{}, perms.Grant("x.y"), shared(f.home, 99)
	f.subject(u.ID).Roles[0].Rule.Patterns[0] = "*.*"
	equal(f, f.subject(u.ID), want)
	lone := f.addUser("lone", func(u *users.User) { u.Objects = []perms.ObjectGrant{shared(f.home, 1)} })
	f.subject(lone.ID).Objects[0] = shared(f.home, 99)
	equal(f, f.subject(lone.ID).Objects, lone.Objects)
}

func (f *fixture) addStaff(name string, status perms.Status) users.User {
	f.Helper()
	return f.addUser(name, func(u *users.User) {
		u.Status, u.Tenants = status, []perms.Tenancy{perms.TenantOf(f.home), perms.EveryTenant}
	})
}

func staff(f *fixture) {
	_, last, err := f.store.StaffSubjects(f.ctx, 7, 10)
	f.must(err)
	equal(f, last, 7)
	role := f.addRole("admin", func(r *roles.Role) { r.Patterns = []perms.Pattern{perms.AllPattern} })
	var want []perms.Subject
	for _, name := range []string{"a", "b", "c", "d"} {
		f.addUser(name + "-not")
		f.addUser(name+"-type", func(u *users.User) { u.Tenants = []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)} })
		f.addStaff(name+"-suspended", perms.Suspended)
		f.addStaff(name+"-pending", perms.Pending)
		f.remove(f.addStaff(name+"-deleted", perms.Active))
		u := f.addStaff(name, perms.Active)
		f.change(u, func(u *users.User) { u.Roles = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}} })
		want = append(want, f.subject(u.ID)) // number 6, 12, 18, 24
	}
	for _, row := range []struct {
		after       int64
		limit       int
		first, past int
		last        int64
	}{{0, 10, 0, 4, 24}, {0, 4, 0, 4, 24}, {0, 1, 0, 1, 6}, {5, 2, 0, 2, 12}, {6, 2, 1, 3, 18}, {23, 2, 3, 4, 24}, {24, 2, 4, 4, 24}, {99, 2, 4, 4, 99}} {
		got, last, err := f.store.StaffSubjects(f.ctx, row.after, row.limit)
		f.must(err)
		equal(f, append([]perms.Subject{}, got...), append([]perms.Subject{}, want[row.first:row.past]...))
		equal(f, last, row.last)
	}
	for _, limit := range []int{0, -1} {
		_, _, err := f.store.StaffSubjects(f.ctx, 0, limit)
		f.fails(err, perms.ErrInvalid)
	}
}

// everyActive reads all active users page by page, of any size, and nobody twice.
func everyActive(f *fixture) {
	group := f.addGroup("day", func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, 7)} })
	var want []perms.Subject
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		f.addUser(name+"-suspended", func(u *users.User) { u.Status = perms.Suspended })
		full, _ := f.loaded(name)
		f.write(func(tx store.Store) error {
			f.must1(tx.AddMembers(f.ctx, group.ID, []uuid.UUID{full.ID}))
			return nil
		})
		bare := f.addUser(name+"-bare", func(u *users.User) { u.Roles, u.Overrides, u.Objects = nil, nil, nil })
		f.remove(f.addUser(name + "-deleted"))
		f.purge(f.addUser(name + "-purged"))
		want = append(want, perms.Subject{User: full.ID}, perms.Subject{User: bare.ID})
	}
	f.append(entry(want[0].User))
	for i := range want {
		want[i] = f.subject(want[i].User)
	}
	for _, limit := range []int{1, 2, 3, 7, 100} {
		var got []perms.Subject
		pages := 0
		for after := int64(0); ; pages++ {
			before := len(got)
			next, err := f.store.EachActive(f.ctx, after, limit, func(s *perms.Subject) { got = append(got, copied(s)) })
			f.must(err)
			if len(got)-before > limit || next != 0 && next <= after {
				f.Fatalf("a page of %d after %d has %d, and goes on after %d", limit, after, len(got)-before, next)
			}
			if after = next; after == 0 {
				break
			}
		}
		equal(f, got, want)
		if limit == 1 && pages < len(want)-1 {
			f.Errorf("%d pages", pages)
		}
	}
	for _, limit := range []int{0, -1} {
		_, err := f.store.EachActive(f.ctx, 0, limit, func(*perms.Subject) { f.Error("somebody, without a limit") })
		f.fails(err, perms.ErrInvalid)
	}
	next, err := f.store.EachActive(f.ctx, 1<<40, 10, func(*perms.Subject) { f.Error("somebody after the last") })
	f.must(err)
	equal(f, next, 0)
}

// everyActiveOfTransaction: a transaction reads what it has written, and nobody reads after ctx has ended.
func everyActiveOfTransaction(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	f.write(func(tx store.Store) error {
		changed := bob
		changed.Status, changed.Version = perms.Suspended, bob.Version+1
		f.must(tx.UpdateUser(f.ctx, bob, changed))
		var got []uuid.UUID
		next, err := tx.EachActive(f.ctx, 0, 10, func(s *perms.Subject) { got = append(got, s.User) })
		f.must(err)
		equal(f, next, 0)
		equal(f, got, []uuid.UUID{ann.ID})
		return nil
	})
	ended, cancel := context.WithCancel(f.ctx)
	cancel()
	_, err := f.store.EachActive(ended, 0, 10, func(*perms.Subject) { f.Error("somebody, after ctx has ended") })
	f.fails(err, context.Canceled)
}

// copied returns a subject in memory of its own.
func copied(s *perms.Subject) perms.Subject {
	out := *s
	out.Tenants = append([]perms.Tenancy(nil), s.Tenants...)
	out.Roles = append([]perms.Held(nil), s.Roles...)
	out.Overrides = append([]perms.Override(nil), s.Overrides...)
	out.Objects = append([]perms.ObjectGrant(nil), s.Objects...)
	return out
}

func staffComesAndGoes(f *fixture) {
	count := func(want int) {
		f.Helper()
		got, _, err := f.store.StaffSubjects(f.ctx, 0, 10)
		f.must(err)
		equal(f, len(got), want)
	}
	u := f.addUser("ann")
	count(0)
	u = f.change(u, func(u *users.User) { u.Tenants = append(u.Tenants, perms.EveryTenant) })
	count(1)
	u = f.change(u, func(u *users.User) { u.Status = perms.Suspended })
	count(0)
	u = f.change(u, func(u *users.User) { u.Status = perms.Active })
	count(1)
	u = f.change(u, func(u *users.User) { u.Tenants = u.Tenants[:1] })
	count(0)
	u = f.change(u, func(u *users.User) { u.Tenants = []perms.Tenancy{perms.EveryTenant} })
	count(1)
	f.purge(u)
	count(0)
}

func tenantTypes(f *fixture) {
	types := map[uuid.UUID]perms.TenantType{f.home: perms.ProductionTenant}
	ofType := map[perms.TenantType][]uuid.UUID{perms.ProductionTenant: {f.home}}
	for i, typ := range append(perms.TenantTypes(), perms.TenantTypes()...) {
		t := f.addTenant("t"+string(rune('z'-i)), func(t *users.Tenant) { t.Type = typ })
		types[t.ID] = typ
		ofType[typ] = append(ofType[typ], t.ID)
	}
	var ids []uuid.UUID
	for id := range types {
		ids = append(ids, id)
	}
	equal(f, value[map[uuid.UUID]perms.TenantType](f)(f.store.TenantTypes(f.ctx, manyIDs(ids...))), types)
	for _, none := range [][]uuid.UUID{nil, {}, {newID(), uuid.Nil}} {
		equal(f, value[map[uuid.UUID]perms.TenantType](f)(f.store.TenantTypes(f.ctx, none)), map[uuid.UUID]perms.TenantType{})
	}
	for typ, want := range ofType {
		equal(f, value[[]uuid.UUID](f)(f.store.TenantsOfType(f.ctx, typ)), want)
	}
	equal(f, len(value[[]uuid.UUID](f)(f.store.TenantsOfType(f.ctx, "other"))), 0)
}
