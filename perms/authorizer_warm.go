package perms

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// warmPage is how many users [Authorizer.Warm] reads at once.
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
		c.raise(revision)
		if err := c.follow(ctx, &demand{revision: revision}); err != nil {
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
