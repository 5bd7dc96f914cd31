package memory_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// A transaction is safe for several goroutines, of which some go on with it until it has ended, however it ends: nothing that they do is lost or done in part.
// It says something under the race detector above all.
func TestConcurrentUse(t *testing.T) {
	const goroutines, each = 4, 50
	undone := errors.New("undone")
	for _, outcome := range []error{nil, undone} {
		s := memory.New()
		var after sync.WaitGroup
		err := s.InTx(t.Context(), func(tx store.Store) error {
			var during sync.WaitGroup
			for range goroutines {
				during.Go(func() {
					for range each {
						if _, err := tx.NextNumber(t.Context(), perms.KindRole); err != nil {
							t.Error(err)
						}
						if _, err := tx.Append(t.Context(), perms.Entry{Action: perms.RoleUpdate}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			during.Wait()
			if next, err := tx.NextNumber(t.Context(), perms.KindRole); err != nil || next != goroutines*each+1 {
				t.Errorf("the next number is %d, %v", next, err)
			}
			if head, err := tx.Head(t.Context()); err != nil || head.Revision != goroutines*each {
				t.Errorf("the head is %d, %v", head.Revision, err)
			}
			begun := make(chan struct{})
			var first sync.Once
			after.Go(func() {
				for {
					_, err := tx.NextNumber(t.Context(), perms.KindGroup)
					first.Do(func() { close(begun) })
					if err != nil {
						if !errors.Is(err, store.ErrClosed) {
							t.Error(err)
						}
						return
					}
				}
			})
			<-begun
			return outcome
		})
		if err != outcome {
			t.Error(err)
		}
		after.Wait()
	}
}

// Who registers while others commit hears of the commits from then on.
func TestListenersBesideCommits(t *testing.T) {
	s := memory.New()
	commit := func() {
		err := s.InTx(t.Context(), func(tx store.Store) error {
			_, err := tx.Append(t.Context(), perms.Entry{Action: perms.RoleUpdate})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	var entries, commits atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(commit)
		all.Go(func() { s.OnAppend(func(_ perms.Head, list []perms.Entry) { entries.Add(int64(len(list))) }) })
		all.Go(func() { s.OnCommit(func(perms.Head) { commits.Add(1) }) })
	}
	all.Wait()
	entries.Store(0)
	commits.Store(0)
	commit()
	if entries.Load() != 20 || commits.Load() != 20 {
		t.Errorf("%d have heard of the entry, and %d of the commit", entries.Load(), commits.Load())
	}
}
