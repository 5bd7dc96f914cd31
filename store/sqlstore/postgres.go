package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// postgres is the dialect of PostgreSQL.
type postgres struct{ words *strings.Replacer }

func newPostgres() dialect {
	const list = `cast(translate(cast(? as text), '[]"', '{}') as ` // the JSON array becomes an array literal: nothing in it needs quotes
	return postgres{strings.NewReplacer("{in ids}", "= any ("+list+"text[]))", "{in numbers}", "= any ("+list+"bigint[]))",
		"{out of ids}", "in (select unnest("+list+"text[])))", "{each} ", "", "{among ids}", "= any (array(select unnest("+list+"text[]))))",
		"{one by one}", " offset 0", "{find}", "strpos", "{lock}", "for update", "{free}", "for update skip locked",
		"{arm}", "(", "{in order of t}", order("t.user_number"), "{in order of a}", order("a.user_number"), "{in order of o}", order("o.user_number"),
		"{in order of few}", order("a.user_number + 0"))} // which no index has: they are read, and sorted
}

// order ends a part of a union that has an order and a limit of its own.
func order(column string) string {
	return "order by " + column + " limit {reach})"
}

// translate gives each part of a union the limit of the whole: PostgreSQL reads a part that it takes for a small one to its end, and sorts. It takes every
// part for a small one.
func (d postgres) translate(text string) string {
	text = d.words.Replace(text)
	n := strings.Count(text, "?")
	reach := fmt.Sprintf("$%d", n)
	if strings.HasSuffix(text, "offset ?") {
		reach = fmt.Sprintf("cast($%d as bigint) + cast($%d as bigint)", n-1, n)
	}
	return strings.ReplaceAll(sqlx.Rebind(sqlx.DOLLAR, text), "{reach}", reach)
}

func (postgres) brief(ctx context.Context) context.Context { return ctx }

// last goes on for a moment after the end of ctx: how a transaction ends is worth knowing, and a server that never answers is not worth waiting for.
func (postgres) last(ctx context.Context) (context.Context, context.CancelFunc) {
	const (
		moment  = 50 * time.Millisecond
		longest = time.Minute
	)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(moment, cancel) })
	return last, func() {
		stop()
		cancel()
	}
}

func (postgres) oneWriter() bool { return false }

// beginView keeps the server from compiling statements: it does so by what it believes them to cost, and that takes longer than any of them.
func (postgres) beginView() string {
	return "begin isolation level repeatable read read only; set local jit = off"
}

// begin locks the head row in the same round trip. Read committed is enough: what comes after the lock sees what was committed before it. It may wait for
// a row anew, though nobody but those who need no transaction holds one.
//
// It begins anew after a deadlock. That is one of the host's transactions, which have joined and then want each other's rows: who is the first to wait for the
// head keeps the others from it, and so is a part of their circle, and the one whom the server picks. Nothing has been done yet.
func (d postgres) begin(ctx, wait context.Context, u *unit, l lock) error {
	for {
		err := u.control(ctx, d.opening(wait, u, l))
		if code(err) != "40P01" || wait.Err() != nil {
			return err
		}
		if err := u.control(ctx, "rollback"); err != nil {
			return err
		}
		u.broken = nil
	}
}

// opening returns the statements that begin a writing transaction.
func (postgres) opening(wait context.Context, u *unit, l lock) string {
	text := "begin isolation level read committed; set local lock_timeout = " + remaining(wait)
	if l == theHead {
		text += "; select revision from rolebook_head for update; set local lock_timeout = " + milliseconds(u.db.lockWait)
	}
	return text
}

// remaining returns the milliseconds until wait ends, at least one: zero would be for ever.
func remaining(wait context.Context) string {
	end, ok := wait.Deadline()
	if !ok {
		return "0"
	}
	return milliseconds(time.Until(end))
}

func milliseconds(d time.Duration) string { return fmt.Sprint(max(d.Milliseconds(), 1)) }

// lockHead leaves the host's own lock_timeout as it was. In a transaction of repeatable read, whose snapshot is older than the last change, PostgreSQL
// refuses the lock, and that is as good as busy.
func (postgres) lockHead(ctx context.Context, u *unit, wait time.Duration) (headRow, error) {
	const (
		patience = `
			select before, set_config('lock_timeout', ?, true) as now
			from (select current_setting('lock_timeout') as before offset 0) s`
		lock = `
			with head as materialized (
				select revision, at
				from rolebook_head
				for update
			)
			select revision, at, set_config('lock_timeout', ?, true) as now
			from head`
	)
	before, err := one[struct{ Before, Now string }](ctx, u, nil, patience, milliseconds(wait))
	if err != nil {
		return headRow{}, err
	}
	row, err := one[struct {
		headRow
		Now string
	}](ctx, u, nil, lock, before.Before)
	return row.headRow, err
}

// beginMigration takes the advisory lock whose number are the bytes of "rolebook": the head row may not be there yet.
func (postgres) beginMigration(ctx, wait context.Context, u *unit) error {
	return u.control(ctx, "begin isolation level read committed; set local lock_timeout = "+remaining(wait)+
		"; select pg_advisory_xact_lock(x'726f6c65626f6f6b'::bigint)")
}

func (postgres) migrated() string {
	return `
		select count(*)
		where to_regclass('rolebook_schema') is not null`
}

// refused is true for the classes of errors with which the server itself undoes a transaction. Whatever else goes wrong while it commits, the answer
// may have been lost on its way.
func (postgres) refused(err error) bool {
	switch class(err) {
	case "23", "25", "55":
		return true
	case "40":
		return code(err) != "40003" // which says that nobody knows
	}
	return false
}

// dead goes by what a server says that is going away, or has become a replica since, and by errors of the network.
func (d postgres) dead(err error) bool {
	switch code(err) {
	case "25006", "57P01", "57P02", "57P03":
		return true
	case "":
		return d.trouble(err) == unavailable
	}
	return false
}

// trouble goes by the code of the server, which the drivers hand out by the same method, and by errors of the network.
func (postgres) trouble(err error) trouble {
	if code(err) == "25006" { // a server that can only be read
		return unavailable
	}
	switch class(err) {
	case "40", "55": // deadlock, or a change since the snapshot; the lock was not to be had in time
		return busy
	case "08", "53", "57", "58": // connection, resources, shutdown, system
		return unavailable
	case "":
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return unavailable
		}
	}
	return unclear
}

// code returns the SQLSTATE of an error, "" for one that is not the server's.
func code(err error) string {
	var answered interface{ SQLState() string }
	if errors.As(err, &answered) && len(answered.SQLState()) == 5 {
		return answered.SQLState()
	}
	return ""
}

// class returns the class of an error by SQLSTATE, "" for one that is not the server's.
func class(err error) string {
	if c := code(err); c != "" {
		return c[:2]
	}
	return ""
}
