//go:build cgo

package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "book")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	st, err := sqlite.Open(ctx, filepath.Join(dir, "book.db"), sqlite.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()
	book, err := store.Connect(ctx, st, store.Options{Catalog: perms.NewCatalog("assets.view")})
	if err != nil {
		log.Fatal(err)
	}
	ann, err := book.Users.Create(ctx, perms.System("setup"), users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		log.Fatal(err)
	}
	err = book.Users.SetOverride(ctx, perms.System("setup"), ann.ID, perms.Grant("assets.view"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(book.Perms.Can(ctx, ann.ID, "assets.view", perms.Home))
	// Output: true
}
