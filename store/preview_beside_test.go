package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// attended is a store of which a test is told when a snapshot is taken, and when a page of users is read from one.
type attended struct {
	store.Store
	viewing, paging func()
	learning        func() // once the types of tenants have been read, which are read last of a page
	asked           bool   // for the head
}

func (w *attended) View(ctx context.Context, fn func(store.Store) error) error {
	w.viewing()
	return w.Store.View(ctx, func(tx store.Store) error {
		return fn(&attended{Store: tx, viewing: w.viewing, paging: w.paging, learning: w.learning})
	})
}

func (w *attended) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	defer w.paging()
	return w.Store.Users(ctx, f)
}

func (w *attended) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	defer w.learning()
	return w.Store.TenantTypes(ctx, ids)
}

func (w *attended) Head(ctx context.Context) (perms.Head, error) {
	w.asked = true
	return w.Store.Head(ctx)
}

// watch returns a Book over the office's store with hooks. Without one for snapshots these are to be taken once the store has told how far it is: a replica
// shows what the store has told of.
func (o *office) watch(limit time.Duration, viewing, paging func()) *store.Book {
	o.Helper()
	b, w := o.attend(limit)
	w.viewing, w.paging, w.asked = viewing, paging, false
	if viewing == nil {
		w.viewing = func() {
			if !w.asked {
				o.Error("a snapshot is taken that may be from before what the change has seen")
			}
		}
	}
	return b
}

// attend returns a Book over the office's store, and the hooks.
func (o *office) attend(limit time.Duration) (*store.Book, *attended) {
	o.Helper()
	w := &attended{Store: o.store, viewing: nothing, paging: nothing, learning: nothing}
	b, err := store.Connect(o.Context(), w, store.Options{
		Catalog: perms.NewCatalog("bills.read", "bills.pay", "bills.print"), PreviewTime: limit, Clock: func() time.Time { return o.now },
	})
	o.must(err)
	return b, w
}

func nothing() {}

// A preview that takes too long tells what it has found, in order, and that this is not all. How long that was is no matter of the host's clock, which here
// stands still or is set back.
func TestPreviewIsCut(t *testing.T) {
	for _, back := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			o := newOffice(t, 1)
			o.crowd(1200)
			whole, err := o.connect().Preview(t.Context(), o.swap)
			o.must(err)
			for limit, want := range map[time.Duration]int{50 * time.Millisecond: 0, 150 * time.Millisecond: 500, 250 * time.Millisecond: 1000, 350 * time.Millisecond: 1202, 0: 1202} {
				b := o.watch(limit, nothing, func() {
					o.now = o.now.Add(-back)
					time.Sleep(100 * time.Millisecond)
				})
				report, err := b.Preview(t.Context(), o.swap)
				o.must(err)
				if cut := want < 1202; report.Cut != cut || report.Gained != want || !slices.Equal(report.Gains, whole.Gains[:min(want, store.MaxHoldings)]) {
					t.Errorf("within %s: cut %t after %d gains, want %d", limit, report.Cut, report.Gained, want)
				}
			}
			if !o.Perms.Can(t.Context(), o.ann.ID, "bills.pay", perms.In(o.in)) {
				t.Error("what was cut was done")
			}
		})
	}
}

// By default it is a second.
func TestPreviewTimeByDefault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, 1)
		for page, cut := range map[time.Duration]bool{time.Second - time.Millisecond: false, time.Second + time.Millisecond: true} {
			report, err := o.watch(0, nothing, func() { time.Sleep(page) }).Preview(t.Context(), o.swap)
			if o.must(err); report.Cut != cut {
				t.Errorf("after %s: %+v", page, report)
			}
		}
	})
}

