package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// fact is one row about a user, from any of the tables that hang on his own: they are read by one statement, in one round trip and as of one moment.
type fact struct {
	user     int64 // his number
	part     part
	position number    // in his order; the id of an object; the revision; 1 for a grant
	word     text      // a tenancy, a permission, a type of object, the key of a role; his status
	ref      uuid.UUID // a role, a group, the tenant of an object, who has set an override; his id
	scope    scope
	starts   instant
	expires  instant
	reason   text
	setAt    instant  // of the journal's head, beside its revision
	role     struct { // of held roles alone
		name, patterns text
		scope          scope
	}
}

// The columns beside those that every fact has: those of held roles, or the patterns of a rule.
const (
	noColumns   = 0
	ruleColumns = 1
	heldColumns = 3
)

// part says which table a fact is from.
type part int64

const (
	selfPart part = iota
	tenancyPart
	assignmentPart
	overridePart
	objectPart
	membershipPart
	sessionPart
	rulePart // what a role says that any of the users holds; it is nobody's
)

// The parts of statements about users, each with the condition {whose} on the user's number, and with {no role} or the columns of a held one. PostgreSQL
// takes the columns' types from the tenancies, which are the first or second part of every statement.
const (
	selfFacts = `
		select u.number, 0, h.revision, u.status, u.id, null, null, null, null, h.at{no role}
		from rolebook_users u
		cross join rolebook_head h
		where u.number {whose}`
	tenancyFacts = `
		select user_number, 1, position, tenancy, cast(null as text),
			cast(null as text), cast(null as bigint), cast(null as bigint), cast(null as text), cast(null as bigint){no role}
		from rolebook_tenancies
		where user_number {whose}`
	assignmentFacts = `
		select user_number, 2, position, null, role_id, scope, starts_at, expires_at, null, null{no role}
		from rolebook_assignments
		where user_number {whose}`
	heldFacts = `
		select a.user_number, 2, a.position, r.key, a.role_id, a.scope, a.starts_at, a.expires_at, null, null, r.patterns, r.name, r.scope
		from rolebook_assignments a
		join rolebook_roles r on r.id = a.role_id
		where a.user_number {whose}`
	ruleFacts = `
		select 0, 7, null, r.key, r.id, r.scope, null, null, r.name, null, r.patterns
		from rolebook_roles r
		where r.id in (select role_id from rolebook_assignments where user_number {whose})`
	overrideFacts = `
		select user_number, 3, case when granted then 1 else 0 end, permission, set_by, scope, starts_at, expires_at, reason, set_at{no role}
		from rolebook_overrides
		where user_number {whose}`
	objectFacts = `
		select user_number, 4, object_id, type, tenant_id, null, null, null, null, null{no role}
		from rolebook_user_objects
		where user_number {whose}`
	groupObjectFacts = `
		select m.user_number, 4, o.object_id, o.type, o.tenant_id, null, null, null, null, null{no role}
		from rolebook_memberships m
		join rolebook_group_objects o on o.group_id = m.group_id
		where m.user_number {whose}`
	membershipFacts = `
		select m.user_number, 5, g.number, null, m.group_id, null, null, null, null, null{no role}
		from rolebook_memberships m
		join rolebook_groups g on g.id = m.group_id
		where m.user_number {whose}`
	sessionFacts = `
		select user_number, 6, null, null, null, null, created_at, expires_at, null, null{no role}
		from rolebook_sessions
		where digest = ?`
)

// The conditions that say whose facts are wanted.
const (
	byID      = "= (select number from rolebook_users where id = ?)"
	byIDs     = "in (select number from rolebook_users where id {in ids})"
	byNumbers = "{in numbers}"
	byRange   = "between ? and ?"
)

// inquiry is a statement that asks for facts. It takes its arguments once for each part.
type inquiry struct {
	text    string
	parts   int
	columns int // how many there are beside those of every fact
}

func inquire(whose string, parts ...string) inquiry {
	columns := noColumns
	switch {
	case slices.Contains(parts, heldFacts):
		columns = heldColumns
	case slices.Contains(parts, ruleFacts):
		columns = ruleColumns
	}
	none := strings.Repeat(", null", columns)
	text := strings.Join(parts, "\n\t\tunion all")
	return inquiry{strings.NewReplacer("{whose}", whose, "{no role}", none).Replace(text), len(parts), columns}
}

