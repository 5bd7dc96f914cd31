package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// change is one edit of a user on its way through the seven steps: apply makes the new user of the old one, judge asks whether the actor may, write
// does it. What judge asks follows from how the two users differ, not from which method was called.
type change struct {
	service *Service
	tx      Store
	a       *perms.Authority
	op      Operation
	up      Update
	cred    *prepared

	old, u   User
	held     map[uuid.UUID]roles.Role // the roles of both
	verb     Verb
	granted  bool             // Update.Grant has added something
	beyond   bool             // the list of tenants names what only those hand out who have it, whether the user has it already or not
	gone     []perms.Override // those bound to tenants that the user has left
	at       []perms.Place    // see places
	conflict error            // of the account's state or version, to be told after every refusal
}

// apply makes the new user, and refuses values that are not acceptable.
func (c *change) apply(ctx context.Context) error {
	all := &perms.InvalidError{}
	if err := c.applyRecord(ctx, all); err != nil {
		return err
	}
	if err := c.applyTenants(ctx, all); err != nil {
		return err
	}
	if err := c.applyRoles(ctx, all); err != nil {
		return err
	}
	if err := c.applyOverrides(ctx, all); err != nil {
		return err
	}
	if err := all.Or(); err != nil {
		return err
	}
	c.applyStatus()
	if c.up.Version != 0 && c.up.Version != c.old.Version {
		c.conflict = ErrStale
	}
	if err := c.leave(ctx); err != nil {
		return err
	}
	return c.grant(ctx)
}

// set writes a value over another if it is given.
func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

func (c *change) applyRecord(ctx context.Context, all *perms.InvalidError) error {
	u, up := &c.u, &c.up
	set(&u.Email, up.Email)
	set(&u.Username, up.Username)
	set(&u.Name, up.Name)
	set(&u.Phone, up.Phone)
	set(&u.External, up.External)
	set(&u.MFA, up.MFA)
	set(&u.MustResetMFA, up.MustResetMFA)
	p := profile{}
	if u.Email != c.old.Email {
		p.email = &u.Email
	}
	if u.Username != c.old.Username {
		p.username = &u.Username
	}
	if p.email != nil && p.username != nil && u.Email == u.Username { // one value, one error
		p.username = nil
	}
	if u.Name != c.old.Name {
		p.name, p.byParts, p.was = &u.Name, up.ByParts, &c.old.Name
	}
	if u.Phone != c.old.Phone {
		p.phone = &u.Phone
	}
	if u.External != c.old.External {
		p.external = &u.External
	}
	follow := p.email != nil && p.username == nil && up.Username != nil && *up.Username == *up.Email
	if err := p.check(all, c.service); err != nil {
		return err
	}
	if follow {
		u.Username = u.Email
	}
	if u.Username == "" {
		all.Add("username", perms.Required, "must not be empty")
	}
	return c.checkPassword(ctx, all)
}

func (c *change) applyTenants(ctx context.Context, all *perms.InvalidError) error {
	if c.up.Tenants == nil {
		return nil
	}
	checkTenancies(all, *c.up.Tenants)
	if _, err := c.service.knownTenants(ctx, c.tx, c.a, c.old.Tenants, *c.up.Tenants, all); err != nil {
		return err
	}
	list := unique(*c.up.Tenants)
	c.beyond = slices.ContainsFunc(list, func(t perms.Tenancy) bool { _, one := t.Tenant(); return !one && !c.a.Reaches(t) })
	unseen := func(t perms.Tenancy) bool { return !c.a.Reaches(t) && slices.Contains(c.old.Tenants, t) }
	list = retained(c.old.Tenants, slices.DeleteFunc(list, unseen), unseen)
	if !slices.Equal(list, c.old.Tenants) {
		c.u.Tenants = list
	}
	return nil
}

// retained returns the list merged into the old one, or the old one without what the list lacks, if that is all that the list changes: who takes one tenant
// from a user does not move those that he does not see.
func retained(old, list []perms.Tenancy, unseen func(perms.Tenancy) bool) []perms.Tenancy {
	rest := slices.DeleteFunc(slices.Clone(old), func(t perms.Tenancy) bool { return !unseen(t) && !slices.Contains(list, t) })
	if slices.Equal(slices.DeleteFunc(slices.Clone(rest), unseen), list) {
		return rest
	}
	return merged(old, list, unseen)
}

func (c *change) applyRoles(ctx context.Context, all *perms.InvalidError) error {
	u := c.u
	if c.up.Roles != nil {
		checkAssignments(all, *c.up.Roles, c.old.Roles, c.service.env)
		u.Roles = slices.Clone(*c.up.Roles)
	}
	held, err := rolesOf(ctx, c.tx, c.old, u)
	if err != nil {
		return err
	}
	c.held = held
	if c.up.Roles == nil {
		return nil
	}
	if err := c.service.knownRoles(ctx, c.tx, c.a, c.old, u, held, all); err != nil {
		return err
	}
	unseen := func(r perms.Assignment) bool {
		return hidden(c.a, r, held) && slices.ContainsFunc(c.old.Roles, r.Equal)
	}
	u.Roles = merged(c.old.Roles, slices.DeleteFunc(u.Roles, unseen), unseen)
	if !slices.EqualFunc(u.Roles, c.old.Roles, perms.Assignment.Equal) {
		c.u.Roles = u.Roles
	}
	return nil
}

