package memory_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A transaction that fails has never been.
func Example() {
	ctx := context.Background()
	s := memory.New()
	add := func(tx store.Store, slug string) error {
		number, err := tx.NextNumber(ctx, perms.KindTenant)
		if err != nil {
			return err
		}
		return tx.InsertTenant(ctx, users.Tenant{ID: uuid.New(), Number: number, Slug: slug, Type: perms.ProductionTenant, Version: 1})
	}
	err := s.InTx(ctx, func(tx store.Store) error {
		_ = add(tx, "acme")
		return errors.New("second thoughts")
	})
	fmt.Println(err)
	fmt.Println(s.InTx(ctx, func(tx store.Store) error { return add(tx, "globex") }))
	all, _ := s.Tenants(ctx, users.TenantFilter{All: true})
	for _, t := range all {
		fmt.Println(t.Number, t.Slug)
	}
	// Output:
	// second thoughts
	// <nil>
	// 1 default
	// 2 globex
}
