package memory_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// counting is a host's decorator: it counts what it is asked, also in the transactions and views that it hands out.
type counting struct {
	store.Store
	transactions, views, subjects, inserts *atomic.Int64
}

func newCounting(s store.Store) counting {
	return counting{s, new(atomic.Int64), new(atomic.Int64), new(atomic.Int64), new(atomic.Int64)}
}

// over returns the decorator over another store, with the same counts.
func (c counting) over(s store.Store) counting {
	c.Store = s
	return c
}

func (c counting) InTx(ctx context.Context, fn func(tx store.Store) error) error {
	c.transactions.Add(1)
	return c.Store.InTx(ctx, func(tx store.Store) error { return fn(c.over(tx)) })
}

func (c counting) View(ctx context.Context, fn func(tx store.Store) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, func(tx store.Store) error { return fn(c.over(tx)) })
}

func (c counting) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	c.subjects.Add(1)
	return c.Store.Subject(ctx, user)
}

func (c counting) InsertUser(ctx context.Context, u users.User) error {
	c.inserts.Add(1)
	return c.Store.InsertUser(ctx, u)
}

func TestDecoratedStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open:  func(t *testing.T, c storetest.Config) store.Store { return newCounting(open(t, c)) },
		Close: func(s store.Store) error { return s.(counting).Store.(*memory.Store).Close() },
	})
}

// A decorator hears of what happens inside transactions, nested ones and views too.
func TestDecoratorInside(t *testing.T) {
	c := newCounting(memory.New())
	read := func(tx store.Store) error {
		_, _ = tx.Subject(t.Context(), uuid.New())
		return nil
	}
	err := c.InTx(t.Context(), func(tx store.Store) error {
		return tx.InTx(t.Context(), func(inner store.Store) error { return inner.View(t.Context(), read) })
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.transactions.Load() != 2 || c.views.Load() != 1 || c.subjects.Load() != 1 {
		t.Errorf("%d transactions, %d views, %d subjects", c.transactions.Load(), c.views.Load(), c.subjects.Load())
	}
}

// The transaction of a memory store is a store inside an outer transaction, as one joined to a host's is.
func TestTransactionAsStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{Open: inside, Joined: true})
}

// inside returns the store of a transaction that is rolled back at the end of the test.
func inside(t *testing.T, c storetest.Config) store.Store {
	handed, end, ended := make(chan store.Store), make(chan struct{}), make(chan error)
	go func() {
		ended <- open(t, c).InTx(context.Background(), func(tx store.Store) error {
			handed <- tx
			<-end
			return context.Canceled
		})
	}()
	t.Cleanup(func() {
		close(end)
		<-ended
	})
	return <-handed
}
