package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

func answerRole(c *httpapi.Call, status int, r roles.Role) error {
	c.Header().Set("ETag", etag(r.Version))
	return c.JSON(status, roleOf(r))
}

// roleKey returns a role's key as the domain writes it: that of a custom role is a uuid, which is read in either case.
func roleKey(text string) string {
	if id, ok := wire.UUID(text); ok {
		return id.String()
	}
	return text
}

// namedRole returns the role whose key the path holds, if the caller holds the permission where it counts.
func namedRole(c *httpapi.Call, p perms.Permission) (roles.Role, error) {
	return c.Book.Roles.Find(c.Context(), c.Actor, roles.ByKey(roleKey(c.Path("key"))), p)
}

// listRoles is GET /v1/roles.
func listRoles(c *httpapi.Call) error {
	p, err := readPaging(c.Query, "roles")
	if err := admit(c, err); err != nil {
		return err
	}
	list, err := c.Book.Roles.List(c.Context(), c.Actor, p.after, p.limit+1)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, pageOf(p, list, func(r roles.Role) int64 { return r.Number }, roleOf))
}

// createRole is POST /v1/roles.
func createRole(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := roles.New{
		Name:        form.String("name", wire.Required).Value,
		Description: form.String("description", wire.Optional).Value,
		Permissions: form.Strings("permissions", wire.Required).Value,
		Scope:       readScope(form, perms.Scope{}),
	}
	if err := httpapi.Collect(form, c.Book.Roles.Validate(c.Context(), c.Actor, in), nil); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	r, err := c.Book.Roles.Create(c.Context(), c.Actor, in)
	if err != nil {
		return err
	}
	located(c, r.Key)
	return answerRole(c, http.StatusCreated, r)
}

// readRole is GET /v1/roles/{key}.
func readRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesRead)
	if err != nil {
		return err
	}
	return answerRole(c, http.StatusOK, r)
}

// editRole is PATCH /v1/roles/{key}. The version comes by If-Match, by the member, or by both.
func editRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesUpdate)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	up := roles.Update{
		Name:        form.String("name", wire.Optional).Ptr(),
		Description: form.String("description", wire.Optional).Ptr(),
		Add:         form.Strings("add", wire.Optional).Value,
		Remove:      form.Strings("remove", wire.Optional).Value,
		Version:     expected(c.Request, r.Version),
	}
	if version := form.Int("version", wire.Optional, 1, wire.MaxInteger); version.Set && up.Version != unmatched {
		up.Version = version.Value
	}
	if err := httpapi.Collect(form, c.Book.Roles.ValidateUpdate(c.Context(), c.Actor, r.ID, up), nil); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	if r, err = c.Book.Roles.Update(c.Context(), c.Actor, r.ID, up); err != nil {
		return err
	}
	return answerRole(c, http.StatusOK, r)
}

// deleteRole is DELETE /v1/roles/{key}.
func deleteRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesDelete)
	if err != nil {
		return err
	}
	if err := c.Book.Roles.Delete(c.Context(), c.Actor, r.ID, expected(c.Request, r.Version)); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// listPermissions is GET /v1/permissions.
func listPermissions(c *httpapi.Call) error {
	keys, err := c.Book.Roles.Keys(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	items := make([]wireKey, len(keys))
	for i, k := range keys {
		items[i] = wireKey{k.Permission, k.Description, k.Feature}
	}
	return c.JSON(http.StatusOK, whole[wireKey]{items})
}
