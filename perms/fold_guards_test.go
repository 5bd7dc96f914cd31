package perms_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// One row for each way in which an entry changes what is known of whom it is about.
func TestFold(t *testing.T) {
	ruling := func(p string, granted bool) map[string]any {
		return map[string]any{"permission": p, "tenant": "any", "granted": granted}
	}
	known := func() perms.Members {
		return perms.Members{"name": "Bob", "overrides": []any{ruling("a.a", true), ruling("c.c", true)}, "groups": []any{clerk.String()}}
	}
	with := func(name string, value any) perms.Members {
		out := known()
		out[name] = value
		return out
	}
	made := map[string]any{"user": map[string]any{"name": "Eve"}, "uses": 1.0}
	for name, row := range map[string]struct {
		entry perms.Entry
		want  perms.Members
	}{
		"a user is purged":      {entryAbout(perms.UserPurge, perms.KindUser, bob, perms.Members{"number": 3.0}), nil},
		"a role is deleted":     {entryAbout(perms.RoleDelete, perms.KindRole, bob, nil), nil},
		"a group is deleted":    {entryAbout(perms.GroupDelete, perms.KindGroup, bob, nil), nil},
		"an invite is revoked":  {entryAbout(perms.InviteRevoke, perms.KindInvite, bob, nil), nil},
		"a link is deleted":     {entryAbout(perms.LinkDelete, perms.KindLink, bob, nil), nil},
		"an invite is accepted": {entryAbout(perms.InviteAccept, perms.KindInvite, crew, made), perms.Members{"name": "Eve"}},
		"a link is joined":      {entryAbout(perms.LinkJoin, perms.KindLink, crew, made), perms.Members{"name": "Eve"}},
		"the catalogue grows": {
			entryAbout(perms.CatalogueUpdate, perms.KindCatalogue, uuid.Nil, perms.Members{"keys": []any{"no record", map[string]any{"permission": "b.b"}}}),
			with("b.b", map[string]any{"permission": "b.b"}),
		},
		"an override is set": {
			entryAbout(perms.OverrideSet, perms.KindUser, bob, ruling("b.b", false)),
			with("overrides", []any{ruling("a.a", true), ruling("b.b", false), ruling("c.c", true)}),
		},
		"an override is set anew": {
			entryAbout(perms.OverrideSet, perms.KindUser, bob, ruling("c.c", false)),
			with("overrides", []any{ruling("a.a", true), ruling("c.c", false)}),
		},
		"an override is cleared": {
			perms.Entry{Action: perms.OverrideClear, Target: perms.Target{Kind: perms.KindUser, ID: bob}, Before: ruling("a.a", true)},
			with("overrides", []any{ruling("c.c", true)}),
		},
		"he comes into a group": {
			entryAbout(perms.GroupMembers, perms.KindGroup, crew, perms.Members{"added": []any{ann.String(), bob.String()}}),
			with("groups", []any{clerk.String(), crew.String()}),
		},
		"he leaves a group": {
			entryAbout(perms.GroupMembers, perms.KindGroup, clerk, perms.Members{"added": []any{ann.String()}, "removed": []any{bob.String()}}),
			with("groups", []any{}),
		},
		"his password is another": {entryAbout(perms.UserUpdate, perms.KindUser, bob, perms.Members{"password": true, "phone": "1"}), with("phone", "1")},
	} {
		before := known()
		if got := perms.Fold(before, &row.entry, bob); !maps.EqualFunc(got, row.want, func(a, b any) bool { return reflect.DeepEqual(a, b) }) || (got == nil) != (row.want == nil) {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
		if !reflect.DeepEqual(before, known()) {
			t.Errorf("%s: what was known becomes %v", name, before)
		}
	}
}

// Of the members of a group the entry tells by their ids; what is none is nobody.
func TestAboutWhom(t *testing.T) {
	e := entryAbout(perms.GroupMembers, perms.KindGroup, crew, perms.Members{"added": []any{bob.String(), "nobody", 7.0}, "removed": []any{ann.String()}})
	if got := e.About(); !slices.Equal(got, []uuid.UUID{bob, ann}) {
		t.Errorf("%v", got)
	}
}
