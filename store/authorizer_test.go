package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// watched is a store that counts and disturbs what is read of it. It can pretend that others write to it.
type watched struct {
	store.Store
	shared   bool
	subjects *atomic.Int64
	journals *atomic.Int64
	heads    *atomic.Int64
	loading  *atomic.Pointer[func()]     // runs after a subject has been read, or a view is over
	fails    *atomic.Pointer[error]      // of what is read outside transactions
	behind   *atomic.Pointer[perms.Head] // what a replica would say
}

func watch(s store.Store, shared bool) watched {
	return watched{s, shared, new(atomic.Int64), new(atomic.Int64), new(atomic.Int64), new(atomic.Pointer[func()]), new(atomic.Pointer[error]), new(atomic.Pointer[perms.Head])}
}

func (w watched) Shared() bool { return w.shared }

func (w watched) failure() error {
	if err := w.fails.Load(); err != nil {
		return *err
	}
	return nil
}

func (w watched) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	w.subjects.Add(1)
	s, err := w.Store.Subject(ctx, user)
	if fn := w.loading.Load(); fn != nil {
		(*fn)()
	}
	return s, errors.Join(err, w.failure())
}

func (w watched) View(ctx context.Context, fn func(tx store.Store) error) error {
	err := w.Store.View(ctx, fn)
	if fn := w.loading.Load(); fn != nil {
		(*fn)()
	}
	return err
}

func (w watched) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	w.journals.Add(1)
	list, err := w.Store.Journal(ctx, f)
	return list, errors.Join(err, w.failure())
}

func (w watched) Head(ctx context.Context) (perms.Head, error) {
	w.heads.Add(1)
	if h := w.behind.Load(); h != nil {
		return *h, w.failure()
	}
	head, err := w.Store.Head(ctx)
	return head, errors.Join(err, w.failure())
}

// desk is a book with a user, ann, who holds a role that she may view assets by.
type desk struct {
	testing.TB
	book *store.Book
	s    store.Store
	ann  uuid.UUID
	role uuid.UUID
	home uuid.UUID
}

var system = perms.System("test")

func newDesk(t testing.TB, s store.Store, o store.Options) *desk {
	t.Helper()
	d := &desk{TB: t, s: s}
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	d.must(err)
	o.Hasher, o.Catalog = hasher, perms.NewCatalog("assets.view", "assets.edit", "dashboards.view")
	d.book, err = store.Connect(t.Context(), s, o)
	d.must(err)
	role, err := d.book.Roles.Create(t.Context(), system, roles.New{Name: "Viewer", Permissions: []string{"assets.view"}})
	d.must(err)
	home, err := d.book.Tenants.Default(t.Context())
	d.must(err)
	d.role, d.home = role.ID, home.ID
	d.ann = d.user("ann", role.Key)
	return d
}

