package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// TestKeysOfOthersAtOnce: a key that another Book has put into the store is known to whatever is asked of this one next, before any check has told it: nobody
// gives by a wildcard what he lacks, and all views agree.
func TestKeysOfOthersAtOnce(t *testing.T) {
	for name, open := range map[string]func(*testing.T) (one, other store.Store){
		"memory": func(*testing.T) (store.Store, store.Store) {
			s := memory.New()
			return s, s
		},
		"sqlite": func(t *testing.T) (store.Store, store.Store) {
			path := filepath.Join(t.TempDir(), "rolebook.db")
			return openFile(t, path), openFile(t, path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			one, another := open(t)
			d := newDesk(t, one, store.Options{})
			other, err := store.Connect(t.Context(), another, store.Options{})
			d.must(err)
			pal := d.user("pal")
			for name, ask := range questionsOfKeys(d) {
				key := perms.Permission("assets." + name)
				d.must(other.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: key}}}))
				d.must(other.Users.SetOverride(t.Context(), system, pal, perms.Grant(key)))
				ask(t, pal, key)
			}
		})
	}
}

// questionsOfKeys returns what shows whether a Book knows a key of assets that pal has been granted, and eve has by a wildcard.
func questionsOfKeys(d *desk) map[string]func(t *testing.T, pal uuid.UUID, key perms.Permission) {
	all, err := d.book.Roles.Create(d.Context(), system, roles.New{Name: "All assets", Permissions: []string{"assets.*"}})
	d.must(err)
	d.user("eve", all.Key)
	granted := func(t *testing.T, code perms.Code, err error) {
		t.Helper()
		if err != nil || code != perms.GrantedByOverride {
			t.Errorf("%s, %v", code, err)
		}
	}
	view := func(t *testing.T, b *store.Book, pal uuid.UUID, key perms.Permission) {
		t.Helper()
		p, err := b.Users.Permissions(t.Context(), system, users.Needs(perms.AccessExplain), users.ByID(pal), perms.Home)
		if err != nil || !p.Effective.Has(key) {
			t.Errorf("%v, %v", p.Effective, err)
		}
	}
	return map[string]func(t *testing.T, pal uuid.UUID, key perms.Permission){
		"ask": func(t *testing.T, pal uuid.UUID, key perms.Permission) {
			list, _, err := d.book.Users.Check(t.Context(), system, users.Question{User: pal, Permission: key, Scope: perms.Home})
			granted(t, list[0].Code, err)
		},
		"explain": func(t *testing.T, pal uuid.UUID, key perms.Permission) {
			e, err := d.book.Perms.Explain(t.Context(), pal, key, perms.Home, perms.Object{})
			granted(t, e.Code, err)
		},
		"count": func(t *testing.T, _ uuid.UUID, key perms.Permission) {
			if n, _, err := d.book.Perms.CountHolders(t.Context(), key, perms.In(d.home)); err != nil || n != 2 {
				t.Errorf("%d, %v", n, err)
			}
		},
		"show": func(t *testing.T, pal uuid.UUID, key perms.Permission) { view(t, d.book, pal, key) },
		"view": func(t *testing.T, pal uuid.UUID, key perms.Permission) {
			d.must(d.book.View(t.Context(), func(b *store.Book) error {
				view(t, b, pal, key)
				return nil
			}))
		},
		"join": func(t *testing.T, pal uuid.UUID, key perms.Permission) {
			d.must(d.book.InTx(t.Context(), func(b *store.Book) error {
				d, err := b.Perms.Check(t.Context(), pal, key, perms.Home)
				granted(t, d.Code, err)
				return nil
			}))
		},
		"preview": func(t *testing.T, _ uuid.UUID, key perms.Permission) {
			report, err := d.book.Preview(t.Context(), func(b *store.Book) error {
				_, err := b.Roles.Update(t.Context(), system, d.role, roles.Update{Add: []string{string(key)}})
				return err
			})
			if err != nil || report.Gained != 1 {
				t.Errorf("%+v gain something by an edit that adds the key to a role of one, %v", report.Gains, err)
			}
		},
		"check": func(t *testing.T, pal uuid.UUID, key perms.Permission) {
			d, err := d.book.Perms.Check(t.Context(), pal, key, perms.Home)
			granted(t, d.Code, err)
		},
	}
}

