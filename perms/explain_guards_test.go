package perms_test

import (
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

// What is in force where it was asked for is no near miss, and neither is what takes away, nor what could never have given it.
func TestNoNearMisses(t *testing.T) {
	edit, seven := perms.Permission("assets.edit"), perms.Object{Type: "dashboards", ID: 7}
	editor := role("editor", "assets.*")
	shared := func(s perms.Subject, at perms.Place) perms.Subject {
		tenant, _ := at.Scope().Tenant()
		s.Objects = []perms.ObjectGrant{{Tenant: tenant, Object: seven}}
		return s
	}
	for name, row := range map[string]struct {
		subject perms.Subject
		q       perms.Question
	}{
		"an unknown permission":     {member(heldIn(role("root", "*.*"), beta)), perms.Question{Permission: "assets.none", At: in(acme)}},
		"a revoke to come":          {with(member(), perms.Revoke(edit).During(window(1, 0))), perms.Question{Permission: edit, At: in(acme)}},
		"a revoke that is over":     {with(member(), perms.Revoke(edit).During(window(0, -1))), perms.Question{Permission: edit, At: in(acme)}},
		"held, and revoked":         {with(member(editor), perms.Revoke(edit)), perms.Question{Permission: edit, At: in(acme)}},
		"held, and suspended":       {became(member(editor), perms.Suspended), perms.Question{Permission: edit, At: in(acme)}},
		"shared here, and revoked":  {shared(with(member(), perms.Revoke(seven.View())), in(acme)), perms.Question{Permission: seven.View(), At: in(acme), Object: seven}},
		"shared for another key":    {shared(member(), in(beta)), perms.Question{Permission: edit, At: in(acme), Object: seven}},
		"shared, but not asked for": {shared(member(), in(beta)), perms.Question{Permission: seven.View(), At: in(acme)}},
	} {
		why := perms.Explain(office, &row.subject, row.q, noon)
		if why.Allowed || len(why.NearMisses) > 0 {
			t.Errorf("%s: %+v", name, why)
		}
	}
}

// Of several sources of one kind those decide that are in force, and of what is over what would have given it.
func TestWhichSourceDecides(t *testing.T) {
	edit := perms.Permission("assets.edit")
	past, now := during(role("past", "assets.*"), window(-2, -1)), role("now", "assets.*")
	for name, row := range map[string]struct {
		subject perms.Subject
		code    perms.Code
		want    []bool // of the sources, in their order
	}{
		"a role":     {member(past, now), perms.GrantedByRole, []bool{true, false}},
		"a revoke":   {with(member(now), perms.Revoke(edit), perms.Revoke(edit).In(acme).During(window(1, 0))), perms.RevokedByOverride, []bool{true, false, false}},
		"a grant":    {with(member(past), perms.Grant(edit), perms.Grant(edit).In(acme).During(window(0, -1))), perms.GrantedByOverride, []bool{true, false, false}},
		"what ended": {with(member(past), perms.Revoke(edit).During(window(0, -1))), perms.Expired, []bool{true, false}},
		"no known":   {member(now), perms.UnknownPermission, []bool{true}},
	} {
		q := perms.Question{Permission: edit, At: in(acme)}
		if row.code == perms.UnknownPermission {
			q.Permission = "assets.none"
		}
		why := perms.Explain(office, &row.subject, q, noon)
		var got []bool
		for _, source := range why.Sources {
			got = append(got, source.Decisive)
		}
		if why.Code != row.code || !slices.Equal(got, row.want) || !why.Sources[0].InForce && row.code != perms.Expired && row.code != perms.UnknownPermission {
			t.Errorf("%s: %s, %+v", name, why.Code, why.Sources)
		}
	}
}
