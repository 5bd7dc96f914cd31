package perms_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

var errStore = errors.New("the store is down")

func TestAuthorizeRefusesNobody(t *testing.T) {
	for _, actor := range []perms.Actor{{}, perms.As(uuid.Nil), perms.Actor{}.In(acme).Because("why not")} {
		if _, err := perms.Authorize(t.Context(), newStore(), office, actor, noon); !errors.Is(err, perms.ErrNoActor) {
			t.Errorf("%+v: %v, want ErrNoActor", actor, err)
		}
	}
	st := newStore(staff(role("root", "*.*")))
	st.fails = errStore
	if a, err := perms.Authorize(t.Context(), st, office, perms.As(ann), noon); a != nil || !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v, %v", a, err)
	}
}

func TestWhoHoldsNothing(t *testing.T) {
	root := staff(role("root", "*.*"))
	for name, a := range map[string]*perms.Authority{
		"a guest":             authority(t, perms.Guest()),
		"an unknown user":     authority(t, perms.As(bob), root),
		"a pending user":      as(t, became(root, perms.Pending)),
		"a suspended user":    as(t, became(root, perms.Suspended)),
		"a deleted user":      as(t, became(root, perms.Deleted)),
		"a user of no tenant": as(t, of(root)),
		"narrowed to nothing": authority(t, perms.As(ann).In(uuid.Nil), root),
		"narrowed to unknown": authority(t, perms.As(ann).In(none), root),
		"his tenant lapsed":   as(t, of(root, perms.TenantOf(old), perms.TenantOf(gone))),
	} {
		for _, at := range []perms.Place{perms.Platform, in(acme), in(old), perms.PlaceOfType(perms.ProductionTenant), perms.PlaceOf(none, ""), {}} {
			if a.Holds(at, perms.UsersRead) {
				t.Errorf("%s holds users.read at %v", name, at)
			}
		}
		if _, err := a.Gate(perms.UsersRead, perms.UsersList); !errors.Is(err, perms.ErrForbidden) {
			t.Errorf("%s passes the gate: %v", name, err)
		}
		if !a.Sight(perms.UsersRead).Blind() {
			t.Errorf("%s sees %+v", name, a.Sight(perms.UsersRead))
		}
	}
}

func TestTheSystemIsBoundByNothing(t *testing.T) {
	a := authority(t, perms.System("setup"))
	after := staff(role("root", "*.*"))
	places, err := a.Places(t.Context(), newStore(), &after)
	if err != nil {
		t.Fatal(err)
	}
	if !a.System() || !a.Platformwide() || a.Self(uuid.Nil) || !a.Holds(in(old), perms.UsersRead) || a.Term("assets.edit", perms.Platform) != always {
		t.Error("the system is trusted code")
	}
	for _, err := range []error{a.MayHandOut(&perms.Subject{}, &after, places), a.MayChange(&after, places),
		a.MayAssign(office.Expand([]perms.Pattern{"*.*"}), perms.Platform)} {
		if err != nil {
			t.Error(err)
		}
	}
	if sight, err := a.Gate(perms.UsersRead); err != nil || !sight.All || !a.Reach().All || !a.Within([]perms.Tenancy{perms.EveryTenant}) {
		t.Errorf("sees %+v, %v", sight, err)
	}
}

