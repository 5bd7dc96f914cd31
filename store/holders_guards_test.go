package store_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Who has every tenant of a type of which there is none holds nothing anywhere, and is not counted; as soon as there is one, he is.
func TestCountOfATypeWithoutTenants(t *testing.T) {
	o := newFrailOffice(t)
	ctx := t.Context()
	counts := func(what string, want int64) {
		t.Helper()
		got, _, err := o.Perms.CountHolders(ctx, "bills.read", perms.Scope{})
		if err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", what, got, err, want)
		}
		page, err := o.Perms.Holders(ctx, perms.HolderQuery{Permission: "bills.read", Limit: 10})
		if err != nil || int64(len(page.Holders)) != want {
			t.Errorf("%s: %v, %v; want %d", what, page.Holders, err, want)
		}
	}
	counts("without a tenant of the type", 3) // ann, bob and the auditor
	_, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Trial", Slug: "trial", Type: perms.TestTenant})
	o.must(err)
	counts("with one", 4)
}
