// Onetenant is a team's notebook: a host with one tenant, which never mentions it. There is none in its code, in what it asks, and in what is sent to its APIs.
//
// A store is born with one tenant. Users are made in it, and asked about in it, unless somebody says otherwise; [perms.Home] is where a user is at home. Nobody
// here is staff either: the administrator holds everything where everybody is, which is enough to administer the whole of it.
//
//	go run ./examples/onetenant
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// notebook is what may be done in the host, and who is who in it.
func notebook() roles.Preset {
	return roles.Preset{
		Keys: []perms.Key{
			{Permission: "notes.read", Description: "Read notes"},
			{Permission: "notes.write", Description: "Write notes"},
		},
		Roles: []roles.PresetRole{
			{Key: "admin", Name: "Admin", Patterns: []perms.Pattern{"*.*"}},
			{Key: "author", Name: "Author", Patterns: []perms.Pattern{"notes.*"}},
		},
	}
}

// open opens the book, with an administrator in it.
func open(ctx context.Context, o store.Options, email, password string) (*store.Book, error) {
	book, err := store.Connect(ctx, memory.New(), o)
	if err != nil {
		return nil, err
	}
	if err := book.Seed(ctx, perms.System("setup"), notebook()); err != nil {
		return nil, err
	}
	_, _, err = book.Bootstrap(ctx, users.New{Email: email, Name: "Administrator", Password: password, Roles: []string{"admin"}})
	return book, err
}

// handler has the notes, and two APIs to administer who may read and write them.
func handler(book *store.Book) (http.Handler, error) {
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /notes", api.Require("notes.read", say("milk, bread")))
	mux.Handle("POST /notes", api.Require("notes.write", say("noted")))
	mux.Handle("/native/", http.StripPrefix("/native", native.Handler(api, nil)))
	mux.Handle("/msp/", http.StripPrefix("/msp", msp.Handler(api, nil)))
	return mux, nil
}

func say(words string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, words) })
}

func main() {
	const addr, email = "127.0.0.1:8080", "admin@example.com"
	password := rand.Text()
	book, err := open(context.Background(), store.Options{}, email, password)
	check(err)
	h, err := handler(book)
	check(err)
	fmt.Printf("http://%s, %s password %s\n", addr, email, password)
	server := &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	check(server.ListenAndServe())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
