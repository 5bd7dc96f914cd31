package perms_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// toldAll is a remedy in a line.
func toldAll(r perms.Remedy) string {
	steps := make([]string, len(r))
	for i, f := range r {
		steps[i] = told(f)
	}
	return strings.Join(steps, ", ")
}

// What blocks goes, all of it and nothing else, and one thing gives the permission if nothing does.
func TestRemedies(t *testing.T) {
	seven := perms.Object{Type: "dashboards", ID: 7}
	edit, view := perms.Permission("assets.edit"), perms.Permission("dashboards.view")
	editor, past := role("editor", "assets.*"), during(role("editor", "assets.*"), window(-2, -1))
	here, there := " "+acme.String(), " "+beta.String()
	revokes := []perms.Override{perms.Revoke(edit), perms.Revoke(edit).In(acme)}
	for name, row := range map[string]struct {
		subject perms.Subject
		key     perms.Permission
		at      perms.Place
		object  perms.Object
		want    []string
	}{
		"allowed":            {member(editor), edit, in(acme), perms.Object{}, nil},
		"unknown permission": {became(member(editor), perms.Pending), "assets.none", in(acme), perms.Object{}, nil},
		"unknown tenant":     {became(member(editor), perms.Pending), edit, in(none), perms.Object{}, nil},
		"deleted":            {became(member(), perms.Deleted), edit, in(acme), perms.Object{}, nil},
		"one is enough":      {became(member(editor), perms.Pending), edit, in(acme), perms.Object{}, []string{"approve"}},
		"pending, without a role": {became(member(), perms.Pending), edit, in(acme), perms.Object{},
			[]string{"approve, grant_override" + here, "approve, assign_role local" + here, "approve, assign_role editor" + here, "approve, assign_role root" + here}},
		"elsewhere, without a role": {member(), edit, in(beta), perms.Object{},
			[]string{"add_tenant" + there + ", grant_override" + there, "add_tenant" + there + ", assign_role editor" + there, "add_tenant" + there + ", assign_role root" + there}},
		"revoked twice": {with(member(editor), revokes...), edit, in(acme), perms.Object{},
			[]string{"clear_override any, clear_override" + here, "grant_override any, clear_override" + here, "clear_override any, grant_override" + here}},
		"revoked twice, without a role": {with(member(), revokes...), edit, in(acme), perms.Object{},
			[]string{"grant_override any, clear_override" + here, "clear_override any, grant_override" + here}},
		"revoked, and from later on": {with(member(editor), perms.Revoke(edit), perms.Revoke(edit).In(acme).During(window(1, 0))), edit, in(acme), perms.Object{},
			[]string{"clear_override any", "grant_override any"}},
		"revoked, and elsewhere": {with(member(editor), perms.Revoke(edit), perms.Revoke(edit).In(beta)), edit, in(acme), perms.Object{},
			[]string{"clear_override any", "grant_override any"}},
		"everything at once": {became(with(of(member(), perms.TenantOf(beta)), revokes...), perms.Suspended), edit, in(acme), perms.Object{},
			[]string{"reactivate, add_tenant" + here + ", grant_override any, clear_override" + here, "reactivate, add_tenant" + here + ", clear_override any, grant_override" + here}},
		"suspended, and expired": {became(member(past), perms.Suspended), edit, in(acme), perms.Object{},
			[]string{"reactivate, grant_override" + here, "reactivate, assign_role local" + here, "reactivate, extend editor any", "reactivate, assign_role editor" + here, "reactivate, assign_role root" + here}},
		"suspended, an object": {became(member(), perms.Suspended), view, in(acme), seven,
			[]string{"reactivate, share_object" + here, "reactivate, grant_override" + here, "reactivate, assign_role viewer" + here, "reactivate, assign_role root" + here}},
	} {
		q := perms.Question{Permission: row.key, At: row.at, Object: row.object}
		var got []string
		for _, r := range perms.Remedies(office, &row.subject, q, stock, noon) {
			got = append(got, toldAll(r))
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

// What a step takes is said of the user whom the steps before it leave.
func TestWhatStepsTake(t *testing.T) {
	s := became(member(role("viewer", "assets.view")), perms.Pending)
	found := perms.Remedies(office, &s, perms.Question{Permission: "assets.edit", At: in(acme)}, nil, noon)
	if len(found) != 1 || len(found[0]) != 2 {
		t.Fatalf("%v", found)
	}
	for i, want := range []perms.Takes{
		{AnyOf: []perms.Permission{perms.UsersApprove}, All: perms.NewSet("assets.view")},
		{AnyOf: []perms.Permission{perms.OverridesWrite}, All: perms.NewSet("assets.edit")},
	} {
		if got := found[0][i].Takes; !slices.Equal(got.AnyOf, want.AnyOf) || !got.All.Equal(want.All) || got.Scope != perms.In(acme) {
			t.Errorf("step %d takes %+v, want %+v", i, got, want)
		}
	}
}

// conceivable is every change of a subject that could bear on a question.
func conceivable(s *perms.Subject, q perms.Question) perms.Remedy {
	scopes := []perms.Scope{perms.Anywhere, q.At.Scope()}
	tenant, _ := q.At.Scope().Tenant()
	out := perms.Remedy{
		{Action: perms.AddTenant, Tenancy: perms.TenantOf(tenant)}, {Action: perms.AddTenant, Tenancy: perms.EveryTenant},
		{Action: perms.AddTenant, Tenancy: perms.TenantsOfType(perms.RetiredTenant)}, {Action: perms.ShareObject, Scope: q.At.Scope(), Object: q.Object},
	}
	switch s.Status {
	case perms.Pending:
		out = append(out, perms.Fix{Action: perms.Approve})
	case perms.Suspended:
		out = append(out, perms.Fix{Action: perms.Reactivate})
	}
	for _, scope := range scopes {
		out = append(out, perms.Fix{Action: perms.ClearOverride, Scope: scope}, perms.Fix{Action: perms.GrantOverride, Scope: scope}, perms.Fix{Action: perms.AssignRole, Scope: scope, Role: stock[0]})
	}
	for _, h := range s.Roles {
		out = append(out, perms.Fix{Action: perms.Extend, Scope: h.Assignment.Scope, Role: h.Rule, Window: h.Window})
	}
	for _, o := range s.Overrides {
		out = append(out, perms.Fix{Action: perms.Extend, Scope: o.Scope, Window: o.Window})
	}
	for i := range out {
		out[i].Permission = q.Permission
	}
	return out
}

// subsets yields every choice of n of the steps, in their order, until yield returns false.
func subsets(steps perms.Remedy, n int, yield func(perms.Remedy) bool) bool {
	if n == 0 {
		return yield(nil)
	}
	for i := range steps {
		if !subsets(steps[i+1:], n-1, func(rest perms.Remedy) bool { return yield(append(perms.Remedy{steps[i]}, rest...)) }) {
			return false
		}
	}
	return true
}

// TestRemediesAreSmallest: in random worlds a remedy makes the answer allowed, none of its steps can be left out, and no fewer changes of any sort suffice;
// where there is none, no few changes help.
func TestRemediesAreSmallest(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(12, 12))}
	catalog := perms.NewCatalog("assets.edit", "assets.view")
	steps := map[int]int{}
	for range 1500 {
		s := d.subject(bob)
		s.Status = pick(d, perms.Active, s.Status, perms.Suspended, perms.Deleted)
		q := pick(d, questions...)
		if d.IntN(4) == 0 {
			q.Object = perms.Object{Type: "assets", ID: 1}
		}
		if perms.Decide(catalog, &s, q, noon).Allowed {
			continue
		}
		helps := func(r perms.Remedy) bool {
			after := r.Apply(&s)
			return perms.Decide(catalog, &after, q, noon).Allowed
		}
		found := perms.Remedies(catalog, &s, q, stock, noon)
		smallest := 4 // more than ever are looked for
		for _, r := range found {
			steps[len(r)]++
			smallest = len(r)
			if !helps(r) || len(r) != len(found[0]) {
				t.Fatalf("%s does not help, or is longer than need be\n%+v\n%+v", toldAll(r), q, s)
			}
			for n := range len(r) {
				subsets(r, n, func(part perms.Remedy) bool {
					if helps(part) {
						t.Fatalf("of %s, %s suffices\n%+v\n%+v", toldAll(r), toldAll(part), q, s)
					}
					return true
				})
			}
		}
		all := conceivable(&s, q)
		for n := range min(smallest, 4) {
			subsets(all, n, func(fewer perms.Remedy) bool {
				if helps(fewer) {
					t.Fatalf("%d remedies, the first %q, and %s suffices\n%+v\n%+v", len(found), found, toldAll(fewer), q, s)
				}
				return true
			})
		}
	}
	for n := 1; n <= 3; n++ {
		if steps[n] < 50 {
			t.Errorf("remedies of %d steps: %d: the worlds are too poor to show anything", n, steps[n])
		}
	}
}

// Whoever may make the first step of a remedy may make the rest only if he may make it of the user whom the first one leaves.
func TestMayFixStepByStep(t *testing.T) {
	vic := became(member(), perms.Suspended)
	vic.User = bob
	q := perms.Question{Permission: "assets.edit", At: in(acme)}
	found := perms.Remedies(office, &vic, q, nil, noon)
	if len(found) != 1 {
		t.Fatalf("%v", found)
	}
	for name, row := range map[string]struct {
		actor perms.Subject
		want  error
	}{
		"both":              {member(role("admin", "users.*", "overrides.*", "assets.*")), nil},
		"the first alone":   {member(role("admin", "users.*", "assets.*")), perms.ErrForbidden},
		"the second alone":  {member(role("admin", "overrides.*", "assets.*")), perms.ErrForbidden},
		"without the right": {member(role("admin", "users.*", "overrides.*")), perms.ErrEscalation},
	} {
		err := newAuthorizer(newStore(row.actor, vic)).MayFix(t.Context(), perms.As(ann), bob, found[0]...)
		if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
	strange := of(vic, perms.TenantOf(beta))
	a := newAuthorizer(newStore(of(member(role("admin", "users.*", "overrides.*", "assets.*")), perms.TenantOf(acme), perms.TenantOf(beta)), strange))
	grant := perms.Fix{Action: perms.GrantOverride, Permission: "assets.edit", Scope: perms.In(acme)}
	come := perms.Fix{Action: perms.AddTenant, Permission: "assets.edit", Tenancy: perms.TenantOf(acme)}
	if err := a.MayFix(t.Context(), perms.As(ann), bob, come, grant); err != nil {
		t.Errorf("where the first step has brought him: %v", err)
	}
}

// An explanation tells of both, by the roles of the store.
func TestExplanationsAdvise(t *testing.T) {
	st := newStore(became(member(), perms.Suspended))
	why, err := newAuthorizer(st).Explain(t.Context(), ann, "assets.edit", perms.Home, perms.Object{})
	if err != nil || len(why.Fixes) != 0 || len(why.Remedies) != 4 || len(why.Remedies[0]) != 2 {
		t.Errorf("%+v, %v", why, err)
	}
	st.subjects[ann] = member()
	why, err = newAuthorizer(st).Explain(t.Context(), ann, "assets.edit", perms.Home, perms.Object{})
	if err != nil || len(why.Fixes) != 4 || len(why.Remedies) != 4 {
		t.Errorf("%+v, %v", why, err)
	}
	st.subjects[ann] = member(role("editor", "assets.*"))
	why, err = newAuthorizer(st).Explain(t.Context(), ann, "assets.edit", perms.Home, perms.Object{})
	if err != nil || !why.Allowed || why.Fixes != nil || why.Remedies != nil {
		t.Errorf("%+v, %v", why, err)
	}
	if found, err := perms.FindRemedies(t.Context(), st, office, &perms.Subject{User: uuid.Nil}, perms.Question{Permission: "assets.edit", At: in(acme)}, noon); found != nil || err != nil {
		t.Errorf("of nobody: %v, %v", found, err)
	}
}
