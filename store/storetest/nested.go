package storetest

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func nestingCases() []testCase {
	return []testCase{
		{name: "InnerFails", run: innerFails},
		{name: "InnerPanics", run: innerPanics},
		{name: "InnerContextEnds", run: innerContextEnds},
		{name: "OuterFails", run: outerFails},
		{name: "ThreeDeep", run: threeDeep},
		{name: "InnerOverAfterwards", run: innerOverAfterwards},
	}
}

// nested runs inner within a transaction between two insertions, and checks that they alone are there when it has failed.
func (f *fixture) nested(inner func(tx store.Store)) {
	f.Helper()
	var first, last users.User
	f.write(func(tx store.Store) error {
		first = f.inserts(tx, "first")
		inner(tx)
		equal(f, value[perms.Head](f)(tx.Head(f.ctx)).Revision, 1)
		last = f.inserts(tx, "last")
		equal(f, last.Number, 2)
		return nil
	})
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{first, last})
	equal(f, len(f.journal()), 2)
}

func innerFails(f *fixture) {
	f.nested(func(tx store.Store) {
		err := tx.InTx(f.ctx, func(inner store.Store) error {
			u := f.inserts(inner, "inner")
			equal(f, value[users.User](f)(inner.User(f.ctx, u.ID)), u)
			return errOops
		})
		if err != errOops {
			f.Errorf("error is %v; want that of the callback as it is", err)
		}
	})
}

func innerPanics(f *fixture) {
	f.nested(func(tx store.Store) {
		what := panicking(func() {
			_ = tx.InTx(f.ctx, func(inner store.Store) error {
				f.inserts(inner, "inner")
				panic(errOops)
			})
		})
		equal(f, what, any(errOops))
	})
}

func innerContextEnds(f *fixture) {
	f.nested(func(tx store.Store) {
		ctx, cancel := context.WithCancel(f.ctx)
		err := tx.InTx(ctx, func(inner store.Store) error {
			f.inserts(inner, "inner")
			cancel()
			return nil
		})
		f.fails(err, context.Canceled)
		f.fails(tx.InTx(ctx, func(store.Store) error { return nil }), context.Canceled)
	})
}

func outerFails(f *fixture) {
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.must(tx.InTx(f.ctx, func(inner store.Store) error {
			f.inserts(inner, "inner")
			return nil
		}))
		f.must1(tx.UserByAddress(f.ctx, "inner@example.com"))
		return errOops
	})
	f.fails(err, errOops)
	f.unchanged(before)
}

func threeDeep(f *fixture) {
	f.write(func(one store.Store) error {
		f.must(one.InTx(f.ctx, func(two store.Store) error {
			f.inserts(two, "two")
			f.fails(two.InTx(f.ctx, func(three store.Store) error {
				f.inserts(three, "three-a")
				return errOops
			}), errOops)
			return two.InTx(f.ctx, func(three store.Store) error {
				f.inserts(three, "three-b")
				return nil
			})
		}))
		f.fails(one.InTx(f.ctx, func(two store.Store) error {
			f.must(two.InTx(f.ctx, func(three store.Store) error {
				f.inserts(three, "three-c")
				return nil
			}))
			return errOops
		}), errOops)
		f.inserts(one, "one")
		return nil
	})
	f.finds(users.Filter{}, "two", "three-b", "one")
	equal(f, len(f.journal()), 3)
}

func innerOverAfterwards(f *fixture) {
	f.write(func(tx store.Store) error {
		for _, result := range []error{nil, errOops} {
			var kept store.Store
			f.fails(tx.InTx(f.ctx, func(inner store.Store) error {
				kept = inner
				return result
			}), result)
			f.isOver(kept)
			f.fails(kept.SetCredential(f.ctx, uuid.Nil, "$x"), store.ErrClosed)
		}
		f.inserts(tx, "ann")
		return nil
	})
	f.finds(users.Filter{}, "ann")
}
