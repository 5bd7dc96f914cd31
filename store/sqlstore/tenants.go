package sqlstore

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

type tenantRow struct {
	ID              uuid.UUID `db:"id"`
	Number          int64     `db:"number"`
	Slug            string    `db:"slug"`
	Name            string    `db:"name"`
	Type            string    `db:"type"`
	RequireApproval flag      `db:"require_approval"`
	CreatedAt       instant   `db:"created_at"`
	Version         int64     `db:"version"`
}

func (r tenantRow) tenant() users.Tenant {
	return users.Tenant{ID: r.ID, Number: r.Number, Slug: r.Slug, Name: r.Name, Type: perms.TenantType(r.Type),
		RequireApproval: bool(r.RequireApproval), CreatedAt: r.CreatedAt.Time, Version: r.Version}
}

const selectTenants = `
	select id, number, slug, name, type, require_approval, created_at, version
	from rolebook_tenants`

// Tenant implements [users.Store].
func (s *Store) Tenant(ctx context.Context, id uuid.UUID) (users.Tenant, error) {
	const query = selectTenants + `
		where id = ?`
	return s.tenant(ctx, query, id)
}

// TenantByNumber implements [users.Store].
func (s *Store) TenantByNumber(ctx context.Context, number int64) (users.Tenant, error) {
	const query = selectTenants + `
		where number = ?`
	return s.tenant(ctx, query, number)
}

func (s *Store) tenant(ctx context.Context, query string, key any) (users.Tenant, error) {
	var row tenantRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[tenantRow](ctx, u, users.ErrTenantNotFound, query, key)
		return err
	})
	return row.tenant(), err
}

// TenantsByID implements [users.Store].
func (s *Store) TenantsByID(ctx context.Context, ids []uuid.UUID) ([]users.Tenant, error) {
	const query = selectTenants + `
		where id {among ids}`
	return s.tenants(ctx, query, array(unique(ids)))
}

// Tenants implements [users.Store].
func (s *Store) Tenants(ctx context.Context, f users.TenantFilter) ([]users.Tenant, error) {
	const (
		query = selectTenants + `
			where number > ?`
		named = `
			and id {among ids}`
		seen = `
			and not id {among ids}`
		page = `
			order by number
			limit ?`
	)
	if err := bounded("limit", f.Limit, 0); err != nil {
		return nil, err
	}
	var where strings.Builder
	where.WriteString(query)
	args := []any{f.After}
	switch {
	case !f.All:
		where.WriteString(named)
		args = append(args, array(unique(f.IDs)))
	case len(f.Except) > 0:
		where.WriteString(seen)
		args = append(args, array(unique(f.Except)))
	}
	where.WriteString(page)
	return s.tenants(ctx, where.String(), append(args, limit(f.Limit))...)
}

func (s *Store) tenants(ctx context.Context, query string, args ...any) ([]users.Tenant, error) {
	var found []tenantRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[tenantRow](ctx, u, query, args...)
		return err
	})
	return mapped(found, tenantRow.tenant), err
}

// TenantTypes implements [perms.Store].
func (s *Store) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	const query = `
		select id, type
		from rolebook_tenants
		where id {among ids}`
	types := map[uuid.UUID]perms.TenantType{}
	if len(ids) == 0 {
		return types, s.usable(ctx)
	}
	err := s.reading(ctx, func(u *unit) error {
		found, err := list[struct {
			ID   uuid.UUID `db:"id"`
			Type string    `db:"type"`
		}](ctx, u, query, array(unique(ids)))
		for _, t := range found {
			types[t.ID] = perms.TenantType(t.Type)
		}
		return err
	})
	return types, err
}

// TenantsOfType implements [perms.Store].
func (s *Store) TenantsOfType(ctx context.Context, typ perms.TenantType) ([]uuid.UUID, error) {
	const query = `
		select id
		from rolebook_tenants
		where type = ?
		order by number`
	var ids []uuid.UUID
	err := s.reading(ctx, func(u *unit) (err error) {
		ids, err = scalars[uuid.UUID](ctx, u, query, string(typ))
		return err
	})
	return ids, err
}

// InsertTenant implements [users.Store].
func (s *Store) InsertTenant(ctx context.Context, t users.Tenant) error {
	const insert = `
		insert into rolebook_tenants (number, id, slug, name, type, require_approval, created_at, version)
		values (?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	n, err := u.exec(ctx, insert, t.Number, t.ID, t.Slug, t.Name, string(t.Type), t.RequireApproval, t.CreatedAt, t.Version)
	if err != nil || n == 1 {
		return err
	}
	if err := u.checkSlug(ctx, t); err != nil {
		return err
	}
	return errExists("tenant")
}

// UpdateTenant implements [users.Store].
func (s *Store) UpdateTenant(ctx context.Context, old, t users.Tenant) error {
	const (
		version = `
			select version
			from rolebook_tenants
			where id = ?`
		update = `
			update rolebook_tenants
			set slug = ?, name = ?, type = ?, require_approval = ?, created_at = ?, version = ?
			where id = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	stored, err := scalar[int64](ctx, u, users.ErrTenantNotFound, version, t.ID)
	switch {
	case err != nil:
		return err
	case stored != old.Version:
		return users.ErrStale
	}
	if err := u.checkSlug(ctx, t); err != nil {
		return err
	}
	_, err = u.exec(ctx, update, t.Slug, t.Name, string(t.Type), t.RequireApproval, t.CreatedAt, t.Version, t.ID)
	return err
}

// checkSlug returns ErrSlugTaken if another tenant has the slug.
func (u *unit) checkSlug(ctx context.Context, t users.Tenant) error {
	const query = `
		select count(*)
		from rolebook_tenants
		where slug = ? and id <> ?`
	return u.none(ctx, users.ErrSlugTaken, query, t.Slug, t.ID)
}
