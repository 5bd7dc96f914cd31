package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// The codes with which PostgreSQL ends a transaction that others are in the way of.
const (
	notSerializable = "40001"
	deadlocked      = "40P01"
)

// Hosts whose transactions are serializable, or lock their rows in any order, stand in each other's way, and join in the middle of it: of each such
// transaction all is there or nothing, and what fails inside of it is busy. Changes that are not joined, at the same time and of the same user, never fail.
func TestConflicts(t *testing.T) {
	dsn := newSchemas(t).next(t) + " deadlock_timeout=10ms"
	h := &joiners{t: t, db: open(t, dsn), codes: map[string]int{}, tries: map[int]int{}}
	h.store = migrate(t, h.db, sqlstore.Options{LockWait: time.Minute})
	h.book = connectBook(t, h.store, store.Always)
	h.ann = person(t, h.book, "ann")
	execute(t, h.db, `
		create table host (id integer primary key, n integer not null);
		create table host_log (name text primary key);
		insert into host select id, 0 from generate_series(1, 4) id`)
	const goroutines = 32
	a := storm(goroutines, func(i int) error {
		for n := range full(4, 100) {
			name := fmt.Sprintf("%d-%d", i, n)
			if i%4 == 0 {
				if err := h.change(t.Context(), h.book, name); err != nil {
					return err
				}
				continue
			}
			if err := h.host(t.Context(), name, i%2 == 0); err != nil {
				return err
			}
		}
		return nil
	})
	for _, text := range a.Strange {
		t.Error(text)
	}
	h.check(goroutines / 4 * full(4, 100))
	if h.codes[notSerializable] == 0 || h.codes[deadlocked] == 0 {
		t.Errorf("nobody was in anybody's way: %v", h.codes)
	}
}

// joiners is a host with rows of its own, in whose transactions rolebook's changes are made.
type joiners struct {
	t     *testing.T
	db    *sql.DB
	store *sqlstore.Store
	book  *store.Book
	ann   uuid.UUID

	mu    sync.Mutex
	codes map[string]int // of what failed
	tries map[int]int    // how many transactions took so many tries; 0 for those that gave up
}

func (h *joiners) change(ctx context.Context, b *store.Book, name string) error {
	given := perms.Grant(view)
	given.Reason = name
	return b.Users.SetOverride(ctx, system.Because(name), h.ann, given)
}

// host does a transaction of the host's, and tries it again where others were in the way: five times, after pauses of any length up to twice the one before.
func (h *joiners) host(ctx context.Context, name string, serializable bool) error {
	const most = 6
	level := sql.LevelReadCommitted
	if serializable {
		level = sql.LevelSerializable
	}
	for try, pause := 1, 10*time.Millisecond; ; try, pause = try+1, min(2*pause, 200*time.Millisecond) {
		err := h.once(ctx, name, level)
		if err == nil || try == most {
			h.mu.Lock()
			defer h.mu.Unlock()
			if err != nil {
				try = 0
			}
			h.tries[try]++
			return nil
		}
		var coded interface{ SQLState() string }
		if !errors.As(err, &coded) || coded.SQLState() != notSerializable && coded.SQLState() != deadlocked {
			return err
		}
		h.mu.Lock()
		h.codes[coded.SQLState()]++
		h.mu.Unlock()
		time.Sleep(2*time.Millisecond + rand.N(pause))
	}
}

// once locks rows of the host's in any order, before and after a joined change.
func (h *joiners) once(ctx context.Context, name string, level sql.IsolationLevel) error {
	tx, err := h.db.BeginTx(ctx, &sql.TxOptions{Isolation: level})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	joined := h.store.Join(tx)
	rows := rand.Perm(4)[:2]
	for i, row := range rows {
		if _, err := tx.ExecContext(ctx, "update host set n = n + 1 where id = $1", row+1); err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		if err := h.change(ctx, h.book.On(joined), name); err != nil {
			if !errors.Is(err, store.ErrBusy) {
				return fmt.Errorf("a joined change fails, and is not busy: %v", err) // without the code, which would be taken for a reason to try again
			}
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "insert into host_log values ($1)", name); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return joined.Committed(ctx)
}

// check looks whether the host and the journal tell of the same changes, each once, and so many of the library's own.
func (h *joiners) check(own int) {
	h.t.Helper()
	known := reasons(h.t, h.store)
	rows, err := h.db.QueryContext(h.t.Context(), "select name from host_log")
	must(h.t, err)
	defer rows.Close()
	joined := 0
	for ; rows.Next(); joined++ {
		var name string
		must(h.t, rows.Scan(&name))
		if known[name] != 1 {
			h.t.Errorf("the host has %s, and the journal %d times", name, known[name])
		}
	}
	must(h.t, rows.Err())
	if len(known) != joined+own {
		h.t.Errorf("the journal has %d changes; the host %d of them, and %d are the library's own", len(known), joined, own)
	}
	var counted int
	must(h.t, h.db.QueryRowContext(h.t.Context(), "select sum(n) from host").Scan(&counted))
	if counted != 2*joined {
		h.t.Errorf("the host has counted %d rows for %d transactions", counted, joined)
	}
	if h.db.Stats().InUse > 1 { // these rows
		h.t.Errorf("%d connections in use", h.db.Stats().InUse)
	}
	storetest.CheckFold(h.t, h.store)
	h.t.Logf("%d changes of the library's own, none of which failed; %d joined; failed tries by code: %v; transactions by how many tries they took, 0 for those that gave up: %v",
		own, joined, h.codes, h.tries)
}
