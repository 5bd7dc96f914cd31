package sqlstore

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
)

// Each statement of a migration fails in turn, and the migration with it; afterwards it can go on. So it is with those that only look.
func TestMigrationsThatFail(t *testing.T) {
	newFaulty := func() (*sql.DB, *faulty) {
		f := &faulty{dsn: "file:" + filepath.Join(t.TempDir(), "book.db") + "?_journal_mode=wal&_foreign_keys=on&_synchronous=off", err: errors.New("database or disk is full")}
		f.after.Store(-1)
		db := sql.OpenDB(f)
		t.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(1)
		return db, f
	}
	for name, row := range map[string]struct {
		do       func(db *sql.DB) error
		migrated bool
	}{
		"Migrate": {func(db *sql.DB) error { return Migrate(t.Context(), db, SQLite) }, false},
		"again":   {func(db *sql.DB) error { return Migrate(t.Context(), db, SQLite) }, true},
		"DryRun":  {func(db *sql.DB) error { _, err := DryRun(t.Context(), db, SQLite); return err }, false},
		"Status":  {func(db *sql.DB) error { _, err := Status(t.Context(), db, SQLite); return err }, true},
		"New":     {func(db *sql.DB) error { _, err := New(t.Context(), db, SQLite, Options{}); return err }, true},
	} {
		db, f := newFaulty()
		if row.migrated {
			must(t, Migrate(t.Context(), db, SQLite))
		}
		end := int64(-1) // the rollback at the end of what only looks
		for k := int64(0); ; k++ {
			f.after.Store(k)
			err := row.do(db)
			untouched := f.after.Load() >= 0
			f.after.Store(-1)
			if open := db.Stats().InUse; open != 0 {
				t.Fatalf("%s: statement %d: %d connections in use", name, k, open)
			}
			if untouched {
				if err != nil || end >= 0 && end != k-1 {
					t.Errorf("%s: %v; it did without statement %d of %d", name, err, end, k)
				}
				break
			}
			switch {
			case err == nil:
				end = k
			case !errors.Is(err, store.ErrUnavailable):
				t.Errorf("%s: statement %d: %v", name, k, err)
			}
			if name == "Migrate" && end < 0 {
				db, f = newFaulty()
			}
		}
		if name == "Migrate" || row.migrated {
			if _, err := New(t.Context(), db, SQLite, Options{}); err != nil {
				t.Errorf("after %s: %v", name, err)
			}
		}
	}
}

// There is no database of an unknown dialect.
func TestUnknownDialect(t *testing.T) {
	db, d := newFile(t), Dialect(99)
	_, rehearsed := DryRun(t.Context(), db, d)
	_, asked := Status(t.Context(), db, d)
	_, opened := New(t.Context(), db, d, Options{})
	for name, err := range map[string]error{"Migrate": Migrate(t.Context(), db, d), "DryRun": rehearsed, "Status": asked, "New": opened} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if found := tables(t, db); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

// A comment is no statement, and ends none.
func TestStatementsOfMigration(t *testing.T) {
	m := Migration{text: "-- first;\ncreate a (\n-- in it;\n  b;\n); \n\ninsert c;\nunfinished\n"}
	if got, want := m.statements(), []string{"create a (\n  b;", ");", "insert c;"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A replica may be as far behind as its host says, by default a second; and what was asked before something else makes that no older.
func TestReplicaClock(t *testing.T) {
	for lag, want := range map[time.Duration]time.Duration{0: replicaLag, -1: replicaLag, time.Minute: time.Minute} {
		if got := newReplica(Options{Replica: &sql.DB{}, ReplicaLag: lag}).lag; got != want {
			t.Errorf("%v becomes %v", lag, got)
		}
	}
	now := time.Now()
	r := newReplica(Options{Replica: &sql.DB{}, ReplicaLag: time.Hour})
	r.hears(mark{Revision: 7}, now)
	r.hears(mark{Revision: 6}, now.Add(-2*time.Hour))
	if least, ask, _ := r.wanted(); ask || least.Revision != 7 {
		t.Errorf("asked again: %t, for revision %d", ask, least.Revision)
	}
}
