package users

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Find returns a tenant in which the actor holds any of the permissions: [perms.ErrForbidden] if he holds none of them anywhere, otherwise
// [ErrTenantNotFound] for one that does not exist or in which he holds none.
func (s *Tenants) Find(ctx context.Context, actor perms.Actor, id uuid.UUID, anyOf ...perms.Permission) (Tenant, error) {
	var found Tenant
	err := admitted(ctx, s.view, s.env, actor, anyOf, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		found, err = findTenant(ctx, tx, sight, id)
		return err
	})
	return found, wrap("find tenant", err)
}

// Get returns a tenant. It takes tenants.read in it.
func (s *Tenants) Get(ctx context.Context, actor perms.Actor, id uuid.UUID) (Tenant, error) {
	return s.Find(ctx, actor, id, perms.TenantsRead)
}

func findTenant(ctx context.Context, tx Store, sight perms.Sight, id uuid.UUID) (Tenant, error) {
	t, err := tx.Tenant(ctx, id)
	if err != nil {
		return Tenant{}, err
	}
	if !sight.Shows(perms.In(id)) {
		return Tenant{}, ErrTenantNotFound
	}
	return t, nil
}

// List returns the tenants in which the actor holds tenants.list, in ascending order of number: those with a greater number than after, at most limit of
// them; 0 is no limit.
func (s *Tenants) List(ctx context.Context, actor perms.Actor, after int64, limit int) ([]Tenant, error) {
	var list []Tenant
	err := admitted(ctx, s.view, s.env, actor, []perms.Permission{perms.TenantsList}, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		list, err = tx.Tenants(ctx, TenantFilter{All: sight.All, Except: sight.Except, IDs: sight.Tenants, After: after, Limit: limit})
		return err
	})
	return list, wrap("list tenants", err)
}

// Mine returns the tenants of the actor's own scope, whatever he holds there: those that he has by their type, and for staff every one, too. It takes no
// permission, but an active user.
func (s *Tenants) Mine(ctx context.Context, actor perms.Actor) ([]Tenant, error) {
	return s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		reach := a.Reach()
		return tx.Tenants(ctx, TenantFilter{All: reach.All, IDs: reach.Tenants})
	})
}

// Named returns those of the given tenants that lie in the actor's own scope, lapsed ones too, in ascending order of number: for an API that shows tenants
// by another identifier. It takes no permission, but an active user.
func (s *Tenants) Named(ctx context.Context, actor perms.Actor, ids []uuid.UUID) ([]Tenant, error) {
	return s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		mine := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return !reaches(a, id) })
		return tx.Tenants(ctx, TenantFilter{IDs: mine})
	})
}

// ByNumber returns a tenant of the actor's own scope by its number, or [ErrTenantNotFound]. It takes no permission, but an active user.
func (s *Tenants) ByNumber(ctx context.Context, actor perms.Actor, number int64) (Tenant, error) {
	list, err := s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		t, err := tx.TenantByNumber(ctx, number)
		if err == nil && !reaches(a, t.ID) {
			err = ErrTenantNotFound
		}
		return []Tenant{t}, err
	})
	if err != nil {
		return Tenant{}, err
	}
	return list[0], nil
}

func (s *Tenants) reached(ctx context.Context, actor perms.Actor, read func(Store, *perms.Authority) ([]Tenant, error)) ([]Tenant, error) {
	var list []Tenant
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		list, err = read(tx, a)
		return err
	})
	return list, wrap("read tenants", err)
}

// reaches reports whether a tenant lies in the own scope of an actor who is active.
func reaches(a *perms.Authority, tenant uuid.UUID) bool {
	return a.System() || a.Subject.Status == perms.Active && a.Reaches(perms.TenantOf(tenant))
}

// Default returns the default tenant. It takes no permission: that it exists is no secret.
func (s *Tenants) Default(ctx context.Context) (Tenant, error) {
	var t Tenant
	err := s.view(ctx, func(tx Store) (err error) {
		t, err = tx.TenantByNumber(ctx, DefaultTenant)
		return err
	})
	return t, wrap("read default tenant", err)
}
