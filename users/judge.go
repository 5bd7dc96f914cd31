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
	if err := c.keys(ctx, d, self); err != nil {
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
func (c *change) keys(ctx context.Context, d difference, self bool) error {
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
	for _, anyOf := range needed {
		if !c.a.Sight(anyOf...).ShowsUser(c.old.Tenants) {
			return perms.Forbid(slices.Min(anyOf))
		}
	}
	if !d.rights() {
		return nil
	}
	return c.keysOfRights(ctx)
}

// keysOfRights refuses an actor who lacks users.assign wherever the user's tenants or assignments change, or overrides.write wherever his overrides do. What goes
// with a tenant that he leaves takes users.assign.
func (c *change) keysOfRights(ctx context.Context) error {
	for _, t := range changed(c.old.Tenants, c.u.Tenants, sameTenancy) {
		scope := perms.Anywhere
		if id, one := t.Tenant(); one {
			scope = perms.In(id)
		}
		if err := c.key(ctx, scope, []perms.Tenancy{t}, perms.UsersAssign); err != nil {
			return err
		}
	}
	list := slices.Concat(c.old.Tenants, c.u.Tenants)
	for _, r := range changed(c.old.Roles, c.u.Roles, perms.Assignment.Equal) {
		scope := r.Scope
		if scope == perms.Anywhere {
			scope = c.held[r.Role].Scope // it counts in no tenant but its own
		}
		if err := c.key(ctx, scope, list, perms.UsersAssign); err != nil {
			return err
		}
	}
	for _, o := range changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule) {
		if err := c.key(ctx, o.Scope, list, c.overrideKeys(o)...); err != nil {
			return err
		}
	}
	return nil
}

// key refuses an actor who holds none of the permissions where something counts: in a tenant, or throughout a list as far as it lies in his own scope.
func (c *change) key(ctx context.Context, scope perms.Scope, list []perms.Tenancy, anyOf ...perms.Permission) error {
	sight := c.a.Sight(anyOf...)
	if !sight.ShowsUser(c.old.Tenants) && !sight.ShowsUser(c.u.Tenants) {
		return perms.Forbid(slices.Min(anyOf))
	}
	if _, one := scope.Tenant(); one {
		if !sight.Shows(scope) {
			return perms.Forbid(slices.Min(anyOf))
		}
		return nil
	}
	places, err := c.places(ctx)
	if err != nil {
		return err
	}
	if !c.a.HoldsThroughout(list, places, anyOf...) {
		return perms.Forbid(slices.Min(anyOf))
	}
	return nil
}

// overrideKeys returns which permissions admit to the change of an override: of a feature's features.write too.
func (c *change) overrideKeys(o perms.Override) []perms.Permission {
	switch {
	case slices.ContainsFunc(c.gone, o.SameRule):
		return []perms.Permission{perms.UsersAssign}
	case c.a.Catalog().Feature(o.Permission):
		return []perms.Permission{perms.OverridesWrite, perms.FeaturesWrite}
	}
	return []perms.Permission{perms.OverridesWrite}
}

func sameTenancy(a, b perms.Tenancy) bool { return a == b }

// places returns where the user's rights before and after the change, or the actor's, can differ.
func (c *change) places(ctx context.Context) ([]perms.Place, error) {
	if c.at != nil {
		return c.at, nil
	}
	before, after := c.old.Subject(c.held), c.u.Subject(c.held)
	var err error
	c.at, err = c.a.Places(ctx, c.tx, &before, &after)
	return c.at, err
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
	for _, t := range changed(c.old.Tenants, c.u.Tenants, sameTenancy) {
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
	places, err := c.places(ctx)
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
	for _, t := range changed(c.old.Tenants, c.u.Tenants, sameTenancy) {
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
