package httpapi_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
)

const notesDocument = "{\n  \"openapi\": \"3.1.0\"\n}\n"

// documented is a dialect with a document.
func (h *host) documented(o httpapi.Options) http.Handler {
	return h.api(o).Handler(httpapi.Dialect{
		Name: "notes", Fail: httpapi.Problem, StrictQuery: true, OpenAPI: []byte(notesDocument),
		Routes: []httpapi.Route{httpapi.At("GET", "/notes", httpapi.Needs(notesList), says("hello"))},
	})
}

// Everybody reads the document, whatever his credentials; in every other respect its route is like any other.
func TestDocument(t *testing.T) {
	h := newHost(t)
	handler := h.documented(httpapi.Options{})
	for _, row := range []struct {
		as, method, target string
		status             int
	}{
		{"", "GET", "/openapi.json", 200},
		{"", "HEAD", "/openapi.json", 200},
		{"nobody", "GET", "/openapi.json", 200},
		{"bob", "GET", "/openapi.json", 200},
		{"", "GET", "/openapi.json?x=1", 400},
		{"", "POST", "/openapi.json", 401},
		{"bob", "POST", "/openapi.json", 405},
		{"", "GET", "/openapi.json/", 401},
		{"bob", "GET", "/openapi.json/", 404},
	} {
		w := send(handler, h.as(row.as, row.method, row.target))
		if w.Code != row.status {
			t.Errorf("%s %s as %q: %d, want %d", row.method, row.target, row.as, w.Code, row.status)
		}
		header := w.Header()
		if allow := header.Get("Allow"); row.status == 405 && allow != "GET, HEAD" {
			t.Errorf("%s %s: Allow is %q", row.method, row.target, allow)
		}
		if row.status != 200 {
			continue
		}
		want := notesDocument
		if row.method == "HEAD" {
			want = ""
		}
		if w.Body.String() != want || header.Get("Content-Type") != "application/json" || header.Get("Content-Length") != strconv.Itoa(len(notesDocument)) {
			t.Errorf("%s %s: %v %q", row.method, row.target, header, w.Body)
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("X-Request-Id") == "" {
			t.Errorf("%s %s without the common headers: %v", row.method, row.target, header)
		}
	}
}

// The document counts under the remote address, as all that needs no token does, so that a caller's own requests never cost him the document.
func TestDocumentUnderARateLimit(t *testing.T) {
	h := newHost(t)
	handler := h.documented(httpapi.Options{RateLimit: &httpapi.RateLimit{Requests: 1, Window: time.Minute}})
	for _, step := range []struct {
		as, target string
		status     int
	}{
		{"ann", "/notes", 200},
		{"ann", "/notes", 429},
		{"ann", "/openapi.json", 200},
		{"", "/openapi.json", 429},
	} {
		if w := send(handler, h.as(step.as, "GET", step.target)); w.Code != step.status {
			t.Errorf("%s as %q: %d, want %d", step.target, step.as, w.Code, step.status)
		}
	}
}

// Only a dialect that has a document answers one, and lists its route.
func TestDialectWithoutADocument(t *testing.T) {
	h := newHost(t)
	if w := send(h.serve(httpapi.Options{}), h.as("bob", "GET", "/openapi.json")); w.Code != 404 {
		t.Errorf("without a document: %d", w.Code)
	}
	routes := []httpapi.Route{httpapi.At("GET", "/notes", httpapi.Anyone, says("hello"))}
	if n := len(httpapi.Dialect{Routes: routes}.Describe()); n != 1 {
		t.Errorf("%d routes without a document", n)
	}
	all := httpapi.Dialect{Name: "notes", Routes: routes, OpenAPI: []byte("{}")}.Describe()
	if len(all) != 2 || all[1].String() != "notes GET /openapi.json: public" {
		t.Errorf("with a document %v", all)
	}
}
