package perms_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// asked is a store of subjects that stand still, whose readings are counted, and fail by their turn.
type asked struct {
	*fakeStore
	reads    map[string]int
	left     int // readings that succeed before the one that fails; negative for all
	restless int // readings of a subject right before and right behind which something is committed
}

var errTorn = errors.New("the wire is torn")

func newAsked(subjects ...perms.Subject) *asked {
	return &asked{newStore(subjects...), map[string]int{}, -1, 0}
}

func (st *asked) authorizer(o perms.CacheOptions) *perms.Authorizer {
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(st) }
	return perms.NewCachedAuthorizer(st, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }}, o)
}

// reading counts a reading, and returns how it fails.
func (st *asked) reading(what string) error {
	st.reads[what]++
	st.left--
	if st.left == -1 {
		return errTorn
	}
	return nil
}

func (st *asked) Head(ctx context.Context) (perms.Head, error) {
	if err := st.reading("head"); err != nil {
		return perms.Head{}, err
	}
	return st.fakeStore.Head(ctx)
}

func (st *asked) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	if err := st.reading("subject"); err != nil {
		return perms.Subject{}, err
	}
	st.restless--
	if st.restless >= 0 {
		st.moves()
		defer st.moves()
	}
	s, err := st.fakeStore.Subject(ctx, user)
	s.Revision = st.head.Revision
	s.Roles, s.Overrides = slices.Clone(s.Roles), slices.Clone(s.Overrides)
	return s, err
}

func (st *asked) Subjects(ctx context.Context, users []uuid.UUID) ([]perms.Subject, error) {
	if err := st.reading("subjects"); err != nil {
		return nil, err
	}
	var list []perms.Subject
	for _, id := range users {
		if s, err := st.fakeStore.Subject(ctx, id); err == nil {
			s.Revision = st.head.Revision
			s.Roles = slices.Clone(s.Roles)
			list = append(list, s)
		}
	}
	return list, nil
}

func (st *asked) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	if err := st.reading("types"); err != nil {
		return nil, err
	}
	return st.fakeStore.TenantTypes(ctx, ids)
}

func (st *asked) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	if err := st.reading("journal"); err != nil {
		return nil, err
	}
	return st.fakeStore.Journal(ctx, f)
}

// moves commits a change of nothing that any user has.
func (st *asked) moves() {
	st.head.Revision++
	st.journal = append(st.journal, perms.Entry{Revision: st.head.Revision, Action: perms.UserPassword, Target: perms.Target{Kind: perms.KindUser, ID: none}})
}

var chief = uuid.MustParse("00000000-0000-7000-8000-000000000003")

var seven = perms.Object{Type: "dashboards", ID: 7}

// unlike are users of every sort.
func unlike() []perms.Subject {
	plain := member(role("editor", "assets.*"))
	far := with(of(member(role("viewer", "assets.view"), during(role("late", "assets.edit"), window(-2, -1))), perms.TenantsOfType(perms.TestTenant), perms.TenantOf(acme)), perms.Revoke("assets.delete"))
	far.User, far.Objects = bob, []perms.ObjectGrant{{Tenant: acme, Object: seven}}
	boss := staff(role("boss", "*.*"))
	boss.User = chief
	return []perms.Subject{plain, far, boss}
}

// Whatever reading fails, the answer is that it did: not a decision, not that somebody is unknown, nor that nothing is shared with him.
func TestAuthorizerReadsThatFail(t *testing.T) {
	for name, ask := range map[string]func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error){
		"check": func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error) {
			d, err := a.Check(t.Context(), user, "assets.view", scope)
			return d != perms.Decision{}, err
		},
		"object": func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error) {
			d, err := a.CheckObject(t.Context(), user, "dashboards.view", scope, seven)
			return d != perms.Decision{}, err
		},
		"objects": func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error) {
			ids, err := a.Objects(t.Context(), user, "dashboards", scope)
			return ids != nil, err
		},
		"effective": func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error) {
			set, err := a.Effective(t.Context(), user, scope)
			return set.Has("assets.view"), err
		},
		"resolve": func(a *perms.Authorizer, user uuid.UUID, scope perms.Scope) (bool, error) {
			r, err := a.Resolve(t.Context(), user, scope)
			return r.Can(a.Handle("assets.view")), err
		},
		"warm": func(a *perms.Authorizer, user uuid.UUID, _ perms.Scope) (bool, error) {
			return false, a.Warm(t.Context(), []uuid.UUID{user})
		},
	} {
		for _, user := range []uuid.UUID{ann, bob, none} { // the chief is known
			for _, scope := range []perms.Scope{perms.Home, perms.Anywhere, perms.In(beta), perms.In(none)} {
				for _, cached := range []bool{true, false} {
					for k := 0; ; k++ {
						st := newAsked(unlike()...)
						a := newAuthorizer(st)
						if cached {
							a = st.authorizer(perms.CacheOptions{Shared: true, MaxStaleness: time.Hour})
							if !a.Can(t.Context(), chief, "assets.view", perms.Home) {
								t.Fatal("denied")
							}
							st.moves() // unheard
						}
						st.left = k
						said, err := ask(a, user, scope)
						if st.left >= 0 {
							break
						}
						if said || !errors.Is(err, errTorn) {
							t.Fatalf("%s of %s in %s, remembering %t: without reading %d: %t, %v", name, user, scope, cached, k+1, said, err)
						}
					}
				}
			}
		}
	}
}

