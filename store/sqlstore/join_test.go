package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// openShared returns a store over one connection, which begins immediate, and its database.
func openShared(t *testing.T, o Options) (*Store, *sql.DB) {
	t.Helper()
	db := newFile(t)
	db.SetMaxOpenConns(1)
	must(t, Migrate(t.Context(), db, SQLite))
	execute(t, db, `create table host (id integer not null)`)
	s, err := New(t.Context(), db, SQLite, o)
	must(t, err)
	return s, db
}

func appendOne(t *testing.T, s store.Store) {
	t.Helper()
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		_, err := tx.Append(t.Context(), perms.Entry{At: noon, Actor: perms.System("test").Ref(), Action: perms.UserUpdate, Tenant: perms.Anywhere})
		return err
	}))
}

func begin(t *testing.T, db *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	t.Cleanup(func() { tx.Rollback() })
	return tx
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	must(t, db.QueryRowContext(t.Context(), `select count(*) from host`).Scan(&n))
	return n
}

func TestJoinCommits(t *testing.T) {
	s, db := openShared(t, Options{})
	var told []perms.Head
	s.OnCommit(func(h perms.Head) { told = append(told, h) })
	tx := begin(t, db)
	if _, err := tx.ExecContext(t.Context(), `insert into host values (1)`); err != nil {
		t.Fatal(err)
	}
	joined := s.Join(tx)
	appendOne(t, joined)
	appendOne(t, joined)
	if len(told) > 0 {
		t.Errorf("told of %v before the commit", told)
	}
	must(t, tx.Commit())
	for range 2 {
		must(t, joined.Committed(t.Context()))
	}
	head, err := s.Head(t.Context())
	must(t, err)
	if head.Revision != 2 || len(told) != 1 || told[0] != head || count(t, db) != 1 {
		t.Errorf("head %v, told %v, %d rows of the host's", head, told, count(t, db))
	}
}

// Whoever tells of a change returns when the listeners know, also if somebody else was about to tell them: Committed does, while others write.
func TestTellsOneAfterTheOther(t *testing.T) {
	s, _ := openShared(t, Options{})
	var known atomic.Bool
	done := make(chan bool, 1)
	s.OnCommit(func(h perms.Head) {
		go func() {
			s.db.tell(h, appended{})
			done <- known.Load()
		}()
		time.Sleep(20 * time.Millisecond) // in which the other one must not get through
		known.Store(true)
	})
	appendOne(t, s)
	if !<-done {
		t.Error("told, and the listener does not know")
	}
}

func TestJoinRollsBack(t *testing.T) {
	s, db := openShared(t, Options{})
	told := 0
	s.OnCommit(func(perms.Head) { told++ })
	tx := begin(t, db)
	joined := s.Join(tx)
	appendOne(t, joined)
	must(t, tx.Rollback())
	if err := joined.Committed(t.Context()); err == nil || told != 0 {
		t.Errorf("what was rolled back has been committed: %v, told %d times", err, told)
	}
	if head, err := s.Head(t.Context()); head.Revision != 0 || err != nil {
		t.Errorf("head %v, %v", head, err)
	}
	if _, err := joined.Head(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after the end of the host's transaction: %v", err)
	}
}

// A failure inside is the host's to live with: its own rows stay.
func TestJoinUndoesItself(t *testing.T) {
	s, db := openShared(t, Options{})
	tx := begin(t, db)
	if _, err := tx.ExecContext(t.Context(), `insert into host values (1)`); err != nil {
		t.Fatal(err)
	}
	joined, oops := s.Join(tx), errors.New("oops")
	if err := joined.InTx(t.Context(), func(tx store.Store) error { appendOne(t, tx); return oops }); err != oops {
		t.Errorf("error is %v", err)
	}
	must(t, tx.Commit())
	must(t, joined.Committed(t.Context()))
	if head, err := s.Head(t.Context()); head.Revision != 0 || err != nil || count(t, db) != 1 {
		t.Errorf("head %v, %v, %d rows of the host's", head, err, count(t, db))
	}
}

// Whoever waits for the host's transaction, or for himself, is told so in time.
func TestJoinKeepsOthersWaiting(t *testing.T) {
	s, db := openShared(t, Options{LockWait: time.Millisecond})
	tx := begin(t, db)
	joined := s.Join(tx)
	for name, use := range map[string]func() error{
		"InTx":  func() error { return s.InTx(t.Context(), func(store.Store) error { return nil }) },
		"View":  func() error { return s.View(t.Context(), func(store.Store) error { return nil }) },
		"Head":  func() error { _, err := s.Head(t.Context()); return err },
		"Clear": func() error { return s.Clear(t.Context(), "key") },
	} {
		if err := use(); !errors.Is(err, store.ErrBusy) {
			t.Errorf("%s beside the host's transaction is %v", name, err)
		}
	}
	must(t, joined.View(t.Context(), func(tx store.Store) error {
		if err := tx.Clear(t.Context(), "key"); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("writing in a view is %v", err)
		}
		return nil
	}))
	if _, err := joined.NextNumber(t.Context(), perms.KindUser); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("writing outside of InTx is %v", err)
	}
	must(t, joined.Clear(t.Context(), "key"))
}

// Two processes over one file: the second one waits, and gives up in time.
func TestBusyFile(t *testing.T) {
	path := t.TempDir() + "/book.db"
	first, second := openFile(t, path), openFile(t, path)
	must(t, Migrate(t.Context(), first, SQLite))
	second.SetMaxOpenConns(1)
	execute(t, second, `pragma busy_timeout = 0`)
	s, err := New(t.Context(), second, SQLite, Options{LockWait: 20 * time.Millisecond})
	must(t, err)
	tx := begin(t, first)
	if err := s.InTx(t.Context(), func(store.Store) error { return nil }); !errors.Is(err, store.ErrBusy) {
		t.Errorf("error is %v", err)
	}
	patient, err := New(t.Context(), second, SQLite, Options{LockWait: time.Hour})
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := patient.InTx(ctx, func(store.Store) error { return nil }); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrBusy) {
		t.Errorf("error is %v", err)
	}
	must(t, tx.Rollback())
	appendOne(t, s)
}
