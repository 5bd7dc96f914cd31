package locator

import (
	"fmt"
	"slices"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/users"
)

// delta is what is added to a list and what is removed from it.
type delta[T comparable] struct{ add, remove []T }

// readDelta reads the two lists of a delta, which must not overlap.
func readDelta[T comparable](c *httpapi.Call, form *wire.Form, of string, read func(*httpapi.Call, *wire.Form, string, bool) ([]T, error)) (delta[T], error) {
	add, err := read(c, form, "add"+of, mustExist)
	if err != nil {
		return delta[T]{}, err
	}
	remove, err := read(c, form, "remove"+of, mayLack)
	if err != nil {
		return delta[T]{}, err
	}
	for _, v := range remove {
		if slices.Contains(add, v) {
			form.Fail("remove"+of, wire.CodeDuplicate, fmt.Sprintf("has an element of add%s, too", of))
		}
	}
	return delta[T]{add, remove}, form.Err()
}

// to returns the list without what is removed, and what is added behind it. What is there already stays where it is.
func (d delta[T]) to(list []T) []T {
	out := []T{}
	for _, v := range list {
		if !slices.Contains(d.remove, v) {
			out = append(out, v)
		}
	}
	for _, v := range d.add {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// updateRoles is route 17.
func updateRoles(c *httpapi.Call) error {
	now, err := addressed(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	d, err := readDelta(c, form, "Roles", readRoles)
	if err != nil {
		return err
	}
	return edit(c, form, now, added, func(now users.User) (up users.Update, _ error) {
		at := c.Book.Now()
		setRoles(&up, now, users.Reassigned(now.Roles, d.to(now.RolesAt(at)), at))
		return up, nil
	})
}

// updateTenants is route 18.
func updateTenants(c *httpapi.Call) error {
	now, err := addressed(c)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	d, err := readDelta(c, form, "Tenants", readTenants)
	if err != nil {
		return err
	}
	return edit(c, form, now, added, func(now users.User) (up users.Update, _ error) {
		setTenants(&up, now, d.to(now.Tenants))
		return up, nil
	})
}

// added returns the member of a delta that has to do with a field of the domain's.
func added(field string) string {
	switch member(field) {
	case "roles":
		return "addRoles"
	case "tenants":
		return "addTenants"
	}
	return field
}
