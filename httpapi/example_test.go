package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host guards its own routes with the permissions that it administers through the APIs.
func ExampleAPI_Require() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.delete")})
	check(err)
	setup := perms.System("setup")
	viewer, err := book.Roles.Create(ctx, setup, roles.New{Name: "viewer", Permissions: []string{"assets.view"}})
	check(err)
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{viewer.Key}})
	check(err)

	sessions := httpapi.Sessions(book)
	api, err := httpapi.New(book, httpapi.Options{Authenticator: sessions})
	check(err)
	show := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, "asset ", r.PathValue("id")) })
	drop := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux := http.NewServeMux()
	mux.Handle("GET /assets/{id}", api.Require("assets.view", show))
	mux.Handle("DELETE /assets/{id}", api.Require("assets.delete", drop))

	token, err := sessions.Issue(ctx, ann.ID)
	check(err)
	ask := func(method, token string) {
		r := httptest.NewRequest(method, "/assets/7", nil)
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(method, w.Code, http.StatusText(w.Code))
	}
	ask("GET", "")
	ask("GET", token)
	ask("DELETE", token)
	// Output:
	// GET 401 Unauthorized
	// GET 200 OK
	// DELETE 403 Forbidden
}

// A dialect is its routes, each behind a gate, and the words for what goes wrong.
func ExampleAPI_Handler() {
	dialect := httpapi.Dialect{
		Name: "people",
		Routes: []httpapi.Route{
			httpapi.At(http.MethodGet, "/people", httpapi.Needs(perms.UsersList), func(c *httpapi.Call) error {
				list, err := c.Book.Users.List(c.Context(), c.Actor, users.Filter{})
				if err != nil {
					return err
				}
				return c.JSON(http.StatusOK, len(list))
			}),
		},
		Fail: func(_ *httpapi.Call, f httpapi.Failure) httpapi.Answer {
			if f.Kind == httpapi.Unauthenticated {
				return httpapi.Answer{Status: http.StatusUnauthorized, Body: "who are you?"}
			}
			return httpapi.Answer{Status: http.StatusInternalServerError, Body: "sorry"}
		},
	}
	for _, route := range dialect.Describe() {
		fmt.Println(route)
	}
	book, err := store.Connect(context.Background(), memory.New(), store.Options{})
	check(err)
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	check(err)
	w := httptest.NewRecorder()
	http.StripPrefix("/v0", api.Handler(dialect)).ServeHTTP(w, httptest.NewRequest("GET", "/v0/people", nil))
	fmt.Println(w.Code, w.Body)
	// Output:
	// people GET /people: users.list
	// 401 "who are you?"
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