func (d *desk) user(name string, roles ...string) uuid.UUID {
	d.Helper()
	u, err := d.book.Users.Create(d.Context(), system, users.New{Email: name + "@example.com", Name: name, Roles: roles})
	d.must(err)
	return u.ID
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// wants checks what ann may do.
func (d *desk) wants(p perms.Permission, want perms.Code) {
	d.Helper()
	wants(d, d.book, d.ann, p, want)
}

func wants(t testing.TB, b *store.Book, user uuid.UUID, p perms.Permission, want perms.Code) {
	t.Helper()
	got, err := b.Perms.CheckObject(t.Context(), user, p, perms.Home, perms.Object{Type: "dashboards", ID: 7})
	if err != nil || got.Code != want {
		t.Errorf("%s is %s, %v; want %s", p, got.Code, err, want)
	}
}

// TestEveryChangeShowsAtOnce: what is known of a user is not known any more when a change that bears on him has returned, whatever changed. And little else is
// forgotten: what was not touched is not read again.
func TestEveryChangeShowsAtOnce(t *testing.T) {
	type change struct {
		name   string
		do     func(ctx context.Context, d *desk) error
		p      perms.Permission
		before perms.Code
		after  perms.Code
		reads  int64 // of users, to answer about ann and somebody else
	}
	group := func(ctx context.Context, d *desk) users.Group {
		g, err := d.book.Groups.Create(ctx, system, users.NewGroup{Tenant: d.home, Name: "Group"})
		d.must(err)
		_, err = d.book.Groups.AddMembers(ctx, system, users.ByID(g.ID), []users.Ref{users.ByID(d.ann)})
		d.must(err)
		_, err = d.book.Groups.SetObjects(ctx, system, users.ByID(g.ID), "dashboards", []int64{7})
		d.must(err)
		return g
	}
	var shared users.Group
	with := func(ctx context.Context, d *desk) { shared = group(ctx, d) }
	for _, c := range []struct {
		change
		given func(ctx context.Context, d *desk)
	}{
		{change: change{"revoke", func(ctx context.Context, d *desk) error {
			return d.book.Users.SetOverride(ctx, system, d.ann, perms.Revoke("assets.view"))
		}, "assets.view", perms.GrantedByRole, perms.RevokedByOverride, 1}},
		{change: change{"clear", func(ctx context.Context, d *desk) error {
			return d.book.Users.ClearOverride(ctx, system, d.ann, "assets.edit", perms.Anywhere)
		}, "assets.edit", perms.GrantedByOverride, perms.NotGranted, 1}, given: func(ctx context.Context, d *desk) {
			d.must(d.book.Users.SetOverride(ctx, system, d.ann, perms.Grant("assets.edit")))
		}},
		{change: change{"roles", func(ctx context.Context, d *desk) error {
			_, err := d.book.Users.SetRoles(ctx, system, d.ann, nil)
			return err
		}, "assets.view", perms.GrantedByRole, perms.NotGranted, 1}},
		{change: change{"suspend", func(ctx context.Context, d *desk) error {
			_, err := d.book.Users.Do(ctx, system, d.ann, users.Suspend)
			return err
		}, "assets.view", perms.GrantedByRole, perms.InactiveUser, 1}},
		{change: change{"purge", func(ctx context.Context, d *desk) error {
			_, err := d.book.Users.Purge(ctx, system, users.ByID(d.ann), false, 0)
			return err
		}, "assets.view", perms.GrantedByRole, perms.InactiveUser, 2}},
		{change: change{"edit role", func(ctx context.Context, d *desk) error {
			_, err := d.book.Roles.Update(ctx, system, d.role, roles.Update{Remove: []string{"assets.view"}, Add: []string{"assets.edit"}})
			return err
		}, "assets.view", perms.GrantedByRole, perms.NotGranted, 0}},
		{change: change{"rename role", func(ctx context.Context, d *desk) error {
			_, err := d.book.Roles.Update(ctx, system, d.role, roles.Update{Description: new("of assets")})
			return err
		}, "assets.view", perms.GrantedByRole, perms.GrantedByRole, 0}},
		{change: change{"password", func(ctx context.Context, d *desk) error {
			return d.book.Users.SetPassword(ctx, system, d.ann, "quiet-river-2041", false)
		}, "assets.view", perms.GrantedByRole, perms.GrantedByRole, 0}},
		{change: change{"share", func(ctx context.Context, d *desk) error {
			_, err := d.book.Users.SetObjects(ctx, system, users.ByID(d.ann), uuid.Nil, "dashboards", []int64{7})
			return err
		}, "dashboards.view", perms.NoGrant, perms.GrantedByGrant, 1}},
		{change: change{"share with group", func(ctx context.Context, d *desk) error {
			_, err := d.book.Groups.SetObjects(ctx, system, users.ByID(shared.ID), "dashboards", nil)
			return err
		}, "dashboards.view", perms.GrantedByGrant, perms.NoGrant, 1}, given: with},
		{change: change{"leave group", func(ctx context.Context, d *desk) error {
			return d.book.Groups.RemoveMembers(ctx, system, users.ByID(shared.ID), []users.Ref{users.ByID(d.ann)})
		}, "dashboards.view", perms.GrantedByGrant, perms.NoGrant, 1}, given: with},
		{change: change{"delete group", func(ctx context.Context, d *desk) error {
			return d.book.Groups.Delete(ctx, system, users.ByID(shared.ID))
		}, "dashboards.view", perms.GrantedByGrant, perms.NoGrant, 1}, given: with},
		{change: change{"retire tenant", func(ctx context.Context, d *desk) error {
			_, err := d.book.Tenants.Update(ctx, system, d.home, users.TenantUpdate{Type: new(perms.RetiredTenant)})
			return err
		}, "assets.view", perms.GrantedByRole, perms.TenantOutOfScope, 4}},
		{change: change{"rename tenant", func(ctx context.Context, d *desk) error {
			_, err := d.book.Tenants.Update(ctx, system, d.home, users.TenantUpdate{Name: new("Acme")})
			return err
		}, "assets.view", perms.GrantedByRole, perms.GrantedByRole, 0}},
		{change: change{"invite", func(ctx context.Context, d *desk) error {
			_, err := d.book.Invites.Create(ctx, system, invites.New{Email: "eve@example.com", Role: "guest", Tenant: perms.TenantOf(d.home)})
			return err
		}, "assets.view", perms.GrantedByRole, perms.GrantedByRole, 0}, given: func(ctx context.Context, d *desk) {
			d.must(d.book.Seed(ctx, system, roles.Preset{Roles: []roles.PresetRole{{Key: "guest", Name: "Guest", Patterns: []perms.Pattern{"assets.view"}}}}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := watch(memory.New(), false)
			d := newDesk(t, s, store.Options{})
			other := d.user("bob")
			if c.given != nil {
				c.given(t.Context(), d)
			}
			for range 2 {
				d.wants(c.p, c.before)
				wants(t, d.book, other, "assets.view", perms.NotGranted)
			}
			s.subjects.Store(0)
			d.must(c.do(t.Context(), d))
			s.subjects.Store(0) // what the service itself has read
			for range 2 {
				d.wants(c.p, c.after)
				wants(t, d.book, other, "assets.edit", codeOfOther(c.after))
			}
			if n := s.subjects.Load(); n > c.reads && c.name != "purge" {
				t.Errorf("%d users were read, want at most %d", n, c.reads)
			}
		})
	}
}

// codeOfOther is that of a permission which somebody of the same tenant does not have.
func codeOfOther(ann perms.Code) perms.Code {
	if ann == perms.TenantOutOfScope {
		return ann
	}
	return perms.NotGranted
}

// An entry that this version does not know may have changed anything.
func TestUnknownEntryForgetsEverything(t *testing.T) {
	d := newDesk(t, memory.New(), store.Options{})
	d.wants("assets.view", perms.GrantedByRole)
	d.must(d.s.InTx(t.Context(), func(tx store.Store) error {
		u, err := tx.User(t.Context(), d.ann)
		if err != nil {
			return err
		}
		n := u.Clone()
		n.Status = perms.Suspended
		if err := tx.UpdateUser(t.Context(), u, n); err != nil {
			return err
		}
		_, err = tx.Append(t.Context(), perms.Entry{At: time.Now(), Actor: system.Ref(), Action: "user.enchant", Tenant: perms.Anywhere})
		return err
	}))
	d.wants("assets.view", perms.InactiveUser)
}

var errCut = errors.New("the cable is cut")

// TestOthersWrite: what another Book writes to the same store, unheard, shows within MaxStaleness; by AtLeast at once; and after it nothing is allowed that
// cannot be asked.
func TestOthersWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := deaf{watch(memory.New(), true)}
		d := newDesk(t, s, store.Options{MaxStaleness: 2 * time.Second})
		other, err := store.Connect(t.Context(), s, store.Options{})
		d.must(err)
		d.wants("assets.view", perms.GrantedByRole)
		d.must(other.Users.SetOverride(t.Context(), system, d.ann, perms.Revoke("assets.view")))
		time.Sleep(2*time.Second - 1)
		s.heads.Store(0)
		d.wants("assets.view", perms.GrantedByRole) // as is promised, no more
		if s.heads.Load() != 0 {
			t.Error("the store was asked too early")
		}
		time.Sleep(time.Nanosecond)
		d.wants("assets.view", perms.RevokedByOverride)
		d.must(other.Users.ClearOverride(t.Context(), system, d.ann, "assets.view", perms.Anywhere))
		head, err := s.Store.Head(t.Context())
		d.must(err)
		d.must(d.book.Perms.AtLeast(t.Context(), head.Revision))
		d.wants("assets.view", perms.GrantedByRole)

		s.fails.Store(&errCut)
		time.Sleep(2 * time.Second)
		got, err := d.book.Perms.Check(t.Context(), d.ann, "assets.view", perms.Home)
		if got != (perms.Decision{}) || !errors.Is(err, errCut) {
			t.Errorf("without its store: %+v, %v", got, err)
		}
		s.fails.Store(nil)
		d.wants("assets.view", perms.GrantedByRole)
		s.behind.Store(new(perms.Head)) // the store has lost what it told of
		time.Sleep(2 * time.Second)
		if got, err := d.book.Perms.Check(t.Context(), d.ann, "assets.view", perms.Home); got.Allowed || !errors.Is(err, perms.ErrBehind) {
			t.Errorf("of a store that has gone back: %+v, %v", got, err)
		}
	})
}

