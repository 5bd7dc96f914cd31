package storetest

import (
	"context"
	"errors"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// impatient is a store that gives up soon, and patient one that does not.
var (
	impatient = Config{LockWait: 50 * time.Millisecond}
	patient   = Config{LockWait: time.Minute}
)

// forever is how long nothing may hang that waits as long as an impatient store.
const forever = 20 * time.Second

func isolationCases() []testCase {
	return []testCase{
		{name: "Uncommitted", run: uncommittedUnseen, open: true, conf: impatient},
		{name: "OuterStoreInside", run: outerStoreInside, open: true, conf: impatient},
		{name: "OuterSessionsInside", run: outerSessionsInside, open: true, conf: impatient},
		{name: "WaitsForItsTurn", run: waitsForItsTurn, open: true, conf: patient},
		{name: "WaitsForContext", run: waitsForContext, open: true, conf: patient},
	}
}

// committed checks an answer of the outer store while a transaction is under way: the last committed state, or ErrBusy.
func committed[T any](f *fixture, want T, wantErr error) func(got T, err error) {
	return func(got T, err error) {
		f.Helper()
		switch {
		case errors.Is(err, store.ErrBusy):
		case wantErr != nil:
			f.fails(err, wantErr)
		default:
			f.must(err)
			equal(f, got, want)
		}
	}
}

func uncommittedUnseen(f *fixture) {
	ann := f.addUser("ann")
	f.append(entry(ann.ID))
	f.write(func(tx store.Store) error {
		bob := f.inserts(tx, "bob")
		changed := ann
		changed.Phone, changed.Version = "1", 2
		f.must(tx.UpdateUser(f.ctx, ann, changed))
		started := time.Now()
		committed(f, perms.Head{Revision: 1, At: noon}, nil)(f.store.Head(f.ctx))
		committed(f, ann, nil)(f.store.User(f.ctx, ann.ID))
		committed(f, users.User{}, users.ErrNotFound)(f.store.User(f.ctx, bob.ID))
		committed(f, []users.User{ann}, nil)(f.store.Users(f.ctx, users.Filter{}))
		err := f.store.View(f.ctx, func(view store.Store) error {
			committed(f, []users.User{ann}, nil)(view.Users(f.ctx, users.Filter{}))
			return nil
		})
		if err != nil {
			f.fails(err, store.ErrBusy)
		}
		f.soon(started)
		return nil
	})
	f.finds(users.Filter{}, "ann", "bob")
}

func (f *fixture) soon(started time.Time) {
	f.Helper()
	if took := time.Since(started); took > forever {
		f.Errorf("it took %v", took)
	}
}

// The rule that people get wrong ends in an error, not in a deadlock.
func outerStoreInside(f *fixture) {
	f.write(func(tx store.Store) error {
		f.inserts(tx, "ann")
		started := time.Now()
		f.fails(f.store.InTx(f.ctx, func(store.Store) error { return nil }), store.ErrBusy)
		f.soon(started)
		f.inserts(tx, "bob")
		return nil
	})
	f.finds(users.Filter{}, "ann", "bob")
	f.addUser("eve")
}

// Where sessions need no turn they go on; where they do, they are busy.
func outerSessionsInside(f *fixture) {
	ann := f.addUser("ann")
	writes := f.standAlone(ann)
	f.write(func(tx store.Store) error {
		f.inserts(tx, "bob")
		started := time.Now()
		for _, write := range writes {
			if err := write(f.store); err != nil {
				f.fails(err, store.ErrBusy)
			}
		}
		f.soon(started)
		return nil
	})
	f.finds(users.Filter{}, "ann", "bob")
}

// hold runs a transaction in another goroutine that lasts until the function returned is called. That waits for its end.
func (f *fixture) hold(fn func(tx store.Store) error) (release func() error) {
	f.Helper()
	held, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- f.store.InTx(f.ctx, func(tx store.Store) error {
			close(held)
			<-end
			return fn(tx)
		})
	}()
	select {
	case <-held:
	case err := <-ended:
		f.Fatalf("the transaction has not begun: %v", err)
	}
	return func() error {
		close(end)
		return <-ended
	}
}

// Who waits for a turn sees all that the one before has done.
func waitsForItsTurn(f *fixture) {
	first := f.newUser("first")
	release := f.hold(func(tx store.Store) error {
		first.Number = 1
		if _, err := tx.NextNumber(f.ctx, perms.KindUser); err != nil {
			return err
		}
		return tx.InsertUser(f.ctx, first)
	})
	second := make(chan error, 1)
	go func() {
		second <- f.store.InTx(f.ctx, func(tx store.Store) error {
			if _, err := tx.User(f.ctx, first.ID); err != nil {
				return err
			}
			u := f.newUser("second")
			number, err := tx.NextNumber(f.ctx, perms.KindUser)
			if err != nil {
				return err
			}
			u.Number = number
			return tx.InsertUser(f.ctx, u)
		})
	}()
	select {
	case err := <-second:
		f.Errorf("the second writer did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	f.must(release())
	f.must(<-second)
	f.finds(users.Filter{}, "first", "second")
}

func waitsForContext(f *fixture) {
	release := f.hold(func(store.Store) error { return nil })
	ctx, cancel := context.WithTimeout(f.ctx, 20*time.Millisecond)
	defer cancel()
	started := time.Now()
	f.fails(f.store.InTx(ctx, func(store.Store) error { return nil }), context.DeadlineExceeded)
	f.soon(started)
	f.must(release())
	f.addUser("ann")
}
