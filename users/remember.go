package users

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// remembering is the Store of one transaction, or view, in which neither roles nor the types of tenants change: it asks for each of them once. Whatever
// decides is read inside the transaction all the same. One goroutine uses it.
type remembering struct {
	Store
	roles map[uuid.UUID]roles.Role       // the zero Role where there is none
	types map[uuid.UUID]perms.TenantType // "" where there is none
}

// remembered returns begin with a Store that remembers: for what changes users alone.
func remembered(begin Tx) Tx {
	return func(ctx context.Context, fn func(Store) error) error {
		return begin(ctx, func(tx Store) error {
			return fn(&remembering{tx, map[uuid.UUID]roles.Role{}, map[uuid.UUID]perms.TenantType{}})
		})
	}
}

// unknown returns the ids that a map lacks.
func unknown[T any](known map[uuid.UUID]T, ids []uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { _, ok := known[id]; return ok })
}

// TenantTypes asks for the tenants of which it does not know.
func (s *remembering) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	if missing := unknown(s.types, ids); len(missing) > 0 {
		found, err := s.Store.TenantTypes(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			s.types[id] = found[id]
		}
	}
	types := make(map[uuid.UUID]perms.TenantType, len(ids))
	for _, id := range ids {
		if typ := s.types[id]; typ != "" {
			types[id] = typ
		}
	}
	return types, nil
}

// RolesByID asks for the roles of which it does not know.
func (s *remembering) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	if missing := unknown(s.roles, ids); len(missing) > 0 {
		found, err := s.Store.RolesByID(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			s.roles[id] = roles.Role{}
		}
		for _, r := range found {
			s.roles[r.ID] = r
		}
	}
	var list []roles.Role
	for _, id := range unique(ids) {
		if r := s.roles[id]; r.ID != uuid.Nil {
			list = append(list, r)
		}
	}
	return list, nil
}

// RoleByKey remembers the role that it has found.
func (s *remembering) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	r, err := s.Store.RoleByKey(ctx, key)
	if err == nil {
		s.roles[r.ID] = r
	}
	return r, err
}
