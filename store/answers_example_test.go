package store_test

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

// stockroom returns a Book with two users of one tenant: ann has a role, ben has none.
func stockroom(ctx context.Context) (book *store.Book, ann, ben users.User) {
	setup := perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	if err != nil {
		panic(err)
	}
	clerk, err := book.Roles.Create(ctx, setup, roles.New{Name: "Clerk", Permissions: []string{"assets.*"}})
	if err != nil {
		panic(err)
	}
	if ann, err = book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{clerk.Key}}); err != nil {
		panic(err)
	}
	if ben, err = book.Users.Create(ctx, setup, users.New{Email: "ben@example.com", Name: "Ben"}); err != nil {
		panic(err)
	}
	return book, ann, ben
}

// An explanation of a denial says what would allow it, beginning with what gives least, and what it takes to do that.
func ExampleBook_explained() {
	ctx := context.Background()
	book, ann, ben := stockroom(ctx)
	why, err := book.Perms.Explain(ctx, ben.ID, "assets.edit", perms.Home, perms.Object{})
	if err != nil {
		panic(err)
	}
	fmt.Println(why.Allowed, why.Code)
	for _, fix := range why.Fixes {
		fmt.Println(fix.Action, fix.Role.Name, fix.Takes.AnyOf, fix.Takes.All)
	}
	err = book.Perms.MayFix(ctx, perms.As(ann.ID), ben.ID, why.Fixes[0])
	fmt.Println("ann may do that:", !errors.Is(err, perms.ErrForbidden))
	// Output:
	// false not_granted
	// grant_override  [overrides.write] assets.edit
	// assign_role Clerk [users.assign] assets.edit assets.view
	// ann may do that: false
}

// Who holds a permission is answered page by page, and counted.
func ExampleBook_holders() {
	ctx, setup := context.Background(), perms.System("setup")
	book, ann, ben := stockroom(ctx)
	if err := book.Users.SetOverride(ctx, setup, ben.ID, perms.Grant("assets.view")); err != nil {
		panic(err)
	}
	name := map[int64]string{ann.Number: "ann", ben.Number: "ben"}
	q := perms.HolderQuery{Permission: "assets.view", Limit: 1}
	for {
		page, err := book.Perms.Holders(ctx, q)
		if err != nil {
			panic(err)
		}
		if len(page.Holders) == 0 {
			break
		}
		for _, h := range page.Holders {
			fmt.Println(name[h.Number], "in", len(h.Where), "tenant")
			q.After = h.Number
		}
	}
	count, _, err := book.Perms.CountHolders(ctx, "assets.edit", perms.Scope{})
	fmt.Println("may edit:", count, err)
	// Output:
	// ann in 1 tenant
	// ben in 1 tenant
	// may edit: 1 <nil>
}