func TestPreviewEndsWithItsContext(t *testing.T) {
	o := newOffice(t, 1)
	for name, end := range map[string]func(cancel func()) *store.Book{
		"while it changes": func(cancel func()) *store.Book { cancel(); return o.Book },
		"while it reads":   func(cancel func()) *store.Book { return o.watch(0, nothing, cancel) },
		"while it weighs": func(cancel func()) *store.Book {
			b, w := o.attend(0)
			w.learning = cancel
			return b
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if report, err := end(cancel).Preview(ctx, o.swap); !errors.Is(err, context.Canceled) || report.Gained > 0 {
			t.Errorf("%s: %+v, %v", name, report, err)
		}
	}
}

// While a preview looks for who gains and who loses, others write; it tells of the moment in which it began to look.
func TestPreviewKeepsNobodyWaiting(t *testing.T) {
	o := newOffice(t, 1)
	everybody := o.crowd(600)
	hired := 0
	b := o.watch(0, nil, func() {
		o.hire(fmt.Sprint("cid", hired), perms.Window{})
		hired++
	})
	report, err := b.Preview(t.Context(), o.swap)
	if o.must(err); hired != 2 || report.Cut || report.Gained != everybody || report.Lost != 2*everybody {
		t.Errorf("%d were hired beside it; %d gain and %d lose, cut %t, want %d and %d", hired, report.Gained, report.Lost, report.Cut, everybody, 2*everybody)
	}
}

// What others write between the change and the search for who gains and who loses is taken in, or the preview says that it knows nothing.
func TestPreviewBesideOthers(t *testing.T) {
	type change func(o *office, b *store.Book)
	suspend := func(u func(*office) users.User) change {
		return func(o *office, b *store.Book) {
			_, err := b.Users.Do(o.Context(), setup, u(o).ID, users.Suspend)
			o.must(err)
		}
	}
	ann, bob := func(o *office) users.User { return o.ann }, func(o *office) users.User { return o.bob }
	retype := func(o *office, b *store.Book) {
		_, err := b.Tenants.Update(o.Context(), setup, o.in, users.TenantUpdate{Type: new(perms.TestTenant)})
		o.must(err)
	}
	rename := func(o *office, b *store.Book) {
		_, err := b.Tenants.Update(o.Context(), setup, o.in, users.TenantUpdate{Name: new("Bureau")})
		o.must(err)
	}
	swap := func(o *office, b *store.Book) { o.must(o.swap(b)) }
	purge := func(o *office, b *store.Book) {
		_, err := b.Users.Purge(o.Context(), setup, users.ByID(o.ann.ID), true, 0)
		o.must(err)
	}
	seed := func(key perms.Permission) change {
		return func(o *office, b *store.Book) {
			o.must(b.Seed(o.Context(), setup, roles.Preset{Keys: []perms.Key{{Permission: key}}}))
		}
	}
	entries := func(n int) change {
		return func(o *office, b *store.Book) {
			for i := range n {
				o.must(b.Users.SetOverride(o.Context(), setup, o.bob.ID, perms.Grant("bills.read").Because(fmt.Sprint(i))))
			}
		}
	}
	archive := func(o *office, b *store.Book) {
		suspend(bob)(o, b)
		o.now = o.now.Add(time.Hour)
		_, err := b.Journal.Archive(o.Context(), setup, o.now, func([]perms.Entry) error { return nil })
		o.must(err)
	}
	for name, row := range map[string]struct {
		previewed, meanwhile change
		lost                 int // less than none: it is cut
	}{
		"nobody":                        {swap, func(*office, *store.Book) {}, 4},
		"one more of the role":          {swap, func(o *office, _ *store.Book) { o.hire("cid", perms.Window{}) }, 6},
		"one less of the role":          {swap, suspend(bob), 2},
		"another user":                  {suspend(ann), suspend(bob), 3},
		"the same user":                 {suspend(ann), suspend(ann), -1},
		"the same user, who would go":   {purge, suspend(ann), -1},
		"the same role":                 {swap, swap, -1},
		"the role of the user":          {suspend(ann), swap, -1},
		"the role of one who would go":  {purge, swap, 2}, // what he still has
		"the same tenant":               {retype, rename, -1},
		"another catalogue":             {seed("bills.burn"), seed("bills.forge"), -1},
		"many others":                   {suspend(ann), entries(500), 3},
		"more than is looked through":   {suspend(ann), entries(501), -1},
		"others, who are archived soon": {suspend(ann), archive, -1},
	} {
		o := newOffice(t, 1)
		o.Book = o.connect()
		done := false
		report, err := o.watch(0, func() {
			if !done {
				done = true
				row.meanwhile(o, o.Book)
			}
		}, nothing).Preview(t.Context(), func(b *store.Book) error {
			row.previewed(o, b)
			return nil
		})
		o.must(err)
		if cut := row.lost < 0; report.Cut != cut || report.Lost != max(0, row.lost) || len(report.Loses) != report.Lost || report.At.IsZero() {
			t.Errorf("%s: %+v, want %d", name, report, row.lost)
		}
	}
}
