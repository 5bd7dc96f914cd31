package perms_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// stock are the roles that can be assigned in the tests.
var stock = []perms.Rule{
	role("root", "*.*").Rule, role("editor", "assets.*").Rule, role("viewer", "assets.view", "dashboards.view").Rule, ownedBy(role("local", "assets.edit"), acme).Rule,
}

func (st *fakeStore) Rules(_ context.Context, scopes ...perms.Scope) ([]perms.Rule, error) {
	return slices.DeleteFunc(slices.Clone(stock), func(r perms.Rule) bool { return !slices.Contains(scopes, r.Scope) }), st.fails
}

// told is a fix in a line.
func told(f perms.Fix) string {
	line := string(f.Action)
	for _, part := range []string{f.Role.Key, f.Tenancy.String(), f.Scope.String()} {
		if part != "" {
			line += " " + part
		}
	}
	return line
}

func TestFixes(t *testing.T) {
	seven := perms.Object{Type: "dashboards", ID: 7}
	edit, view := perms.Permission("assets.edit"), perms.Permission("dashboards.view")
	viewer, editor := role("viewer", "assets.view"), role("editor", "assets.*")
	here, test := " "+acme.String(), perms.TenantsOfType(perms.TestTenant)
	for name, row := range map[string]struct {
		subject perms.Subject
		key     perms.Permission
		at      perms.Place
		object  perms.Object
		want    []string
	}{
		"allowed":               {member(editor), edit, in(acme), perms.Object{}, nil},
		"unknown permission":    {member(editor), "assets.none", in(acme), perms.Object{}, nil},
		"unknown tenant":        {member(editor), edit, in(none), perms.Object{}, nil},
		"no tenant":             {member(editor), edit, perms.Place{}, perms.Object{}, nil},
		"pending":               {became(member(editor), perms.Pending), edit, in(acme), perms.Object{}, []string{"approve"}},
		"suspended":             {became(member(editor), perms.Suspended), edit, in(acme), perms.Object{}, []string{"reactivate"}},
		"deleted":               {became(member(editor), perms.Deleted), edit, in(acme), perms.Object{}, nil},
		"suspended, not enough": {became(member(viewer), perms.Suspended), edit, in(acme), perms.Object{}, nil},
		"elsewhere":             {member(editor), edit, in(beta), perms.Object{}, []string{"add_tenant " + beta.String()}},
		"elsewhere, not enough": {member(viewer), edit, in(beta), perms.Object{}, nil},
		"lapsed":                {of(member(editor), perms.TenantOf(old)), edit, in(old), perms.Object{}, []string{"add_tenant type:retired"}},
		"platform":              {of(member(editor), test), edit, perms.Platform, perms.Object{}, []string{"add_tenant any"}},
		"revoked":               {with(member(editor), perms.Revoke(edit)), edit, in(acme), perms.Object{}, []string{"clear_override any", "grant_override any"}},
		"revoked, nothing else": {with(member(viewer), perms.Revoke(edit).In(acme)), edit, in(acme), perms.Object{}, []string{"grant_override" + here}},
		"revoked twice":         {with(member(editor), perms.Revoke(edit), perms.Revoke(edit).In(acme)), edit, in(acme), perms.Object{}, nil},
		"not granted": {member(viewer), edit, in(acme), perms.Object{},
			[]string{"grant_override" + here, "assign_role local" + here, "assign_role editor" + here, "assign_role root" + here}},
		"not granted to staff": {staff(viewer), edit, perms.Platform, perms.Object{}, []string{"grant_override any", "assign_role editor any", "assign_role root any"}},
		"expired": {with(member(during(editor, window(-2, -1))), perms.Grant(edit).During(window(0, -1))), edit, in(acme), perms.Object{},
			[]string{"extend any", "grant_override" + here, "assign_role local" + here, "extend editor any", "assign_role editor" + here}},
		"held from later on": {member(heldIn(during(editor, window(1, 2)), acme)), edit, in(acme), perms.Object{},
			[]string{"grant_override" + here, "assign_role local" + here, "assign_role root" + here}},
		"revoked from later on": {with(member(), perms.Revoke(edit).In(acme).During(window(1, 0))), edit, in(acme), perms.Object{},
			[]string{"grant_override any", "assign_role local" + here, "assign_role editor" + here, "assign_role root" + here}},
		"an object": {member(), view, in(acme), seven,
			[]string{"share_object" + here, "grant_override" + here, "assign_role viewer" + here, "assign_role root" + here}},
		"an object of the platform": {staff(), view, perms.Platform, seven, []string{"grant_override any", "assign_role viewer any", "assign_role root any"}},
	} {
		q := perms.Question{Permission: row.key, At: row.at, Object: row.object}
		var got []string
		for _, f := range perms.Fixes(office, &row.subject, q, stock, noon) {
			got = append(got, told(f))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// TestFixesFix: in random worlds every fix of a denial makes the answer allowed, and there are none for what is allowed.
func TestFixesFix(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(8, 8))}
	catalog := perms.NewCatalog("assets.edit", "assets.view")
	made := map[perms.FixAction]int{}
	for range 2000 {
		s := d.subject(bob)
		for _, q := range questions {
			if d.IntN(4) == 0 {
				q.Object = perms.Object{Type: "assets", ID: 1}
			}
			found := perms.Fixes(catalog, &s, q, stock, noon)
			if allowed := perms.Decide(catalog, &s, q, noon).Allowed; allowed && len(found) > 0 || len(found) > perms.MaxFixes {
				t.Fatalf("allowed: %t, and %d fixes\n%+v\n%+v", allowed, len(found), q, s)
			}
			before := fmt.Sprintf("%+v", s)
			for _, f := range found {
				made[f.Action]++
				after := f.Apply(&s)
				if !perms.Decide(catalog, &after, q, noon).Allowed {
					t.Fatalf("%s does not help\n%+v\n%+v", told(f), q, s)
				}
			}
			if after := fmt.Sprintf("%+v", s); after != before {
				t.Fatalf("fixes have changed\n%s\nto\n%s", before, after)
			}
		}
	}
	for _, action := range []perms.FixAction{perms.ShareObject, perms.ClearOverride, perms.Extend, perms.GrantOverride, perms.AssignRole, perms.Approve, perms.AddTenant} {
		if made[action] < 50 {
			t.Errorf("%s helped %d times: the worlds are too poor to show anything", action, made[action])
		}
	}
}

func TestWhatFixesTake(t *testing.T) {
	home := perms.In(acme)
	for name, row := range map[string]struct {
		subject perms.Subject
		want    perms.Takes // of the first fix
	}{
		"clear":   {with(member(role("editor", "assets.*")), perms.Revoke("assets.edit")), perms.Takes{AnyOf: []perms.Permission{perms.OverridesWrite}, All: perms.NewSet("assets.edit"), Scope: home}},
		"grant":   {member(), perms.Takes{AnyOf: []perms.Permission{perms.OverridesWrite}, All: perms.NewSet("assets.edit"), Scope: home}},
		"approve": {became(member(role("editor", "assets.*")), perms.Pending), perms.Takes{AnyOf: []perms.Permission{perms.UsersApprove}, All: perms.NewSet("assets.delete", "assets.edit", "assets.view"), Scope: home}},
		"reactivate": {became(member(role("some", "assets.edit", "features.ai")), perms.Suspended),
			perms.Takes{AnyOf: []perms.Permission{perms.UsersSuspend}, All: perms.NewSet("assets.edit"), Scope: home}},
		"extend": {member(during(role("one", "assets.edit"), window(-2, -1))), perms.Takes{AnyOf: []perms.Permission{perms.UsersAssign}, All: perms.NewSet("assets.edit"), Scope: home}},
		"come":   {of(member(role("one", "assets.edit")), perms.TenantOf(beta)), perms.Takes{AnyOf: []perms.Permission{perms.UsersAssign}, Also: []perms.Permission{perms.UsersUpdate}, All: perms.NewSet("assets.edit"), Scope: home}},
	} {
		found := perms.Fixes(office, &row.subject, perms.Question{Permission: "assets.edit", At: in(acme)}, nil, noon)
		if len(found) == 0 || !slices.Equal(found[0].Takes.AnyOf, row.want.AnyOf) || !slices.Equal(found[0].Takes.Also, row.want.Also) || !found[0].Takes.All.Equal(row.want.All) || found[0].Takes.Scope != row.want.Scope {
			t.Errorf("%s: %+v, want %+v", name, found, row.want)
		}
	}
	feature := member()
	found := perms.Fixes(office, &feature, perms.Question{Permission: perms.FeaturesAI, At: in(acme)}, nil, noon)
	if len(found) != 1 || !slices.Equal(found[0].Takes.AnyOf, []perms.Permission{perms.OverridesWrite}) || found[0].Takes.All.Len() != 0 {
		t.Errorf("a feature: %+v", found)
	}
}

func TestNearMisses(t *testing.T) {
	edit := perms.Permission("assets.edit")
	seven := perms.Object{Type: "dashboards", ID: 7}
	editor := role("editor", "assets.*")
	elsewhere := perms.Source{Kind: perms.RoleSource, ID: "editor", Name: "editor", Effect: perms.Grants, Tenant: perms.In(beta)}
	past := perms.Source{Kind: perms.RoleSource, ID: "editor", Name: "editor", Effect: perms.Grants, Tenant: perms.Anywhere, ExpiresAt: hour(-1)}
	later := perms.Source{Kind: perms.OverrideSource, ID: "assets.edit", Name: "granted", Effect: perms.Grants, Tenant: perms.Anywhere, StartsAt: hour(1)}
	for name, row := range map[string]struct {
		subject perms.Subject
		q       perms.Question
		want    []perms.Source
	}{
		"held elsewhere":     {member(heldIn(editor, beta)), perms.Question{Permission: edit, At: in(acme)}, []perms.Source{elsewhere}},
		"belongs elsewhere":  {member(ownedBy(editor, beta)), perms.Question{Permission: edit, At: in(acme)}, []perms.Source{elsewhere}},
		"over":               {member(during(editor, window(0, -1))), perms.Question{Permission: edit, At: in(acme)}, []perms.Source{past}},
		"not yet":            {with(member(), perms.Grant(edit).During(window(1, 0))), perms.Question{Permission: edit, At: in(acme)}, []perms.Source{later}},
		"granted elsewhere":  {with(member(), perms.Grant(edit).In(beta)), perms.Question{Permission: edit, At: in(acme)}, []perms.Source{{Kind: perms.OverrideSource, ID: "assets.edit", Name: "granted", Effect: perms.Grants, Tenant: perms.In(beta)}}},
		"revoked elsewhere":  {with(member(), perms.Revoke(edit).In(beta)), perms.Question{Permission: edit, At: in(acme)}, nil},
		"another permission": {with(member(heldIn(role("viewer", "assets.view"), beta)), perms.Grant("assets.view").In(beta)), perms.Question{Permission: edit, At: in(acme)}, nil},
		"allowed":            {member(editor, heldIn(editor, beta)), perms.Question{Permission: edit, At: in(acme)}, nil},
		"shared elsewhere": {perms.Subject{Status: perms.Active, Tenants: []perms.Tenancy{perms.TenantOf(acme)}, Objects: []perms.ObjectGrant{{Tenant: beta, Object: seven}, {Tenant: beta, Object: perms.Object{Type: "dashboards", ID: 8}}}},
			perms.Question{Permission: "dashboards.view", At: in(acme), Object: seven}, []perms.Source{{Kind: perms.GrantSource, ID: "dashboards:7", Name: "shared", Effect: perms.Grants, Tenant: perms.In(beta)}}},
	} {
		if got := perms.Explain(office, &row.subject, row.q, noon).NearMisses; !slices.Equal(got, row.want) {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
}

// What stands behind a block is told, and does not decide.
func TestBehindABlock(t *testing.T) {
	s := became(with(member(role("editor", "assets.*")), perms.Revoke("assets.edit").During(window(0, -1))), perms.Suspended)
	for at, want := range map[perms.Place][]string{
		in(acme): {"status", "override", "role"},
		in(beta): {"status", "tenant", "override", "role"},
	} {
		var got []string
		for i, source := range perms.Explain(office, &s, perms.Question{Permission: "assets.edit", At: at}, noon).Sources {
			got = append(got, string(source.Kind))
			if source.Decisive != (i == 0) {
				t.Errorf("%s: decisive is %t", source.Kind, source.Decisive)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("in %s: %q, want %q", at.Scope(), got, want)
		}
	}
}

func TestAuthorizerExplainsAndTellsWhoMayFix(t *testing.T) {
	admin := member(role("admin", "users.*", "overrides.*", "assets.*"))
	admin.User = uuid.MustParse("00000000-0000-7000-8000-000000000009")
	vic := member(role("viewer", "assets.view"))
	vic.User = bob
	st := newStore(admin, vic, became(of(member(), perms.TenantOf(beta)), perms.Active))
	a := newAuthorizer(st)
	why, err := a.Explain(t.Context(), bob, "assets.edit", perms.Home, perms.Object{})
	if err != nil || len(why.Fixes) != 4 || why.Fixes[0].Action != perms.GrantOverride {
		t.Fatalf("%+v, %v", why, err)
	}
	for name, row := range map[string]struct {
		actor perms.Actor
		want  []error // by fix: grant_override, assign_role local, editor, root
	}{
		"trusted code": {perms.System("test"), []error{nil, nil, nil, nil}},
		"his admin":    {perms.As(admin.User), []error{nil, nil, nil, perms.ErrEscalation}},
		"another's":    {perms.As(ann), []error{perms.ErrForbidden, perms.ErrForbidden, perms.ErrForbidden, perms.ErrForbidden}},
		"himself":      {perms.As(bob), []error{perms.ErrForbidden, perms.ErrForbidden, perms.ErrForbidden, perms.ErrForbidden}},
	} {
		for i, f := range why.Fixes {
			if err := a.MayFix(t.Context(), row.actor, bob, f); !errors.Is(err, row.want[i]) || (err == nil) != (row.want[i] == nil) {
				t.Errorf("%s, %s: %v, want %v", name, told(f), err, row.want[i])
			}
		}
	}
	if err := a.MayFix(t.Context(), perms.As(admin.User), admin.User, why.Fixes[0]); !errors.Is(err, perms.ErrSelfRights) {
		t.Errorf("one's own rights: %v", err)
	}
	if err := a.MayFix(t.Context(), perms.As(admin.User), admin.User, perms.Fix{Action: perms.Reactivate}); !errors.Is(err, perms.ErrSelfStatus) {
		t.Errorf("one's own status: %v", err)
	}
	if err := a.MayFix(t.Context(), perms.System("test"), none, why.Fixes[0]); !errors.Is(err, perms.ErrNoSubject) {
		t.Errorf("of nobody: %v", err)
	}
	st.fails = errStore
	if _, err := a.Explain(t.Context(), bob, "assets.edit", perms.Home, perms.Object{}); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
}
