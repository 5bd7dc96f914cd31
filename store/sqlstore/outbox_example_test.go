package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// The journal is the host's outbox. Stored in one transaction with what follows from an entry, the position makes that happen exactly once, however often
// the process ends in between.
func Example_outbox() {
	ctx := context.Background()
	db, err := openHost()
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	book, err := openBook(ctx, db)
	if err != nil {
		log.Fatal(err)
	}
	for _, table := range []string{
		"create table welcomed (user_id text not null)",
		"create table position (revision integer not null)",
		"insert into position (revision) values (0)",
	} {
		if _, err := db.ExecContext(ctx, table); err != nil {
			log.Fatal(err)
		}
	}
	for _, name := range []string{"Ann", "Bob"} {
		if _, err := book.Users.Create(ctx, perms.System("setup"), users.New{Email: name + "@example.com", Name: name}); err != nil {
			log.Fatal(err)
		}
	}
	for range 2 { // the process starts, and starts again
		if err := welcome(ctx, db, book, 2); err != nil {
			log.Fatal(err)
		}
	}
	var welcomed, position int
	if err := db.QueryRowContext(ctx, "select (select count(*) from welcomed), revision from position").Scan(&welcomed, &position); err != nil {
		log.Fatal(err)
	}
	fmt.Println(welcomed, "welcomed up to revision", position)
	// Output: 2 welcomed up to revision 2
}

// welcome handles the entries that it has not handled before, up to a revision; a real host goes on until its context ends.
func welcome(ctx context.Context, db *sql.DB, book *store.Book, until perms.Revision) error {
	var handled perms.Revision
	if err := db.QueryRowContext(ctx, "select revision from position").Scan(&handled); err != nil || handled == until {
		return err
	}
	for entry, err := range book.Journal.Follow(ctx, perms.System("welcome"), handled, perms.FollowOptions{}) {
		if err != nil {
			return err
		}
		if err := handle(ctx, db, entry); err != nil || entry.Revision == until {
			return err
		}
	}
	return nil
}

// handle writes what follows from an entry, and that it was handled, in one transaction.
func handle(ctx context.Context, db *sql.DB, entry perms.Entry) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if entry.Action == perms.UserCreate {
		if _, err := tx.ExecContext(ctx, "insert into welcomed (user_id) values (?)", entry.Target.ID.String()); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "update position set revision = ?", int64(entry.Revision)); err != nil {
		return err
	}
	return tx.Commit()
}

// openBook migrates the host's database and connects to it.
func openBook(ctx context.Context, db *sql.DB) (*store.Book, error) {
	if err := sqlstore.Migrate(ctx, db, sqlstore.SQLite); err != nil {
		return nil, err
	}
	st, err := sqlstore.New(ctx, db, sqlstore.SQLite, sqlstore.Options{})
	if err != nil {
		return nil, err
	}
	return store.Connect(ctx, st, store.Options{})
}
