//go:build cgo

package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T, c storetest.Config) store.Store {
			return open(t, newPath(t), sqlite.Options{LockWait: c.LockWait, Durability: sqlite.Normal})
		},
		Close: func(s store.Store) error { return s.(*sqlite.Store).Close() },
	})
}

func TestStoreJoined(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T, c storetest.Config) store.Store {
			outer := open(t, newPath(t), sqlite.Options{LockWait: c.LockWait, Durability: sqlite.Normal})
			tx, err := outer.DB().BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { tx.Rollback() })
			return outer.Join(tx)
		},
		Joined: true,
	})
}

func newPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "book.db")
}

func open(t *testing.T, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Every path is a path, and a file is found again by the one that made it.
func TestPaths(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"plain.db", "with space.db", "what?mode=memory", "100%41.db", "a#b.db", "ä&ö=ü;+.db", "'quoted\"", "file:x.db", "back\\slash", "a:b", "?"} {
		s, err := sqlite.Open(t.Context(), name, sqlite.Options{})
		if err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		first, err := s.TenantByNumber(t.Context(), 1)
		if err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		again, err := open(t, name, sqlite.Options{NoMigrate: true}).TenantByNumber(t.Context(), 1)
		if err != nil || again != first {
			t.Errorf("%q: found %v, %v; want %v", name, again, err, first)
		}
	}
}

func TestRefusedPaths(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 200)), 0o600); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(dir, "missing.db")
	newer := filepath.Join(dir, "newer.db")
	s := open(t, newer, sqlite.Options{})
	if _, err := s.DB().ExecContext(t.Context(), `insert into rolebook_schema (version) values (99)`); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		path, want string
		o          sqlite.Options
	}{
		{"", "not a path", sqlite.Options{}},
		{":memory:", "not a path", sqlite.Options{}},
		{"a\x00b", "NUL", sqlite.Options{}},
		{dir, "not a file", sqlite.Options{}},
		{text, "file is not a database", sqlite.Options{}},
		{filepath.Join(missing, "book.db"), "unable to open database file", sqlite.Options{}},
		{filepath.Join(text, "book.db"), "not a directory", sqlite.Options{}},
		{missing, "unable to open database file", sqlite.Options{NoMigrate: true}},
		{newer, "newer than this library", sqlite.Options{}},
		{newer, "newer than this library", sqlite.Options{NoMigrate: true}},
		{filepath.Join(dir, "durability.db"), "synchronous", sqlite.Options{Durability: "sometimes"}},
	} {
		_, err := sqlite.Open(t.Context(), row.path, row.o)
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error is %v; want %q in one line", row.path, err, row.want)
		}
	}
	if _, err := os.Stat(missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that was not to be made is there: %v", err)
	}
}

func TestNoMigrate(t *testing.T) {
	path := newPath(t)
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `create table host (id integer)`); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{NoMigrate: true}); !errors.Is(err, store.ErrSchemaTooOld) {
		t.Errorf("error is %v", err)
	}
	open(t, path, sqlite.Options{})
}

func TestPragmas(t *testing.T) {
	for durability, synchronous := range map[sqlite.Durability]string{"": "2", sqlite.Full: "2", sqlite.Normal: "1"} {
		s := open(t, newPath(t), sqlite.Options{Durability: durability, LockWait: 1234 * time.Millisecond})
		if n := s.DB().Stats().MaxOpenConnections; n != 1 {
			t.Errorf("%d connections write", n)
		}
		for pragma, want := range map[string]string{"journal_mode": "wal", "foreign_keys": "1", "synchronous": synchronous, "busy_timeout": "1234",
			"journal_size_limit": "16777216"} {
			var got string
			if err := s.DB().QueryRowContext(t.Context(), "pragma "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %s, %v; want %s", pragma, got, err, want)
			}
		}
	}
}

// Views that read by the store itself, and not by what they are given, use up the connections. That is an error, and no end of everything.
func TestReadersUsedUp(t *testing.T) {
	s := open(t, newPath(t), sqlite.Options{Readers: 2, LockWait: 20 * time.Millisecond})
	ctx := t.Context()
	nested := func(fn func(tx store.Store) error) error {
		return s.View(ctx, func(store.Store) error { return s.View(ctx, fn) })
	}
	if err := nested(func(tx store.Store) error { _, err := tx.Head(ctx); return err }); err != nil {
		t.Errorf("two views at once: %v", err)
	}
	err := nested(func(store.Store) error { _, err := s.Head(ctx); return err })
	if !errors.Is(err, store.ErrBusy) {
		t.Errorf("a third reader: %v", err)
	}
}

// Two processes write to one file in turns: nobody is turned away, and no number is given twice.
func TestTwoProcesses(t *testing.T) {
	path := newPath(t)
	stores := []*sqlite.Store{open(t, path, sqlite.Options{}), open(t, path, sqlite.Options{})}
	const writers, rounds = 4, 20
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[int64]bool{}
	)
	for w := range writers {
		wg.Go(func() {
			for range rounds {
				err := stores[w%2].InTx(t.Context(), func(tx store.Store) error { return appendNumber(t.Context(), tx, &mu, seen) })
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, s := range stores {
		if head, err := s.Head(t.Context()); err != nil || head.Revision != writers*rounds {
			t.Errorf("head %v, %v", head, err)
		}
	}
	if len(seen) != writers*rounds {
		t.Errorf("%d numbers of %d", len(seen), writers*rounds)
	}
}

func appendNumber(ctx context.Context, tx store.Store, mu *sync.Mutex, seen map[int64]bool) error {
	n, err := tx.NextNumber(ctx, perms.KindUser)
	if err != nil {
		return err
	}
	if _, err := tx.Append(ctx, perms.Entry{At: time.Now(), Actor: perms.System("test").Ref(), Action: perms.UserCreate, Tenant: perms.Anywhere}); err != nil {
		return err
	}
	mu.Lock()
	defer mu.Unlock()
	if seen[n] {
		return fmt.Errorf("number %d a second time", n)
	}
	seen[n] = true
	return nil
}

func TestClosed(t *testing.T) {
	s, err := sqlite.Open(t.Context(), newPath(t), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("reading is %v", err)
	}
	if err := s.InTx(t.Context(), func(store.Store) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("writing is %v", err)
	}
}
