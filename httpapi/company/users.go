package company

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// createUser is route 1.
func createUser(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	body, err := readBody(c, wire.Required)
	if err != nil {
		return err
	}
	in, err := body.draft()
	if err != nil {
		return err
	}
	made, rights, err := c.Book.Users.CreateRights(c.Context(), c.Actor, in)
	if err != nil {
		return body.refused(err)
	}
	return answerUser(c, http.StatusCreated, made, rights)
}

// listGroups is route 2.
func listGroups(c *httpapi.Call) error {
	list, err := c.Book.Roles.List(c.Context(), c.Actor, 0, 0)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toGroups(list, c.Book.Catalog()))
}

// updateUser is route 3.
func (o *Options) updateUser(c *httpapi.Call) error {
	id, err := c.UUID("user_uuid")
	if err != nil {
		return err
	}
	now, err := c.Book.Users.Find(c.Context(), c.Actor, c.Operation, users.ByID(id))
	if err != nil {
		return err
	}
	body, err := readBody(c, o.credentials())
	if err != nil {
		return err
	}
	if _, err := body.changes(now); err != nil {
		return err
	}
	updated, rights, err := c.Book.Users.EditRights(c.Context(), c.Actor, c.Operation, users.ByID(id), body.changes)
	if err != nil {
		return body.refused(err)
	}
	return answerUser(c, http.StatusOK, updated, rights)
}

// answerUser answers with a user as the caller may see him. Who has no home belongs to the default tenant, as far as this API shows.
func answerUser(c *httpapi.Call, status int, u users.User, rights users.Rights) error {
	home, ok := u.Home()
	if !ok {
		t, err := c.Book.Tenants.Default(c.Context())
		if err != nil {
			return err
		}
		home = t.ID
	}
	return c.JSON(status, toUser(u, home, rights, c.Book.Catalog()))
}
