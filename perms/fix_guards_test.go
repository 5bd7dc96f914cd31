package perms_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Each fix is told once, and none of what only looks like one.
func TestFixesOfCrowdedSubjects(t *testing.T) {
	edit := perms.Permission("assets.edit")
	editor, here := role("editor", "assets.*"), " "+acme.String()
	fresh := []string{"grant_override" + here, "assign_role local" + here, "assign_role editor" + here, "assign_role root" + here}
	for name, row := range map[string]struct {
		subject perms.Subject
		want    []string
	}{
		"revoked with another":           {with(member(editor), perms.Revoke(edit), perms.Revoke("assets.view")), []string{"clear_override any", "grant_override any"}},
		"revoked, and expired elsewhere": {with(member(editor), perms.Revoke(edit), perms.Revoke(edit).In(acme).During(window(0, -1))), []string{"clear_override any", "grant_override any"}},
		"expired with another": {with(member(), perms.Grant(edit).During(window(0, -1)), perms.Grant("assets.view").During(window(0, -1))),
			slices.Concat([]string{"extend any"}, fresh)},
		"granted from later on":       {with(member(), perms.Grant(edit).In(acme).During(window(1, 0))), fresh},
		"another revoked later":       {with(member(), perms.Revoke("assets.view").In(acme).During(window(1, 0))), fresh},
		"a revoke that is over":       {with(member(), perms.Revoke(edit).In(acme).During(window(0, -1))), fresh},
		"revoked later, in any place": {with(member(), perms.Revoke(edit).During(window(1, 0))), fresh},
		"revoked later, everywhere": {with(member(), perms.Revoke(edit).During(window(1, 0)), perms.Revoke(edit).In(acme).During(window(1, 0))),
			[]string{"assign_role local" + here, "assign_role editor" + here, "assign_role root" + here}},
	} {
		var got []string
		for _, f := range perms.Fixes(office, &row.subject, perms.Question{Permission: edit, At: in(acme)}, stock, noon) {
			got = append(got, told(f))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// What a fix leaves is the subject's alone, also where the subject's lists have room behind their ends.
func TestFixesShareNothing(t *testing.T) {
	s := perms.Subject{
		Status: perms.Active, Tenants: append(make([]perms.Tenancy, 0, 4), perms.TenantOf(acme)), Roles: append(make([]perms.Held, 0, 4), role("viewer", "assets.view")),
		Objects: append(make([]perms.ObjectGrant, 0, 4), perms.ObjectGrant{Tenant: acme, Object: perms.Object{Type: "dashboards", ID: 1}}),
	}
	apply := func(tenant uuid.UUID, key string, id int64) perms.Subject {
		after := perms.Fix{Action: perms.AddTenant, Tenancy: perms.TenantOf(tenant)}.Apply(&s)
		after.Roles = perms.Fix{Action: perms.AssignRole, Scope: perms.Anywhere, Role: role(key, "assets.*").Rule}.Apply(&s).Roles
		after.Objects = perms.Fix{Action: perms.ShareObject, Scope: perms.In(acme), Object: perms.Object{Type: "dashboards", ID: id}}.Apply(&s).Objects
		return after
	}
	first := apply(beta, "one", 7)
	apply(old, "two", 8)
	if first.Tenants[1] != perms.TenantOf(beta) || first.Roles[1].Rule.Key != "one" || first.Objects[1].Object.ID != 7 {
		t.Errorf("a later fix has changed an earlier one's subject: %+v", first)
	}
	s.Overrides = []perms.Override{perms.Grant("assets.edit").During(window(0, -1))}
	perms.Fix{Action: perms.Extend, Permission: "assets.edit", Scope: perms.Anywhere, Window: window(0, -1)}.Apply(&s)
	if !s.Overrides[0].ExpiresAt.Equal(hour(-1)) {
		t.Error("the fix has changed the subject that it was asked of")
	}
}

// The end is taken from what the fix names, and from nothing that only resembles it.
func TestExtendingOne(t *testing.T) {
	past, edit := window(-3, -1), perms.Permission("assets.edit")
	editor, other := during(role("editor", "assets.*"), past), during(role("other", "assets.*"), past)
	s := with(member(editor, heldIn(editor, acme), during(editor, window(-2, -1)), other),
		perms.Grant(edit).During(past), perms.Grant(edit).In(acme).During(past), perms.Grant(edit).During(window(-2, -1)), perms.Grant("assets.view").During(past), perms.Revoke(edit).During(past))
	extended := func(s perms.Subject) (out []int) {
		for i, h := range s.Roles {
			if h.Endless() {
				out = append(out, i)
			}
		}
		for i, o := range s.Overrides {
			if o.Endless() {
				out = append(out, len(s.Roles)+i)
			}
		}
		return out
	}
	for name, row := range map[string]struct {
		fix  perms.Fix
		want []int
	}{
		"a role":            {perms.Fix{Action: perms.Extend, Permission: edit, Scope: perms.Anywhere, Role: editor.Rule, Window: past}, []int{0}},
		"a role in one":     {perms.Fix{Action: perms.Extend, Permission: edit, Scope: perms.In(acme), Role: editor.Rule, Window: past}, []int{1}},
		"an override":       {perms.Fix{Action: perms.Extend, Permission: edit, Scope: perms.Anywhere, Window: past}, []int{4}},
		"an override there": {perms.Fix{Action: perms.Extend, Permission: edit, Scope: perms.In(acme), Window: past}, []int{5}},
	} {
		if got := extended(row.fix.Apply(&s)); !slices.Equal(got, row.want) {
			t.Errorf("%s: extended %v, want %v", name, got, row.want)
		}
	}
}

// What is allowed needs no roles to be read.
func TestFindFixesReadsNothingForWhatIsAllowed(t *testing.T) {
	st, s, q := newStore(), member(role("viewer", "assets.view")), perms.Question{Permission: "assets.view", At: in(acme)}
	st.fails = errStore
	if found, err := perms.FindFixes(t.Context(), st, office, &s, q, noon); found != nil || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	q.Permission = "assets.edit"
	if _, err := perms.FindFixes(t.Context(), st, office, &s, q, noon); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
}

// Each rule that stands against a fix stands alone: where it is left out, nothing else refuses.
func TestMayFixAsksEveryRule(t *testing.T) {
	edit, seven := perms.Permission("assets.edit"), perms.Object{Type: "dashboards", ID: 7}
	vic := member()
	vic.User = bob
	grant := perms.Fix{Action: perms.GrantOverride, Permission: edit, Scope: perms.In(acme)}
	admin := member(role("admin", "users.*", "overrides.*", "grants.*", "assets.*"))
	hybrid := of(member(heldIn(role("admin", "users.*", "overrides.*"), acme), role("editor", "assets.*")), perms.TenantOf(acme), perms.TenantOf(beta))
	crossed := of(member(heldIn(role("overrider", "overrides.write"), beta), heldIn(role("featurist", "features.write"), acme), role("editor", "assets.*")), perms.TenantOf(acme), perms.TenantOf(beta))
	test := perms.TenantsOfType(perms.TestTenant)
	abroad, strange := of(admin, perms.TenantOf(beta)), of(vic, perms.TenantOf(acme), perms.TenantOf(beta))
	for name, row := range map[string]struct {
		actor, user perms.Subject
		fix         perms.Fix
		want        error
	}{
		"his admin":                        {admin, vic, grant, nil},
		"of one who holds more":            {admin, with(vic, perms.Grant(perms.AuditRead)), grant, perms.ErrEscalation},
		"sharing with one who holds more":  {admin, with(vic, perms.Grant(perms.AuditRead)), perms.Fix{Action: perms.ShareObject, Permission: seven.View(), Scope: perms.In(acme), Object: seven}, nil},
		"sharing, without the permission":  {member(role("admin", "overrides.*")), vic, perms.Fix{Action: perms.ShareObject, Permission: seven.View(), Scope: perms.In(acme), Object: seven}, perms.ErrForbidden},
		"reactivation by another's":        {abroad, became(vic, perms.Suspended), perms.Fix{Action: perms.Reactivate, Permission: edit}, perms.ErrNoSubject},
		"of one who is deleted":            {admin, became(vic, perms.Deleted), grant, perms.ErrNoSubject},
		"where he is not":                  {admin, vic, perms.Fix{Action: perms.GrantOverride, Permission: edit, Scope: perms.In(beta)}, perms.ErrInvalid},
		"a tenant that is none of his":     {admin, vic, perms.Fix{Action: perms.AddTenant, Permission: edit, Tenancy: perms.TenantOf(beta)}, perms.ErrInvalid},
		"one who is elsewhere, there":      {admin, strange, grant, nil},
		"one who is elsewhere, everywhere": {admin, strange, perms.Fix{Action: perms.GrantOverride, Permission: edit, Scope: perms.Anywhere}, perms.ErrEscalation},
		"the list, without its record":     {member(role("admin", "users.assign", "assets.*")), vic, perms.Fix{Action: perms.AddTenant, Permission: edit, Tenancy: perms.TenantOf(acme)}, perms.ErrForbidden},
		"the list, and its record":         {member(role("admin", "users.assign", "users.update", "assets.*")), vic, perms.Fix{Action: perms.AddTenant, Permission: edit, Tenancy: perms.TenantOf(acme)}, nil},
		"a feature, by features.write":     {member(role("admin", "features.write")), vic, perms.Fix{Action: perms.GrantOverride, Permission: perms.FeaturesAI, Scope: perms.In(acme)}, perms.ErrForbidden},
		"a feature, by both keys":          {crossed, strange, perms.Fix{Action: perms.GrantOverride, Permission: perms.FeaturesAI, Scope: perms.In(acme)}, nil},
		"no feature, by both keys":         {crossed, strange, grant, perms.ErrForbidden},
		"everywhere, as admin of one":      {hybrid, strange, perms.Fix{Action: perms.GrantOverride, Permission: edit, Scope: perms.Anywhere}, perms.ErrForbidden},
		"another tenant, as admin of one":  {hybrid, vic, perms.Fix{Action: perms.AddTenant, Permission: edit, Tenancy: perms.TenantOf(beta)}, perms.ErrForbidden},
		"in another, as admin of one":      {hybrid, strange, perms.Fix{Action: perms.GrantOverride, Permission: edit, Scope: perms.In(beta)}, perms.ErrForbidden},
		"a type, as admin of one":          {of(hybrid, perms.TenantOf(acme), test), vic, perms.Fix{Action: perms.AddTenant, Permission: edit, Tenancy: test}, perms.ErrForbidden},
		"there, as admin of one":           {hybrid, strange, grant, nil},
		"who holds more elsewhere":         {admin, with(strange, perms.Grant(perms.AuditRead).In(beta)), grant, nil},
	} {
		row.user.User = bob
		err := newAuthorizer(newStore(row.actor, row.user)).MayFix(t.Context(), perms.As(ann), bob, row.fix)
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
		if row.user.Status == perms.Deleted {
			continue
		}
		if err := newAuthorizer(newStore(row.user)).MayFix(t.Context(), perms.System("test"), bob, row.fix); err != nil {
			t.Errorf("%s, by trusted code: %v", name, err)
		}
	}
	for action, want := range map[perms.FixAction]error{perms.Approve: perms.ErrSelfStatus, perms.Reactivate: perms.ErrSelfStatus, perms.AddTenant: perms.ErrSelfRights} {
		if err := newAuthorizer(newStore(admin)).MayFix(t.Context(), perms.As(ann), ann, perms.Fix{Action: action}); !errors.Is(err, want) {
			t.Errorf("one's own %s: %v", action, err)
		}
	}
}