// What changes with every reading is answered for all the same, as it is decided without a memory; and as soon as it stands still, it is known.
func TestRestlessStore(t *testing.T) {
	for _, user := range []uuid.UUID{ann, bob, chief, none} {
		for _, scope := range []perms.Scope{perms.Home, perms.Anywhere, perms.In(acme), perms.In(beta), perms.In(old), perms.In(none)} {
			for _, p := range []perms.Permission{"assets.view", "assets.edit", "assets.delete", "dashboards.view", "assets.fly"} {
				want, err := newAuthorizer(newStore(unlike()...)).CheckObject(t.Context(), user, p, scope, seven)
				if err != nil {
					t.Fatal(err)
				}
				st := newAsked(unlike()...)
				a := st.authorizer(perms.CacheOptions{Shared: true})
				st.restless = 1000
				got, err := a.CheckObject(t.Context(), user, p, scope, seven)
				if err != nil || got.Code != want.Code || got.Allowed != want.Allowed {
					t.Errorf("%s of %s in %s: %+v, %v; want %s", p, user, scope, got, err, want.Code)
				}
			}
		}
	}
	st := newAsked(unlike()...)
	a := st.authorizer(perms.CacheOptions{})
	st.restless = 10 // two a try
	if !a.Can(t.Context(), ann, "assets.view", perms.Home) {
		t.Error("denied")
	}
	clear(st.reads)
	if !a.Can(t.Context(), ann, "assets.view", perms.Home) || len(st.reads) != 0 {
		t.Errorf("known, and read again: %v", st.reads)
	}
}

// Who is not there, and a tenant that is not, cost one look each time, and are told of as of now.
func TestNobodyIsLookedUpOnce(t *testing.T) {
	st := newAsked(unlike()...)
	a := st.authorizer(perms.CacheOptions{Shared: true, MaxStaleness: time.Hour})
	if !a.Can(t.Context(), ann, "assets.view", perms.Home) {
		t.Fatal("denied")
	}
	for range 3 {
		st.moves() // unheard
	}
	clear(st.reads)
	d, err := a.Check(t.Context(), none, "assets.view", perms.Home)
	if err != nil || d.Code != perms.InactiveUser || d.Revision != 3 {
		t.Errorf("%+v, %v", d, err)
	}
	if fmt.Sprint(st.reads) != "map[head:1 subject:2]" {
		t.Errorf("for nobody: %v", st.reads)
	}
	st = newAsked(unlike()...)
	a = st.authorizer(perms.CacheOptions{})
	if !a.Can(t.Context(), bob, "assets.view", perms.Home) {
		t.Error("denied")
	}
	for _, tenant := range []uuid.UUID{none, beta} {
		clear(st.reads)
		if _, err := a.Check(t.Context(), bob, "assets.view", perms.In(tenant)); err != nil || fmt.Sprint(st.reads) != "map[head:1 types:1]" {
			t.Errorf("for tenant %s: %v, %v", tenant, st.reads, err)
		}
	}
	if got := perms.Kept(a); got != 1 {
		t.Errorf("%d users are kept", got)
	}
}

// Users are warmed by one reading, and whoever names a tenant of which nothing is known is none of them.
func TestWarmReadsOnce(t *testing.T) {
	strange, ruled := of(member(), perms.TenantOf(none)), member(ownedBy(role("own", "assets.view"), none))
	strange.User, ruled.User = uuid.New(), uuid.New()
	st := newAsked(append(unlike(), strange, ruled)...)
	a := st.authorizer(perms.CacheOptions{})
	if err := a.Warm(t.Context(), []uuid.UUID{ann, bob, strange.User, ruled.User, none}); err != nil {
		t.Fatal(err)
	}
	if st.reads["subjects"] != 1 || perms.Kept(a) != 2 {
		t.Errorf("%v, and %d are kept", st.reads, perms.Kept(a))
	}
	for user, want := range map[uuid.UUID]perms.Code{ann: perms.GrantedByRole, strange.User: perms.TenantOutOfScope, ruled.User: perms.NotGranted} {
		if d, err := a.Check(t.Context(), user, "assets.view", perms.Home); err != nil || d.Code != want {
			t.Errorf("%s: %+v, %v; want %s", user, d, err, want)
		}
	}
}

