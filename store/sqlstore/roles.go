package sqlstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

type roleRow struct {
	ID          uuid.UUID `db:"id"`
	Number      int64     `db:"number"`
	Key         string    `db:"key"`
	Name        string    `db:"name"`
	Description string    `db:"description"`
	Patterns    string    `db:"patterns"`
	Scope       scope     `db:"scope"`
	System      flag      `db:"system"`
	CreatedAt   instant   `db:"created_at"`
	CreatedBy   uuid.UUID `db:"created_by"`
	Version     int64     `db:"version"`
}

func (r roleRow) role() roles.Role {
	return roles.Role{ID: r.ID, Number: r.Number, Key: r.Key, Name: r.Name, Description: r.Description, Patterns: splitPatterns(r.Patterns),
		Scope: r.Scope.Scope, System: bool(r.System), CreatedAt: r.CreatedAt.Time, CreatedBy: r.CreatedBy, Version: r.Version}
}

// joinPatterns returns patterns as they are stored. No pattern has a space in it.
func joinPatterns(patterns []perms.Pattern) string {
	size := 0
	for _, p := range patterns {
		size += len(p) + 1
	}
	var text strings.Builder
	text.Grow(size)
	for i, p := range patterns {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteString(string(p))
	}
	return text.String()
}

// splitPatterns is the inverse of joinPatterns, with nil for none.
func splitPatterns(text string) []perms.Pattern {
	if text == "" {
		return nil
	}
	patterns := make([]perms.Pattern, 0, strings.Count(text, " ")+1)
	for p := range strings.SplitSeq(text, " ") {
		patterns = append(patterns, perms.Pattern(p))
	}
	return patterns
}

const selectRoles = `
	select id, number, key, name, description, patterns, scope, system, created_at, created_by, version
	from rolebook_roles`

// Role implements [roles.Store].
func (s *Store) Role(ctx context.Context, id uuid.UUID) (roles.Role, error) {
	const query = selectRoles + `
		where id = ?`
	return s.role(ctx, query, id)
}

// RoleByKey implements [roles.Store].
func (s *Store) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	const query = selectRoles + `
		where key = ?`
	return s.role(ctx, query, key)
}

// RoleByNumber implements [roles.Store].
func (s *Store) RoleByNumber(ctx context.Context, number int64) (roles.Role, error) {
	const query = selectRoles + `
		where number = ?`
	return s.role(ctx, query, number)
}

func (s *Store) role(ctx context.Context, query string, key any) (roles.Role, error) {
	var row roleRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[roleRow](ctx, u, roles.ErrNotFound, query, key)
		return err
	})
	return row.role(), err
}

// RolesByID implements [roles.Store].
func (s *Store) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	const query = selectRoles + `
		where id {among ids}`
	return s.roles(ctx, query, array(unique(ids)))
}

// Roles implements [roles.Store].
func (s *Store) Roles(ctx context.Context, f roles.Filter) ([]roles.Role, error) {
	const (
		query = selectRoles + `
			where number > ?`
		visible = `
			and (scope = 'any' or scope {among ids})`
		seen = `
			and not scope {among ids}`
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
		where.WriteString(visible)
		args = append(args, array(unique(f.Tenants)))
	case len(f.Except) > 0:
		where.WriteString(seen)
		args = append(args, array(unique(f.Except)))
	}
	where.WriteString(page)
	return s.roles(ctx, where.String(), append(args, limit(f.Limit))...)
}

func (s *Store) roles(ctx context.Context, query string, args ...any) ([]roles.Role, error) {
	var found []roleRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[roleRow](ctx, u, query, args...)
		return err
	})
	return mapped(found, roleRow.role), err
}

