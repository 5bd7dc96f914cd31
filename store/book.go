package store

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Options are what a host may decide about its Book. The zero Options work; [Connect] refuses what means nothing, as [perms.ErrInvalid].
type Options struct {
	Catalog         *perms.Catalog   // the permissions that the host knows; nil for the management keys alone
	Hasher          *password.Hasher // nil for Argon2id with the default parameters
	PasswordPolicy  password.Policy  // the zero Policy is the documented one
	Addresses       users.Addresses  // which e-mail addresses are accepted; ASCII alone by default
	SessionLifetime time.Duration    // 0 for seven days
	Clock           func() time.Time // nil for the system's
	PreviewTime     time.Duration    // how long a preview may look for who gains and who loses; 0 for one second

	// Invariants are what no change of anybody's may make untrue, whatever way it comes. Every process that writes to the store needs the same ones. They
	// ask for permissions that the Catalog has, or the store.
	Invariants []perms.Invariant

	// MaxStaleness is for how long Book.Perms may not know of what others have written to the same database: other processes, or other Books over other
	// Stores. 0 is one second; [Always] asks the store on every check. What this Book has written shows at once, and a store that nobody else writes to
	// (package memory) is never stale. Where the store cannot be asked in time, checks fail.
	MaxStaleness time.Duration
	CachedUsers  int // the most users that Book.Perms remembers; 0 for two millions
	CachedBytes  int // about the most memory that it remembers them in; 0 for 256 MiB
}

// Always as [Options.MaxStaleness] asks the store for its revision on every check.
const Always = perms.Always

// Book is the services over one store: what a host holds. It is safe for any number of goroutines.
type Book struct {
	Users    *users.Service
	Tenants  *users.Tenants
	Groups   *users.Groups
	Roles    *roles.Service
	Invites  *invites.Service
	Sessions *users.Sessions
	Perms    *perms.Authorizer
	Journal  *perms.History

	store   Store
	opts    Options
	env     perms.Env
	catalog *catalogue
}

// Connect returns the Book over a store. It adds the keys of the host's catalogue that the store does not have yet, and takes over those that it has:
// keys are only ever added. It never migrates.
func Connect(ctx context.Context, s Store, opts Options) (*Book, error) {
	if opts.Hasher == nil {
		h, err := password.New(password.Options{})
		if err != nil {
			return nil, fmt.Errorf("connect: %w", err)
		}
		opts.Hasher = h
	}
	if err := opts.check(); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	known := newCatalogue(nil, perms.Head{})
	b := wire(s, opts, known, opts.env(known))
	catalog, err := b.syncCatalog(ctx, opts.Catalog)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	known.known.Store(catalog)
	b.Perms = perms.NewCachedAuthorizer(s, forPerms(s.View), b.env, perms.CacheOptions{
		Shared: s.Shared(), MaxStaleness: opts.MaxStaleness, MaxUsers: opts.CachedUsers, MaxBytes: opts.CachedBytes, Learn: known.learn})
	s.OnAppend(known.appended)
	s.OnAppend(b.Perms.Appended)
	s.OnCommit(b.Perms.Committed)
	s.OnCommit(b.Journal.Committed)
	return b, nil
}

// env returns what the services share, with a catalogue that they will have.
func (o Options) env(c *catalogue) perms.Env {
	return perms.Env{Catalog: c.known.Load, Grown: c.reach, Clock: o.Clock, Invariants: o.Invariants}
}

// wire builds the services over a store. It is the only place that does.
func wire(s Store, opts Options, catalog *catalogue, env perms.Env) *Book {
	b := &Book{store: s, opts: opts, catalog: catalog, env: env}
	passwords := users.NewPasswords(opts.Hasher, opts.PasswordPolicy)
	b.Roles = roles.NewService(forRoles(s.InTx), forRoles(s.View), b.env)
	b.Users = users.NewService(s, forUsers(s.InTx), forUsers(s.View), b.env, passwords, opts.Addresses)
	b.Tenants = users.NewTenants(forUsers(s.InTx), forUsers(s.View), b.env)
	b.Groups = users.NewGroups(forUsers(s.InTx), forUsers(s.View), b.env)
	b.Invites = invites.NewService(forInvites(s.InTx), forInvites(s.View), b.env, passwords, b.Users)
	b.Sessions = users.NewSessions(s, b.env, passwords, opts.SessionLifetime)
	b.Perms = perms.NewAuthorizer(s, forPerms(s.View), b.env)
	b.Journal = perms.NewHistory(s, forPerms(s.InTx), forPerms(s.View), b.env)
	return b
}

// transaction is the type of [Store.InTx] and [Store.View]. The functions below narrow one to the part of the store that a package needs.
type transaction func(context.Context, func(Store) error) error

