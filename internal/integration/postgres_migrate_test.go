package integration_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/pressly/goose/v3"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestPostgresMigrate(t *testing.T) {
	db := newSchemas(t).next(t)
	if _, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{}); !errors.Is(err, store.ErrSchemaTooOld) {
		t.Errorf("an empty database is %v", err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := sqlstore.Migrate(t.Context(), db, sqlstore.Postgres); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	status, err := sqlstore.Status(t.Context(), db, sqlstore.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range status {
		if !m.Applied || m.AppliedAt.IsZero() {
			t.Errorf("status %+v", m)
		}
	}
	for _, row := range []struct {
		statement string
		want      error
	}{
		{`update rolebook_schema set checksum = 'another'`, sqlstore.ErrMigrationChanged},
		{`insert into rolebook_schema (version) values (99)`, store.ErrSchemaTooNew},
	} {
		if _, err := db.ExecContext(t.Context(), row.statement); err != nil {
			t.Fatal(err)
		}
		if row.want == store.ErrSchemaTooNew {
			if _, err := db.ExecContext(t.Context(), `update rolebook_schema set checksum = null`); err != nil {
				t.Fatal(err)
			}
		}
		if err := sqlstore.Migrate(t.Context(), db, sqlstore.Postgres); !errors.Is(err, row.want) {
			t.Errorf("after %s: %v", row.statement, err)
		}
		if _, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{}); !errors.Is(err, row.want) {
			t.Errorf("New after %s: %v", row.statement, err)
		}
	}
}

// goose runs the files of both dialects as they are, and Migrate has nothing left to do.
func TestGoose(t *testing.T) {
	file, err := sql.Open("sqlite3", "file:"+filepath.Join(t.TempDir(), "book.db")+"?_journal_mode=wal&_foreign_keys=on")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	for _, row := range []struct {
		db    *sql.DB
		ours  sqlstore.Dialect
		goose goose.Dialect
	}{
		{file, sqlstore.SQLite, goose.DialectSQLite3},
		{newSchemas(t).next(t), sqlstore.Postgres, goose.DialectPostgres},
	} {
		t.Run(row.ours.String(), func(t *testing.T) {
			provider, err := goose.NewProvider(row.goose, row.db, sqlstore.Migrations(row.ours))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.Up(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := sqlstore.Migrate(t.Context(), row.db, row.ours); err != nil {
				t.Fatal(err)
			}
			s, err := sqlstore.New(t.Context(), row.db, row.ours, sqlstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := storetest.Dump(t.Context(), s); err != nil {
				t.Error(err)
			}
			if home, err := s.TenantByNumber(t.Context(), users.DefaultTenant); err != nil || home.Slug != "default" {
				t.Errorf("default tenant %+v, %v", home, err)
			}
		})
	}
}