// deaf is a store whose commits nobody hears of.
type deaf struct{ watched }

func (deaf) OnCommit(func(perms.Head)) {}

func (deaf) OnAppend(func(perms.Head, []perms.Entry)) {}

// With Always, the very next check knows, even though the clock stands still.
func TestAlways(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := deaf{watch(memory.New(), true)}
		d := newDesk(t, s, store.Options{MaxStaleness: store.Always})
		other, err := store.Connect(t.Context(), s, store.Options{})
		d.must(err)
		for range 100 {
			d.wants("assets.view", perms.GrantedByRole)
			d.must(other.Users.SetOverride(t.Context(), system, d.ann, perms.Revoke("assets.view")))
			d.wants("assets.view", perms.RevokedByOverride)
			d.must(other.Users.ClearOverride(t.Context(), system, d.ann, "assets.view", perms.Anywhere))
		}
	})
}

// AtLeast waits for a revision that is not there yet, and no longer than its ctx.
func TestAtLeast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := deaf{watch(memory.New(), true)}
		d := newDesk(t, s, store.Options{})
		other, err := store.Connect(t.Context(), s, store.Options{})
		d.must(err)
		d.wants("assets.view", perms.GrantedByRole)
		head, err := s.Store.Head(t.Context())
		d.must(err)
		go func() {
			time.Sleep(300 * time.Millisecond)
			d.must(other.Users.SetOverride(t.Context(), system, d.ann, perms.Revoke("assets.view")))
		}()
		for _, a := range []*perms.Authorizer{d.book.Perms, d.book.On(s).Perms} {
			d.must(a.AtLeast(t.Context(), head.Revision+1))
			got, err := a.Check(t.Context(), d.ann, "assets.view", perms.Home)
			if err != nil || got.Code != perms.RevokedByOverride {
				t.Errorf("%+v, %v", got, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := a.AtLeast(ctx, head.Revision+2); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a revision that never came: %v", err)
			}
		}
	})
}