func TestHoldsAndSight(t *testing.T) {
	reader := role("reader", "users.read")
	two := []perms.Tenancy{perms.TenantOf(beta), perms.TenantOf(acme), perms.TenantOf(old)}
	for _, c := range []struct {
		name  string
		actor perms.Actor
		s     perms.Subject
		want  perms.Sight
	}{
		{"staff", perms.As(ann), staff(reader), perms.Sight{All: true}},
		{"staff with a role in one tenant", perms.As(ann), staff(heldIn(reader, acme)), perms.Sight{Tenants: []uuid.UUID{acme}}},
		{"staff, revoked in one tenant", perms.As(ann), with(staff(reader), perms.Revoke("users.read").In(acme)), perms.Sight{All: true, Except: []uuid.UUID{acme}}},
		{"staff, revoked in one tenant, narrowed to it", perms.As(ann).In(acme), with(staff(reader), perms.Revoke("users.read").In(acme)), perms.Sight{Homes: true}},
		{"staff narrowed", perms.As(ann).In(acme), staff(reader), perms.Sight{Homes: true, Tenants: []uuid.UUID{acme}}},
		{"a member of three, one retired", perms.As(ann), of(member(reader), two...), perms.Sight{Tenants: []uuid.UUID{acme, beta}}},
		{"a role in one of them", perms.As(ann), of(member(heldIn(reader, beta)), two...), perms.Sight{Tenants: []uuid.UUID{beta}}},
		{"a role of one of them", perms.As(ann), of(member(ownedBy(reader, acme)), two...), perms.Sight{Tenants: []uuid.UUID{acme}}},
		{"revoked in one of them", perms.As(ann), with(of(member(reader), two...), perms.Revoke("users.read").In(acme)), perms.Sight{Tenants: []uuid.UUID{beta}}},
		{"narrowed to one of them", perms.As(ann).In(beta), of(member(reader), two...), perms.Sight{Homes: true, Tenants: []uuid.UUID{beta}}},
		{"narrowed to a strange one", perms.As(ann).In(gone), of(member(reader), two...), perms.Sight{Homes: true}},
		{"of a type", perms.As(ann), of(member(reader), perms.TenantsOfType(perms.TestTenant)), perms.Sight{Tenants: []uuid.UUID{beta}}},
		{"of a type that counts when retired", perms.As(ann), of(member(reader), perms.TenantsOfType(perms.RetiredTenant)), perms.Sight{Tenants: []uuid.UUID{old}}},
		{"another key", perms.As(ann), of(member(role("viewer", "assets.view")), two...), perms.Sight{}},
	} {
		sight := authority(t, c.actor, c.s).Sight(perms.UsersList, perms.UsersRead)
		if sight.All != c.want.All || !slices.Equal(sight.Except, c.want.Except) || sight.Homes != c.want.Homes || !slices.Equal(sight.Tenants, c.want.Tenants) {
			t.Errorf("%s sees %+v, want %+v", c.name, sight, c.want)
		}
	}
}

func TestGateNamesTheMissingPermission(t *testing.T) {
	_, err := as(t, member()).Gate(perms.UsersRead, perms.UsersList)
	var denied *perms.DeniedError
	if !errors.As(err, &denied) || denied.Permission != "users.list" {
		t.Errorf("%v, want the first missing key by bytes", err)
	}
	if _, err := as(t, member()).Gate(); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("a gate without a key opens: %v", err)
	}
}

func TestSightShows(t *testing.T) {
	here := perms.Sight{Tenants: []uuid.UUID{acme}}
	homes := perms.Sight{Tenants: []uuid.UUID{acme}, Homes: true}
	all, most := perms.Sight{All: true}, perms.Sight{All: true, Except: []uuid.UUID{acme}}
	for _, c := range []struct {
		name                   string
		tenants                []perms.Tenancy
		all, most, here, homes bool
	}{
		{"at home alone", []perms.Tenancy{perms.TenantOf(acme)}, true, false, true, true},
		{"at home", []perms.Tenancy{perms.TenantOf(acme), perms.TenantOf(beta)}, true, true, true, true},
		{"a guest of the house", []perms.Tenancy{perms.TenantOf(beta), perms.TenantOf(acme)}, true, true, true, false},
		{"another tenant's", []perms.Tenancy{perms.TenantOf(beta)}, true, true, false, false},
		{"staff", []perms.Tenancy{perms.EveryTenant}, true, true, false, false},
		{"staff with a home", []perms.Tenancy{perms.TenantOf(acme), perms.EveryTenant}, true, true, false, false},
		{"of a type alone", []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)}, true, true, false, false},
		{"of a type and a tenant", []perms.Tenancy{perms.TenantsOfType(perms.TestTenant), perms.TenantOf(acme)}, true, true, true, true},
		{"of no tenant", nil, true, false, false, false},
	} {
		for _, sight := range []struct {
			perms.Sight
			want bool
		}{{all, c.all}, {most, c.most}, {here, c.here}, {homes, c.homes}, {perms.Sight{}, false}} {
			if got := sight.ShowsUser(c.tenants); got != sight.want {
				t.Errorf("%s, to %+v: %v", c.name, sight.Sight, got)
			}
		}
	}
	if !here.Shows(perms.In(acme)) || here.Shows(perms.In(beta)) || here.Shows(perms.Anywhere) || !all.Shows(perms.Anywhere) || (perms.Sight{}).Shows(perms.In(uuid.Nil)) {
		t.Error("a sight shows what belongs to its tenants, and what belongs to none only if it is of everything")
	}
	if most.Shows(perms.In(acme)) || !most.Shows(perms.In(beta)) || !most.Shows(perms.Anywhere) || most.ShowsAll() || !all.ShowsAll() || here.ShowsAll() {
		t.Error("a sight of everything shows nothing of the tenants that it leaves out")
	}
}

