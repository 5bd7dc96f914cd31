package sqlstore

import (
	"context"
	"slices"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// writeParts writes what the tables beside the users' own hold of n, where it differs from old.
func (u *unit) writeParts(ctx context.Context, old, n *users.User) error {
	addresses := addressesOf(old)
	steps := []struct {
		same   bool
		filled bool // there are rows already
		write  func(ctx context.Context, n *users.User, filled bool) error
	}{
		{slices.Equal(addresses, addressesOf(n)), len(addresses) > 0, u.writeAddresses},
		{slices.Equal(old.Tenants, n.Tenants), len(old.Tenants) > 0, u.writeTenancies},
		{sameAssignments(old, n), len(old.Roles) > 0, u.writeAssignments},
		{sameOverrides(old, n), len(old.Overrides) > 0, u.writeOverrides},
		{slices.Equal(old.Groups, n.Groups), len(old.Groups) > 0, u.writeMemberships},
		{slices.Equal(old.Objects, n.Objects), len(old.Objects) > 0, u.writeObjects},
	}
	for _, s := range steps {
		if s.same {
			continue
		}
		if err := s.write(ctx, n, s.filled); err != nil {
			return err
		}
	}
	return nil
}

// replace deletes the rows that a table holds of an owner, if there are any, and inserts rows instead.
func (u *unit) replace(ctx context.Context, filled bool, remove string, owner any, insert string, rows [][]any) error {
	if filled {
		if _, err := u.exec(ctx, remove, owner); err != nil {
			return err
		}
	}
	return u.insert(ctx, insert, rows, "")
}

func (u *unit) writeAddresses(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_addresses
			where user_number = ?`
		insert = `
			insert into rolebook_addresses (canonical, user_number)
			values `
	)
	rows := mapped(addressesOf(n), func(canonical string) []any { return []any{canonical, n.Number} })
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}

func (u *unit) writeTenancies(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_tenancies
			where user_number = ?`
		insert = `
			insert into rolebook_tenancies (user_number, position, tenancy)
			values `
	)
	var rows [][]any
	for i, t := range n.Tenants {
		rows = append(rows, []any{n.Number, i, t})
	}
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}

func (u *unit) writeAssignments(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_assignments
			where user_number = ?`
		insert = `
			insert into rolebook_assignments (user_number, position, role_id, scope, starts_at, expires_at)
			values `
	)
	var rows [][]any
	for i, a := range n.Roles {
		rows = append(rows, []any{n.Number, i, a.Role, a.Scope, a.StartsAt, a.ExpiresAt})
	}
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}

func (u *unit) writeOverrides(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_overrides
			where user_number = ?`
		insert = `
			insert into rolebook_overrides (user_number, permission, scope, granted, starts_at, expires_at, reason, set_by, set_at)
			values `
	)
	rows := mapped(n.Overrides, func(o perms.Override) []any {
		return []any{n.Number, string(o.Permission), o.Scope, o.Granted, o.StartsAt, o.ExpiresAt, o.Reason, o.SetBy, o.SetAt}
	})
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}

func (u *unit) writeMemberships(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_memberships
			where user_number = ?`
		insert = `
			insert into rolebook_memberships (user_number, group_id)
			values `
	)
	var rows [][]any
	for _, group := range n.Groups {
		rows = append(rows, []any{n.Number, group})
	}
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}

func (u *unit) writeObjects(ctx context.Context, n *users.User, filled bool) error {
	const (
		remove = `
			delete from rolebook_user_objects
			where user_number = ?`
		insert = `
			insert into rolebook_user_objects (user_number, tenant_id, type, object_id)
			values `
	)
	rows := mapped(n.Objects, func(o perms.ObjectGrant) []any { return []any{n.Number, o.Tenant, o.Object.Type, o.Object.ID} })
	return u.replace(ctx, filled, remove, n.Number, insert, rows)
}
