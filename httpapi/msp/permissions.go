package msp

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// errNoPermission: a key in the path is not in the catalogue.
var errNoPermission error = fault.New(fault.NotFound, "msp: no such permission")

// listRoles is route 5.
func listRoles(c *httpapi.Call) error {
	known, err := readDirectory(c)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toRoles(known))
}

// getPermissions is route 6.
func getPermissions(c *httpapi.Call) error {
	number, err := c.Number("id")
	if err != nil {
		return err
	}
	return answerPermissions(c, users.ByNumber(number))
}

// setOverride is route 7.
func setOverride(c *httpapi.Call) error {
	user, err := addressed(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	o, err := readOverride(c, form)
	if err != nil {
		return err
	}
	set := func(now users.User) (users.Update, error) {
		if old, ok := present(now, o.Permission, c); ok && old.Granted == o.Granted {
			return users.Update{}, nil // its window and reason stay
		}
		return users.Update{Set: []perms.Override{o}}, nil
	}
	return edit(c, form, user.ID, set)
}

// readOverride reads the body of route 7.
func readOverride(c *httpapi.Call, form *wire.Form) (perms.Override, error) {
	key := form.String("permission_key", wire.Required)
	granted := form.Bool("granted", wire.Required)
	o := perms.Revoke(perms.Permission(key.Value))
	o.Granted = granted.Value
	if key.Set && !c.Book.Catalog().Has(o.Permission) {
		form.Fail("permission_key", wire.CodeUnknown, "is not in the catalogue")
	}
	return o, form.Err()
}

// clearOverride is route 8.
func clearOverride(c *httpapi.Call) error {
	user, err := addressed(c)
	if err != nil {
		return err
	}
	key := perms.Permission(c.Path("permission_key"))
	if !c.Book.Catalog().Has(key) {
		return errNoPermission
	}
	clear := func(now users.User) (users.Update, error) {
		old, ok := present(now, key, c)
		if !ok {
			return users.Update{}, nil
		}
		return users.Update{Clear: []perms.Override{old}}, nil
	}
	return edit(c, wire.NewForm(wire.Value{}), user.ID, clear)
}

// present returns the user's override of a key that this API shows: the one that counts anywhere and is in force.
func present(u users.User, key perms.Permission, c *httpapi.Call) (perms.Override, bool) {
	for _, o := range u.Overrides {
		if o.Permission == key && o.Scope == perms.Anywhere && o.Open(c.Book.Now()) {
			return o, true
		}
	}
	return perms.Override{}, false
}

// edit changes a user's overrides, and answers what he holds now.
func edit(c *httpapi.Call, form *wire.Form, user uuid.UUID, change func(users.User) (users.Update, error)) error {
	if _, err := c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(user), change); err != nil {
		return refused(form, err)
	}
	return answerPermissions(c, users.ByID(user))
}

func answerPermissions(c *httpapi.Call, ref users.Ref) error {
	held, err := c.Book.Users.Permissions(c.Context(), c.Actor, c.Operation, ref, perms.Scope{})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toPermissions(held))
}
