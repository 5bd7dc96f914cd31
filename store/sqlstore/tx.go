package sqlstore

import (
	"context"
	"fmt"

	"github.com/seed-06a6a295/rolebook/store"
)

// lock says what a transaction locks by its first statement.
type lock bool

const (
	theHead    lock = true
	besideHead lock = false
)

// InTx implements [store.Store].
func (s *Store) InTx(ctx context.Context, fn func(tx store.Store) error) error {
	if s.mode == inView {
		return store.ErrReadOnly
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.unit != nil {
		return s.nest(ctx, fn)
	}
	return s.transact(ctx, theHead, func(u *unit) error { return s.lend(u, inTx, fn) })
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(tx store.Store) error) error {
	return s.viewing(ctx, func(u *unit) error { return s.lend(u, inView, fn) })
}

// lend hands a transaction to a callback, for as long as that runs.
func (s *Store) lend(u *unit, m mode, fn func(tx store.Store) error) error {
	tx := &Store{db: s.db, unit: u, mode: m}
	defer tx.over.Store(true)
	return fn(tx)
}

// transact runs fn in a writing transaction and tells the listeners of what it has appended. A failure, a panic and the end of ctx roll it back.
func (s *Store) transact(ctx context.Context, l lock, fn func(u *unit) error) error {
	wait, cancel := context.WithTimeout(ctx, s.db.lockWait)
	defer cancel()
	if l == theHead || s.db.dialect.oneWriter() {
		if err := s.db.takeTurn(ctx, wait); err != nil {
			return err
		}
		defer s.db.passTurn()
	}
	u, err := s.db.connect(ctx, wait, s.db.write, func(u *unit) error { return s.db.dialect.begin(ctx, wait, u, l) })
	if err != nil {
		return err
	}
	defer u.release()
	defer u.rollback(ctx)
	if err := fn(u); err != nil {
		return err
	}
	if err := u.commit(ctx); err != nil {
		s.db.replica.doubts()
		return err
	}
	s.db.replica.shows(mark{Archived: int64(u.archived)})
	s.db.tell(u.head, u.wrote)
	return nil
}

// nest runs fn as a part of the transaction that s is.
func (s *Store) nest(ctx context.Context, fn func(tx store.Store) error) error {
	u, head, seen, wrote := s.unit, s.unit.head, s.unit.seen, s.unit.wrote
	u.depth++
	name := fmt.Sprintf("rolebook_%d", u.depth)
	kept := false
	defer func() {
		u.depth--
		if !kept {
			u.head, u.seen, u.wrote = head, seen, wrote
			u.undo(ctx, name)
		}
		if s.mode == inHost { // who may go back to a savepoint of his own
			u.locked, u.seen = false, nil
		}
	}()
	if err := u.control(ctx, "savepoint "+name); err != nil {
		return err
	}
	if s.mode == inHost {
		row, err := s.db.dialect.lockHead(ctx, u, s.db.lockWait)
		if err != nil {
			return err
		}
		u.locked = true
		u.sees(row.head())
	}
	if err := s.lend(u, inTx, fn); err != nil {
		return err
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := u.control(ctx, "release savepoint "+name); err != nil {
		return err
	}
	kept = true
	return nil
}

// takeTurn waits until no other transaction of this process writes.
func (db *database) takeTurn(ctx, wait context.Context) error {
	select {
	case db.turn <- struct{}{}:
		return nil
	case <-wait.Done():
		return db.waited(ctx, wait.Err())
	}
}

func (db *database) passTurn() { <-db.turn }
