package users

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// difference says in which respects two users differ.
type difference struct {
	record, tenants, roles, overrides bool
}

func differ(old, u User) difference {
	return difference{
		record: old.Email != u.Email || old.Username != u.Username || old.Name != u.Name || old.Phone != u.Phone || old.External != u.External ||
			old.MFA != u.MFA || old.MustResetMFA != u.MustResetMFA || old.AvatarTag != u.AvatarTag,
		tenants:   !slices.Equal(old.Tenants, u.Tenants),
		roles:     !slices.EqualFunc(old.Roles, u.Roles, perms.Assignment.Equal),
		overrides: !slices.EqualFunc(old.Overrides, u.Overrides, perms.Override.SameRule),
	}
}

// rights reports whether the difference is one of rights.
func (d difference) rights() bool { return d.tenants || d.roles || d.overrides }

// judge refuses the change if the actor may not make it: keys, self rule, foreign users, target rule, grant rule, in this order
// (wire/README.md, sections 4.1, 4.3 and 4.4).
func (c *change) judge(ctx context.Context) error {
	d := differ(c.old, c.u)
	d.tenants = d.tenants || c.beyond
	self := c.a.Self(c.old.ID)
	if err := c.keys(d, self); err != nil {
		return err
	}
	switch {
	case self && d.rights():
		return perms.ErrSelfRights
	case self && c.verb != 0:
		return perms.ErrSelfStatus
	case self || !d.record && !d.rights() && c.verb == 0 && c.up.Password == nil:
		return nil
	}
	return c.rules(ctx, d)
}

// keys refuses an actor who lacks a permission that the change takes in addition.
func (c *change) keys(d difference, self bool) error {
	var needed [][]perms.Permission
	if d.record && !(self && c.op.self) {
		needed = append(needed, []perms.Permission{perms.UsersUpdate})
	}
	if d.tenants || d.roles {
		needed = append(needed, []perms.Permission{perms.UsersAssign})
	}
	if m, ok := c.verb.move(); ok {
		needed = append(needed, []perms.Permission{m.needs})
	}
	if c.verb == Approve && c.up.Active != nil {
		needed = append(needed, []perms.Permission{perms.UsersSuspend})
	}
	if c.up.Password != nil && !c.cred.byUser {
		needed = append(needed, []perms.Permission{perms.UsersPasswordReset})
	}
	if d.overrides && !d.tenants { // with a tenant that is left, its overrides go too
		needed = append(needed, c.overrideKeys())
	}
	for _, anyOf := range needed {
		if !c.a.Sight(anyOf...).ShowsUser(c.old.Tenants) {
			return perms.Forbid(slices.Min(anyOf))
		}
	}
	return c.keysInTenants(d)
}

// overrideKeys returns which permissions admit to the overrides that change: features.write suffices for features.
func (c *change) overrideKeys() []perms.Permission {
	for _, o := range changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule) {
		if !c.a.Catalog().Feature(o.Permission) {
			return []perms.Permission{perms.OverridesWrite}
		}
	}
	return []perms.Permission{perms.OverridesWrite, perms.FeaturesWrite}
}

// keysInTenants refuses an actor who lacks users.assign or overrides.write in the single tenants in which something changes.
func (c *change) keysInTenants(d difference) error {
	if c.a.System() {
		return nil
	}
	if d.tenants || d.roles {
		if sight := c.a.Sight(perms.UsersAssign); !showsAll(sight, c.ownTenants()) {
			return perms.Forbid(perms.UsersAssign)
		}
	}
	if d.overrides {
		keys := c.overrideKeys()
		if sight := c.a.Sight(append(keys, perms.UsersAssign)...); !showsAll(sight, c.overrideTenants()) {
			return perms.Forbid(perms.OverridesWrite)
		}
	}
	return nil
}

func showsAll(sight perms.Sight, tenants []uuid.UUID) bool {
	return !slices.ContainsFunc(tenants, func(t uuid.UUID) bool { return !sight.Shows(perms.In(t)) })
}

