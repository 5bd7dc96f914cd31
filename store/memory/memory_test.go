package memory_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

func open(_ *testing.T, c storetest.Config) store.Store {
	return memory.NewWith(memory.Options{LockWait: c.LockWait})
}

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open:  open,
		Close: func(s store.Store) error { return s.(*memory.Store).Close() },
	})
}

func TestClock(t *testing.T) {
	at := time.Date(2041, 3, 1, 14, 0, 0, 999, time.FixedZone("EET", 7200))
	s := memory.NewWith(memory.Options{Clock: func() time.Time { return at }})
	tenant, err := s.TenantByNumber(t.Context(), users.DefaultTenant)
	if want := time.Date(2041, 3, 1, 12, 0, 0, 0, time.UTC); err != nil || tenant.CreatedAt != want {
		t.Errorf("the default tenant was created at %v, %v; want %v", tenant.CreatedAt, err, want)
	}
}

// Readers do not wait for a writer, and see nothing of what he has not committed.
func TestReadersDoNotWait(t *testing.T) {
	s := memory.New()
	err := s.InTx(t.Context(), func(tx store.Store) error {
		if err := tx.InsertTenant(t.Context(), users.Tenant{ID: [16]byte{1}, Number: 2, Slug: "acme"}); err != nil {
			return err
		}
		_, err := s.TenantByNumber(t.Context(), 2)
		if !errors.Is(err, users.ErrTenantNotFound) {
			t.Errorf("uncommitted: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Closing takes the store from those who are working on it.
func TestCloseUnderTransaction(t *testing.T) {
	s := memory.New()
	err := s.InTx(t.Context(), func(tx store.Store) error {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := tx.Head(t.Context()); !errors.Is(err, store.ErrClosed) {
			t.Errorf("read in the transaction: %v", err)
		}
		return nil
	})
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("commit: %v", err)
	}
}
