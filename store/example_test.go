package store_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// What is done on the inner Book happens as a whole, or not at all.
func ExampleBook_InTx() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{})
	if err != nil {
		panic(err)
	}
	err = book.InTx(ctx, func(tx *store.Book) error {
		if _, err := tx.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"}); err != nil {
			return err
		}
		_, err := tx.Users.Create(ctx, setup, users.New{Email: "ANN@example.com", Name: "Another Ann"})
		return err
	})
	fmt.Println(errors.Is(err, users.ErrAddressTaken))
	list, err := book.Users.List(ctx, setup, users.Filter{})
	fmt.Println(len(list), err)
	// Output:
	// true
	// 0 <nil>
}

// A preview runs the real methods and leaves nothing.
func ExampleBook_Preview() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view")})
	if err != nil {
		panic(err)
	}
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		panic(err)
	}
	report, err := book.Preview(ctx, func(b *store.Book) error {
		return b.Users.SetOverride(ctx, setup, ann.ID, perms.Grant("assets.view"))
	})
	for _, gain := range report.Gains {
		fmt.Println("would gain", gain.Permission, gain.User == ann.ID)
	}
	fmt.Println("has it:", book.Perms.Can(ctx, ann.ID, "assets.view", perms.Home), err)
	// Output:
	// would gain assets.view true
	// has it: false <nil>
}

// A host that asks several questions for one request resolves the caller once; the permissions that stand in its program have handles.
func ExampleBook_resolved() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.delete")})
	if err != nil {
		panic(err)
	}
	view, drop := book.Perms.Handle("assets.view"), book.Perms.Handle("assets.delete")
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		panic(err)
	}
	if err := book.Users.SetOverride(ctx, setup, ann.ID, perms.Grant("assets.view")); err != nil {
		panic(err)
	}
	held, err := book.Perms.Resolve(ctx, ann.ID, perms.Home)
	fmt.Println(held.Can(view), held.Can(drop), err)
	// Output: true false <nil>
}
