package native

import (
	"fmt"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// explain is GET /v1/users/{id}/explain.
func explain(c *httpapi.Call) error {
	scope, err := readTenantScope(c.Query, "tenant")
	if err != nil {
		return err
	}
	object, err := readObject(c.Query)
	if err != nil {
		return err
	}
	u, err := addressed(c, c.Operation.OrDeleted())
	if err != nil {
		return err
	}
	permission := c.Query.String("permission")
	if !permission.Set {
		c.Query.Fail("permission", wire.CodeRequired, "is required")
	} else if _, err := perms.ParsePermission(permission.Value); err != nil {
		c.Query.Fail("permission", wire.CodeFormat, "is no permission key")
	}
	if err := c.Query.Err(); err != nil {
		return err
	}
	q := users.Question{User: u.ID, Permission: perms.Permission(permission.Value), Scope: scope, Object: object}
	why, at, err := c.Book.Users.Explain(c.Context(), c.Actor, q)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, explanationOf(q, why, at))
}

// readObject reads the parameter object, <type>:<id>.
func readObject(q *wire.Query) (perms.Object, error) {
	sent := q.String("object")
	if !sent.Set {
		return perms.Object{}, nil
	}
	object, err := perms.ParseObject(sent.Value)
	if err != nil {
		return object, &wire.ParamError{In: wire.InQuery, Name: "object", Reason: "must be a type, a colon and a number"}
	}
	return object, nil
}

func explanationOf(q users.Question, why perms.Explanation, at perms.Scope) wireExplanation {
	out := wireExplanation{why.Allowed, why.Code, q.Permission, at.String(), why.Revision, []wireSource{}, []wireFix{}}
	for _, s := range why.Sources {
		out.Sources = append(out.Sources, wireSource{s.Kind, s.ID, s.Name, s.Effect, s.Decisive, wire.FormatTimeOrNull(s.ExpiresAt)})
	}
	for _, f := range why.Fixes {
		out.Fixes = append(out.Fixes, wireFix{f.Action, f.Permission, fixedIn(f), f.Role.Key, summary(f)})
	}
	return out
}

// fixedIn returns the tenant of a fix: where what it changes counts, what it adds to the list of tenants, or any for the account as a whole.
func fixedIn(f perms.Fix) string {
	switch {
	case f.Tenancy.Valid():
		return f.Tenancy.String()
	case f.Scope.Bindable():
		return f.Scope.String()
	}
	return perms.Anywhere.String()
}

// summary says in a sentence what is to be done.
func summary(f perms.Fix) string {
	switch f.Action {
	case perms.ShareObject:
		return fmt.Sprintf("Share %s with the user", f.Object)
	case perms.ClearOverride:
		return fmt.Sprintf("Clear the revoke of %s", f.Permission)
	case perms.GrantOverride:
		return fmt.Sprintf("Grant %s to the user", f.Permission)
	case perms.AssignRole:
		return fmt.Sprintf("Assign the role %s", f.Role.Name)
	case perms.Reactivate:
		return "Reactivate the user"
	case perms.Approve:
		return "Approve the user"
	case perms.AddTenant:
		return added(f.Tenancy)
	}
	if f.Role.Key != "" {
		return fmt.Sprintf("Extend the role %s, whose time is over", f.Role.Name)
	}
	return fmt.Sprintf("Extend the grant of %s, whose time is over", f.Permission)
}

func added(t perms.Tenancy) string {
	if typ, ok := t.Type(); ok {
		return fmt.Sprintf("Give the user every tenant of type %s", typ)
	}
	if t.Every() {
		return "Give the user every tenant"
	}
	return "Add the tenant to those of the user"
}
