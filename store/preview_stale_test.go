package store_test

import (
	"context"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// between is a store in which something happens before each view, and inside it.
type between struct {
	store.Store
	before, inside func()
}

func (s between) View(ctx context.Context, fn func(store.Store) error) error {
	s.before()
	return s.Store.View(ctx, func(tx store.Store) error { s.inside(); return fn(tx) })
}

// TestPreviewIsNotStale: what a preview tells beside the changes of others is cut, or what the change would do then.
func TestPreviewIsNotStale(t *testing.T) {
	type change func(o *office, b *store.Book) error
	seed := func(o *office, b *store.Book) error {
		return b.Seed(o.Context(), setup, roles.Preset{Keys: []perms.Key{{Permission: "bills.forge"}}})
	}
	for name, row := range map[string]struct {
		prepare, previewed, meanwhile change
		inside                        bool
	}{
		"the same key, after the snapshot": {nil, seed, seed, true},
		"a role becomes a wildcard, and a key comes": {
			func(o *office, b *store.Book) error {
				_, err := b.Roles.Update(o.Context(), setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.read", "bills.pay"}})
				return err
			}, seed,
			func(o *office, b *store.Book) error {
				_, err := b.Roles.Update(o.Context(), setup, o.clerk.ID, roles.Update{Add: []string{"bills.*"}})
				return err
			}, false,
		},
		"a tenant comes to be of the type to which a user moves": {nil,
			func(o *office, b *store.Book) error {
				_, err := b.Users.Update(o.Context(), setup, users.ByID(o.ann.ID), users.Update{Tenants: &[]perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}})
				return err
			},
			func(o *office, b *store.Book) error {
				_, err := b.Tenants.Update(o.Context(), setup, o.in, users.TenantUpdate{Type: new(perms.TestTenant)})
				return err
			}, false,
		},
	} {
		o := newOffice(t, 1)
		o.Book = o.connect()
		if row.prepare != nil {
			o.must(row.prepare(o, o.Book))
		}
		hook := func() {}
		w := between{o.store, func() {}, func() {}}
		if row.inside {
			w.inside = func() { hook() }
		} else {
			w.before = func() { hook() }
		}
		b, err := store.Connect(t.Context(), w, store.Options{})
		o.must(err)
		done := false
		hook = func() {
			if !done {
				done = true
				o.must(row.meanwhile(o, b))
			}
		}
		told, err := b.Preview(t.Context(), func(b *store.Book) error { return row.previewed(o, b) })
		o.must(err)
		later, err := b.Preview(t.Context(), func(b *store.Book) error { return row.previewed(o, b) })
		o.must(err)
		if row.inside {
			later.Gained = 2 // as of the snapshot
		}
		if !told.Cut && (told.Gained != later.Gained || told.Lost != later.Lost) {
			t.Errorf("%s: told +%d -%d, not cut; then +%d -%d", name, told.Gained, told.Lost, later.Gained, later.Lost)
		}
	}
}
