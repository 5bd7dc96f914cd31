package perms_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// The role and the group of bob, as the journal of the tests has them.
var (
	clerk = uuid.MustParse("00000000-0000-7000-8000-0000000000f1")
	crew  = uuid.MustParse("00000000-0000-7000-8000-0000000000f2")
)

func entryAbout(action perms.Action, kind perms.Kind, id uuid.UUID, after perms.Members) perms.Entry {
	return perms.Entry{At: noon, Action: action, Target: perms.Target{Kind: kind, ID: id}, After: after}
}

// chronicle is a journal that tells of bob, in which one member of one record is another than it should be.
func chronicle(of perms.Action, member string, value any) *fakeStore {
	st := newStore()
	for _, e := range []perms.Entry{
		entryAbout(perms.TenantCreate, perms.KindTenant, acme, perms.Members{"type": "production"}),
		entryAbout(perms.CatalogueUpdate, perms.KindCatalogue, uuid.Nil, perms.Members{"keys": []any{map[string]any{"permission": "assets.edit"}}}),
		entryAbout(perms.RoleCreate, perms.KindRole, clerk, perms.Members{"key": clerk.String(), "tenant": "any", "permissions": []any{"assets.edit"}}),
		entryAbout(perms.GroupCreate, perms.KindGroup, crew, perms.Members{"objects": []any{map[string]any{"tenant": acme.String(), "type": "dashboards", "id": 7}}}),
		entryAbout(perms.UserCreate, perms.KindUser, bob, perms.Members{
			"status": "active", "tenants": []any{acme.String()}, "groups": []any{crew.String()}, "roles": []any{map[string]any{"role": clerk.String(), "tenant": "any"}},
			"overrides": []any{map[string]any{"permission": "assets.view", "granted": true, "tenant": "any"}},
		}),
	} {
		if e.Action == of {
			e.After = maps.Clone(e.After)
			e.After[member] = value
		}
		e.Revision = perms.Revision(len(st.journal) + 1)
		st.journal = append(st.journal, e)
	}
	return st
}

// A record that cannot be read is an error, and not somebody who was never there or held less.
func TestUnreadableJournal(t *testing.T) {
	for name, c := range map[string]struct {
		of     perms.Action
		member string
		value  any
	}{
		"status":               {perms.UserCreate, "status", "asleep"},
		"tenant of a user":     {perms.UserCreate, "tenants", []any{"nowhere"}},
		"tenants of a user":    {perms.UserCreate, "tenants", true},
		"scope of an override": {perms.UserCreate, "overrides", []any{map[string]any{"permission": "assets.view", "tenant": "home"}}},
		"scope of a role held": {perms.UserCreate, "roles", []any{map[string]any{"role": clerk.String(), "tenant": ""}}},
		"scope of a role":      {perms.RoleCreate, "tenant", "nowhere"},
		"patterns of a role":   {perms.RoleCreate, "permissions", true},
		"objects of a group":   {perms.GroupCreate, "objects", "all"},
		"type of a tenant":     {perms.TenantCreate, "type", 7},
		"key of the catalogue": {perms.CatalogueUpdate, "keys", []any{map[string]any{"permission": 7}}},
		"nothing":              {},
	} {
		st := chronicle(c.of, c.member, c.value)
		past, err := history(st).AsOf(t.Context(), perms.System("test"), bob, perms.In(acme), noon)
		if c.of == "" {
			if err != nil || past.Check("assets.edit").Code != perms.GrantedByRole || past.Check("assets.view").Code != perms.UnknownPermission {
				t.Errorf("what can be read: %v, %v", past.Computed(), err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "unreadable journal") || errors.Is(err, perms.ErrNoSubject) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nothing is kept of invites and links, from which nobody's rights follow.
func TestArchiveKeepsWhatTellsOfRights(t *testing.T) {
	st := chronicle("", "", nil)
	for i, action := range []perms.Action{perms.InviteCreate, perms.InviteRevoke, perms.LinkCreate, perms.LinkDelete, perms.InviteRevoke, perms.LinkDelete} {
		e := entryAbout(action, perms.KindInvite, uuid.NewSHA1(crew, []byte{byte(i / 2)}), perms.Members{"role": "clerk"})
		e.Revision = perms.Revision(len(st.journal) + 1)
		st.journal = append(st.journal, e)
	}
	if _, err := history(st).Archive(t.Context(), perms.System("test"), hour(1), func([]perms.Entry) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if got := sortedIDs(st.baselines); !slices.Equal(got, []uuid.UUID{uuid.Nil, bob, acme, clerk, crew}) {
		t.Errorf("kept of %v", got)
	}
}

// Whoever finds that somebody else has archived in between deletes nothing.
func TestArchiveMeetsAnother(t *testing.T) {
	st := chronicle("", "", nil)
	_, err := history(st).Archive(t.Context(), perms.System("test"), hour(1), func([]perms.Entry) error {
		st.archived.Revision = 2
		return nil
	})
	if err == nil || len(st.journal) != 5 || st.baselines != nil {
		t.Errorf("%v, %d entries are left", err, len(st.journal))
	}
}

// One commit wakes everybody who follows.
func TestFollowWakesEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStore()
		h := history(st)
		first := follow(t.Context(), h, perms.System("test"), 0, perms.FollowOptions{Poll: time.Hour})
		first.saw(t, 1, 0)
		second := follow(t.Context(), h, perms.System("test"), 0, perms.FollowOptions{Poll: time.Hour})
		second.saw(t, 1, 0)
		appendTo(t, st, 1)
		h.Committed(perms.Head{})
		first.saw(t, 1, 1)
		second.saw(t, 1, 1)
	})
}