// TestOneLoadForMany: five hundred callers who ask about one unknown user cost one load, and it is nobody's own: who began it may leave.
func TestOneLoadForMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := watch(memory.New(), false)
		d := newDesk(t, s, store.Options{})
		gate := make(chan struct{})
		s.loading.Store(new(func() { <-gate }))
		s.subjects.Store(0)
		leader, leave := context.WithCancel(t.Context())
		var allowed, left atomic.Int64
		for i := range 500 {
			ctx := t.Context()
			if i == 0 {
				ctx = leader
			}
			go func() {
				got, err := d.book.Perms.Check(ctx, d.ann, "assets.view", perms.Home)
				switch {
				case errors.Is(err, context.Canceled) && !got.Allowed:
					left.Add(1)
				case err == nil && got.Allowed:
					allowed.Add(1)
				}
			}()
			if i == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		leave()
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if s.subjects.Load() > 2 || allowed.Load() != 499 || left.Load() != 1 {
			t.Errorf("%d loads, %d allowed, %d left", s.subjects.Load(), allowed.Load(), left.Load())
		}
	})
}

// TestFillRacesInvalidation: whatever is committed while a user is being read, what is kept of him is not from before it.
func TestFillRacesInvalidation(t *testing.T) {
	trials := 20_000
	if testing.Short() {
		trials = 2_000
	}
	s := watch(memory.New(), false)
	d := newDesk(t, s, store.Options{})
	var once atomic.Bool
	revoked := false
	s.loading.Store(new(func() {
		if !once.CompareAndSwap(false, true) {
			return
		}
		if revoked = !revoked; revoked {
			d.must(appendOverride(t.Context(), d, perms.Revoke("assets.view")))
			return
		}
		d.must(appendOverride(t.Context(), d, perms.Override{}))
	}))
	for range trials {
		d.must(appendTouch(t.Context(), d)) // so that she is read
		once.Store(false)
		if _, err := d.book.Perms.Check(t.Context(), d.ann, "assets.view", perms.Home); err != nil {
			t.Fatal(err)
		}
		got, err := d.book.Perms.Check(t.Context(), d.ann, "assets.view", perms.Home)
		if err != nil || got.Allowed == revoked || !once.Load() {
			t.Fatalf("revoked is %t, and she gets %+v, %v", revoked, got, err)
		}
	}
}

