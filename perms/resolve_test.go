package perms_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// names are the keys of a catalogue, for the model.
func names(c *perms.Catalog) []string {
	var out []string
	for _, k := range c.Keys() {
		out = append(out, string(k.Permission))
	}
	return out
}

// agree fails unless the model, Decide, Explain and Resolve say the same of a key of the catalogue.
func agree(t *testing.T, c *perms.Catalog, catalogue []string, s *perms.Subject, key perms.Permission, at spot, now time.Time) {
	want := model(catalogue, *s, string(key), at, perms.Object{}, now)
	q := perms.Question{Permission: key, At: at.place()}
	got, why := perms.Decide(c, s, q, now), perms.Explain(c, s, q, now)
	if got.Code != want || got.Allowed != want.Allows() {
		t.Fatalf("%s at %+v of %+v: Decide says %+v, the model %s", key, at, *s, got, want)
	}
	if why.Decision != got {
		t.Fatalf("%s at %+v of %+v: Explain says %+v, Decide %+v", key, at, *s, why.Decision, got)
	}
	computed, effective := perms.Resolve(c, s, at.place(), now)
	if effective.Has(key) != got.Allowed {
		t.Fatalf("%s at %+v of %+v: effective is %v, Decide says %+v", key, at, *s, effective, got)
	}
	active := became(*s, perms.Active)
	if computed.Has(key) != model(catalogue, active, string(key), at, perms.Object{}, now).Allows() {
		t.Fatalf("%s at %+v of %+v: computed is %v", key, at, *s, computed)
	}
}

// TestSmallWorld looks at every state there is of one user, two roles, three permissions, an override on each or none, four statuses and six ways
// of being in a tenant: 41,472.
func TestSmallWorld(t *testing.T) {
	keys := []perms.Permission{"assets.view", "assets.edit", "assets.delete"}
	catalogue := names(office)
	scopes := []struct {
		at      spot
		tenants []perms.Tenancy
	}{
		{spot{tenant: acme, typ: "production"}, nil},
		{spot{tenant: acme, typ: "production"}, []perms.Tenancy{perms.TenantOf(acme)}},
		{spot{tenant: acme, typ: "production"}, []perms.Tenancy{perms.TenantOf(beta)}},
		{spot{tenant: acme, typ: "production"}, []perms.Tenancy{perms.EveryTenant}},
		{spot{tenant: acme, typ: "production"}, []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)}},
		{spot{tenant: old, typ: "retired"}, []perms.Tenancy{perms.TenantOf(old)}},
	}
	states := 0
	for roles := range 1 << (2 * len(keys)) {
		first, second := patternsOf(keys, roles%8), patternsOf(keys, roles/8)
		for overrides := range 27 {
			for status := perms.Active; status <= perms.Deleted; status++ {
				for _, scope := range scopes {
					s := perms.Subject{User: ann, Status: status, Tenants: scope.tenants, Overrides: overridesOf(keys, overrides),
						Roles: []perms.Held{role("first", first...), role("second", second...)}}
					for _, key := range keys {
						agree(t, office, catalogue, &s, key, scope.at, noon)
					}
					states++
				}
			}
		}
	}
	if states != 41472 {
		t.Errorf("looked at %d states, want 41472", states)
	}
}

// patternsOf returns the keys whose bit is set.
func patternsOf(keys []perms.Permission, bits int) []perms.Pattern {
	var out []perms.Pattern
	for i, key := range keys {
		if bits>>i&1 == 1 {
			out = append(out, perms.Pattern(key))
		}
	}
	return out
}

// overridesOf returns an override a key, by the digits of n to the base three: none, a grant, a revoke.
func overridesOf(keys []perms.Permission, n int) []perms.Override {
	var out []perms.Override
	for _, key := range keys {
		switch n % 3 {
		case 1:
			out = append(out, perms.Grant(key))
		case 2:
			out = append(out, perms.Revoke(key))
		}
		n /= 3
	}
	return out
}

// policy states what a subject may do, at noon unless it says when.
type policy struct {
	*testing.T
	s perms.Subject
}

func (p policy) says(want perms.Code, key perms.Permission, at perms.Place, now time.Time) {
	p.Helper()
	if got := perms.Decide(office, &p.s, perms.Question{Permission: key, At: at}, now); got.Code != want {
		p.Errorf("%s: %s, want %s", key, got.Code, want)
	}
}

