package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// pair is a primary, and a replica that follows it.
type pair struct {
	primary, replica *pg.Cluster
	write, read      *sql.DB
	store            *sqlstore.Store
}

// newPair starts both. Whoever can be written to is where writes go.
func newPair(t *testing.T, settings string, lag time.Duration) *pair {
	t.Helper()
	p := &pair{primary: pg.Start(t, pg.Options{})}
	p.replica = pg.Start(t, pg.Options{Primary: p.primary, Settings: "wal_retrieve_retry_interval = '100ms'"})
	p.write, p.read = open(t, pg.Either("postgres", p.primary, p.replica)), open(t, p.replica.DSN("postgres"))
	for _, line := range strings.Fields(settings) {
		name, value, _ := strings.Cut(line, "=")
		execute(t, p.write, fmt.Sprintf("alter system set %s = '%s'", name, value))
	}
	execute(t, p.write, "select pg_reload_conf()")
	p.write.SetMaxIdleConns(-1) // a session knows the settings that it began with
	p.write.SetMaxIdleConns(10)
	p.store = migrate(t, p.write, sqlstore.Options{Replica: p.read, ReplicaLag: lag})
	p.shows(t, 0)
	return p
}

func execute(t *testing.T, db *sql.DB, text string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), text)
	must(t, err)
}

// caughtUp waits until the replica shows what the primary does.
func (p *pair) caughtUp(t *testing.T) {
	t.Helper()
	head, err := p.store.Head(t.Context())
	must(t, err)
	p.shows(t, head.Revision)
}

// shows waits until the replica shows a revision.
func (p *pair) shows(t *testing.T, want perms.Revision) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		var revision int64
		err := p.read.QueryRowContext(t.Context(), "select h.revision from rolebook_head h cross join rolebook_archived a").Scan(&revision)
		if err == nil && perms.Revision(revision) >= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the replica is at revision %d, not at %d: %v", revision, want, err)
		}
	}
}

// pause keeps the replica as it is; what is not replayed is received all the same.
func (p *pair) pause(t *testing.T)  { t.Helper(); execute(t, p.read, "select pg_wal_replay_pause()") }
func (p *pair) resume(t *testing.T) { t.Helper(); execute(t, p.read, "select pg_wal_replay_resume()") }

// abroad reports whether a view is of the replica.
func (p *pair) abroad(t *testing.T) (is bool) {
	t.Helper()
	must(t, p.store.View(t.Context(), func(tx store.Store) error {
		is = p.read.Stats().InUse > 0
		_, err := tx.Users(t.Context(), users.Filter{})
		return err
	}))
	return is
}

// allowed asks a book, and fails the test if it has no answer.
func allowed(t *testing.T, b *store.Book, user uuid.UUID) bool {
	t.Helper()
	d, err := b.Perms.Check(t.Context(), user, view, perms.Home)
	must(t, err)
	return d.Allowed
}

// What a replica does not have yet is read of the primary: by who has written it, by who was told of its revision, and by everybody within the bound.
func TestReplicaBehind(t *testing.T) {
	t.Parallel()
	const bound = 200 * time.Millisecond
	p := newPair(t, "", time.Hour)
	book := connectBook(t, p.store, store.Always)
	user := person(t, book, "ann")
	elsewhere := migrate(t, open(t, p.primary.DSN("postgres")), sqlstore.Options{}) // another process
	other := connectBook(t, elsewhere, 0)
	told := connectBook(t, migrate(t, p.write, sqlstore.Options{Replica: p.read, ReplicaLag: time.Hour}), time.Hour)
	late := connectBook(t, migrate(t, p.write, sqlstore.Options{Replica: p.read, ReplicaLag: time.Hour}), bound)
	p.caughtUp(t)
	naive := connectBook(t, onReplica(t, p.read), store.Always)
	_, err := set(t.Context(), other, elsewhere, user, true)
	must(t, err)
	p.caughtUp(t)
	for name, b := range map[string]*store.Book{"always": book, "told": told, "late": late, "naive": naive} {
		if !allowed(t, b, user) {
			t.Fatalf("%s: not allowed at first", name)
		}
	}
	if !p.abroad(t) {
		t.Error("a replica that has everything is not read")
	}
	p.pause(t)
	revision, err := set(t.Context(), other, elsewhere, user, false)
	revoked := time.Now()
	must(t, err)
	if allowed(t, book, user) {
		t.Error("bound 0: the next check allows")
	}
	if p.abroad(t) {
		t.Error("a replica is read that is behind what was told of")
	}
	must(t, told.Perms.AtLeast(t.Context(), revision))
	if allowed(t, told, user) {
		t.Error("allowed as of a revision that revokes it")
	}
	for {
		asked := time.Now()
		if !allowed(t, late, user) {
			break
		}
		if age := asked.Sub(revoked); age > bound {
			t.Fatalf("allowed %v after", age)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	if err := naive.Perms.AtLeast(ctx, revision); !errors.Is(err, context.DeadlineExceeded) || !allowed(t, naive, user) {
		t.Errorf("a book on the replica alone: %v; it should not know", err)
	}
	p.resume(t)
	p.caughtUp(t)
	if !p.abroad(t) {
		t.Error("a replica that has caught up is not read")
	}
	must(t, naive.Perms.AtLeast(t.Context(), revision))
	if allowed(t, naive, user) {
		t.Error("a book on the replica alone still allows it")
	}
}

// onReplica returns a store that knows nothing but a replica.
func onReplica(t *testing.T, db *sql.DB) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{})
	must(t, err)
	return s
}

