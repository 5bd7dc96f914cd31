package perms

import (
	"context"
	"fmt"
	"time"
)

// Env is what services share beside their stores: the catalogue, which grows when presets are seeded, and the clock.
type Env struct {
	Catalog func() *Catalog
	Clock   func() time.Time // nil for the system's
	// Grown, unless it is nil, makes Catalog have all keys that are stored as of a position of the journal, in a transaction that is there.
	Grown func(ctx context.Context, tx Store, at Head) error
	// Invariants are what the host wants to stay true whatever anybody changes.
	Invariants []Invariant

	seen map[Actor]*Authority // on a snapshot: the actors that have been read
}

// OnSnapshot returns the Env of services that all work on one snapshot, by one goroutine: there an actor is read once, however many of them ask who he is,
// and judged as of one instant. Where anything changes it would be wrong.
func (e Env) OnSnapshot() Env {
	e.seen = map[Actor]*Authority{}
	return e
}

// Now returns the time as it is stored: UTC, in whole microseconds.
func (e Env) Now() time.Time {
	if e.Clock == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return e.Clock().UTC().Truncate(time.Microsecond)
}

// Grounds returns, in a transaction, by what is judged: the catalogue as of it, and the instant, which is the clock's, or the newest entry's if the clock has
// run backwards. So a wildcard gives what others have just added, and what has been over once, and was noticed by a change, is never open again.
func (e Env) Grounds(ctx context.Context, tx Store) (*Catalog, time.Time, error) {
	head, err := tx.Head(ctx) // which a store may know from what it has read before
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read head: %w", err)
	}
	if e.Grown != nil {
		if err := e.Grown(ctx, tx, head); err != nil {
			return nil, time.Time{}, err
		}
	}
	return e.Catalog(), later(e.Now(), head.At), nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Authorize reads, in a transaction, who the actor is. What he may is judged by [Env.Grounds], and that is the instant of what he changes.
func (e Env) Authorize(ctx context.Context, tx Store, actor Actor) (*Authority, error) {
	if a, ok := e.seen[actor]; ok {
		return a, nil
	}
	a, err := Authorize(ctx, tx, nil, actor, time.Time{})
	if err != nil {
		return nil, err
	}
	if a.catalog, a.Now, err = e.Grounds(ctx, tx); err != nil {
		return nil, err
	}
	a.invariants = e.Invariants
	if e.seen != nil {
		e.seen[actor] = a
	}
	return a, nil
}

// Entry returns a journal entry in the actor's name.
func (a *Authority) Entry(action Action, target Target, tenant Scope) Entry {
	return Entry{At: a.Now, Actor: a.Actor.Ref(), Action: action, Target: target, Tenant: tenant, Reason: a.Actor.Reason(), RequestID: a.Actor.Request()}
}

// Catalog returns the catalogue by which the actor is judged.
func (a *Authority) Catalog() *Catalog { return a.catalog }