func (p policy) allow(key perms.Permission, at perms.Place) {
	p.Helper()
	p.says(perms.GrantedByRole, key, at, noon)
}

func (p policy) deny(key perms.Permission, at perms.Place) {
	p.Helper()
	if d := perms.Decide(office, &p.s, perms.Question{Permission: key, At: at}, noon); d.Allowed {
		p.Errorf("%s is allowed: %s", key, d.Code)
	}
}

func TestDefaultDeny(t *testing.T) {
	var nobody policy
	nobody.T = t
	nobody.deny("assets.view", in(acme))
	nobody.deny("assets.view", perms.Platform)

	root := policy{t, staff(role("admin", perms.AllPattern))}
	root.allow("assets.view", in(acme))
	root.deny("assets.view", perms.Place{})
	root.deny("assets.view", perms.PlaceOf(none, ""))
	root.deny("", in(acme))
	root.deny("assets", in(acme))
	root.deny("assets.*", in(acme))
	root.deny("nothing.known", in(acme))

	bare := policy{t, member()}
	bare.deny("assets.view", in(acme))
	if (perms.Decision{}).Allowed || perms.Code("").Allows() {
		t.Error("the zero Decision allows")
	}
	if computed, effective := perms.Resolve(office, &perms.Subject{}, perms.Platform, noon); computed.Len()+effective.Len() > 0 {
		t.Error("the zero Subject holds something")
	}
}

func TestRevokeBeatsEverything(t *testing.T) {
	for name, s := range map[string]perms.Subject{
		"a role":           member(role("editor", "assets.delete")),
		"a wildcard":       member(role("editor", "assets.*")),
		"every key":        member(role("admin", "*.*")),
		"a grant":          with(member(), perms.Grant("assets.delete")),
		"a tenant's grant": with(member(), perms.Grant("assets.delete").In(acme)),
		"two roles":        member(role("editor", "assets.*"), role("admin", "*.*")),
		"staff":            staff(role("admin", "*.*")),
	} {
		for where, revoke := range map[string]perms.Override{
			"anywhere": perms.Revoke("assets.delete"), "in the tenant": perms.Revoke("assets.delete").In(acme),
			"for an hour": perms.Revoke("assets.delete").During(window(0, 1)),
		} {
			after := s
			after.Overrides = append([]perms.Override{revoke}, s.Overrides...)
			policy{t, with(s, revoke)}.says(perms.RevokedByOverride, "assets.delete", in(acme), noon)
			policy{t, after}.says(perms.RevokedByOverride, "assets.delete", in(acme), noon)
			if t.Failed() {
				t.Fatalf("%s survives a revoke %s", name, where)
			}
		}
	}
	elsewhere := policy{t, with(member(role("editor", "assets.*")), perms.Revoke("assets.delete").In(beta))}
	elsewhere.allow("assets.delete", in(acme))
	elsewhere.allow("assets.view", in(acme))
}

func TestOnlyActiveUsersPass(t *testing.T) {
	for status := perms.Status(0); status <= perms.Deleted+1; status++ {
		s := became(member(role("editor", "assets.*")), status)
		computed, effective := perms.Resolve(office, &s, in(acme), noon)
		if !computed.Has("assets.edit") {
			t.Errorf("%v: the computed set asks for the status", status)
		}
		if effective.Has("assets.edit") != (status == perms.Active) {
			t.Errorf("%v: effective is %v", status, effective)
		}
	}
}

func TestWindowsAreHalfOpen(t *testing.T) {
	before, after := func(h int) time.Time { return hour(h).Add(-time.Microsecond) }, hour
	for name, s := range map[string]perms.Subject{
		"role":     member(during(role("editor", "assets.edit"), window(1, 3))),
		"override": with(member(), perms.Grant("assets.edit").During(window(1, 3))),
	} {
		granted := perms.GrantedByRole
		if name == "override" {
			granted = perms.GrantedByOverride
		}
		t.Run(name, func(t *testing.T) {
			p := policy{t, s}
			p.says(perms.NotGranted, "assets.edit", in(acme), before(1))
			p.says(granted, "assets.edit", in(acme), after(1))
			p.says(granted, "assets.edit", in(acme), before(3))
			p.says(perms.Expired, "assets.edit", in(acme), after(3))
		})
	}
	revoked := policy{t, with(member(role("editor", "assets.edit")), perms.Revoke("assets.edit").During(window(1, 3)))}
	revoked.says(perms.GrantedByRole, "assets.edit", in(acme), before(1))
	revoked.says(perms.RevokedByOverride, "assets.edit", in(acme), after(1))
	revoked.says(perms.RevokedByOverride, "assets.edit", in(acme), before(3))
	revoked.says(perms.GrantedByRole, "assets.edit", in(acme), after(3))
}

