package storetest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

func concurrencyCases() []testCase {
	return []testCase{
		{name: "Numbers", run: concurrentNumbers, open: true, conf: patient},
		{name: "Addresses", run: concurrentAddresses, open: true, conf: patient},
		{name: "Versions", run: concurrentVersions, open: true, conf: patient},
		{name: "UseInvite", run: concurrentInvite, open: true, conf: patient},
		{name: "UseLink", run: concurrentLink, open: true, conf: patient},
		{name: "Charge", run: concurrentCharge, open: true, conf: patient},
		{name: "SwapCredential", run: concurrentSwap, open: true, conf: patient},
		{name: "Readers", run: concurrentReaders, open: true, conf: patient},
	}
}

// many is how many callers come at once.
const many = 64

// atOnce calls fn in n goroutines that start together, and returns what they return.
func atOnce[T any](n int, fn func(i int) T) []T {
	out := make([]T, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			out[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return out
}

// counted checks how many of the errors are nil, and that the others are want.
func (f *fixture) counted(errs []error, passed int, want error) {
	f.Helper()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
			continue
		}
		f.fails(err, want)
	}
	if n != passed {
		f.Errorf("%d of %d have passed; want %d", n, len(errs), passed)
	}
}

// Numbers and revisions are unique, without a gap, and in the order of the commits.
func concurrentNumbers(f *fixture) {
	const writers, each = 8, 10
	errs := atOnce(writers, func(int) error {
		for range each {
			err := f.store.InTx(f.ctx, func(tx store.Store) error {
				n, err := tx.NextNumber(f.ctx, perms.KindUser)
				if err != nil {
					return err
				}
				u := f.newUser("u" + strconv.FormatInt(n, 10))
				u.Number = n
				if err := tx.InsertUser(f.ctx, u); err != nil {
					return err
				}
				head, err := tx.Append(f.ctx, entry(u.ID))
				if err == nil && int64(head.Revision) != n {
					return errors.New("revisions and numbers have come in another order")
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	f.counted(errs, writers, nil)
	var got, want []int64
	for i, u := range value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})) {
		got, want = append(got, u.Number), append(want, int64(i+1))
	}
	equal(f, len(got), writers*each)
	equal(f, got, want)
	equal(f, len(f.journal()), writers*each)
}

func concurrentAddresses(f *fixture) {
	errs := atOnce(many, func(i int) error {
		return f.store.InTx(f.ctx, func(tx store.Store) error {
			n, err := tx.NextNumber(f.ctx, perms.KindUser)
			if err != nil {
				return err
			}
			u := f.newUser("other")
			u.Number, u.Email, u.Username = n, "", "ANN@example.com"
			if i%2 == 0 {
				u.Email, u.Username = "ann@example.com", ""
			}
			return tx.InsertUser(f.ctx, u)
		})
	})
	f.counted(errs, 1, users.ErrAddressTaken)
	equal(f, len(value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{}))), 1)
}

func concurrentVersions(f *fixture) {
	old := f.addUser("ann")
	errs := atOnce(many, func(i int) error {
		return f.store.InTx(f.ctx, func(tx store.Store) error {
			u := old.Clone()
			u.Phone, u.Version = strconv.Itoa(i), 2
			return tx.UpdateUser(f.ctx, old, u)
		})
	})
	f.counted(errs, 1, users.ErrStale)
	if i := slices.Index(errs, nil); i >= 0 {
		equal(f, f.user(old.ID).Phone, strconv.Itoa(i))
	}
}

func concurrentInvite(f *fixture) {
	i := f.addInvite("eve", f.addRole("viewer").ID)
	who := make([]uuid.UUID, many)
	for n := range who {
		who[n] = newID()
	}
	errs := atOnce(many, func(n int) error {
		return f.store.InTx(f.ctx, func(tx store.Store) error { return tx.UseInvite(f.ctx, i.ID, who[n], noon) })
	})
	f.counted(errs, 1, invites.ErrUsed)
	if n := slices.Index(errs, nil); n >= 0 {
		equal(f, f.invite(i.Number).AcceptedBy, who[n])
	}
}

func concurrentLink(f *fixture) {
	l := f.addLink(func(l *invites.Link) { l.MaxUses = 5 })
	errs := atOnce(many, func(int) error {
		return f.store.InTx(f.ctx, func(tx store.Store) error { return tx.UseLink(f.ctx, l.ID, noon) })
	})
	f.counted(errs, 5, invites.ErrUsed)
	equal(f, f.link(l.Number).Uses, 5)
}

// Of the keys of one call either all count or none, so the account's limit is not spent by whom the address's limit has turned away.
func concurrentCharge(f *fixture) {
	errWait := errors.New("wait")
	charge := func(ctx context.Context, keys ...users.Throttle) error {
		wait, err := f.store.Charge(ctx, keys, noon)
		if err == nil && wait > 0 {
			return errWait
		}
		return err
	}
	narrow, wide := users.Throttle{Key: "narrow", Limit: 10, Window: hour}, users.Throttle{Key: "wide", Limit: 30, Window: hour}
	errs := atOnce(many, func(i int) error {
		if i%2 == 0 {
			return charge(f.ctx, wide, narrow)
		}
		return charge(f.ctx, narrow, wide)
	})
	f.counted(errs, 10, errWait)
	f.counted(atOnce(many, func(int) error { return charge(f.ctx, wide) }), 20, errWait)
}

func concurrentSwap(f *fixture) {
	ann := f.addUser("ann")
	f.write(func(tx store.Store) error { return tx.SetCredential(f.ctx, ann.ID, "$old") })
	errTooLate := errors.New("too late")
	errs := atOnce(many, func(i int) error {
		swapped, err := f.store.SwapCredential(f.ctx, ann.ID, "$old", password.Hash("$"+strconv.Itoa(i)))
		if err == nil && !swapped {
			return errTooLate
		}
		return err
	})
	f.counted(errs, 1, errTooLate)
	if i := slices.Index(errs, nil); i >= 0 {
		equal(f, f.credential(ann).Reveal(), "$"+strconv.Itoa(i))
	}
}

// Readers see revisions grow, and each revision with all that belongs to it.
func concurrentReaders(f *fixture) {
	const writes = 40
	ctx, cancel := context.WithTimeout(f.ctx, 2*time.Minute)
	defer cancel()
	errs := atOnce(4, func(i int) error {
		if i == 0 {
			return f.writeMany(ctx, writes)
		}
		for last := perms.Revision(0); last < writes; {
			seen, err := f.oneRevision(ctx)
			if err == nil && seen < last {
				err = errors.New("revisions have gone back")
			}
			if err != nil {
				return err
			}
			last = seen
		}
		return nil
	})
	f.counted(errs, 4, nil)
}

// writeMany adds users, one a transaction, with an entry each.
func (f *fixture) writeMany(ctx context.Context, n int) error {
	for i := range n {
		err := f.store.InTx(ctx, func(tx store.Store) error {
			u := f.newUser("u" + strconv.Itoa(i))
			u.Number = int64(i + 1)
			if err := tx.InsertUser(ctx, u); err != nil {
				return err
			}
			_, err := tx.Append(ctx, entry(u.ID))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// oneRevision returns the revision of a view in which there are as many users as revisions.
func (f *fixture) oneRevision(ctx context.Context) (seen perms.Revision, err error) {
	err = f.store.View(ctx, func(tx store.Store) error {
		head, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		all, err := tx.Users(ctx, users.Filter{})
		if err == nil && len(all) != int(head.Revision) {
			return errors.New("a view shows users of another revision")
		}
		seen = head.Revision
		return err
	})
	return seen, err
}
