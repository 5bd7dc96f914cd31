package users

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Find returns a group in the tenant of which the actor holds any of the permissions: [perms.ErrForbidden] if he holds none of them anywhere, otherwise
// [ErrGroupNotFound] for one that does not exist or in the tenant of which he holds none. Its objects are shown to whoever holds grants.read there.
func (s *Groups) Find(ctx context.Context, actor perms.Actor, group Ref, anyOf ...perms.Permission) (Group, error) {
	var found Group
	err := admitted(ctx, s.view, s.env, actor, anyOf, func(tx Store, a *perms.Authority, sight perms.Sight) (err error) {
		found, err = findGroup(ctx, tx, sight, group)
		found = visibleGroup(a, found)
		return err
	})
	return found, wrap("find group", err)
}

// Get returns a group. It takes groups.read in its tenant.
func (s *Groups) Get(ctx context.Context, actor perms.Actor, id uuid.UUID) (Group, error) {
	return s.Find(ctx, actor, ByID(id), perms.GroupsRead)
}

func findGroup(ctx context.Context, tx Store, sight perms.Sight, group Ref) (Group, error) {
	g, err := group.readGroup(ctx, tx)
	if err != nil {
		return Group{}, err
	}
	if !sight.Shows(perms.In(g.Tenant)) {
		return Group{}, ErrGroupNotFound
	}
	return g, nil
}

func (r Ref) readGroup(ctx context.Context, tx Store) (Group, error) {
	if r.id != uuid.Nil {
		return tx.Group(ctx, r.id)
	}
	return tx.GroupByNumber(ctx, r.number)
}

// visibleGroup returns a group without its objects if the actor may not read those.
func visibleGroup(a *perms.Authority, g Group) Group {
	if !a.Sight(perms.GrantsRead).Shows(perms.In(g.Tenant)) {
		g.Objects = nil
	}
	return g
}

// List returns the groups of a tenant in ascending order of number. It takes groups.read in it, otherwise it is [ErrTenantNotFound]. The tenant uuid.Nil is
// the one that [NewGroup] means by it.
func (s *Groups) List(ctx context.Context, actor perms.Actor, tenant uuid.UUID) ([]Group, error) {
	var list []Group
	err := admitted(ctx, s.view, s.env, actor, []perms.Permission{perms.GroupsRead}, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		tenant, err := tenantOr(ctx, tx, a, sight, tenant)
		if err != nil {
			return err
		}
		list, err = tx.Groups(ctx, tenant)
		for i := range list {
			list[i] = visibleGroup(a, list[i])
		}
		return err
	})
	return list, wrap("list groups", err)
}

// Named returns those of the given groups whose tenants lie in the actor's own scope, without their objects, in ascending order of number: for an API that
// shows a user's memberships. It takes no permission, but an active user.
func (s *Groups) Named(ctx context.Context, actor perms.Actor, ids []uuid.UUID) ([]Group, error) {
	var list []Group
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if list, err = tx.GroupsByID(ctx, ids); err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(g Group) bool { return !reaches(a, g.Tenant) })
		for i := range list {
			list[i].Objects = nil
		}
		return nil
	})
	return list, wrap("read groups", err)
}
