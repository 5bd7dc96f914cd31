package roles

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Record returns the members of a role as the journal has them. Who made it and when is told by the entry itself, and so is the version: 1 for a new role
// and for a system role, plus one for each entry that edits a custom one.
func Record(r Role) perms.Members {
	patterns := make([]any, len(r.Patterns))
	for i, t := range r.Patterns {
		patterns[i] = string(t)
	}
	return perms.Members{
		"number": float64(r.Number), "key": r.Key, "name": r.Name, "description": r.Description,
		"permissions": patterns, "tenant": r.Scope.String(), "system": r.System,
	}
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
		entry.Before, entry.After = perms.Differing(Record(old), Record(r))
	}
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", action, err)
	}
	return nil
}
