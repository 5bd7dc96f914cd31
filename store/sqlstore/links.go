package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/session"
)

type linkRow struct {
	ID        uuid.UUID `db:"id"`
	Number    int64     `db:"number"`
	Digest    digest    `db:"digest"`
	Tenant    uuid.UUID `db:"tenant_id"`
	Role      uuid.UUID `db:"role_id"`
	Label     string    `db:"label"`
	MaxUses   int64     `db:"max_uses"`
	Uses      int64     `db:"uses"`
	CreatedAt instant   `db:"created_at"`
	CreatedBy uuid.UUID `db:"created_by"`
	ExpiresAt instant   `db:"expires_at"`
}

func (r linkRow) link() invites.Link {
	return invites.Link{ID: r.ID, Number: r.Number, Digest: r.Digest.Digest, Tenant: r.Tenant, Role: r.Role, Label: r.Label, MaxUses: r.MaxUses, Uses: r.Uses,
		CreatedAt: r.CreatedAt.Time, CreatedBy: r.CreatedBy, ExpiresAt: r.ExpiresAt.Time}
}

const selectLinks = `
	select id, number, digest, tenant_id, role_id, label, max_uses, uses, created_at, created_by, expires_at
	from rolebook_links`

// Link implements [invites.Store].
func (s *Store) Link(ctx context.Context, number int64) (invites.Link, error) {
	const query = selectLinks + `
		where number = ?`
	return s.link(ctx, query, number)
}

// LinkByDigest implements [invites.Store].
func (s *Store) LinkByDigest(ctx context.Context, d session.Digest) (invites.Link, error) {
	const query = selectLinks + `
		where digest = ?`
	return s.link(ctx, query, d)
}

func (s *Store) link(ctx context.Context, query string, key any) (invites.Link, error) {
	found, err := s.links(ctx, query, key)
	return only(found, invites.ErrLinkNotFound, err)
}

// Links implements [invites.Store].
func (s *Store) Links(ctx context.Context, f invites.Filter) ([]invites.Link, error) {
	const (
		all = selectLinks + `
			order by number`
		ofTenants = selectLinks + `
			where tenant_id {in ids}
			order by number`
	)
	if f.All { // a tenant has a few, and one that is left out hardly fewer
		found, err := s.links(ctx, all)
		return slices.DeleteFunc(found, func(l invites.Link) bool { return !f.Chooses(perms.TenantOf(l.Tenant)) }), err
	}
	return s.links(ctx, ofTenants, array(unique(f.Tenants)))
}

func (s *Store) links(ctx context.Context, query string, args ...any) ([]invites.Link, error) {
	var found []linkRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[linkRow](ctx, u, query, args...)
		return err
	})
	return mapped(found, linkRow.link), err
}

// InsertLink implements [invites.Store].
func (s *Store) InsertLink(ctx context.Context, l invites.Link) error {
	const insert = `
		insert into rolebook_links (id, number, digest, tenant_id, role_id, label, max_uses, uses, created_at, created_by, expires_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	var held []uuid.UUID
	if l.Role != uuid.Nil {
		held = append(held, l.Role)
	}
	if err := u.checkExist(ctx, []uuid.UUID{l.Tenant}, held, nil); err != nil {
		return err
	}
	inserted, err := u.exec(ctx, insert, l.ID, l.Number, l.Digest, l.Tenant, l.Role, l.Label, l.MaxUses, l.Uses, l.CreatedAt, l.CreatedBy, l.ExpiresAt)
	if err == nil && inserted == 0 {
		return errExists("link")
	}
	return err
}

// UseLink implements [invites.Store].
func (s *Store) UseLink(ctx context.Context, id uuid.UUID, now time.Time) error {
	const (
		use = `
			update rolebook_links
			set uses = uses + 1
			where id = ? and (max_uses = 0 or uses < max_uses) and (expires_at is null or expires_at > ?)`
		query = selectLinks + `
			where id = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	used, err := u.exec(ctx, use, id, now)
	if err != nil || used == 1 {
		return err
	}
	row, err := one[linkRow](ctx, u, invites.ErrLinkNotFound, query, id)
	switch {
	case err != nil:
		return err
	case row.MaxUses > 0 && row.Uses >= row.MaxUses:
		return invites.ErrUsed
	}
	return invites.ErrExpired
}

// DeleteLink implements [invites.Store].
func (s *Store) DeleteLink(ctx context.Context, id uuid.UUID) error {
	const remove = `
		delete from rolebook_links
		where id = ?`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	removed, err := u.exec(ctx, remove, id)
	if err == nil && removed == 0 {
		return invites.ErrLinkNotFound
	}
	return err
}
