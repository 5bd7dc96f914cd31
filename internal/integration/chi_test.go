package integration_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// What a host does with chi, whose Mount hands on the whole path: the prefix is stripped as on a ServeMux.
func Example_chi() {
	book, err := store.Connect(context.Background(), memory.New(), store.Options{Catalog: perms.NewCatalog("assets.delete")})
	check(err)
	deleteAsset := http.NotFoundHandler()

	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	check(err)
	r := chi.NewRouter()
	r.Mount("/msp", http.StripPrefix("/msp", msp.Handler(api, nil)))
	r.Mount("/native", http.StripPrefix("/native", native.Handler(api, nil)))
	r.Method("DELETE", "/assets/{id}", api.Require("assets.delete", deleteAsset))

	for _, path := range []string{"/msp/api/users", "/native/no/such/path", "/elsewhere"} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		fmt.Println(path, w.Code)
	}
	// Output:
	// /msp/api/users 401
	// /native/no/such/path 401
	// /elsewhere 404
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// All the APIs at once on chi, in a router and in a router inside another.
func TestMountedOnChi(t *testing.T) {
	stage := matrix.Host("memory", func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	}).Start(t)
	api, err := httpapi.New(stage.Book, httpapi.Options{Authenticator: httpapi.Sessions(stage.Book)})
	check(err)
	for _, outer := range []string{"", "/admin"} {
		root, bases := chi.NewRouter(), map[string]string{}
		server := httptest.NewServer(root)
		t.Cleanup(server.Close)
		mount := func(r chi.Router) {
			for prefix, handler := range matrix.Every() {
				r.Mount(prefix, http.StripPrefix(outer+prefix, handler(api)))
				bases[prefix[1:]] = server.URL + outer + prefix
			}
		}
		if outer == "" {
			mount(root)
		} else {
			root.Route(outer, mount)
		}
		matrix.Mounted(t, stage, bases)
		matrix.Unmounted(t, server.URL+outer+"/elsewhere")
	}
}
