package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// unique returns the list without what stands in it before.
func unique[T comparable](list []T) []T {
	var out []T
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// knownTenants returns the places of a list of tenants, the platform for an entry that names none, and adds the tenants that do not exist, or that
// the actor may not see, to all. What the user has already, and the actor sees, is left out.
func (s *Service) knownTenants(ctx context.Context, tx Store, a *perms.Authority, had, list []perms.Tenancy, all *perms.InvalidError) ([]perms.Place, error) {
	var ids []uuid.UUID
	for _, t := range list {
		if id, ok := t.Tenant(); ok {
			ids = append(ids, id)
		}
	}
	types, err := tx.TenantTypes(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	var places []perms.Place
	for i, t := range list {
		if slices.Contains(had, t) && a.Reaches(t) {
			continue
		}
		id, one := t.Tenant()
		if !one {
			places = append(places, perms.Platform)
			continue
		}
		if types[id] == "" || !a.Reaches(t) {
			all.Add(fmt.Sprintf("tenants[%d]", i), perms.Unknown, "names no tenant")
			continue
		}
		places = append(places, perms.PlaceOf(id, types[id]))
	}
	return places, nil
}

// knownRoles adds to all the new assignments of u whose role does not exist, is not to be seen by the actor, or counts in no tenant of u's, and those
// that count in a tenant which is not u's.
func (s *Service) knownRoles(ctx context.Context, tx Store, a *perms.Authority, old, u User, held map[uuid.UUID]roles.Role, all *perms.InvalidError) error {
	types, err := boundTenants(ctx, tx, u, held)
	if err != nil {
		return err
	}
	for i, r := range u.Roles {
		if slices.ContainsFunc(old.Roles, r.Equal) {
			continue
		}
		role, field := held[r.Role], fmt.Sprintf("roles[%d]", i)
		switch {
		case role.ID == uuid.Nil || !a.ReachesScope(role.Scope):
			all.Add(field, perms.Unknown, "names no role")
		case !inScope(u, role.Scope, types):
			all.Add(field, perms.Range, "belongs to a tenant that is not the user's")
		case !inScope(u, r.Scope, types) || !a.ReachesScope(r.Scope):
			all.Add(field+".tenant", perms.Unknown, "names no tenant of the user")
		}
	}
	return nil
}

// boundTenants returns the types of the tenants to which anything of the user's is bound.
func boundTenants(ctx context.Context, tx Store, u User, held map[uuid.UUID]roles.Role) (map[uuid.UUID]perms.TenantType, error) {
	subject := u.Subject(held)
	ids := subject.MentionedTenants()
	for _, o := range u.Objects {
		ids = append(ids, o.Tenant)
	}
	types, err := tx.TenantTypes(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return types, nil
}

// inScope reports whether what is bound to a scope can ever count for the user.
func inScope(u User, s perms.Scope, types map[uuid.UUID]perms.TenantType) bool {
	id, one := s.Tenant()
	return !one || perms.Covers(u.Tenants, perms.PlaceOf(id, types[id]), true)
}
