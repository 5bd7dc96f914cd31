package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// CheckFold fails the test unless folding the journal from zero gives the same state as the tables: nothing has changed that the journal does not tell.
// Credentials, tokens and pictures are apart.
func CheckFold(t *testing.T, s store.Store) {
	t.Helper()
	var folded, stored state
	err := s.View(t.Context(), func(tx store.Store) (err error) {
		if folded, err = fold(t.Context(), tx); err != nil {
			return err
		}
		stored, err = tables(t.Context(), tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range folded.diff(stored) {
		t.Errorf("journal and tables differ: %s", line)
	}
}

// thing is what is known of one user, role, …: its members by name, as the journal has them.
type thing = map[string]any

// state is all things of a store, by kind and id ("user 0197…").
type state map[string]thing

func (s state) of(kind perms.Kind, id string) thing { return s[string(kind)+" "+id] }

func (s state) put(kind perms.Kind, id string, t thing) { s[string(kind)+" "+id] = t }

func (s state) drop(kind perms.Kind, id string) { delete(s, string(kind)+" "+id) }

// all yields the things of a kind.
func (s state) all(kind perms.Kind, yield func(id string, t thing)) {
	for key, t := range s {
		if id, ok := strings.CutPrefix(key, string(kind)+" "); ok {
			yield(id, t)
		}
	}
}

// diff returns a line for each thing that is not the same in both.
func (s state) diff(other state) []string {
	var lines []string
	keys := maps.Clone(s)
	maps.Copy(keys, other)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, b := text(s[key]), text(other[key])
		if a != b {
			lines = append(lines, fmt.Sprintf("%s\n  journal %s\n  tables  %s", key, a, b))
		}
	}
	return lines
}

func text(t thing) string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // members are JSON values
	}
	return string(b)
}

// fold replays the journal: by [perms.Fold] what answers questions about the past, and beside it what the rest of the tables holds.
func fold(ctx context.Context, tx store.Store) (state, error) {
	born, err := tx.TenantByNumber(ctx, users.DefaultTenant)
	if err != nil {
		return nil, err
	}
	s := state{}
	s.put(perms.KindTenant, born.ID.String(), thing{"number": 1.0, "slug": "default", "name": "Default", "type": "production", "require_approval": false,
		"created_at": stamp(born.CreatedAt), "version": 1.0})
	for after := perms.Revision(0); ; {
		page, err := tx.Journal(ctx, perms.JournalFilter{After: after, Limit: 500})
		if err != nil || len(page) == 0 {
			return s, err
		}
		for _, e := range page {
			if err := s.replay(e); err != nil {
				return nil, fmt.Errorf("entry %d, %s: %w", e.Revision, e.Action, err)
			}
			after = e.Revision
		}
	}
}

// replay applies one entry.
func (s state) replay(e perms.Entry) error {
	after := merged(normal(e.After), e.PersonAfter)
	id := e.Target.ID.String()
	switch e.Action {
	case perms.CatalogueUpdate:
		s.replayKeys(after)
	case perms.UserCreate:
		s.putUser(e, id, after)
	case perms.UserPurge:
		s.purge(e, id, after)
	case perms.OverrideSet, perms.OverrideClear:
		s.override(e, id)
	case perms.InviteAccept, perms.LinkJoin:
		s.enrol(e, id, after)
	case perms.GroupMembers:
		s.members(e)
	case perms.RoleDelete, perms.GroupDelete, perms.InviteRevoke, perms.LinkDelete:
		s.remove(e, id)
	case perms.RoleCreate, perms.TenantCreate, perms.GroupCreate, perms.InviteCreate, perms.LinkCreate:
		s.create(e, id, after)
	default:
		return s.change(e, id)
	}
	return nil
}

// merged returns the members of both, null personal values as the empty text that erased ones are.
func merged(plain thing, personal perms.Members) thing {
	out := thing{}
	maps.Copy(out, plain)
	for name, v := range personal {
		if v == nil {
			v = ""
		}
		out[name] = v
	}
	return out
}

func (s state) replayKeys(after thing) {
	for _, k := range after["keys"].([]any) {
		k := k.(map[string]any)
		s.put(perms.KindCatalogue, k["permission"].(string), k)
	}
}

