package users

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Filter chooses users. Its fields combine by and; the zero Filter chooses all who are not deleted.
type Filter struct {
	Sight    *perms.Sight      // only users that it shows; nil shows all
	Home     uuid.UUID         // only users with this home tenant; uuid.Nil for any
	Tenant   uuid.UUID         // only users with this tenant in their list; uuid.Nil for any
	Type     perms.TenantType  // only users with every tenant of this type in their list; "" for any
	Role     uuid.UUID         // only users with an assignment of this role in force at Now; uuid.Nil for any
	Group    uuid.UUID         // only members of this group; uuid.Nil for any
	Statuses []perms.Status    // only users in one of these; empty for all but deleted
	Numbers  []int64           // only those with one of these; empty for any
	Holding  *perms.Candidates // only those whom it chooses, wherever it begins and however far it goes; nil for any
	External string            // exactly this one
	Contains string            // part of full name, user name or e-mail, ASCII letter case apart, no character special
	After    int64             // only users with a greater number
	Offset   int               // leave out so many
	Limit    int               // at most so many; 0 is no limit
	Now      time.Time         // for Role
}

// Throttle is one count of failures: at most Limit in Window. Keys of different purposes begin differently.
type Throttle struct {
	Key    string
	Limit  int
	Window time.Duration
}

