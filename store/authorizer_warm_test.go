package store_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// TestWarmBesideChanges: who is got to know while he is changed is known as he is after the change, by the next check.
func TestWarmBesideChanges(t *testing.T) {
	d := newDesk(t, memory.New(), store.Options{CachedUsers: 8})
	everybody := []uuid.UUID{d.ann}
	for _, name := range []string{"bob", "cid", "dan", "eve", "fay"} {
		everybody = append(everybody, d.user(name))
	}
	const changes = 300
	done := make(chan struct{})
	var warmers sync.WaitGroup
	for range 2 {
		warmers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := d.book.Perms.Warm(t.Context(), everybody); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range changes {
		d.must(d.book.Users.SetOverride(t.Context(), system, d.ann, perms.Revoke("assets.view")))
		d.wants("assets.view", perms.RevokedByOverride)
		d.must(d.book.Users.ClearOverride(t.Context(), system, d.ann, "assets.view", perms.Anywhere))
		d.wants("assets.view", perms.GrantedByRole)
	}
	close(done)
	warmers.Wait()
}
