package httpapi_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
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

// A right taken away is gone at the next request.
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

// One of several permissions is enough.
func TestRequireAny(t *testing.T) {
	h := newHost(t)
	api := h.api(httpapi.Options{})
	reached := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, row := range []struct {
		anyOf     []perms.Permission
		ann, root int
	}{
		{[]perms.Permission{perms.UsersList, notesList}, 204, 204}, {[]perms.Permission{notesList, perms.UsersList}, 204, 204},
		{[]perms.Permission{perms.UsersList, perms.RolesList}, 403, 204},
	} {
		guarded := api.RequireAny(row.anyOf, reached)
		if got := send(guarded, h.as("ann", "GET", "/")).Code; got != row.ann {
			t.Errorf("%v of ann: %d, want %d", row.anyOf, got, row.ann)
		}
		if got := send(guarded, h.as("root", "GET", "/")).Code; got != row.root {
			t.Errorf("%v of root: %d, want %d", row.anyOf, got, row.root)
		}
		if got := send(guarded, h.as("", "GET", "/")).Code; got != 401 {
			t.Errorf("%v of nobody: %d", row.anyOf, got)
		}
	}
}

// An object is for those with whom it is shared, and for those who hold the permission; they alone learn that there is none.
func TestRequireObject(t *testing.T) {
	h := newHost(t)
	h.must(h.book.Seed(t.Context(), perms.System("setup"), roles.Preset{Keys: []perms.Key{{Permission: "dashboards.view"}}}))
	_, err := h.book.Users.SetObjects(t.Context(), perms.System("setup"), users.ByID(h.users["ann"].ID), uuid.Nil, "dashboards", []int64{7})
	h.must(err)
	found := func(r *http.Request) (int64, error) {
		n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if n == 9 {
			return 0, fmt.Errorf("look for dashboard %d: %w", n, httpapi.ErrNoObject)
		}
		return n, err
	}
	home, err := h.book.Tenants.Default(t.Context())
	h.must(err)
	for what, options := range map[string]httpapi.Options{
		"at home": {}, "in a current tenant": {CurrentTenant: func(*http.Request, users.User) uuid.UUID { return home.ID }},
	} {
		mux := http.NewServeMux()
		mux.Handle("GET /dashboards/{id}", h.api(options).RequireObject("dashboards", found, admitted))
		for path, want := range map[string]struct{ root, ann, bob, guest int }{
			"7": {204, 204, 403, 401}, "8": {204, 403, 403, 401}, "9": {404, 403, 403, 401}, "0": {404, 403, 403, 401}, "-7": {404, 403, 403, 401},
			"x": {404, 403, 403, 401}, "99999999999999999999": {404, 403, 403, 401},
		} {
			for name, want := range map[string]int{"root": want.root, "ann": want.ann, "bob": want.bob, "": want.guest} {
				w := send(mux, h.as(name, "GET", "/dashboards/"+path))
				if w.Code != want {
					t.Errorf("%s: %q asks for %s: %d, want %d", what, name, path, w.Code, want)
				}
				there := send(mux, h.as(name, "GET", "/dashboards/8"))
				if want == http.StatusForbidden && withoutID(w.Body.String()) != withoutID(there.Body.String()) {
					t.Errorf("%s: %q is told of %s: %s", what, name, path, w.Body)
				}
			}
		}
	}
}

// withoutID returns a problem without the id of its request.
func withoutID(body string) string {
	return regexp.MustCompile(`urn:rolebook:request:[^"]*`).ReplaceAllString(body, "")
}

// A guard that would never admit anybody does not come to be.
func TestGuardsOfNothing(t *testing.T) {
	h := newHost(t)
	h.must(h.book.Seed(t.Context(), perms.System("setup"), roles.Preset{Keys: []perms.Key{{Permission: "big.notes.view"}}}))
	api := h.api(httpapi.Options{})
	none := func(*http.Request) (int64, error) { return 0, httpapi.ErrNoObject }
	for what, mount := range map[string]func(){
		"no permission":         func() { api.RequireAny(nil, admitted) },
		"the empty permission":  func() { api.Require("", admitted) },
		"an unknown permission": func() { api.Require("notes.burn", admitted) },
		"one unknown of two":    func() { api.RequireAny([]perms.Permission{notesList, "notes.burn"}, admitted) },
		"a malformed type":      func() { api.RequireObject("Bad Type", none, admitted) },
		"a type of two parts":   func() { api.RequireObject("big.notes", none, admitted) },
		"an unknown type":       func() { api.RequireObject("dashboards", none, admitted) },
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "httpapi: guard ") {
					t.Errorf("%s: %q", what, text)
				}
			}()
			mount()
		}()
	}
	h.must(h.book.Seed(t.Context(), perms.System("setup"), roles.Preset{Keys: []perms.Key{{Permission: "dashboards.view"}}}))
	api.RequireObject("dashboards", none, admitted)
}

// fixed is an Authenticator of a host's own, which knows nothing of accounts.
type fixed struct{ user uuid.UUID }

func (f *fixed) Authenticate(*http.Request) (httpapi.Principal, error) {
	return httpapi.Principal{User: f.user}, nil
}

// With a host's own Authenticator it is still 401 for whoever is not active, or not there, and 403 for whoever may not.
func TestRequireWithHostsAuthenticator(t *testing.T) {
	h := newHost(t)
	who := &fixed{}
	guarded := h.api(httpapi.Options{Authenticator: who}).
		Require(notesList, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	wants := func(user uuid.UUID, want int) {
		t.Helper()
		who.user = user
		for range 2 {
			if got := send(guarded, h.as("", "GET", "/")).Code; got != want {
				t.Errorf("got %d, want %d", got, want)
			}
		}
	}
	wants(h.users["ann"].ID, 204)
	wants(h.users["bob"].ID, 403)
	wants(uuid.New(), 401)
	_, err := h.book.Users.Do(t.Context(), perms.System("setup"), h.users["ann"].ID, users.Suspend)
	h.must(err)
	wants(h.users["ann"].ID, 401)
}
