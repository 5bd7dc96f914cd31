package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
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

// passed is a store in which something happens when everybody is read of it: before each page, and after each user.
type passed struct {
	watched
	page, user func()
}

func (s passed) View(ctx context.Context, fn func(tx store.Store) error) error {
	return s.watched.View(ctx, func(tx store.Store) error { return fn(passedView{tx, s}) })
}

type passedView struct {
	store.Store
	by passed
}

func (v passedView) EachActive(ctx context.Context, after int64, limit int, yield func(*perms.Subject)) (int64, error) {
	v.by.page()
	return v.Store.EachActive(ctx, after, limit, func(s *perms.Subject) {
		yield(s)
		v.by.user()
	})
}

// TestWarmAll: whoever is active is known, as he is after what has happened while he was read.
func TestWarmAll(t *testing.T) {
	happens := func() {}
	s := passed{watch(memory.New(), false), func() {}, func() { happens() }}
	d := newDesk(t, s, store.Options{})
	editor, err := d.book.Roles.Create(t.Context(), system, roles.New{Name: "Editor", Permissions: []string{"assets.edit"}})
	d.must(err)
	bob, eve, cid := d.user("bob"), d.user("eve"), d.user("cid", editor.Key)
	if _, err := d.book.Users.Do(t.Context(), system, eve, users.Suspend); err != nil {
		t.Fatal(err)
	}
	count := func(want int64) {
		t.Helper()
		s.subjects.Store(0)
		d.wants("assets.view", perms.GrantedByRole)
		wants(t, d.book, bob, "assets.view", perms.NotGranted)
		wants(t, d.book, cid, "assets.view", perms.NotGranted)
		wants(t, d.book, cid, "assets.edit", perms.GrantedByRole)
		wants(t, d.book, eve, "assets.view", perms.InactiveUser)
		if n := s.subjects.Load(); n != want {
			t.Errorf("%d users were read one by one, want %d", n, want)
		}
	}
	d.must(d.book.Perms.WarmAll(t.Context()))
	count(1) // eve
	times := 0
	happens = func() {
		if times++; times == 1 {
			d.must(d.book.Users.SetOverride(t.Context(), system, d.ann, perms.Revoke("assets.view")))
		}
	}
	d.must(d.book.Perms.WarmAll(t.Context()))
	s.subjects.Store(0)
	d.wants("assets.view", perms.RevokedByOverride)
	if n := s.subjects.Load(); n != 0 || times == 0 {
		t.Errorf("%d users were read one by one, after %d interruptions", n, times)
	}
	happens = func() { // each time, so that nobody can be kept
		d.must(s.Store.InTx(t.Context(), func(tx store.Store) error {
			_, err := tx.Append(t.Context(), touch(d, perms.UserUpdate))
			return err
		}))
	}
	d.must(d.book.Perms.WarmAll(t.Context()))
	happens = func() {}
	d.wants("assets.view", perms.RevokedByOverride)
	if err := d.book.On(s.watched).Perms.WarmAll(t.Context()); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.book.Perms.WarmAll(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after ctx has ended: %v", err)
	}
}

// TestWarmAllEnds: an Authorizer that may not remember everybody reads as many as it may, and forgets nobody for another one's sake.
func TestWarmAllEnds(t *testing.T) {
	pages := 0
	s := passed{watch(memory.New(), false), func() { pages++ }, func() {}}
	d := newDesk(t, s, store.Options{CachedUsers: 8})
	everybody := []uuid.UUID{d.ann}
	for i := range 1100 {
		everybody = append(everybody, d.user(fmt.Sprint("user", i)))
	}
	known := func(list ...uuid.UUID) bool {
		t.Helper()
		s.subjects.Store(0)
		for _, u := range list {
			if _, err := d.book.Perms.Check(t.Context(), u, "assets.view", perms.Home); err != nil {
				t.Fatal(err)
			}
		}
		return s.subjects.Load() == 0
	}
	d.must(d.book.Perms.WarmAll(t.Context()))
	if pages != 1 {
		t.Errorf("%d pages were read for 8 users", pages)
	}
	if !known(everybody[7]) || !known(everybody[0]) {
		t.Error("one of the first eight is not known")
	}
	if known(everybody[8]) {
		t.Error("the ninth is known")
	}
	another, err := store.Connect(t.Context(), s, store.Options{Catalog: perms.NewCatalog("assets.view")})
	d.must(err)
	d.book, pages = another, 0
	d.must(d.book.Perms.WarmAll(t.Context()))
	if !known(everybody...) || pages != 2 {
		t.Errorf("not everybody is known after %d pages", pages)
	}
}

// TestWarmAllBesideNewKeys: a key that comes to be known while everybody is read is one in what is kept of those who are read after that.
func TestWarmAllBesideNewKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rolebook.db")
	happens := func() {}
	d := newDesk(t, passed{watch(openFile(t, path), true), func() {}, func() { happens() }}, store.Options{MaxStaleness: time.Hour})
	all, err := d.book.Roles.Create(t.Context(), system, roles.New{Name: "All assets", Permissions: []string{"assets.*"}})
	d.must(err)
	d.user("amy")
	bob := d.user("bob", all.Key)
	d.must(d.s.InTx(t.Context(), func(tx store.Store) error { // who knew the key
		u, err := tx.User(t.Context(), bob)
		d.must(err)
		changed := u
		changed.Overrides, changed.Version = []perms.Override{perms.Revoke("assets.wipe")}, u.Version+1
		return tx.UpdateUser(t.Context(), u, changed)
	}))
	other, err := store.Connect(t.Context(), openFile(t, path), store.Options{})
	d.must(err)
	d.wants("assets.view", perms.GrantedByRole) // so the tenant is known
	times := 0
	happens = func() {
		if times++; times == 1 {
			d.must(other.Seed(t.Context(), system, roles.Preset{Keys: []perms.Key{{Permission: "assets.wipe"}}}))
			_, err := d.book.Users.Get(t.Context(), system, d.ann)
			d.must(err)
		}
	}
	d.must(d.book.Perms.WarmAll(t.Context()))
	wants(t, d.book, bob, "assets.wipe", perms.RevokedByOverride)
}
