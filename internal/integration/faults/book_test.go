package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// view is the permission that comes and goes.
const view perms.Permission = "assets.view"

var system = perms.System("faults")

// full returns few, or many where everything is wanted.
func full[T any](few, many T) T {
	if os.Getenv("ROLEBOOK_FAULTS") == "full" {
		return many
	}
	return few
}

// bookOptions are those of every book here; hashes are cheap.
func bookOptions() (store.Options, error) {
	h, err := password.New(password.Options{Params: password.Insecure(), Queue: 1 << 10, Wait: time.Minute})
	return store.Options{Hasher: h, Catalog: perms.NewCatalog(view)}, err
}

// connectBook returns a book over a store.
func connectBook(t *testing.T, s store.Store, maxStaleness time.Duration) *store.Book {
	t.Helper()
	o, err := bookOptions()
	must(t, err)
	o.MaxStaleness = maxStaleness
	b, err := store.Connect(t.Context(), s, o)
	must(t, err)
	return b
}

// open connects to a database of PostgreSQL.
func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	must(t, err)
	db.SetMaxIdleConns(10)
	t.Cleanup(func() { db.Close() })
	return db
}

// migrate migrates a database of PostgreSQL and returns a store in it.
func migrate(t *testing.T, db *sql.DB, o sqlstore.Options) *sqlstore.Store {
	t.Helper()
	must(t, sqlstore.Migrate(t.Context(), db, sqlstore.Postgres))
	s, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, o)
	must(t, err)
	return s
}

// person creates an active user without roles.
func person(t *testing.T, b *store.Book, name string) uuid.UUID {
	t.Helper()
	u, err := b.Users.Create(t.Context(), system, users.New{Email: name + "@example.com", Name: name})
	must(t, err)
	return u.ID
}

// seed gives a book the role of its administrators.
func seed(t *testing.T, b *store.Book) {
	t.Helper()
	must(t, b.Seed(t.Context(), system, roles.Preset{Roles: []roles.PresetRole{{Key: "root", Name: "Root", Patterns: []perms.Pattern{perms.AllPattern}}}}))
}

// set grants or revokes a user's permission, and returns the revision after it.
func set(ctx context.Context, b *store.Book, s store.Store, user uuid.UUID, granted bool) (perms.Revision, error) {
	o := perms.Revoke(view)
	if granted {
		o = perms.Grant(view)
	}
	if err := b.Users.SetOverride(ctx, system, user, o); err != nil {
		return 0, err
	}
	head, err := s.Head(ctx)
	return head.Revision, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until does something until it works. Meanwhile, it may fail because nobody can be reached.
func until(t *testing.T, longest time.Duration, do func() error) {
	t.Helper()
	for deadline := time.Now().Add(longest); ; time.Sleep(5 * time.Millisecond) {
		err := do()
		if err == nil {
			return
		}
		if !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrBusy) && !errors.Is(err, perms.ErrBehind) {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %v: %v", longest, err)
		}
	}
}

// schemas hands out empty schemas of a database.
type schemas struct {
	dsn  string
	made int
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	return &schemas{dsn: pg.Database(t)}
}

// next returns the DSN of a new schema.
func (s *schemas) next(t *testing.T) string {
	t.Helper()
	s.made++
	name := fmt.Sprintf("case_%d", s.made)
	db := open(t, s.dsn)
	_, err := db.ExecContext(t.Context(), "create schema "+name)
	must(t, err)
	return s.dsn + " search_path=" + name
}