// TestKeysOfOthersEscalate: nobody gives by a wildcard a key that he lacks, however new it is.
func TestKeysOfOthersEscalate(t *testing.T) {
	s := memory.New()
	d := newDesk(t, s, store.Options{})
	other, err := store.Connect(t.Context(), s, store.Options{})
	d.must(err)
	chief, err := d.book.Roles.Create(t.Context(), system, roles.New{Name: "Chief", Permissions: []string{"assets.view", "assets.edit", "roles.*"}})
	d.must(err)
	boss := d.user("boss", chief.Key)
	_, err = d.book.Users.Update(t.Context(), system, users.ByID(boss), users.Update{Tenants: &[]perms.Tenancy{perms.EveryTenant}})
	d.must(err)
	create := func(name string) error {
		_, err := d.book.Roles.Create(t.Context(), perms.As(boss), roles.New{Name: name, Permissions: []string{"assets.*"}})
		return err
	}
	d.must(create("before"))
	d.must(other.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: "assets.wipe"}}}))
	if err := create("after"); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("a role that gives the key: %v", err)
	}
}

// TestKeysOfItsOwn: who writes alone does not read the catalogue again and again.
func TestKeysOfItsOwn(t *testing.T) {
	reads := 0
	path := filepath.Join(t.TempDir(), "rolebook.db")
	d := newDesk(t, keyed{openFile(t, path), &reads}, store.Options{})
	change := func() {
		d.user(uuid.NewString())
		d.wants("assets.view", perms.GrantedByRole)
		if _, err := d.book.Users.Get(t.Context(), system, d.ann); err != nil {
			t.Fatal(err)
		}
		d.must(d.book.InTx(t.Context(), func(b *store.Book) error {
			_, err := b.Users.Create(t.Context(), system, users.New{Email: uuid.NewString() + "@example.com", Name: "Somebody"})
			return err
		}))
	}
	change()
	reads = 0
	for range 5 {
		change()
	}
	if reads != 0 {
		t.Errorf("the keys were read %d times", reads)
	}
	other, err := store.Connect(t.Context(), openFile(t, path), store.Options{})
	d.must(err)
	_, err = other.Users.Create(t.Context(), system, users.New{Email: "other@example.com", Name: "Somebody"})
	d.must(err)
	for range 3 {
		d.must(d.book.InTx(t.Context(), func(b *store.Book) error {
			_, err := b.Users.Get(t.Context(), system, d.ann)
			return err
		}))
	}
	if reads != 1 {
		t.Errorf("after a change by another Book the keys were read %d times", reads)
	}
}

// keyed is a store that counts how often transactions read its keys.
type keyed struct {
	store.Store
	reads *int
}

func (s keyed) InTx(ctx context.Context, fn func(tx store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(keyed{tx, s.reads}) })
}

func (s keyed) View(ctx context.Context, fn func(tx store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(keyed{tx, s.reads}) })
}

func (s keyed) Keys(ctx context.Context) ([]perms.Key, error) {
	*s.reads++
	return s.Store.Keys(ctx)
}

func openFile(t *testing.T, path string) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestKeysOfOthersInChecks: a key that a transaction has heard of is no unknown one in the next check, however stale that may be.
func TestKeysOfOthersInChecks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rolebook.db")
	d := newDesk(t, openFile(t, path), store.Options{MaxStaleness: time.Hour})
	other, err := store.Connect(t.Context(), openFile(t, path), store.Options{})
	d.must(err)
	d.wants("assets.wipe", perms.UnknownPermission)
	d.must(other.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: "assets.wipe"}}}))
	d.wants("assets.wipe", perms.UnknownPermission)
	_, err = d.book.Users.Get(t.Context(), system, d.ann)
	d.must(err)
	if got, err := d.book.Perms.Check(t.Context(), d.ann, "assets.wipe", perms.Home); err != nil || got.Code != perms.NotGranted {
		t.Errorf("%+v, %v", got, err)
	}
}
