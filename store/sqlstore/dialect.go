package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Dialect says which database speaks. The zero Dialect is none.
type Dialect uint8

// The dialects.
const (
	SQLite   Dialect = iota + 1 // 3.37 or later
	Postgres                    // 13 or later
)

// String returns the name of the dialect, which is that of its folder of migrations.
func (d Dialect) String() string {
	switch d {
	case SQLite:
		return "sqlite"
	case Postgres:
		return "postgres"
	}
	return "no dialect"
}

func (d Dialect) spoken() (dialect, error) {
	switch d {
	case SQLite:
		return newSQLite(), nil
	case Postgres:
		return newPostgres(), nil
	}
	return nil, errors.New("sqlstore: no dialect was chosen")
}

// dialect is where databases differ. Statements are the same for all but for some words in braces:
//
//	{in ids}, {in numbers}   is one of the values of a JSON array, bound here: for an index to find, for otherwise the array is made anew for each row
//	{out of ids}             is {in ids} for ids that may be a thousand: they are joined, and not compared one after the other
//	{among ids}              is {in ids} for a condition that many rows may be asked: the array is made once
//	{each} c {among ids}     is that for a column of which no index looks for each of the values
//	{one by one}             ends the question of an "exists": it is asked of each row that has come so far, and not first of the whole table that it looks in
//	{find}                   the function that finds a text in another one, 0 for nowhere
//	{lock}                   locks the rows, where locks are of rows
//	{free}                   locks them too, and leaves out those that others have locked
//	{arm} … {in order of t}  is a part of a union that is in the order of t.user_number, and need not be read further than the page goes
//	{arm} … {in order of few} is one that is read to its end: a few rows of a table a, in no order that an index has
type dialect interface {
	// translate returns a statement with the dialect's words and placeholders.
	translate(text string) string
	// brief returns the context for a statement that does little.
	brief(ctx context.Context) context.Context
	// last returns the context for what ends a transaction, whether or not ctx has ended.
	last(ctx context.Context) (context.Context, context.CancelFunc)
	// oneWriter reports whether one transaction alone can write, whatever it writes.
	oneWriter() bool
	// beginView returns the statement that begins a read-only transaction on one snapshot.
	beginView() string
	// begin opens a writing transaction, which waits for locks until wait ends.
	begin(ctx, wait context.Context, u *unit, l lock) error
	// lockHead locks the head row in a transaction of the host's, and returns it.
	lockHead(ctx context.Context, u *unit, wait time.Duration) (headRow, error)
	// beginMigration opens a transaction beside which nobody migrates.
	beginMigration(ctx, wait context.Context, u *unit) error
	// migrated returns the query that says whether the schema's own table is there.
	migrated() string
	// refused reports whether an error of a commit says that it has not happened.
	refused(err error) bool
	// dead reports whether an error says that a connection leads nowhere.
	dead(err error) bool
	// trouble returns what kind of trouble an error of the driver is.
	trouble(err error) trouble
}

// text returns a statement as the dialect has it.
func (db *database) text(written string) string {
	if known, ok := db.texts.Load(written); ok {
		return known.(string)
	}
	translated := db.dialect.translate(written)
	db.texts.Store(written, translated)
	return translated
}

// errUnknown is the error for a reference to something that is not there.
func errUnknown(what string) error { return fmt.Errorf("sqlstore: there is no such %s", what) }

// errExists is the error for something that is there already and is not for the contract to name.
func errExists(what string) error {
	return fmt.Errorf("sqlstore: the id, number or token of a %s is there already", what)
}