func TestTenants(t *testing.T) {
	editor := role("editor", "assets.edit")
	two := policy{t, of(member(editor), perms.TenantOf(acme), perms.TenantOf(beta))}
	two.allow("assets.edit", in(acme))
	two.allow("assets.edit", in(beta))
	two.deny("assets.edit", in(old))
	two.deny("assets.edit", perms.Platform)

	limited := policy{t, of(member(heldIn(editor, beta)), perms.TenantOf(acme), perms.TenantOf(beta))}
	limited.deny("assets.edit", in(acme))
	limited.allow("assets.edit", in(beta))

	owned := policy{t, of(member(ownedBy(editor, beta)), perms.TenantOf(acme), perms.TenantOf(beta))}
	owned.deny("assets.edit", in(acme))
	owned.allow("assets.edit", in(beta))

	crossed := policy{t, staff(ownedBy(heldIn(editor, acme), beta))}
	crossed.deny("assets.edit", in(acme))
	crossed.deny("assets.edit", in(beta))

	root := policy{t, staff(editor)}
	root.allow("assets.edit", in(acme))
	root.allow("assets.edit", perms.Platform)

	elsewhere := policy{t, staff(heldIn(editor, acme))}
	elsewhere.allow("assets.edit", in(acme))
	elsewhere.deny("assets.edit", in(beta))
	elsewhere.deny("assets.edit", perms.Platform)

	nowhere := policy{t, staff(heldIn(editor, uuid.Nil))}
	nowhere.deny("assets.edit", perms.PlaceOfType(perms.ProductionTenant))

	moved := policy{t, of(member(editor))}
	moved.says(perms.TenantOutOfScope, "assets.edit", in(acme), noon)
}

func TestLapsedTenants(t *testing.T) {
	editor := role("editor", "assets.edit")
	for _, tenant := range []struct {
		name string
		at   perms.Place
	}{{"retired", in(old)}, {"deleted", in(gone)}} {
		byID := policy{t, of(member(editor), perms.TenantOf(old), perms.TenantOf(gone))}
		byID.says(perms.TenantOutOfScope, "assets.edit", tenant.at, noon)
		byType := policy{t, of(member(editor), perms.TenantsOfType(perms.RetiredTenant), perms.TenantsOfType(perms.DeletedTenant))}
		byType.allow("assets.edit", tenant.at)
		everywhere := policy{t, staff(editor)}
		everywhere.allow("assets.edit", tenant.at)
		if t.Failed() {
			t.Fatal(tenant.name)
		}
	}
	test := policy{t, of(member(editor), perms.TenantsOfType(perms.TestTenant))}
	test.allow("assets.edit", in(beta))
	test.deny("assets.edit", in(acme))
	test.deny("assets.edit", perms.Platform)
}

