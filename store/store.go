// Package store joins what the services need of a database into one contract, and the services over one database into a [Book].
//
// A host opens a [Store] (memory.New, sqlite.Open, sqlstore.New), hands it to [Connect] and works with the Book: book.Users, book.Roles,
// book.Invites, book.Perms. Inside a transaction the same services are at hand by [Book.On].
//
// What Book.Perms answers is as fresh as this: a change of this process shows as soon as it has returned, also one joined to the host's transaction, from
// sqlstore's Committed on; a change of another process shows within [Options.MaxStaleness]; and if the database cannot be asked in that time, checks fail.
//
// The rule people get wrong: inside [Store.InTx] only the transaction's own Store may be used. The outer one waits for the writer, which is the
// transaction itself, and fails with [ErrBusy].
package store

import (
	"context"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
)

// LockWait is how long a writing transaction waits for the one before it, unless a store's options say otherwise.
const LockWait = 5 * time.Second

// The errors of stores.
var (
	// ErrBusy: another writer held the store for longer than its lock wait.
	ErrBusy error = fault.New(fault.Unavailable, "store: busy")
	// ErrUnavailable: the database cannot be reached, or has no room to write.
	ErrUnavailable error = fault.New(fault.Unavailable, "store: unavailable")
	// ErrClosed: the store has been closed, or its transaction or view is over.
	ErrClosed error = fault.New(fault.Unavailable, "store: closed")
	// ErrUnknownOutcome: the connection was lost while committing. The change may be there or not; look before you repeat it.
	ErrUnknownOutcome error = fault.New(fault.Unavailable, "store: outcome of the commit is unknown")
	// ErrReadOnly: a write inside View, or one that needs a transaction outside InTx.
	ErrReadOnly error = fault.New(fault.Internal, "store: write outside a writing transaction")
	// ErrSchemaTooNew: the database was migrated by a newer version of this library.
	ErrSchemaTooNew error = fault.New(fault.Internal, "store: database schema is newer than this library")
	// ErrSchemaTooOld: the database lacks migrations of this version.
	ErrSchemaTooOld error = fault.New(fault.Internal, "store: database schema needs migrating")
)

// Store is a database of one rolebook: the union of what the services need, and transactions. Package storetest checks an implementation against
// every sentence of this contract.
//
// A new store holds the default tenant (number 1, slug "default", name "Default", type production, version 1, created when the store was) and
// nothing else, and its journal is empty.
type Store interface {
	invites.Store

	// InTx runs fn in a writing transaction. Writers are ordered: the transaction is alone from its first statement to its end, everything that it
	// reads is current, and it waits for its turn no longer than the lock wait, which ends in [ErrBusy]. It commits if fn returns nil, and rolls back
	// if fn fails or panics or ctx ends before the commit. The error of fn is returned as it is.
	//
	// After an error that the method does not document, say of a reference to nothing, nothing more can be done in the transaction: InTx rolls back and fails
	// even if fn returns nil. It is such an error to write a text that is not valid UTF-8 or has a NUL; to look for one finds nothing.
	//
	// On the Store that fn gets, InTx nests: an inner failure undoes only the inner part. After fn has returned, that Store is [ErrClosed].
	InTx(ctx context.Context, fn func(tx Store) error) error

	// View runs fn on one consistent snapshot: all its reads see the same revision. Writing on it, and InTx, is [ErrReadOnly]. Inside a transaction
	// it is that transaction's own view. The error of fn is returned as it is.
	View(ctx context.Context, fn func(tx Store) error) error

	// Shared reports whether others can write to the same database, of whose changes OnCommit does not tell: another process, or another Store. It
	// never changes, and is the same in transactions and views.
	Shared() bool

	// OnCommit registers a listener for effective changes: it is called once after a transaction that has appended entries has committed, with the new
	// head, in commit order, before InTx returns. It must not use the store.
	OnCommit(listen func(perms.Head))

	// OnAppend registers a listener for what effective changes have written: before those of OnCommit hear of a transaction, it is called with the position
	// that the journal was at and the entries that were appended to it, the members as they were when they were given to Append. A store that does not know
	// them all leaves a transaction out; who has to have them reads the journal. It must not use the store, nor change or keep the entries.
	OnAppend(listen func(after perms.Head, entries []perms.Entry))
}
