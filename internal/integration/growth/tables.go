package main

import (
	"context"

	"github.com/google/uuid"
)

// table is rows on their way into a table of the database.
type table struct {
	name    string
	columns []string
	rows    [][]any
}

func (t *table) add(values ...any) { t.rows = append(t.rows, values) }

// tables are those that are filled, each behind what it refers to.
type tables struct {
	keys, roles, tenants, users, addresses, tenancies, assignments, overrides, userObjects table
	groups, memberships, groupObjects, credentials, sessions, tombstones, invites, links   table
	journal, personal, journalMembers, counters                                            table
}

func newTables() *tables {
	of := func(name string, columns ...string) table { return table{name: "rolebook_" + name, columns: columns} }
	return &tables{
		keys:    of("keys", "permission", "description", "feature"),
		tenants: of("tenants", "number", "id", "slug", "name", "type", "require_approval", "created_at", "version"),
		roles: of("roles", "number", "id", "key", "name", "folded_name", "description", "patterns", "scope", "system", "created_at", "created_by",
			"version"),
		users: of("users", "number", "id", "external", "email", "username", "full_name", "given_name", "family_name", "phone", "search", "status",
			"home_tenant", "mfa", "must_reset_mfa", "must_change_password", "avatar_tag", "created_at", "created_by", "updated_at", "deleted_at", "version"),
		addresses:   of("addresses", "canonical", "user_number"),
		tenancies:   of("tenancies", "user_number", "position", "tenancy"),
		assignments: of("assignments", "user_number", "position", "role_id", "scope", "starts_at", "expires_at"),
		overrides: of("overrides", "user_number", "permission", "granted", "scope", "starts_at", "expires_at", "reason", "set_by",
			"set_at"),
		userObjects:  of("user_objects", "user_number", "tenant_id", "type", "object_id"),
		groups:       of("groups", "number", "id", "tenant_id", "name", "folded_name", "description", "color", "created_at"),
		memberships:  of("memberships", "user_number", "group_id"),
		groupObjects: of("group_objects", "group_id", "tenant_id", "type", "object_id"),
		credentials:  of("credentials", "user_number", "hash"),
		sessions:     of("sessions", "digest", "user_number", "created_at", "expires_at"),
		tombstones:   of("tombstones", "number", "id", "name", "purged_at"),
		invites: of("invites", "number", "id", "digest", "email", "canonical", "name", "role_id", "tenancy", "created_at", "created_by", "expires_at",
			"accepted_at", "accepted_by"),
		links: of("links", "number", "id", "digest", "tenant_id", "role_id", "label", "max_uses", "uses", "created_at", "created_by", "expires_at"),
		journal: of("journal", "revision", "at", "actor_kind", "actor_user", "actor_label", "action", "target_kind", "target_id", "scope",
			"old_members", "new_members", "person", "old_personal", "new_personal", "reason", "request_id"),
		personal:       of("personal", "revision", "person", "old_members", "new_members"),
		journalMembers: of("journal_members", "user_id", "revision"),
		counters:       of("counters", "kind", "last"),
	}
}

func (t *tables) inOrder() []*table {
	return []*table{&t.keys, &t.tenants, &t.roles, &t.users, &t.addresses, &t.tenancies, &t.assignments, &t.overrides, &t.userObjects, &t.groups,
		&t.memberships, &t.groupObjects, &t.credentials, &t.sessions, &t.tombstones, &t.invites, &t.links, &t.journal, &t.personal, &t.journalMembers,
		&t.counters}
}

// batch is how many rows of a table are kept until they are written.
const batch = 20_000

// flush writes what has come together: all of it, or what is a batch.
func (t *tables) flush(ctx context.Context, to sink, all bool) error {
	for _, table := range t.inOrder() {
		if len(table.rows) == 0 || !all && len(table.rows) < batch {
			continue
		}
		if err := to.write(ctx, table); err != nil {
			return err
		}
		clear(table.rows)
		table.rows = table.rows[:0]
	}
	return nil
}

// ref returns an id as it is stored: NULL for none.
func ref(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id.String()
}