// What a book promises holds with a replica behind it, one that follows and one that is late.
func TestBookOnReplica(t *testing.T) {
	t.Parallel()
	p := newPair(t, "", time.Hour)
	made := 0
	next := func(t *testing.T) store.Store {
		made++
		path := fmt.Sprintf(" search_path=case_%d", made)
		execute(t, p.write, fmt.Sprintf("create schema case_%d", made))
		own := pair{write: open(t, p.primary.DSN("postgres")+path), read: open(t, p.replica.DSN("postgres")+path)}
		s := migrate(t, own.write, sqlstore.Options{Replica: own.read, ReplicaLag: time.Hour})
		own.shows(t, 0)
		return s
	}
	if full(false, true) {
		storetest.Pasts(t, next, 2, 150)
		storetest.Histories(t, next, 4, 1000)
	}
	late := connectBook(t, next(t), 0)
	p.caughtUp(t)
	execute(t, p.read, "alter system set recovery_min_apply_delay = '3s'")
	execute(t, p.read, "select pg_reload_conf()")
	storetest.Duels(t, late, full(2, 100))
}

// With synchronous replication a promoted replica has every change that was acknowledged, and the store finds it by itself. While no replica acknowledges,
// no change is acknowledged either.
func TestFailover(t *testing.T) {
	t.Parallel()
	p := newPair(t, "synchronous_standby_names=*", time.Hour)
	book := connectBook(t, p.store, store.Always)
	seed(t, book)
	user := person(t, book, "ann")
	w := startWriting(t, book, p.store, user, 4)
	w.enough(t, full(100, 1000))
	p.primary.Kill(t)
	w.enough(t, 0)
	began := time.Now()
	p.replica.Promote(t)
	promoted := time.Now()
	w.enough(t, 100)
	t.Logf("promoted in %v, writing again %v later", promoted.Sub(began), time.Since(promoted))
	w.stop(t)
	w.check(t, p.store)
	if !p.abroad(t) {
		t.Error("the promoted server is not read any more")
	}
}

// The control: what a replica has not received when it is promoted is lost, if nobody waited for it. A commit that waits, and whose ctx ends, has an unknown
// outcome.
func TestAsynchronousFailoverLoses(t *testing.T) {
	t.Parallel()
	p := newPair(t, "", time.Hour)
	book := connectBook(t, p.store, store.Always)
	user := person(t, book, "ann")
	p.caughtUp(t)
	execute(t, p.read, "alter system set primary_conninfo = ''")
	execute(t, p.read, "select pg_reload_conf()")
	for n := 1; n > 0; time.Sleep(5 * time.Millisecond) {
		must(t, p.write.QueryRowContext(t.Context(), "select count(*) from pg_stat_replication").Scan(&n))
	}
	execute(t, p.write, "alter system set synchronous_standby_names = '*'")
	execute(t, p.write, "select pg_reload_conf()")
	var err error
	for err == nil { // until the server has heard of it
		err = p.hurried(t, "waits")
	}
	if !errors.Is(err, store.ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a change that no replica has: %v", err)
	}
	execute(t, p.write, "alter system reset synchronous_standby_names")
	execute(t, p.write, "select pg_reload_conf()")
	must(t, appendOne(t.Context(), p.store, "lost"))
	p.primary.Kill(t)
	p.replica.Promote(t)
	until(t, time.Minute, func() error {
		_, err := p.store.Head(t.Context())
		return err
	})
	if known := reasons(t, p.store); known["lost"] != 0 {
		t.Error("what was not received is there")
	}
	if _, err := book.Perms.Check(t.Context(), user, view, perms.Home); err == nil {
		t.Error("a book answers from a database that has gone back in time")
	}
}

// hurried writes an entry within half a second.
func (p *pair) hurried(t *testing.T, reason string) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	return appendOne(ctx, p.store, reason)
}