// InsertRole implements [roles.Store].
func (s *Store) InsertRole(ctx context.Context, r roles.Role) error {
	const insert = `
		insert into rolebook_roles (number, id, key, name, folded_name, description, patterns, scope, system, created_at, created_by, version)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if err := u.checkRole(ctx, r); err != nil {
		return err
	}
	if tenant, ok := r.Scope.Tenant(); ok {
		if err := u.checkExist(ctx, []uuid.UUID{tenant}, nil, nil); err != nil {
			return err
		}
	}
	n, err := u.exec(ctx, insert, r.Number, r.ID, r.Key, r.Name, perms.FoldName(r.Name), r.Description, sortedPatterns(r.Patterns), r.Scope, r.System,
		r.CreatedAt, r.CreatedBy, r.Version)
	if err == nil && n == 0 {
		return errExists("role")
	}
	return err
}

// UpdateRole implements [roles.Store]. A name that stays is left alone, with the indexes that it is in. It looks for the reason only where nothing was changed.
func (s *Store) UpdateRole(ctx context.Context, old, r roles.Role) error {
	const (
		update = `
			update rolebook_roles
			set description = ?, patterns = ?, system = ?, created_by = ?, version = ?`
		rename = `, name = ?, folded_name = ?`
		which  = `
			where id = ? and version = ?`
		unique = `
			and not exists (` + roleLike + `)`
		version = `
			select version
			from rolebook_roles
			where id = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	text, args := update+which, []any{r.Description, sortedPatterns(r.Patterns), r.System, r.CreatedBy, r.Version, r.ID, old.Version}
	if r.Name != old.Name {
		name := perms.FoldName(r.Name)
		text = update + rename + which + unique
		args = slices.Concat(args[:5], []any{r.Name, name}, args[5:], []any{r.ID, r.Key, name, r.Scope, r.Scope})
	}
	n, err := u.exec(ctx, text, args...)
	if err != nil || n > 0 {
		return err
	}
	stored, err := scalar[int64](ctx, u, roles.ErrNotFound, version, r.ID)
	switch {
	case err != nil:
		return err
	case stored != old.Version:
		return roles.ErrStale
	}
	return roles.ErrNameTaken
}

func sortedPatterns(patterns []perms.Pattern) string {
	if !slices.IsSorted(patterns) {
		patterns = slices.Sorted(slices.Values(patterns))
	}
	return joinPatterns(patterns)
}

// roleLike finds another role that has the key, or the name where both count.
const roleLike = `
	select 1
	from rolebook_roles t
	where t.id <> ? and (t.key = ? or t.folded_name = ? and (t.scope = ? or t.scope = 'any' or ? = 'any'))`

// checkRole returns ErrNameTaken if there is another role like it.
func (u *unit) checkRole(ctx context.Context, r roles.Role) error {
	const query = `
		select count(*)
		from (` + roleLike + `) t`
	return u.none(ctx, roles.ErrNameTaken, query, r.ID, r.Key, perms.FoldName(r.Name), r.Scope, r.Scope)
}

// DeleteRole implements [roles.Store].
func (s *Store) DeleteRole(ctx context.Context, id uuid.UUID, now time.Time) error {
	const (
		exists = `
			select id
			from rolebook_roles
			where id = ?`
		used = `
			select case when
				exists (
					select 1
					from rolebook_assignments a
					join rolebook_users u on u.number = a.user_number
					where a.role_id = ? and u.status <> 'deleted')
				or exists (
					select 1
					from rolebook_invites
					where role_id = ? and accepted_at is null and expires_at > ?)
				or exists (
					select 1
					from rolebook_links
					where role_id = ? and (max_uses = 0 or uses < max_uses) and (expires_at is null or expires_at > ?))
			then 1 else 0 end`
		unassign = `
			delete from rolebook_assignments
			where role_id = ?`
		remove = `
			delete from rolebook_roles
			where id = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if _, err := scalar[uuid.UUID](ctx, u, roles.ErrNotFound, exists, id); err != nil {
		return err
	}
	if err := u.none(ctx, roles.ErrInUse, used, id, id, now, id, now); err != nil {
		return err
	}
	if _, err := u.exec(ctx, unassign, id); err != nil {
		return err
	}
	_, err = u.exec(ctx, remove, id)
	return err
}
