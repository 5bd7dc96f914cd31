package perms

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// warmPage is how many users [Authorizer.Warm] and [Authorizer.WarmAll] read at once.
const warmPage = 1000

// Warm gets to know users before anybody asks about them, many by one read: at the start of a process, or of a long list. It changes no answer. Who is not
// there is left out, and so is, in the end, whoever is changed while he is read; an Authorizer without a memory does nothing.
func (a *Authorizer) Warm(ctx context.Context, users []uuid.UUID) error {
	if a.cache == nil {
		return nil
	}
	for page := range slices.Chunk(users, warmPage) {
		if err := a.cache.warm(ctx, page); err != nil {
			return fmt.Errorf("warm: %w", err)
		}
	}
	return nil
}

// WarmAll is [Authorizer.Warm] for all active users, in ascending order of their numbers, until it remembers as many as it may. It reads them in the order
// in which they lie, which is faster than to look for each.
func (a *Authorizer) WarmAll(ctx context.Context) error {
	if a.cache == nil {
		return nil
	}
	if err := a.cache.warmAll(ctx); err != nil {
		return fmt.Errorf("warm: %w", err)
	}
	return nil
}

func (c *cache) warmAll(ctx context.Context) error {
	head, err := c.store.Head(ctx)
	if err != nil {
		return err
	}
	if err := c.reach(ctx, head.Revision); err != nil {
		return err
	}
	for after := int64(0); ; {
		next, err := c.warmAfter(ctx, after)
		if err != nil || next == 0 {
			return err
		}
		after = next
	}
}

// warm reads users in one snapshot, and keeps them if that is as of applied.
func (c *cache) warm(ctx context.Context, users []uuid.UUID) error {
	for range patientTries {
		var revision Revision
		var subjects []Subject
		var types map[uuid.UUID]TenantType
		err := c.view(ctx, func(tx Store) (err error) {
			revision, subjects, types, err = readMany(ctx, tx, users)
			return err
		})
		if err != nil {
			return err
		}
		if err := c.reach(ctx, revision); err != nil {
			return err
		}
		if c.keepAll(revision, subjects, types) {
			return nil
		}
	}
	return nil
}

func readMany(ctx context.Context, tx Store, users []uuid.UUID) (Revision, []Subject, map[uuid.UUID]TenantType, error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return 0, nil, nil, err
	}
	subjects, err := tx.Subjects(ctx, users)
	if err != nil {
		return 0, nil, nil, err
	}
	var tenants mentioned
	for i := range subjects {
		tenants.add(&subjects[i])
	}
	types, err := tx.TenantTypes(ctx, tenants.list)
	return head.Revision, subjects, types, err
}

// keepAll keeps subjects and the types of tenants if they are as of applied.
func (c *cache) keepAll(r Revision, subjects []Subject, types map[uuid.UUID]TenantType) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if Revision(c.applied.Load()) != r {
		return false
	}
	c.makeRoom()
	c.keepTypes(types)
	by := c.resolver()
	for i := range subjects {
		c.know(by, &subjects[i])
	}
	return true
}

// warmAfter reads the next active users after a number, and keeps them as they come if that is as of applied. It returns the number after which to go on, or 0
// where there are no more, or no more room for them.
func (c *cache) warmAfter(ctx context.Context, after int64) (next int64, err error) {
	for range patientTries {
		p := passage{cache: c}
		err := c.view(ctx, func(tx Store) (err error) {
			next, err = p.read(ctx, tx, after)
			return err
		})
		if err != nil || !p.other {
			return next, err
		}
		if err := c.reach(ctx, p.revision); err != nil {
			return 0, err
		}
	}
	return next, nil
}

// passage is one reading of many users, in one snapshot.
type passage struct {
	cache    *cache
	by       *resolver
	revision Revision  // of what is read
	other    bool      // than applied
	full     bool      // there is no more room
	waiting  []Subject // for the type of a tenant
}

func (p *passage) read(ctx context.Context, tx Store, after int64) (next int64, err error) {
	next, err = tx.EachActive(ctx, after, warmPage, p.take)
	if waiting := p.waiting; err == nil && len(waiting) > 0 {
		err = p.resume(ctx, tx, waiting)
	}
	if err != nil || p.full {
		return 0, err
	}
	return next, nil
}

// resume takes those who were waiting for the type of a tenant.
func (p *passage) resume(ctx context.Context, tx Store, waiting []Subject) error {
	var tenants mentioned
	for i := range waiting {
		tenants.add(&waiting[i])
	}
	types, err := tx.TenantTypes(ctx, tenants.list)
	if err != nil {
		return err
	}
	p.cache.keepAll(p.revision, nil, types)
	for i := range waiting {
		p.take(&waiting[i])
	}
	return nil
}

// take keeps one of the subjects, which is there until it returns.
func (p *passage) take(s *Subject) {
	p.revision = s.Revision
	c := p.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case Revision(c.applied.Load()) != s.Revision:
		p.other = true
	case c.full():
		p.full = true
	case !c.knowsTenants(s):
		p.waiting = append(p.waiting, *s.alone())
	default:
		c.makeRoom()
		if p.by == nil {
			p.by = c.resolver()
		}
		p.by.names = c.names.Load() // which may have grown
		c.know(p.by, s)
	}
}