func TestObjectGrants(t *testing.T) {
	seven := perms.Object{Type: "dashboards", ID: 7}
	shared := member()
	shared.Objects = []perms.ObjectGrant{{Tenant: acme, Object: seven}, {Tenant: beta, Object: seven}}
	for _, c := range []struct {
		name   string
		s      perms.Subject
		key    perms.Permission
		at     perms.Place
		object perms.Object
		want   perms.Code
	}{
		{"the object", shared, "dashboards.view", in(acme), seven, perms.GrantedByGrant},
		{"no object", shared, "dashboards.view", in(acme), perms.Object{}, perms.NotGranted},
		{"another object", shared, "dashboards.view", in(acme), perms.Object{Type: "dashboards", ID: 8}, perms.NoGrant},
		{"no number", shared, "dashboards.view", in(acme), perms.Object{Type: "dashboards"}, perms.NotGranted},
		{"another type", shared, "assets.view", in(acme), seven, perms.NotGranted},
		{"of that type", shared, "assets.view", in(acme), perms.Object{Type: "assets", ID: 7}, perms.NoGrant},
		{"another verb", shared, "assets.edit", in(acme), perms.Object{Type: "assets", ID: 7}, perms.NotGranted},
		{"no such key", shared, "reports.view", in(acme), perms.Object{Type: "reports", ID: 7}, perms.UnknownPermission},
		{"another tenant's grant", shared, "dashboards.view", in(beta), seven, perms.TenantOutOfScope},
		{"the platform", of(shared, perms.EveryTenant), "dashboards.view", perms.Platform, seven, perms.NoGrant},
		{"suspended", became(shared, perms.Suspended), "dashboards.view", in(acme), seven, perms.InactiveUser},
		{"revoked", with(shared, perms.Revoke("dashboards.view")), "dashboards.view", in(acme), seven, perms.RevokedByOverride},
		{"by role too", withRole(shared, role("viewer", "dashboards.*")), "dashboards.view", in(acme), seven, perms.GrantedByRole},
		{"by override too", with(shared, perms.Grant("dashboards.view")), "dashboards.view", in(acme), seven, perms.GrantedByOverride},
	} {
		q := perms.Question{Permission: c.key, At: c.at, Object: c.object}
		if got := perms.Decide(office, &c.s, q, noon); got.Code != c.want || got.Allowed != c.want.Allows() {
			t.Errorf("%s: %+v, want %s", c.name, got, c.want)
		}
		if want := model(names(office), c.s, string(c.key), spotOf(c.at), c.object, noon); want != c.want {
			t.Errorf("%s: the model says %s, the table %s", c.name, want, c.want)
		}
	}
	if computed, _ := perms.Resolve(office, &shared, in(acme), noon); computed.Has("dashboards.view") {
		t.Error("a grant of one object gives the whole permission")
	}
}

func withRole(s perms.Subject, h perms.Held) perms.Subject {
	s.Roles = append(slices.Clone(s.Roles), h)
	return s
}

func spotOf(at perms.Place) spot {
	tenant, one := at.Scope().Tenant()
	return spot{platform: !one, tenant: tenant, typ: tenantTypes[tenant]}
}

func TestResolveChangesNothing(t *testing.T) {
	s := with(member(role("b", "assets.*"), role("a", "dashboards.view")), perms.Revoke("assets.edit"), perms.Grant("assets.edit"))
	before := with(withRoles(s, s.Roles...))
	perms.Resolve(office, &s, in(acme), noon)
	perms.Explain(office, &s, perms.Question{Permission: "assets.edit", At: in(acme)}, noon)
	if !reflect.DeepEqual(s, before) {
		t.Error("resolving a subject has changed it")
	}
}

func withRoles(s perms.Subject, roles ...perms.Held) perms.Subject {
	s.Roles = slices.Clone(roles)
	return s
}

func TestFromRoles(t *testing.T) {
	s := with(became(member(role("viewer", "assets.view"), during(role("editor", "assets.*"), window(1, 0)), heldIn(role("admin", "*.*"), beta)), perms.Pending),
		perms.Revoke("assets.view"), perms.Grant("assets.delete"))
	if got := perms.FromRoles(office, &s, in(acme), noon).String(); got != "assets.view" {
		t.Errorf("at noon: %q, want assets.view: overrides, status, later roles and other tenants' do not count", got)
	}
	if got := perms.FromRoles(office, &s, in(acme), hour(1)).String(); got != "assets.delete assets.edit assets.view" {
		t.Errorf("at one: %q", got)
	}
	if got := perms.FromRoles(office, &s, in(beta), noon); got.Len() > 0 {
		t.Errorf("outside his scope: %v", got)
	}
}

func TestMentionedTenants(t *testing.T) {
	s := with(of(member(heldIn(role("a"), acme), ownedBy(role("b"), old)), perms.EveryTenant, perms.TenantOf(beta), perms.TenantOf(acme)),
		perms.Revoke("assets.view").In(gone), perms.Grant("assets.view"))
	ids := s.MentionedTenants()
	if len(ids) != 4 {
		t.Errorf("mentions %v, want each of four tenants once", ids)
	}
	for _, id := range sortedIDs(tenantTypes) {
		if !slices.Contains(ids, id) {
			t.Errorf("does not mention %s", id)
		}
	}
	if home, ok := s.Home(); !ok || home != beta {
		t.Errorf("home is %s, want the first tenant named by its id", home)
	}
	if !s.Staff() || new(perms.Subject).Staff() {
		t.Error("staff is who has every tenant in his list")
	}
}
