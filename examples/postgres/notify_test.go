package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

var test = perms.System("test")

// process is what a process has: connections, a store and a book of its own.
type process struct {
	*network
	t    *testing.T
	book *store.Book
}

// newProcess returns one whose book, left to itself, may be stale for so long.
func newProcess(t *testing.T, dsn string, staleness time.Duration) *process {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	must(t, err)
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { db.Close() })
	s, err := openStore(t.Context(), db, true)
	must(t, err)
	book, err := store.Connect(t.Context(), s, store.Options{Catalog: perms.NewCatalog("reports.read"), MaxStaleness: staleness})
	must(t, err)
	return &process{&network{store: s, db: db, config: config}, t, book}
}

// join lets it announce and listen, until the test ends.
func (p *process) join() {
	ctx, cancel := context.WithCancel(p.t.Context())
	p.start(ctx, p.book, slog.New(slog.DiscardHandler))
	p.t.Cleanup(func() { cancel(); p.running.Wait() })
}

func (p *process) may(u users.User) bool {
	p.t.Helper()
	d, err := p.book.Perms.Check(p.t.Context(), u.ID, "reports.read", perms.Home)
	must(p.t, err)
	return d.Allowed
}

// soon waits until the process says so.
func (p *process) soon(u users.User, want bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); p.may(u) != want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("after %v, %s may is not %t", patience, u.Email, want)
		}
	}
}

// give takes a permission from somebody, or gives it to him.
func (p *process) give(u users.User, granted bool) {
	p.t.Helper()
	o := perms.Revoke("reports.read")
	if granted {
		o = perms.Grant("reports.read")
	}
	must(p.t, p.book.Users.SetOverride(p.t.Context(), test, u.ID, o))
}

func (p *process) reader(email string) users.User {
	p.t.Helper()
	role, err := p.book.Roles.Create(p.t.Context(), test, roles.New{Name: email, Permissions: []string{"reports.read"}})
	must(p.t, err)
	u, err := p.book.Users.Create(p.t.Context(), test, users.New{Email: email, Name: email, Roles: []string{role.Key}})
	must(p.t, err)
	return u
}

// A book that would not look for an hour sees what another process writes as soon as both are in the network, what was written before included.
func TestNotifyMakesItFaster(t *testing.T) {
	dsn := pg.Database(t)
	writer, reader := newProcess(t, dsn, time.Hour), newProcess(t, dsn, time.Hour)
	ann := writer.reader("ann@example.com")
	if !reader.may(ann) {
		t.Fatal("ann may not read")
	}
	writer.give(ann, false)
	if !reader.may(ann) {
		t.Fatal("the reader knows without a notification: this test shows nothing")
	}
	writer.join()
	reader.join()
	reader.soon(ann, false)
	for range 20 {
		writer.give(ann, true)
		reader.soon(ann, true)
		writer.give(ann, false)
		reader.soon(ann, false)
	}
}

// Who has lost his connection finds out what he has missed when he listens again.
func TestNotifyAfterLostConnection(t *testing.T) {
	dsn := pg.Database(t)
	writer, reader := newProcess(t, dsn, time.Hour), newProcess(t, dsn, time.Hour)
	ann := writer.reader("ann@example.com")
	if !reader.may(ann) {
		t.Fatal("ann may not read")
	}
	writer.join()
	reader.join()
	writer.give(ann, false)
	reader.soon(ann, false) // so it listens
	for range 3 {
		writer.give(ann, true)
		reader.soon(ann, true)
		const cut = `select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and query = 'listen rolebook'`
		var n int
		must(t, writer.db.QueryRowContext(t.Context(), cut).Scan(&n))
		if n == 0 {
			t.Error("nobody listened")
		}
		writer.give(ann, false)
		reader.soon(ann, false)
	}
}

// A notification wakes whoever follows the journal, though he looks but once in an hour himself.
func TestNotifyWakesFollowers(t *testing.T) {
	dsn := pg.Database(t)
	writer, reader := newProcess(t, dsn, time.Hour), newProcess(t, dsn, time.Hour)
	ann := writer.reader("ann@example.com")
	writer.join()
	reader.join()
	_, last, err := reader.book.Journal.Entries(t.Context(), test, 0, perms.MaxEntries)
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	seen := make(chan perms.Entry)
	go func() {
		for e, err := range reader.book.Journal.Follow(ctx, test, last, perms.FollowOptions{Poll: time.Hour}) {
			if err != nil {
				close(seen)
				return
			}
			seen <- e
		}
	}()
	for i := range 10 {
		writer.give(ann, i%2 == 1)
		if e := <-seen; e.Revision != last+perms.Revision(i+1) {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
}

// Without any notification, the very next check of a book that always asks knows.
func TestNotifyIsNotNeeded(t *testing.T) {
	dsn := pg.Database(t)
	writer, reader := newProcess(t, dsn, store.Always), newProcess(t, dsn, store.Always)
	ann := writer.reader("ann@example.com")
	for i := range 20 {
		writer.give(ann, i%2 == 0)
		if reader.may(ann) != (i%2 == 0) {
			t.Fatalf("change %d does not show", i)
		}
	}
}

// A forged notification makes the processes look, and believe nothing.
func TestForgedNotification(t *testing.T) {
	dsn := pg.Database(t)
	writer, reader := newProcess(t, dsn, time.Hour), newProcess(t, dsn, time.Hour)
	ann := writer.reader("ann@example.com")
	if !reader.may(ann) {
		t.Fatal("ann may not read")
	}
	reader.join()
	_, err := writer.db.ExecContext(t.Context(), `select pg_notify('rolebook', '9223372036854775807')`)
	must(t, err)
	writer.give(ann, false)
	_, err = writer.db.ExecContext(t.Context(), `notify rolebook, 'nonsense'`)
	must(t, err)
	reader.soon(ann, false)
}

// An order that is undone has never been: for the cache, the journal and whoever else looks.
func TestJoinedOrders(t *testing.T) {
	p := newProcess(t, pg.Database(t), time.Hour)
	told := 0
	p.store.OnCommit(func(perms.Head) { told++ })
	d := &desk{store: p.store, db: p.db, book: p.book, log: slog.New(slog.DiscardHandler)}
	sold := order{Item: "tent", Email: "ann@example.com", Name: "Ann"}
	must(t, d.take(t.Context(), test, &sold))
	if told != 1 {
		t.Errorf("told of %d commits, want 1", told)
	}
	before, err := p.store.Head(t.Context())
	must(t, err)
	refused := order{Item: "tent", Email: "bob@example.com", Name: "Bob"}
	if err := d.take(t.Context(), test, &refused); !errors.Is(err, errSold) {
		t.Errorf("error is %v", err)
	}
	after, err := p.store.Head(t.Context())
	must(t, err)
	if d, err := p.book.Perms.Check(t.Context(), refused.Buyer, "reports.read", perms.Home); err != nil || d.Code != perms.InactiveUser {
		t.Errorf("of somebody who has never been: %+v, %v", d, err)
	}
	if after != before || told != 1 {
		t.Errorf("head was %v and is %v, told %d times", before, after, told)
	}
}