func (c *change) applyOverrides(ctx context.Context, all *perms.InvalidError) error {
	var ids []uuid.UUID
	for _, o := range c.up.Set {
		if id, ok := o.Scope.Tenant(); ok {
			ids = append(ids, id)
		}
	}
	types, err := c.tx.TenantTypes(ctx, ids)
	if err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	for _, o := range c.up.Set {
		if c.a.ReachesScope(o.Scope) && slices.ContainsFunc(c.u.Overrides, func(b perms.Override) bool { return sameKey(o)(b) && b.SameRule(o) }) {
			continue // what is there is acceptable, also when its time is over
		}
		if !c.a.Catalog().Has(o.Permission) {
			all.Add("permission", perms.Unknown, "is not in the catalogue")
		}
		checkOverride(all, o, c.service.env)
		if !inScope(c.u, o.Scope, types) || !c.a.ReachesScope(o.Scope) {
			all.Add("tenant", perms.Unknown, "names no tenant of the user")
		}
		c.setOverride(o)
	}
	for i, p := range c.up.Grant {
		if !c.a.Catalog().Has(p) {
			all.Add(fmt.Sprintf("grant[%d]", i), perms.Unknown, "is not in the catalogue")
		}
	}
	for _, o := range c.up.Clear {
		if !c.a.ReachesScope(o.Scope) {
			continue // for the actor there is none
		}
		c.u.Overrides = slices.DeleteFunc(c.u.Overrides, sameKey(o))
	}
	return nil
}

func sameKey(o perms.Override) func(perms.Override) bool {
	return func(b perms.Override) bool { return b.Permission == o.Permission && b.Scope == o.Scope }
}

func (c *change) setOverride(o perms.Override) {
	i := slices.IndexFunc(c.u.Overrides, sameKey(o))
	if i >= 0 && c.u.Overrides[i].SameRule(o) {
		return
	}
	o.SetBy, o.SetAt = c.a.Actor.User(), c.a.Now
	if i >= 0 {
		c.u.Overrides[i] = o
		return
	}
	c.u.Overrides = append(c.u.Overrides, o)
	sortOverrides(c.u.Overrides)
}

func (c *change) applyStatus() {
	c.verb = c.up.Verb
	if c.up.Active != nil && c.verb == 0 {
		c.verb = flag(*c.up.Active, c.old.Status)
	}
	m, ok := c.verb.move()
	if !ok {
		return
	}
	if !slices.Contains(m.from, c.old.Status) {
		c.conflict = ErrStatus
	}
	c.u.Status = m.to
}

// leave drops what was bound to tenants that the user has left: memberships, objects, assignments and overrides there, and roles of theirs.
func (c *change) leave(ctx context.Context) error {
	if slices.Equal(c.u.Tenants, c.old.Tenants) {
		return nil
	}
	types, err := boundTenants(ctx, c.tx, c.old, c.held)
	if err != nil {
		return err
	}
	groups, err := c.tx.GroupsByID(ctx, c.old.Groups)
	if err != nil {
		return fmt.Errorf("read groups: %w", err)
	}
	in := make(map[uuid.UUID]uuid.UUID, len(groups))
	for _, g := range groups {
		in[g.ID] = g.Tenant
	}
	more, err := c.tx.TenantTypes(ctx, groupTenants(groups))
	if err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	for id, typ := range more {
		types[id] = typ
	}
	left := func(s perms.Scope) bool { return inScope(c.old, s, types) && !inScope(c.u, s, types) }
	c.u.Roles = slices.DeleteFunc(c.u.Roles, func(r perms.Assignment) bool { return left(r.Scope) || left(c.held[r.Role].Scope) })
	c.gone = slices.DeleteFunc(slices.Clone(c.old.Overrides), func(o perms.Override) bool { return !left(o.Scope) })
	c.u.Overrides = slices.DeleteFunc(c.u.Overrides, func(o perms.Override) bool { return left(o.Scope) })
	c.u.Objects = slices.DeleteFunc(c.u.Objects, func(o perms.ObjectGrant) bool { return left(perms.In(o.Tenant)) })
	c.u.Groups = slices.DeleteFunc(c.u.Groups, func(g uuid.UUID) bool { return left(perms.In(in[g])) })
	return nil
}

func groupTenants(groups []Group) []uuid.UUID {
	ids := make([]uuid.UUID, len(groups))
	for i, g := range groups {
		ids[i] = g.Tenant
	}
	return ids
}
