package wire_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

func TestJSON(t *testing.T) {
	w := httptest.NewRecorder()
	if err := wire.JSON(w, http.StatusCreated, map[string]any{"b": "<a href='&'>\u2028", "a": []int{}}); err != nil {
		t.Fatal(err)
	}
	want := `{"a":[],"b":"\u003ca href='\u0026'\u003e\u2028"}`
	if got := w.Body.String(); got != want {
		t.Errorf("got the body %q, want %q", got, want)
	}
	if w.Code != http.StatusCreated || w.Header().Get("Content-Type") != "application/json" || w.Header().Get("Content-Length") != strconv.Itoa(len(want)) {
		t.Errorf("got %d, %v", w.Code, w.Header())
	}
}

func TestJSONAs(t *testing.T) {
	w := httptest.NewRecorder()
	if err := wire.JSONAs(w, http.StatusForbidden, "application/problem+json", 1); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusForbidden || w.Header().Get("Content-Type") != "application/problem+json" || w.Body.String() != "1" {
		t.Errorf("got %d, %v, %q", w.Code, w.Header(), w.Body)
	}
}

func TestJSONSendsNothingOfWhatItCannotEncode(t *testing.T) {
	w := httptest.NewRecorder()
	if err := wire.JSON(w, http.StatusOK, []any{"begun", make(chan int)}); err == nil {
		t.Fatal("a channel was encoded")
	}
	if err := wire.JSON(w, http.StatusInternalServerError, "sorry"); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusInternalServerError || w.Body.String() != `"sorry"` {
		t.Errorf("got %d, %q", w.Code, w.Body)
	}
}

// TestAnswersOverHTTP asks a real server, for HEAD and empty answers are net/http's
// work as much as ours.
func TestAnswersOverHTTP(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /list", func(w http.ResponseWriter, r *http.Request) {
		if err := wire.JSON(w, http.StatusOK, strings.Repeat("x", 5000)); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/gone", func(w http.ResponseWriter, r *http.Request) { wire.Empty(w, http.StatusNoContent) })
	mux.HandleFunc("/void", func(w http.ResponseWriter, r *http.Request) { wire.Empty(w, http.StatusOK) })
	server := httptest.NewServer(wire.Headers(mux))
	defer server.Close()

	tests := []struct {
		method, path string
		status       int
		length       int64
		body         int
		mediaType    string
	}{
		{"GET", "/list", 200, 5002, 5002, "application/json"},
		{"HEAD", "/list", 200, 5002, 0, "application/json"},
		{"GET", "/gone", 204, 0, 0, ""},
		{"GET", "/void", 200, 0, 0, ""},
	}
	for _, test := range tests {
		r, err := http.NewRequest(test.method, server.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != test.status || response.ContentLength != test.length || len(body) != test.body ||
			response.Header.Get("Content-Type") != test.mediaType {
			t.Errorf("%s %s: got %d, %d of %d bytes, %v", test.method, test.path, response.StatusCode, len(body), response.ContentLength, response.Header)
		}
	}
}

func TestHeaders(t *testing.T) {
	var inside string
	handler := wire.Headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inside = wire.RequestID(r.Context())
		http.NotFound(w, r)
	}))
	tests := []struct {
		name  string
		sent  []string
		taken bool
	}{
		{"none", nil, false},
		{"a word", []string{"Trace-1_a.B"}, true},
		{"one character", []string{"x"}, true},
		{"64 characters", []string{strings.Repeat("9", 64)}, true},
		{"65 characters", []string{strings.Repeat("9", 65)}, false},
		{"empty", []string{""}, false},
		{"white space", []string{"a b"}, false},
		{"a line break", []string{"a\nb"}, false},
		{"markup", []string{"<b>"}, false},
		{"another alphabet", []string{"é"}, false},
		{"brackets beside the letters", []string{"[a]"}, false},
		{"two", []string{"a", "b"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header["X-Request-Id"] = test.sent
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			id := w.Header().Get("X-Request-Id")
			if test.taken && id != test.sent[0] {
				t.Errorf("got the id %q, want the one sent", id)
			}
			if _, err := uuid.Parse(id); !test.taken && err != nil {
				t.Errorf("got the id %q, want a uuid", id)
			}
			if inside != id {
				t.Errorf("the context has %q, the header %q", inside, id)
			}
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			} {
				if got := w.Header().Values(name); len(got) != 1 || got[0] != want {
					t.Errorf("got %s: %q, want %s", name, got, want)
				}
			}
			if w.Code != http.StatusNotFound {
				t.Errorf("got the status %d", w.Code)
			}
		})
	}
}

func TestRequestIDOutside(t *testing.T) {
	if id := wire.RequestID(context.Background()); id != "" {
		t.Errorf("got %q", id)
	}
}
