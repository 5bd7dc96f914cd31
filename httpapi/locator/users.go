package locator

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// reading is what it takes to be shown a user with his rights.
var reading = users.Needs(perms.UsersRead).OrSelf()

// createUser is route 1.
func createUser(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in, err := readNewUser(c, form)
	if err != nil {
		return err
	}
	made, rights, err := c.Book.Users.CreateRights(c.Context(), c.Actor, in)
	if err != nil {
		return refused(form, err, member)
	}
	return c.JSON(http.StatusOK, toUser(made, rights))
}

// whoami is route 2.
func whoami(c *httpapi.Call) error {
	return answerFound(c, reading, users.ByID(c.User.ID))
}

// findUser is route 3. Nobody, and nobody whom the caller may see, is an empty list.
func findUser(c *httpapi.Call) error {
	name := c.Path("username")
	u, err := c.Book.Users.Lookup(c.Context(), c.Actor, c.Operation, name)
	if errors.Is(err, users.ErrNotFound) || err == nil && users.Canonical(u.Username) != users.Canonical(name) {
		return c.JSON(http.StatusOK, []user{})
	}
	if err != nil {
		return err
	}
	rights, err := c.Book.Users.Rights(c.Context(), c.Actor, u)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, []user{toUser(u, rights[0])})
}

// readUser is route 4.
func readUser(c *httpapi.Call) error {
	id, err := c.UUID("locator")
	if err != nil {
		return err
	}
	return answerFound(c, c.Operation, users.ByID(id))
}

// listUsers is route 5. Of users whom the caller may list and not read he gets the members without which there is no user.
func listUsers(c *httpapi.Call) error {
	p, err := readPage(c.Query, maxCount)
	if err != nil {
		return err
	}
	found, completed, err := pageOfUsers(c, p)
	if err != nil {
		return err
	}
	readable, err := c.Book.Users.Admitted(c.Context(), c.Actor, reading, found...)
	if err != nil {
		return err
	}
	rights, err := c.Book.Users.Rights(c.Context(), c.Actor, found...)
	if err != nil {
		return err
	}
	items := make([]user, len(found))
	for i, u := range found {
		items[i] = toListed(u)
		if readable[i] {
			items[i] = toUser(u, rights[i])
		}
	}
	return answerPage(c, p, items, completed)
}

// listBasicUsers is route 6.
func listBasicUsers(c *httpapi.Call) error {
	p, err := readPage(c.Query, maxBasicCount)
	if err != nil {
		return err
	}
	found, completed, err := pageOfUsers(c, p)
	if err != nil {
		return err
	}
	items := make([]basicUser, len(found))
	for i, u := range found {
		items[i] = toBasicUser(u)
	}
	return answerPage(c, p, items, completed)
}

func pageOfUsers(c *httpapi.Call, p page) (found []users.User, completed bool, err error) {
	found, err = c.Book.Users.ListAs(c.Context(), c.Actor, c.Operation, users.Filter{Offset: p.offset, Limit: p.count + 1})
	found, completed = cut(p, found)
	return found, completed, err
}

// updateUser is route 7.
func updateUser(c *httpapi.Call) error {
	now, err := addressed(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	body, err := readUpdate(c, form)
	if err != nil {
		return err
	}
	return edit(c, form, now, member, body.changes)
}

// resetPassword is route 8. Whose password somebody else has set must set another one.
func resetPassword(c *httpapi.Call) error {
	now, err := addressed(c)
	if err != nil {
		return err
	}
	plain, err := wire.ReadString(c.Request)
	if err != nil {
		return err
	}
	up := users.Update{Password: &plain, Temporary: true, KeepSession: c.Principal.Session}
	_, err = c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(now.ID), func(users.User) (users.Update, error) { return up, nil })
	if err != nil {
		return err
	}
	return c.Empty(http.StatusOK)
}

// deleteUser is route 9.
func deleteUser(c *httpapi.Call) error {
	id, err := c.UUID("locator")
	if err != nil {
		return err
	}
	up := users.Update{Verb: users.Delete}
	_, err = c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(id), func(users.User) (users.Update, error) { return up, nil })
	if err != nil {
		return err
	}
	return c.Empty(http.StatusOK)
}

// readPermissions is route 16.
func readPermissions(c *httpapi.Call) error {
	id, err := c.UUID("locator")
	if err != nil {
		return err
	}
	held, err := c.Book.Users.Permissions(c.Context(), c.Actor, c.Operation, users.ByID(id), perms.Scope{})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, held.Computed.Strings())
}

// addressed returns the user whom the path names, if the caller passes the gate on him.
func addressed(c *httpapi.Call) (users.User, error) {
	id, err := c.UUID("locator")
	if err != nil {
		return users.User{}, err
	}
	return c.Book.Users.Find(c.Context(), c.Actor, c.Operation, users.ByID(id))
}

// answerFound answers with a user, to whoever is admitted to an operation on him.
func answerFound(c *httpapi.Call, op users.Operation, ref users.Ref) error {
	u, err := c.Book.Users.Find(c.Context(), c.Actor, op, ref)
	if err != nil {
		return err
	}
	return answerUser(c, u)
}

// answerUser answers with a user as the caller may see him.
func answerUser(c *httpapi.Call, u users.User) error {
	rights, err := c.Book.Users.Rights(c.Context(), c.Actor, u)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toUser(u, rights[0]))
}

// edit makes the changes that a body asks for, once it is clear that there is nothing wrong with its values, and answers with the user. What is found
// wrong after all stands under the names that rename gives.
func edit(c *httpapi.Call, form *wire.Form, now users.User, rename func(string) string, changes func(users.User) (users.Update, error)) error {
	if _, err := changes(now); err != nil {
		return err
	}
	updated, rights, err := c.Book.Users.EditRights(c.Context(), c.Actor, c.Operation, users.ByID(now.ID), changes)
	if err != nil {
		return refused(form, err, rename)
	}
	return c.JSON(http.StatusOK, toUser(updated, rights))
}
