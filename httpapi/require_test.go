package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func TestRequire(t *testing.T) {
	h := newHost(t)
	api := h.api(httpapi.Options{})
	mux := http.NewServeMux()
	mux.Handle("GET /notes/{id}", api.Require(notesList, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := httpapi.PrincipalFrom(r.Context())
		if !ok || p.User != h.users["ann"].ID && p.User != h.users["root"].ID {
			t.Errorf("who asks is not told: %+v", p)
		}
		_, _ = fmt.Fprint(w, "note "+r.PathValue("id"))
	})))
	for name, want := range map[string]int{"root": 200, "ann": 200, "bob": 403, "": 401} {
		w := send(mux, h.as(name, "GET", "/notes/7"))
		if w.Code != want {
			t.Errorf("as %q: %d, want %d", name, w.Code, want)
		}
		if refused := strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem+json"); refused == (want == 200) {
			t.Errorf("as %q: %s", name, w.Body)
		}
		if w.Header().Get("WWW-Authenticate") == "Bearer" != (want == 401) {
			t.Errorf("as %q: %v", name, w.Header())
		}
	}
	if w := send(mux, h.as("bob", "GET", "/notes/7")); !strings.Contains(w.Body.String(), `"permission":"notes.list"`) {
		t.Errorf("what is missing is not told: %s", w.Body)
	}
	if w := send(mux, h.as("ann", "GET", "/notes/7")); w.Header().Get("Cache-Control") != "" {
		t.Errorf("the host's own answer is touched: %v", w.Header())
	}
	if _, ok := httpapi.PrincipalFrom(t.Context()); ok {
		t.Error("somebody asks where nobody does")
	}
}

// A right taken away is gone at the next request; a key outside the catalogue is nobody's.
func TestRequireDenies(t *testing.T) {
	h := newHost(t)
	api := h.api(httpapi.Options{})
	reached := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	list := api.Require(notesList, reached)
	if w := send(list, h.as("ann", "GET", "/")); w.Code != 204 {
		t.Fatalf("before: %d", w.Code)
	}
	h.must(h.book.Users.SetOverride(t.Context(), perms.System("setup"), h.users["ann"].ID, perms.Revoke(notesList)))
	if w := send(list, h.as("ann", "GET", "/")); w.Code != 403 {
		t.Errorf("after the revoke: %d", w.Code)
	}
	_, err := h.book.Users.Do(t.Context(), perms.System("setup"), h.users["ann"].ID, users.Suspend)
	h.must(err)
	if w := send(api.Require(notesCreate, reached), h.as("ann", "GET", "/")); w.Code != 401 {
		t.Errorf("suspended: %d", w.Code)
	}
	if w := send(api.Require("notes.burn", reached), h.as("root", "GET", "/")); w.Code != 403 {
		t.Errorf("a key outside the catalogue: %d", w.Code)
	}
	if w := send(list, h.as("root", "GET", "/").WithContext(canceled(t.Context()))); w.Code == 204 {
		t.Error("a check that failed admits")
	}
}

// The permission is asked in the tenant that the host chooses for the request.
func TestRequireInTheCurrentTenant(t *testing.T) {
	h := newHost(t)
	acme, err := h.book.Tenants.Create(t.Context(), perms.System("setup"), users.NewTenant{Name: "Acme", Slug: "acme"})
	h.must(err)
	home, err := h.book.Tenants.Default(t.Context())
	h.must(err)
	var current uuid.UUID
	guarded := h.api(httpapi.Options{CurrentTenant: func(*http.Request, users.User) uuid.UUID { return current }}).
		Require(notesList, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for _, row := range []struct {
		tenant    uuid.UUID
		ann, root int
	}{{home.ID, 204, 204}, {acme.ID, 403, 204}, {uuid.Nil, 403, 204}, {uuid.New(), 403, 403}} {
		current = row.tenant
		if got := send(guarded, h.as("ann", "GET", "/")).Code; got != row.ann {
			t.Errorf("ann in %v: %d, want %d", row.tenant, got, row.ann)
		}
		if got := send(guarded, h.as("root", "GET", "/")).Code; got != row.root {
			t.Errorf("root in %v: %d, want %d", row.tenant, got, row.root)
		}
	}
}
