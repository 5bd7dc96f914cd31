package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// What a host does with a database: the same program as in memory, but for the line that opens the store.
func Example_import() {
	dir, err := os.MkdirTemp("", "rolebook")
	check(err)
	defer os.RemoveAll(dir)
	ctx, setup, path := context.Background(), perms.System("setup"), filepath.Join(dir, "app.db")

	s, err := sqlite.Open(ctx, path, sqlite.Options{})
	check(err)
	defer s.Close()
	book, err := store.Connect(ctx, s, store.Options{Catalog: perms.NewCatalog("assets.view", "assets.delete")})
	check(err)
	check(book.Seed(ctx, setup, msp.Preset()))
	err = book.InTx(ctx, func(tx *store.Book) error {
		vic, err := tx.Users.Create(ctx, setup, users.New{Email: "vic@example.com", Name: "Vic", Roles: []string{"client_viewer"}})
		if err != nil {
			return err
		}
		return tx.Users.SetOverride(ctx, setup, vic.ID, perms.Grant("assets.delete").Because("stock-taking"))
	})
	check(err)

	vic, err := book.Users.Lookup(ctx, setup, users.Needs(perms.UsersRead), "vic@example.com")
	check(err)
	why, err := book.Perms.Explain(ctx, vic.ID, "assets.delete", perms.Home, perms.Object{})
	check(err)
	fmt.Println(why.Allowed, why.Code, why.Sources[0].Name) // true granted_by_override granted: stock-taking
	report, err := book.Preview(ctx, func(b *store.Book) error {
		return b.Users.SetOverride(ctx, setup, vic.ID, perms.Revoke("assets.delete"))
	})
	check(err)
	fmt.Println(report.Lost, report.Loses[0].Permission) // 1 assets.delete
	// Output:
	// true granted_by_override granted: stock-taking
	// 1 assets.delete
}

// What a host does in a server of its own.
func Example_mount() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.delete")})
	check(err)
	deleteAsset := http.NotFoundHandler()

	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/msp/", http.StripPrefix("/msp", msp.Handler(api, nil)))
	mux.Handle("/native/", http.StripPrefix("/native", native.Handler(api, nil)))
	mux.Handle("DELETE /assets/{id}", api.Require("assets.delete", deleteAsset))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("DELETE", "/assets/7", nil))
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	// Output: 401 Bearer
}

// What a host does in its tests: the real rules, without a database.
func Example_test() {
	ctx, test := context.Background(), perms.System("test")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.delete")})
	check(err)
	vic, err := book.Users.Create(ctx, test, users.New{Email: "vic@example.com", Name: "Vic"})
	check(err)
	fmt.Println(book.Perms.Can(ctx, vic.ID, "assets.delete", perms.Home)) // false
	check(book.Users.SetOverride(ctx, test, vic.ID, perms.Grant("assets.delete")))
	fmt.Println(book.Perms.Can(ctx, vic.ID, "assets.delete", perms.Home)) // true
	// Output:
	// false
	// true
}
