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
	nobody := &users.User{Number: n.Number, Status: perms.Deleted}
	asked := asksOf(nobody, &n)
	if err := u.check(ctx, &asked, nil, &n); err != nil {
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
	return u.writeParts(ctx, nobody, &n)
}

// UpdateUser implements [users.Store].
func (s *Store) UpdateUser(ctx context.Context, old, n users.User) error {
	const update = `
		update rolebook_users
		set external = ?, email = ?, username = ?, full_name = ?, given_name = ?, family_name = ?, phone = ?, status = ?,
			mfa = ?, must_reset_mfa = ?, must_change_password = ?, avatar_tag = ?, updated_at = ?, deleted_at = ?, version = ?, home_tenant = ?, search = ?
		where id = ? and version = ?`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	asked := asksOf(&old, &n)
	if !asked.nothing() {
		if err := u.check(ctx, &asked, &old, &n); err != nil {
			return err
		}
	}
	home, _ := n.Home()
	updated, err := u.exec(ctx, update,
		optional(n.External), n.Email, n.Username, n.Name.Full, n.Name.Given, n.Name.Family, n.Phone, n.Status,
		n.MFA, n.MustResetMFA, n.MustChangePassword, n.AvatarTag, n.UpdatedAt, n.DeletedAt, n.Version, home, searchText(&n), n.ID, old.Version)
	if err != nil {
		return err
	}
	if updated == 0 {
		return u.missed(ctx, &old, &n)
	}
	return u.writeParts(ctx, &old, &n)
}

// missed returns why an update has found no user to replace.
func (u *unit) missed(ctx context.Context, old, n *users.User) error {
	if err := u.check(ctx, &asks{}, old, n); err != nil {
		return err
	}
	return users.ErrStale
}

// asks is what has to be asked before a user is written: whether nobody else has what is to be his alone, and whether everything is there that he names.
type asks struct {
	addresses              []string
	external               string
	tenants, roles, groups []uuid.UUID
}

// nothing reports whether there is nothing to ask.
func (a *asks) nothing() bool {
	return len(a.addresses) == 0 && a.external == "" && len(a.tenants)+len(a.roles)+len(a.groups) == 0
}

// asksOf returns what has to be asked before old is replaced by n: of what is new in n.
func asksOf(old, n *users.User) asks {
	a := references(old, n)
	if addresses := addressesOf(n); !slices.Equal(addressesOf(old), addresses) {
		a.addresses = addresses
	}
	if n.Status != perms.Deleted && (n.External != old.External || old.Status == perms.Deleted) {
		a.external = n.External
	}
	return a
}

// check returns why n cannot be added, or replace old if that is not nil, by one statement.
func (u *unit) check(ctx context.Context, a *asks, old, n *users.User) error {
	const query = `
		select
			(select count(*) from rolebook_users where id = ?) as found,
			coalesce((select version from rolebook_users where id = ?), 0) as version,
			(select count(*) from rolebook_addresses where canonical in (?, ?) and user_number <> ?) as addresses,
			(select count(*) from rolebook_users where external = ? and status <> 'deleted' and number <> ?) as externals,
			(select count(*) from rolebook_tenants where id {in ids})
				+ (select count(*) from rolebook_roles where id {in ids})
				+ (select count(*) from rolebook_groups where id {in ids}) as named`
	first, last := "", "" // which nobody has
	if len(a.addresses) > 0 {
		first, last = a.addresses[0], a.addresses[len(a.addresses)-1]
	}
	state, err := one[struct {
		Found     int64 `db:"found"`
		Version   int64 `db:"version"`
		Addresses int64 `db:"addresses"`
		Externals int64 `db:"externals"`
		Named     int64 `db:"named"`
	}](ctx, u, errText, query,
		n.ID, n.ID, first, last, n.Number, a.external, n.Number, array(a.tenants), array(a.roles), array(a.groups))
	switch {
	case err != nil:
		u.broken = err
		return err
	case old != nil && state.Found == 0:
		return users.ErrNotFound
	case old != nil && state.Version != old.Version:
		return users.ErrStale
	case state.Addresses > 0:
		return users.ErrAddressTaken
	case state.Externals > 0:
		return users.ErrExternalTaken
	case state.Named < int64(len(a.tenants)+len(a.roles)+len(a.groups)):
		return errUnknown("tenant, role or group")
	}
	return nil
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

// references returns what the lists of n name that differ from old's.
func references(old, n *users.User) asks {
	var a asks
	in := func(id uuid.UUID, ok bool) {
		if ok {
			a.tenants = append(a.tenants, id)
		}
	}
	if !slices.Equal(old.Tenants, n.Tenants) {
		for _, t := range n.Tenants {
			in(t.Tenant())
		}
	}
	if !sameAssignments(old, n) {
		for _, r := range n.Roles {
			in(r.Scope.Tenant())
			a.roles = append(a.roles, r.Role)
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
		a.groups = n.Groups
	}
	a.tenants, a.roles, a.groups = unique(a.tenants), unique(a.roles), unique(a.groups)
	return a
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
