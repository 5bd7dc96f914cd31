package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// join is POST /v1/links/join. Whoever joins sees himself as he is, which is all that he may see yet.
func join(c *httpapi.Call) error {
	if err := c.Book.Sessions.Admit(c.Context(), c.Address()); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := invites.Joining{
		Token:    form.String("token", wire.Required).Value,
		Email:    form.String("email", wire.Required).Value,
		Name:     form.String("name", wire.Required).Value,
		Password: form.String("password", wire.Required).Value,
	}
	if err := form.Err(); err != nil {
		return err
	}
	var joined users.User
	err = c.Attempt(in.Token, func() (err error) {
		joined, _, err = c.Book.Invites.Join(c.Context(), c.Actor, in)
		return err
	})
	if err != nil {
		return err
	}
	n, err := namesFor(c, perms.System("join"), joined)
	if err != nil {
		return err
	}
	c.Header().Set("ETag", etag(joined.Version))
	return c.JSON(http.StatusCreated, n.user(joined))
}
