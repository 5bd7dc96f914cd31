package teams

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// listUsers is route 1.
func (t *teams) listUsers(c *httpapi.Call) error {
	list, err := c.Book.Users.ListAs(c.Context(), c.Actor, c.Operation, users.Filter{})
	if err != nil {
		return err
	}
	return t.answerUsers(c, http.StatusOK, list)
}

// getUser is route 2.
func (t *teams) getUser(c *httpapi.Call) error {
	ref, err := userRef(c, "id")
	if err != nil {
		return err
	}
	u, err := c.Book.Users.Find(c.Context(), c.Actor, c.Operation.OrDeleted(), ref)
	if err != nil {
		return err
	}
	return t.answerUser(c, http.StatusOK, u)
}

// createUser is route 3.
func (t *teams) createUser(c *httpapi.Call) error {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := users.New{
		Email:    form.String("user_email", wire.Required).Value,
		Name:     form.String("user_name", wire.Required).Value,
		Password: form.String("user_password", wire.Required).Value,
	}
	if in.Password == "" { // which the domain takes for none
		form.Fail("user_password", wire.CodeRequired, "must not be empty")
	}
	in.Roles, in.Choice = t.newRoles(form)
	if err := refused(form, c.Book.Users.Validate(in), userMember); err != nil {
		return err
	}
	u, err := c.Book.Users.Create(c.Context(), c.Actor, in)
	if err != nil {
		return refused(form, err, userMember)
	}
	return t.answerUser(c, http.StatusCreated, u)
}

// newRoles reads the type of a user to be created: the roles that it gives, and who has chosen them.
func (t *teams) newRoles(form *wire.Form) ([]string, users.Choice) {
	number := form.Int("user_type", wire.Optional, makesAdmin, int64(client))
	typ, ok := made(number.Or(makesMember))
	if !ok {
		form.Fail("user_type", wire.CodeUnknown, "must be 1, 2, 3 or 6")
	}
	if !number.Set {
		return t.types.gives(typ), users.ByHost
	}
	return t.types.gives(typ), users.ByActor
}

// deleteUser is route 5.
func (t *teams) deleteUser(c *httpapi.Call) error {
	if _, err := t.do(c, c.Operation, users.Delete); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// move is routes 8, 10 and 11: the body is not read.
func (t *teams) move(v users.Verb) httpapi.Handler {
	return func(c *httpapi.Call) error {
		u, err := t.do(c, c.Operation.OrDeleted(), v)
		if err != nil {
			return err
		}
		return t.answerUser(c, http.StatusOK, u)
	}
}

// rejectUser is route 9.
func (t *teams) rejectUser(c *httpapi.Call) error {
	ref, err := userRef(c, "id")
	if err != nil {
		return err
	}
	if _, err := c.Book.Users.Find(c.Context(), c.Actor, c.Operation.OrDeleted(), ref); err != nil {
		return err
	}
	form, err := wire.ReadOptional(c.Request)
	if err != nil {
		return err
	}
	reason := form.String("reason", wire.Optional).Value
	if err := form.Err(); err != nil {
		return err
	}
	c.Actor = c.Actor.Because(reason)
	return t.move(users.Reject)(c)
}

// do takes the user whom the path names from one state to another.
func (t *teams) do(c *httpapi.Call, op users.Operation, v users.Verb) (users.User, error) {
	ref, err := userRef(c, "id")
	if err != nil {
		return users.User{}, err
	}
	u, err := c.Book.Users.Edit(c.Context(), c.Actor, op, ref, func(users.User) (users.Update, error) { return users.Update{Verb: v}, nil })
	return u, stateError(v, err)
}

// stateError words the refusal of a verb by the state of the account. Who asks is active, so that is the state of oneself.
func stateError(v users.Verb, err error) error {
	if err == nil {
		return nil
	}
	kind := httpapi.FailureOf(err).Kind
	switch {
	case kind != httpapi.SelfStatus && kind != httpapi.Conflict:
		return err
	case kind == httpapi.SelfStatus && v == users.Delete:
		return &refusal{"You cannot delete yourself", err}
	case kind == httpapi.SelfStatus && v == users.Suspend:
		return &refusal{"You cannot suspend yourself", err}
	case v == users.Suspend:
		return &refusal{"User is not active", err}
	case v == users.Reactivate:
		return &refusal{"User is not suspended", err}
	}
	return &refusal{"User is not pending approval", err}
}