// Store is what this package reads and writes. The general rules of [perms.Store] hold. Methods that return a user return all of him:
// tenants and roles in the order in which they were written, overrides by permission and the text of the scope, groups by number, objects by tenant,
// type and id.
type Store interface {
	roles.Store

	// User returns a user by his id, a soft-deleted one too. An unknown or purged one is ErrNotFound.
	User(ctx context.Context, id uuid.UUID) (User, error)
	// UserByNumber is User by number.
	UserByNumber(ctx context.Context, number int64) (User, error)
	// UserByAddress returns the user who is not deleted and has the canonical address ([Canonical]) as e-mail or user name, or ErrNotFound.
	UserByAddress(ctx context.Context, canonical string) (User, error)
	// Users returns the users that the filter chooses, in ascending order of number. Never nil.
	Users(ctx context.Context, f Filter) ([]User, error)
	// AnyUser reports whether the store holds any user at all, soft-deleted ones too.
	AnyUser(ctx context.Context) (bool, error)
	// InsertUser adds a user. A canonical e-mail or user name that a user who is not deleted has, as either, is ErrAddressTaken; his external id
	// ErrExternalTaken. The same canonical form as e-mail and user name of one user is one address. Roles, groups and tenants that do not exist,
	// wherever he names them, are an error, and so is the same group, object, or permission and scope of an override twice.
	InsertUser(ctx context.Context, u User) error
	// UpdateUser replaces old by u, which has the same ID, Number, CreatedAt and CreatedBy. For a missing user it is ErrNotFound; if the stored
	// version is not old.Version, ErrStale; then everything as in InsertUser. A user whose new status is Deleted frees his addresses and external
	// id.
	UpdateUser(ctx context.Context, old, u User) error
	// PurgeUser erases a user, soft-deleted or not: his record, addresses, assignments, overrides, memberships, grants, avatar, credential
	// and sessions; the name and address in invites that he accepted; and the personal values of journal entries whose Person he is, or such an
	// invite. It leaves the tombstone. An unknown user is ErrNotFound.
	PurgeUser(ctx context.Context, id uuid.UUID, t Tombstone) error
	// Tombstone returns what a purge has left, by the user's number, or ErrNotFound.
	Tombstone(ctx context.Context, number int64) (Tombstone, error)
	// Tombstones returns all that purges have left, in ascending order of number.
	Tombstones(ctx context.Context) ([]Tombstone, error)

	// Credential returns a user's password hash, "" without one; an unknown user is ErrNotFound.
	Credential(ctx context.Context, user uuid.UUID) (password.Hash, error)
	// SetCredential sets a user's password hash; "" removes it. An unknown user is ErrNotFound.
	SetCredential(ctx context.Context, user uuid.UUID, h password.Hash) error
	// SwapCredential sets the hash if it is still old, and reports whether it did; an unknown user has none to swap. It needs no transaction and
	// leaves the head alone.
	SwapCredential(ctx context.Context, user uuid.UUID, old, h password.Hash) (bool, error)

	// InsertSession adds a session. It needs no transaction and leaves the head alone, like all methods on sessions and throttles.
	// An unknown user, or a digest that is there, is an error.
	InsertSession(ctx context.Context, s session.Session) error
	// Session returns the session of a digest with its user, whatever his status, or ErrNoSession. Expiry is the caller's to judge.
	Session(ctx context.Context, d session.Digest) (session.Session, User, error)
	// EndSession removes a session; a missing one is no error.
	EndSession(ctx context.Context, d session.Digest) error
	// EndSessions removes a user's sessions but for the one of the digest except, if that is not zero.
	EndSessions(ctx context.Context, user uuid.UUID, except session.Digest) error
	// EndExpiredSessions removes the sessions that are over at now.
	EndExpiredSessions(ctx context.Context, now time.Time) error
	// Charge counts one failure at now under every key, unless one of them has reached its limit within its window: then it counts nothing, and
	// returns how long it takes until the earliest moment at which all would pass. A failure at t counts before t+Window. It is atomic: of many
	// concurrent calls no more than the limit pass.
	Charge(ctx context.Context, keys []Throttle, now time.Time) (wait time.Duration, err error)
	// Throttled returns how long Charge would say to wait, and counts nothing.
	Throttled(ctx context.Context, keys []Throttle, now time.Time) (wait time.Duration, err error)
	// Refund takes back the newest count of each key that has any.
	Refund(ctx context.Context, keys []string) error
	// Clear forgets all counts of a key.
	Clear(ctx context.Context, key string) error

	// Avatar returns a user's avatar, or ErrNoAvatar.
	Avatar(ctx context.Context, user uuid.UUID) (Avatar, error)
	// SetAvatar replaces a user's avatar; one without an image removes it. User.AvatarTag is not touched: [Store.UpdateUser] writes that.
	// An unknown user is ErrNotFound.
	SetAvatar(ctx context.Context, user uuid.UUID, a Avatar) error

	// Tenant returns a tenant by its id, or ErrTenantNotFound.
	Tenant(ctx context.Context, id uuid.UUID) (Tenant, error)
	// TenantByNumber is Tenant by number. Number 1 is the default tenant, which is always there.
	TenantByNumber(ctx context.Context, number int64) (Tenant, error)
	// TenantsByID returns the tenants of the given ids, each once, in no order; unknown ones are left out.
	TenantsByID(ctx context.Context, ids []uuid.UUID) ([]Tenant, error)
	// Tenants returns the tenants in ascending order of number. Never nil.
	Tenants(ctx context.Context, f TenantFilter) ([]Tenant, error)
	// InsertTenant adds a tenant; a slug that is taken is ErrSlugTaken.
	InsertTenant(ctx context.Context, t Tenant) error
	// UpdateTenant replaces old by t, which has the same ID and Number. Another stored version is ErrStale, a missing tenant ErrTenantNotFound, a
	// taken slug ErrSlugTaken.
	UpdateTenant(ctx context.Context, old, t Tenant) error

	// Group returns a group by its id, or ErrGroupNotFound.
	Group(ctx context.Context, id uuid.UUID) (Group, error)
	// GroupByNumber is Group by number.
	GroupByNumber(ctx context.Context, number int64) (Group, error)
	// GroupsByID returns the groups of the given ids, each once, in ascending order of number; unknown ones are left out.
	GroupsByID(ctx context.Context, ids []uuid.UUID) ([]Group, error)
	// Groups returns a tenant's groups in ascending order of number. Never nil.
	Groups(ctx context.Context, tenant uuid.UUID) ([]Group, error)
	// InsertGroup adds a group; a tenant that does not exist is an error. A name that another group of the tenant has, by [perms.FoldName], is
	// ErrGroupNameTaken.
	InsertGroup(ctx context.Context, g Group) error
	// UpdateGroup replaces a group, which keeps ID, Number, Tenant and CreatedAt; its Objects are replaced too. Missing is ErrGroupNotFound, a taken
	// name ErrGroupNameTaken.
	UpdateGroup(ctx context.Context, g Group) error
	// DeleteGroup removes a group with its memberships and objects, or is ErrGroupNotFound.
	DeleteGroup(ctx context.Context, id uuid.UUID) error
	// AddMembers makes users members of a group and returns those who were not, each once, in the order given.
	// A missing group is ErrGroupNotFound, a missing user ErrNotFound.
	AddMembers(ctx context.Context, group uuid.UUID, users []uuid.UUID) ([]uuid.UUID, error)
	// RemoveMembers ends memberships and returns those that there were, each once, in the order given. A missing group is ErrGroupNotFound.
	RemoveMembers(ctx context.Context, group uuid.UUID, users []uuid.UUID) ([]uuid.UUID, error)
	// MemberCounts returns for each group how many of its members are not deleted; groups without one are left out.
	MemberCounts(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID]int, error)
}

// TenantFilter chooses tenants.
type TenantFilter struct {
	All    bool        // every tenant
	Except []uuid.UUID // but these
	IDs    []uuid.UUID // otherwise these
	After  int64       // tenants with a greater number
	Limit  int         // at most so many; 0 is no limit
}
