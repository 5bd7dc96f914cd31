// Quickstart gives somebody a role, takes one permission of it away from her, and asks whether she may. In memory: no database, no HTTP, no tenant.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

func main() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.delete")})
	check(err)
	role, err := book.Roles.Create(ctx, setup, roles.New{Name: "manager", Permissions: []string{"assets.*"}})
	check(err)
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{role.Key}})
	check(err)
	check(book.Users.SetOverride(ctx, setup, ann.ID, perms.Revoke("assets.delete")))
	d, err := book.Perms.Check(ctx, ann.ID, "assets.delete", perms.Home)
	check(err)
	fmt.Println(d.Allowed, d.Code) // false revoked_by_override
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