func TestReach(t *testing.T) {
	for _, c := range []struct {
		name  string
		actor perms.Actor
		s     perms.Subject
		all   bool
		want  []uuid.UUID
	}{
		{"staff", perms.As(ann), staff(), true, nil},
		{"staff narrowed", perms.As(ann).In(beta), staff(), false, []uuid.UUID{beta}},
		{"a member of two, one retired", perms.As(ann), of(member(), perms.TenantOf(acme), perms.TenantOf(old)), false, []uuid.UUID{acme}},
		{"narrowed to one of two", perms.As(ann).In(beta), of(member(), perms.TenantOf(acme), perms.TenantOf(beta)), false, []uuid.UUID{beta}},
		{"a role elsewhere", perms.As(ann), member(heldIn(role("a", "*.*"), beta)), false, []uuid.UUID{acme}},
		{"of a type", perms.As(ann), of(member(), perms.TenantsOfType(perms.TestTenant)), false, []uuid.UUID{beta}},
		{"suspended", perms.As(ann), became(staff(), perms.Suspended), false, nil},
		{"a guest", perms.Guest(), staff(), false, nil},
	} {
		reach := authority(t, c.actor, c.s).Reach()
		if reach.All != c.all || !slices.Equal(reach.Tenants, c.want) {
			t.Errorf("%s reaches %+v", c.name, reach)
		}
	}
}

func TestWithinOnesOwnScope(t *testing.T) {
	a := as(t, of(member(), perms.TenantOf(acme), perms.TenantOf(old), perms.TenantsOfType(perms.TestTenant)))
	for _, c := range []struct {
		tenancy perms.Tenancy
		want    bool
	}{
		{perms.TenantOf(acme), true}, {perms.TenantOf(old), true}, {perms.TenantOf(beta), true}, {perms.TenantsOfType(perms.TestTenant), true},
		{perms.TenantOf(gone), false}, {perms.TenantOf(none), false}, {perms.TenantsOfType(perms.ProductionTenant), false}, {perms.EveryTenant, false},
		{perms.Tenancy{}, false},
	} {
		if got := a.Reaches(c.tenancy); got != c.want {
			t.Errorf("%s: %v", c.tenancy, got)
		}
	}
	if a.Within([]perms.Tenancy{perms.TenantOf(acme), perms.EveryTenant}) || !a.Within(nil) {
		t.Error("a list is within if each of its entries is")
	}
	if !a.ReachesScope(perms.Anywhere) || !a.ReachesScope(perms.In(acme)) || a.ReachesScope(perms.In(gone)) {
		t.Error("a tenant's scope is reached where the tenant is")
	}
	if a.Platformwide() || !as(t, staff()).Platformwide() || authority(t, perms.As(ann).In(acme), staff()).Platformwide() {
		t.Error("platform-wide is staff who is not narrowed")
	}
	if !a.Self(ann) || a.Self(bob) || authority(t, perms.Guest()).Self(uuid.Nil) {
		t.Error("self is the acting user alone")
	}
}

