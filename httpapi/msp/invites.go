package msp

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// createInvite is route 9.
func createInvite(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	body, err := readInvite(c)
	if err != nil {
		return err
	}
	in, err := body.draft()
	if err != nil {
		return err
	}
	made, err := c.Book.Invites.Create(c.Context(), c.Actor, in)
	if err != nil {
		return refused(body.form, err)
	}
	return answerIssued(c, made)
}

// inviteBody is the body of route 9.
type inviteBody struct {
	call *httpapi.Call
	form *wire.Form

	email, name wire.Opt[string]
	place
	hours wire.Opt[int64]
}

func readInvite(c *httpapi.Call) (*inviteBody, error) {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return nil, err
	}
	b := &inviteBody{call: c, form: form}
	b.email = form.String("email", wire.Required)
	b.name = form.String("name", wire.Optional)
	b.read(form, wire.Required)
	b.hours = form.Int("expires_hours", wire.Optional, int64(invites.MinLifetime/time.Hour), int64(invites.MaxLifetime/time.Hour))
	return b, b.find(c, form)
}

// draft returns the invite to be made, or all that is wrong with it. Without a tenant it is one for staff.
func (b *inviteBody) draft() (invites.New, error) {
	in := invites.New{Email: b.email.Value, Name: b.name.Value, Tenant: perms.EveryTenant, Lifetime: time.Duration(b.hours.Value) * time.Hour}
	if b.tenant != uuid.Nil {
		in.Tenant = perms.TenantOf(b.tenant)
	}
	if b.role != nil {
		in.Role = b.role.Key
		if !fits(b.role, b.tenant == uuid.Nil, b.tenant) {
			unfit(b.form)
		}
	}
	return in, refused(b.form, b.call.Book.Invites.Validate(in))
}

// listInvites is route 10.
func listInvites(c *httpapi.Call) error {
	pending, err := c.Book.Invites.Pending(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return answerPending(c, pending)
}

// validateInvite is route 11.
func validateInvite(c *httpapi.Call) error {
	var offer invites.Offer
	token := c.Path("token")
	err := c.Attempt(token, func() (err error) {
		offer, err = c.Book.Invites.Check(c.Context(), token)
		return err
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toOffer(offer))
}

// acceptInvite is route 12. Nothing but name and password comes from the body.
func acceptInvite(c *httpapi.Call) error {
	if err := c.Book.Sessions.Admit(c.Context(), c.Address()); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := invites.Acceptance{
		Token:    form.String("token", wire.Required).Value,
		Name:     form.String("name", wire.Required).Value,
		Password: form.String("password", wire.Required).Value,
	}
	if err := form.Err(); err != nil {
		return err
	}
	var (
		made  users.User
		offer invites.Offer
	)
	err = c.Attempt(in.Token, func() (err error) {
		made, offer, err = c.Book.Invites.Accept(c.Context(), c.Actor, in)
		return err
	})
	if err != nil {
		return refused(form, err)
	}
	return answerAccepted(c, made, offer)
}

// revokeInvite is route 13.
func revokeInvite(c *httpapi.Call) error {
	number, err := c.Number("id")
	if err != nil {
		return err
	}
	if err := c.Book.Invites.Revoke(c.Context(), c.Actor, number); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}
