package perms

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// applying stands in cache.applied while changes are made.
const applying = -1

// cache is what an Authorizer remembers: users' resolved inputs as of one revision of the journal, and never a decision.
//
// Readers take no lock. They look at applied, then at whatever they need, and then at applied again. What is as of a revision changes only while applied
// is applying, so that a reader either sees one revision or tries again with the mutex held.
type cache struct {
	applied atomic.Int64 // the revision that everything is as of
	known   atomic.Int64 // the newest revision that anybody has told of; not less than applied
	edits   atomic.Uint64
	shares  atomic.Uint32 // counts the changes of what is shared with groups
	names   atomic.Pointer[names]
	young   atomic.Pointer[table[entry]]
	old     atomic.Pointer[table[entry]] // what young was when it was full
	tenants atomic.Pointer[table[TenantType]]
	newest  atomic.Int64 // the time of the newest entry that was applied, in microseconds
	due     atomic.Int64 // when the store has to be asked again, since base: by the monotonic clock
	wallDue atomic.Int64 // and by the other one, which goes on while the machine sleeps

	conf  CacheOptions
	base  time.Time
	store Store
	view  func(context.Context, func(Store) error) error
	env   Env

	mu    sync.Mutex // held by whoever changes anything
	since time.Time  // the time of the entry at applied
	bytes int        // in young
	roles map[uuid.UUID]*resident
	sets  map[string]*roleSet
	draft draft
	loads map[loadKey]*load
	round *round
	begun uint64    // rounds
	ended uint64    // the last round that ended well
	asked time.Time // when that began

	askedWall int64 // the same by the wall clock
}

func newCache(a *Authorizer, conf CacheOptions) *cache {
	c := &cache{conf: conf.orDefault(), base: time.Now(), store: a.store, view: a.view, env: a.env, loads: map[loadKey]*load{}}
	c.names.Store((&names{}).of(a.env.Catalog()))
	c.newest.Store(math.MinInt64)
	c.forget()
	return c
}

// forget drops everything. The mutex is held.
func (c *cache) forget() {
	c.young.Store(newTable[entry](0))
	c.old.Store(nil)
	c.tenants.Store(newTable[TenantType](0))
	c.bytes = 0
	c.roles, c.sets = map[uuid.UUID]*resident{}, map[string]*roleSet{}
	c.edits.Add(1)
}

// peek returns how a user stands in a scope if that is at hand, and as fresh as it has to be. It takes no lock and allocates nothing.
func (c *cache) peek(user *uuid.UUID, scope *Scope) (s standing, ok bool) {
	applied := c.applied.Load()
	if applied != c.known.Load() {
		return s, false
	}
	var now time.Time
	if c.conf.Shared {
		now = time.Now()
		if int64(now.Sub(c.base)) >= c.due.Load() || now.UnixNano() >= c.wallDue.Load() {
			return s, false
		}
	}
	n := c.young.Load().find(user)
	if n == nil {
		return s, false
	}
	e := &n.thing
	if e.more != nil && e.more.subject != nil && !e.more.holdsAt(c.instant(now)) {
		return s, false
	}
	v, ok := c.at(e, scope)
	if !ok {
		return s, false
	}
	if v != nil && v.roles != nil {
		s.roles = v.roles.verdicts.Load()
		if s.roles == nil || !v.roles.current(s.roles, c.edits.Load()) {
			return s, false
		}
	}
	s.who, s.at, s.revision = e, v, Revision(applied)
	return s, c.applied.Load() == applied
}

// instant returns the time by the host's clock, given the system's if that has been asked already; or that of the newest entry, as [Env.Instant].
func (c *cache) instant(now time.Time) int64 {
	if c.env.Clock != nil || now.IsZero() {
		now = c.env.Now()
	}
	return max(now.UnixMicro(), c.newest.Load())
}

// now is [cache.instant] as a time.
func (c *cache) now() time.Time { return time.UnixMicro(c.instant(time.Time{})).UTC() }

