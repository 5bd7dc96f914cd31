package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
)

// signIn is POST /v1/sessions. Whatever is wrong with address and password, the answer is the same.
func signIn(c *httpapi.Call) error {
	if err := c.Book.Sessions.Admit(c.Context(), c.Address()); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	addr, plain := form.String("email", wire.Required), form.String("password", wire.Required)
	if err := form.Err(); err != nil {
		return err
	}
	token, in, err := c.Book.Sessions.SignIn(c.Context(), addr.Value, plain.Value, c.Address())
	if err != nil {
		return err
	}
	n, err := namesFor(c, perms.As(in.User.ID), in.User)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, wireSession{token.Reveal(), wire.FormatTime(in.Session.ExpiresAt), n.user(in.User)})
}

// signOut is DELETE /v1/sessions/current. Under a host's own authenticator there is no session to end.
func signOut(c *httpapi.Call) error {
	if err := c.Book.Sessions.SignOut(c.Context(), c.Principal.Session); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}
