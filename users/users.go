// Package users holds the people with accounts: who they are, in which tenants, with which roles and overrides, in what state.
//
// A [User] has an address (e-mail, user name, or both), a status, an ordered list of tenants whose first is his home, an ordered list of role
// assignments whose first is his primary role, and overrides. [Service] changes users; [Tenants], [Groups] and [Sessions] stand beside it. Each
// change takes an explicit [perms.Actor] and judges it inside its own transaction, by what the change does and not by which method was called: a
// role that comes by a whole-record update is weighed like one that comes by an assignment.
//
// The rule people get wrong: whoever may change users may not change every user. A user is changed only by somebody whose own permissions contain
// everything that this user could come to hold; a password reset on one's boss is an escalation.
package users

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// The errors of this package.
var (
	// ErrNotFound: no such user, or none that the actor may see.
	ErrNotFound error = fault.New(fault.NotFound, "users: no such user")
	// ErrAddressTaken: a user who is not deleted has the e-mail or user name, as either.
	ErrAddressTaken error = fault.New(fault.Duplicate, "users: address in use")
	// ErrExternalTaken: a user who is not deleted has the external id.
	ErrExternalTaken error = fault.New(fault.Duplicate, "users: external id in use")
	// ErrStale: the user or tenant has another version than the one expected.
	ErrStale error = fault.New(fault.Stale, "users: version has changed")
	// ErrStatus: the account is not in the state from which the operation leads.
	ErrStatus error = fault.New(fault.Conflict, "users: account is in another state")
	// ErrBadCredentials: the uniform answer of a sign-in that failed, whatever the reason.
	ErrBadCredentials error = fault.New(fault.Unauthenticated, "users: address or password is wrong")
	// ErrNoSession: the token is unknown, ended or expired, or its user is not active.
	ErrNoSession error = fault.New(fault.Unauthenticated, "users: no session")
	// ErrTooMany: too many failures in the last quarter of an hour; a [*TooManyError] says when to try again.
	ErrTooMany error = fault.New(fault.TooMany, "users: too many failed attempts")
	// ErrTenantNotFound: no such tenant, or none that the actor may see.
	ErrTenantNotFound error = fault.New(fault.NotFound, "users: no such tenant")
	// ErrSlugTaken: another tenant has the slug.
	ErrSlugTaken error = fault.New(fault.Duplicate, "users: slug in use")
	// ErrDefaultTenant: the default tenant cannot be deleted.
	ErrDefaultTenant error = fault.New(fault.Conflict, "users: the default tenant cannot be deleted")
	// ErrGroupNotFound: no such group, or none that the actor may see.
	ErrGroupNotFound error = fault.New(fault.NotFound, "users: no such group")
	// ErrGroupNameTaken: a group of the same tenant has the name, letter case apart.
	ErrGroupNameTaken error = fault.New(fault.Duplicate, "users: group name in use")
	// ErrNoAvatar: the user has no avatar.
	ErrNoAvatar error = fault.New(fault.NotFound, "users: no avatar")
)

// Name is a person's name. Full and the two parts are kept side by side: some hosts know one form, some the other.
type Name struct {
	Full   string
	Given  string
	Family string
}

// FullName returns the name whose parts are split at the first space of full, which is trimmed.
func FullName(full string) Name {
	full = strings.TrimSpace(full)
	given, family, _ := strings.Cut(full, " ")
	return Name{full, given, strings.TrimSpace(family)}
}

// PartsName returns the name whose full form is given and family, with a space between.
func PartsName(given, family string) Name {
	return Name{strings.TrimSpace(given + " " + family), given, family}
}

// User is a person with an account.
type User struct {
	ID       uuid.UUID
	Number   int64
	External string // the host's own id for him; "" for none
	Email    string // as typed; "" when unset
	Username string // as typed
	Name     Name
	Phone    string
	Status   perms.Status

	Tenants   []perms.Tenancy     // in order; the first one named by its id is the home tenant
	Roles     []perms.Assignment  // in order; the first is the primary role
	Overrides []perms.Override    // by permission, then scope
	Groups    []uuid.UUID         // his memberships, in ascending order of the groups' numbers
	Objects   []perms.ObjectGrant // his own, by tenant, type and id

	MFA                bool
	MustResetMFA       bool
	MustChangePassword bool
	AvatarTag          string // changes with the avatar; "" without one

	CreatedAt time.Time
	CreatedBy uuid.UUID // uuid.Nil for the system and for guests
	UpdatedAt time.Time
	DeletedAt time.Time // zero unless deleted
	Version   int64     // plus one for each change of the user
}

// Home returns the user's home tenant.
func (u User) Home() (uuid.UUID, bool) { return perms.HomeOf(u.Tenants) }

// Staff reports whether the user's scope is every tenant.
func (u User) Staff() bool { return slices.Contains(u.Tenants, perms.EveryTenant) }

// Address returns the e-mail, or the user name where that is unset.
func (u User) Address() string {
	if u.Email != "" {
		return u.Email
	}
	return u.Username
}

// Clone returns a copy that shares nothing with u.
func (u User) Clone() User {
	u.Tenants = slices.Clone(u.Tenants)
	u.Roles = slices.Clone(u.Roles)
	u.Overrides = slices.Clone(u.Overrides)
	u.Groups = slices.Clone(u.Groups)
	u.Objects = slices.Clone(u.Objects)
	return u
}

// Subject returns what bears on the user's permissions, given the roles he holds. Object grants that come by his groups are not in it.
func (u User) Subject(held map[uuid.UUID]roles.Role) perms.Subject {
	s := perms.Subject{User: u.ID, Status: u.Status, Tenants: u.Tenants, Overrides: u.Overrides, Objects: u.Objects}
	for _, a := range u.Roles {
		if r, ok := held[a.Role]; ok {
			s.Roles = append(s.Roles, perms.Held{Rule: r.Rule(), Assignment: a})
		}
	}
	return s
}

// Tombstone is what remains of a purged user, for the host's history.
type Tombstone struct {
	ID       uuid.UUID
	Number   int64
	Name     string
	PurgedAt time.Time
}

// Tenant is the isolation boundary. Every store is born with the default tenant.
type Tenant struct {
	ID              uuid.UUID
	Number          int64
	Slug            string // ^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$, unique
	Name            string
	Type            perms.TenantType
	RequireApproval bool // users who join by link are pending
	CreatedAt       time.Time
	Version         int64
}

// DefaultTenant is the number of the tenant with which every store is born.
const DefaultTenant int64 = 1

// Group is a set of users of one tenant. It carries no permissions; objects can be shared with it.
type Group struct {
	ID          uuid.UUID
	Number      int64
	Tenant      uuid.UUID
	Name        string
	Description string
	Color       string
	Objects     []perms.ObjectGrant // by type and id
	CreatedAt   time.Time
}

// Avatar is a user's picture.
type Avatar struct {
	Tag       string // changes with the picture
	MediaType string
	Image     []byte
}
