package memory

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
)

// Tenant implements [users.Store].
func (s *Store) Tenant(ctx context.Context, id uuid.UUID) (users.Tenant, error) {
	return read(ctx, s, func(t *tables) (users.Tenant, error) { return t.tenant(id) })
}

// TenantByNumber implements [users.Store].
func (s *Store) TenantByNumber(ctx context.Context, number int64) (users.Tenant, error) {
	return read(ctx, s, func(t *tables) (users.Tenant, error) {
		id, _ := t.tenantNumbers.get(number)
		return t.tenant(id)
	})
}

func (t *tables) tenant(id uuid.UUID) (users.Tenant, error) {
	tenant, ok := t.tenants.get(id)
	if !ok {
		return users.Tenant{}, users.ErrTenantNotFound
	}
	return tenant, nil
}

// TenantsByID implements [users.Store].
func (s *Store) TenantsByID(ctx context.Context, ids []uuid.UUID) ([]users.Tenant, error) {
	return read(ctx, s, func(t *tables) ([]users.Tenant, error) {
		var out []users.Tenant
		for _, id := range unique(ids) {
			if tenant, ok := t.tenants.get(id); ok {
				out = append(out, tenant)
			}
		}
		return out, nil
	})
}

// Tenants implements [users.Store].
func (s *Store) Tenants(ctx context.Context, f users.TenantFilter) ([]users.Tenant, error) {
	return read(ctx, s, func(t *tables) ([]users.Tenant, error) {
		if err := bounded("limit", f.Limit, 0); err != nil {
			return nil, err
		}
		wanted, hidden := setOf(f.IDs), setOf(f.Except)
		out := []users.Tenant{}
		for _, id := range t.tenantNumbers.after(f.After) {
			if f.Limit > 0 && len(out) == f.Limit {
				break
			}
			if f.All && !hidden[id] || !f.All && wanted[id] {
				tenant, _ := t.tenants.get(id)
				out = append(out, tenant)
			}
		}
		return out, nil
	})
}

func setOf(ids []uuid.UUID) map[uuid.UUID]bool {
	set := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// InsertTenant implements [users.Store].
func (s *Store) InsertTenant(ctx context.Context, n users.Tenant) error {
	return s.write(ctx, func(t *tables) error {
		switch {
		case t.slugs.has(n.Slug):
			return users.ErrSlugTaken
		case t.tenants.has(n.ID):
			return errExists("tenant", n.ID)
		case t.tenantNumbers.has(n.Number):
			return errExists("tenant number", n.Number)
		}
		n.CreatedAt = utc(n.CreatedAt)
		if err := storable(n); err != nil {
			return err
		}
		t.putTenant(n)
		return nil
	})
}

func (t *tables) putTenant(n users.Tenant) {
	t.tenants = t.tenants.with(n.ID, n)
	t.tenantNumbers = t.tenantNumbers.with(n.Number, n.ID)
	t.slugs = t.slugs.with(n.Slug, n.ID)
}

// UpdateTenant implements [users.Store].
func (s *Store) UpdateTenant(ctx context.Context, old, n users.Tenant) error {
	return s.write(ctx, func(t *tables) error {
		stored, err := t.tenant(n.ID)
		switch {
		case err != nil:
			return err
		case stored.Version != old.Version:
			return users.ErrStale
		}
		t.slugs = t.slugs.without(stored.Slug)
		if t.slugs.has(n.Slug) {
			return users.ErrSlugTaken
		}
		n.Number, n.CreatedAt = stored.Number, stored.CreatedAt
		if err := storable(n); err != nil {
			return err
		}
		t.putTenant(n)
		return nil
	})
}
