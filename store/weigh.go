package store

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// spot is a place at which a user may hold something else, before and after: the type of a tenant can be what has changed.
type spot struct {
	scope         perms.Scope
	text          string // of the scope
	before, after perms.Place
}

// weigh adds to the report what a user gains and loses, if he lies in the scope of whoever is told.
func (c *comparison) weigh(p *pair) {
	if !c.reach.ShowsUser(p.before.Tenants) && !c.reach.ShowsUser(p.after.Tenants) {
		return
	}
	spots := c.spots(p)
	for _, k := range c.w.catalog.Keys() {
		if p.whole || c.touched.Has(k.Permission) {
			c.weighOne(p, k.Permission, spots)
		}
	}
}

// weighOne is weigh for one permission.
func (c *comparison) weighOne(p *pair, permission perms.Permission, spots []spot) {
	had, has := c.held(p, permission, spot{before: perms.Platform, after: perms.Platform})
	gains, loses := has && !had, had && !has
	for _, s := range spots {
		h := Holding{p.id, p.number, permission, s.scope}
		if s.scope == perms.Anywhere {
			c.tell(p, h, gains, loses)
			continue
		}
		had, has := c.held(p, permission, s)
		c.tell(p, h, has && !had && !gains, had && !has && !loses)
	}
}

// held reports whether a user effectively holds a permission at a spot, before and after.
func (c *comparison) held(p *pair, permission perms.Permission, s spot) (before, after bool) {
	before = perms.Decide(c.catalog, &p.before, perms.Question{Permission: permission, At: s.before}, c.w.at).Allowed
	after = perms.Decide(c.w.catalog, &p.after, perms.Question{Permission: permission, At: s.after}, c.w.at).Allowed
	return before, after
}

// tell counts what is gained or lost, and lists it for whoever may ask about it.
func (c *comparison) tell(p *pair, h Holding, gained, lost bool) {
	switch {
	case gained:
		c.report.Gained++
		c.report.Gains = c.list(c.report.Gains, p, h)
	case lost:
		c.report.Lost++
		c.report.Loses = c.list(c.report.Loses, p, h)
	}
}

func (c *comparison) list(list []Holding, p *pair, h Holding) []Holding {
	if len(list) == MaxHoldings || !c.named(p, h.Scope) {
		return list
	}
	return append(list, h)
}

// named reports whether whoever is told may ask who holds something in a scope, and whether this user does: himself, or by access.explain.
func (c *comparison) named(p *pair, scope perms.Scope) bool {
	return c.told.Self(p.id) || c.asks.Shows(scope) && (c.asks.ShowsUser(p.before.Tenants) || c.asks.ShowsUser(p.after.Tenants))
}

// spots returns the places to look at, in the order of their texts: the platform, the tenants that are named, and those of a type that the user has as a
// whole. In all other tenants he holds what he holds platform-wide, or nothing.
func (c *comparison) spots(p *pair) []spot {
	spots := []spot{{perms.Anywhere, perms.Anywhere.String(), perms.Platform, perms.Platform}}
	seen := map[uuid.UUID]bool{}
	for _, id := range slices.Concat(p.before.MentionedTenants(), p.after.MentionedTenants(), c.typedTenants(p)) {
		if scope := perms.In(id); !seen[id] && c.reach.Shows(scope) {
			seen[id] = true
			before, after := c.places(p, id)
			spots = append(spots, spot{scope, scope.String(), before, after})
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return strings.Compare(a.text, b.text) })
	return spots
}

// places returns a tenant before and after. In a new one staff do not gain what they hold platform-wide: that is every tenant, also those to come.
func (c *comparison) places(p *pair, id uuid.UUID) (before, after perms.Place) {
	was := c.types[id]
	is, changed := c.w.types[id]
	switch {
	case !changed:
		is = was
	case was == "" && p.before.Staff():
		was = is
	}
	return perms.PlaceOf(id, was), perms.PlaceOf(id, is)
}

// typedTenants returns the tenants of the types that the user has as a whole.
func (c *comparison) typedTenants(p *pair) []uuid.UUID {
	var out []uuid.UUID
	for _, t := range slices.Concat(p.before.Tenants, p.after.Tenants) {
		typ, _ := t.Type() // without one, there are none
		out = append(out, c.typed[typ]...)
	}
	return out
}
