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

// Instant returns, in a transaction, the instant of a judgement: the clock's, or the newest entry's if the clock has run backwards. So what has been over
// once, and was noticed by a change, is never open again.
func (e Env) Instant(ctx context.Context, tx Store) (time.Time, error) {
	head, err := tx.Head(ctx) // which a store may know from what it has read before
	if err != nil {
		return time.Time{}, fmt.Errorf("read head: %w", err)
	}
	return later(e.Now(), head.At), nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Authorize reads, in a transaction, who the actor is. The instant of the judgement, and of the change, is [Env.Instant].
func (e Env) Authorize(ctx context.Context, tx Store, actor Actor) (*Authority, error) {
	if a, ok := e.seen[actor]; ok {
		return a, nil
	}
	a, err := Authorize(ctx, tx, e.Catalog(), actor, e.Now())
	if err != nil {
		return nil, err
	}
	if a.Now, err = e.Instant(ctx, tx); err != nil {
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
