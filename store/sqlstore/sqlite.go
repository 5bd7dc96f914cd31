package sqlstore

import (
	"context"
	"strings"
	"time"
)

// sqlite is the dialect of SQLite. It has a plus before each parameter, which does nothing but to hide it from the planner: of some that it sees, SQLite
// compiles the statement anew for each value, and that takes ten times as long as running it.
type sqlite struct{ words *strings.Replacer }

func newSQLite() dialect {
	const list = "in (select value from json_each(+?))"
	return sqlite{strings.NewReplacer("{in ids}", list, "{in numbers}", list, "{out of ids}", list, "{each} ", "+", "{among ids}", list, "{one by one}", "", "{find}", "instr", "{lock}", "", "{free}", "",
		"{arm}", "", "{in order of t}", "", "{in order of a}", "", "{in order of o}", "", "{in order of few}", "", "?", "+?")}
}

func (d sqlite) translate(text string) string { return d.words.Replace(text) }

// brief leaves the end of ctx unwatched: to watch it takes a goroutine for each statement, and longer than the statement itself.
func (sqlite) brief(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func (sqlite) last(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithoutCancel(ctx), func() {}
}

func (sqlite) oneWriter() bool { return true }

func (sqlite) beginView() string { return "begin deferred" }

// begin takes the lock of the whole database: a transaction that begins as a reader cannot wait for it later. It asks again and again instead of
// leaving that to SQLite, which would not see the end of ctx.
func (d sqlite) begin(ctx, wait context.Context, u *unit, _ lock) error {
	const longest = 20 * time.Millisecond
	for pause := time.Millisecond; ; pause = min(2*pause, longest) {
		_, err := u.on.ExecContext(d.brief(ctx), "begin immediate")
		if err == nil {
			u.open = true
			return nil
		}
		if d.trouble(err) != busy || wait.Err() != nil {
			return u.fail(ctx, err)
		}
		select {
		case <-wait.Done():
		case <-time.After(pause):
		}
	}
}

// lockHead makes sure of the database's lock, which the host's transaction should have taken when it began.
func (sqlite) lockHead(ctx context.Context, u *unit, _ time.Duration) (headRow, error) {
	const touch = `
		update rolebook_head
		set revision = revision
		returning revision, at`
	return one[headRow](ctx, u, nil, touch)
}

func (d sqlite) beginMigration(ctx, wait context.Context, u *unit) error {
	return d.begin(ctx, wait, u, besideHead)
}

func (sqlite) migrated() string {
	return `
		select count(*)
		from sqlite_master
		where type = 'table' and name = 'rolebook_schema'`
}

// refused is true: there is no connection to be lost.
func (sqlite) refused(error) bool { return true }

// dead is false: there is no connection to be lost.
func (sqlite) dead(error) bool { return false }

// trouble goes by the texts of SQLite's own errors, which every driver passes on.
func (sqlite) trouble(err error) trouble {
	text := err.Error()
	for _, t := range sqliteTroubles {
		if strings.Contains(text, t.text) {
			return t.trouble
		}
	}
	return unclear
}

var sqliteTroubles = []struct {
	text    string
	trouble trouble
}{
	{"database is locked", busy},
	{"database table is locked", busy},
	{"database or disk is full", unavailable},
	{"disk I/O error", unavailable},
	{"unable to open database file", unavailable},
	{"attempt to write a readonly database", unavailable},
}
