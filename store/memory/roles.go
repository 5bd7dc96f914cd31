package memory

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Role implements [roles.Store].
func (s *Store) Role(ctx context.Context, id uuid.UUID) (roles.Role, error) {
	return read(ctx, s, func(t *tables) (roles.Role, error) { return t.role(id) })
}

// RoleByKey implements [roles.Store].
func (s *Store) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	return read(ctx, s, func(t *tables) (roles.Role, error) {
		id, _ := t.roleKeys.get(key)
		return t.role(id)
	})
}

// RoleByNumber implements [roles.Store].
func (s *Store) RoleByNumber(ctx context.Context, number int64) (roles.Role, error) {
	return read(ctx, s, func(t *tables) (roles.Role, error) {
		id, _ := t.roleNumbers.get(number)
		return t.role(id)
	})
}

func (t *tables) role(id uuid.UUID) (roles.Role, error) {
	r, ok := t.roles.get(id)
	if !ok {
		return roles.Role{}, roles.ErrNotFound
	}
	return copyRole(r), nil
}

func copyRole(r *roles.Role) roles.Role {
	c := *r
	c.Patterns = slices.Clone(r.Patterns)
	return c
}

// RolesByID implements [roles.Store].
func (s *Store) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	return read(ctx, s, func(t *tables) ([]roles.Role, error) {
		var out []roles.Role
		for _, id := range unique(ids) {
			if r, ok := t.roles.get(id); ok {
				out = append(out, copyRole(r))
			}
		}
		return out, nil
	})
}

// Roles implements [roles.Store].
func (s *Store) Roles(ctx context.Context, f roles.Filter) ([]roles.Role, error) {
	return read(ctx, s, func(t *tables) ([]roles.Role, error) {
		if err := bounded("limit", f.Limit, 0); err != nil {
			return nil, err
		}
		wanted, hidden := setOf(f.Tenants), setOf(f.Except)
		out := []roles.Role{}
		for _, id := range t.roleNumbers.after(f.After) {
			if f.Limit > 0 && len(out) == f.Limit {
				break
			}
			r, _ := t.roles.get(id)
			if tenant, own := r.Scope.Tenant(); !own || f.All && !hidden[tenant] || !f.All && wanted[tenant] {
				out = append(out, copyRole(r))
			}
		}
		return out, nil
	})
}

// InsertRole implements [roles.Store].
func (s *Store) InsertRole(ctx context.Context, r roles.Role) error {
	return s.write(ctx, func(t *tables) error {
		tenant, own := r.Scope.Tenant()
		switch {
		case t.roleKeys.has(r.Key) || t.roleNameTaken(&r):
			return roles.ErrNameTaken
		case own && !t.tenants.has(tenant):
			return errUnknown("tenant", tenant)
		case t.roles.has(r.ID):
			return errExists("role", r.ID)
		case t.roleNumbers.has(r.Number):
			return errExists("role number", r.Number)
		}
		r.CreatedAt = utc(r.CreatedAt)
		if err := storable(r); err != nil {
			return err
		}
		t.putRole(r)
		return nil
	})
}

func (t *tables) putRole(r roles.Role) {
	r.Patterns = cloned(r.Patterns)
	t.roles = t.roles.with(r.ID, &r)
	t.roleNumbers = t.roleNumbers.with(r.Number, r.ID)
	t.roleKeys = t.roleKeys.with(r.Key, r.ID)
	t.roleNames = t.roleNames.with(roleName(&r), r.ID)
}

func (t *tables) dropRole(r *roles.Role) {
	t.roles = t.roles.without(r.ID)
	t.roleNumbers = t.roleNumbers.without(r.Number)
	t.roleKeys = t.roleKeys.without(r.Key)
	t.roleNames = t.roleNames.without(roleName(r))
}

// roleName returns the name of a role among those of its tenant, or of none.
func roleName(r *roles.Role) named {
	tenant, _ := r.Scope.Tenant()
	return named{perms.FoldName(r.Name), tenant}
}

// roleNameTaken reports whether a role has r's name where r would have it.
func (t *tables) roleNameTaken(r *roles.Role) bool {
	own := roleName(r)
	for k := range t.roleNames.from(named{name: own.name}) {
		if k.name != own.name {
			break
		}
		if own.owner == uuid.Nil || k.owner == uuid.Nil || k.owner == own.owner {
			return true
		}
	}
	return false
}

// UpdateRole implements [roles.Store].
func (s *Store) UpdateRole(ctx context.Context, old, r roles.Role) error {
	return s.write(ctx, func(t *tables) error {
		stored, ok := t.roles.get(r.ID)
		switch {
		case !ok:
			return roles.ErrNotFound
		case stored.Version != old.Version:
			return roles.ErrStale
		}
		r.Number, r.Key, r.Scope, r.CreatedAt = stored.Number, stored.Key, stored.Scope, stored.CreatedAt
		if err := t.renameRole(stored, &r); err != nil {
			return err
		}
		if err := storable(r); err != nil {
			return err
		}
		r.Patterns = cloned(r.Patterns)
		t.roles = t.roles.with(r.ID, &r)
		return nil
	})
}

// renameRole gives a role its new name.
func (t *tables) renameRole(stored, r *roles.Role) error {
	if r.Name == stored.Name {
		return nil
	}
	t.roleNames = t.roleNames.without(roleName(stored))
	if t.roleNameTaken(r) {
		return roles.ErrNameTaken
	}
	t.roleNames = t.roleNames.with(roleName(r), r.ID)
	return nil
}

// DeleteRole implements [roles.Store].
func (s *Store) DeleteRole(ctx context.Context, id uuid.UUID, now time.Time) error {
	return s.write(ctx, func(t *tables) error {
		r, ok := t.roles.get(id)
		switch {
		case !ok:
			return roles.ErrNotFound
		case t.promised(id, now):
			return roles.ErrInUse
		}
		for user := range t.owned(t.holders, id, 0) {
			if user.Status != perms.Deleted {
				return roles.ErrInUse
			}
			left := user.Clone()
			left.Roles = cloned(slices.DeleteFunc(left.Roles, func(a perms.Assignment) bool { return a.Role == id }))
			t.unindexUser(user)
			t.indexUser(&left)
		}
		t.dropRole(r)
		return nil
	})
}
