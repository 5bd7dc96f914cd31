package perms

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// The journal is read in pages. Who is further behind than maxNews forgets everything instead.
const (
	newsPage = 256
	maxNews  = 2048
)

// demand is how fresh an answer has to be.
type demand struct {
	revision Revision  // as of this one at least: all that had been told of when it was asked
	asked    time.Time // when it was asked; zero if it is enough to be as of the revision
	begun    uint64    // rounds by then
}

// demand returns that of a question that is asked now.
func (c *cache) demand() demand {
	d := demand{revision: Revision(c.known.Load())}
	if c.conf.Shared {
		c.mu.Lock()
		d.asked, d.begun = time.Now(), c.begun
		c.mu.Unlock()
	}
	return d
}

// met reports whether the cache is as fresh as is demanded. The mutex is held.
func (c *cache) met(d *demand) bool {
	if Revision(c.applied.Load()) < d.revision {
		return false
	}
	if d.asked.IsZero() || c.ended > d.begun {
		return true
	}
	bound := c.conf.MaxStaleness
	return c.ended > 0 && d.asked.Sub(c.asked) < bound && d.asked.UnixNano()-c.askedWall < int64(bound)
}

// raise hears of a revision.
func (c *cache) raise(r Revision) {
	for {
		known := c.known.Load()
		if int64(r) <= known || c.known.CompareAndSwap(known, int64(r)) {
			return
		}
	}
}

// round is one catching up with the journal, on behalf of all who wait for it.
type round struct {
	number uint64
	done   chan struct{}
	err    error
}

// follow waits until a demand is met, which from then on asks for what it has got. One goroutine reads the journal, however many wait; none of them owns it.
func (c *cache) follow(ctx context.Context, d *demand) error {
	for {
		c.mu.Lock()
		if c.met(d) {
			d.revision = Revision(c.applied.Load())
			c.mu.Unlock()
			return nil
		}
		r := c.round
		if r == nil {
			c.begun++
			r = &round{number: c.begun, done: make(chan struct{})}
			c.round = r
			go c.catchUp(r, Revision(c.applied.Load()), c.empty())
		}
		c.mu.Unlock()
		select {
		case <-r.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if r.err != nil {
			return fmt.Errorf("check: %w", r.err)
		}
	}
}

// empty reports whether there is nothing that the journal could change. The mutex is held.
func (c *cache) empty() bool {
	return c.young.Load().live == 0 && c.old.Load() == nil && c.tenants.Load().live == 0 && len(c.roles) == 0
}

// catchUp reads what the journal says after a revision, and applies it. With nothing to apply it to, it takes the revision that the store is at.
func (c *cache) catchUp(r *round, from Revision, empty bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	entries, to, err := c.news(ctx, from, empty)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.apply(entries, from, to)
		c.ended, c.asked, c.askedWall = r.number, began, began.UnixNano()
		c.due.Store(int64(began.Sub(c.base) + c.conf.MaxStaleness))
		c.wallDue.Store(began.Add(c.conf.MaxStaleness).UnixNano())
	}
	r.err = err
	c.round = nil
	close(r.done)
}

// news returns the entries after a revision, and the revision that the store is as of with them. It waits for a store that does not have yet what has been told:
// a replica. The entries do not reach that revision if they are too many, or no longer there.
func (c *cache) news(ctx context.Context, from Revision, empty bool) ([]Entry, Revision, error) {
	to, err := c.head(ctx)
	if err != nil || empty || to-from > maxNews {
		return nil, to, err
	}
	var entries []Entry
	for at := from; at < to; at = entries[len(entries)-1].Revision {
		page, err := c.store.Journal(ctx, JournalFilter{After: at, Limit: newsPage})
		if err != nil {
			return nil, to, fmt.Errorf("read journal: %w", err)
		}
		if len(page) == 0 {
			break
		}
		entries = append(entries, page...)
	}
	return entries, max(to, last(entries)), nil
}

func last(entries []Entry) Revision {
	if len(entries) == 0 {
		return 0
	}
	return entries[len(entries)-1].Revision
}

// head returns how far the store has come: at least as far as anybody has told.
func (c *cache) head(ctx context.Context) (Revision, error) {
	if !c.conf.Shared {
		return Revision(c.known.Load()), nil
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		head, err := c.store.Head(ctx)
		if err != nil {
			return 0, fmt.Errorf("read head: %w", err)
		}
		if int64(head.Revision) >= c.known.Load() {
			return head.Revision, nil
		}
		select {
		case <-ctx.Done():
			return 0, ErrBehind
		case <-time.After(wait):
		}
	}
}

// apply makes everything as of a later revision, by the entries up to there; without some of them by forgetting everything. The mutex is held.
func (c *cache) apply(entries []Entry, from, to Revision) {
	c.raise(to)
	c.applied.Store(applying)
	whole := to == from
	for at := from; len(entries) > 0; entries = entries[1:] {
		e := &entries[0]
		if e.Revision != at+1 || !c.heed(e) {
			whole = false
			break
		}
		at = e.Revision
		whole = at == to
	}
	if !whole {
		c.forget()
	}
	c.applied.Store(int64(to))
}

// heed drops what an entry of the journal has changed. It is false for what it does not understand.
func (c *cache) heed(e *Entry) bool {
	switch e.Action {
	case UserCreate, UserUpdate, UserRoles, UserTenants, UserApprove, UserReject, UserSuspend, UserReactivate, UserDelete, UserPurge, OverrideSet, OverrideClear:
		c.drop(e.Target.ID)
		return true
	case InviteAccept, LinkJoin:
		c.drop(e.Person)
		return true
	case RoleUpdate:
		return c.heedRole(e)
	case RoleDelete:
		delete(c.roles, e.Target.ID) // nobody who is not deleted holds it
		return true
	case GroupMembers:
		return c.heedMembers(e)
	case GrantSet:
		if e.Target.Kind == KindUser {
			c.drop(e.Target.ID)
			return true
		}
		c.shares.Add(1)
		return e.Target.Kind == KindGroup
	case GroupDelete:
		c.shares.Add(1)
		return true
	case TenantUpdate:
		_, retyped := e.After["type"]
		return !retyped // who is in its type's tenants changes, and what membership of it is worth
	case UserPassword, UserAvatar, RoleCreate, GroupCreate, GroupUpdate, InviteCreate, InviteRevoke, LinkCreate, LinkDelete, TenantCreate, CatalogueUpdate:
		return true // of nothing that bears on an active user
	}
	return false
}

// heedRole gives a role the patterns that an entry tells.
func (c *cache) heedRole(e *Entry) bool {
	if _, moved := e.After["tenant"]; moved {
		return false
	}
	value, told := e.After["permissions"]
	if !told {
		return true
	}
	list, ok := value.([]any)
	if !ok {
		return false
	}
	patterns := make([]Pattern, len(list))
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			return false
		}
		patterns[i] = Pattern(text)
	}
	c.edit(e.Target.ID, patterns)
	return true
}

// heedMembers drops the users who have joined or left a group.
func (c *cache) heedMembers(e *Entry) bool {
	for _, name := range []string{"added", "removed"} {
		list, ok := e.After[name].([]any)
		if !ok {
			return false
		}
		for _, v := range list {
			text, _ := v.(string)
			id, err := uuid.Parse(text)
			if err != nil {
				return false
			}
			c.drop(id)
		}
	}
	return true
}
