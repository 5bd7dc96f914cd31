package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// MaxHoldings is how many gains, and how many losses, a [Report] lists.
const MaxHoldings = 1000

// previewTime is how long a preview looks for who gains and who loses, unless [Options.PreviewTime] says otherwise.
const previewTime = time.Second

// Holding is a permission that an active user effectively holds in one tenant, or platform-wide.
type Holding struct {
	User       uuid.UUID
	Number     int64 // of the user
	Permission perms.Permission
	// Scope is In a tenant, or Anywhere for platform-wide. What is gained or lost platform-wide is not listed for the single tenants too. A user who
	// has every tenant of a type gains and loses in each of them.
	Scope perms.Scope
}

// Report says what a preview would have changed: what active users would effectively hold and do not, and what they would no longer hold. It is about one
// instant, that of the changes: what begins later is not in it.
type Report struct {
	// Gains and Loses are in the order of the users' numbers, then of permission, then of the text of the scope. Each lists the first [MaxHoldings] that
	// whoever is told may ask about.
	Gains, Loses []Holding
	// Gained and Lost count all of them, also those that are not listed. They are exact, unless the report was cut.
	Gained, Lost int
	// Cut says that not everybody has been looked at: the time was over before, or somebody else has changed meanwhile what fn has changed. What fn has found to
	// be so already, and so has not changed, is not looked at again.
	Cut bool

	At   time.Time   // the instant of the changes, at which what is held before and after is compared; zero where nothing changes
	Made []uuid.UUID // the ids that the preview has given to what it made; the real call will give others
}

// errPreviewed rolls a preview back.
var errPreviewed = errors.New("store: previewed")

// Preview runs fn, with the real methods, in a writing transaction that is always rolled back, and says who would gain and who would lose what. The store is
// afterwards what it was, to the byte, and no listener hears of it. It returns the error of fn: what stands in the way of the real change.
//
// It keeps other writers waiting for as long as fn takes; who gains and who loses is looked for after that, on a snapshot. What a password takes is done
// inside, and failures to guess one are rolled back too: it is for trusted code. [Book.Rehearse] is for requests of people.
func (b *Book) Preview(ctx context.Context, fn func(b *Book) error) (Report, error) {
	r := &rehearsal{Store: b.store, book: b, actor: perms.System("preview")}
	err := r.InTx(ctx, func(tx Store) error { return fn(b.On(tx)) })
	return r.report, err
}

// Rehearse runs fn on a Book that is b in everything but one: each of its writing transactions is rolled back as in [Book.Preview], and taken for done. So
// a service is asked, compares passwords, counts failures and refuses as it really does, and only the change itself is missing. The changes of fn do not
// see one another; the report is that of the last one.
//
// One thing is left behind, or passwords could be guessed at will: a wrong current password counts as a failed sign-in, as it really does, and so does a
// password for somebody else that is not his present one. Nothing else is: a right password neither counts nor clears what was counted before.
//
// It counts what concerns users and tenants that lie in the actor's scope, and lists what he may ask about, as [users.Service.Holders] and Explain do: himself,
// and by access.explain whom he sees where he holds it. Of the others it tells no more than how many there are.
func (b *Book) Rehearse(ctx context.Context, actor perms.Actor, fn func(b *Book) error) (Report, error) {
	r := &rehearsal{Store: b.store, book: b, actor: actor}
	err := fn(b.On(r))
	return r.report, err
}

// rehearsal is a store whose writing transactions are rolled back, whatever they say.
type rehearsal struct {
	Store
	book   *Book
	actor  perms.Actor // to whom it is reported
	report Report
}

// InTx runs fn, rolls back what it has written, and reports it.
func (r *rehearsal) InTx(ctx context.Context, fn func(tx Store) error) error {
	w, err := r.book.rehearse(ctx, fn)
	if err != nil {
		return err
	}
	r.report, err = r.book.compare(ctx, r.actor, w)
	return err
}

// Clear does nothing: what has failed before a success that is only rehearsed stays counted.
func (r *rehearsal) Clear(context.Context, string) error { return nil }

// rehearse runs fn in a transaction that is rolled back, and returns what it has written.
func (b *Book) rehearse(ctx context.Context, fn func(tx Store) error) (w *written, err error) {
	err = b.store.InTx(ctx, func(tx Store) error {
		began, err := tx.Head(ctx)
		if err != nil {
			return err
		}
		if err := b.catalog.reach(ctx, tx, began); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			return err
		}
		if w, err = readWritten(ctx, tx, b.Catalog(), began); err != nil {
			return err
		}
		return errPreviewed
	})
	if err != errPreviewed {
		return nil, err
	}
	return w, nil
}
