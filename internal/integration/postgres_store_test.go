package integration_test

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestPostgresStore(t *testing.T) {
	schemas := newSchemas(t)
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T, c storetest.Config) store.Store { return openPostgres(t, schemas.next(t), c) },
	})
}

func TestPostgresStoreJoined(t *testing.T) {
	schemas := newSchemas(t)
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T, c storetest.Config) store.Store {
			db := schemas.next(t)
			outer := openPostgres(t, db, c)
			tx, err := db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { tx.Rollback() })
			return outer.Join(tx)
		},
		Joined: true,
	})
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
	dsn   string
	admin *sql.DB
	made  atomic.Int64
}

func newSchemas(t *testing.T) *schemas {
	t.Helper()
	dsn := pg.Database(t)
	return &schemas{dsn: dsn, admin: connect(t, dsn)}
}

// next returns connections to a new schema.
func (s *schemas) next(t *testing.T) *sql.DB {
	t.Helper()
	name := fmt.Sprintf("case_%d", s.made.Add(1))
	if _, err := s.admin.ExecContext(t.Context(), "create schema "+name); err != nil {
		t.Fatal(err)
	}
	return connect(t, s.dsn+" search_path="+name)
}

func connect(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxIdleConns(10)
	t.Cleanup(func() { db.Close() })
	return db
}
