package users_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A helpdesk may reset passwords, but not that of somebody who may do more than the helpdesk.
func ExampleService_SetPassword() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("books.close")})
	if err != nil {
		panic(err)
	}
	if _, err := book.Roles.Create(ctx, setup, roles.New{Name: "Helpdesk", Permissions: []string{"users.read", "users.password-reset"}}); err != nil {
		panic(err)
	}
	desk, err := book.Roles.Named(ctx, setup, "Helpdesk", perms.RolesRead)
	if err != nil {
		panic(err)
	}
	hal, err := book.Users.Create(ctx, setup, users.New{Email: "hal@example.com", Name: "Hal", Roles: []string{desk[0].Key}})
	if err != nil {
		panic(err)
	}
	boss, err := book.Users.Create(ctx, setup, users.New{Email: "boss@example.com", Name: "Boss"})
	if err != nil {
		panic(err)
	}
	fmt.Println(book.Users.SetPassword(ctx, perms.As(hal.ID), boss.ID, "heron-lake-77", true))
	if err := book.Users.SetOverride(ctx, setup, boss.ID, perms.Grant("books.close")); err != nil {
		panic(err)
	}
	err = book.Users.SetPassword(ctx, perms.As(hal.ID), boss.ID, "otter-hill-78", true)
	fmt.Println(errors.Is(err, perms.ErrEscalation), err)
	// Output:
	// <nil>
	// true change user: perms: beyond the actor's own permissions: books.close
}
