package migrations

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// place makes empty databases of a kind.
type place struct {
	dialect sqlstore.Dialect
	driver  string
	dsn     func(t *testing.T) string // of a new one
	// schema is a query for all there is, a line for each column and index.
	schema string
}

func (p place) open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(p.driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// places returns SQLite and PostgreSQL.
func places(t *testing.T) []place {
	t.Helper()
	database, schemas := pg.Database(t), 0
	postgres := place{dialect: sqlstore.Postgres, driver: "pgx", schema: `
		select 'column ' || table_name || '.' || column_name || ' ' || data_type
		from information_schema.columns
		where table_schema = current_schema()
		union all
		select replace(indexdef, schemaname || '.', '')
		from pg_indexes
		where schemaname = current_schema()
		order by 1`}
	admin := postgres.open(t, database)
	postgres.dsn = func(t *testing.T) string {
		t.Helper()
		schemas++
		name := fmt.Sprintf("case_%d", schemas)
		if _, err := admin.ExecContext(t.Context(), "create schema "+name); err != nil {
			t.Fatal(err)
		}
		return database + " search_path=" + name
	}
	return []place{
		{dialect: sqlstore.SQLite, driver: "sqlite3", schema: `select sql from sqlite_master where sql is not null order by name`, dsn: func(t *testing.T) string {
			return "file:" + filepath.Join(t.TempDir(), "book.db") + "?_journal_mode=wal&_foreign_keys=on&_txlock=immediate&_busy_timeout=5000"
		}},
		postgres,
	}
}

// everything returns what a database consists of.
func (p place) everything(t *testing.T, db *sql.DB) []string {
	t.Helper()
	all := texts(t, db, p.schema)
	if len(all) == 0 {
		t.Fatal("nothing is there")
	}
	return all
}

// whole migrates a database to its end and checks that nothing shows of how it came there.
func (p place) whole(t *testing.T, db *sql.DB, want []string) []string {
	t.Helper()
	if err := sqlstore.Migrate(t.Context(), db, p.dialect); err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.New(t.Context(), db, p.dialect, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.TenantByNumber(t.Context(), 1); err != nil {
		t.Error(err)
	}
	status, err := sqlstore.Status(t.Context(), db, p.dialect)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range status {
		if !m.Applied || m.AppliedAt.IsZero() {
			t.Errorf("migration %d %s: applied %t at %v", m.Version, m.Name, m.Applied, m.AppliedAt)
		}
	}
	got := p.everything(t, db)
	if want != nil && !slices.Equal(got, want) {
		t.Errorf("the schema is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	return got
}

// Before each statement of a migration, its process is killed. Whole files are there afterwards and nothing else, and another process goes on from there.
func TestKilledBeforeEachStatement(t *testing.T) {
	for _, p := range places(t) {
		t.Run(p.dialect.String(), func(t *testing.T) {
			want := p.whole(t, p.open(t, p.dsn(t)), nil)
			step := int64(1)
			if testing.Short() {
				step = 11
			}
			resumed := map[int]bool{} // by how many migrations were there
			for statement := int64(1); p.survives(t, statement, want, resumed); statement += step {
				if statement > 1000 {
					t.Fatal("it is killed for ever")
				}
			}
			known := len(resumed)
			if status, err := sqlstore.Status(t.Context(), p.open(t, p.dsn(t)), p.dialect); err != nil || !testing.Short() && known != len(status)+1 {
				t.Errorf("resumed from %v of %d migrations, %v; want each", resumed, len(status), err)
			}
		})
	}
}

// survives kills a process before a statement, if it comes so far, and goes on from there.
func (p place) survives(t *testing.T, statement int64, want []string, resumed map[int]bool) bool {
	t.Helper()
	dsn := p.dsn(t)
	killed := run(t, order{p.dialect, dsn, statement})[0]
	db := p.open(t, dsn)
	defer db.Close()
	status, err := sqlstore.Status(t.Context(), db, p.dialect)
	if err != nil {
		t.Fatal(err)
	}
	there := slices.IndexFunc(status, func(m sqlstore.Migration) bool { return !m.Applied })
	if there < 0 {
		there = len(status)
	}
	missing, err := sqlstore.DryRun(t.Context(), db, p.dialect) // half a file would be in its way
	if err != nil || len(missing) != len(status)-there || !killed && there < len(status) {
		t.Errorf("killed (%t) before statement %d: %d migrations are there, missing %d, %v", killed, statement, there, len(missing), err)
	}
	resumed[there] = true
	p.whole(t, db, want)
	return killed
}

// Four processes migrate one database at once, and two of them are killed on the way: the others see to it.
func TestProcessesAtOnce(t *testing.T) {
	for _, p := range places(t) {
		t.Run(p.dialect.String(), func(t *testing.T) {
			want := p.whole(t, p.open(t, p.dsn(t)), nil)
			for round := range int64(4) {
				dsn := p.dsn(t)
				run(t, order{p.dialect, dsn, 2 + round}, order{p.dialect, dsn, 0}, order{p.dialect, dsn, 30 + 10*round}, order{p.dialect, dsn, 0})
				p.whole(t, p.open(t, dsn), want)
			}
		})
	}
}
