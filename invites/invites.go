// Package invites holds the rights to create accounts that are given to people who have none yet.
//
// An [Invite] is addressed to one person and used once; a [Link] is open to whoever holds it and counted. Both confer a tenant and a role, and both
// are their maker's promise: they are valid only while he is active, may still invite and could still confer the role. The tokens are shown once,
// when they are made; the store has their digests.
//
// The rule people get wrong: nothing but name and password comes from whoever accepts. Address, tenant and role are the invite's.
package invites

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Lifetimes of an invite.
const (
	MinLifetime     = time.Hour
	DefaultLifetime = 72 * time.Hour
	MaxLifetime     = 720 * time.Hour
)

// MaxLabel is the greatest length of a link's label, in code points.
const MaxLabel = 100

// MaxUses is the greatest number of uses to which a link can be limited.
const MaxUses = 10_000

// The errors of this package.
var (
	// ErrNotFound: no such invite or token, or it has been revoked or replaced.
	ErrNotFound error = fault.New(fault.NotFound, "invites: no such invite")
	// ErrLinkNotFound: no such link or token.
	ErrLinkNotFound error = fault.New(fault.NotFound, "invites: no such link")
	// ErrExpired: its time is over.
	ErrExpired error = fault.New(fault.Gone, "invites: expired")
	// ErrUsed: the invite has been accepted, or the link has no uses left.
	ErrUsed error = fault.New(fault.Gone, "invites: used up")
	// ErrInvalidated: its maker is not active, may no longer invite, or could no longer confer the role.
	ErrInvalidated error = fault.New(fault.Gone, "invites: no longer valid")
)

// Invite is a right to create one account, addressed to one person.
type Invite struct {
	ID         uuid.UUID
	Number     int64
	Digest     session.Digest // of the token
	Email      string         // as typed
	Name       string         // "" when none was given
	Role       uuid.UUID
	Tenant     perms.Tenancy // the new user's one tenancy: a tenant, or every tenant for staff
	CreatedAt  time.Time
	CreatedBy  uuid.UUID // uuid.Nil for the system
	ExpiresAt  time.Time
	AcceptedAt time.Time // zero while unused
	AcceptedBy uuid.UUID // the user that it made
}

// Scope returns the tenant that the invite belongs to; Anywhere for staff.
func (i Invite) Scope() perms.Scope { return tenancyScope(i.Tenant) }

// Link is a right to create accounts, open to whoever holds it.
type Link struct {
	ID        uuid.UUID
	Number    int64
	Digest    session.Digest // of the token
	Tenant    uuid.UUID
	Role      uuid.UUID // uuid.Nil for none
	Label     string    // what its maker calls those who join by it
	MaxUses   int64     // 0 for no limit
	Uses      int64
	CreatedAt time.Time
	CreatedBy uuid.UUID // uuid.Nil for the system
	ExpiresAt time.Time // zero without an end
}

func tenancyScope(t perms.Tenancy) perms.Scope {
	if id, ok := t.Tenant(); ok {
		return perms.In(id)
	}
	return perms.Anywhere
}

// Filter chooses invites or links: those of the tenants, or all.
type Filter struct {
	All     bool
	Except  []uuid.UUID // of all, but those of these tenants
	Tenants []uuid.UUID
}

// Chooses reports whether the filter chooses what leads to a tenant, or to all of them.
func (f Filter) Chooses(t perms.Tenancy) bool {
	id, one := t.Tenant()
	if f.All {
		return !one || !slices.Contains(f.Except, id)
	}
	return one && slices.Contains(f.Tenants, id)
}

// Store is what this package reads and writes. The general rules of [perms.Store] hold.
type Store interface {
	users.Store

	// Invite returns an invite by its number, used and expired ones too, or ErrNotFound.
	Invite(ctx context.Context, number int64) (Invite, error)
	// InviteByDigest is Invite by the token's digest.
	InviteByDigest(ctx context.Context, d session.Digest) (Invite, error)
	// PendingInvites returns the invites that are unused and unexpired at now, in ascending order of number. Never nil.
	PendingInvites(ctx context.Context, f Filter, now time.Time) ([]Invite, error)
	// InsertInvite adds an invite, and removes the unused ones, expired or not, with the same canonical address and tenancy; it returns those.
	// A role or tenant that does not exist is an error.
	InsertInvite(ctx context.Context, i Invite) (replaced []Invite, err error)
	// UseInvite marks an invite as accepted if it is unused and unexpired at now; otherwise it is, in this order,
	// ErrNotFound if missing, ErrUsed or ErrExpired.
	UseInvite(ctx context.Context, id, user uuid.UUID, now time.Time) error
	// DeleteInvite removes an unused invite; a used or missing one is ErrNotFound.
	DeleteInvite(ctx context.Context, id uuid.UUID) error
	// Invites returns every invite in ascending order of number. Never nil.
	Invites(ctx context.Context) ([]Invite, error)

	// Link returns a link by its number, or ErrLinkNotFound.
	Link(ctx context.Context, number int64) (Link, error)
	// LinkByDigest is Link by the token's digest.
	LinkByDigest(ctx context.Context, d session.Digest) (Link, error)
	// Links returns links, used-up and expired ones too, in ascending order of number. Never nil.
	Links(ctx context.Context, f Filter) ([]Link, error)
	// InsertLink adds a link. A role or tenant that does not exist is an error.
	InsertLink(ctx context.Context, l Link) error
	// UseLink counts one use if any is left and the link is unexpired at now; otherwise it is, in this order,
	// ErrLinkNotFound, ErrUsed or ErrExpired.
	UseLink(ctx context.Context, id uuid.UUID, now time.Time) error
	// DeleteLink removes a link, or is ErrLinkNotFound.
	DeleteLink(ctx context.Context, id uuid.UUID) error
}
