package locator

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Where a request names things in lists, what it names to be removed need not be there.
const (
	mustExist = true
	mayLack   = false
)

// readRoles reads a list of roles, each by its key or exact name, and returns the ids of those that the caller may see, without repetitions.
func readRoles(c *httpapi.Call, form *wire.Form, member string, exist bool) ([]uuid.UUID, error) {
	sent := form.Strings(member, wire.Optional)
	if len(sent.Value) == 0 {
		return nil, nil
	}
	labels, err := c.Book.Roles.Names(c.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for i, text := range sent.Value {
		switch named := rolesNamed(labels, text); {
		case len(named) > 1:
			form.Fail(fmt.Sprintf("%s[%d]", member, i), wire.CodeUnknown, "names several roles")
		case len(named) == 0 && exist:
			form.Fail(fmt.Sprintf("%s[%d]", member, i), wire.CodeUnknown, "names no role")
		case len(named) == 1 && !slices.Contains(ids, named[0].ID):
			ids = append(ids, named[0].ID)
		}
	}
	return ids, nil
}

// rolesNamed returns the role with a key, or else those with a name.
func rolesNamed(labels []roles.Label, text string) []roles.Label {
	var named []roles.Label
	for _, l := range labels {
		if l.Key == text {
			return []roles.Label{l}
		}
		if l.Name == text {
			named = append(named, l)
		}
	}
	return named
}

// readTenants reads a list of tenants: ids, any, and type:… . Whoever has not every tenant, or every tenant of a type, is refused before any other value is
// if he hands it out (wire/README.md, ruling 10).
func readTenants(c *httpapi.Call, form *wire.Form, member string, exist bool) ([]perms.Tenancy, error) {
	sent := form.Strings(member, wire.Optional)
	var (
		list []perms.Tenancy
		ids  []uuid.UUID
	)
	at := map[uuid.UUID]int{} // in the list that was sent
	for i, text := range sent.Value {
		t, ok := parseTenancy(text)
		if !ok {
			form.Fail(fmt.Sprintf("%s[%d]", member, i), wire.CodeFormat, "names no tenant")
			continue
		}
		id, one := t.Tenant()
		if !one && exist && !c.User.Staff() && !slices.Contains(c.User.Tenants, t) {
			return nil, perms.Beyond("")
		}
		if _, again := at[id]; one && !again {
			at[id] = i
			ids = append(ids, id)
		}
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	if !exist || len(ids) == 0 {
		return list, nil
	}
	return list, findTenants(c, form, member, ids, at)
}

// findTenants notes the tenants that the caller may not see.
func findTenants(c *httpapi.Call, form *wire.Form, member string, ids []uuid.UUID, at map[uuid.UUID]int) error {
	named, err := c.Book.Tenants.Named(c.Context(), c.Actor, ids)
	for _, t := range named {
		delete(at, t.ID)
	}
	for _, i := range at {
		form.Fail(fmt.Sprintf("%s[%d]", member, i), wire.CodeUnknown, "names no tenant")
	}
	return err
}

// parseTenancy reads a tenant as a request names it, in either case of a uuid.
func parseTenancy(text string) (perms.Tenancy, bool) {
	t, err := perms.ParseTenancy(text)
	return t, err == nil
}

// namedRole returns the role that the path names by its key or exact name, if the caller passes the route's gate on it.
func namedRole(c *httpapi.Call, needs perms.Permission) (roles.Role, error) {
	named, err := c.Book.Roles.Named(c.Context(), c.Actor, c.Path("locator"), needs)
	switch {
	case err != nil:
		return roles.Role{}, err
	case len(named) == 0:
		return roles.Role{}, roles.ErrNotFound
	case len(named) > 1:
		return roles.Role{}, &wire.ParamError{In: wire.InPath, Name: "locator", Reason: "names several roles"}
	}
	return named[0], nil
}
