package msp

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/users"
)

// listUsers is route 1.
func listUsers(c *httpapi.Call) error {
	filter, err := tenantFilter(c)
	if err != nil {
		return err
	}
	list, err := c.Book.Users.ListAs(c.Context(), c.Actor, c.Operation, filter)
	if err != nil {
		return err
	}
	return answerUsers(c, list)
}

// nobodysTenant is the home of no user: of a tenant that does not exist, the list is empty.
var nobodysTenant = uuid.Max

// tenantFilter reads the query. Who is not staff is shown his current tenant, whatever he asks for.
func tenantFilter(c *httpapi.Call) (users.Filter, error) {
	number := c.Query.Number("tenant_id")
	if err := c.Query.Err(); err != nil {
		return users.Filter{}, err
	}
	if !number.Set || !c.User.Staff() {
		return users.Filter{}, nil
	}
	t, err := c.Book.Tenants.ByNumber(c.Context(), c.Actor, number.Value)
	if errors.Is(err, users.ErrTenantNotFound) {
		return users.Filter{Home: nobodysTenant}, nil
	}
	return users.Filter{Home: t.ID}, err
}

// createUser is route 2.
func createUser(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	body, err := readNewUser(c)
	if err != nil {
		return err
	}
	in, err := body.draft()
	if err != nil {
		return err
	}
	made, err := c.Book.Users.Create(c.Context(), c.Actor, in)
	if err != nil {
		return refused(body.form, err)
	}
	return answerUser(c, http.StatusCreated, body.known, made)
}

// updateUser is route 3.
func updateUser(c *httpapi.Call) error {
	now, err := addressed(c)
	if err != nil {
		return err
	}
	body, err := readUser(c)
	if err != nil {
		return err
	}
	if _, err := body.changes(now); err != nil {
		return err
	}
	updated, err := c.Book.Users.Edit(c.Context(), c.Actor, c.Operation, users.ByID(now.ID), body.changes)
	if err != nil {
		return refused(body.form, err)
	}
	return answerUser(c, http.StatusOK, body.known, updated)
}

// deleteUser is route 4.
func deleteUser(c *httpapi.Call) error {
	number, err := c.Number("id")
	if err != nil {
		return err
	}
	if _, err := c.Book.Users.Purge(c.Context(), c.Actor, users.ByNumber(number), false, 0); err != nil {
		return err
	}
	return c.Empty(http.StatusNoContent)
}

// addressed returns the user whom the path names, if the caller passes the gate on him.
func addressed(c *httpapi.Call) (users.User, error) {
	number, err := c.Number("id")
	if err != nil {
		return users.User{}, err
	}
	return c.Book.Users.Find(c.Context(), c.Actor, c.Operation, users.ByNumber(number))
}