func (d *details) holdsAt(now int64) bool { return d.from <= now && now < d.until }

// find is [cache.peek] for whatever is not at hand, or not any more: it loads what is missing. It also returns the names of the catalogue at that time.
func (c *cache) find(ctx context.Context, q query) (standing, *names, error) {
	if !q.scope.asks() {
		return standing{}, nil, errNoScope()
	}
	d := c.demand()
	for range patientTries {
		if err := c.follow(ctx, &d); err != nil {
			return standing{}, nil, err
		}
		c.mu.Lock()
		n := c.named()
		s, missing := c.stand(&q)
		if missing == nil {
			c.mu.Unlock()
			return s, n, nil
		}
		l := c.join(*missing)
		c.mu.Unlock()
		nobody, err := l.wait(ctx)
		switch {
		case err != nil:
			return standing{}, nil, err
		case !nobody:
		case s.who == nil && l.revision >= d.revision:
			return standing{revision: l.revision}, n, nil
		case s.who != nil && l.revision == s.revision:
			return s, n, nil // he is in the scope of no tenant that there is not
		}
	}
	return c.alone(ctx, &q, &d)
}

// patientTries is how often a check tries to find what others keep changing, before it reads for itself alone.
const patientTries = 4

// query is what a check wants to know of the cache.
type query struct {
	user    uuid.UUID
	scope   Scope
	objects bool // also what is shared with him
}

// stand returns how a user stands, as of applied, or what has to be loaded to tell. The mutex is held.
func (c *cache) stand(q *query) (s standing, missing *loadKey) {
	s.revision = Revision(c.applied.Load())
	e := c.recall(&q.user)
	if e == nil || q.objects && e.objects != c.shares.Load() {
		return s, &loadKey{user: q.user}
	}
	if e.more != nil && e.more.subject != nil && !e.more.holdsAt(c.instant(time.Time{})) {
		if e = c.keep(c.resolver(), e.more.subject, e.objects); e == nil {
			return s, &loadKey{user: q.user}
		}
	}
	s.who = e
	v, ok := c.at(e, &q.scope)
	if !ok {
		return s, &loadKey{tenant: q.scope.tenant}
	}
	if s.at = v; v != nil && v.roles != nil {
		s.roles = c.refreshed(v.roles)
	}
	return s, nil
}

// alone answers from what it reads for itself in one snapshot. The cache learns nothing of it.
func (c *cache) alone(ctx context.Context, q *query, d *demand) (standing, *names, error) {
	var r reading
	err := c.view(ctx, func(tx Store) (err error) {
		r, err = readAll(ctx, tx, q)
		return err
	})
	if err != nil && !errors.Is(err, ErrNoSubject) {
		return standing{}, nil, fmt.Errorf("check: %w", err)
	}
	if r.revision < d.revision {
		return standing{}, nil, ErrBehind
	}
	n := c.currentNames()
	if err != nil {
		return standing{revision: r.revision}, n, nil
	}
	return r.standing(n, c.now(), q.scope), n, nil
}

// named returns the names of the catalogue as it is now. The mutex is held.
func (c *cache) named() *names {
	n, catalog := c.names.Load(), c.env.Catalog()
	if n.catalog == catalog {
		return n
	}
	next := n.of(catalog)
	if len(next.keys) > len(n.keys) {
		c.forget() // overrides of keys that were unknown
	}
	c.names.Store(next)
	return next
}

// currentNames is named for those who do not hold the mutex.
func (c *cache) currentNames() *names {
	if n := c.names.Load(); n.catalog == c.env.Catalog() {
		return n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.named()
}

// number returns the number of a permission, also of one that has come into the catalogue since it was last looked at.
func (c *cache) number(p Permission) (*names, uint32) {
	n := c.names.Load()
	if i, ok := n.index[p]; ok {
		return n, i
	}
	n = c.currentNames()
	return n, n.number(p)
}
