package perms_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

func TestWhoReadsWhichEntries(t *testing.T) {
	reader := role("auditor", "audit.read")
	here, there, both := of(member(reader), perms.TenantOf(acme)), of(member(reader), perms.TenantOf(beta)), of(member(heldIn(reader, beta)), perms.TenantOf(acme), perms.TenantOf(beta))
	for name, c := range map[string]struct {
		s     perms.Subject
		actor perms.Actor
		want  []perms.Revision
	}{
		"staff":                {staff(reader), perms.As(ann), []perms.Revision{1, 2, 3, 4, 5}},
		"the system":           {staff(), perms.System("test"), []perms.Revision{1, 2, 3, 4, 5}},
		"of acme":              {here, perms.As(ann), []perms.Revision{1, 4}},
		"of beta":              {there, perms.As(ann), []perms.Revision{3}},
		"of both, key in beta": {both, perms.As(ann), []perms.Revision{3}},
		"narrowed":             {staff(reader), perms.As(ann).In(acme), []perms.Revision{1, 4}},
	} {
		st := newStore(c.s)
		for _, scope := range []perms.Scope{perms.In(acme), perms.Anywhere, perms.In(beta), perms.In(acme), {}} {
			if _, err := st.Append(t.Context(), perms.Entry{Tenant: scope}); err != nil {
				t.Fatal(err)
			}
		}
		var got []perms.Revision
		after := perms.Revision(0)
		for {
			entries, next, err := history(st).Entries(t.Context(), c.actor, after, 2)
			if err != nil || entries == nil {
				t.Fatalf("%s: %v, %v", name, entries, err)
			}
			for _, e := range entries {
				got = append(got, e.Revision)
			}
			if next == after {
				break
			}
			after = next
		}
		if !slices.Equal(got, c.want) || after != 5 {
			t.Errorf("%s reads %v up to %d, want %v", name, got, after, c.want)
		}
	}
}

// An entry about a user of two tenants that touches one of them is recorded with whole lists, of which each reader sees the part of his own tenants.
func TestEntriesHideOtherTenants(t *testing.T) {
	reader := role("auditor", "audit.read")
	in := func(tenant string) any { return map[string]any{"role": "clerk", "tenant": tenant} }
	of0 := map[string]any{"role": "porter", "tenant": "any", "role_tenant": beta.String()}
	lists := perms.Members{"roles": []any{in(acme.String()), in(beta.String()), of0, in("any")}, "groups": []any{"one"}, "mfa": true}
	for name, c := range map[string]struct {
		s    perms.Subject
		want []any
	}{
		"staff":   {staff(reader), []any{in(acme.String()), in(beta.String()), of0, in("any")}},
		"of acme": {of(member(reader), perms.TenantOf(acme)), []any{in(acme.String()), in("any")}},
		"of both": {of(member(reader), perms.TenantOf(acme), perms.TenantOf(beta)), []any{in(acme.String()), in(beta.String()), of0, in("any")}},
	} {
		st := newStore(c.s)
		if _, err := st.Append(t.Context(), perms.Entry{Tenant: perms.In(acme), Before: lists, After: lists}); err != nil {
			t.Fatal(err)
		}
		entries, _, err := history(st).Entries(t.Context(), perms.As(ann), 0, 1)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%s: %v, %v", name, entries, err)
		}
		want := perms.Members{"roles": c.want, "groups": []any{"one"}, "mfa": true}
		if e := entries[0]; !reflect.DeepEqual(e.Before, want) || !reflect.DeepEqual(e.After, want) {
			t.Errorf("%s reads %v and %v, want %v", name, e.Before, e.After, want)
		}
		if len(lists["roles"].([]any)) != 4 {
			t.Fatalf("%s has changed the record: %v", name, lists)
		}
	}
}

func history(st *fakeStore) *perms.History {
	env := perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }}
	open := func(_ context.Context, fn func(perms.Store) error) error {
		st.mu.Lock()
		defer st.mu.Unlock()
		return fn(st)
	}
	return perms.NewHistory(st, open, open, env)
}

func TestEntriesRefuses(t *testing.T) {
	st := newStore(staff(role("auditor", "audit.read")))
	for _, c := range []struct {
		actor perms.Actor
		after perms.Revision
		limit int
		want  error
	}{
		{perms.As(ann), 0, 0, perms.ErrInvalid}, {perms.As(ann), 0, perms.MaxEntries + 1, perms.ErrInvalid}, {perms.As(ann), -1, 1, perms.ErrInvalid},
		{perms.Actor{}, 0, 1, perms.ErrNoActor}, {perms.As(bob), 0, 1, perms.ErrForbidden}, {perms.As(ann).In(uuid.Nil), 0, 1, perms.ErrForbidden},
	} {
		if entries, _, err := history(st).Entries(t.Context(), c.actor, c.after, c.limit); !errors.Is(err, c.want) || len(entries) > 0 {
			t.Errorf("%+v: %v, want %v", c, err, c.want)
		}
	}
	st.fails = errStore
	if _, next, err := history(st).Entries(t.Context(), perms.System("test"), 3, 1); !errors.Is(err, errStore) || next != 3 {
		t.Errorf("a store that fails: %d, %v", next, err)
	}
}

func TestAddKeys(t *testing.T) {
	st := newStore()
	a, err := perms.Authorize(t.Context(), st, office, perms.System("setup"), noon)
	if err != nil {
		t.Fatal(err)
	}
	if err := perms.AddKeys(t.Context(), st, a, nil); err != nil || len(st.journal) > 0 {
		t.Errorf("no keys leave an entry: %+v, %v", st.journal, err)
	}
	keys := []perms.Key{{Permission: "features.maps", Description: "Use maps", Feature: true}}
	if err := perms.AddKeys(t.Context(), st, a, keys); err != nil || !slices.Equal(st.keys, keys) || len(st.journal) != 1 {
		t.Fatalf("%+v, %+v, %v", st.keys, st.journal, err)
	}
	want := perms.Entry{Revision: 1, At: noon, Actor: perms.ActorRef{Kind: perms.SystemActor, Label: "setup"}, Action: "catalogue.update",
		Target: perms.Target{Kind: "catalogue"}, Tenant: perms.Anywhere,
		After: perms.Members{"keys": []any{map[string]any{"permission": "features.maps", "description": "Use maps", "feature": true}}}}
	if !reflect.DeepEqual(st.journal[0], want) {
		t.Errorf("entry is %+v, want %+v", st.journal[0], want)
	}
	st.fails = errStore
	if err := perms.AddKeys(t.Context(), st, a, keys); !errors.Is(err, errStore) {
		t.Errorf("a store that fails: %v", err)
	}
}

func TestDiffering(t *testing.T) {
	before := perms.Members{"name": "Clerk", "roles": []any{"a"}, "mfa": false, "only": true}
	after := perms.Members{"name": "Porter", "roles": []any{"a"}, "mfa": nil}
	b, a := perms.Differing(before, after)
	if !reflect.DeepEqual(b, perms.Members{"name": "Clerk", "mfa": false}) || !reflect.DeepEqual(a, perms.Members{"name": "Porter", "mfa": nil}) {
		t.Errorf("differ in %v and %v", b, a)
	}
}
