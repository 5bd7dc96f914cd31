package msp

import (
	"errors"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// place is what role_id and tenant_id of a body say: a role, and where it is to count.
type place struct {
	roleID   wire.Opt[int64]
	tenantID wire.Opt[int64]

	known  directory
	role   *label    // nil if none, or none that the caller may see
	tenant uuid.UUID // uuid.Nil for none
}

// read reads the two members. What is no tenant's number is read too: a client who sends it names another tenant than his.
func (p *place) read(form *wire.Form, role wire.Rule) {
	p.roleID = form.Number("role_id", role)
	p.tenantID = form.Int("tenant_id", wire.Nullable, -wire.MaxInteger, wire.MaxInteger)
}

// find looks up what the numbers name. A client who names another tenant than his current one is refused before any value is
// (wire/README.md, ruling 10).
func (p *place) find(c *httpapi.Call, form *wire.Form) error {
	if err := p.findTenant(c, form); err != nil {
		return err
	}
	var err error
	if p.known, err = readDirectory(c); err != nil {
		return err
	}
	if !p.roleID.Set {
		return nil
	}
	if p.role = p.known.numbered(p.roleID.Value); p.role == nil {
		form.Fail("role_id", wire.CodeUnknown, "names no role")
	}
	return nil
}

func (p *place) findTenant(c *httpapi.Call, form *wire.Form) error {
	current, client := c.Actor.Narrowed()
	if client {
		return p.findOwnTenant(c, current)
	}
	if !p.tenantID.Set {
		return nil
	}
	t, err := c.Book.Tenants.ByNumber(c.Context(), c.Actor, p.tenantID.Value)
	if errors.Is(err, users.ErrTenantNotFound) {
		form.Fail("tenant_id", wire.CodeUnknown, "names no tenant")
		return nil
	}
	p.tenant = t.ID
	return err
}

func (p *place) findOwnTenant(c *httpapi.Call, current uuid.UUID) error {
	if p.tenantID.Null {
		return nil
	}
	p.tenant = current
	if !p.tenantID.Set {
		return nil
	}
	own, err := c.Book.Tenants.Named(c.Context(), c.Actor, []uuid.UUID{current})
	if err != nil {
		return err
	}
	if len(own) != 1 || own[0].Number != p.tenantID.Value {
		return perms.Beyond("")
	}
	return nil
}

// fits reports whether a role, nil for none, fits a user: there are staff without a tenant, and users of one tenant.
func fits(role *label, staff bool, tenant uuid.UUID) bool {
	if staff != (tenant == uuid.Nil) {
		return false
	}
	if role == nil {
		return true
	}
	if category, fixed := categories[role.Key]; fixed && role.System {
		return staff == (category == staffRole)
	}
	own, bound := role.Scope.Tenant()
	return !bound || own == tenant
}

// category says whom a role of the preset is for.
type category uint8

const (
	staffRole category = iota + 1
	clientRole
)

// categories are those of the document's five roles. Every other role fits whoever it reaches.
var categories = map[string]category{
	"msp_admin": staffRole, "msp_technician": staffRole, "client_admin": clientRole, "client_manager": clientRole, "client_viewer": clientRole,
}

// unfit notes that the role does not fit, unless it is known already that a value on which that depends is bad.
func unfit(form *wire.Form) {
	if !form.Has("tenant_id") && !form.Has("is_msp_staff") {
		form.Fail("role_id", wire.CodeNotAllowed, "does not fit the tenant and the kind of user")
	}
}
