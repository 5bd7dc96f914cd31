package sqlstore

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// InsertUser implements [users.Store].
func (s *Store) InsertUser(ctx context.Context, n users.User) error {
	const insert = `
		insert into rolebook_users (
			id, number, external, email, username, full_name, given_name, family_name, phone, status,
			mfa, must_reset_mfa, must_change_password, avatar_tag, created_at, created_by, updated_at, deleted_at, version, home_tenant, search)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict do nothing`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if err := u.checkUser(ctx, &users.User{Status: perms.Deleted}, &n); err != nil {
		return err
	}
	home, _ := n.Home()
	inserted, err := u.exec(ctx, insert,
		n.ID, n.Number, optional(n.External), n.Email, n.Username, n.Name.Full, n.Name.Given, n.Name.Family, n.Phone, n.Status,
		n.MFA, n.MustResetMFA, n.MustChangePassword, n.AvatarTag, n.CreatedAt, n.CreatedBy, n.UpdatedAt, n.DeletedAt, n.Version, home, searchText(&n))
	if err != nil {
		return err
	}
	if inserted == 0 {
		return errExists("user")
	}
	return u.writeParts(ctx, &users.User{Number: n.Number, Status: perms.Deleted}, &n)
}

// UpdateUser implements [users.Store].
func (s *Store) UpdateUser(ctx context.Context, old, n users.User) error {
	const (
		stored = `
			select number, version
			from rolebook_users
			where id = ?`
		update = `
			update rolebook_users
			set external = ?, email = ?, username = ?, full_name = ?, given_name = ?, family_name = ?, phone = ?, status = ?,
				mfa = ?, must_reset_mfa = ?, must_change_password = ?, avatar_tag = ?, updated_at = ?, deleted_at = ?, version = ?, home_tenant = ?, search = ?
			where number = ?`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	row, err := one[struct {
		Number  int64 `db:"number"`
		Version int64 `db:"version"`
	}](ctx, u, users.ErrNotFound, stored, n.ID)
	switch {
	case err != nil:
		return err
	case row.Version != old.Version:
		return users.ErrStale
	}
	n.Number = row.Number
	if err := u.checkUser(ctx, &old, &n); err != nil {
		return err
	}
	home, _ := n.Home()
	if _, err := u.exec(ctx, update,
		optional(n.External), n.Email, n.Username, n.Name.Full, n.Name.Given, n.Name.Family, n.Phone, n.Status,
		n.MFA, n.MustResetMFA, n.MustChangePassword, n.AvatarTag, n.UpdatedAt, n.DeletedAt, n.Version, home, searchText(&n), n.Number); err != nil {
		return err
	}
	return u.writeParts(ctx, &old, &n)
}

// checkUser returns why old cannot be replaced by n, if so: it asks for what is new in n.
func (u *unit) checkUser(ctx context.Context, old, n *users.User) error {
	const (
		address = `
			select count(*)
			from rolebook_addresses
			where canonical in (?, ?) and user_number <> ?`
		external = `
			select count(*)
			from rolebook_users
			where external = ? and status <> 'deleted' and number <> ?`
	)
	if addresses := addressesOf(n); len(addresses) > 0 && !slices.Equal(addressesOf(old), addresses) {
		if err := u.none(ctx, users.ErrAddressTaken, address, addresses[0], addresses[len(addresses)-1], n.Number); err != nil {
			return err
		}
	}
	if n.External != "" && n.Status != perms.Deleted && (n.External != old.External || old.Status == perms.Deleted) {
		if err := u.none(ctx, users.ErrExternalTaken, external, n.External, n.Number); err != nil {
			return err
		}
	}
	return u.checkReferences(ctx, old, n)
}

// addressesOf returns the canonical addresses that a user keeps from others, each once.
func addressesOf(u *users.User) []string {
	if u.Status == perms.Deleted {
		return nil
	}
	var out []string
	for _, address := range []string{u.Email, u.Username} {
		if canonical := users.Canonical(address); canonical != "" && !slices.Contains(out, canonical) {
			out = append(out, canonical)
		}
	}
	return out
}

// checkReferences returns an error if a list of n that differs from old's names a tenant, role or group that does not exist.
func (u *unit) checkReferences(ctx context.Context, old, n *users.User) error {
	var tenants, held, groups []uuid.UUID
	in := func(id uuid.UUID, ok bool) {
		if ok {
			tenants = append(tenants, id)
		}
	}
	if !slices.Equal(old.Tenants, n.Tenants) {
		for _, t := range n.Tenants {
			in(t.Tenant())
		}
	}
	if !sameAssignments(old, n) {
		for _, a := range n.Roles {
			in(a.Scope.Tenant())
			held = append(held, a.Role)
		}
	}
	if !sameOverrides(old, n) {
		for _, o := range n.Overrides {
			in(o.Scope.Tenant())
		}
	}
	if !slices.Equal(old.Objects, n.Objects) {
		for _, o := range n.Objects {
			in(o.Tenant, true)
		}
	}
	if !slices.Equal(old.Groups, n.Groups) {
		groups = n.Groups
	}
	return u.checkExist(ctx, tenants, held, groups)
}

// checkExist returns an error unless all of them exist.
func (u *unit) checkExist(ctx context.Context, tenants, roles, groups []uuid.UUID) error {
	const query = `
		select
			(select count(*) from rolebook_tenants where id {in ids})
			+ (select count(*) from rolebook_roles where id {in ids})
			+ (select count(*) from rolebook_groups where id {in ids})`
	tenants, roles, groups = unique(tenants), unique(roles), unique(groups)
	named := int64(len(tenants) + len(roles) + len(groups))
	if named == 0 {
		return nil
	}
	found, err := scalar[int64](ctx, u, nil, query, array(tenants), array(roles), array(groups))
	if err == nil && found < named {
		return errUnknown("tenant, role or group")
	}
	return err
}

func sameAssignments(a, b *users.User) bool {
	return slices.EqualFunc(a.Roles, b.Roles, perms.Assignment.Equal)
}

func sameOverrides(a, b *users.User) bool {
	return slices.EqualFunc(a.Overrides, b.Overrides, func(x, y perms.Override) bool {
		return x.SameRule(y) && x.SetBy == y.SetBy && x.SetAt.Equal(y.SetAt)
	})
}
