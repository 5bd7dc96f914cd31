package roles

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Record returns the members of a role as the journal has them. Who made it and when is told by the entry itself, and so is the version: 1 for a new role
// and for a system role, plus one for each entry that edits a custom one.
func Record(r Role) perms.Members {
	permissions, _ := lists(r.Patterns, nil)
	return perms.Members{
		"number": float64(r.Number), "key": r.Key, "name": r.Name, "description": r.Description,
		"permissions": permissions, "tenant": r.Scope.String(), "system": r.System,
	}
}

// edited returns those members of both that differ: what perms.Differing finds in their records, if an edit alone lies between them.
func edited(old, r Role) (before, after perms.Members) {
	before, after = perms.Members{}, perms.Members{}
	if r.Name != old.Name {
		before["name"], after["name"] = old.Name, r.Name
	}
	if r.Description != old.Description {
		before["description"], after["description"] = old.Description, r.Description
	}
	if !slices.Equal(r.Patterns, old.Patterns) {
		before["permissions"], after["permissions"] = lists(old.Patterns, r.Patterns)
	}
	return before, after
}

// lists returns sorted patterns as JSON values. What is in both is one value, which a journal in memory keeps once.
func lists(a, b []perms.Pattern) (x, y []any) {
	x, y = make([]any, len(a)), make([]any, len(b))
	for i, t := range a {
		x[i] = string(t)
	}
	i := 0
	for j, t := range b {
		for i < len(a) && a[i] < t {
			i++
		}
		if i < len(a) && a[i] == t {
			y[j] = x[i]
		} else {
			y[j] = string(t)
		}
	}
	return x, y
}

// journal appends the entry of a change from old to r: all members of a role that is new or deleted, the zero Role on the other side, and of an edited one
// those that differ.
func journal(ctx context.Context, tx Store, a *perms.Authority, action perms.Action, old, r Role) error {
	entry := a.Entry(action, perms.Target{Kind: perms.KindRole, ID: r.ID}, r.Scope)
	switch {
	case old.ID == uuid.Nil:
		entry.After = Record(r)
	case r.ID == uuid.Nil:
		entry.Target.ID, entry.Tenant, entry.Before = old.ID, old.Scope, Record(old)
	default:
		entry.Before, entry.After = edited(old, r)
	}
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", action, err)
	}
	return nil
}