// judge is what the grant and the target rule say of a change by an actor.
func judge(t *testing.T, actor, before, after perms.Subject) (handOut, change error) {
	t.Helper()
	a := as(t, actor)
	places, err := a.Places(t.Context(), newStore(), &before, &after)
	if err != nil {
		t.Fatal(err)
	}
	return a.MayHandOut(&before, &after, places), a.MayChange(&before, places)
}

func TestGrantRule(t *testing.T) {
	const key = "assets.edit"
	var nobody perms.Subject
	editor, manager := role("editor", key), role("manager", "assets.*")
	boss := member(manager)
	brief := member(during(manager, window(0, 2)))
	revoked := with(boss, perms.Revoke(key))
	for _, c := range []struct {
		name          string
		actor         perms.Subject
		before, after perms.Subject
		want          bool
	}{
		{"what he holds", boss, nobody, member(editor), true},
		{"what he lacks", boss, nobody, member(role("root", "*.*")), false},
		{"what was revoked from him", revoked, nobody, member(editor), false},
		{"what will be revoked from him", with(boss, perms.Revoke(key).During(window(5, 6))), nobody, member(editor), false},
		{"what will be revoked from him, for less", with(boss, perms.Revoke(key).During(window(5, 6))), nobody, member(during(editor, window(0, 5))), true},
		{"what he holds in another tenant", of(boss, perms.TenantOf(beta)), nobody, member(editor), false},
		{"what nobody would hold", of(boss, perms.TenantOf(beta)), nobody, of(member(editor)), true},
		{"without being active", became(boss, perms.Suspended), nobody, member(editor), false},
		{"to a suspended user", boss, nobody, became(member(role("root", "*.*")), perms.Suspended), false},

		{"for ever, for a while", brief, nobody, member(editor), false},
		{"for as long as he holds it", brief, nobody, member(during(editor, window(0, 2))), true},
		{"for longer", brief, nobody, member(during(editor, window(0, 3))), false},
		{"for later hours in his term", brief, nobody, member(during(editor, window(1, 2))), true},
		{"by an override", brief, nobody, with(member(), perms.Grant(key).During(window(0, 2))), true},
		{"by an endless override", brief, nobody, with(member(), perms.Grant(key)), false},
		{"what he will hold later", member(during(manager, window(1, 0))), nobody, member(editor), false},

		{"what is there already", member(), member(editor), member(editor), true},
		{"another role with the same", member(), member(editor), member(role("twin", key)), true},
		{"a shorter term", member(), member(editor), member(during(editor, window(0, 1))), true},
		{"an earlier start", member(), member(during(editor, window(1, 0))), member(editor), false},
		{"an earlier start, for a while", brief, member(during(editor, window(1, 0))), member(editor), true},
		{"a gap between two windows", brief, member(during(editor, window(0, 1)), during(editor, window(4, 0))),
			member(during(editor, window(0, 1)), during(editor, window(3, 0))), false},
		{"an end taken away", brief, member(during(editor, window(0, 1))), member(editor), false},

		{"a window that is over", member(), member(during(editor, window(3, 0))), member(during(editor, window(3, 0)), during(editor, window(-2, -1))), true},

		{"clearing a revoke", boss, with(member(editor), perms.Revoke(key)), member(editor), true},
		{"clearing a revoke, for a while", brief, with(member(editor), perms.Revoke(key)), member(editor), false},
		{"clearing a revoke that has an end", brief, with(member(editor), perms.Revoke(key).During(window(0, 2))), member(editor), true},
		{"clearing a revoke that ends later", brief, with(member(editor), perms.Revoke(key).During(window(0, 3))), member(editor), false},
		{"clearing a later revoke", brief, with(member(editor), perms.Revoke(key).During(window(3, 0))), member(editor), false},
		{"clearing a revoke without the key", member(), with(member(editor), perms.Revoke(key).During(window(0, 1))), member(editor), false},
		{"clearing a revoke of nothing", member(), with(member(), perms.Revoke(key)), member(), true},
		{"hidden by a revoke that has an end", member(), with(member(), perms.Revoke(key).During(window(0, 2))),
			with(member(during(editor, window(0, 1))), perms.Revoke(key).During(window(0, 2))), false},
		{"behind an endless revoke", member(), with(member(), perms.Revoke(key)), with(member(editor), perms.Revoke(key)), true},

		{"approval", boss, became(member(editor), perms.Pending), member(editor), true},
		{"approval, for a while", brief, became(member(editor), perms.Pending), member(editor), false},
		{"approval of who holds nothing", member(), became(member(), perms.Pending), member(), true},
		{"reactivation beyond oneself", boss, became(member(role("root", "*.*")), perms.Suspended), member(role("root", "*.*")), false},
		{"suspension", member(), member(editor), became(member(editor), perms.Suspended), true},

		{"a second tenant", of(boss, perms.TenantOf(acme), perms.TenantOf(beta)), member(editor), of(member(editor), perms.TenantOf(acme), perms.TenantOf(beta)), true},
		{"a strange tenant", boss, member(editor), of(member(editor), perms.TenantOf(acme), perms.TenantOf(beta)), false},
		{"every tenant", of(boss, perms.TenantOf(acme), perms.TenantOf(beta)), member(), of(member(), perms.EveryTenant), false},
		{"every tenant, by staff", staff(), member(), of(member(), perms.EveryTenant), true},
		{"a type, by staff", staff(), member(), of(member(), perms.TenantsOfType(perms.TestTenant)), true},
		{"a type, by its own", of(boss, perms.TenantsOfType(perms.TestTenant)), member(), of(member(), perms.TenantsOfType(perms.TestTenant)), true},
		{"a type, by another's", of(boss, perms.TenantsOfType(perms.TestTenant)), member(), of(member(), perms.TenantsOfType(perms.RetiredTenant)), false},
		{"a type that is there already", member(), of(member(), perms.TenantsOfType(perms.TestTenant)), of(member(), perms.TenantsOfType(perms.TestTenant)), true},
		{"platform-wide, by a tenant's", boss, nobody, staff(editor), false},
		{"platform-wide, by staff", staff(manager), nobody, staff(editor), true},
		{"platform-wide, but for one tenant", with(staff(manager), perms.Revoke(key).In(beta)), nobody, staff(editor), false},
		{"in one tenant, revoked in another", with(staff(manager), perms.Revoke(key).In(beta)), nobody, member(editor), true},
		{"a lapsed tenant, seen by its type", of(boss, perms.TenantsOfType(perms.RetiredTenant)), of(member(editor), perms.TenantOf(old)),
			of(member(editor), perms.TenantOf(old), perms.TenantsOfType(perms.RetiredTenant)), true},
		{"a lapsed tenant, for a while", with(of(boss, perms.TenantsOfType(perms.RetiredTenant)), perms.Revoke(key).In(old).During(window(1, 2))),
			of(member(editor), perms.TenantOf(old)), of(member(editor), perms.TenantOf(old), perms.TenantsOfType(perms.RetiredTenant)), false},

		{"a feature", member(), nobody, with(member(), perms.Grant(perms.FeaturesAI)), true},
	} {
		err, _ := judge(t, c.actor, c.before, c.after)
		if got := err == nil; got != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && !errors.Is(err, perms.ErrEscalation) {
			t.Errorf("%s: %v is no escalation", c.name, err)
		}
	}
}

