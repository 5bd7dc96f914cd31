package native

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// asHimself admits the caller to what he may do with his own account, and to nobody else's.
var asHimself = users.Needs().OrSelf()

// readMe is GET /v1/me.
func readMe(c *httpapi.Call) error {
	scope, err := readTenantScope(c.Query, "tenant")
	if err != nil {
		return err
	}
	me := users.ByID(c.User.ID)
	u, err := c.Book.Users.Find(c.Context(), c.Actor, asHimself, me)
	if err != nil {
		return err
	}
	held, err := c.Book.Users.Permissions(c.Context(), c.Actor, asHimself, me, scope)
	if err != nil {
		return err
	}
	mine, err := tenantsOf(c, u)
	if err != nil {
		return err
	}
	n, err := namesFor(c, c.Actor, u)
	if err != nil {
		return err
	}
	c.Header().Set("ETag", etag(u.Version))
	return c.JSON(http.StatusOK, wireMe{n.user(u), held.Effective.Strings(), mine, wire.FormatTimeOrNull(c.Principal.ExpiresAt)})
}

// tenantsOf returns the tenants that the caller's list names one by one.
func tenantsOf(c *httpapi.Call, u users.User) ([]wireTenantName, error) {
	var ids []uuid.UUID
	for _, t := range u.Tenants {
		if id, ok := t.Tenant(); ok {
			ids = append(ids, id)
		}
	}
	list, err := c.Book.Tenants.Named(c.Context(), c.Actor, ids)
	out := make([]wireTenantName, len(list))
	for i, t := range list {
		out[i] = wireTenantName{t.ID, t.Number, t.Slug, t.Name, string(t.Type)}
	}
	return out, err
}

// editMe is PATCH /v1/me.
func editMe(c *httpapi.Call) error {
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	record := sentRecord{sentNames: readNames(form), phone: form.String("phone", wire.Optional)}
	if err := record.check(c, form, c.User); err != nil {
		return err
	}
	u, err := c.Book.Users.Edit(c.Context(), c.Actor, asHimself, users.ByID(c.User.ID), func(now users.User) (users.Update, error) {
		up := record.update(now)
		up.Version = expected(c.Request, now.Version)
		return up, nil
	})
	if err != nil {
		return err
	}
	return answerUser(c, http.StatusOK, u)
}

// changePassword is PUT /v1/me/password.
func changePassword(c *httpapi.Call) error {
	if err := c.Book.Sessions.Admit(c.Context(), c.Address()); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	current, next := form.String("current_password", wire.Required), form.String("new_password", wire.Required)
	if err := form.Err(); err != nil {
		return err
	}
	if err := c.Book.Users.ChangePassword(c.Context(), c.Actor, current.Value, next.Value, c.Principal.Session); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}
