package msp_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// A host seeds the document's five roles, makes its first administrator, and mounts the API beside its own routes.
func Example() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := book.Seed(ctx, perms.System("setup"), msp.Preset()); err != nil {
		log.Fatal(err)
	}
	root, _, err := book.Bootstrap(ctx, users.New{
		Email: "root@example.com", Name: "Root", Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant},
	})
	if err != nil {
		log.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/msp/", http.StripPrefix("/msp", msp.Handler(api, nil)))

	token, _, err := book.Sessions.Issue(ctx, root.ID)
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
	ask("PUT", "/msp/api/users/1", `{"name":"Root","email":"root@example.com","role_id":2}`)
	ask("POST", "/msp/api/users", `{"name":"Alice Smith","role_id":3,"tenant_id":5}`)
	ask("GET", "/msp/api/users/roles/all", "")
	// Output:
	// 403 {"detail":"Permission denied"}
	// 422 {"detail":[{"loc":["body","email"],"msg":"is required","type":"missing"},{"loc":["body","password"],"msg":"is required","type":"missing"},{"loc":["body","tenant_id"],"msg":"names no tenant","type":"value_error"}]}
	// 200 [{"id":1,"name":"msp_admin","display_name":"MSP Admin"},{"id":2,"name":"msp_technician","display_name":"MSP Technician"},{"id":3,"name":"client_admin","display_name":"Client Admin"},{"id":4,"name":"client_manager","display_name":"Client Manager"},{"id":5,"name":"client_viewer","display_name":"Client Viewer"}]
}
