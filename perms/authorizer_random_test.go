package perms_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// village is a store of a few people in whose lives much happens, of which an Authorizer hears by the journal alone.
type village struct {
	perms.Store
	*rand.Rand
	now     time.Time
	head    perms.Head
	journal []perms.Entry
	rules   []perms.Rule
	people  []perms.Subject // without what is shared with their group, and with the ids of roles alone
	groups  [2][]perms.ObjectGrant
	types   map[uuid.UUID]perms.TenantType
	tell    func(perms.Head)
}

// villagers are two of each group. Number 4 is nobody's, and comes and goes.
const villagers = 5

func newVillage(seed uint64, o perms.CacheOptions) (*village, *perms.Authorizer) {
	v := &village{Rand: rand.New(rand.NewPCG(seed, 7)), now: noon, types: map[uuid.UUID]perms.TenantType{}}
	for _, id := range []uuid.UUID{acme, beta, old} {
		v.types[id] = perms.ProductionTenant
	}
	for i := range 4 {
		v.rules = append(v.rules, role(fmt.Sprint("role", i), "assets.view").Rule)
	}
	for i := range villagers {
		s := member(role("role0"))
		s.User = uuid.UUID{15: byte(i + 1)}
		v.people = append(v.people, s)
	}
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(v) }
	env := perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return v.now }}
	a := perms.NewCachedAuthorizer(v, view, env, o)
	v.tell = a.Committed
	return v, a
}

func (v *village) Head(context.Context) (perms.Head, error) { return v.head, nil }

func (v *village) Subject(_ context.Context, user uuid.UUID) (perms.Subject, error) {
	i := slices.IndexFunc(v.people, func(s perms.Subject) bool { return s.User == user })
	if i < 0 {
		return perms.Subject{}, perms.ErrNoSubject
	}
	s := v.people[i]
	s.Revision = v.head.Revision
	s.Roles, s.Overrides = slices.Clone(s.Roles), slices.Clone(s.Overrides)
	for j := range s.Roles {
		at := slices.IndexFunc(v.rules, func(r perms.Rule) bool { return r.ID == s.Roles[j].Rule.ID })
		s.Roles[j].Rule = v.rules[at]
	}
	s.Objects = slices.Concat(s.Objects, v.groups[i%2])
	return s, nil
}

func (v *village) TenantTypes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	out := map[uuid.UUID]perms.TenantType{}
	for _, id := range ids {
		if typ, ok := v.types[id]; ok {
			out[id] = typ
		}
	}
	return out, nil
}

func (v *village) Journal(_ context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	rest := v.journal[f.After:]
	return slices.Clone(rest[:min(len(rest), f.Limit)]), nil
}

// enter commits what has just been changed.
func (v *village) enter(action perms.Action, kind perms.Kind, id uuid.UUID, after perms.Members) {
	v.head = perms.Head{Revision: v.head.Revision + 1, At: v.instant()}
	v.journal = append(v.journal, perms.Entry{Revision: v.head.Revision, At: v.head.At, Action: action, Target: perms.Target{Kind: kind, ID: id}, After: after})
	v.tell(v.head)
}

func (v *village) window() (w perms.Window) {
	if v.IntN(2) == 0 {
		w.StartsAt = v.now.Add(time.Duration(v.IntN(5)-1) * time.Hour)
	}
	if v.IntN(2) == 0 {
		w.ExpiresAt = v.now.Add(time.Duration(v.IntN(5)+1) * time.Hour)
	}
	return w
}

func (v *village) scope() perms.Scope {
	return []perms.Scope{perms.Anywhere, perms.Anywhere, perms.In(acme), perms.In(beta)}[v.IntN(4)]
}

