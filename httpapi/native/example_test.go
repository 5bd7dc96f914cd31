package native_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// The routes and who passes them; a change of this list is a change of the API.
func ExampleRoutes() {
	for _, route := range native.Routes() {
		fmt.Println(route)
	}
	// Output:
	// native POST /v1/sessions: public
	// native DELETE /v1/sessions/current: anyone
	// native GET /v1/me: anyone
	// native PATCH /v1/me: anyone
	// native PUT /v1/me/password: anyone
	// native POST /v1/tenants: tenants.create platform-wide
	// native GET /v1/tenants: tenants.list
	// native GET /v1/tenants/{id}: tenants.read
	// native PATCH /v1/tenants/{id}: tenants.update
	// native GET /v1/users: users.list|users.read
	// native POST /v1/users: users.create
	// native GET /v1/users/{id}: users.read or self
	// native PATCH /v1/users/{id}: users.update
	// native DELETE /v1/users/{id}: users.delete
	// native POST /v1/users/{id}/approve: users.approve
	// native POST /v1/users/{id}/reject: users.approve
	// native POST /v1/users/{id}/suspend: users.suspend
	// native POST /v1/users/{id}/reactivate: users.suspend
	// native PUT /v1/users/{id}/password: users.password-reset
	// native POST /v1/users/{id}/purge: users.delete
	// native GET /v1/users/{id}/permissions: users.read or self
	// native GET /v1/users/{id}/explain: access.explain or self
	// native PUT /v1/users/{id}/roles: users.assign
	// native GET /v1/users/{id}/overrides: overrides.read or self
	// native PUT /v1/users/{id}/overrides/{key}: overrides.write
	// native DELETE /v1/users/{id}/overrides/{key}: overrides.write
	// native GET /v1/roles: roles.list|roles.read
	// native POST /v1/roles: roles.create
	// native GET /v1/roles/{key}: roles.read
	// native PATCH /v1/roles/{key}: roles.update
	// native DELETE /v1/roles/{key}: roles.delete
	// native GET /v1/permissions: roles.read
	// native POST /v1/check: anyone
	// native POST /v1/check/batch: anyone
	// native GET /v1/permissions/{key}/holders: access.explain
	// native GET /v1/journal: audit.read
	// native POST /v1/links/join: public
	// native GET /v1/openapi.json: public
	// native GET /openapi.json: public
}

// A host mounts native beside its own routes, at any prefix.
func Example() {
	ctx := context.Background()
	book, err := store.Connect(ctx, memory.New(), store.Options{})
	check(err)
	_, err = book.Users.Create(ctx, perms.System("setup"), users.New{Email: "ann@example.com", Name: "Ann Admin", Password: "ann-river-2041"})
	check(err)
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/people/", http.StripPrefix("/people", native.Handler(api, nil)))

	for _, body := range []string{`{"email":"ann@example.com","password":"guess"}`, `{"email":"ANN@example.com","password":"ann-river-2041"}`} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/people/v1/sessions", strings.NewReader(body)))
		fmt.Println(w.Code, strings.Contains(w.Body.String(), `"token":"rb_`))
	}
	// Output:
	// 401 false
	// 201 true
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
