package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
)

// where answers with the pattern that was found and the values of its parameters.
func where(pattern string, params ...string) httpapi.Handler {
	return func(c *httpapi.Call) error {
		found := []string{pattern}
		for _, p := range params {
			found = append(found, c.Path(p))
		}
		return c.JSON(http.StatusOK, strings.Join(found, " "))
	}
}

// The routes hold a pair that http.ServeMux refuses: by-name and by-id with something behind it.
func pathRoutes() []httpapi.Route {
	return []httpapi.Route{
		httpapi.At("GET", "/users", httpapi.Anyone, where("list")),
		httpapi.At("POST", "/users", httpapi.Anyone, where("create")),
		httpapi.At("GET", "/users/{id}", httpapi.Anyone, where("one", "id")),
		httpapi.At("DELETE", "/users/{id}", httpapi.Anyone, where("delete", "id")),
		httpapi.At("GET", "/users/all", httpapi.Anyone, where("all")),
		httpapi.At("GET", "/users/{id}/rights", httpapi.Anyone, where("rights", "id")),
		httpapi.At("GET", "/users/name/{name}", httpapi.Anyone, where("name", "name")),
		httpapi.At("GET", "/slash/", httpapi.Anyone, where("slash")),
	}
}

var paths = []struct {
	method, target string
	status         int
	want           string // the answer, or Allow
}{
	{"GET", "/users", 200, "list"},
	{"POST", "/users", 200, "create"},
	{"GET", "/users/7", 200, "one 7"},
	{"GET", "/users/a%2Fb", 200, "one a/b"},
	{"GET", "/users/a%252Fb", 200, "one a%2Fb"},
	{"GET", "/users/..", 200, "one .."},
	{"GET", "/users/%D9%A5", 200, "one ٥"},
	{"GET", "/users/all", 200, "all"},
	{"GET", "/users/%61ll", 200, "all"},
	{"GET", "/users/7/rights", 200, "rights 7"},
	{"GET", "/users/name/ann", 200, "name ann"},
	{"GET", "/users/name/rights", 200, "name rights"},
	{"GET", "/slash/", 200, "slash"},

	{"PUT", "/users", 405, "GET, HEAD, POST"},
	{"OPTIONS", "/users", 405, "GET, HEAD, POST"},
	{"get", "/users", 405, "GET, HEAD, POST"},
	{"PATCH", "/users/7", 405, "DELETE, GET, HEAD"},
	{"DELETE", "/users/all", 405, "GET, HEAD"},

	{"GET", "/", 404, ""},
	{"GET", "/users/", 404, ""},
	{"GET", "//users", 404, ""},
	{"GET", "/Users", 404, ""},
	{"GET", "/users/7/", 404, ""},
	{"GET", "/users//rights", 404, ""},
	{"GET", "/users/7%2Frights/x", 404, ""},
	{"GET", "/users/7/../7", 404, ""},
	{"GET", "/users/{id}/x", 404, ""},
	{"GET", "/slash", 404, ""},
}

func TestRouting(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, pathRoutes()...)
	for _, row := range paths {
		checkPath(t, h, handler, row.method, row.target, row.status, row.want)
	}
}

// A handler is mounted wherever the host likes, and never redirects. What a ServeMux cleans before is the host's.
func TestRoutingBehindAPrefix(t *testing.T) {
	h := newHost(t)
	mux := http.NewServeMux()
	mux.Handle("/api/notes/", http.StripPrefix("/api/notes", h.serve(httpapi.Options{}, pathRoutes()...)))
	for _, row := range paths {
		if strings.Contains(row.target, "..") || strings.Contains(row.target, "//") {
			continue
		}
		checkPath(t, h, mux, row.method, "/api/notes"+row.target, row.status, row.want)
	}
}

func checkPath(t *testing.T, h *host, handler http.Handler, method, target string, status int, want string) {
	t.Helper()
	w := send(handler, h.as("ann", method, target))
	got := strings.Trim(w.Body.String(), `"`)
	if status != 200 {
		got = w.Header().Get("Allow")
	}
	if w.Code != status || got != want {
		t.Errorf("%s %s: %d %q, want %d %q", method, target, w.Code, got, status, want)
	}
}

