package faults

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// fragile is a driver one of whose statements meets with something.
type fragile struct {
	driver.Connector
	left atomic.Int64 // statements until then
	meet func(run func()) error
}

// run runs a statement, or has it meet with what is to come.
func (f *fragile) run(do func()) error {
	if f.left.Add(-1) != -1 {
		do()
		return nil
	}
	return f.meet(do)
}

func (f *fragile) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := f.Connector.Connect(ctx)
	return fragileConn{c, f}, err
}

type fragileConn struct {
	driver.Conn
	of *fragile
}

func (c fragileConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (result driver.Result, err error) {
	met := c.of.run(func() { result, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args) })
	if met != nil {
		return nil, met
	}
	return result, err
}

func (c fragileConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	met := c.of.run(func() { rows, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args) })
	if met != nil {
		if rows != nil {
			rows.Close()
		}
		return nil, met
	}
	return rows, err
}

func (c fragileConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// coded is an error of PostgreSQL's.
type coded string

func (c coded) Error() string    { return "SQLSTATE " + string(c) }
func (c coded) SQLState() string { return string(c) }

// file is a connector of SQLite.
type file string

func (f file) Connect(context.Context) (driver.Conn, error) { return f.Driver().Open(string(f)) }
func (f file) Driver() driver.Driver                        { return &sqlite3.SQLiteDriver{} }

// broken is a store whose statements can fail, and a book over it.
type broken struct {
	*fragile
	t     *testing.T
	db    *sql.DB
	store *sqlstore.Store
	book  *store.Book
	ann   uuid.UUID
	made  int
	begun int64
}

func newBroken(t *testing.T, d sqlstore.Dialect) *broken {
	t.Helper()
	b := &broken{t: t, fragile: &fragile{Connector: file("file:" + filepath.Join(t.TempDir(), "book.db") +
		"?_journal_mode=wal&_foreign_keys=on&_txlock=immediate&_synchronous=off")}}
	if d == sqlstore.Postgres {
		var err error
		b.Connector, err = stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(newSchemas(t).next(t))
		must(t, err)
	}
	b.left.Store(-1)
	b.db = sql.OpenDB(b.fragile)
	t.Cleanup(func() { b.db.Close() })
	b.db.SetMaxOpenConns(map[sqlstore.Dialect]int{sqlstore.SQLite: 1, sqlstore.Postgres: 4}[d])
	must(t, sqlstore.Migrate(t.Context(), b.db, d))
	var err error
	b.store, err = sqlstore.New(t.Context(), b.db, d, sqlstore.Options{})
	must(t, err)
	b.book = connectBook(t, b.store, store.Always)
	seed(t, b.book)
	b.ann = person(t, b.book, "ann")
	must(t, b.book.Users.SetPassword(t.Context(), system, b.ann, "correct horse 41", false))
	return b
}

// operations are what people do; each call of the first function returns one that can be done once.
func (b *broken) operations() map[string]func() func(ctx context.Context) error {
	return map[string]func() func(ctx context.Context) error{
		"create": func() func(ctx context.Context) error {
			email := b.name() + "@example.com"
			return func(ctx context.Context) error {
				_, err := b.book.Users.Create(ctx, system, users.New{Email: email, Name: "New", Roles: []string{"root"}})
				return err
			}
		},
		"override": func() func(ctx context.Context) error {
			o := perms.Grant(view)
			o.Reason = b.name()
			return func(ctx context.Context) error { return b.book.Users.SetOverride(ctx, system, b.ann, o) }
		},
		"role": func() func(ctx context.Context) error {
			name := b.name()
			return func(ctx context.Context) error {
				_, err := b.book.Roles.Create(ctx, system, roles.New{Name: name, Permissions: []string{string(view)}})
				return err
			}
		},
		"accept": func() func(ctx context.Context) error {
			made, err := b.book.Invites.Create(b.t.Context(), system, invites.New{Email: b.name() + "@example.com", Role: "root", Tenant: perms.EveryTenant})
			must(b.t, err)
			return func(ctx context.Context) error {
				_, _, err := b.book.Invites.Accept(ctx, perms.Guest(), invites.Acceptance{Token: made.Token.Reveal(), Name: "Eve", Password: "correct horse 41"})
				return err
			}
		},
		"check": func() func(ctx context.Context) error {
			return func(ctx context.Context) error {
				_, err := b.book.Perms.Check(ctx, b.ann, view, perms.Home)
				return err
			}
		},
	}
}

// first returns the statement to begin with: another one each time, where not all of them take their turn.
func (b *broken) first() int64 {
	b.begun++
	return b.begun % full[int64](5, 1)
}

func (b *broken) name() string {
	b.made++
	return fmt.Sprintf("name%d", b.made)
}

// Whatever a statement of whatever operation meets with, it is as if nothing had been done, or all of it, and the error says which. Nothing stays open.
func TestEveryStatement(t *testing.T) {
	var end func() // of the operation's ctx
	meets := map[string]func(run func()) error{
		"cancel before": func(run func()) error { end(); run(); return nil },
		"cancel after":  func(run func()) error { run(); end(); return nil },
		"bad":           func(func()) error { return driver.ErrBadConn },
	}
	errs := map[sqlstore.Dialect][]error{
		sqlstore.SQLite:   {errors.New("database is locked"), errors.New("disk I/O error"), errors.New("database or disk is full")},
		sqlstore.Postgres: {coded("40001"), coded("40P01"), coded("57P01"), coded("53100")},
	}
	for _, d := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.Postgres} {
		all := map[string]func(run func()) error{}
		for _, err := range errs[d] {
			all[err.Error()] = func(func()) error { return err }
		}
		for name, meet := range meets {
			all[name] = meet
		}
		b := newBroken(t, d)
		begun := runtime.NumGoroutine()
		for name, prepare := range b.operations() {
			for what, meet := range all {
				t.Run(fmt.Sprintf("%s/%s/%s", d, name, what), func(t *testing.T) {
					b.meet = meet
					b.t = t
					for k := b.first(); b.strike(prepare(), k, &end); k += full[int64](5, 1) {
						if k > 200 {
							t.Fatal("it goes on for ever")
						}
					}
				})
			}
		}
		b.t = t
		storetest.CheckFold(t, b.store)
		for wait := time.Now(); runtime.NumGoroutine() > begun+5; time.Sleep(time.Millisecond) {
			if time.Since(wait) > 10*time.Second {
				t.Errorf("%s: %d goroutines, %d at first", d, runtime.NumGoroutine(), begun)
				break
			}
		}
	}
}

// strike does an operation whose statement k meets with something, and reports whether it came so far.
func (b *broken) strike(op func(ctx context.Context) error, k int64, end *func()) (struck bool) {
	b.t.Helper()
	before := dump(b.t, b.store)
	ctx, cancel := context.WithCancel(b.t.Context())
	defer cancel()
	*end = cancel
	b.left.Store(k)
	err := op(ctx)
	struck = b.left.Load() < 0
	b.left.Store(-1)
	left := dump(b.t, b.store) != before
	switch {
	case !struck && err != nil:
		b.t.Fatal(err)
	case err == nil, errors.Is(err, store.ErrUnknownOutcome):
	case left:
		b.t.Errorf("statement %d: left something, and %v", k, err)
	case !isAny(err, []error{store.ErrUnavailable, store.ErrBusy, context.Canceled}):
		b.t.Errorf("statement %d: %v", k, err)
	}
	for wait := time.Now(); b.db.Stats().InUse > 0; time.Sleep(time.Millisecond) {
		if time.Since(wait) > 10*time.Second {
			b.t.Fatalf("statement %d: %d connections in use", k, b.db.Stats().InUse)
		}
	}
	return struck
}
