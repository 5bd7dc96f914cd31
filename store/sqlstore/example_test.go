package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host's own rows and rolebook's change in one transaction.
func ExampleStore_Join() {
	ctx := context.Background()
	db, err := openHost()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite); err != nil {
		log.Fatal(err)
	}
	st, err := sqlstore.New(ctx, db, sqlstore.SQLite, sqlstore.Options{})
	if err != nil {
		log.Fatal(err)
	}
	book, err := store.Connect(ctx, st, store.Options{})
	if err != nil {
		log.Fatal(err)
	}

	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `insert into orders (item) values ('tent')`); err != nil {
		log.Fatal(err)
	}
	joined := st.Join(tx)
	ann, err := book.On(joined).Users.Create(ctx, perms.System("shop"), users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		log.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		log.Fatal(err)
	}
	if err := joined.Committed(ctx); err != nil {
		log.Fatal(err)
	}

	found, err := st.User(ctx, ann.ID)
	fmt.Println(found.Email, err)
	// Output: ann@example.com <nil>
}

// openHost opens the host's database. Its transactions begin immediate, and it has one connection.
func openHost() (*sql.DB, error) {
	dir, err := os.MkdirTemp("", "host")
	if err != nil {
		return nil, err
	}
	dsn := "file:" + filepath.Join(dir, "host.db") + "?_txlock=immediate&_journal_mode=wal&_foreign_keys=on"
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`create table orders (item text not null)`)
	return db, err
}
