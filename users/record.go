package users

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Record returns the members of a user as the journal has them, personal ones apart. Times and numbers that the entry itself tells are left out.
func Record(u User, held map[uuid.UUID]roles.Role) (plain, person perms.Members) {
	plain = perms.Members{
		"number": float64(u.Number), "status": u.Status.String(),
		"tenants": texts(u.Tenants), "roles": roleRecords(u.Roles, held), "overrides": overrideRecords(u.Overrides),
		"groups": texts(u.Groups), "objects": objectRecords(u.Objects),
		"mfa": u.MFA, "must_reset_mfa": u.MustResetMFA, "must_change_password": u.MustChangePassword, "avatar": u.AvatarTag,
	}
	person = perms.Members{
		"email": u.Email, "username": u.Username, "name": u.Name.Full, "first_name": u.Name.Given, "last_name": u.Name.Family,
		"phone": u.Phone, "external": u.External,
	}
	return plain, person
}

// texts returns a list as the journal has it, by its elements' own text.
func texts[T fmt.Stringer](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v.String()
	}
	return out
}

func roleRecords(list []perms.Assignment, held map[uuid.UUID]roles.Role) []any {
	out := make([]any, len(list))
	for i, a := range list {
		m := withWindow(map[string]any{"role": held[a.Role].Key, "tenant": a.Scope.String()}, a.Window)
		if id, bound := held[a.Role].Scope.Tenant(); bound && a.Scope == perms.Anywhere {
			m["role_tenant"] = id.String() // so that whoever does not see that tenant is not shown the role
		}
		out[i] = m
	}
	return out
}

func overrideRecords(list []perms.Override) []any {
	out := make([]any, len(list))
	for i, o := range list {
		out[i] = map[string]any(OverrideRecord(o))
	}
	return out
}

// OverrideRecord returns the members of an override as the journal has them.
func OverrideRecord(o perms.Override) perms.Members {
	m := withWindow(map[string]any{"permission": string(o.Permission), "granted": o.Granted, "tenant": o.Scope.String(), "reason": o.Reason}, o.Window)
	m["set_at"] = stamp(o.SetAt)
	m["set_by"] = nil
	if o.SetBy != uuid.Nil {
		m["set_by"] = o.SetBy.String()
	}
	return m
}

func objectRecords(list []perms.ObjectGrant) []any {
	out := make([]any, len(list))
	for i, g := range list {
		out[i] = map[string]any{"tenant": g.Tenant.String(), "type": g.Object.Type, "id": float64(g.Object.ID)}
	}
	return out
}

func withWindow(m map[string]any, w perms.Window) map[string]any {
	m["starts_at"], m["expires_at"] = stamp(w.StartsAt), stamp(w.ExpiresAt)
	return m
}

// stamp returns a time as the journal has it: nil for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// journal appends the entry of a change from old to u, with the members that differ; for a new user, with all of them. An entry whose Before and After
// are set already keeps those.
func (s *Service) journal(ctx context.Context, tx Store, entry perms.Entry, old, u User) error {
	if entry.After == nil && entry.Before == nil {
		held, err := rolesOf(ctx, tx, old, u)
		if err != nil {
			return err
		}
		RecordChange(&entry, old, u, held)
	}
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", entry.Action, err)
	}
	return nil
}

// RecordChange puts into an entry the members that differ between old and u; all of them if old is the zero User.
func RecordChange(entry *perms.Entry, old, u User, held map[uuid.UUID]roles.Role) {
	after, personAfter := Record(u, held)
	entry.Person = u.ID
	if old.ID == uuid.Nil {
		entry.After, entry.PersonAfter = after, personAfter
		return
	}
	before, personBefore := Record(old, held)
	entry.Before, entry.After = perms.Differing(before, after)
	entry.PersonBefore, entry.PersonAfter = perms.Differing(personBefore, personAfter)
}

// touched returns the tenant that a change from old to u touches: the one that either list names if there is just one, otherwise Anywhere.
func touched(old, u User) perms.Scope {
	var one uuid.UUID
	for _, t := range slices.Concat(old.Tenants, u.Tenants) {
		id, ok := t.Tenant()
		if !ok || one != uuid.Nil && id != one {
			return perms.Anywhere
		}
		one = id
	}
	if one == uuid.Nil {
		return perms.Anywhere
	}
	return perms.In(one)
}

// sortOverrides orders overrides as everybody sees them: by permission, then scope.
func sortOverrides(list []perms.Override) {
	slices.SortFunc(list, func(a, b perms.Override) int {
		if c := strings.Compare(string(a.Permission), string(b.Permission)); c != 0 {
			return c
		}
		return strings.Compare(a.Scope.String(), b.Scope.String())
	})
}