// appendOverride replaces ann's overrides behind the services' back, which is fast, and says so in the journal.
func appendOverride(ctx context.Context, d *desk, o perms.Override) error {
	return d.s.(watched).Store.InTx(ctx, func(tx store.Store) error {
		u, err := tx.User(ctx, d.ann)
		if err != nil {
			return err
		}
		n := u.Clone()
		n.Overrides = nil
		if o.Permission != "" {
			n.Overrides = []perms.Override{o}
		}
		if err := tx.UpdateUser(ctx, u, n); err != nil {
			return err
		}
		_, err = tx.Append(ctx, touch(d, perms.OverrideSet))
		return err
	})
}

func appendTouch(ctx context.Context, d *desk) error {
	return d.s.(watched).Store.InTx(ctx, func(tx store.Store) error {
		_, err := tx.Append(ctx, touch(d, perms.UserUpdate))
		return err
	})
}

func touch(d *desk, action perms.Action) perms.Entry {
	return perms.Entry{At: time.Unix(1, 0), Actor: system.Ref(), Action: action, Target: perms.Target{Kind: perms.KindUser, ID: d.ann}, Tenant: perms.Anywhere}
}

// Warm reads many by one read, in which a change may come between: what is kept is as of after it.
func TestWarm(t *testing.T) {
	s := watch(memory.New(), false)
	d := newDesk(t, s, store.Options{})
	bob := d.user("bob")
	d.must(d.book.Perms.Warm(t.Context(), []uuid.UUID{d.ann, bob, uuid.New(), d.ann}))
	s.subjects.Store(0)
	d.wants("assets.view", perms.GrantedByRole)
	wants(t, d.book, bob, "assets.view", perms.NotGranted)
	if n := s.subjects.Load(); n != 0 {
		t.Errorf("%d users were read after all", n)
	}
	d.must(appendTouch(t.Context(), d))
	once := true
	s.loading.Store(new(func() {
		if once {
			once = false
			d.must(appendOverride(t.Context(), d, perms.Revoke("assets.view")))
		}
	}))
	d.must(d.book.Perms.Warm(t.Context(), []uuid.UUID{d.ann, bob}))
	d.wants("assets.view", perms.RevokedByOverride)
	if s.subjects.Load() != 0 || once {
		t.Errorf("%d users were read one by one; disturbed: %t", s.subjects.Load(), !once)
	}
	if err := d.book.On(s).Perms.Warm(t.Context(), []uuid.UUID{d.ann}); err != nil {
		t.Error(err)
	}
}