// happen lets one thing happen.
func (v *village) happen() {
	s := &v.people[v.IntN(villagers)]
	switch v.IntN(9) {
	case 0:
		s.Roles = nil
		for _, i := range v.Perm(len(v.rules))[:v.IntN(3)] {
			h := perms.Held{Rule: v.rules[i], Assignment: perms.Assignment{Role: v.rules[i].ID, Scope: v.scope(), Window: v.window()}}
			s.Roles = append(s.Roles, h)
		}
		v.enter(perms.UserRoles, perms.KindUser, s.User, nil)
	case 1, 2:
		r := &v.rules[v.IntN(len(v.rules))]
		lists := [][]perms.Pattern{{}, {"assets.view"}, {"assets.*"}, {"dashboards.view"}, {"*.*"}}
		r.Patterns = lists[v.IntN(len(lists))]
		told := []any{}
		for _, p := range r.Patterns {
			told = append(told, string(p))
		}
		v.enter(perms.RoleUpdate, perms.KindRole, r.ID, perms.Members{"permissions": told})
	case 3:
		s.Overrides = nil
		for range v.IntN(3) {
			o := perms.Override{Permission: office.Keys()[v.IntN(len(office.Keys()))].Permission, Granted: v.IntN(2) == 0, Scope: v.scope(), Window: v.window()}
			s.Overrides = append(s.Overrides, o)
		}
		v.enter(perms.OverrideSet, perms.KindUser, s.User, nil)
	case 4:
		g := v.IntN(2)
		v.groups[g] = v.shared()
		v.enter(perms.GrantSet, perms.KindGroup, uuid.UUID{0: byte(g + 1)}, nil)
	case 5:
		s.Objects = v.shared()
		v.enter(perms.GrantSet, perms.KindUser, s.User, nil)
	case 6:
		s.Status = []perms.Status{perms.Active, perms.Active, perms.Suspended}[v.IntN(3)]
		v.enter(perms.UserSuspend, perms.KindUser, s.User, nil)
	case 7:
		lists := [][]perms.Tenancy{{perms.TenantOf(acme)}, {perms.EveryTenant}, {perms.TenantOf(beta), perms.TenantsOfType(perms.TestTenant)}, {perms.TenantOf(acme), perms.TenantOf(old)}}
		s.Tenants = lists[v.IntN(len(lists))]
		v.enter(perms.UserTenants, perms.KindUser, s.User, nil)
	case 8:
		v.types[old] = perms.TenantTypes()[v.IntN(4)]
		v.enter(perms.TenantUpdate, perms.KindTenant, old, perms.Members{"type": string(v.types[old])})
	}
}

func (v *village) shared() (list []perms.ObjectGrant) {
	for range v.IntN(3) {
		g := perms.ObjectGrant{Tenant: acme, Object: perms.Object{Type: "dashboards", ID: int64(v.IntN(2) + 1)}}
		if !slices.Contains(list, g) {
			list = append(list, g)
		}
	}
	return list
}

// instant is the clock's, or the newest entry's if the clock has run back.
func (v *village) instant() time.Time {
	if v.head.At.After(v.now) {
		return v.head.At
	}
	return v.now
}

// ask asks one question, and compares the answer with the decision on the tables.
func (v *village) ask(t *testing.T, a *perms.Authorizer) {
	t.Helper()
	s, err := v.Subject(t.Context(), v.people[v.IntN(villagers)].User)
	if err != nil {
		t.Fatal(err)
	}
	scope := []perms.Scope{perms.Home, perms.Home, perms.Anywhere, perms.In(acme), perms.In(old), perms.In(uuid.UUID{9})}[v.IntN(6)]
	at, err := perms.Locate(t.Context(), v, &s, scope)
	if err != nil {
		t.Fatal(err)
	}
	q := perms.Question{Permission: []perms.Permission{"assets.view", "assets.edit", "dashboards.view", "dashboards.view", "no.such"}[v.IntN(5)], At: at}
	if v.IntN(2) == 0 {
		q.Object = perms.Object{Type: "dashboards", ID: int64(v.IntN(2) + 1)}
	}
	want := perms.Decide(office, &s, q, v.instant())
	got, err := a.CheckObject(t.Context(), s.User, q.Permission, scope, q.Object)
	if err != nil || got != want {
		t.Fatalf("%s of %v in %s at %s: got %+v, %v; want %+v of %+v", q.Permission, q.Object, scope, v.now, got, err, want, s)
	}
}

