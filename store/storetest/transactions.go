package storetest

import (
	"context"
	"errors"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func transactionCases() []testCase {
	return []testCase{
		{name: "Commit", run: commit},
		{name: "Rollback", run: rollback},
		{name: "Panic", run: panics},
		{name: "ContextEndsBeforeCommit", run: contextEndsBeforeCommit},
		{name: "ContextEnded", run: contextEnded},
		{name: "AfterRefusal", run: afterRefusal},
		{name: "OverAfterwards", run: overAfterwards},
		{name: "Closed", run: closed},
	}
}

// errOops is what callbacks fail with.
var errOops = errors.New("oops")

// inserts adds a user within a transaction.
func (f *fixture) inserts(tx store.Store, name string) users.User {
	f.Helper()
	u := f.newUser(name)
	u.Number = f.number(tx, perms.KindUser)
	f.must(tx.InsertUser(f.ctx, u))
	f.must1(tx.Append(f.ctx, entry(u.ID)))
	return u
}

func commit(f *fixture) {
	var u users.User
	f.write(func(tx store.Store) error {
		u = f.inserts(tx, "ann")
		equal(f, value[users.User](f)(tx.User(f.ctx, u.ID)), u)
		equal(f, value[perms.Head](f)(tx.Head(f.ctx)), perms.Head{Revision: 1, At: noon})
		return nil
	})
	equal(f, f.user(u.ID), u)
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), perms.Head{Revision: 1, At: noon})
}

func rollback(f *fixture) {
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.inserts(tx, "ann")
		return errOops
	})
	if err != errOops {
		f.Errorf("error is %v; want that of the callback as it is", err)
	}
	f.unchanged(before)
}

// panicking runs fn and returns what it panics with.
func panicking(fn func()) (what any) {
	defer func() { what = recover() }()
	fn()
	return nil
}

func panics(f *fixture) {
	before := f.dump()
	what := panicking(func() {
		_ = f.store.InTx(f.ctx, func(tx store.Store) error {
			f.inserts(tx, "ann")
			panic(errOops)
		})
	})
	equal(f, what, any(errOops))
	f.unchanged(before)
	f.addUser("ann") // nobody holds the writer's turn
}

func contextEndsBeforeCommit(f *fixture) {
	before := f.dump()
	ctx, cancel := context.WithCancel(f.ctx)
	err := f.store.InTx(ctx, func(tx store.Store) error {
		f.inserts(tx, "ann")
		cancel()
		return nil
	})
	f.fails(err, context.Canceled)
	f.unchanged(before)
	f.addUser("ann")
}

func contextEnded(f *fixture) {
	u := f.addUser("ann")
	before := f.dump()
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	started := false
	start := func(store.Store) error {
		started = true
		return nil
	}
	_, err := f.store.User(ctx, u.ID)
	f.fails(err, context.Canceled)
	_, err = f.store.Head(ctx)
	f.fails(err, context.Canceled)
	f.fails(f.store.InTx(ctx, start), context.Canceled)
	f.fails(f.store.View(ctx, start), context.Canceled)
	f.fails(f.store.InsertSession(ctx, session.Session{Digest: f.digest(), User: u.ID, CreatedAt: noon, ExpiresAt: noon}), context.Canceled)
	_, err = f.store.SwapCredential(ctx, u.ID, "", "$x")
	f.fails(err, context.Canceled)
	_, err = f.store.Charge(ctx, []users.Throttle{five("k")}, noon)
	f.fails(err, context.Canceled)
	equal(f, started, false)
	f.unchanged(before)
	f.write(func(tx store.Store) error {
		_, err := tx.User(ctx, u.ID)
		f.fails(err, context.Canceled)
		f.fails(tx.SetCredential(ctx, u.ID, "$x"), context.Canceled)
		f.fails(tx.View(ctx, start), context.Canceled)
		return tx.SetCredential(f.ctx, u.ID, "$y")
	})
	equal(f, f.credential(u).Reveal(), "$y")
}

// A transaction goes on after an error of the contract as if nothing had been asked.
func afterRefusal(f *fixture) {
	role := f.addRole("viewer")
	ann := f.addUser("ann", func(u *users.User) { u.External = "E1" })
	var bob users.User
	f.write(func(tx store.Store) error {
		bob = f.inserts(tx, "bob")
		half := f.newUser("new")
		half.Number, half.Username, half.External = 9, "ann@example.com", "E9"
		half.Roles = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}}
		f.fails(tx.InsertUser(f.ctx, half), users.ErrAddressTaken)
		half.Username, half.External = "", "E1"
		f.fails(tx.InsertUser(f.ctx, half), users.ErrExternalTaken)
		moved := bob
		moved.Email, moved.External, moved.Version = "moved@example.com", "E1", 2
		f.fails(tx.UpdateUser(f.ctx, bob, moved), users.ErrExternalTaken)
		f.must1(tx.Append(f.ctx, entry(ann.ID)))
		return nil
	})
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{ann, bob})
	f.tries("moved@example.com", "new@example.com", false)
	f.finds(users.Filter{Role: role.ID, Now: noon})
	equal(f, len(f.journal()), 2)
}

// isOver checks that nothing can be done with a store any longer.
func (f *fixture) isOver(s store.Store) {
	f.Helper()
	nothing := func(store.Store) error { return nil }
	_, err := s.Head(f.ctx)
	f.fails(err, store.ErrClosed)
	_, err = s.User(f.ctx, newID())
	f.fails(err, store.ErrClosed)
	f.fails(s.InTx(f.ctx, nothing), store.ErrClosed)
	f.fails(s.View(f.ctx, nothing), store.ErrClosed)
	f.fails(s.EndSession(f.ctx, session.Digest{}), store.ErrClosed)
	f.fails(s.Clear(f.ctx, "k"), store.ErrClosed)
}

func overAfterwards(f *fixture) {
	ann := f.addUser("ann")
	before := f.dump()
	for _, result := range []error{nil, errOops} {
		var kept store.Store
		f.fails(f.store.InTx(f.ctx, func(tx store.Store) error {
			kept = tx
			return result
		}), result)
		f.isOver(kept)
		f.fails(kept.SetCredential(f.ctx, ann.ID, "$x"), store.ErrClosed)
		_, err := kept.NextNumber(f.ctx, perms.KindUser)
		f.fails(err, store.ErrClosed)
	}
	var kept store.Store
	panicking(func() {
		_ = f.store.InTx(f.ctx, func(tx store.Store) error {
			kept = tx
			panic("oops")
		})
	})
	f.isOver(kept)
	f.unchanged(before)
}

func closed(f *fixture) {
	if f.harness.Close == nil {
		return
	}
	f.must(f.harness.Close(f.store))
	f.isOver(f.store)
	f.must(f.harness.Close(f.store))
}
