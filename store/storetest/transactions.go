package storetest

import (
	"errors"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func transactionCases() []testCase {
	return []testCase{
		{name: "Commit", run: commit},
		{name: "Rollback", run: rollback},
	}
}

// errOops is what callbacks fail with.
var errOops = errors.New("oops")

func commit(f *fixture) {
	u := f.newUser("ann")
	f.write(func(tx store.Store) error {
		u.Number = f.number(tx, perms.KindUser)
		f.must(tx.InsertUser(f.ctx, u))
		equal(f, value[users.User](f)(tx.User(f.ctx, u.ID)), u)
		return nil
	})
	equal(f, value[users.User](f)(f.store.User(f.ctx, u.ID)), u)
}

func rollback(f *fixture) {
	before := f.dump()
	u := f.newUser("ann")
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		u.Number = f.number(tx, perms.KindUser)
		f.must(tx.InsertUser(f.ctx, u))
		return errOops
	})
	if err != errOops {
		f.Errorf("error is %v; want that of the callback as it is", err)
	}
	f.unchanged(before)
}
