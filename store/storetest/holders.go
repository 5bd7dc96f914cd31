package storetest

import (
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func holderCases() []testCase {
	return []testCase{
		{name: "Subjects", run: subjectsTogether},
		{name: "Rules", run: rulesOfScopes},
		{name: "Candidates", run: candidates},
		{name: "Pages", run: candidatePages},
		{name: "Sparse", run: candidatesFarApart},
		{name: "ManyRoles", run: candidatesOfManyRoles},
		{name: "Crowds", run: candidatesInCrowds},
	}
}

func subjectsTogether(f *fixture) {
	ann, annWant := f.loaded("ann")
	bob, bobWant := f.loaded("bob")
	f.loaded("eve") // of whom nobody asks
	gone, goneWant := f.loaded("gone")
	f.remove(gone)
	goneWant.Status = perms.Deleted
	head := f.append(entry(ann.ID))
	annWant.Revision, bobWant.Revision, goneWant.Revision = head.Revision, head.Revision, head.Revision
	got := value[[]perms.Subject](f)(f.store.Subjects(f.ctx, []uuid.UUID{gone.ID, bob.ID, newID(), ann.ID, uuid.Nil, bob.ID}))
	equal(f, got, []perms.Subject{annWant, bobWant, goneWant})
	equal(f, value[[]perms.Subject](f)(f.store.Subjects(f.ctx, manyIDs(gone.ID, bob.ID, ann.ID))), got)
	for _, none := range [][]uuid.UUID{nil, {newID()}} {
		equal(f, len(value[[]perms.Subject](f)(f.store.Subjects(f.ctx, none))), 0)
	}
	got[0].Roles[0].Rule.Patterns[0] = "*.*"
	equal(f, f.subject(ann.ID), annWant)
}

func rulesOfScopes(f *fixture) {
	branch, other := f.addTenant("branch"), f.addTenant("other")
	equal(f, len(value[[]perms.Rule](f)(f.store.Rules(f.ctx))), 0)
	local := f.addRole("local", func(r *roles.Role) { r.Scope, r.Patterns = perms.In(branch.ID), []perms.Pattern{"a.b", "c.*"} })
	global := f.addRole("global", func(r *roles.Role) { r.Patterns = nil })
	foreign := f.addRole("foreign", func(r *roles.Role) { r.Scope = perms.In(other.ID) })
	for _, row := range []struct {
		scopes []perms.Scope
		want   []perms.Rule
	}{
		{nil, []perms.Rule{local.Rule(), global.Rule(), foreign.Rule()}},
		{[]perms.Scope{perms.Anywhere}, []perms.Rule{global.Rule()}},
		{[]perms.Scope{perms.Anywhere, perms.In(branch.ID), perms.In(branch.ID)}, []perms.Rule{local.Rule(), global.Rule()}},
		{[]perms.Scope{perms.In(other.ID)}, []perms.Rule{foreign.Rule()}},
		{[]perms.Scope{perms.In(newID())}, nil},
	} {
		equal(f, value[[]perms.Rule](f)(f.store.Rules(f.ctx, row.scopes...)), row.want)
	}
	value[[]perms.Rule](f)(f.store.Rules(f.ctx))[0].Patterns[0] = "*.*"
	equal(f, value[[]perms.Rule](f)(f.store.Rules(f.ctx))[0], local.Rule())
}

// crowd is a store full of users with random roles, overrides and tenants, around one permission.
type crowd struct {
	*fixture
	rand    *rand.Rand
	tenants []users.Tenant
	global  []uuid.UUID
	bound   []uuid.UUID
	people  []perms.Candidate
}

const asked = perms.Permission("assets.view")

// crowd adds n users, the first with so many assignments more that are not in force yet.
func (f *fixture) crowd(n, more int) *crowd {
	f.Helper()
	c := &crowd{fixture: f, rand: rand.New(rand.NewPCG(7, 11))}
	for i, typ := range perms.TenantTypes() {
		c.tenants = append(c.tenants, f.addTenant("t"+string(rune('a'+i)), func(t *users.Tenant) { t.Type = typ }))
	}
	c.global = []uuid.UUID{f.addRole("one").ID, f.addRole("two").ID}
	c.bound = []uuid.UUID{f.addRole("local", func(r *roles.Role) { r.Scope = perms.In(c.tenants[0].ID) }).ID}
	other := f.addRole("other").ID
	for i := range n {
		u := f.addUser("p"+string(rune('a'+i/26))+string(rune('a'+i%26)), func(u *users.User) {
			c.dress(u, other)
			for ; more > 0; more-- {
				u.Roles = append(u.Roles, perms.Assignment{Role: c.global[0], Scope: perms.Anywhere, Window: perms.Window{StartsAt: noon.Add(time.Hour)}})
			}
		})
		c.people = append(c.people, perms.Candidate{Number: u.Number, Subject: f.subject(u.ID)})
	}
	return c
}

func choose[T any](c *crowd, from ...T) T { return from[c.rand.IntN(len(from))] }

func (c *crowd) dress(u *users.User, other uuid.UUID) {
	u.Status = choose(c, perms.Active, perms.Active, perms.Active, perms.Pending, perms.Suspended, perms.Deleted)
	u.Tenants = nil
	for range c.rand.IntN(3) {
		id := choose(c, c.tenants...).ID
		u.Tenants = append(u.Tenants, choose(c, perms.TenantOf(id), perms.TenantOf(id), perms.TenantOf(c.home), perms.TenantsOfType(choose(c, perms.TenantTypes()...)), perms.EveryTenant))
	}
	for range c.rand.IntN(3) {
		u.Roles = append(u.Roles, perms.Assignment{Role: choose(c, c.global[0], c.global[1], c.bound[0], other), Scope: c.scope(), Window: c.window()})
	}
	for i := range c.rand.IntN(3) {
		u.Overrides = append(u.Overrides, perms.Override{Permission: choose(c, asked, asked, "assets.edit"), Granted: c.rand.IntN(2) == 0,
			Scope: []perms.Scope{perms.Anywhere, perms.In(c.home)}[i], Window: c.window(), SetAt: noon})
	}
}

func (c *crowd) scope() perms.Scope {
	return choose(c, perms.Anywhere, perms.Anywhere, perms.In(c.tenants[0].ID), perms.In(c.home))
}

func (c *crowd) window() perms.Window {
	return choose(c, perms.Window{}, perms.Window{}, perms.Window{ExpiresAt: noon}, perms.Window{ExpiresAt: noon.Add(time.Microsecond)},
		perms.Window{StartsAt: noon}, perms.Window{StartsAt: noon.Add(time.Microsecond)})
}

// filters are all sorts of questions about a crowd.
func (c *crowd) filters() []perms.Candidates {
	everybody := []perms.Tenancy{perms.EveryTenant, perms.TenantsOfType(perms.TestTenant), perms.TenantsOfType(perms.RetiredTenant)}
	a, b := c.tenants[0].ID, c.home
	base := perms.Candidates{Permission: asked, Global: c.global, Bound: c.bound, Within: everybody, Anywhere: true, Now: noon, Limit: 1000}
	var out []perms.Candidates
	for _, change := range []func(*perms.Candidates){
		func(*perms.Candidates) {},
		func(f *perms.Candidates) { f.Anywhere = false },
		func(f *perms.Candidates) { f.Anywhere, f.Within = false, nil },
		func(f *perms.Candidates) { f.Within = nil },
		func(f *perms.Candidates) { f.Anywhere, f.Within = false, []perms.Tenancy{perms.EveryTenant} },
		func(f *perms.Candidates) {
			f.Anywhere, f.Within = false, []perms.Tenancy{perms.TenantOf(a), perms.TenantOf(b), perms.EveryTenant}
		},
		func(f *perms.Candidates) { f.Sight = &perms.Sight{Tenants: []uuid.UUID{a}} },
		func(f *perms.Candidates) { f.Sight = &perms.Sight{Tenants: []uuid.UUID{a, b}, Homes: true} },
		func(f *perms.Candidates) { f.Sight = &perms.Sight{} },
		func(f *perms.Candidates) { f.Sight = &perms.Sight{All: true} },
		func(f *perms.Candidates) { f.Sight = &perms.Sight{All: true, Except: []uuid.UUID{a}} },
		func(f *perms.Candidates) { f.Global, f.Bound = nil, nil },
		func(f *perms.Candidates) { f.Global, f.Within = f.Global[:1], f.Within[:1] },
		func(f *perms.Candidates) { f.Permission = "assets.none" },
		func(f *perms.Candidates) { f.Now = noon.Add(-time.Hour) },
		func(f *perms.Candidates) { f.Coming = true },
		func(f *perms.Candidates) { f.Coming, f.Now, f.Anywhere = true, noon.Add(-time.Hour), false },
		func(f *perms.Candidates) { f.After = c.people[len(c.people)/2].Number },
	} {
		for _, kind := range []struct{ doubtful, lean bool }{{false, false}, {true, false}, {false, true}, {true, true}} {
			filter := base
			filter.Doubtful, filter.Lean = kind.doubtful, kind.lean
			change(&filter)
			out = append(out, filter)
		}
	}
	return out
}

// asks checks whom a store chooses against the filter's own word on everybody.
func (c *crowd) asks(f perms.Candidates) {
	c.Helper()
	types := map[uuid.UUID]perms.TenantType{c.home: perms.ProductionTenant}
	for _, t := range c.tenants {
		types[t.ID] = t.Type
	}
	typeOf := func(id uuid.UUID) perms.TenantType { return types[id] }
	want, plain := []perms.Candidate{}, int64(0)
	for _, p := range c.people {
		if p.Number > f.After && f.Chooses(&p.Subject, typeOf) {
			want = append(want, f.Made(p.Number, p.Subject))
		}
		if f.Plain(&p.Subject, typeOf) {
			plain++
		}
	}
	got := []perms.Candidate{}
	for next := f.After; ; {
		f.After = next
		page, more, err := c.store.Candidates(c.ctx, f)
		c.must(err)
		got = append(got, page...)
		if more == 0 {
			break
		}
		if more <= next || len(page) > f.Limit {
			c.Fatalf("a page of %d after %d, next %d", len(page), next, more)
		}
		next = more
	}
	equal(c.fixture, got, want)
	equal(c.fixture, value[int64](c.fixture)(c.store.CountPlain(c.ctx, f)), plain)
}

func candidates(f *fixture) {
	c := f.crowd(200, 0)
	for _, filter := range c.filters() {
		c.asks(filter)
	}
	_, _, err := f.store.Candidates(f.ctx, perms.Candidates{Permission: asked})
	f.fails(err, perms.ErrInvalid)
}

func candidatePages(f *fixture) {
	c := f.crowd(60, 0)
	for i, filter := range c.filters() {
		filter.Limit = 1 + i%5
		c.asks(filter)
	}
}

// The last ones alone are candidates: a page that looks among the next users first has to go on, and gives nobody twice.
func candidatesFarApart(f *fixture) {
	c := f.crowd(60, 0)
	last := f.addRole("last").ID
	for _, name := range []string{"x", "y", "z"} {
		u := f.addUser(name, func(u *users.User) { u.Roles = []perms.Assignment{{Role: last, Scope: perms.Anywhere}} })
		c.people = append(c.people, perms.Candidate{Number: u.Number, Subject: f.subject(u.ID)})
	}
	c.global, c.bound = []uuid.UUID{last}, nil
	for limit := 1; limit < 10; limit++ {
		for _, filter := range c.filters() {
			filter.Limit = limit
			c.asks(filter)
		}
	}
}

// Of more roles than a statement has parts for, and more tenancies.
func candidatesOfManyRoles(f *fixture) {
	c := f.crowd(60, 0)
	for range 20 {
		c.global = append(c.global, newID())
		c.bound = append(c.bound, newID())
	}
	for _, filter := range c.filters() {
		c.asks(filter)
		for range 20 {
			filter.Within = append(filter.Within, perms.TenantOf(newID()))
		}
		filter.Limit = 3
		c.asks(filter)
	}
}

// candidatesInCrowds has so many assignments that a store may prefer to begin elsewhere.
func candidatesInCrowds(f *fixture) {
	c := f.crowd(150, 2200)
	for _, filter := range c.filters() {
		c.asks(filter)
	}
}
