package perms

import (
	"context"
	"fmt"
	"slices"
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

// reach makes everything as of a revision that the store has, or a later one.
func (c *cache) reach(ctx context.Context, r Revision) error {
	c.raise(r)
	return c.follow(ctx, &demand{revision: r})
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
			go c.catchUp(r, Head{Revision(c.applied.Load()), c.since}, c.empty())
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

// catchUp reads what the journal says after a position, and applies it. With nothing to apply it to, it takes the position that the store is at.
func (c *cache) catchUp(r *round, from Head, empty bool) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	began := time.Now()
	n, err := c.news(ctx, from, empty)
	if err == nil {
		err = c.learnKeys(ctx, &n)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.apply(&n)
		c.ended, c.asked, c.askedWall = r.number, began, began.UnixNano()
		c.due.Store(int64(began.Sub(c.base) + c.conf.MaxStaleness))
		c.wallDue.Store(began.Add(c.conf.MaxStaleness).UnixNano())
	}
	r.err = err
	c.round = nil
	close(r.done)
}

// unread is what the journal says after a position.
type unread struct {
	entries []Entry
	to      Head // where the store is with them
	whole   bool // they are all that has happened since
}

// news reads what the journal says after a position. It is not whole if it is too much, or no longer there, or if the position is none of the store's: a
// database that was put back, or that took over without the last changes, has given its revision to something else.
func (c *cache) news(ctx context.Context, from Head, empty bool) (n unread, err error) {
	n.to, err = c.head(ctx)
	switch {
	case err != nil:
		return n, err
	case n.to.Revision == from.Revision:
		n.whole = !c.conf.Shared || n.to.At.Equal(from.At)
		return n, nil
	case empty, n.to.Revision-from.Revision > maxNews:
		return n, nil
	}
	at := from.Revision
	known := c.conf.Shared && at > 0
	if known {
		at-- // the entry that is known is read again
	}
	for ; at < n.to.Revision; at = last(n.entries).Revision {
		page, err := c.store.Journal(ctx, JournalFilter{After: at, Limit: newsPage})
		if err != nil {
			return n, fmt.Errorf("read journal: %w", err)
		}
		if len(page) == 0 {
			break
		}
		n.entries = append(n.entries, page...)
	}
	if end := last(n.entries); end.Revision >= n.to.Revision {
		n.to = end
	}
	n.whole = n.follows(from, known)
	return n, nil
}

// follows reports whether the entries are all of those after a position, of which the first one may be known; that one is left out from then on.
func (n *unread) follows(from Head, known bool) bool {
	if known {
		if len(n.entries) == 0 || n.entries[0].Revision != from.Revision || !n.entries[0].At.Equal(from.At) {
			return false
		}
		n.entries = n.entries[1:]
	}
	for i := range n.entries {
		if n.entries[i].Revision != from.Revision+Revision(i)+1 {
			return false
		}
	}
	return from.Revision+Revision(len(n.entries)) == n.to.Revision
}

func last(entries []Entry) Head {
	if len(entries) == 0 {
		return Head{}
	}
	e := &entries[len(entries)-1]
	return Head{e.Revision, e.At}
}

// learnKeys tells the host of keys that may have come into the stored catalogue.
func (c *cache) learnKeys(ctx context.Context, n *unread) error {
	added := func(e Entry) bool { return e.Action == CatalogueUpdate }
	if c.conf.Learn == nil || n.whole && !slices.ContainsFunc(n.entries, added) {
		return nil
	}
	keys, err := c.store.Keys(ctx)
	if err != nil {
		return fmt.Errorf("read catalogue: %w", err)
	}
	return c.conf.Learn(keys)
}

// head returns how far the store has come: at least as far as anybody has told.
func (c *cache) head(ctx context.Context) (Head, error) {
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		head, err := c.store.Head(ctx)
		if err != nil {
			return Head{}, fmt.Errorf("read head: %w", err)
		}
		if int64(head.Revision) >= c.known.Load() {
			return head, nil
		}
		select {
		case <-ctx.Done():
			return Head{}, ErrBehind
		case <-time.After(wait):
		}
	}
}

// apply makes everything as of a later position, by the entries up to there; without some of them by forgetting everything. The mutex is held.
func (c *cache) apply(n *unread) {
	c.raise(n.to.Revision)
	c.applied.Store(applying)
	for i := range n.entries {
		n.whole = n.whole && c.heed(&n.entries[i])
	}
	if !n.whole {
		c.forget()
	}
	c.since = n.to.At
	c.newest.Store(max(c.newest.Load(), n.to.At.UnixMicro()))
	c.applied.Store(int64(n.to.Revision))
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