// Whoever is read again and again takes no more room than once: nobody else is forgotten for him.
func TestReadAgainTakesNoRoom(t *testing.T) {
	for name, again := range map[string]func(st *asked, a *perms.Authorizer) error{
		"warmed": func(_ *asked, a *perms.Authorizer) error { return a.Warm(t.Context(), []uuid.UUID{ann}) },
		"changed": func(st *asked, a *perms.Authorizer) error {
			st.moves()
			st.journal[len(st.journal)-1].Action, st.journal[len(st.journal)-1].Target.ID = perms.UserUpdate, ann
			a.Committed(st.head)
			_, err := a.Check(t.Context(), ann, "assets.view", perms.Home)
			return err
		},
	} {
		st := newAsked(unlike()...)
		a := st.authorizer(perms.CacheOptions{MaxBytes: 20_000})
		if !a.Can(t.Context(), bob, "assets.view", perms.Home) {
			t.Fatal("denied")
		}
		for range 500 {
			if err := again(st, a); err != nil {
				t.Fatal(err)
			}
		}
		clear(st.reads)
		if !a.Can(t.Context(), bob, "assets.view", perms.Home) || st.reads["subject"] != 0 {
			t.Errorf("%s: %v", name, st.reads)
		}
	}
}

// Beside so many roles nobody else is remembered, and each answer stays the same.
func TestRolesAreBounded(t *testing.T) {
	collector, other := member(), member(role("viewer", "assets.view"))
	other.User = bob
	for i := range 1 << 16 {
		collector.Roles = append(collector.Roles, role(fmt.Sprint(i), "assets.edit"))
	}
	st := newAsked(collector, other)
	a := st.authorizer(perms.CacheOptions{})
	if !a.Can(t.Context(), ann, "assets.edit", perms.Home) || !a.Can(t.Context(), bob, "assets.view", perms.Home) {
		t.Error("denied")
	}
	if got := perms.Kept(a); got != 1 {
		t.Errorf("%d users are kept beside so many roles", got)
	}
}

// manyTenants is a store in which every tenant is there, in production.
type manyTenants struct{ *asked }

func (manyTenants) TenantTypes(_ context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	types := map[uuid.UUID]perms.TenantType{}
	for _, id := range ids {
		types[id] = perms.ProductionTenant
	}
	return types, nil
}

// The types of so many tenants are remembered and no more, and each answer stays the same.
func TestTenantsAreBounded(t *testing.T) {
	const people, each = 700, 100
	st := manyTenants{newAsked()}
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(st) }
	a := perms.NewCachedAuthorizer(st, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }}, perms.CacheOptions{})
	for range 2 {
		var users []uuid.UUID
		for range people {
			s := of(member(role("viewer", "assets.view")))
			s.User = uuid.New()
			for range each {
				s.Tenants = append(s.Tenants, perms.TenantOf(uuid.New()))
			}
			st.subjects[s.User] = s
			users = append(users, s.User)
		}
		if err := a.Warm(t.Context(), users); err != nil || !a.Can(t.Context(), users[0], "assets.view", perms.Home) {
			t.Errorf("denied, %v", err)
		}
		if got := perms.KnownTenants(a); got != people*each {
			t.Errorf("of %d tenants the types are known", got)
		}
	}
}

// A handle is good for any Authorizer, whatever the permission's number is there; and one without a memory takes those of others.
func TestHandlesOfOthers(t *testing.T) {
	st := newAsked(member(role("viewer", "assets.view")))
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(st) }
	env := func(keys ...perms.Permission) perms.Env {
		c := perms.NewCatalog(keys...)
		return perms.Env{Catalog: func() *perms.Catalog { return c }, Clock: func() time.Time { return noon }}
	}
	few := perms.NewCachedAuthorizer(st, view, env("assets.view", "dashboards.view"), perms.CacheOptions{})
	many := perms.NewCachedAuthorizer(st, view, env("assets.edit", "assets.view", "dashboards.view"), perms.CacheOptions{})
	plain := perms.NewAuthorizer(st, view, env("assets.edit", "assets.view"))
	for name, a := range map[string]*perms.Authorizer{"few": few, "many": many, "plain": plain} {
		held, err := a.Resolve(t.Context(), ann, perms.Home)
		if err != nil {
			t.Fatal(err)
		}
		for from, h := range map[string]*perms.Authorizer{"few": few, "many": many, "plain": plain} {
			if d, err := a.CheckHandle(t.Context(), ann, perms.Handle{}, perms.Home); err != nil || d.Allowed {
				t.Errorf("no handle on %s: %+v, %v", name, d, err)
			}
			for p, want := range map[perms.Permission]bool{"assets.view": true, "assets.edit": false, "dashboards.view": false, "assets.fly": false} {
				d, err := a.CheckHandle(t.Context(), ann, h.Handle(p), perms.Home)
				if err != nil || d.Allowed != want || held.Can(h.Handle(p)) != want {
					t.Errorf("%s by a handle of %s on %s: %+v, %v", p, from, name, d, err)
				}
			}
		}
	}
}

