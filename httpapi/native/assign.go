package native

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// readAssignments reads the elements of an array of assignments. A role that the caller does not see is a problem of its element.
func readAssignments(c *httpapi.Call, forms []*wire.Form) ([]perms.Assignment, error) {
	if len(forms) == 0 {
		return nil, nil
	}
	labels, err := c.Book.Roles.Names(c.Context(), c.Actor)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]uuid.UUID, len(labels))
	for _, label := range labels {
		byKey[label.Key] = label.ID
	}
	list := make([]perms.Assignment, len(forms))
	for i, form := range forms {
		if !form.Is(wire.KindObject) {
			list[i] = perms.Assignment{Role: uuid.New(), Scope: perms.Anywhere} // of its own, so that nothing but its type is wrong with it
			continue
		}
		key := form.String("role", wire.Required)
		id, known := byKey[roleKey(key.Value)]
		if !known {
			form.Fail("role", wire.CodeUnknown, "names no role")
		}
		list[i] = perms.Assignment{Role: id, Scope: readScope(form, perms.Anywhere), Window: readWindow(form)}
	}
	return list, nil
}

// readScope reads the member tenant of what counts in one tenant or anywhere.
func readScope(form *wire.Form, absent perms.Scope) perms.Scope {
	sent := form.String("tenant", wire.Optional)
	switch {
	case !sent.Set:
		return absent
	case sent.Value == "any":
		return perms.Anywhere
	}
	id, ok := wire.UUID(sent.Value)
	if !ok {
		form.Fail("tenant", wire.CodeFormat, "must be a tenant's uuid, or any")
		return perms.Anywhere
	}
	return perms.In(id)
}

func readWindow(form *wire.Form) perms.Window {
	return perms.Window{StartsAt: form.Time("starts_at", wire.Optional).Value, ExpiresAt: form.Time("expires_at", wire.Optional).Value}
}

// setRoles is PUT /v1/users/{id}/roles.
func setRoles(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation)
	if err != nil {
		return err
	}
	form, err := wire.ReadArray(c.Request)
	if err != nil {
		return err
	}
	elements, _ := form.Elements()
	list, err := readAssignments(c, elements)
	if err != nil {
		return err
	}
	if form.Err() != nil { // told with all else that is wrong by itself; what only the store knows, the service tells
		unprefixed := func(field string) string { return strings.TrimPrefix(field, "roles") }
		return cmp.Or(httpapi.Collect(form, c.Book.Users.ValidateAssignments(list, u.Roles), unprefixed), form.Err())
	}
	u, err = edit(c, c.Operation, u, func(users.User) users.Update { return users.Update{Roles: &list} })
	if err != nil {
		return topLevel(err)
	}
	return answerAssignments(c, u)
}

// topLevel names the problems of the domain's list of roles as those of a body that is the list itself: "[3].role".
func topLevel(err error) error {
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	out := &perms.InvalidError{}
	for _, f := range invalid.Fields {
		out.Add(strings.TrimPrefix(f.Field, "roles"), f.Code, f.Text)
	}
	return out
}

func answerAssignments(c *httpapi.Call, u users.User) error {
	n, err := namesFor(c, c.Actor, u)
	if err != nil {
		return err
	}
	c.Header().Set("ETag", etag(u.Version))
	return c.JSON(http.StatusOK, wireAssignments{n.assignments(u.Roles), u.Version})
}

// errNoPermission: a path names a key that is not in the catalogue.
var errNoPermission error = fault.New(fault.NotFound, "native: no such permission")

// listOverrides is GET /v1/users/{id}/overrides.
func listOverrides(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation)
	if err != nil {
		return err
	}
	items := []wireOverride{}
	for _, o := range u.Overrides {
		items = append(items, overrideOf(o))
	}
	slices.SortFunc(items, func(a, b wireOverride) int {
		return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Tenant, b.Tenant))
	})
	return c.JSON(http.StatusOK, whole[wireOverride]{items})
}

// overridden returns the user and the permission that the path names.
func overridden(c *httpapi.Call) (users.User, perms.Permission, error) {
	u, err := addressed(c, c.Operation)
	if err != nil {
		return users.User{}, "", err
	}
	p := perms.Permission(c.Path("key"))
	if !c.Book.Catalog().Has(p) {
		return users.User{}, "", errNoPermission
	}
	return u, p, nil
}

// setOverride is PUT /v1/users/{id}/overrides/{key}.
func setOverride(c *httpapi.Call) error {
	u, p, err := overridden(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	o := perms.Override{
		Permission: p, Granted: form.Bool("granted", wire.Required).Value, Scope: readScope(form, perms.Anywhere),
		Reason: form.String("reason", wire.Optional).Value, Window: readWindow(form),
	}
	if form.Err() != nil {
		return cmp.Or(httpapi.Collect(form, c.Book.Users.ValidateOverride(o, u.Overrides), nil), form.Err())
	}
	u, err = edit(c, c.Operation, u, func(users.User) users.Update { return users.Update{Set: []perms.Override{o}} })
	if err != nil {
		return err
	}
	i := slices.IndexFunc(u.Overrides, func(b perms.Override) bool { return b.Permission == p && b.Scope == o.Scope })
	if i < 0 {
		return fmt.Errorf("native: override of %s is not there", p)
	}
	return c.JSON(http.StatusOK, overrideOf(u.Overrides[i]))
}

// clearOverride is DELETE /v1/users/{id}/overrides/{key}.
func clearOverride(c *httpapi.Call) error {
	scope, err := readTenantScope(c.Query, "tenant")
	if err != nil {
		return err
	}
	if scope == (perms.Scope{}) {
		scope = perms.Anywhere
	}
	u, p, err := overridden(c)
	if err != nil {
		return err
	}
	_, err = edit(c, c.Operation, u, func(users.User) users.Update {
		return users.Update{Clear: []perms.Override{{Permission: p, Scope: scope}}}
	})
	if err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}
