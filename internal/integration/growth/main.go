// Command growth fills a database with what years of use would have left in it: tenants of very different sizes, users with roles, windows, overrides, groups
// and shared objects, invites, links, and a journal that tells how all of it came about.
//
//	go run ./growth -sqlite big.db -users 1000000 -entries 10000000
//	go run ./growth -postgres "host=/tmp dbname=big" -users 100000
//
// The rows go straight into the tables, many at a time, with the indexes made afterwards; the services write one change at a time, in a transaction each.
// What the tables hold is what the services would have left there: a test folds the journal and compares, and writes the same people by the store's own
// statements. The same seed gives the same data, on either database.
//
// The rule people get wrong: it fills a database that holds nothing yet, without a journal of its own, and a crash in between leaves rubbish.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "github.com/mattn/go-sqlite3"    // the driver "sqlite3"
)

func main() {
	log.SetFlags(0)
	file := flag.String("sqlite", "", "the `file` of a new SQLite database")
	dsn := flag.String("postgres", "", "the `DSN` of an empty PostgreSQL database")
	var s Spec
	flag.IntVar(&s.Users, "users", 10_000, "how many users")
	flag.IntVar(&s.Entries, "entries", 0, "how many journal entries; 0 for ten of each user")
	flag.Uint64Var(&s.Seed, "seed", 1, "what the data are drawn from")
	flag.Parse()
	start := time.Now()
	if err := run(context.Background(), *file, *dsn, s); err != nil {
		log.Fatal("growth: ", err)
	}
	s = s.complete()
	fmt.Printf("%d users and %d journal entries in %s\n", s.Users, s.Entries, time.Since(start).Round(time.Millisecond))
}

func run(ctx context.Context, file, dsn string, s Spec) error {
	var target target
	var name string
	switch {
	case file != "" && dsn == "":
		target, name = sqliteFile{}, sqliteDSN(file)
	case dsn != "" && file == "":
		target, name = postgresServer{}, dsn
	default:
		return fmt.Errorf("one of -sqlite and -postgres is needed")
	}
	db, err := sql.Open(target.driver(), name)
	if err != nil {
		return err
	}
	defer db.Close()
	return Fill(ctx, db, target, s)
}
