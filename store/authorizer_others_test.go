package store_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// TestKeysOfOthers: a key that another Book has put into the catalogue is known here when the change is, and what holds it is: by the journal, and where the
// journal is too long, or nothing was known yet.
func TestKeysOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := deaf{watch(memory.New(), true)}
		d := newDesk(t, s, store.Options{})
		other, err := store.Connect(t.Context(), s, store.Options{})
		d.must(err)
		for i, changes := range []int{0, 1, 3000} {
			key := perms.Permission(fmt.Sprint("reports.view", i))
			handle := d.book.Perms.Handle(key)
			if i > 0 {
				d.wants(key, perms.UnknownPermission)
			}
			d.must(other.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: key}}}))
			d.must(other.Users.SetOverride(t.Context(), system, d.ann, perms.Grant(key)))
			for n := range changes {
				_, err := other.Roles.Update(t.Context(), system, d.role, roles.Update{Description: new(fmt.Sprint(n))})
				d.must(err)
			}
			time.Sleep(time.Second)
			d.wants(key, perms.GrantedByOverride)
			if got, err := d.book.Perms.CheckHandle(t.Context(), d.ann, handle, perms.Home); err != nil || !got.Allowed || !d.book.Catalog().Has(key) {
				t.Errorf("%s: %+v, %v", key, got, err)
			}
		}
	})
}

// Of keys that are seeded at once, and beside other transactions, none is lost.
func TestKeysAtOnce(t *testing.T) {
	d := newDesk(t, memory.New(), store.Options{})
	var seeds sync.WaitGroup
	for i := range 20 {
		key := perms.Permission(fmt.Sprint("reports.view", i))
		seed := func(b *store.Book) error {
			return b.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: key}}})
		}
		seeds.Go(func() { d.must(seed(d.book)) })
		seeds.Go(func() { d.must(d.book.InTx(t.Context(), func(*store.Book) error { return nil })) })
		seeds.Go(func() { d.must(d.book.InTx(t.Context(), seed)) })
	}
	seeds.Wait()
	for i := range 20 {
		if key := perms.Permission(fmt.Sprint("reports.view", i)); !d.book.Catalog().Has(key) {
			t.Errorf("%s is lost", key)
		}
	}
}
