package memory_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// A writer waits exactly as long as it was told to, and not at all for a context that has ended.
func TestLockWait(t *testing.T) {
	for _, row := range []struct{ option, want time.Duration }{{0, store.LockWait}, {-1, store.LockWait}, {3 * time.Second, 3 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			s := memory.NewWith(memory.Options{LockWait: row.option})
			nothing := func(store.Store) error { return nil }
			err := s.InTx(t.Context(), func(store.Store) error {
				started := time.Now()
				if err := s.InTx(t.Context(), nothing); !errors.Is(err, store.ErrBusy) {
					t.Errorf("inside: %v", err)
				}
				if waited := time.Since(started); waited != row.want {
					t.Errorf("waited for %v; want %v", waited, row.want)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				started = time.Now()
				if err := s.Clear(ctx, "k"); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("with a deadline: %v", err)
				}
				if waited := time.Since(started); waited != time.Second {
					t.Errorf("waited for %v; want the deadline's second", waited)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// Writers take their turns in the order in which they came.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		release := make(chan struct{})
		go s.InTx(t.Context(), func(store.Store) error {
			<-release
			return nil
		})
		synctest.Wait()
		var order []int
		for i := range 5 {
			go s.InTx(t.Context(), func(store.Store) error {
				order = append(order, i)
				return nil
			})
			synctest.Wait()
		}
		close(release)
		synctest.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("order %v", order)
			}
		}
		if len(order) != 5 {
			t.Errorf("order %v", order)
		}
	})
}

// A store that is closed while a writer waits for its turn is closed for him as well.
func TestCloseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		release, waiting := make(chan struct{}), make(chan error, 1)
		go s.InTx(t.Context(), func(store.Store) error {
			<-release
			return nil
		})
		synctest.Wait()
		go func() {
			waiting <- s.InTx(t.Context(), func(store.Store) error {
				t.Error("it has started")
				return nil
			})
		}()
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		close(release)
		if err := <-waiting; !errors.Is(err, store.ErrClosed) {
			t.Errorf("error is %v", err)
		}
	})
}
