package memory

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// tables is everything that a store holds. A copy of it is a snapshot: trees are immutable, and so is what their pointers lead to.
type tables struct {
	head    perms.Head
	numbers tree[perms.Kind, int64] // the last ones given
	keys    tree[perms.Permission, perms.Key]
	journal tree[perms.Revision, *perms.Entry]
	persons tree[numbered, struct{}] // person and revision of the entries with personal values
	about   tree[numbered, struct{}] // whom entries are about, and their revision

	archived  perms.Head
	baselines tree[uuid.UUID, perms.Members]

	tenants       tree[uuid.UUID, users.Tenant]
	tenantNumbers tree[int64, uuid.UUID]
	slugs         tree[string, uuid.UUID]

	roles       tree[uuid.UUID, *roles.Role]
	roleNumbers tree[int64, uuid.UUID]
	roleKeys    tree[string, uuid.UUID]
	roleNames   tree[named, uuid.UUID] // owned by their tenant, or by uuid.Nil

	users       tree[uuid.UUID, *users.User]
	userNumbers tree[int64, uuid.UUID]
	addresses   tree[string, uuid.UUID] // canonical; of users who are not deleted
	externals   tree[string, uuid.UUID] // of users who are not deleted
	staff       tree[int64, uuid.UUID]  // active users whose scope is every tenant, by number
	holders     tree[numbered, uuid.UUID]
	exceptions  tree[ruled, uuid.UUID] // who has one
	members     tree[numbered, uuid.UUID]
	residents   tree[numbered, uuid.UUID] // by tenants that they name, and their own number
	tombstones  tree[int64, users.Tombstone]
	credentials tree[uuid.UUID, password.Hash]
	avatars     tree[uuid.UUID, users.Avatar]

	groups       tree[uuid.UUID, *users.Group]
	groupNumbers tree[int64, uuid.UUID]
	groupNames   tree[named, uuid.UUID]    // owned by their tenant
	tenantGroups tree[numbered, uuid.UUID] // by their tenant and their own number

	sessions     tree[session.Digest, session.Session]
	userSessions tree[userSession, struct{}]
	throttles    tree[string, throttle]
	fading       tree[timed, struct{}] // keys of throttles, by when they are over

	invites       tree[uuid.UUID, *invites.Invite]
	inviteNumbers tree[int64, uuid.UUID]
	inviteTokens  tree[session.Digest, uuid.UUID]
	unused        tree[addressed, uuid.UUID]
	links         tree[uuid.UUID, *invites.Link]
	linkNumbers   tree[int64, uuid.UUID]
	linkTokens    tree[session.Digest, uuid.UUID]
}

// newTables returns empty tables.
func newTables() *tables {
	t := &tables{}
	order(&t.numbers, cmp.Compare)
	order(&t.keys, cmp.Compare)
	order(&t.journal, cmp.Compare)
	order(&t.persons, numbered.compare)
	order(&t.about, numbered.compare)
	order(&t.baselines, compareIDs)
	order(&t.tenants, compareIDs)
	order(&t.tenantNumbers, cmp.Compare)
	order(&t.slugs, cmp.Compare)
	order(&t.roles, compareIDs)
	order(&t.roleNumbers, cmp.Compare)
	order(&t.roleKeys, cmp.Compare)
	order(&t.roleNames, named.compare)
	order(&t.users, compareIDs)
	order(&t.userNumbers, cmp.Compare)
	order(&t.addresses, cmp.Compare)
	order(&t.externals, cmp.Compare)
	order(&t.staff, cmp.Compare)
	order(&t.holders, numbered.compare)
	order(&t.exceptions, ruled.compare)
	order(&t.members, numbered.compare)
	order(&t.residents, numbered.compare)
	order(&t.tombstones, cmp.Compare)
	order(&t.credentials, compareIDs)
	order(&t.avatars, compareIDs)
	order(&t.groups, compareIDs)
	order(&t.groupNumbers, cmp.Compare)
	order(&t.groupNames, named.compare)
	order(&t.tenantGroups, numbered.compare)
	order(&t.sessions, compareDigests)
	order(&t.userSessions, userSession.compare)
	order(&t.throttles, cmp.Compare)
	order(&t.fading, timed.compare)
	order(&t.invites, compareIDs)
	order(&t.inviteNumbers, cmp.Compare)
	order(&t.inviteTokens, compareDigests)
	order(&t.unused, addressed.compare)
	order(&t.links, compareIDs)
	order(&t.linkNumbers, cmp.Compare)
	order(&t.linkTokens, compareDigests)
	return t
}

// order gives a tree the order of its keys.
func order[K, V any](t *tree[K, V], compare func(a, b K) int) { t.compare = compare }

// numbered is the key of things that belong to something, in ascending order of their own number.
type numbered struct {
	owner  uuid.UUID
	number int64
}

func (k numbered) compare(o numbered) int {
	return cmp.Or(compareIDs(k.owner, o.owner), cmp.Compare(k.number, o.number))
}

// ruled is the key of those who have an override of a permission, in ascending order of their number.
type ruled struct {
	permission perms.Permission
	number     int64
}

func (k ruled) compare(o ruled) int {
	return cmp.Or(cmp.Compare(k.permission, o.permission), cmp.Compare(k.number, o.number))
}

// named is the key of things with a name that is unique, letter case apart, among those of their owner.
type named struct {
	name  string // folded
	owner uuid.UUID
}

func (k named) compare(o named) int {
	return cmp.Or(strings.Compare(k.name, o.name), compareIDs(k.owner, o.owner))
}

// userSession is the key of a user's session.
type userSession struct {
	user   uuid.UUID
	digest session.Digest
}

func (k userSession) compare(o userSession) int {
	return cmp.Or(compareIDs(k.user, o.user), compareDigests(k.digest, o.digest))
}

// timed is the key of something that is over at a time.
type timed struct {
	over time.Time
	key  string
}

func (k timed) compare(o timed) int {
	return cmp.Or(k.over.Compare(o.over), strings.Compare(k.key, o.key))
}

// addressed is to whom and whither an invite is.
type addressed struct {
	address string // canonical
	tenancy string
}

func (k addressed) compare(o addressed) int {
	return cmp.Or(strings.Compare(k.address, o.address), strings.Compare(k.tenancy, o.tenancy))
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }

func compareDigests(a, b session.Digest) int { return bytes.Compare(a[:], b[:]) }

// utc returns t as it is stored.
func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// cloned is slices.Clone, but nil for an empty slice.
func cloned[E any](s []E) []E {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}

// unique returns the ids, each once, in the order given.
func unique(ids []uuid.UUID) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(ids))
	var out []uuid.UUID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// bounded returns an error for limits and offsets below least.
func bounded(field string, n, least int) error {
	if n >= least {
		return nil
	}
	return perms.Invalid(field, perms.Range, fmt.Sprintf("must be at least %d", least))
}