// facts returns the answer to an inquiry: users by number, their facts by part, and in each part by the order of the domain.
func (u *unit) facts(ctx context.Context, i inquiry, whose ...any) ([]*fact, error) {
	const slab = 64
	var (
		f     fact
		found []*fact
		room  []fact
	)
	columns := []any{&f.user, &f.part, &f.position, &f.word, &f.ref, &f.scope, &f.starts, &f.expires, &f.reason, &f.setAt, &f.role.patterns, &f.role.name, &f.role.scope}
	columns = columns[:len(columns)-heldColumns+i.columns]
	err := u.query(ctx, func(rows *sql.Rows) error {
		for rows.Next() {
			f = fact{}
			if err := rows.Scan(columns...); err != nil {
				return err
			}
			if len(room) == cap(room) {
				room = make([]fact, 0, min(max(8, len(found)), slab))
			}
			room = append(room, f)
			found = append(found, &room[len(room)-1])
		}
		return nil
	}, i.text, slices.Repeat(whose, i.parts)...)
	return merged(found), err
}

// merged returns facts in their order. They nearly always come part by part, each of them sorted: then all that is left is to merge these.
func merged(found []*fact) []*fact {
	byPart := func(a, b *fact) int { return cmp.Compare(a.part, b.part) }
	if !slices.IsSortedFunc(found, byPart) {
		slices.SortFunc(found, byPart)
	}
	var parts [][]*fact
	for rest := found; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(f *fact) bool { return f.part != rest[0].part })
		if n < 0 {
			n = len(rest)
		}
		if !slices.IsSortedFunc(rest[:n], compareFacts) {
			slices.SortFunc(rest[:n], compareFacts)
		}
		parts, rest = append(parts, rest[:n]), rest[n:]
	}
	out := make([]*fact, 0, len(found))
	for len(out) < len(found) {
		user := int64(math.MaxInt64)
		for _, p := range parts {
			if len(p) > 0 {
				user = min(user, p[0].user)
			}
		}
		for i, p := range parts {
			n := 0
			for n < len(p) && p[n].user == user {
				n++
			}
			out, parts[i] = append(out, p[:n]...), p[n:]
		}
	}
	return out
}

func compareFacts(a, b *fact) int {
	if a.user != b.user {
		return cmp.Compare(a.user, b.user)
	}
	if a.part != b.part {
		return cmp.Compare(a.part, b.part)
	}
	switch a.part {
	case objectPart:
		return cmp.Or(slices.Compare(a.ref[:], b.ref[:]), cmp.Compare(a.word, b.word), cmp.Compare(a.position, b.position))
	case overridePart:
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.scope.String(), b.scope.String()))
	}
	return cmp.Compare(a.position, b.position)
}

// perUser cuts facts into those of each user.
func perUser(facts []*fact, yield func(user int64, facts []*fact) error) error {
	for len(facts) > 0 {
		user, n := facts[0].user, 1
		for n < len(facts) && facts[n].user == user {
			n++
		}
		if err := yield(user, facts[:n]); err != nil {
			return err
		}
		facts = facts[n:]
	}
	return nil
}

func (f *fact) tenancy() (perms.Tenancy, error) { return perms.ParseTenancy(string(f.word)) }

func (f *fact) window() perms.Window {
	return perms.Window{StartsAt: f.starts.Time, ExpiresAt: f.expires.Time}
}

func (f *fact) assignment() perms.Assignment {
	return perms.Assignment{Role: f.ref, Scope: f.scope.Scope, Window: f.window()}
}

// held returns the role of an assignment: one of the rules that have been read apart, or what stands beside it.
func (f *fact) held(rules map[uuid.UUID]perms.Rule) perms.Held {
	rule, apart := rules[f.ref]
	if !apart {
		rule = perms.Rule{ID: f.ref, Key: string(f.word), Name: string(f.role.name), Scope: f.role.scope.Scope, Patterns: splitPatterns(string(f.role.patterns))}
	}
	return perms.Held{Rule: rule, Assignment: f.assignment()}
}

func (f *fact) rule() perms.Rule {
	return perms.Rule{ID: f.ref, Key: string(f.word), Name: string(f.reason), Scope: f.scope.Scope, Patterns: splitPatterns(string(f.role.patterns))}
}

func (f *fact) override() perms.Override {
	return perms.Override{Permission: perms.Permission(f.word), Granted: f.position == 1, Scope: f.scope.Scope, Window: f.window(),
		Reason: string(f.reason), SetBy: f.ref, SetAt: f.setAt.Time}
}

func (f *fact) object() perms.ObjectGrant {
	return perms.ObjectGrant{Tenant: f.ref, Object: perms.Object{Type: string(f.word), ID: int64(f.position)}}
}
