package faults

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// open connects a process to what was migrated before.
func (c connection) open(ctx context.Context) (*party, error) {
	p := &party{}
	if c.File != "" {
		s, err := sqlite.Open(ctx, c.File, sqlite.Options{LockWait: c.Wait})
		if err != nil {
			return nil, err
		}
		p.store = s
	} else {
		db, err := sql.Open("pgx", c.DSN)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(16)
		db.SetMaxIdleConns(16)
		p.naive = func(ctx context.Context, look, name string) error { return takeNaively(ctx, db, look, name) }
		if p.store, err = sqlstore.New(ctx, db, sqlstore.Postgres, sqlstore.Options{LockWait: c.Wait}); err != nil {
			return nil, err
		}
	}
	o, err := bookOptions()
	if err != nil {
		return nil, err
	}
	o.MaxStaleness = c.Stale
	if c.Ahead != 0 {
		o.Clock = func() time.Time { return time.Now().Add(c.Ahead) }
	}
	p.book, err = store.Connect(ctx, p.store, o)
	return p, err
}

// Queries of those who look first and then write: whether something can be taken, and whether anything else would be left.
const (
	looksAtIt     = "select count(*) from naive where name = $1 and not taken"
	looksAtOthers = "select count(*) from naive where name <> $1 and not taken"
)

// takeNaively takes something as one does who looks first, thinks about it, and then writes.
func takeNaively(ctx context.Context, db *sql.DB, look, name string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var left int
	if err := tx.QueryRowContext(ctx, look, name).Scan(&left); err != nil {
		return err
	}
	if left == 0 {
		return invites.ErrUsed
	}
	time.Sleep(5 * time.Millisecond)
	if _, err := tx.ExecContext(ctx, "update naive set taken = true where name = $1", name); err != nil {
		return err
	}
	return tx.Commit()
}

// write makes one change after the other, for as long as the process lives, and says on standard error what it tries, and what it did. Who boasts says
// that too early.
func (p *party) write(ctx context.Context, o order, writer int) error {
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s-%d-%d", o.Name, writer, n)
		fmt.Fprintln(os.Stderr, "try", name)
		if o.Do == "boast" {
			fmt.Fprintln(os.Stderr, "did", name)
		}
		given := perms.Grant(view)
		given.Reason = name
		var err error
		if n%2 == 0 {
			err = appendOne(ctx, p.store, name)
		} else {
			err = p.book.Users.SetOverride(ctx, system.Because(name), o.User, given)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintln(os.Stderr, "did", name)
	}
}

// count writes again and again for as long as the order says, and fails if a single write waits for ten seconds.
func (p *party) count(ctx context.Context, o order, writer int) error {
	for n, end := 0, time.Now().Add(o.Limit); time.Now().Before(end); n++ {
		began := time.Now()
		if err := appendOne(ctx, p.store, fmt.Sprintf("%s-%d-%d", o.Name, writer, n)); err != nil {
			return err
		}
		if took := time.Since(began); took > 10*time.Second {
			return fmt.Errorf("write %d took %v", n, took)
		}
	}
	return nil
}
