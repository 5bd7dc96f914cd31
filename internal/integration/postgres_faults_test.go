package integration_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// cut is a network that fails when a commit is sent.
type cut struct {
	armed atomic.Bool
	after bool // the commit arrives, and the answer is lost; otherwise it does not arrive
}

type cutConn struct {
	net.Conn
	cut *cut
}

func (c *cutConn) Write(b []byte) (int, error) {
	if !bytes.Contains(b, []byte("commit\x00")) || !c.cut.armed.CompareAndSwap(true, false) {
		return c.Conn.Write(b)
	}
	n := len(b)
	if c.cut.after {
		n, _ = c.Conn.Write(b)
		_, _ = c.Conn.Read(make([]byte, 1)) // the answer has been sent
	}
	_ = c.Conn.Close()
	return n, nil
}

// A commit whose answer is lost may have happened or not, and nobody is told that it did.
func TestPostgresUnknownOutcome(t *testing.T) {
	for _, after := range []bool{false, true} {
		c := &cut{after: after}
		config, err := pgx.ParseConfig(pg.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		config.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &cutConn{conn, c}, err
		}
		db := stdlib.OpenDB(*config)
		t.Cleanup(func() { db.Close() })
		s := openPostgres(t, db, storetest.Config{})
		told := 0
		s.OnCommit(func(perms.Head) { told++ })
		c.armed.Store(true)
		if err := appendEntry(t.Context(), s); !errors.Is(err, store.ErrUnknownOutcome) || told != 0 {
			t.Errorf("error is %v, told %d times", err, told)
		}
		head, err := s.Head(t.Context())
		if err != nil || (head.Revision == 1) != after {
			t.Errorf("the commit arrived: %t; head %v, %v", after, head, err)
		}
		if err := appendEntry(t.Context(), s); err != nil {
			t.Errorf("the next transaction: %v", err)
		}
	}
}

func appendEntry(ctx context.Context, s store.Store) error {
	return s.InTx(ctx, func(tx store.Store) error {
		_, err := tx.Append(ctx, perms.Entry{At: time.Now(), Actor: perms.System("test").Ref(), Action: perms.UserUpdate, Tenant: perms.Anywhere})
		return err
	})
}

// Two processes over one database: the second one waits for the first one's change, and gives up in time.
func TestPostgresBusy(t *testing.T) {
	db := newSchemas(t).next(t)
	first := openPostgres(t, db, storetest.Config{})
	second := openPostgres(t, db, storetest.Config{LockWait: 300 * time.Millisecond})
	err := first.InTx(t.Context(), func(store.Store) error {
		if err := appendEntry(t.Context(), second); !errors.Is(err, store.ErrBusy) {
			t.Errorf("beside a writer: %v", err)
		}
		if _, err := second.Charge(t.Context(), []users.Throttle{{Key: "a", Limit: 1, Window: time.Minute}}, time.Now()); err != nil {
			t.Errorf("a failure is counted by the head: %v", err)
		}
		_, err := second.Head(t.Context())
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if err := appendEntry(t.Context(), second); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestPostgresJoin(t *testing.T) {
	db := newSchemas(t).next(t)
	s := openPostgres(t, db, storetest.Config{LockWait: 300 * time.Millisecond})
	var told []perms.Head
	s.OnCommit(func(h perms.Head) { told = append(told, h) })
	tx := beginHost(t, db, sql.LevelDefault)
	if _, err := tx.ExecContext(t.Context(), `create table host (id integer)`); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `set local lock_timeout = '7s'`); err != nil {
		t.Fatal(err)
	}
	joined := s.Join(tx)
	if err := appendEntry(t.Context(), joined); err != nil {
		t.Fatal(err)
	}
	var timeout string
	if err := tx.QueryRowContext(t.Context(), `show lock_timeout`).Scan(&timeout); err != nil || timeout != "7s" {
		t.Errorf("the host's lock_timeout is %s, %v", timeout, err)
	}
	if err := appendEntry(t.Context(), s); !errors.Is(err, store.ErrBusy) {
		t.Errorf("beside the host's transaction: %v", err)
	}
	if err := joined.Committed(t.Context()); err == nil {
		t.Error("committed before the commit")
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := joined.Committed(t.Context()); err != nil || len(told) != 1 || told[0].Revision != 1 {
		t.Errorf("told %v, %v", told, err)
	}
}

// A joined store that cannot have the lock is as it was, and so is the host's transaction.
func TestPostgresJoinBusy(t *testing.T) {
	db := newSchemas(t).next(t)
	s := openPostgres(t, db, storetest.Config{LockWait: 300 * time.Millisecond})
	tx := beginHost(t, db, sql.LevelDefault)
	joined := s.Join(tx)
	err := s.InTx(t.Context(), func(store.Store) error {
		if err := appendEntry(t.Context(), joined); !errors.Is(err, store.ErrBusy) {
			t.Errorf("beside a writer: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := appendEntry(t.Context(), joined); err != nil {
		t.Errorf("after it: %v", err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
}

// In a transaction whose snapshot is old, a joined store refuses to write by it.
func TestPostgresJoinOldSnapshot(t *testing.T) {
	db := newSchemas(t).next(t)
	s := openPostgres(t, db, storetest.Config{})
	tx := beginHost(t, db, sql.LevelRepeatableRead)
	joined := s.Join(tx)
	if _, err := joined.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := appendEntry(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if err := appendEntry(t.Context(), joined); !errors.Is(err, store.ErrBusy) {
		t.Errorf("error is %v", err)
	}
}

func beginHost(t *testing.T, db *sql.DB, level sql.IsolationLevel) *sql.Tx {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: level})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() })
	return tx
}

// The server ends in the middle of a transaction: nothing is left of it, and the store works again when the server does.
func TestPostgresCrash(t *testing.T) {
	cluster := pg.Start(t, pg.Options{})
	s := openPostgres(t, connect(t, cluster.Database(t)), storetest.Config{})
	if err := appendEntry(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx store.Store) error {
		cluster.Crash(t)
		return appendEntry(t.Context(), tx)
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	for deadline := time.Now().Add(time.Minute); ; {
		err := appendEntry(t.Context(), s)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrUnavailable) || time.Now().After(deadline) {
			t.Fatalf("after the crash: %v", err)
		}
	}
	if head, err := s.Head(t.Context()); err != nil || head.Revision != 2 {
		t.Errorf("head %v, %v", head, err)
	}
}
