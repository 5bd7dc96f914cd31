package store_test

import (
	"errors"
	"fmt"
	"reflect"
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

// A page is no longer than was asked for, however few of those who were looked at first hold the permission; and it is not asked for none.
func TestPagesOfHoldersAmongOthers(t *testing.T) {
	o := newFrailOffice(t)
	ctx := t.Context()
	for i := range 12 {
		u, err := o.Users.Create(ctx, setup, users.New{Email: fmt.Sprintf("clerk%d@example.com", i), Name: "Clerk", Roles: []string{"auditor"}, Tenants: []perms.Tenancy{perms.TenantOf(o.in)}})
		o.must(err)
		if i < 5 {
			o.must(o.Users.SetOverride(ctx, setup, u.ID, perms.Revoke("bills.read").In(o.in)))
		}
	}
	all, err := o.Perms.Holders(ctx, perms.HolderQuery{Permission: "bills.read", Limit: 100})
	o.must(err)
	for limit := range 5 {
		var got []perms.Holder
		q := perms.HolderQuery{Permission: "bills.read", Limit: limit + 1}
		for {
			page, err := o.Perms.Holders(ctx, q)
			o.must(err)
			if len(page.Holders) > q.Limit {
				t.Fatalf("a page of %d for %d", len(page.Holders), q.Limit)
			}
			if len(page.Holders) == 0 {
				break
			}
			got = append(got, page.Holders...)
			q.After = got[len(got)-1].Number
		}
		if !reflect.DeepEqual(got, all.Holders) {
			t.Errorf("by %d: %v, want %v", q.Limit, got, all.Holders)
		}
	}
	for _, p := range []perms.Permission{"bills.read", "bills.none"} {
		if _, err := o.Perms.Holders(ctx, perms.HolderQuery{Permission: p}); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("%s: a page of none: %v", p, err)
		}
	}
	if n, _, err := o.Perms.CountHolders(ctx, "bills.none", perms.Scope{}); n != 0 || err != nil {
		t.Errorf("of what is in no catalogue: %d, %v", n, err)
	}
}
