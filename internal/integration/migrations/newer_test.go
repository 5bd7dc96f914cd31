package migrations

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// A database that a later version of the library has migrated, by goose, is refused by everything.
func TestNewerSchema(t *testing.T) {
	for _, p := range places(t) {
		t.Run(p.dialect.String(), func(t *testing.T) {
			dialect := map[sqlstore.Dialect]goose.Dialect{sqlstore.SQLite: goose.DialectSQLite3, sqlstore.Postgres: goose.DialectPostgres}[p.dialect]
			db, ctx := p.open(t, p.dsn(t)), t.Context()
			provider, err := goose.NewProvider(dialect, db, tomorrow(t, p.dialect))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.Up(ctx); err != nil {
				t.Fatal(err)
			}
			before := p.everything(t, db)
			_, errNew := sqlstore.New(ctx, db, p.dialect, sqlstore.Options{})
			_, errStatus := sqlstore.Status(ctx, db, p.dialect)
			_, errDryRun := sqlstore.DryRun(ctx, db, p.dialect)
			for what, err := range map[string]error{"New": errNew, "Status": errStatus, "DryRun": errDryRun, "Migrate": sqlstore.Migrate(ctx, db, p.dialect)} {
				if !errors.Is(err, store.ErrSchemaTooNew) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if after := p.everything(t, db); fmt.Sprint(after) != fmt.Sprint(before) {
				t.Error("what refuses it has changed it")
			}
		})
	}
}

// tomorrow returns the migrations of a later version.
func tomorrow(t *testing.T, d sqlstore.Dialect) fs.FS {
	t.Helper()
	folder, count := fstest.MapFS{}, 0
	names, err := fs.Glob(sqlstore.Migrations(d), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(sqlstore.Migrations(d), name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: text}
		count++
	}
	text := fmt.Sprintf("-- +goose Up\ncreate table rolebook_tomorrow (id integer);\ninsert into rolebook_schema (version) values (%d);\n", count+1)
	folder[fmt.Sprintf("%04d_tomorrow.sql", count+1)] = &fstest.MapFile{Data: []byte(text)}
	return folder
}
