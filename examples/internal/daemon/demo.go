package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// person is somebody of the demonstration. His password is his short name and "-river-2041".
type person struct{ short, name, email, role, tenant string }

// The demonstration: the sample requests of the documented APIs name tenant 5, which is Delta after the default tenant.
var (
	demoTenants = []users.NewTenant{
		{Name: "Acme", Slug: "acme", Type: perms.TestTenant},
		{Name: "Beta", Slug: "beta", Type: perms.ProductionTenant},
		{Name: "Gamma", Slug: "gamma", Type: perms.ProductionTenant},
		{Name: "Delta", Slug: "delta", Type: perms.ProductionTenant},
	}
	demoPeople = []person{
		{"tech", "Tess Tech", "tech@example.com", "msp_technician", ""},
		{"ann", "Ann Admin", "ann@acme.io", "client_admin", "acme"},
		{"mia", "Mia Manager", "mia@acme.io", "client_manager", "acme"},
		{"vic", "Vic Viewer", "vic@acme.io", "client_viewer", "acme"},
		{"bea", "Bea Admin", "bea@beta.io", "client_admin", "beta"},
		{"dan", "Dan Admin", "dan@delta.io", "client_admin", "delta"},
	}
)

// fill puts the demonstration into the store and prints who can sign in. What is there already, from an earlier start, stays as it is.
func fill(ctx context.Context, book *store.Book, stdout io.Writer) error {
	system := perms.System("server -demo")
	tenants, err := fillTenants(ctx, book, system)
	if err != nil {
		return err
	}
	for _, p := range demoPeople {
		password := p.short + "-river-2041"
		in := users.New{Email: p.email, Name: p.name, Password: password, Roles: []string{p.role}, Tenants: []perms.Tenancy{tenants[p.tenant]}}
		if _, err := book.Users.Create(ctx, system, in); err != nil && !errors.Is(err, users.ErrAddressTaken) {
			return err
		}
		fmt.Fprintf(stdout, "demo %s password %s role %s\n", p.email, password, p.role)
	}
	return nil
}

// fillTenants returns where the people of the demonstration are, by slug; "" is every tenant.
func fillTenants(ctx context.Context, book *store.Book, system perms.Actor) (map[string]perms.Tenancy, error) {
	known := map[string]perms.Tenancy{"": perms.EveryTenant}
	list, err := book.Tenants.List(ctx, system, 0, 0)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		known[t.Slug] = perms.TenantOf(t.ID)
	}
	for _, t := range demoTenants {
		if _, there := known[t.Slug]; there {
			continue
		}
		made, err := book.Tenants.Create(ctx, system, t)
		if err != nil {
			return nil, err
		}
		known[t.Slug] = perms.TenantOf(made.ID)
	}
	return known, nil
}
