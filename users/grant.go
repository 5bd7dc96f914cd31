package users

import (
	"context"
	"slices"

	"github.com/seed-06a6a295/rolebook/perms"
)

// grant makes the overrides that [Update.Grant] asks for.
func (c *change) grant(ctx context.Context) error {
	if len(c.up.Grant) == 0 {
		return nil
	}
	both := []User{c.old, c.u}
	places, err := viewPlaces(ctx, c.tx, c.a, both)
	if err != nil {
		return err
	}
	var held perms.Set
	for i, u := range both {
		subject := u.Subject(c.held)
		computed, _ := perms.Resolve(c.a.Catalog(), &subject, places[i], c.a.Now)
		held = held.Union(computed)
	}
	for _, p := range c.up.Grant {
		if !held.Has(p) && !c.revoked(p, places) {
			c.setOverride(perms.Grant(p))
			c.granted = true
		}
	}
	return nil
}

// revoked reports whether an unexpired revoke takes p from the user at any of the places.
func (c *change) revoked(p perms.Permission, places []perms.Place) bool {
	return slices.ContainsFunc(c.old.Overrides, func(o perms.Override) bool {
		there := o.Scope == perms.Anywhere || slices.ContainsFunc(places, func(at perms.Place) bool { return at.Scope() == o.Scope })
		return !o.Granted && o.Permission == p && there && !o.Expired(c.a.Now)
	})
}
