package teams

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// changePassword is route 7. Nobody changes another one's here, whatever he may do elsewhere.
func (t *teams) changePassword(c *httpapi.Call) error {
	number, err := numberOf(c, "id", "Invalid user ID")
	if err != nil {
		return err
	}
	if number != c.User.Number {
		return perms.Beyond("")
	}
	if err := c.Book.Sessions.Admit(c.Context(), c.Address()); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	current, next := readSecret(form, "current_password"), readSecret(form, "new_password")
	if err := form.Err(); err != nil {
		return err
	}
	if err := c.Book.Users.ChangePassword(c.Context(), c.Actor, current, next, c.Principal.Session); err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, identity{number})
}

// readSecret reads a password, which is not empty.
func readSecret(form *wire.Form, name string) string {
	sent := form.String(name, wire.Required)
	if sent.Value == "" {
		form.Fail(name, wire.CodeRequired, "must not be empty")
	}
	return sent.Value
}

// setAIAccess is route 12.
func (t *teams) setAIAccess(c *httpapi.Call) error {
	u, err := addressedUser(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	granted := form.Bool("ai_access", wire.Required)
	if err := form.Err(); err != nil {
		return err
	}
	u, err = c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(u.ID), func(now users.User) (users.Update, error) {
		return aiOverride(now, granted.Value, c), nil
	})
	if err != nil {
		return err
	}
	held, err := c.Book.Users.Rights(c.Context(), c.Actor, u)
	if err != nil {
		return err
	}
	return t.answer(c, http.StatusOK, aiAccess{UserID: u.Number, AIAccess: held[0].Computed.Has(perms.FeaturesAI)})
}

// aiOverride returns the update by which a user has AI access, or has it not. An override that says so already keeps its window and its reason.
func aiOverride(now users.User, granted bool, c *httpapi.Call) users.Update {
	set := perms.Revoke(perms.FeaturesAI)
	set.Granted = granted
	for _, o := range now.Overrides {
		if o.Permission == set.Permission && o.Scope == set.Scope && o.Granted == granted && o.Open(c.Book.Now()) {
			return users.Update{}
		}
	}
	return users.Update{Set: []perms.Override{set}}
}
