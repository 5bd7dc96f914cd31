package locator_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host makes its first administrator and a system role, and mounts the API beside its own routes. What is added to somebody's permissions stays his own
// when his roles change.
func Example() {
	ctx, setup := context.Background(), perms.System("setup")
	book, err := store.Connect(ctx, memory.New(), store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	if err != nil {
		log.Fatal(err)
	}
	err = book.Seed(ctx, setup, roles.Preset{Roles: []roles.PresetRole{
		{Key: "admin", Name: "Administrator", Patterns: []perms.Pattern{"*.*"}},
		{Key: "viewer", Name: "Viewer", Patterns: []perms.Pattern{"assets.view"}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	root, _, err := book.Bootstrap(ctx, users.New{Email: "root@example.com", Name: "Root", Roles: []string{"admin"}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	if err != nil {
		log.Fatal(err)
	}
	vic, err := book.Users.Create(ctx, setup, users.New{Email: "vic@example.com", Name: "Vic Viewer", Roles: []string{"viewer"}})
	if err != nil {
		log.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/locator/", http.StripPrefix("/locator", locator.Handler(api, nil)))

	token, _, err := book.Sessions.Issue(ctx, root.ID)
	if err != nil {
		log.Fatal(err)
	}
	ask := func(method, path, body string) {
		r := httptest.NewRequest(method, "/locator/auth/users/"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token.Reveal())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, strings.NewReplacer(vic.ID.String(), "…", vic.Tenants[0].String(), "…").Replace(w.Body.String()))
	}
	ask("PATCH", vic.ID.String(), `{"firstName":"Vic","lastName":"V","permissions":["assets.view","assets.edit"]}`)
	ask("PATCH", vic.ID.String()+"/roles", `{"removeRoles":["viewer"]}`)
	ask("GET", "username/vic@example.com", "")
	ask("GET", "basic/list?offset=1&count=1", "")
	// Output:
	// 200 {"locator":"…","firstName":"Vic","lastName":"V","userName":"vic@example.com","tenants":["…"],"email":"vic@example.com","permissions":["assets.edit","assets.view"],"roles":["viewer"]}
	// 200 {"locator":"…","firstName":"Vic","lastName":"V","userName":"vic@example.com","tenants":["…"],"email":"vic@example.com","permissions":["assets.edit"],"roles":[]}
	// 200 [{"locator":"…","firstName":"Vic","lastName":"V","userName":"vic@example.com","tenants":["…"],"email":"vic@example.com","permissions":["assets.edit"],"roles":[]}]
	// 200 {"listCompleted":true,"items":[{"locator":"…","userName":"vic@example.com","firstName":"Vic","lastName":"V"}]}
}
