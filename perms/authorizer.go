package perms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Authorizer answers what users may do. It is safe for any number of goroutines.
//
// One that remembers ([NewCachedAuthorizer]) keeps users' resolved inputs, and never decisions. Once a user is known, a check takes no lock, allocates
// nothing and costs some tens of nanoseconds. No answer is older than what had been committed in this process when the question was asked; what others
// write to the same database shows within [CacheOptions.MaxStaleness]. Windows begin and end at their instant. Where the store cannot be asked in time, and
// wherever else something fails, there is an error, and never a yes. A warm answer does not look at its ctx: it does not wait.
//
// One without a memory ([NewAuthorizer]) reads all of it each time, in one snapshot. Inside a transaction that is what sees the transaction.
type Authorizer struct {
	store Store
	view  func(context.Context, func(Store) error) error
	env   Env
	cache *cache // nil for one without a memory
}

// NewAuthorizer returns an Authorizer that reads a store, by its snapshots, each time it is asked.
func NewAuthorizer(st Store, view func(context.Context, func(Store) error) error, env Env) *Authorizer {
	return &Authorizer{store: st, view: view, env: env}
}

// CacheOptions are what an Authorizer has to know of its store, and how much it may remember. The zero CacheOptions are those of a store that nobody else
// writes to.
type CacheOptions struct {
	Shared       bool          // others write to the same database
	MaxStaleness time.Duration // how old an answer may be that others have outdated; 0 for [DefaultStaleness], [Always] to ask the store each time
	MaxUsers     int           // 0 for [DefaultUsers]
	MaxBytes     int           // about; 0 for [DefaultBytes]

	// Learn hears of the stored catalogue when others may have added to it, and makes Env.Catalog know of its keys. nil for a catalogue that does not grow.
	Learn func(stored []Key) error
}

// What CacheOptions stand for by default.
const (
	DefaultStaleness = time.Second
	DefaultUsers     = 2_000_000
	DefaultBytes     = 256 << 20
)

// Always as MaxStaleness asks the store for its revision on every check.
const Always time.Duration = -1

func (o CacheOptions) orDefault() CacheOptions {
	switch {
	case o.MaxStaleness == 0:
		o.MaxStaleness = DefaultStaleness
	case o.MaxStaleness < 0:
		o.MaxStaleness = 0
	}
	if o.MaxUsers <= 0 {
		o.MaxUsers = DefaultUsers
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultBytes
	}
	return o
}

// NewCachedAuthorizer returns an Authorizer that remembers. Somebody has to tell it of commits ([Authorizer.Committed]). Hosts get theirs as
// store.Book.Perms.
func NewCachedAuthorizer(st Store, view func(context.Context, func(Store) error) error, env Env, o CacheOptions) *Authorizer {
	a := NewAuthorizer(st, view, env)
	a.cache = newCache(a, o)
	return a
}

// Committed hears that a change has been committed: answers to questions that are asked afterwards know of it. It does not wait for anything.
func (a *Authorizer) Committed(h Head) {
	if a.cache != nil {
		a.cache.raise(h.Revision)
	}
}

