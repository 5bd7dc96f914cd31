package perms

import (
	"reflect"
	"time"

	"github.com/google/uuid"
)

// Revision is a position in the journal. Revisions grow by one per change, in commit order; 0 is before the first.
type Revision int64

// Head is the newest entry's position and time.
type Head struct {
	Revision Revision
	At       time.Time
}

// Kind says what sort of thing carries a number, or is the target of an entry.
type Kind string

// The kinds.
const (
	KindUser      Kind = "user"
	KindRole      Kind = "role"
	KindTenant    Kind = "tenant"
	KindGroup     Kind = "group"
	KindInvite    Kind = "invite"
	KindLink      Kind = "link"
	KindCatalogue Kind = "catalogue"
)

// Action says what an entry's change was: "user.create", "override.set", … (wire/native.md, route 36).
type Action string

// The actions.
const (
	UserCreate      Action = "user.create"
	UserUpdate      Action = "user.update"
	UserPassword    Action = "user.password"
	UserRoles       Action = "user.roles"
	UserTenants     Action = "user.tenants"
	UserApprove     Action = "user.approve"
	UserReject      Action = "user.reject"
	UserSuspend     Action = "user.suspend"
	UserReactivate  Action = "user.reactivate"
	UserDelete      Action = "user.delete"
	UserPurge       Action = "user.purge"
	UserAvatar      Action = "user.avatar"
	OverrideSet     Action = "override.set"
	OverrideClear   Action = "override.clear"
	RoleCreate      Action = "role.create"
	RoleUpdate      Action = "role.update"
	RoleDelete      Action = "role.delete"
	GroupCreate     Action = "group.create"
	GroupUpdate     Action = "group.update"
	GroupDelete     Action = "group.delete"
	GroupMembers    Action = "group.members"
	GrantSet        Action = "grant.set"
	InviteCreate    Action = "invite.create"
	InviteRevoke    Action = "invite.revoke"
	InviteAccept    Action = "invite.accept"
	LinkCreate      Action = "link.create"
	LinkDelete      Action = "link.delete"
	LinkJoin        Action = "link.join"
	TenantCreate    Action = "tenant.create"
	TenantUpdate    Action = "tenant.update"
	CatalogueUpdate Action = "catalogue.update"
)

// ActorRef is what the journal records of an [Actor].
type ActorRef struct {
	Kind  ActorKind
	User  uuid.UUID // uuid.Nil for a guest and the system
	Label string    // of the system
}

// Target is what an entry's change was about. The catalogue has uuid.Nil.
type Target struct {
	Kind Kind
	ID   uuid.UUID
}

// Members are the members of a thing that a change touched, by their names in wire/native.md, as JSON values: nil, bool, string, float64 (whole
// numbers within ±2⁵³), []any and map[string]any. A secret is never among them.
type Members map[string]any

// Entry is one record of the journal: one effective change. It is never rewritten.
type Entry struct {
	Revision Revision  // given by the store
	At       time.Time // given by the store; never runs backwards
	Actor    ActorRef
	Action   Action
	Target   Target
	Tenant   Scope // In the one tenant that the change touches; Anywhere if it touches several, or none
	Before   Members
	After    Members

	// Person is whose personal values stand in PersonBefore and PersonAfter: names, addresses, phone, external. The store keeps these beside the
	// entry and drops them when the person is purged; a dropped value reads as nil.
	Person       uuid.UUID
	PersonBefore Members
	PersonAfter  Members

	Reason    string
	RequestID string
}

// JournalFilter chooses entries of the journal.
type JournalFilter struct {
	After Revision
	Until Revision    // the last one; 0 for no bound
	About []uuid.UUID // those about any of these ([Entry.About]); all if empty
	Limit int         // positive
}

// Differing returns the members of both that are not equal, by the names in after: what an entry of a change holds.
func Differing(before, after Members) (Members, Members) {
	b, a := Members{}, Members{}
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			b[name], a[name] = before[name], value
		}
	}
	return b, a
}
