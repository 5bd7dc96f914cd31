// Package sqlstore is the store in a SQL database, SQLite or PostgreSQL, behind a *sql.DB of the host's. It imports no driver.
//
// A host migrates its database with [Migrate], or with goose and the files of [Migrations], and hands it to [New]; for SQLite, package sqlite does both.
// All tables begin with "rolebook_" and may live among the host's own. [Store.Join] is the store inside a transaction of the host's: the host's rows and
// rolebook's change together or not at all.
//
// Writers are ordered by one row, rolebook_head, which each of them locks first, so that a writing transaction may look before it writes: nobody changes
// what it has seen. Statements meet conflicts by looking, or by "on conflict do nothing", and never by a driver's error, after which a PostgreSQL
// transaction is lost. What that order costs, and what grows with what, stands in SCALING.md in the folder of package store, with measurements.
//
// The rule people get wrong: a SQLite database for New has to be in WAL mode, with foreign keys on. Take sqlite.Open, which sees to it.
package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// Options are what a host may decide about its store. The zero Options work.
type Options struct {
	// Read is where the store reads outside of writing transactions; nil for the database itself. It leads to the same data by other connections: SQLite
	// has a single one that writes, and many may read beside it.
	Read *sql.DB
	// Replica leads to a copy of the database that follows it and can only be read: a streaming replica. Views are read there, and what the Authorizer
	// reads; what signs users in, and all that a change decides by, is read of the database itself. Nobody is shown less there than this store has
	// told of before, nor less than had been committed ReplicaLag before: a replica that is further behind, or cannot be reached, is passed over. A
	// view is as of the revision that it shows. Nil for none.
	Replica *sql.DB
	// ReplicaLag is for how long the replica may be read without asking the database itself how far it has come; 0 for one second. Asking costs a
	// statement, and reads fail while the database itself cannot be asked.
	ReplicaLag time.Duration
	// LockWait is how long a writing transaction waits for the one before it, and a read for a connection; 0 for [store.LockWait].
	LockWait time.Duration
}

// Store is a store in a SQL database, or a transaction or view of one. The store itself is safe for concurrent use.
type Store struct {
	db   *database
	unit *unit // the transaction that s is, or nil
	mode mode
	over atomic.Bool // its callback has returned
}

var _ store.Store = (*Store)(nil)

// mode says what may be done on a Store.
type mode uint8

const (
	outside mode = iota // the store itself
	inTx                // a writing transaction
	inView              // a view: reads alone
	inHost              // a transaction of the host's: as outside, but on its one connection
)

// database is what a store and its transactions share.
type database struct {
	dialect  dialect
	write    *sql.DB
	read     *sql.DB
	replica  *replica // nil for none
	lockWait time.Duration
	turn     chan struct{} // holds the one writer of this process
	texts    sync.Map      // statements as the dialect has them, by how they are written here

	mu        sync.Mutex
	listeners []func(perms.Head)
	readers   []func(perms.Head, []perms.Entry) // of what is appended
	told      perms.Revision
}

// New returns the store in a database that has been migrated: [store.ErrSchemaTooOld] if it has not been, [store.ErrSchemaTooNew] if it was by a newer
// version of this library. It changes nothing.
func New(ctx context.Context, db *sql.DB, d Dialect, o Options) (*Store, error) {
	if o.Read == nil {
		o.Read = db
	}
	if o.LockWait <= 0 {
		o.LockWait = store.LockWait
	}
	spoken, err := d.spoken()
	if err != nil {
		return nil, err
	}
	s := &Store{db: &database{dialect: spoken, write: db, read: o.Read, replica: newReplica(o), lockWait: o.LockWait, turn: make(chan struct{}, 1)}}
	if err := s.checkSchema(ctx, d); err != nil {
		return nil, err
	}
	return s, nil
}

// Shared implements [store.Store]: a database is never ours alone.
func (s *Store) Shared() bool { return true }

// OnCommit implements [store.Store]. The changes of a joined store are told by [Joined.Committed].
func (s *Store) OnCommit(listen func(perms.Head)) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	s.db.listeners = append(s.db.listeners, listen)
}

// OnAppend implements [store.Store]. It is told neither of the changes of a joined store nor of those of a transaction that has not read the head.
func (s *Store) OnAppend(listen func(perms.Head, []perms.Entry)) {
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	s.db.readers = append(s.db.readers, listen)
}

// tell calls the listeners, unless they know of this change, or a later one, already. When it returns, they do, also if one panics: whoever else is
// telling them is waited for.
func (db *database) tell(h perms.Head, wrote appended) {
	db.replica.tells(h.Revision)
	db.mu.Lock()
	defer db.mu.Unlock()
	if h.Revision <= db.told {
		return
	}
	db.told = h.Revision
	for _, listen := range slices.Backward(db.listeners) {
		defer listen(h)
	}
	if wrote.known {
		for _, listen := range db.readers {
			listen(wrote.after, wrote.entries)
		}
	}
}

// usable returns why s cannot be used, if so.
func (s *Store) usable(ctx context.Context) error {
	switch {
	case s.over.Load():
		return fmt.Errorf("%w: the transaction has ended", store.ErrClosed)
	case s.unit != nil && s.unit.broken != nil:
		return s.unit.broken
	}
	return ctx.Err()
}

// reading runs fn, which reads by one statement.
func (s *Store) reading(ctx context.Context, fn func(u *unit) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.unit != nil {
		return fn(s.unit)
	}
	wait, cancel := context.WithTimeout(ctx, s.db.lockWait)
	defer cancel()
	u, err := s.db.connect(ctx, wait, s.db.read, fn)
	if err != nil {
		return err
	}
	u.release()
	return nil
}

// snapshot runs fn, which reads by several statements, on one state of the database.
func (s *Store) snapshot(ctx context.Context, fn func(u *unit) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.unit != nil {
		return fn(s.unit)
	}
	wait, cancel := context.WithTimeout(ctx, s.db.lockWait)
	defer cancel()
	u, err := s.db.connect(ctx, wait, s.db.read, func(u *unit) error { return u.control(ctx, s.db.dialect.beginView()) })
	if err != nil {
		return err
	}
	defer u.release()
	defer u.rollback(ctx)
	return fn(u)
}

// writing returns the writing transaction that s is.
func (s *Store) writing(ctx context.Context) (*unit, error) {
	if s.mode != inTx {
		return nil, store.ErrReadOnly
	}
	return s.unit, s.usable(ctx)
}

// apart runs fn, which writes what needs no transaction and leaves the head alone: in the transaction that s is, or in a short one of its own.
func (s *Store) apart(ctx context.Context, fn func(u *unit) error) error {
	switch {
	case s.mode == inView:
		return store.ErrReadOnly
	case s.unit == nil:
		return s.transact(ctx, besideHead, fn)
	}
	if err := s.usable(ctx); err != nil {
		return err
	}
	return fn(s.unit)
}
