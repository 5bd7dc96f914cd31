package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// odd is a store whose catalogue can hold what is no key, of which a reading and a change can fail, and on which something can happen before a transaction begins.
type odd struct {
	store.Store
	keys  []perms.Key // instead of those that it has
	fails error       // instead of whether there is anybody, and of the change of a role
	begin *func() error
}

func newOdd() *odd { return &odd{Store: memory.New(), begin: new(func() error)} }

func (s *odd) Keys(ctx context.Context) ([]perms.Key, error) {
	if s.keys != nil {
		return s.keys, nil
	}
	return s.Store.Keys(ctx)
}

func (s *odd) AnyUser(ctx context.Context) (bool, error) {
	if s.fails != nil {
		return false, s.fails
	}
	return s.Store.AnyUser(ctx)
}

func (s *odd) UpdateRole(ctx context.Context, old, r roles.Role) error {
	if s.fails != nil {
		return s.fails
	}
	return s.Store.UpdateRole(ctx, old, r)
}

func (s *odd) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(&odd{tx, s.keys, s.fails, s.begin}) })
}

func (s *odd) InTx(ctx context.Context, fn func(store.Store) error) error {
	if begin := *s.begin; begin != nil {
		*s.begin = nil
		if err := begin(); err != nil {
			return err
		}
	}
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(&odd{tx, s.keys, s.fails, s.begin}) })
}

var hosts = store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")}

// A Book is connected to all of a catalogue, or not at all.
func TestConnectFails(t *testing.T) {
	for k := 0; ; k++ {
		s := newFrail(memory.New())
		s.left = k
		b, err := store.Connect(t.Context(), s, hosts)
		if s.left >= 0 {
			if err != nil || k == 0 {
				t.Errorf("after %d reads: %v", k, err)
			}
			break
		}
		if b != nil || !errors.Is(err, errFrail) {
			t.Errorf("without read %d: %v", k+1, err)
		}
	}
	s := newOdd()
	s.keys = []perms.Key{{Permission: "nonsense"}}
	if b, err := store.Connect(t.Context(), s, hosts); b != nil || err == nil {
		t.Errorf("to a malformed catalogue: %v", err)
	}
}

// Whoever finds his keys stored writes nothing, also if another one has stored them since he looked.
func TestConnectWritesWhatIsMissing(t *testing.T) {
	s := newOdd()
	revision := func() perms.Revision {
		t.Helper()
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return head.Revision
	}
	*s.begin = func() error {
		_, err := store.Connect(t.Context(), s.Store, hosts)
		return err
	}
	b, err := store.Connect(t.Context(), s, hosts)
	if err != nil || !b.Catalog().Has("assets.edit") || revision() != 1 || *s.begin != nil {
		t.Errorf("beside another one: %v, revision %d", err, revision())
	}
	*s.begin = func() error { return errors.New("a transaction") }
	if _, err := store.Connect(t.Context(), s, hosts); err != nil || revision() != 1 {
		t.Errorf("again: %v, revision %d", err, revision())
	}
}

// What is seeded in a transaction is known to the Book when that has committed, and not if it has not.
func TestKeysOfTransactions(t *testing.T) {
	s := newOdd()
	b, err := store.Connect(t.Context(), s, hosts)
	if err != nil {
		t.Fatal(err)
	}
	undone := errors.New("undone")
	for key, end := range map[perms.Permission]error{"reports.view": nil, "reports.edit": undone} {
		err := b.InTx(t.Context(), func(tx *store.Book) error {
			return errors.Join(tx.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: key}}}), end)
		})
		if !errors.Is(err, end) || b.Catalog().Has(key) != (end == nil) {
			t.Errorf("%s: %v, known %t", key, err, b.Catalog().Has(key))
		}
	}
	before := b.Catalog()
	s.keys = []perms.Key{{Permission: "nonsense"}}
	if err := b.Seed(t.Context(), system, roles.Preset{}); err == nil || b.Catalog() != before {
		t.Errorf("of a malformed catalogue: %v", err)
	}
}

// Of a first user who cannot be created, or need not, nothing is returned.
func TestBootstrapFails(t *testing.T) {
	s := newOdd()
	b, err := store.Connect(t.Context(), s, hosts)
	if err != nil {
		t.Fatal(err)
	}
	bootstrap := func(email string, created bool, want error) {
		t.Helper()
		u, did, err := b.Bootstrap(t.Context(), users.New{Email: email, Name: "Root", Password: "quiet-river-2041"})
		if did != created || (u.Email != "") != created || !errors.Is(err, want) {
			t.Errorf("%q: %t, %q, %v; want %v", email, did, u.Email, err, want)
		}
	}
	s.fails = errFrail
	bootstrap("root@example.com", false, errFrail)
	s.fails = nil
	bootstrap("nonsense", false, perms.ErrInvalid)
	bootstrap("root@example.com", true, nil)
	bootstrap("other@example.com", false, nil)
}

// A preset that cannot extend a role has seeded nothing.
func TestSeedFails(t *testing.T) {
	s := newOdd()
	b, err := store.Connect(t.Context(), s, hosts)
	if err != nil {
		t.Fatal(err)
	}
	preset := func(patterns ...perms.Pattern) roles.Preset {
		return roles.Preset{Roles: []roles.PresetRole{{Key: "viewer", Name: "Viewer", Patterns: patterns}}}
	}
	if err := b.Seed(t.Context(), system, preset("assets.view")); err != nil {
		t.Fatal(err)
	}
	before, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.fails = errFrail
	if err := b.Seed(t.Context(), system, preset("assets.edit")); !errors.Is(err, errFrail) {
		t.Errorf("%v", err)
	}
	if after, err := s.Head(t.Context()); err != nil || after.Revision != before.Revision {
		t.Errorf("it has written: %d, %v", after.Revision, err)
	}
}