func (s state) create(e perms.Entry, id string, after thing) {
	for _, old := range list(after["replaced"]) {
		s.drop(perms.KindInvite, old.(string))
	}
	delete(after, "replaced")
	after["created_at"] = stamp(e.At)
	if e.Target.Kind == perms.KindRole || e.Target.Kind == perms.KindTenant {
		after["version"] = 1.0
	}
	if e.Target.Kind != perms.KindTenant && e.Target.Kind != perms.KindGroup {
		after["created_by"] = e.Actor.User.String()
	}
	s.put(e.Target.Kind, id, after)
}

func (s state) putUser(e perms.Entry, id string, after thing) {
	after["created_at"], after["updated_at"], after["deleted_at"] = stamp(e.At), stamp(e.At), nil
	after["created_by"], after["version"] = e.Actor.User.String(), 1.0
	s.put(perms.KindUser, id, after)
}

// change merges the members that an entry changes, and counts the version.
func (s state) change(e perms.Entry, id string) error {
	t := s.of(e.Target.Kind, id)
	if t == nil {
		return fmt.Errorf("changes a %s that is not there", e.Target.Kind)
	}
	maps.Copy(t, perms.Fold(t, &e, e.Target.ID))
	maps.Copy(t, merged(nil, e.PersonAfter))
	s.touch(e, t)
	return nil
}

// touch counts a change of a user, of a tenant, or of a role that is no system role.
func (s state) touch(e perms.Entry, t thing) {
	if v, ok := t["version"].(float64); ok && t["system"] != true {
		t["version"] = v + 1
	}
	if e.Target.Kind != perms.KindUser {
		return
	}
	t["updated_at"] = stamp(e.At)
	if t["status"] == "deleted" && t["deleted_at"] == nil {
		t["deleted_at"] = stamp(e.At)
	}
}

// override folds an entry about one override into those of its user.
func (s state) override(e perms.Entry, id string) {
	t := s.of(perms.KindUser, id)
	t["overrides"] = perms.Fold(t, &e, e.Target.ID)["overrides"]
	s.touch(e, t)
}

// enrol counts the use of an invite or link and creates the user that it made.
func (s state) enrol(e perms.Entry, id string, after thing) {
	made := merged(after["user"].(thing), e.PersonAfter)
	s.putUser(e, e.Person.String(), made)
	t := s.of(e.Target.Kind, id)
	if e.Action == perms.InviteAccept {
		t["accepted_by"], t["accepted_at"] = e.Person.String(), stamp(e.At)
		return
	}
	t["uses"] = after["uses"]
}

// members folds an entry about the members of a group into the groups of each.
func (s state) members(e perms.Entry) {
	for _, id := range e.About() {
		t := s.of(perms.KindUser, id.String())
		t["groups"] = perms.Fold(t, &e, id)["groups"]
		slices.SortFunc(t["groups"].([]any), func(a, b any) int { return s.number(a) - s.number(b) })
	}
}

func (s state) number(group any) int {
	n, _ := s.of(perms.KindGroup, group.(string))["number"].(float64)
	return int(n)
}

func (s state) without(t thing, name string, gone func(any) bool) {
	t[name] = slices.DeleteFunc(slices.Clone(list(t[name])), gone)
}

// remove drops a thing, and what users had of it.
func (s state) remove(e perms.Entry, id string) {
	key := s.of(e.Target.Kind, id)["key"]
	s.drop(e.Target.Kind, id)
	s.all(perms.KindUser, func(_ string, t thing) {
		switch e.Target.Kind {
		case perms.KindRole:
			s.without(t, "roles", func(r any) bool { return r.(map[string]any)["role"] == key })
		case perms.KindGroup:
			s.without(t, "groups", func(g any) bool { return g == any(id) })
		}
	})
}

func (s state) purge(e perms.Entry, id string, after thing) {
	s.drop(perms.KindUser, id)
	s.put("tombstone", id, thing{"number": after["number"], "name": after["history_name"], "at": stamp(e.At)})
	s.all(perms.KindInvite, func(_ string, t thing) {
		if t["accepted_by"] == id {
			t["email"], t["name"] = "", ""
		}
	})
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}