func TestPathsThatAreNone(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, httpapi.At("OPTIONS", "/{x}", httpapi.Public, says("hello")))
	r := httptest.NewRequest("OPTIONS", "/", nil)
	r.Header.Set("Authorization", "Bearer "+h.tokens["ann"])
	r.URL.Path = "*"
	if w := send(handler, r); w.Code != 404 {
		t.Errorf("OPTIONS *: %d", w.Code)
	}
	r.URL.Path = ""
	if w := send(handler, r); w.Code != 404 {
		t.Errorf("the prefix itself: %d", w.Code)
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, pathRoutes()...)
	for _, target := range []string{"/users", "/users/7", "/nothing"} {
		get, head := send(handler, h.as("ann", "GET", target)), send(handler, h.as("ann", "HEAD", target))
		if get.Code != head.Code || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "" {
			t.Errorf("%s: GET %d, HEAD %d with %d bytes of %q", target, get.Code, head.Code, head.Body.Len(), head.Header().Get("Content-Length"))
		}
	}
	if w := send(handler, h.as("", "HEAD", "/users")); w.Code != 401 || w.Body.Len() != 0 {
		t.Errorf("HEAD of a guest: %d %s", w.Code, w.Body)
	}
}

func TestMethodOverridesAreIgnored(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, pathRoutes()...)
	r := h.as("ann", "GET", "/users/7?_method=DELETE")
	r.Header.Set("X-HTTP-Method-Override", "DELETE")
	r.Header.Set("X-Original-URL", "/users")
	if w := send(handler, r); w.Body.String() != `"one 7"` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestRoutesThatCannotBe(t *testing.T) {
	api := newHost(t).api(httpapi.Options{})
	for name, build := range map[string]func(){
		"no gate":            func() { httpapi.At("GET", "/x", httpapi.Gate{}, says("x")) },
		"a gate for nothing": func() { httpapi.At("GET", "/x", httpapi.Needs(), says("x")) },
		"the same route twice": func() {
			x := httpapi.At("GET", "/x", httpapi.Anyone, says("x"))
			api.Handler(httpapi.Dialect{Routes: []httpapi.Route{x, x}})
		},
		"one path with two names": func() {
			api.Handler(httpapi.Dialect{Routes: []httpapi.Route{
				httpapi.At("GET", "/x/{a}", httpapi.Anyone, says("x")), httpapi.At("PUT", "/x/{b}", httpapi.Anyone, says("x"))}})
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			build()
		}()
	}
}

func TestGates(t *testing.T) {
	h := newHost(t)
	admitted := func(c *httpapi.Call) error {
		if err := c.Admit(); err != nil {
			return err
		}
		return c.Empty(http.StatusNoContent)
	}
	handler := h.serve(httpapi.Options{},
		httpapi.At("GET", "/one", httpapi.Needs(notesList), admitted),
		httpapi.At("GET", "/either", httpapi.Needs(perms.UsersRead, notesList), admitted),
		httpapi.At("GET", "/platform", httpapi.Needs(notesList).Platformwide(), admitted),
		httpapi.At("GET", "/anyone", httpapi.Anyone, admitted),
		httpapi.At("GET", "/public", httpapi.Public, admitted))
	for _, row := range []struct {
		path                   string
		root, ann, bob, nobody int
	}{
		{"/one", 204, 204, 403, 401},
		{"/either", 204, 204, 403, 401},
		{"/platform", 204, 403, 403, 401},
		{"/anyone", 204, 204, 204, 401},
		{"/public", 204, 204, 204, 204},
	} {
		for name, want := range map[string]int{"root": row.root, "ann": row.ann, "bob": row.bob, "": row.nobody} {
			if w := send(handler, h.as(name, "GET", row.path)); w.Code != want {
				t.Errorf("%s for %q: %d, want %d", row.path, name, w.Code, want)
			}
		}
	}
	r := h.as("", "GET", "/public")
	r.Header["Authorization"] = []string{"Bearer nonsense", "Bearer more"}
	if w := send(handler, r); w.Code != 204 {
		t.Errorf("a public route looks at credentials: %d", w.Code)
	}
}

func TestDescribe(t *testing.T) {
	d := httpapi.Dialect{Name: "notes", Routes: []httpapi.Route{
		httpapi.At("GET", "/notes", httpapi.Needs(notesList, perms.UsersRead), says("")).Query("limit"),
		httpapi.At("GET", "/notes/{id}", httpapi.Needs(notesList).OrSelf(), says("")),
		httpapi.At("POST", "/notes", httpapi.Needs(notesCreate).Platformwide(), says("")),
		httpapi.At("GET", "/me", httpapi.Anyone, says("")),
		httpapi.At("POST", "/open", httpapi.Public, says("")),
	}}
	want := []string{
		"notes GET /notes: notes.list|users.read",
		"notes GET /notes/{id}: notes.list or self",
		"notes POST /notes: notes.create platform-wide",
		"notes GET /me: anyone",
		"notes POST /open: public",
	}
	for i, info := range d.Describe() {
		if info.String() != want[i] {
			t.Errorf("got %q, want %q", info, want[i])
		}
	}
	if got := d.Describe()[0].Query; len(got) != 1 || got[0] != "limit" {
		t.Errorf("query %v", got)
	}
}
