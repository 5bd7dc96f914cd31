package native

import (
	"net/http"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// maxNeedle is the greatest length of the text that users are searched for, in code points.
const maxNeedle = 100

// listUsers is GET /v1/users.
func listUsers(c *httpapi.Call) error {
	search := readSearch(c)
	p, err := readPaging(c.Query, "users", sentFilters(c.Query, "q", "external", "status", "role", "tenant", "group", "permission")...)
	if err := admit(c, err); err != nil {
		return err
	}
	search.After, search.Limit = p.after, p.limit+1
	list, err := c.Book.Users.Search(c.Context(), c.Actor, search)
	if err != nil {
		return err
	}
	n, err := namesFor(c, c.Actor, list...)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, pageOf(p, list, func(u users.User) int64 { return u.Number }, n.user))
}

// readSearch reads the filters of the user list; what is wrong with them is the query's to tell. A role, tenant or group that does not exist is a filter
// that matches nobody.
func readSearch(c *httpapi.Call) users.Search {
	q := c.Query
	needle, external, status := q.String("q"), q.String("external"), q.String("status")
	role, tenant, group, permission := q.String("role"), q.UUID("tenant"), q.UUID("group"), q.String("permission")
	out := users.Search{
		Contains: needle.Value, External: external.Value, Role: roleKey(role.Value),
		Tenant: tenant.Value, Group: group.Value, Permission: perms.Permission(permission.Value),
	}
	checkLength(q, "q", needle, maxNeedle)
	checkLength(q, "external", external, users.MaxExternal)
	if status.Set {
		var known bool
		if out.Status, known = perms.ParseStatus(status.Value); !known {
			q.Fail("status", wire.CodeUnknown, "must be active, pending, suspended or deleted")
		}
	}
	if permission.Set && !c.Book.Catalog().Has(out.Permission) {
		q.Fail("permission", wire.CodeUnknown, "is not in the catalogue")
	}
	if role.Set && role.Value == "" || tenant.Set && tenant.Value == uuid.Nil || group.Set && group.Value == uuid.Nil {
		out.Role = nobodysRole
	}
	return out
}

// nobodysRole is no role's key: a filter that matches nobody, where one that names nothing would match all.
const nobodysRole = "-"

func checkLength(q *wire.Query, name string, sent wire.Opt[string], most int) {
	switch n := utf8.RuneCountInString(sent.Value); {
	case sent.Set && n == 0:
		q.Fail(name, wire.CodeTooShort, "must not be empty")
	case n > most:
		q.Fail(name, wire.CodeTooLong, "is too long")
	}
}

// readUser is GET /v1/users/{id}.
func readUser(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation.OrDeleted())
	if err != nil {
		return err
	}
	return answerUser(c, http.StatusOK, u)
}
