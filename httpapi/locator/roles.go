package locator

import (
	"net/http"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// createRole is route 10.
func createRole(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := roles.New{
		Name: form.String("name", wire.Required).Value, Description: form.String("description", wire.Required).Value,
		Permissions: form.Strings("permissions", wire.Optional).Value,
	}
	if err := refused(form, c.Book.Roles.Validate(c.Context(), c.Actor, in), member); err != nil {
		return err
	}
	made, err := c.Book.Roles.Create(c.Context(), c.Actor, in)
	if err != nil {
		return refused(form, err, member)
	}
	return c.JSON(http.StatusOK, toRole(made))
}

// readRole is route 11.
func readRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesRead)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toRole(r))
}

// updateRole is route 12.
func updateRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesUpdate)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	up := readRoleUpdate(form, r)
	if err := refused(form, c.Book.Roles.ValidateUpdate(c.Context(), c.Actor, r.ID, up), member); err != nil {
		return err
	}
	updated, err := c.Book.Roles.Update(c.Context(), c.Actor, r.ID, up)
	if err != nil {
		return refused(form, err, member)
	}
	return c.JSON(http.StatusOK, toRole(updated))
}

// noVersion is one that no role has.
const noVersion = -1

// readRoleUpdate returns what a RoleUpdateRequest changes of a role. What the API shows already is no change.
func readRoleUpdate(form *wire.Form, r roles.Role) roles.Update {
	name, description := form.String("name", wire.Required), form.String("description", wire.Required)
	up := roles.Update{
		Version: form.Int("version", wire.Required, -wire.MaxInteger, wire.MaxInteger).Value,
		Add:     form.Strings("addPermissions", wire.Optional).Value,
		Remove:  form.Strings("removePermissions", wire.Optional).Value,
	}
	if up.Version == 0 { // which the domain takes for any
		up.Version = noVersion
	}
	wasName, wasDescription := shownAs(r)
	if name.Set && strings.TrimSpace(name.Value) != wasName {
		up.Name = &name.Value
	}
	if description.Set && description.Value != wasDescription {
		up.Description = &description.Value
	}
	return up
}

// listRoles is route 13.
func listRoles(c *httpapi.Call) error {
	p, err := readPage(c.Query, maxCount)
	if err != nil {
		return err
	}
	found, err := c.Book.Roles.List(c.Context(), c.Actor, 0, p.offset+p.count+1)
	if err != nil {
		return err
	}
	found, completed := cut(p, found[min(p.offset, len(found)):])
	items := make([]role, len(found))
	for i, r := range found {
		items[i] = toRole(r)
	}
	return answerPage(c, p, items, completed)
}

// deleteRole is route 14.
func deleteRole(c *httpapi.Call) error {
	r, err := namedRole(c, perms.RolesDelete)
	if err != nil {
		return err
	}
	if err := c.Book.Roles.Delete(c.Context(), c.Actor, r.ID, 0); err != nil {
		return err
	}
	return c.Empty(http.StatusOK)
}

// listPermissions is route 15.
func listPermissions(c *httpapi.Call) error {
	keys, err := c.Book.Roles.Keys(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	out := make([]perms.Permission, len(keys))
	for i, k := range keys {
		out[i] = k.Permission
	}
	return c.JSON(http.StatusOK, out)
}
