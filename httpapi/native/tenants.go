package native

import (
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// createTenant is POST /v1/tenants.
func createTenant(c *httpapi.Call) error {
	if err := c.Admit(); err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	in := users.NewTenant{
		Name:            form.String("name", wire.Required).Value,
		Slug:            form.String("slug", wire.Required).Value,
		Type:            perms.TenantType(form.String("type", wire.Optional).Or(string(perms.ProductionTenant))),
		RequireApproval: form.Bool("require_approval", wire.Optional).Value,
	}
	if err := httpapi.Collect(form, c.Book.Tenants.Validate(in), nil); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	t, err := c.Book.Tenants.Create(c.Context(), c.Actor, in)
	if err != nil {
		return err
	}
	located(c, t.ID.String())
	return answerTenant(c, http.StatusCreated, t)
}

// listTenants is GET /v1/tenants.
func listTenants(c *httpapi.Call) error {
	p, err := readPaging(c.Query, "tenants")
	if err := admit(c, err); err != nil {
		return err
	}
	list, err := c.Book.Tenants.List(c.Context(), c.Actor, p.after, p.limit+1)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, pageOf(p, list, func(t users.Tenant) int64 { return t.Number }, tenantOf))
}

// readTenant is GET /v1/tenants/{id}.
func readTenant(c *httpapi.Call) error {
	id, err := c.UUID("id")
	if err != nil {
		return err
	}
	t, err := c.Book.Tenants.Get(c.Context(), c.Actor, id)
	if err != nil {
		return err
	}
	return answerTenant(c, http.StatusOK, t)
}

// editTenant is PATCH /v1/tenants/{id}.
func editTenant(c *httpapi.Call) error {
	id, err := c.UUID("id")
	if err != nil {
		return err
	}
	now, err := c.Book.Tenants.Find(c.Context(), c.Actor, id, perms.TenantsUpdate)
	if err != nil {
		return err
	}
	form, err := wire.ReadObject(c.Request)
	if err != nil {
		return err
	}
	name, slug := form.String("name", wire.Optional), form.String("slug", wire.Optional)
	kind, approval := form.String("type", wire.Optional), form.Bool("require_approval", wire.Optional)
	next := users.NewTenant{Name: name.Or(now.Name), Slug: slug.Or(now.Slug), Type: perms.TenantType(kind.Or(string(now.Type)))}
	if err := httpapi.Collect(form, c.Book.Tenants.Validate(next), nil); err != nil {
		return err
	}
	if err := form.Err(); err != nil {
		return err
	}
	up := users.TenantUpdate{Name: name.Ptr(), Slug: slug.Ptr(), RequireApproval: approval.Ptr(), Version: expected(c.Request, now.Version)}
	if kind.Set {
		up.Type = &next.Type
	}
	t, err := c.Book.Tenants.Update(c.Context(), c.Actor, id, up)
	if err != nil {
		return err
	}
	return answerTenant(c, http.StatusOK, t)
}
