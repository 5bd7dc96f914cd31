package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// unit is one connection at work, or a transaction of the host's.
type unit struct {
	on interface {
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}
	db     *database
	conn   *sql.Conn   // nil in a transaction of the host's
	open   bool        // a transaction is under way
	locked bool        // the head is, by a transaction of the host's
	broken error       // what a statement has failed with: nothing but a rollback is possible
	head   perms.Head  // of what the transaction has appended
	seen   *perms.Head // the journal's, where the transaction has read it and nobody else can move it
	wrote  appended    // by the transaction
	depth  int         // of savepoints

	archived perms.Revision // what the transaction has archived; none if zero
}

// appended is what a transaction has appended to the journal, for those who would read it otherwise.
type appended struct {
	after   perms.Head // where the journal was
	entries []perms.Entry
	known   bool // that was read before the first entry was written, and these are all
}

// notes keeps an entry that the transaction is about to have appended, in memory of its own: whoever has made it may change it afterwards.
func (u *unit) notes(e perms.Entry) {
	plain := true
	for _, m := range []*perms.Members{&e.Before, &e.After, &e.PersonBefore, &e.PersonAfter} {
		copied, ok := copyMembers(*m)
		*m, plain = copied, plain && ok
	}
	switch w := &u.wrote; {
	case !plain:
		*w = appended{}
	case u.head.Revision == 0 && u.seen != nil:
		*w = appended{after: *u.seen, entries: []perms.Entry{e}, known: true}
	case w.known && len(w.entries) < mostTold:
		w.entries = append(w.entries, e)
	default:
		*w = appended{}
	}
}

// copyMembers returns members that share no memory with m; ok is unset if they hold what is neither a list, nor members, nor a single value.
func copyMembers(m map[string]any) (out map[string]any, ok bool) {
	if m == nil {
		return nil, true
	}
	out = make(map[string]any, len(m))
	for name, v := range m {
		if out[name], ok = copyMember(v); !ok {
			return nil, false
		}
	}
	return out, true
}

func copyMember(v any) (out any, ok bool) {
	switch v := v.(type) {
	case nil, bool, string, float64, int, int64:
		return v, true
	case map[string]any:
		return copyMembers(v)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			if list[i], ok = copyMember(v[i]); !ok {
				return nil, false
			}
		}
		return list, true
	}
	return nil, false
}

// mostTold is how many entries of one transaction are kept to be told of.
const mostTold = 256

// connect waits for a connection and opens it up. One that turns out to be dead is replaced: its opening has done nothing.
func (db *database) connect(ctx, wait context.Context, pool *sql.DB, opening func(u *unit) error) (*unit, error) {
	const tries = 8
	for try := 1; ; try++ {
		conn, err := pool.Conn(wait)
		if err != nil {
			return nil, db.unreached(ctx, err)
		}
		u := &unit{on: conn, db: db, conn: conn}
		if err = opening(u); err == nil {
			return u, nil
		}
		dead := errors.Is(err, driver.ErrBadConn) || db.dialect.dead(err)
		if dead {
			u.drop()
		} else {
			u.rollback(ctx)
		}
		u.release()
		if try == tries || !dead || ctx.Err() != nil {
			return nil, err
		}
	}
}

func (u *unit) release() { _ = u.conn.Close() } // whatever ails the connection, the pool finds out

// fail says why a statement failed and remembers that the transaction is lost.
func (u *unit) fail(ctx context.Context, err error) error {
	err = u.db.failed(ctx, err)
	u.broken = err
	return err
}

// sees notes the journal's head, where it stays for as long as the transaction does not move it: in a view, in a transaction of the store's own, which
// locks it when it begins, and inside InTx of a joined store, which does. Outside of that, one of the host's has not locked it, or not any more.
func (u *unit) sees(h perms.Head) {
	if u.open || u.locked {
		u.seen = &h
	}
}

// control runs a statement without arguments that opens, ends or divides a transaction.
func (u *unit) control(ctx context.Context, text string) error {
	u.open = u.conn != nil
	if _, err := u.on.ExecContext(u.db.dialect.brief(ctx), text); err != nil {
		return u.fail(ctx, err)
	}
	return nil
}

// exec runs a statement and returns how many rows it has changed.
func (u *unit) exec(ctx context.Context, text string, args ...any) (int64, error) {
	if err := bind(args); err != nil {
		u.broken = err
		return 0, err
	}
	result, err := u.on.ExecContext(u.db.dialect.brief(ctx), u.db.text(text), args...)
	if err != nil {
		return 0, u.fail(ctx, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, u.fail(ctx, err)
	}
	return n, nil
}

// query runs a statement that does little and hands its rows to scan.
func (u *unit) query(ctx context.Context, scan func(rows *sql.Rows) error, text string, args ...any) error {
	return u.longQuery(u.db.dialect.brief(ctx), scan, text, args...)
}

// longQuery is query for a statement that may look through a whole table: the end of ctx stops it.
func (u *unit) longQuery(ctx context.Context, scan func(rows *sql.Rows) error, text string, args ...any) error {
	if err := bind(args); err != nil {
		return err
	}
	rows, err := u.on.QueryContext(ctx, u.db.text(text), args...)
	if err != nil {
		return u.fail(ctx, err)
	}
	defer rows.Close()
	err = scan(rows)
	if err == nil {
		err = rows.Err()
	}
	if err != nil {
		return u.fail(ctx, err)
	}
	return nil
}

// commit ends the transaction well, unless ctx has ended or a statement has failed.
func (u *unit) commit(ctx context.Context) error {
	if u.broken != nil {
		return u.broken
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	last, cancel := u.db.dialect.last(ctx)
	defer cancel()
	_, err := u.on.ExecContext(last, "commit")
	switch {
	case err == nil:
		u.open = false
		return nil
	case u.db.dialect.refused(err):
		return u.db.failed(ctx, err)
	}
	if ended := ctx.Err(); ended != nil {
		err = fmt.Errorf("%w: %w", ended, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
}

// rollback ends a transaction that is still open. A failure ends it too, with the connection.
func (u *unit) rollback(ctx context.Context) {
	if !u.open {
		return
	}
	ctx, cancel := u.db.dialect.last(ctx)
	defer cancel()
	u.open = false
	if _, err := u.on.ExecContext(ctx, "rollback"); err != nil {
		u.drop()
	}
}

// drop takes the connection from the pool, which ends what is under way on it.
func (u *unit) drop() {
	u.open = false
	_ = u.conn.Raw(func(any) error { return driver.ErrBadConn })
}

// undo goes back to a savepoint. If that works, the transaction is as good as it was there.
func (u *unit) undo(ctx context.Context, savepoint string) {
	ctx, cancel := u.db.dialect.last(ctx)
	defer cancel()
	before := u.broken
	u.broken = nil
	for _, text := range []string{"rollback to savepoint " + savepoint, "release savepoint " + savepoint} {
		if err := u.control(ctx, text); err != nil {
			if before != nil {
				u.broken = before
			}
			return
		}
	}
}