// AtLeast waits until answers are as of a revision or a later one: until this process has heard of what another one wrote, or a replica has received it. It
// asks the store again and again, until ctx ends.
func (a *Authorizer) AtLeast(ctx context.Context, r Revision) error {
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		if a.cache != nil && Revision(a.cache.applied.Load()) >= r {
			return nil
		}
		head, err := a.store.Head(ctx)
		if err != nil {
			return fmt.Errorf("wait for revision %d: %w", r, err)
		}
		if head.Revision >= r {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	if a.cache == nil {
		return nil
	}
	return a.cache.reach(ctx, r)
}

// Check decides whether a user may do something in a scope. An unknown user, permission or tenant is a denial, not an error; with an error the
// decision is the zero one, which denies.
func (a *Authorizer) Check(ctx context.Context, user uuid.UUID, p Permission, scope Scope) (Decision, error) {
	if c := a.cache; c != nil {
		n := c.names.Load()
		number, known := n.find(p)
		if s, ok := c.peek(&user, &scope); ok && (known || n.catalog == c.env.Catalog()) {
			return s.decide(number), nil
		}
	}
	return a.ask(ctx, user, p, scope, Object{})
}

// CheckObject is [Authorizer.Check] for one object: the permission, or a grant of the object if p is its [Object.View], suffices.
func (a *Authorizer) CheckObject(ctx context.Context, user uuid.UUID, p Permission, scope Scope, object Object) (Decision, error) {
	if !object.admits(p) {
		return a.Check(ctx, user, p, scope)
	}
	if c := a.cache; c != nil {
		if number, ok := c.names.Load().find(p); ok {
			if s, ok := c.peek(&user, &scope); ok && s.who.objects == c.shares.Load() && c.applied.Load() == int64(s.revision) {
				return s.decideObject(number, &scope, object), nil
			}
		}
	}
	return a.ask(ctx, user, p, scope, object)
}

// Can is [Authorizer.Check] without the reason. It is false whenever Check fails.
func (a *Authorizer) Can(ctx context.Context, user uuid.UUID, p Permission, scope Scope) bool {
	d, err := a.Check(ctx, user, p, scope)
	return err == nil && d.Allowed
}

// CheckAll is [Authorizer.Check] for several permissions, all as of one revision. The decisions are in the order of the permissions.
func (a *Authorizer) CheckAll(ctx context.Context, user uuid.UUID, scope Scope, permissions ...Permission) ([]Decision, error) {
	if c := a.cache; c != nil {
		n := c.names.Load()
		if s, ok := c.peek(&user, &scope); ok {
			if out, ok := s.decideAll(n, permissions); ok {
				return out, nil
			}
		}
	}
	decide, err := a.decider(ctx, user, scope, false)
	if err != nil {
		return nil, err
	}
	out := make([]Decision, len(permissions))
	for i, p := range permissions {
		out[i] = decide(p, Object{})
	}
	return out, nil
}

// ask is CheckObject for what is not at hand.
func (a *Authorizer) ask(ctx context.Context, user uuid.UUID, p Permission, scope Scope, object Object) (Decision, error) {
	decide, err := a.decider(ctx, user, scope, object.admits(p))
	if err != nil {
		return Decision{}, err
	}
	return decide(p, object), nil
}

// decider returns what decides on a user in a scope, as of one revision; on single objects only if that was said.
func (a *Authorizer) decider(ctx context.Context, user uuid.UUID, scope Scope, objects bool) (func(Permission, Object) Decision, error) {
	if a.cache == nil {
		s, at, by, err := a.read(ctx, user, scope)
		return func(p Permission, object Object) Decision {
			return Decide(by.catalog, &s, Question{p, at, object}, by.now) // nobody is the zero Subject, which is not active
		}, ignoreNobody(err)
	}
	s, n, err := a.cache.find(ctx, query{user, scope, objects})
	return func(p Permission, object Object) Decision {
		if object.admits(p) {
			return s.decideObject(n.number(p), &scope, object)
		}
		return s.decide(n.number(p))
	}, err
}

// Effective returns what a user effectively holds in a scope: nothing if he is not active. An unknown user is [ErrNoSubject].
func (a *Authorizer) Effective(ctx context.Context, user uuid.UUID, scope Scope) (Set, error) {
	if a.cache != nil {
		s, err := a.cache.standing(ctx, user, scope)
		if err != nil {
			return Set{}, err
		}
		return s.effective(), nil
	}
	s, at, by, err := a.read(ctx, user, scope)
	if err != nil {
		return Set{}, err
	}
	_, effective := Resolve(by.catalog, &s, at, by.now)
	return effective, nil
}

// Objects returns the objects of a type that are shared with a user, or with his groups, in the tenant of a scope, in ascending order of their ids: those that
// [Authorizer.CheckObject] admits him to because of that. There is none while "<type>.view" is revoked, where he is not active or out of his scope.
func (a *Authorizer) Objects(ctx context.Context, user uuid.UUID, typ string, scope Scope) ([]int64, error) {
	shared, decide, err := a.shared(ctx, user, scope)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, o := range shared {
		if o.Type == typ && decide(o.View(), o).Allowed {
			ids = append(ids, o.ID)
		}
	}
	return ids, nil
}

// grounds is what [Env.Grounds] returns.
type grounds struct {
	catalog *Catalog
	now     time.Time
}

// read loads a subject and finds the place of a question about him. Of one whom it does not find, it tells by what that is judged.
func (a *Authorizer) read(ctx context.Context, user uuid.UUID, scope Scope) (s Subject, at Place, by grounds, err error) {
	if !scope.asks() {
		return s, at, by, errNoScope()
	}
	err = a.view(ctx, func(tx Store) (err error) {
		var nobody error
		if s, nobody = tx.Subject(ctx, user); nobody == nil {
			at, err = Locate(ctx, tx, &s, scope)
		} else if !errors.Is(nobody, ErrNoSubject) {
			err = nobody
		}
		if err != nil {
			return fmt.Errorf("check: %w", err)
		}
		if by.catalog, by.now, err = a.env.Grounds(ctx, tx); err != nil {
			return err
		}
		return nobody
	})
	return s, at, by, err
}

func errNoScope() error { return Invalid("scope", Required, "must be Home, Anywhere or In a tenant") }

// Locate returns the place that a scope means for a subject. Home is the platform for a user without a home tenant. An unknown tenant is the zero
// Place, where nobody holds anything; the zero Scope is an error.
func Locate(ctx context.Context, st Store, s *Subject, scope Scope) (Place, error) {
	if scope == Home {
		id, ok := s.Home()
		if !ok {
			return Platform, nil
		}
		scope = In(id)
	}
	if scope == Anywhere {
		return Platform, nil
	}
	id, ok := scope.Tenant()
	if !ok {
		return Place{}, errNoScope()
	}
	types, err := st.TenantTypes(ctx, []uuid.UUID{id})
	if err != nil {
		return Place{}, fmt.Errorf("read tenant: %w", err)
	}
	return PlaceOf(id, types[id]), nil
}
