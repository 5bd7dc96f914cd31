// Package memory is a store in the process's memory: the real rules without a database, for tests and for hosts whose users need not outlive them.
//
// Everything that a [Store] holds is one immutable value. A statement that changes something makes another one, with which its transaction goes on, and
// the last one takes the place of the committed one; a nested transaction is undone by going on with the value from before. So readers never wait and
// never see what is not committed, and a view stays what it was.
//
// The rule people get wrong: nothing is kept anywhere else. What is to outlive the process belongs into package sqlite or sqlstore.
package memory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Options are the settings of a store. The zero Options are those of [New].
type Options struct {
	LockWait time.Duration    // how long a writer waits for the one before it; 0 for store.LockWait
	Clock    func() time.Time // says when the default tenant was created; nil for the system's
}

// Store is a store in memory, or a transaction or view of one. It is safe for concurrent use.
type Store struct {
	db       *database
	tx       *transaction // nil for the store itself
	readOnly bool         // a view
	over     bool         // its callback has returned; guarded by tx.mu
}

var _ store.Store = (*Store)(nil)

// database is what a store and its transactions share.
type database struct {
	turn      chan struct{} // holds the one writer
	lockWait  time.Duration
	committed atomic.Pointer[tables]
	closed    atomic.Bool

	mu        sync.Mutex
	listeners []func(perms.Head)
	readers   []func(perms.Head, []perms.Entry) // of what is appended
}

// New returns an empty store.
func New() *Store { return NewWith(Options{}) }

// NewWith returns an empty store with options.
func NewWith(o Options) *Store {
	if o.LockWait <= 0 {
		o.LockWait = store.LockWait
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	db := &database{turn: make(chan struct{}, 1), lockWait: o.LockWait}
	t := newTables()
	t.putTenant(users.Tenant{ID: uuid.Must(uuid.NewV7()), Number: users.DefaultTenant, Slug: "default", Name: "Default", Type: perms.ProductionTenant,
		CreatedAt: utc(o.Clock()), Version: 1})
	t.numbers = t.numbers.with(perms.KindTenant, users.DefaultTenant)
	db.committed.Store(t)
	return &Store{db: db}
}

// Close ends the store: from now on everything on it, and on the transactions that are under way, is [store.ErrClosed], and what they have not
// committed is lost.
func (s *Store) Close() error {
	s.db.closed.Store(true)
	return nil
}

// read runs fn on what s sees.
func read[T any](ctx context.Context, s *Store, fn func(t *tables) (T, error)) (T, error) {
	if s.tx == nil {
		if err := s.usable(ctx); err != nil {
			var none T
			return none, err
		}
		return fn(s.db.committed.Load())
	}
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		var none T
		return none, err
	}
	return fn(s.tx.tables)
}

// write runs fn in the transaction that s is. What fn has done counts if it returns nil. An error that is not of the contract is the end of the transaction;
// so is a panic, of which nobody knows what it has kept from being done.
func (s *Store) write(ctx context.Context, fn func(t *tables) error) error {
	if s.tx == nil || s.readOnly {
		return store.ErrReadOnly
	}
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	after := *s.tx.tables
	s.tx.broken = errHalfDone // unless it returns
	err := fn(&after)
	s.tx.broken = nil
	if errors.Is(err, errBroken) {
		s.tx.broken = err
	}
	if err == nil {
		s.tx.tables = &after
	}
	return err
}

// writeAlone is write for what needs no transaction: on the store itself it is one of its own.
func (s *Store) writeAlone(ctx context.Context, fn func(t *tables) error) error {
	if s.tx != nil {
		return s.write(ctx, fn)
	}
	return s.transact(ctx, func(tx *Store) error { return tx.write(ctx, fn) })
}

// usable returns why s cannot be used, if so. The mutex of its transaction is held.
func (s *Store) usable(ctx context.Context) error {
	if s.over || s.db.closed.Load() {
		return store.ErrClosed
	}
	if s.tx != nil && s.tx.broken != nil {
		return s.tx.broken
	}
	return ctx.Err()
}
