package company_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host of one company makes two roles, and mounts the API beside its own routes.
func Example() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	if err != nil {
		log.Fatal(err)
	}
	boss, err := book.Roles.Create(ctx, setup, roles.New{Name: "Boss", Permissions: []string{"assets.*", "users.*", "roles.list"}})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := book.Roles.Create(ctx, setup, roles.New{Name: "Editor", Permissions: []string{"assets.*"}}); err != nil {
		log.Fatal(err)
	}
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{boss.Key}})
	if err != nil {
		log.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/company/", http.StripPrefix("/company", company.Handler(api, &company.Options{PartialUpdate: true})))

	token, _, err := book.Sessions.Issue(ctx, ann.ID)
	if err != nil {
		log.Fatal(err)
	}
	ask := func(method, path, body string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	ask("GET", "/company/api/v2/group", "")
	ask("POST", "/company/api/v2/user", `{"email":"kay","groups":[2,7]}`)
	ask("PATCH", "/company/api/v2/user/"+ann.ID.String(), `{"groups":[2]}`)
	// Output:
	// 200 [{"id":1,"name":"Boss","permissions":["assets.edit","assets.view","roles.list","users.approve","users.assign","users.create","users.delete","users.list","users.password-reset","users.read","users.suspend","users.update"]},{"id":2,"name":"Editor","permissions":["assets.edit","assets.view"]}]
	// 400 {"email":["Must be an e-mail address."],"groups":["Invalid pk \"7\" - object does not exist."],"password":["This field is required."]}
	// 403 {"detail":"You do not have permission to perform this action."}
}