// changed returns the elements of either list that have no equal in the other.
func changed[T any](a, b []T, same func(T, T) bool) []T {
	var out []T
	lacking := func(from, in []T) {
		for _, x := range from {
			if !slices.ContainsFunc(in, func(y T) bool { return same(x, y) }) {
				out = append(out, x)
			}
		}
	}
	lacking(a, b)
	lacking(b, a)
	return out
}

// ownTenants returns the single tenants whose list entries or assignments change.
func (c *change) ownTenants() []uuid.UUID {
	var out []uuid.UUID
	for _, t := range changed(c.old.Tenants, c.u.Tenants, func(a, b perms.Tenancy) bool { return a == b }) {
		if id, ok := t.Tenant(); ok {
			out = append(out, id)
		}
	}
	for _, r := range changed(c.old.Roles, c.u.Roles, perms.Assignment.Equal) {
		if id, ok := r.Scope.Tenant(); ok {
			out = append(out, id)
		}
	}
	return out
}

// overrideTenants returns the single tenants whose overrides change.
func (c *change) overrideTenants() []uuid.UUID {
	var out []uuid.UUID
	for _, o := range changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule) {
		if id, ok := o.Scope.Tenant(); ok {
			out = append(out, id)
		}
	}
	return out
}

// rules applies the rules that no permission overrides.
func (c *change) rules(ctx context.Context, d difference) error {
	if c.beyond {
		return perms.Beyond("")
	}
	before, after := c.old.Subject(c.held), c.u.Subject(c.held)
	places, err := c.a.Places(ctx, c.tx, &before, &after)
	if err != nil {
		return err
	}
	if !c.a.Within(c.old.Tenants) {
		if !c.foreignAllowed(d) {
			return perms.Beyond("")
		}
		places = c.ownPlaces(places)
	}
	if err := c.a.MayChange(&before, places); err != nil {
		return err
	}
	if c.verb == Approve || c.verb == Reactivate {
		return c.a.MayHandOut(&perms.Subject{Tenants: before.Tenants}, &after, places)
	}
	return c.a.MayHandOut(&before, &after, places)
}

// foreignAllowed reports whether a change of a user who is also in tenants outside the actor's scope concerns the actor's own tenants alone: taking one of
// them from him, and his assignments and overrides in one of them alone.
func (c *change) foreignAllowed(d difference) bool {
	if d.record || c.verb != 0 || c.up.Password != nil {
		return false
	}
	for _, t := range c.u.Tenants {
		if !slices.Contains(c.old.Tenants, t) {
			return false
		}
	}
	for _, t := range changed(c.old.Tenants, c.u.Tenants, func(a, b perms.Tenancy) bool { return a == b }) {
		if _, one := t.Tenant(); !one || !c.a.Reaches(t) {
			return false
		}
	}
	if d.tenants {
		// What goes with a tenant that he leaves is bound to it, so nothing else need be looked at.
		return c.up.Roles == nil && len(c.up.Set) == 0 && len(c.up.Clear) == 0 && !c.granted && sameOrder(c.old.Tenants, c.u.Tenants)
	}
	own := func(s perms.Scope) bool { _, one := s.Tenant(); return one && c.a.ReachesScope(s) }
	return !slices.ContainsFunc(changed(c.old.Roles, c.u.Roles, perms.Assignment.Equal), func(r perms.Assignment) bool { return !own(r.Scope) }) &&
		!slices.ContainsFunc(changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule), func(o perms.Override) bool { return !own(o.Scope) })
}

// sameOrder reports whether b is a without some of its elements.
func sameOrder(a, b []perms.Tenancy) bool {
	i := 0
	for _, t := range a {
		if i < len(b) && b[i] == t {
			i++
		}
	}
	return i == len(b)
}

// ownPlaces returns those of the places that lie in the tenants in which something changes.
func (c *change) ownPlaces(places []perms.Place) []perms.Place {
	mine := slices.Concat(c.ownTenants(), c.overrideTenants())
	return slices.DeleteFunc(slices.Clone(places), func(at perms.Place) bool {
		id, one := at.Scope().Tenant()
		return !one || !slices.Contains(mine, id)
	})
}
