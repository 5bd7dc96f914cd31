package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// createUser is POST /v1/users.
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
	u, err := c.Book.Users.Create(c.Context(), c.Actor, in)
	if err != nil {
		return err
	}
	located(c, u.ID.String())
	return answerUser(c, http.StatusCreated, u)
}

// readNewUser reads the body of createUser.
func readNewUser(c *httpapi.Call, form *wire.Form) (users.New, error) {
	form.String("email", wire.Required)
	s := readRecord(form)
	password, status := form.String("password", wire.Optional), form.String("status", wire.Optional)
	in := users.New{
		Email: s.email.Value, Username: s.username.Value, Name: s.full.Value, Given: s.given.Value, Family: s.family.Value,
		Password: password.Value, Phone: s.phone.Value, External: s.external.Value, Tenants: s.tenants.Value,
	}
	if !s.full.Set && !s.given.Set {
		form.Fail("name", wire.CodeRequired, "is required, or first_name")
	}
	refuseEmpty(form, "password", password)
	if status.Set {
		in.Status, _ = perms.ParseStatus(status.Value)
		if in.Status != perms.Active && in.Status != perms.Pending {
			form.Fail("status", wire.CodeUnknown, "must be active or pending")
			in.Status = perms.Active
		}
	}
	var err error
	if in.Assigned, err = readAssignments(c, form.Objects("roles", wire.Optional).Value); err != nil {
		return users.New{}, err
	}
	if err := httpapi.Collect(form, c.Book.Users.Validate(in), s.named); err != nil {
		return users.New{}, err
	}
	return in, form.Err()
}

// addressed returns the user whom the path names, if the caller passes the gate on him.
func addressed(c *httpapi.Call, op users.Operation) (users.User, error) {
	id, err := c.UUID("id")
	if err != nil {
		return users.User{}, err
	}
	return c.Book.Users.Find(c.Context(), c.Actor, op, users.ByID(id))
}

// edit changes the user whom the path names, if he has the version that the request expects.
func edit(c *httpapi.Call, op users.Operation, u users.User, change func(now users.User) users.Update) (users.User, error) {
	return c.Book.Users.Edit(c.Context(), c.Actor, op, users.ByID(u.ID), func(now users.User) (users.Update, error) {
		up := change(now)
		up.Version = expected(c.Request, now.Version)
		return up, nil
	})
}

// editUser is PATCH /v1/users/{id}.
func editUser(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	record := readRecord(form)
	if err := record.check(c, form, u); err != nil {
		return err
	}
	if u, err = edit(c, c.Operation, u, record.update); err != nil {
		return err
	}
	return answerUser(c, http.StatusOK, u)
}

// deleteUser is DELETE /v1/users/{id}. One who is deleted already is in the wrong state, not missing.
func deleteUser(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation.OrDeleted())
	if err != nil {
		return err
	}
	_, err = edit(c, c.Operation.OrDeleted(), u, func(users.User) users.Update { return users.Update{Verb: users.Delete} })
	if err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// move returns the handler of a route that takes an account from one state to another, with a reason for the journal.
func move(verb users.Verb) httpapi.Handler {
	return func(c *httpapi.Call) error {
		u, err := addressed(c, c.Operation.OrDeleted())
		if err != nil {
			return err
		}
		form, err := wire.ReadOptional(c.Request)
		if err != nil {
			return err
		}
		reason := form.String("reason", wire.Optional).Value
		if err := httpapi.Collect(form, perms.CheckText("reason", reason, 0, perms.MaxReason), nil); err != nil {
			return err
		}
		if err := form.Err(); err != nil {
			return err
		}
		c.Actor = c.Actor.Because(reason)
		u, err = edit(c, c.Operation.OrDeleted(), u, func(users.User) users.Update { return users.Update{Verb: verb} })
		if err != nil {
			return err
		}
		return answerUser(c, http.StatusOK, u)
	}
}

// setPassword is PUT /v1/users/{id}/password.
func setPassword(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	plain, temporary := form.String("password", wire.Required), form.Bool("temporary", wire.Optional)
	if err := form.Err(); err != nil {
		return err
	}
	_, err = edit(c, c.Operation, u, func(users.User) users.Update {
		return users.Update{Password: &plain.Value, Temporary: temporary.Value, KeepSession: c.Principal.Session}
	})
	if err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// purgeUser is POST /v1/users/{id}/purge.
func purgeUser(c *httpapi.Call) error {
	u, err := addressed(c, c.Operation.OrDeleted())
	if err != nil {
		return err
	}
	t, err := c.Book.Users.Purge(c.Context(), c.Actor, users.ByID(u.ID), true, expected(c.Request, u.Version))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, wireTombstone{t.ID, t.Number, t.Name, wire.FormatTime(t.PurgedAt)})
}
