package roles_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

func Example() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	if err != nil {
		panic(err)
	}
	setup := perms.System("setup")
	manager, err := book.Roles.Create(ctx, setup, roles.New{Name: "manager", Permissions: []string{"assets.*"}})
	if err != nil {
		panic(err)
	}
	manager, err = book.Roles.Update(ctx, setup, manager.ID, roles.Update{Add: []string{"users.list"}, Version: 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(manager.Name, manager.Patterns, manager.Version)

	_, err = book.Roles.Update(ctx, setup, manager.ID, roles.Update{Remove: []string{"assets.*"}, Version: 1})
	fmt.Println(errors.Is(err, roles.ErrStale))
	// Output:
	// manager [assets.* users.list] 2
	// true
}

func ExampleService_Seed() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{})
	if err != nil {
		panic(err)
	}
	preset := roles.Preset{
		Keys:  []perms.Key{{Permission: "goods.view", Description: "See goods"}},
		Roles: []roles.PresetRole{{Key: "keeper", Name: "Keeper", Patterns: []perms.Pattern{"goods.*"}}},
	}
	if err := book.Seed(ctx, perms.System("setup"), preset); err != nil {
		panic(err)
	}
	keeper, err := book.Roles.Find(ctx, perms.System("setup"), roles.ByKey("keeper"), perms.RolesRead)
	fmt.Println(keeper.Number, keeper.Name, keeper.System, err)
	// Output: 1 Keeper true <nil>
}
