package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// transaction is the state that one transaction or view sees.
type transaction struct {
	mu     sync.Mutex
	tables *tables // never changed: a statement that writes puts others in their place
	broken error   // what a statement has failed with: nothing but a rollback is possible
}

// InTx implements [store.Store].
func (s *Store) InTx(ctx context.Context, fn func(tx store.Store) error) error {
	return s.transact(ctx, func(tx *Store) error { return fn(tx) })
}

func (s *Store) transact(ctx context.Context, fn func(tx *Store) error) error {
	switch {
	case s.readOnly:
		return store.ErrReadOnly
	case s.tx != nil:
		return s.nest(ctx, fn)
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.db.begin(ctx); err != nil {
		return err
	}
	defer s.db.end()
	if err := s.usable(ctx); err != nil { // by now
		return err
	}
	before := s.db.committed.Load()
	tx := &Store{db: s.db, tx: &transaction{tables: before}}
	defer tx.end()
	if err := fn(tx); err != nil {
		return err
	}
	after := tx.finish()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := tx.tx.broken; err != nil {
		return err
	}
	s.db.committed.Store(after)
	if after.head.Revision > before.head.Revision {
		s.db.tell(before.head, after)
	}
	return nil
}

// end makes s unusable.
func (s *Store) end() {
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	s.over = true
}

// finish makes s unusable and returns what it has come to.
func (s *Store) finish() *tables {
	s.tx.mu.Lock()
	defer s.tx.mu.Unlock()
	s.over = true
	return s.tx.tables
}

// nest runs fn as a part of the transaction that s is.
func (s *Store) nest(ctx context.Context, fn func(tx *Store) error) error {
	mark, err := read(ctx, s, func(t *tables) (*tables, error) { return t, nil })
	if err != nil {
		return err
	}
	inner := &Store{db: s.db, tx: s.tx}
	kept := false
	defer func() {
		s.tx.mu.Lock()
		defer s.tx.mu.Unlock()
		inner.over = true
		if !kept {
			s.tx.tables, s.tx.broken = mark, nil
		}
	}()
	if err := fn(inner); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	kept = s.tx.broken == nil
	return s.tx.broken
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(tx store.Store) error) error {
	seen, err := read(ctx, s, func(t *tables) (*transaction, error) { return &transaction{tables: t}, nil })
	if err != nil {
		return err
	}
	view := &Store{db: s.db, tx: seen, readOnly: true}
	defer view.end()
	return fn(view)
}

// Shared implements [store.Store]: who writes does so by this Store.
func (s *Store) Shared() bool { return false }

// OnCommit implements [store.Store].
func (s *Store) OnCommit(listen func(perms.Head)) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	s.db.listeners = append(s.db.listeners, listen)
}

// OnAppend implements [store.Store].
func (s *Store) OnAppend(listen func(perms.Head, []perms.Entry)) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	s.db.readers = append(s.db.readers, listen)
}

// tell calls the listeners. The caller has the writer's turn, so they hear of commits in their order, and all of them do: also if one panics.
func (db *database) tell(before perms.Head, after *tables) {
	db.mu.Lock()
	readers, listeners := db.readers, db.listeners // which are only ever appended to
	db.mu.Unlock()
	for _, listen := range slices.Backward(listeners) {
		defer listen(after.head)
	}
	if len(readers) > 0 {
		entries := after.appended(before.Revision)
		for _, listen := range readers {
			listen(before, entries)
		}
	}
}

// appended returns the entries after a revision.
func (t *tables) appended(after perms.Revision) []perms.Entry {
	var out []perms.Entry
	for _, e := range t.journal.after(after) {
		out = append(out, *e)
	}
	return out
}

// begin waits for the writer's turn.
func (db *database) begin(ctx context.Context) error {
	select {
	case db.turn <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(db.lockWait)
	defer patience.Stop()
	select {
	case db.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-patience.C:
		return store.ErrBusy
	}
}

// end hands the writer's turn on.
func (db *database) end() { <-db.turn }
