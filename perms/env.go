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
}

// Now returns the time as it is stored: UTC, in whole microseconds.
func (e Env) Now() time.Time {
	if e.Clock == nil {
		return time.Now().UTC().Truncate(time.Microsecond)
	}
	return e.Clock().UTC().Truncate(time.Microsecond)
}

// Authorize reads, in a transaction, who the actor is. The instant of the judgement, and of the change, is the clock's, or the newest entry's if the
// clock has run backwards.
func (e Env) Authorize(ctx context.Context, tx Store, actor Actor) (*Authority, error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	now := e.Now()
	if head.At.After(now) {
		now = head.At
	}
	return Authorize(ctx, tx, e.Catalog(), actor, now)
}

// Entry returns a journal entry in the actor's name.
func (a *Authority) Entry(action Action, target Target, tenant Scope) Entry {
	return Entry{At: a.Now, Actor: a.Actor.Ref(), Action: action, Target: target, Tenant: tenant, Reason: a.Actor.Reason(), RequestID: a.Actor.Request()}
}

// Catalog returns the catalogue by which the actor is judged.
func (a *Authority) Catalog() *Catalog { return a.catalog }
