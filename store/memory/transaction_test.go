package memory

import (
	"errors"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// halfDone runs a statement that panics after its first half.
func halfDone(t *testing.T, tx store.Store) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_ = tx.(*Store).write(t.Context(), func(t *tables) error {
		t.numbers = t.numbers.with(perms.KindRole, 7)
		panic("oops")
	})
}

// A statement that panics takes its transaction with it, whoever recovers from that: half of it may be done.
func TestPanicBreaksTheTransaction(t *testing.T) {
	s := New()
	err := s.InTx(t.Context(), func(tx store.Store) error {
		halfDone(t, tx)
		if _, err := tx.NextNumber(t.Context(), perms.KindUser); !errors.Is(err, errHalfDone) {
			t.Errorf("the next statement: %v", err)
		}
		if _, err := tx.Head(t.Context()); !errors.Is(err, errHalfDone) {
			t.Errorf("a read: %v", err)
		}
		return nil
	})
	if !errors.Is(err, errHalfDone) {
		t.Errorf("commit: %v", err)
	}
	if s.db.committed.Load().numbers.size != newTables().numbers.size+1 {
		t.Error("half of a statement is committed")
	}
}

// It takes no more than the part of the transaction that can be rolled back alone.
func TestPanicBreaksTheNestedTransaction(t *testing.T) {
	s := New()
	err := s.InTx(t.Context(), func(tx store.Store) error {
		err := tx.InTx(t.Context(), func(inner store.Store) error {
			halfDone(t, inner)
			return nil
		})
		if !errors.Is(err, errHalfDone) {
			t.Errorf("the part: %v", err)
		}
		if next, err := tx.NextNumber(t.Context(), perms.KindRole); err != nil || next != 1 {
			t.Errorf("the next number is %d, %v", next, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
