package teams_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host with roles of its own says what the user types mean in them. With one organization, nobody ever names it.
func Example() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{})
	if err != nil {
		log.Fatal(err)
	}
	preset := roles.Preset{
		Keys: []perms.Key{{Permission: "surveys.create"}, {Permission: "dashboards.view"}},
		Roles: []roles.PresetRole{
			{Key: "owner", Name: "Owner", Patterns: []perms.Pattern{"*.*"}},
			{Key: "staff", Name: "Staff", Patterns: []perms.Pattern{"surveys.create", "dashboards.view"}},
		},
	}
	if err := book.Seed(ctx, perms.System("setup"), preset); err != nil {
		log.Fatal(err)
	}
	olga, _, err := book.Bootstrap(ctx, users.New{
		Email: "olga@example.com", Name: "Olga", Roles: []string{"owner"}, Tenants: []perms.Tenancy{perms.EveryTenant},
	})
	if err != nil {
		log.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		log.Fatal(err)
	}
	types := &teams.Types{Superadmin: teams.Type{Gives: "owner"}, Member: teams.Type{Gives: "staff"}}
	mux := http.NewServeMux()
	mux.Handle("/teams/", http.StripPrefix("/teams", teams.Handler(api, &teams.Options{BaseURL: "/teams", Types: types})))

	token, _, err := book.Sessions.Issue(ctx, olga.ID)
	if err != nil {
		log.Fatal(err)
	}
	ask := func(method, path, body string) {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("X-API-Key", token.Reveal())
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	ask("POST", "/teams/api/users", `{"user_email":"sam@example.com","user_name":"Sam"}`)
	ask("PUT", "/teams/api/users/1", `{"user_type":3}`)
	ask("POST", "/teams/api/users/1/suspend", "")
	ask("GET", "/teams/api/users", "")
	ask("PUT", "/teams/api/users/1/dashboards", `{"dashboard_ids":[]}`)
	// Output:
	// 400 {"error":1,"message":"User password is required"}
	// 403 {"error":1,"message":"Insufficient permissions"}
	// 400 {"error":1,"message":"You cannot suspend yourself"}
	// 200 {"success":1,"data":[]}
	// 200 {"success":1,"data":{"dashboard_ids":[],"group_dashboard_ids":[],"effective_dashboard_ids":[]}}
}
