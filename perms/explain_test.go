package perms_test

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

// TestCodesInOrder begins with a subject of whom every code but no_grant, which stands between, would be true, and takes away the cause of each.
func TestCodesInOrder(t *testing.T) {
	seven := perms.Object{Type: "dashboards", ID: 7}
	q := perms.Question{Permission: "dashboards.view", At: in(acme), Object: seven}
	s := perms.Subject{
		User: ann, Status: perms.Pending, Revision: 9,
		Objects:   []perms.ObjectGrant{{Tenant: acme, Object: seven}},
		Overrides: []perms.Override{perms.Revoke(q.Permission).Because("stock-taking"), perms.Grant(q.Permission), perms.Grant(q.Permission).During(window(-2, -1)).In(acme)},
	}
	unknown := perms.NewCatalog()
	for _, step := range []struct {
		catalog  *perms.Catalog
		change   func()
		want     perms.Code
		decisive []string
	}{
		{unknown, func() {}, perms.UnknownPermission, []string{"catalogue dashboards.view blocks"}},
		{office, func() {}, perms.InactiveUser, []string{"status pending blocks"}},
		{office, func() { s.Status = perms.Active }, perms.TenantOutOfScope, []string{"tenant " + acme.String() + " blocks"}},
		{office, func() { s.Tenants = []perms.Tenancy{perms.TenantOf(acme)} }, perms.RevokedByOverride, []string{"override dashboards.view revokes"}},
		{office, func() { s.Overrides = s.Overrides[1:] }, perms.GrantedByOverride, []string{"override dashboards.view grants"}},
		{office, func() { s.Roles = []perms.Held{role("viewer", "dashboards.*")} }, perms.GrantedByRole, []string{"role viewer grants"}},
		{office, func() { s.Roles, s.Overrides = nil, s.Overrides[1:] }, perms.GrantedByGrant, []string{"grant dashboards:7 grants"}},
		{office, func() { s.Objects = nil }, perms.NoGrant, nil},
		{office, func() { q.Object = perms.Object{} }, perms.Expired, []string{"override dashboards.view grants"}},
		{office, func() { s.Overrides = nil }, perms.NotGranted, nil},
	} {
		step.change()
		why := perms.Explain(step.catalog, &s, q, noon)
		if why.Code != step.want || why.Allowed != step.want.Allows() || why.Revision != 9 {
			t.Errorf("%+v, want %s", why.Decision, step.want)
		}
		var decisive []string
		for _, source := range why.Sources {
			if source.Decisive {
				decisive = append(decisive, string(source.Kind)+" "+source.ID+" "+string(source.Effect))
			}
		}
		if !slices.Equal(decisive, step.decisive) {
			t.Errorf("%s: decided by %q, want %q", step.want, decisive, step.decisive)
		}
	}
}

func TestExplainNamesEverySource(t *testing.T) {
	s := with(member(role("client_admin", "assets.*"), heldIn(role("other", "assets.delete"), beta), role("viewer", "assets.view")),
		perms.Grant("assets.delete").During(window(1, 2)), perms.Revoke("assets.delete").Because("stock-taking").During(window(0, 3)))
	why := perms.Explain(office, &s, perms.Question{Permission: "assets.delete", At: in(acme)}, noon)
	want := []perms.Source{
		{Kind: perms.OverrideSource, ID: "assets.delete", Name: "revoked: stock-taking", Effect: perms.Revokes, Tenant: perms.Anywhere, ExpiresAt: hour(3), InForce: true, Decisive: true},
		{Kind: perms.OverrideSource, ID: "assets.delete", Name: "granted", Effect: perms.Grants, Tenant: perms.Anywhere, StartsAt: hour(1), ExpiresAt: hour(2)},
		{Kind: perms.RoleSource, ID: "client_admin", Name: "client_admin", Effect: perms.Grants, Tenant: perms.Anywhere, InForce: true},
	}
	if !slices.Equal(why.Sources, want) {
		t.Errorf("sources are\n%+v, want\n%+v", why.Sources, want)
	}
}

func TestOnlyWhatIsOverHasExpired(t *testing.T) {
	s := member(during(role("past", "assets.view"), window(-2, -1)), during(role("later", "assets.view"), window(1, 2)))
	why := perms.Explain(office, &s, perms.Question{Permission: "assets.view", At: in(acme)}, noon)
	if why.Code != perms.Expired {
		t.Fatalf("%+v, want expired", why.Decision)
	}
	for _, source := range why.Sources {
		if source.Decisive != (source.ID == "past") {
			t.Errorf("role %s: decisive is %v", source.ID, source.Decisive)
		}
	}
}

func TestBothRoleAndOverrideAreSources(t *testing.T) {
	s := with(member(role("viewer", "assets.view")), perms.Grant("assets.view"))
	why := perms.Explain(office, &s, perms.Question{Permission: "assets.view", At: in(acme)}, noon)
	if why.Code != perms.GrantedByRole || len(why.Sources) != 2 || why.Sources[0].Kind != perms.RoleSource || why.Sources[1].Decisive {
		t.Errorf("%+v, want granted_by_role, decided by the role, with the override beside it", why)
	}
}
