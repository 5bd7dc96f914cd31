package msp

import (
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/users"
)

// answerUsers answers a list of users, with two further reads however long it is.
func answerUsers(c *httpapi.Call, list []users.User) error {
	known, err := readDirectory(c)
	if err != nil {
		return err
	}
	out, err := toUsers(c, known, list...)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

func answerUser(c *httpapi.Call, status int, known directory, u users.User) error {
	out, err := toUsers(c, known, u)
	if err != nil {
		return err
	}
	return c.JSON(status, out[0])
}

func toUsers(c *httpapi.Call, known directory, list ...users.User) ([]user, error) {
	homes, err := readHomes(c, list)
	if err != nil {
		return nil, err
	}
	out, now := make([]user, len(list)), c.Book.Now()
	for i := range list {
		out[i] = toUser(&list[i], known, homes, now)
	}
	return out, nil
}

// answerIssued shows the token, this once.
func answerIssued(c *httpapi.Call, made invites.Issued) error {
	slug := ""
	if tenant, one := made.Tenant.Tenant(); one {
		named, err := c.Book.Tenants.Named(c.Context(), c.Actor, []uuid.UUID{tenant})
		if err != nil {
			return err
		}
		for _, t := range named {
			slug = t.Slug
		}
	}
	token := made.Token.Reveal()
	return c.JSON(http.StatusCreated, issued{
		Token:     token,
		InviteURL: c.InviteURL(slug, token),
		ID:        made.Number,
		ExpiresAt: wire.FormatTime(made.ExpiresAt),
	})
}

func answerPending(c *httpapi.Call, list []invites.Invite) error {
	known, err := readDirectory(c)
	if err != nil {
		return err
	}
	places, makers := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, i := range list {
		if tenant, one := i.Tenant.Tenant(); one {
			places[tenant] = true
		}
		makers[i.CreatedBy] = true
	}
	homes, err := readTenants(c, places)
	if err != nil {
		return err
	}
	numbers, err := c.Book.Users.Numbers(c.Context(), slices.Collect(maps.Keys(makers)))
	if err != nil {
		return err
	}
	out := make([]pendingInvite, len(list))
	for n, i := range list {
		out[n] = toPending(i, known, homes, numbers)
	}
	return c.JSON(http.StatusOK, out)
}

// answerAccepted answers the new user, signed in if the host can do that. The account exists in any case.
func answerAccepted(c *httpapi.Call, made users.User, o invites.Offer) error {
	homes := tenants{}
	if o.Tenant.ID != uuid.Nil {
		homes[o.Tenant.ID] = &o.Tenant.Number
	}
	out := accepted{user: toUser(&made, offered(o), homes, c.Book.Now())}
	token, err := c.Issue(made.ID)
	if err != nil {
		c.Log("new user not signed in", err)
	}
	if token != "" {
		out.AccessToken, out.TokenType = token, "bearer"
	}
	return c.JSON(http.StatusCreated, out)
}