// What a role's patterns give beside the catalogue, and what a malformed one does, is nothing.
func TestPatternsThatGiveNothing(t *testing.T) {
	for _, pattern := range []perms.Pattern{"assets.fly", "assets.v", "ass*", "assets.vi*", "*", "*.view", ""} {
		s := member(role("odd", pattern))
		for _, a := range []*perms.Authorizer{newAuthorizer(newAsked(s)), newAsked(s).authorizer(perms.CacheOptions{})} {
			if set, err := a.Effective(t.Context(), ann, perms.Home); err != nil || len(set.Strings()) != 0 {
				t.Errorf("%q: %v, %v", pattern, set, err)
			}
		}
	}
}

// With a memory and without one the objects that are shared with somebody are the same, and none of who is not there.
func TestSharedObjects(t *testing.T) {
	st := newAsked(unlike()...)
	for name, a := range map[string]*perms.Authorizer{"without": newAuthorizer(st), "with": st.authorizer(perms.CacheOptions{})} {
		for _, row := range []struct {
			user  uuid.UUID
			scope perms.Scope
			want  []int64
		}{
			{ann, perms.Home, nil}, {bob, perms.Home, []int64{7}}, {bob, perms.In(acme), []int64{7}}, {bob, perms.In(beta), nil},
			{bob, perms.Anywhere, nil}, {none, perms.Home, nil}, {none, perms.In(acme), nil},
		} {
			if got, err := a.Objects(t.Context(), row.user, "dashboards", row.scope); err != nil || !slices.Equal(got, row.want) {
				t.Errorf("%s: those of %s in %s: %v, %v", name, row.user, row.scope, got, err)
			}
		}
		if d, err := a.CheckObject(t.Context(), none, "dashboards.view", perms.Home, seven); err != nil || d.Code != perms.InactiveUser {
			t.Errorf("%s: of nobody: %+v, %v", name, d, err)
		}
		if _, err := a.Resolve(t.Context(), none, perms.Home); !errors.Is(err, perms.ErrNoSubject) {
			t.Errorf("%s: nobody resolves: %v", name, err)
		}
	}
}

// What is known takes no reading, whatever is asked.
func TestWarmReadsNothing(t *testing.T) {
	st := newAsked(unlike()...)
	a := st.authorizer(perms.CacheOptions{})
	h := a.Handle("assets.view")
	for _, user := range []uuid.UUID{ann, bob} {
		for name, ask := range map[string]func() error{
			"check":     func() error { _, err := a.Check(t.Context(), user, "assets.view", perms.Home); return err },
			"handle":    func() error { _, err := a.CheckHandle(t.Context(), user, h, perms.Home); return err },
			"objects":   func() error { _, err := a.Objects(t.Context(), user, "dashboards", perms.Home); return err },
			"effective": func() error { _, err := a.Effective(t.Context(), user, perms.Home); return err },
			"resolve":   func() error { _, err := a.Resolve(t.Context(), user, perms.Home); return err },
		} {
			if err := ask(); err != nil {
				t.Fatal(err)
			}
			clear(st.reads)
			if err := ask(); err != nil || len(st.reads) != 0 {
				t.Errorf("%s of %s: %v, %v", name, user, st.reads, err)
			}
		}
	}
	for name, ask := range map[string]func(){
		"resolve":   func() { _, _ = a.Resolve(t.Context(), ann, perms.Home) },
		"effective": func() { _, _ = a.Effective(t.Context(), ann, perms.Home) },
	} {
		if n := testing.AllocsPerRun(100, ask); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// One without a memory has nothing to learn.
func TestNothingToLearn(t *testing.T) {
	st := newAsked(unlike()...)
	a := newAuthorizer(st)
	a.Appended(perms.Head{}, []perms.Entry{{Revision: 1, Action: perms.UserUpdate}})
	if err := a.Warm(t.Context(), []uuid.UUID{ann}); err != nil || len(st.reads) != 0 {
		t.Errorf("%v, %v", st.reads, err)
	}
}
