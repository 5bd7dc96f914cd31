package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

func openFile(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=wal&_foreign_keys=on&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func newFile(t *testing.T) *sql.DB {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "book.db"))
}

func tables(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `select name from sqlite_master where type = 'table' order by name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestMigrateTwice(t *testing.T) {
	db := newFile(t)
	for range 2 {
		if err := Migrate(t.Context(), db, SQLite); err != nil {
			t.Fatal(err)
		}
	}
	status, err := Status(t.Context(), db, SQLite)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range status {
		if !m.Applied || time.Since(m.AppliedAt) > time.Hour {
			t.Errorf("migration %d %s: applied %t at %v", m.Version, m.Name, m.Applied, m.AppliedAt)
		}
	}
	for _, name := range tables(t, db) {
		if !strings.HasPrefix(name, "rolebook_") {
			t.Errorf("table %s is not prefixed", name)
		}
	}
}

func TestStatusOfNewDatabase(t *testing.T) {
	db := newFile(t)
	status, err := Status(t.Context(), db, SQLite)
	if err != nil {
		t.Fatal(err)
	}
	if len(status) == 0 || status[0].Version != 1 || status[0].Applied || !status[0].AppliedAt.IsZero() {
		t.Errorf("status %+v", status)
	}
	if found := tables(t, db); len(found) > 0 {
		t.Errorf("to ask made %q", found)
	}
}

// A rehearsal finds out everything and changes nothing.
func TestDryRun(t *testing.T) {
	db := newFile(t)
	missing, err := DryRun(t.Context(), db, SQLite)
	if err != nil {
		t.Fatal(err)
	}
	known, err := readMigrations(Migrations(SQLite))
	if err != nil || len(missing) != len(known) || !strings.Contains(missing[0].SQL(), "create table rolebook_schema") {
		t.Errorf("of %d migrations %d are missing: %+v, %v", len(known), len(missing), missing, err)
	}
	if found := tables(t, db); len(found) > 0 {
		t.Errorf("the rehearsal made %q", found)
	}
	if err := migrateBy(t, db, first(t, 1)); err != nil {
		t.Fatal(err)
	}
	before := tables(t, db)
	if missing, err = DryRun(t.Context(), db, SQLite); err != nil || len(missing) != len(known)-1 || missing[0].Version != 2 {
		t.Errorf("after the first one, missing are %+v, %v", missing, err)
	}
	execute(t, db, `create table rolebook_archived (id integer)`)
	if _, err := DryRun(t.Context(), db, SQLite); err == nil || !strings.Contains(err.Error(), known[1].Name) {
		t.Errorf("with a table in the way: %v; want the name of the file", err)
	}
	execute(t, db, `drop table rolebook_archived`)
	if after := tables(t, db); !slices.Equal(after, before) {
		t.Errorf("the rehearsal made %q of %q", after, before)
	}
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	if missing, err = DryRun(t.Context(), db, SQLite); err != nil || len(missing) > 0 {
		t.Errorf("of a schema that is whole, missing are %+v, %v", missing, err)
	}
	execute(t, db, `insert into rolebook_schema (version) values (99)`)
	if _, err := DryRun(t.Context(), db, SQLite); !errors.Is(err, store.ErrSchemaTooNew) {
		t.Errorf("of a newer schema: %v", err)
	}
}

func TestMigrateConcurrently(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		db := openFile(t, path) // as another process would
		if err := db.PingContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() { errs[i] = Migrate(t.Context(), db, SQLite) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestNewRefusesOtherSchemas(t *testing.T) {
	db := newFile(t)
	if _, err := New(t.Context(), db, SQLite, Options{}); !errors.Is(err, store.ErrSchemaTooOld) {
		t.Errorf("an empty database is %v", err)
	}
	if found := tables(t, db); len(found) > 0 {
		t.Errorf("New made %q", found)
	}
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), db, SQLite, Options{}); err != nil {
		t.Error(err)
	}
	execute(t, db, `insert into rolebook_schema (version) values (99)`)
	if _, err := New(t.Context(), db, SQLite, Options{}); !errors.Is(err, store.ErrSchemaTooNew) {
		t.Errorf("a newer schema is %v", err)
	}
	if err := Migrate(t.Context(), db, SQLite); !errors.Is(err, store.ErrSchemaTooNew) {
		t.Errorf("to migrate a newer schema is %v", err)
	}
}

func TestMigrateRefusesChangedFile(t *testing.T) {
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	execute(t, db, `update rolebook_schema set checksum = 'another'`)
	if err := Migrate(t.Context(), db, SQLite); !errors.Is(err, ErrMigrationChanged) {
		t.Errorf("error is %v", err)
	}
	if _, err := New(t.Context(), db, SQLite, Options{}); !errors.Is(err, ErrMigrationChanged) {
		t.Errorf("error of New is %v", err)
	}
	execute(t, db, `update rolebook_schema set checksum = null`) // as goose leaves it
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Error(err)
	}
}

// A process that ends in the middle of a migration has not begun it; the ones before it are there.
func TestMigrateResumes(t *testing.T) {
	db := newFile(t)
	broken := first(t, known(t))
	version := len(broken) + 1
	name := fmt.Sprintf("%04d_more.sql", version)
	const text = "-- +goose Up\ncreate table rolebook_more (\n  id integer\n);\n%sinsert into rolebook_schema (version) values (%d);\n"
	broken[name] = &fstest.MapFile{Data: fmt.Appendf(nil, text, "insert into nowhere values (1);\n", version)}
	if err := migrateBy(t, db, broken); err == nil || !strings.Contains(err.Error(), name) {
		t.Fatalf("error is %v", err)
	}
	if slices.Contains(tables(t, db), "rolebook_more") {
		t.Error("half a migration is there")
	}
	if _, err := New(t.Context(), db, SQLite, Options{}); err != nil {
		t.Errorf("the migrations before it are not there: %v", err)
	}
	broken[name].Data = fmt.Appendf(nil, text, "", version)
	if err := migrateBy(t, db, broken); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(tables(t, db), "rolebook_more") {
		t.Error("the migration is not there")
	}
}

// known returns how many migrations there are.
func known(t *testing.T) int {
	t.Helper()
	all, err := readMigrations(Migrations(SQLite))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// first returns the first n migrations of SQLite.
func first(t *testing.T, n int) fstest.MapFS {
	t.Helper()
	known, err := readMigrations(Migrations(SQLite))
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, m := range known[:n] {
		folder[m.Name] = &fstest.MapFile{Data: []byte(m.text)}
	}
	return folder
}

// A journal that is older than the index of whom its entries are about is in it afterwards.
func TestMigrateIndexesOldEntries(t *testing.T) {
	db := newFile(t)
	if err := migrateBy(t, db, first(t, 1)); err != nil {
		t.Fatal(err)
	}
	const (
		ann   = "00000000-0000-7000-8000-000000000001"
		bob   = "00000000-0000-7000-8000-000000000002"
		group = "00000000-0000-7000-8000-000000000003"
	)
	entry := func(revision int, action, kind, id, person, after string) {
		execute(t, db, fmt.Sprintf(`insert into rolebook_journal (revision, actor_kind, actor_label, action, target_kind, target_id, scope, new_members, person, reason, request_id)
			values (%d, 'system', '', '%s', '%s', %s, 'any', '%s', %s, '', '')`, revision, action, kind, id, after, person))
	}
	entry(1, "catalogue.update", "catalogue", "null", "null", `{"keys":[]}`)
	entry(2, "user.create", "user", "'"+ann+"'", "'"+ann+"'", `{}`)
	entry(3, "group.create", "group", "'"+group+"'", "null", `{}`)
	entry(4, "group.members", "group", "'"+group+"'", "null", `{"added":["`+ann+`","`+bob+`"],"removed":[]}`)
	entry(5, "group.members", "group", "'"+group+"'", "null", `{"added":[],"removed":["`+bob+`"]}`)
	entry(6, "user.purge", "user", "'"+bob+"'", "null", `{}`)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), db, SQLite, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string][]perms.Revision{ann: {2, 4}, bob: {4, 5, 6}, group: {3}, uuid.Nil.String(): {1}} {
		found, err := s.Journal(t.Context(), perms.JournalFilter{About: []uuid.UUID{uuid.MustParse(id)}, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []perms.Revision
		for _, e := range found {
			got = append(got, e.Revision)
		}
		if !slices.Equal(got, want) {
			t.Errorf("about %s are %v, want %v", id, got, want)
		}
	}
}

func migrateBy(t *testing.T, db *sql.DB, folder fs.FS) error {
	t.Helper()
	m, err := newMigrator(db, SQLite)
	if err != nil {
		t.Fatal(err)
	}
	if m.known, err = readMigrations(folder); err != nil {
		t.Fatal(err)
	}
	return m.run(t.Context())
}

func TestMigrateEndsWithItsContext(t *testing.T) {
	db := newFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Migrate(ctx, db, SQLite); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestReadMigrationsRefusesGaps(t *testing.T) {
	for _, names := range [][]string{{"0002_b.sql"}, {"0001_a.sql", "0003_c.sql"}, {"0001_a.sql", "0001_b.sql"}, {"a.sql"}} {
		folder := fstest.MapFS{}
		for _, name := range names {
			folder[name] = &fstest.MapFile{}
		}
		if _, err := readMigrations(folder); err == nil {
			t.Errorf("%q are migrations", names)
		}
	}
}

func TestChecksumIgnoresLineEnds(t *testing.T) {
	unix, windows, other := Migration{text: "a;\nb;\n"}, Migration{text: "a;\r\nb;\r\n"}, Migration{text: "a;\nc;\n"}
	if unix.checksum() != windows.checksum() || unix.checksum() == other.checksum() {
		t.Error("the checksum is not that of the text")
	}
}

// Both dialects have the same tables, columns and indexes, in the same order.
func TestDialectsHaveOneSchema(t *testing.T) {
	sqlite, err := readMigrations(Migrations(SQLite))
	if err != nil {
		t.Fatal(err)
	}
	postgres, err := readMigrations(Migrations(Postgres))
	if err != nil {
		t.Fatal(err)
	}
	if len(sqlite) != len(postgres) {
		t.Fatalf("%d and %d migrations", len(sqlite), len(postgres))
	}
	for i := range sqlite {
		a, b := shape(sqlite[i]), shape(postgres[i])
		if sqlite[i].Name != postgres[i].Name || !slices.Equal(a, b) {
			t.Errorf("%s and %s differ:\n%q\n%q", sqlite[i].Name, postgres[i].Name, a, b)
		}
	}
}

// column is a line of a table: a name and a type.
var column = regexp.MustCompile(`(?m)^  (\w+) +(integer|bigint|boolean|text|blob|bytea)\b`)

// shape returns the first lines of a migration's statements, and the names of columns.
func shape(m Migration) []string {
	var out []string
	for _, s := range m.statements() {
		first, _, _ := strings.Cut(s, "\n")
		out = append(out, first)
		for _, c := range column.FindAllStringSubmatch(s, -1) {
			out = append(out, c[1])
		}
	}
	return out
}

func execute(t *testing.T, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