func forPerms(begin transaction) func(context.Context, func(perms.Store) error) error {
	return func(ctx context.Context, fn func(perms.Store) error) error {
		return begin(ctx, func(tx Store) error { return fn(tx) })
	}
}

func forRoles(begin transaction) roles.Tx {
	return func(ctx context.Context, fn func(roles.Store) error) error {
		return begin(ctx, func(tx Store) error { return fn(tx) })
	}
}

func forUsers(begin transaction) users.Tx {
	return func(ctx context.Context, fn func(users.Store) error) error {
		return begin(ctx, func(tx Store) error { return fn(tx) })
	}
}

func forInvites(begin transaction) invites.Tx {
	return func(ctx context.Context, fn func(invites.Store) error) error {
		return begin(ctx, func(tx Store) error { return fn(tx) })
	}
}

// On returns the same Book over another Store: one that a transaction has handed out, or one joined to the host's own transaction. What it does is part
// of that transaction. Catalogue keys that it seeds are known to b itself after the commit.
func (b *Book) On(tx Store) *Book {
	catalog := b.catalog.copied()
	return wire(tx, b.opts, catalog, b.opts.env(catalog))
}

// View runs fn on the Book over one snapshot of the store: all that it reads is of one moment, and whoever asks is read once. Nothing can be changed on it,
// and one goroutine alone uses it.
func (b *Book) View(ctx context.Context, fn func(b *Book) error) error {
	return b.store.View(ctx, func(tx Store) error {
		return fn(wire(tx, b.opts, b.catalog, b.opts.env(b.catalog).OnSnapshot()))
	})
}

// InTx runs fn on the Book inside one writing transaction: all of what it does happens, or nothing. Inside it, b itself must not be used.
func (b *Book) InTx(ctx context.Context, fn func(b *Book) error) error {
	var before, after *perms.Catalog
	err := b.store.InTx(ctx, func(tx Store) error {
		if err := b.catalog.begin(ctx, tx); err != nil {
			return err
		}
		inner := b.On(tx)
		before = inner.Catalog()
		if err := fn(inner); err != nil {
			return err
		}
		after = inner.Catalog()
		return nil
	})
	if err != nil || after == before {
		return err
	}
	return b.catalog.learn(after.Keys())
}

// Catalog returns the permissions that the Book knows.
func (b *Book) Catalog() *perms.Catalog { return b.catalog.known.Load() }

// Now returns the Book's time: UTC, in whole microseconds.
func (b *Book) Now() time.Time { return b.env.Now() }

// Seed puts the catalogue keys and system roles of a preset into the store. It is idempotent, and for trusted code alone ([perms.System]).
func (b *Book) Seed(ctx context.Context, actor perms.Actor, preset roles.Preset) error {
	catalog, err := b.Roles.Seed(ctx, actor, preset)
	if err != nil {
		return err
	}
	return b.catalog.learn(catalog.Keys())
}

// Bootstrap creates the first user of a store that holds none at all, and reports whether it did. Of many processes that ask at once, one does.
func (b *Book) Bootstrap(ctx context.Context, in users.New) (u users.User, created bool, err error) {
	err = b.InTx(ctx, func(tx *Book) error {
		any, err := tx.store.AnyUser(ctx)
		if err != nil || any {
			return err
		}
		created = true
		u, err = tx.Users.Create(ctx, perms.System("bootstrap"), in)
		return err
	})
	if err != nil {
		return users.User{}, false, fmt.Errorf("bootstrap: %w", err)
	}
	return u, created, nil
}

// syncCatalog returns the union of the host's catalogue and the stored one, and stores what is new or described anew. The management keys are the
// library's, and never stored.
func (b *Book) syncCatalog(ctx context.Context, wanted *perms.Catalog) (*perms.Catalog, error) {
	var missing []perms.Key
	union := func(tx Store) (*perms.Catalog, error) {
		keys, err := tx.Keys(ctx)
		if err != nil {
			return nil, fmt.Errorf("read catalogue: %w", err)
		}
		stored, err := perms.NewCatalog().With(keys...)
		if err != nil {
			return nil, fmt.Errorf("stored catalogue: %w", err)
		}
		merged, err := stored.With(wanted.Keys()...)
		if err != nil {
			return nil, err
		}
		missing = stored.Missing(merged)
		return merged, b.opts.checkKeys(merged)
	}
	var merged *perms.Catalog
	err := b.store.View(ctx, func(tx Store) (err error) {
		merged, err = union(tx)
		return err
	})
	if err != nil || len(missing) == 0 {
		return merged, err
	}
	err = b.store.InTx(ctx, func(tx Store) error {
		if merged, err = union(tx); err != nil || len(missing) == 0 {
			return err
		}
		a, err := b.env.Authorize(ctx, tx, perms.System("connect"))
		if err != nil {
			return err
		}
		return perms.AddKeys(ctx, tx, a, missing)
	})
	return merged, err
}