func TestTargetRule(t *testing.T) {
	const key = "assets.edit"
	editor := role("editor", key)
	boss := member(role("manager", "assets.*"))
	for _, c := range []struct {
		name          string
		actor, target perms.Subject
		want          bool
	}{
		{"less than he", boss, member(editor), true},
		{"the same as he", boss, boss, true},
		{"more than he", member(editor), boss, false},
		{"more, but suspended", member(editor), became(boss, perms.Suspended), false},
		{"more, from later on", member(editor), member(during(role("manager", "assets.*"), window(5, 6))), false},
		{"more, since long", member(editor), member(during(role("manager", "assets.*"), window(-5, 0))), false},
		{"more, in the past", member(editor), member(during(role("manager", "assets.*"), window(-5, -1))), true},
		{"more, but revoked", member(editor), with(member(role("both", key, "assets.view")), perms.Revoke("assets.view")), true},
		{"more, revoked for an hour", member(editor), with(member(role("both", key, "assets.view")), perms.Revoke("assets.view").During(window(0, 1))), false},
		{"for longer than he", member(during(editor, window(0, 1))), member(editor), true},
		{"what was revoked from him", with(boss, perms.Revoke(key)), member(editor), false},
		{"in another tenant", boss, of(member(editor), perms.TenantOf(acme), perms.TenantOf(beta)), false},
		{"staff", boss, staff(editor), false},
		{"staff, by staff", staff(editor), staff(editor), true},
		{"nothing", member(), member(), true},
		{"a feature", member(), with(member(), perms.Grant(perms.FeaturesAI)), true},
		{"not being active", became(boss, perms.Suspended), member(editor), false},
	} {
		_, err := judge(t, c.actor, c.target, c.target)
		if got := err == nil; got != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
		if err != nil && !errors.Is(err, perms.ErrEscalation) {
			t.Errorf("%s: %v is no escalation", c.name, err)
		}
	}
}

