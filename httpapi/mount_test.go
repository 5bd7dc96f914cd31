package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// A host mounts the APIs beside routes of its own, each under a prefix of its choice. What is under no prefix is the host's.
func Example() {
	book, err := store.Connect(context.Background(), memory.New(), store.Options{})
	check(err)
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/msp/", http.StripPrefix("/msp", msp.Handler(api, nil)))
	mux.Handle("/company/", http.StripPrefix("/company", company.Handler(api, nil)))
	mux.Handle("/locator/", http.StripPrefix("/locator", locator.Handler(api, nil)))
	mux.Handle("/teams/", http.StripPrefix("/teams", teams.Handler(api, &teams.Options{BaseURL: "/teams"})))
	mux.Handle("/native/", http.StripPrefix("/native", native.Handler(api, nil)))

	for _, path := range []string{"/msp/api/users", "/teams/api/users", "/locator/no/such/path", "/elsewhere"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(path, w.Code)
	}
	// Output:
	// /msp/api/users 401
	// /teams/api/users 401
	// /locator/no/such/path 401
	// /elsewhere 404
}

// serveAt returns the address of a server.
func serveAt(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// handlers returns every API over the stage's book, by name.
func handlers(t *testing.T, stage *transcript.Stage) map[string]http.Handler {
	t.Helper()
	api, err := httpapi.New(stage.Book, httpapi.Options{Authenticator: httpapi.Sessions(stage.Book)})
	check(err)
	found := map[string]http.Handler{}
	for prefix, handler := range matrix.Every() {
		found[prefix[1:]] = handler(api)
	}
	return found
}

// All the APIs at once on a ServeMux, under short prefixes and under long ones.
func TestMountedOnServeMux(t *testing.T) {
	stage := allOnMemory().Start(t)
	apis := handlers(t, stage)
	for _, prefix := range []string{"/", "/admin/v2/"} {
		mux, bases := http.NewServeMux(), map[string]string{}
		address := serveAt(t, mux)
		for name, api := range apis {
			mux.Handle(prefix+name+"/", http.StripPrefix(prefix+name, api))
			bases[name] = address + prefix + name
		}
		matrix.Mounted(t, stage, bases)
		matrix.Unmounted(t, address+"/elsewhere")
		matrix.Unmounted(t, address+"/mspx/api/users")
	}
}

// A mux inside a mux, each of which strips its part of the prefix.
func TestMountedOnNestedServeMux(t *testing.T) {
	stage := allOnMemory().Start(t)
	inner, outer, bases := http.NewServeMux(), http.NewServeMux(), map[string]string{}
	outer.Handle("/admin/", http.StripPrefix("/admin", inner))
	address := serveAt(t, outer)
	for name, api := range handlers(t, stage) {
		inner.Handle("/"+name+"/", http.StripPrefix("/"+name, api))
		bases[name] = address + "/admin/" + name
	}
	matrix.Mounted(t, stage, bases)
	matrix.Unmounted(t, address+"/admin/elsewhere")
}

// Each API at the root of a server of its own, so that msp and teams answer the same paths.
func TestMountedAtTheRoot(t *testing.T) {
	stage, bases := allOnMemory().Start(t), map[string]string{}
	for name, api := range handlers(t, stage) {
		bases[name] = serveAt(t, api)
	}
	matrix.Mounted(t, stage, bases)
}
