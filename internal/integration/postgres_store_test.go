package integration_test

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "github.com/lib/pq"              // the driver "postgres"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/internal/integration/suite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// Two versions of the server, each behind two drivers: the contract and the transcripts on all four, and on each server, behind one driver, what many do at the
// same time, the longest where most hosts are. The rows run side by side: each of them mostly waits for its server.
func TestPostgres(t *testing.T) {
	for _, row := range []struct {
		name   string
		server pg.Server
		driver string
		run    func(*testing.T, suite.Database)
	}{
		{"installed, pgx", pg.Installed, "pgx", with(histories(storetest.Thorough(), 6))},
		{"installed, pq", pg.Installed, "postgres", theContract},
		{"another, pgx", pg.Another, "pgx", watched(theContract)},
		{"another, pq", pg.Another, "postgres", with(storetest.Quick())},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			schemas := newSchemasOf(t, row.server.Database(t), row.driver)
			row.run(t, suite.Database{
				Name: "postgres", Dialect: sqlstore.Postgres,
				Connect: func(t *testing.T, _ storetest.Config) (write, read *sql.DB) {
					db := schemas.next(t)
					return db, db
				},
			})
		})
	}
}

// histories is an effort with so many random histories: here they are round trips for the most part, and the other stores have had more of them.
func histories(effort storetest.Effort, n int) storetest.Effort {
	effort.Histories, effort.Pasts = n, 100
	return effort
}

func theContract(t *testing.T, d suite.Database) { suite.Contract(t, d, "../..") }

func with(effort storetest.Effort) func(*testing.T, suite.Database) {
	return func(t *testing.T, d suite.Database) { suite.Run(t, d, "../..", effort) }
}

// openPostgres returns the store in a database that holds nothing yet.
func openPostgres(t *testing.T, db *sql.DB, c storetest.Config) *sqlstore.Store {
	t.Helper()
	if err := sqlstore.Migrate(t.Context(), db, sqlstore.Postgres); err != nil {
		t.Fatal(err)
	}
	s, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{LockWait: c.LockWait})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// schemas hands out empty schemas of one database: a database for each case takes longer than the case.
type schemas struct {
	dsn    string
	driver string
	admin  *sql.DB
	made   atomic.Int64
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	return newSchemasOf(t, pg.Database(t), "pgx")
}

func newSchemasOf(t *testing.T, dsn, driver string) *schemas {
	t.Helper()
	return &schemas{dsn: dsn, driver: driver, admin: connectBy(t, driver, dsn)}
}

// newDSN returns the name of a new schema.
func (s *schemas) newDSN(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("case_%d", s.made.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), "create schema "+name); err != nil {
		t.Fatal(err)
	}
	return s.dsn + " search_path=" + name
}

// next returns connections to a new schema.
func (s *schemas) next(t *testing.T) *sql.DB {
	t.Helper()
	return connectBy(t, s.driver, s.newDSN(t))
}

func connect(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	return connectBy(t, "pgx", dsn)
}

func connectBy(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return pooled(t, db)
}

// pooled keeps connections as long as the test runs.
func pooled(t *testing.T, db *sql.DB) *sql.DB {
	t.Helper()
	db.SetMaxIdleConns(10)
	t.Cleanup(func() { db.Close() })
	return db
}
