// Package roles holds named sets of permissions.
//
// A [Role] carries patterns: permission keys, "object.*" and "*.*". They are kept as written and expanded over the host's catalogue when something is
// resolved, so a key that the host adds later is in "object.*" at once. A role is global, or belongs to one tenant and counts there alone. System
// roles come from a [Preset] and never change; custom roles carry a version, plus one for each effective change.
//
// The rule people get wrong: editing a role is handing out permissions. Nobody adds a key to a role that he does not hold himself, for ever, in the
// role's tenant; for a global role, platform-wide.
package roles

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
)

// Limits of roles.
const (
	MaxName     = 128 // code points of a name
	MaxPatterns = 500 // patterns of one role
)

// The errors of this package.
var (
	// ErrNotFound: no such role, or none that the actor may see.
	ErrNotFound error = fault.New(fault.NotFound, "roles: no such role")
	// ErrNameTaken: a global role, or one of the same tenant, has the name, letter case apart.
	ErrNameTaken error = fault.New(fault.Duplicate, "roles: name in use")
	// ErrStale: the role has another version than the one expected.
	ErrStale error = fault.New(fault.Stale, "roles: version has changed")
	// ErrSystem: a system role never changes.
	ErrSystem error = fault.New(fault.Forbidden, "roles: system roles cannot be changed")
	// ErrInUse: a user holds the role, or a live invite or link gives it.
	ErrInUse error = fault.New(fault.Conflict, "roles: role is in use")
)

// Role is a named set of permissions.
type Role struct {
	ID          uuid.UUID
	Number      int64
	Key         string // of a system role its name ("client_admin"), otherwise the ID
	Name        string // for people; unique, letter case apart, among the global roles and those of its tenant
	Description string
	Patterns    []perms.Pattern // sorted
	Scope       perms.Scope     // Anywhere for a global role, In its tenant otherwise
	System      bool
	CreatedAt   time.Time
	CreatedBy   uuid.UUID // uuid.Nil for the system
	Version     int64
}

// Rule returns what resolution needs of the role.
func (r Role) Rule() perms.Rule {
	return perms.Rule{ID: r.ID, Key: r.Key, Name: r.Name, Scope: r.Scope, Patterns: r.Patterns}
}

// Filter chooses roles.
type Filter struct {
	Tenants []uuid.UUID // the tenants whose own roles are wanted beside the global ones
	All     bool        // every tenant's roles
	Except  []uuid.UUID // but those of these tenants
	After   int64       // roles with a greater number
	Limit   int         // at most so many; 0 is no limit
}

// Store is what this package reads and writes. The general rules of [perms.Store] hold.
type Store interface {
	perms.Store

	// Role returns a role by its id, or ErrNotFound.
	Role(ctx context.Context, id uuid.UUID) (Role, error)
	// RoleByKey returns a role by its key, compared exactly, or ErrNotFound.
	RoleByKey(ctx context.Context, key string) (Role, error)
	// RoleByNumber returns a role by its number, or ErrNotFound.
	RoleByNumber(ctx context.Context, number int64) (Role, error)
	// RolesByID returns the roles of the given ids, each once, in no order; unknown ones are left out.
	RolesByID(ctx context.Context, ids []uuid.UUID) ([]Role, error)
	// Roles returns the global roles and those that the filter adds, in ascending order of number. Never nil.
	Roles(ctx context.Context, f Filter) ([]Role, error)
	// InsertRole adds a role. A key or name that is taken is ErrNameTaken: names are compared by [perms.FoldName], a global role's with every
	// role's and a tenant's with the global ones and that tenant's. A tenant that does not exist is an error.
	InsertRole(ctx context.Context, r Role) error
	// UpdateRole replaces old by r, which has the same ID, Number, Key, Scope and CreatedAt. A missing role is
	// ErrNotFound; another stored version than old.Version ErrStale; then a name that is taken ErrNameTaken.
	UpdateRole(ctx context.Context, old, r Role) error
	// DeleteRole removes a role, and its assignments, which can be those of soft-deleted users only. A missing role is ErrNotFound. If a user who
	// is not deleted holds it, or an invite or link that can still be used at now gives it, it is ErrInUse. Other invites
	// and links keep its id.
	DeleteRole(ctx context.Context, id uuid.UUID, now time.Time) error
}

// Preset is a set of system roles and the catalogue keys they are made of, for [Service.Seed].
type Preset struct {
	Keys  []perms.Key
	Roles []PresetRole
}

// PresetRole is one system role of a preset.
type PresetRole struct {
	Key         string // ^[a-z][a-z0-9_-]{0,63}$
	Name        string // for people
	Description string
	Patterns    []perms.Pattern // may match nothing yet
}
