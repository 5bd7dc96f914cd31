package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func Example() {
	main()
	// Output:
	// ann may view orders: true
	// ann again: true
	// eve: true
}

// theShop is a shop whose book hears of changes by its store alone: it looks for those of others once in an hour.
func theShop(t *testing.T) *shop {
	t.Helper()
	s, err := open(t.Context(), filepath.Join(t.TempDir(), "shop.db"), store.Options{MaxStaleness: time.Hour})
	must(t, err)
	t.Cleanup(func() { must(t, s.store.Close()) })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// state is what there is of the shop's rows and of rolebook's.
type state struct{ tents, orders, users, revision int64 }

func (s *shop) state(t *testing.T) (found state) {
	t.Helper()
	const counts = `
		select
			(select sum(remaining) from stock),
			(select count(*) from orders),
			(select count(*) from rolebook_users),
			(select revision from rolebook_head)`
	must(t, s.store.DB().QueryRowContext(t.Context(), counts).Scan(&found.tents, &found.orders, &found.users, &found.revision))
	return found
}

func (s *shop) may(t *testing.T, user uuid.UUID, p perms.Permission) bool {
	t.Helper()
	d, err := s.book.Perms.Check(t.Context(), user, p, perms.Home)
	must(t, err)
	return d.Allowed
}

func TestOrder(t *testing.T) {
	s := theShop(t)
	before := s.state(t)
	ann, err := s.order(t.Context(), "ann@example.com", "tent")
	must(t, err)
	if after := s.state(t); after != (state{before.tents - 1, 1, 1, before.revision + 1}) {
		t.Errorf("from %+v to %+v", before, after)
	}
	if !s.may(t, ann.ID, "orders.view") || s.may(t, ann.ID, "orders.refund") {
		t.Error("ann's permissions are not those of a buyer")
	}
}

// Whoever refuses, and however it ends: nothing of it is left, and the next order is served.
func TestNothingIsLeft(t *testing.T) {
	s := theShop(t)
	_, err := s.order(t.Context(), "ann@example.com", "tent")
	must(t, err)
	oops := errors.New("oops")
	both := func(ctx context.Context, tx *sql.Tx, book *store.Book) {
		must(t, take(ctx, tx, "tent"))
		u, err := book.Users.Create(ctx, perms.System("test"), users.New{Email: "bob@example.com", Name: "Bob"})
		must(t, err)
		must(t, add(ctx, tx, u, "tent"))
	}
	for name, end := range map[string]func(context.Context) error{
		"rolebook refuses": func(ctx context.Context) error {
			_, err := s.order(ctx, "ann@example.com", "tent")
			return expect(err, users.ErrAddressTaken)
		},
		"the shop refuses": func(ctx context.Context) error {
			_, err := s.order(ctx, "bob@example.com", "canoe")
			return expect(err, errSoldOut)
		},
		"the shop fails in the end": func(ctx context.Context) error {
			return expect(s.inTx(ctx, func(tx *sql.Tx, book *store.Book) error { both(ctx, tx, book); return oops }), oops)
		},
		"the shop panics": func(ctx context.Context) (err error) {
			defer func() { err = expect(recover().(error), oops) }()
			return s.inTx(ctx, func(tx *sql.Tx, book *store.Book) error { both(ctx, tx, book); panic(oops) })
		},
		"the caller has gone": func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			if s.inTx(ctx, func(tx *sql.Tx, book *store.Book) error { both(ctx, tx, book); cancel(); return nil }) == nil {
				return errors.New("it was committed")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			before, told := s.state(t), 0
			s.store.OnCommit(func(perms.Head) { told++ })
			must(t, end(t.Context()))
			if after := s.state(t); after != before || told != 0 {
				t.Errorf("from %+v to %+v, told of %d commits", before, after, told)
			}
		})
	}
	_, err = s.order(t.Context(), "bob@example.com", "tent")
	must(t, err)
}

// expect is nil for the error that was wanted.
func expect(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return errors.Join(errors.New("not the error that was wanted"), err)
}

// What a transaction decides counts inside it, and in the cache from its commit on; rolled back, it never did. The revision that was given back is used
// again, for something else, and the cache is not mistaken about which.
func TestCacheIsNotPoisoned(t *testing.T) {
	s := theShop(t)
	ann, err := s.order(t.Context(), "ann@example.com", "tent")
	must(t, err)
	ctx, test, oops := t.Context(), perms.System("test"), errors.New("oops")
	decide := func(refund perms.Override, end error) error {
		t.Helper()
		before := s.may(t, ann.ID, "orders.refund") // and the cache knows her
		return s.inTx(ctx, func(_ *sql.Tx, book *store.Book) error {
			must(t, book.Users.SetOverride(ctx, test, ann.ID, refund))
			if d, err := book.Perms.Check(ctx, ann.ID, "orders.refund", perms.Home); err != nil || d.Allowed != refund.Granted {
				t.Errorf("inside: %+v, %v", d, err)
			}
			if s.may(t, ann.ID, "orders.refund") != before {
				t.Error("outside it shows before the commit")
			}
			return end
		})
	}
	must(t, expect(decide(perms.Grant("orders.refund"), oops), oops))
	if s.may(t, ann.ID, "orders.refund") {
		t.Error("a grant that was rolled back allows")
	}
	must(t, decide(perms.Grant("orders.refund"), nil)) // at the same revision
	if !s.may(t, ann.ID, "orders.refund") {
		t.Error("a grant that was committed does not show at once")
	}
	must(t, expect(decide(perms.Revoke("orders.refund"), oops), oops))
	if !s.may(t, ann.ID, "orders.refund") {
		t.Error("a revoke that was rolled back denies")
	}
	must(t, s.book.Users.SetOverride(ctx, test, ann.ID, perms.Revoke("orders.view")))
	if s.may(t, ann.ID, "orders.view") {
		t.Error("a revoke at the revision that was rolled back does not show")
	}
}

// Somebody who follows the journal, ever so eagerly, sees what has been committed, each entry once, and nothing else.
func TestJournalReaders(t *testing.T) {
	s := theShop(t)
	ctx, test, oops := t.Context(), perms.System("test"), errors.New("oops")
	start := perms.Revision(s.state(t).revision)
	seen := make(chan perms.Entry)
	go func() {
		for e, err := range s.book.Journal.Follow(ctx, test, start, perms.FollowOptions{Poll: time.Millisecond}) {
			if err != nil {
				return // the test has ended
			}
			seen <- e
		}
	}()
	create := func(email string, end error) uuid.UUID {
		t.Helper()
		var made users.User
		err := s.inTx(ctx, func(_ *sql.Tx, book *store.Book) (err error) {
			made, err = book.Users.Create(ctx, test, users.New{Email: email, Name: email})
			must(t, err)
			entries, _, err := s.book.Journal.Entries(ctx, test, 0, perms.MaxEntries)
			must(t, err)
			if slices.ContainsFunc(entries, func(e perms.Entry) bool { return e.Target.ID == made.ID }) {
				t.Error("the journal shows the change before its commit")
			}
			return end
		})
		must(t, expect(err, end))
		return made.ID
	}
	create("never@example.com", oops)
	ann := create("ann@example.com", nil)
	create("nor.this@example.com", oops)
	bob := create("bob@example.com", nil)
	for i, want := range []uuid.UUID{ann, bob} {
		if e := <-seen; e.Target.ID != want || e.Revision != start+perms.Revision(i+1) {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
}