// TestAnyHistory lets things happen at random, windows begin and end and the clock run back, and asks little in between: so that what is known of somebody is
// from before any mixture of changes that bear on him and of others.
func TestAnyHistory(t *testing.T) {
	seeds := 1000
	if testing.Short() {
		seeds = 200
	}
	for seed := range uint64(seeds) {
		v, a := newVillage(seed, perms.CacheOptions{MaxUsers: []int{0, 4}[seed%2]})
		for range 150 {
			for range v.IntN(3) {
				v.happen()
			}
			v.now = v.now.Add(time.Duration(v.IntN(9)-2) * 20 * time.Minute)
			for range v.IntN(6) {
				v.ask(t, a)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// A role that is edited before its time has come gives, when it comes, what it says then.
func TestRoleEditedBeforeItsTime(t *testing.T) {
	v, a := newVillage(1, perms.CacheOptions{})
	s := &v.people[0]
	s.Roles[0].StartsAt = v.now.Add(time.Hour)
	if a.Can(t.Context(), s.User, "assets.view", perms.Home) {
		t.Error("allowed before its time")
	}
	v.rules[0].Patterns = []perms.Pattern{"assets.edit"}
	v.enter(perms.RoleUpdate, perms.KindRole, v.rules[0].ID, perms.Members{"permissions": []any{"assets.edit"}})
	v.now = v.now.Add(time.Hour)
	if a.Can(t.Context(), s.User, "assets.view", perms.Home) || !a.Can(t.Context(), s.User, "assets.edit", perms.Home) {
		t.Error("it gives what it gave before the edit")
	}
}

// What is no longer shared with a group stays so when a window of a member's ends.
func TestNotSharedAfterWindow(t *testing.T) {
	v, a := newVillage(1, perms.CacheOptions{})
	s, seven := &v.people[0], perms.Object{Type: "dashboards", ID: 7}
	s.Overrides = []perms.Override{perms.Grant("assets.edit").During(perms.Window{ExpiresAt: v.now.Add(time.Hour)})}
	v.groups[0] = []perms.ObjectGrant{{Tenant: acme, Object: seven}}
	if d, err := a.CheckObject(t.Context(), s.User, "dashboards.view", perms.Home, seven); err != nil || !d.Allowed {
		t.Errorf("%+v, %v", d, err)
	}
	v.groups[0] = nil
	v.enter(perms.GrantSet, perms.KindGroup, uuid.UUID{1}, nil)
	v.now = v.now.Add(time.Hour)
	if a.Can(t.Context(), s.User, "assets.edit", perms.Home) {
		t.Error("allowed after the window")
	}
	if d, err := a.CheckObject(t.Context(), s.User, "dashboards.view", perms.Home, seven); err != nil || d.Allowed {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestPutBack: a database is put back to an earlier state, or another takes over that lacks the last changes, and goes on from there. Nothing is answered from
// what was lost, whether as much has been written since, or more.
func TestPutBack(t *testing.T) {
	for more := range 4 {
		v, a := newVillage(1, perms.CacheOptions{Shared: true, MaxStaleness: perms.Always})
		s := &v.people[0]
		rename := func() { v.enter(perms.RoleUpdate, perms.KindRole, v.rules[3].ID, nil) }
		rename()
		v.now = v.now.Add(time.Hour)
		s.Overrides = []perms.Override{perms.Grant("assets.edit")}
		v.enter(perms.OverrideSet, perms.KindUser, s.User, nil)
		if !a.Can(t.Context(), s.User, "assets.edit", perms.Home) {
			t.Error("denied")
		}
		s.Overrides, v.head, v.journal = nil, perms.Head{Revision: 1, At: v.journal[0].At}, v.journal[:1:1]
		v.now = v.now.Add(time.Hour)
		for range more + 1 {
			rename()
		}
		if d, err := a.Check(t.Context(), s.User, "assets.edit", perms.Home); err != nil || d.Code != perms.NotGranted {
			t.Errorf("%d more: %+v, %v", more, d, err)
		}
	}
}
