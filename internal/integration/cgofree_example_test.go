package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// What a host without cgo does: SQLite in Go, behind the host's own *sql.DB.
func Example_withoutCgo() {
	dir, err := os.MkdirTemp("", "rolebook")
	check(err)
	defer os.RemoveAll(dir)
	ctx, setup, file := context.Background(), perms.System("setup"), filepath.Join(dir, "app.db")

	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)")
	check(err)
	defer db.Close()
	db.SetMaxOpenConns(1) // of a second *sql.DB, for Options.Read, there may be several
	check(sqlstore.Migrate(ctx, db, sqlstore.SQLite))
	s, err := sqlstore.New(ctx, db, sqlstore.SQLite, sqlstore.Options{})
	check(err)

	book, err := store.Connect(ctx, s, store.Options{Catalog: perms.NewCatalog("assets.view")})
	check(err)
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"})
	check(err)
	check(book.Users.SetOverride(ctx, setup, ann.ID, perms.Grant("assets.view")))
	fmt.Println(book.Perms.Can(ctx, ann.ID, "assets.view", perms.Home))
	// Output: true
}