func TestRolesAreHandedOutForEver(t *testing.T) {
	manager := role("manager", "assets.*")
	edit := perms.NewSet("assets.edit")
	for _, c := range []struct {
		name  string
		actor perms.Subject
		at    perms.Place
		want  bool
	}{
		{"in his tenant", member(manager), in(acme), true},
		{"in another tenant", member(manager), in(beta), false},
		{"everywhere", member(manager), perms.Platform, false},
		{"everywhere, by staff", staff(manager), perms.Platform, true},
		{"everywhere, with a revoke in one tenant", with(staff(manager), perms.Revoke("assets.edit").In(beta)), perms.Platform, false},
		{"everywhere, with a revoke of another key", with(staff(manager), perms.Revoke("assets.view").In(beta)), perms.Platform, true},
		{"for a while", member(during(manager, window(0, 9))), in(acme), false},
		{"until a revoke", with(member(manager), perms.Revoke("assets.edit").During(window(5, 6))), in(acme), false},
	} {
		if err := as(t, c.actor).MayAssign(edit, c.at); (err == nil) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	nobody := as(t, member())
	if err := nobody.MayAssign(perms.NewSet(perms.FeaturesAI), in(acme)); err != nil {
		t.Errorf("a feature: %v", err)
	}
	if err := nobody.MayAssign(perms.Set{}, in(acme)); err != nil {
		t.Errorf("nothing: %v", err)
	}
	var denied *perms.DeniedError
	if err := nobody.MayAssign(perms.NewSet("dashboards.view", "assets.view"), in(acme)); !errors.As(err, &denied) || denied.Permission != "assets.view" {
		t.Errorf("%v, want the first missing key by bytes", err)
	}
}

func TestUnknownPermissionsAreHeldByNobody(t *testing.T) {
	a := as(t, staff(role("root", "*.*")))
	if a.Holds(perms.Platform, "reports.view") || a.Term("reports.view", perms.Platform).Holds() {
		t.Error("a key outside the catalogue is held")
	}
	if a.Catalog() != office {
		t.Error("an authority is judged by the catalogue that it was given")
	}
}

func TestEntriesTellWhoAndWhy(t *testing.T) {
	a := authority(t, perms.As(ann).In(acme).Because("stock-taking").During("4f1c").From("192.0.2.1"), member())
	e := a.Entry(perms.RoleCreate, perms.Target{Kind: perms.KindRole, ID: bob}, perms.In(acme))
	want := perms.Entry{At: noon, Actor: perms.ActorRef{Kind: perms.UserActor, User: ann}, Action: "role.create",
		Target: perms.Target{Kind: "role", ID: bob}, Tenant: perms.In(acme), Reason: "stock-taking", RequestID: "4f1c"}
	if e.At != want.At || e.Actor != want.Actor || e.Action != want.Action || e.Target != want.Target || e.Tenant != want.Tenant ||
		e.Reason != want.Reason || e.RequestID != want.RequestID {
		t.Errorf("entry is %+v, want %+v", e, want)
	}
}
