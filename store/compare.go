package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// comparison goes through the users whose permissions can differ once something is written, in the order of their numbers. It reads the state before: what
// the state after differs in, it knows. What it has read is kept, so that a page of users costs a constant number of statements.
type comparison struct {
	tx      Store
	w       *written
	catalog *perms.Catalog
	told    *perms.Authority
	reach   perms.Sight // what lies in his scope: it is counted
	asks    perms.Sight // where he may ask who holds what: it is listed
	touched perms.Set   // what the changed roles give, or gave, and the others do not

	roles map[uuid.UUID]roles.Role
	types map[uuid.UUID]perms.TenantType
	typed map[perms.TenantType][]uuid.UUID

	targets []pair // who was changed himself, by number
	streams []*stream
	report  Report
}

// pair is a user before and after.
type pair struct {
	id            uuid.UUID
	number        int64
	before, after perms.Subject
	whole         bool // any permission can differ, not only those that are touched
}

// compare reports what is different for whom in what a transaction has written, on a snapshot of the store without it.
func (b *Book) compare(ctx context.Context, actor perms.Actor, w *written) (report Report, err error) {
	if w.at.IsZero() {
		return Report{}, nil
	}
	limit, cancel := context.WithTimeout(ctx, cmp.Or(b.opts.PreviewTime, previewTime)) // by the monotonic clock, whatever the host's does
	defer cancel()
	if _, err := b.store.Head(ctx); err != nil { // of which snapshots tell from now on, also those of replicas
		return Report{}, err
	}
	err = b.store.View(ctx, func(tx Store) error {
		report = Report{At: w.at, Made: w.made}
		if holds, err := w.holds(ctx, tx); err != nil || !holds {
			report.Cut = true
			return err
		}
		a, err := perms.Authorize(ctx, tx, w.known, actor, w.at)
		if err != nil {
			return err
		}
		c := &comparison{
			tx: tx, w: w, catalog: w.known, told: a, reach: a.Reach(), asks: a.Sight(perms.AccessExplain), roles: map[uuid.UUID]roles.Role{},
			types: map[uuid.UUID]perms.TenantType{}, typed: map[perms.TenantType][]uuid.UUID{}, report: report,
		}
		err = c.run(ctx, limit)
		report = c.report
		return err
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// run weighs one user after the other until the limit is over.
func (c *comparison) run(ctx, limit context.Context) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	for {
		p, ok, err := c.next(ctx)
		if !ok {
			return err
		}
		if limit.Err() != nil {
			c.report.Cut = true
			return ctx.Err()
		}
		c.weigh(&p)
	}
}

// prepare finds out whose permissions can differ.
func (c *comparison) prepare(ctx context.Context) error {
	if err := c.retyped(ctx); err != nil {
		return err
	}
	if err := c.reruled(ctx); err != nil {
		return err
	}
	return c.meetTargets(ctx)
}

// retyped streams who is in a tenant whose type was changed, or is new, and who has every tenant of its type.
func (c *comparison) retyped(ctx context.Context) error {
	ids := slices.Collect(maps.Keys(c.w.types))
	if err := c.learnTypes(ctx, ids); err != nil {
		return err
	}
	maps.DeleteFunc(c.w.types, func(id uuid.UUID, typ perms.TenantType) bool { return c.types[id] == typ })
	seen := map[perms.TenantType]bool{"": true}
	for id, typ := range c.w.types {
		c.stream(users.Filter{Tenant: id})
		for _, t := range []perms.TenantType{c.types[id], typ} {
			if !seen[t] {
				seen[t] = true
				c.stream(users.Filter{Type: t})
			}
		}
	}
	return nil
}

// reruled streams who holds a role that no longer gives what it gave.
func (c *comparison) reruled(ctx context.Context) error {
	if err := c.learnRoles(ctx, c.w.changed); err != nil {
		return err
	}
	for _, id := range c.w.changed {
		was, is := c.catalog.Expand(c.roles[id].Patterns), c.w.catalog.Expand(c.w.roles[id].Patterns)
		if differing := was.Minus(is).Union(is.Minus(was)); differing.Len() > 0 {
			c.touched = c.touched.Union(differing)
			c.stream(users.Filter{Role: id})
		}
	}
	return nil
}

// meetTargets reads those who were changed as they were before.
func (c *comparison) meetTargets(ctx context.Context) error {
	for _, id := range slices.Concat(slices.Collect(maps.Keys(c.w.users)), c.w.gone) {
		before, err := c.tx.User(ctx, id)
		if err != nil && !errors.Is(err, users.ErrNotFound) {
			return fmt.Errorf("read user: %w", err)
		}
		after := c.w.users[id]
		if err := c.learn(ctx, before, after); err != nil {
			return err
		}
		number := max(before.Number, after.Number)
		c.targets = append(c.targets, pair{id, number, before.Subject(c.roles), after.Subject(c.w.roles), true})
	}
	slices.SortFunc(c.targets, func(a, b pair) int { return cmp.Compare(a.number, b.number) })
	return nil
}

// stream is the active users of one filter, by number, a page at a time.
type stream struct {
	filter users.Filter
	page   []users.User
	last   bool // of the pages
}

func (c *comparison) stream(f users.Filter) {
	f.Statuses, f.Now, f.Limit = []perms.Status{perms.Active}, c.w.at, 500
	c.streams = append(c.streams, &stream{filter: f})
}

// fill reads the next page once the one before has been used up.
func (c *comparison) fill(ctx context.Context, s *stream) (err error) {
	if len(s.page) > 0 || s.last {
		return nil
	}
	if s.page, err = c.tx.Users(ctx, s.filter); err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	s.last = len(s.page) < s.filter.Limit
	if len(s.page) > 0 {
		s.filter.After = s.page[len(s.page)-1].Number
	}
	return c.learn(ctx, s.page...)
}

// next returns the user with the lowest number whom it has not returned yet.
func (c *comparison) next(ctx context.Context) (p pair, ok bool, err error) {
	p.number = math.MaxInt64
	for _, s := range c.streams {
		if err := c.fill(ctx, s); err != nil {
			return pair{}, false, err
		}
		if len(s.page) > 0 && s.page[0].Number < p.number {
			p, ok = c.unchanged(s.page[0]), true
		}
	}
	if len(c.targets) > 0 && c.targets[0].number <= p.number {
		p, ok = c.targets[0], true
		c.targets = c.targets[1:]
	}
	for _, s := range c.streams {
		if len(s.page) > 0 && s.page[0].Number == p.number {
			s.page = s.page[1:]
		}
	}
	return p, ok, nil
}

// unchanged returns the pair of a user who was not changed himself: what he holds differs by roles and tenants.
func (c *comparison) unchanged(u users.User) pair {
	p := pair{id: u.ID, number: u.Number, before: u.Subject(c.roles), whole: len(c.w.types) > 0}
	p.after = p.before
	p.after.Roles = slices.Clone(p.before.Roles)
	for i, h := range p.after.Roles {
		if r, changed := c.w.roles[h.Role]; changed {
			p.after.Roles[i].Rule = r.Rule()
		}
	}
	return p
}

// learn reads what the permissions of users follow from, beside themselves.
func (c *comparison) learn(ctx context.Context, list ...users.User) error {
	var held, named []uuid.UUID
	for i := range list {
		for _, a := range list[i].Roles {
			held = append(held, a.Role)
		}
	}
	if err := c.learnRoles(ctx, held); err != nil {
		return err
	}
	for i := range list {
		s := list[i].Subject(c.roles)
		named = append(named, s.MentionedTenants()...)
		for _, t := range s.Tenants {
			if err := c.learnTyped(ctx, t); err != nil {
				return err
			}
		}
	}
	return c.learnTypes(ctx, named)
}

func (c *comparison) learnRoles(ctx context.Context, ids []uuid.UUID) error {
	missing := unknown(c.roles, ids)
	if len(missing) == 0 {
		return nil
	}
	list, err := c.tx.RolesByID(ctx, missing)
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	for _, r := range list {
		c.roles[r.ID] = r
	}
	return nil
}

func (c *comparison) learnTypes(ctx context.Context, ids []uuid.UUID) error {
	missing := unknown(c.types, ids)
	if len(missing) == 0 {
		return nil
	}
	types, err := c.tx.TenantTypes(ctx, missing)
	if err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	maps.Copy(c.types, types)
	return nil
}

// learnTyped reads the tenants of a type if the entry of a list of tenants names one, with those that were of it, or will be.
func (c *comparison) learnTyped(ctx context.Context, t perms.Tenancy) error {
	typ, ok := t.Type()
	if _, known := c.typed[typ]; !ok || known {
		return nil
	}
	ids, err := c.tx.TenantsOfType(ctx, typ)
	if err != nil {
		return fmt.Errorf("read tenants of type %s: %w", typ, err)
	}
	for _, id := range ids {
		c.types[id] = typ
	}
	for id := range c.w.types {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	c.typed[typ] = ids
	return nil
}

// unknown returns the ids that are no keys of known, each once.
func unknown[T any](known map[uuid.UUID]T, ids []uuid.UUID) []uuid.UUID {
	missing := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { _, ok := known[id]; return ok })
	slices.SortFunc(missing, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(missing)
}
