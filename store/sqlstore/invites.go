package sqlstore

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

type inviteRow struct {
	ID         uuid.UUID `db:"id"`
	Number     int64     `db:"number"`
	Digest     digest    `db:"digest"`
	Email      string    `db:"email"`
	Name       string    `db:"name"`
	Role       uuid.UUID `db:"role_id"`
	Tenancy    tenancy   `db:"tenancy"`
	CreatedAt  instant   `db:"created_at"`
	CreatedBy  uuid.UUID `db:"created_by"`
	ExpiresAt  instant   `db:"expires_at"`
	AcceptedAt instant   `db:"accepted_at"`
	AcceptedBy uuid.UUID `db:"accepted_by"`
}

func (r inviteRow) invite() invites.Invite {
	return invites.Invite{ID: r.ID, Number: r.Number, Digest: r.Digest.Digest, Email: r.Email, Name: r.Name, Role: r.Role, Tenant: r.Tenancy.Tenancy,
		CreatedAt: r.CreatedAt.Time, CreatedBy: r.CreatedBy, ExpiresAt: r.ExpiresAt.Time, AcceptedAt: r.AcceptedAt.Time, AcceptedBy: r.AcceptedBy}
}

const (
	inviteColumns = `id, number, digest, email, name, role_id, tenancy, created_at, created_by, expires_at, accepted_at, accepted_by`
	selectInvites = `
		select ` + inviteColumns + `
		from rolebook_invites`
)

// Invite implements [invites.Store].
func (s *Store) Invite(ctx context.Context, number int64) (invites.Invite, error) {
	const query = selectInvites + `
		where number = ?`
	return s.invite(ctx, query, number)
}

// InviteByDigest implements [invites.Store].
func (s *Store) InviteByDigest(ctx context.Context, d session.Digest) (invites.Invite, error) {
	const query = selectInvites + `
		where digest = ?`
	return s.invite(ctx, query, d)
}

func (s *Store) invite(ctx context.Context, query string, key any) (invites.Invite, error) {
	found, err := s.invites(ctx, query, key)
	return only(found, invites.ErrNotFound, err)
}

// Invites implements [invites.Store].
func (s *Store) Invites(ctx context.Context) ([]invites.Invite, error) {
	const query = selectInvites + `
		order by number`
	return s.invites(ctx, query)
}

// PendingInvites implements [invites.Store].
func (s *Store) PendingInvites(ctx context.Context, f invites.Filter, now time.Time) ([]invites.Invite, error) {
	const (
		pending = selectInvites + `
			where accepted_at is null and expires_at > ?
			order by +number` // so that no planner reads all invites to save the sorting
		seen = selectInvites + `
			where accepted_at is null and expires_at > ? and not tenancy {in ids}
			order by +number`
		ofTenants = selectInvites + `
			where accepted_at is null and expires_at > ? and tenancy {in ids}
			order by number`
	)
	switch {
	case f.All && len(f.Except) > 0:
		return s.invites(ctx, seen, micros(now), array(unique(f.Except)))
	case f.All:
		return s.invites(ctx, pending, micros(now))
	}
	return s.invites(ctx, ofTenants, micros(now), array(unique(f.Tenants)))
}

func (s *Store) invites(ctx context.Context, query string, args ...any) ([]invites.Invite, error) {
	var found []inviteRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[inviteRow](ctx, u, query, args...)
		return err
	})
	return mapped(found, inviteRow.invite), err
}

// InsertInvite implements [invites.Store].
func (s *Store) InsertInvite(ctx context.Context, i invites.Invite) ([]invites.Invite, error) {
	const (
		replace = `
			delete from rolebook_invites
			where tenancy = ? and canonical = ? and accepted_at is null
			returning ` + inviteColumns
		insert = `
			insert into rolebook_invites (
				id, number, digest, email, canonical, name, role_id, tenancy, created_at, created_by, expires_at, accepted_at, accepted_by)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return nil, err
	}
	var tenants []uuid.UUID
	if id, ok := i.Tenant.Tenant(); ok {
		tenants = append(tenants, id)
	}
	if err := u.checkExist(ctx, tenants, []uuid.UUID{i.Role}, nil); err != nil {
		return nil, err
	}
	canonical := users.Canonical(i.Email)
	replaced, err := list[inviteRow](ctx, u, replace, i.Tenant, canonical)
	if err != nil {
		return nil, err
	}
	_, err = u.exec(ctx, insert, i.ID, i.Number, i.Digest, i.Email, canonical, i.Name, i.Role, i.Tenant, i.CreatedAt, i.CreatedBy, i.ExpiresAt,
		i.AcceptedAt, i.AcceptedBy)
	if err != nil || len(replaced) == 0 {
		return nil, err
	}
	return mapped(replaced, inviteRow.invite), nil
}

// UseInvite implements [invites.Store].
func (s *Store) UseInvite(ctx context.Context, id, user uuid.UUID, now time.Time) error {
	const (
		use = `
			update rolebook_invites
			set accepted_at = ?, accepted_by = ?
			where id = ? and accepted_at is null and expires_at > ?`
		query = selectInvites + `
			where id = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	used, err := u.exec(ctx, use, now, user, id, now)
	if err != nil || used == 1 {
		return err
	}
	row, err := one[inviteRow](ctx, u, invites.ErrNotFound, query, id)
	switch {
	case err != nil:
		return err
	case !row.AcceptedAt.IsZero():
		return invites.ErrUsed
	}
	return invites.ErrExpired
}

// DeleteInvite implements [invites.Store].
func (s *Store) DeleteInvite(ctx context.Context, id uuid.UUID) error {
	const remove = `
		delete from rolebook_invites
		where id = ? and accepted_at is null`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	removed, err := u.exec(ctx, remove, id)
	if err == nil && removed == 0 {
		return invites.ErrNotFound
	}
	return err
}
