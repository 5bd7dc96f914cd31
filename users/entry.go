package users

import "github.com/seed-06a6a295/rolebook/perms"

// entry returns the journal entry of the change: the action that names it best, and the members that differ.
func (c *change) entry(d difference, password bool) perms.Entry {
	entry := c.a.Entry(c.action(d, password), perms.Target{Kind: perms.KindUser, ID: c.u.ID}, c.scope(d, password))
	RecordChange(&entry, c.old, c.u, c.held)
	if password {
		entry.After["password"] = "changed"
	}
	switch entry.Action {
	case perms.OverrideSet, perms.OverrideClear:
		entry.Before, entry.After = overrideChange(c.old.Overrides, c.u.Overrides)
	}
	return entry
}

// action returns the action of the change: of its own kind if it is of one kind only, otherwise user.update.
func (c *change) action(d difference, password bool) perms.Action {
	m, moved := c.verb.move()
	switch one := (kinds{d.record, d.tenants, d.roles && !d.tenants, d.overrides && !d.tenants, moved, password}); one {
	case kinds{1: true}:
		return perms.UserTenants
	case kinds{2: true}:
		return perms.UserRoles
	case kinds{3: true}:
		return c.overrideAction()
	case kinds{4: true}:
		return m.action
	case kinds{5: true}:
		return perms.UserPassword
	}
	return perms.UserUpdate
}

// kinds are the respects in which a change can differ from nothing: record, tenants, roles, overrides, status, password.
type kinds [6]bool

func (c *change) overrideAction() perms.Action {
	before, after := overrideChange(c.old.Overrides, c.u.Overrides)
	switch {
	case before == nil && after == nil:
		return perms.UserUpdate
	case after == nil:
		return perms.OverrideClear
	}
	return perms.OverrideSet
}

// overrideChange returns the one override that differs, as the journal has it before and after; nil, nil if it is not just one.
func overrideChange(old, now []perms.Override) (before, after perms.Members) {
	differing := changed(old, now, perms.Override.SameRule)
	if len(differing) == 0 || len(differing) > 2 || len(differing) == 2 && !sameKey(differing[0])(differing[1]) {
		return nil, nil
	}
	for _, o := range differing {
		record := OverrideRecord(o)
		if containsRule(now, o) {
			after = record
		} else {
			before = record
		}
	}
	return before, after
}

func containsRule(list []perms.Override, o perms.Override) bool {
	for _, b := range list {
		if b.SameRule(o) {
			return true
		}
	}
	return false
}

// scope returns the tenant that the change touches: the single one in which roles or overrides differ, or what the user's tenants say.
func (c *change) scope(d difference, password bool) perms.Scope {
	if d.record || d.tenants || c.verb != 0 || password {
		return touched(c.old, c.u)
	}
	var scopes []perms.Scope
	for _, r := range changed(c.old.Roles, c.u.Roles, perms.Assignment.Equal) {
		scopes = append(scopes, r.Scope)
	}
	for _, o := range changed(c.old.Overrides, c.u.Overrides, perms.Override.SameRule) {
		scopes = append(scopes, o.Scope)
	}
	if scopes = unique(scopes); len(scopes) == 1 && scopes[0] != perms.Anywhere {
		return scopes[0]
	}
	return touched(c.old, c.u)
}
