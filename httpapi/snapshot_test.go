package httpapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// onWrite is a client's end that does something before it takes what is written.
type onWrite struct {
	*httptest.ResponseRecorder
	do func()
}

func (w onWrite) WriteHeader(status int) {
	w.do()
	w.ResponseRecorder.WriteHeader(status)
}

func (w onWrite) Write(p []byte) (int, error) {
	w.do()
	return w.ResponseRecorder.Write(p)
}

// A route that reads does so on one snapshot, which is over before a byte of the answer is sent.
func TestReadsAreOfOneMoment(t *testing.T) {
	h := newHost(t)
	var book *store.Book
	name := func() string {
		u, err := book.Users.Get(t.Context(), perms.System("test"), h.users["bob"].ID)
		h.must(err)
		return u.Name.Full
	}
	handler := h.serve(httpapi.Options{}, httpapi.At("GET", "/name", httpapi.Anyone, func(c *httpapi.Call) error {
		book = c.Book
		before := name()
		renamed := users.FullName("Bob " + before)
		_, err := h.book.Users.Update(t.Context(), perms.System("test"), users.ByID(h.users["bob"].ID), users.Update{Name: &renamed})
		h.must(err)
		return c.JSON(http.StatusOK, before+" "+name())
	}))
	w := onWrite{httptest.NewRecorder(), func() {
		if _, err := book.Users.Get(t.Context(), perms.System("test"), h.users["bob"].ID); !errors.Is(err, store.ErrClosed) {
			t.Errorf("while the client reads the snapshot is open: %v", err)
		}
	}}
	handler.ServeHTTP(w, h.as("ann", "GET", "/name"))
	if w.Code != http.StatusOK || w.Body.String() != `"bob bob"` {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = onWrite{httptest.NewRecorder(), func() {}}
	handler.ServeHTTP(w, h.as("ann", "HEAD", "/name"))
	if w.Code != http.StatusOK || w.Body.Len() != 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("%d %q %v", w.Code, w.Body, w.Header())
	}
}

// On a snapshot nothing can be changed. Routes for guests have none, for their failures are counted.
func TestWhereNothingCanBeChanged(t *testing.T) {
	h := newHost(t)
	change := func(c *httpapi.Call) error {
		full := users.FullName("Changed")
		_, err := c.Book.Users.Update(c.Context(), perms.System("test"), users.ByID(h.users["bob"].ID), users.Update{Name: &full})
		return err
	}
	handler := h.serve(httpapi.Options{}, httpapi.At("GET", "/own", httpapi.Anyone, change), httpapi.At("GET", "/public", httpapi.Public, change),
		httpapi.At("POST", "/own", httpapi.Anyone, change))
	if w := send(handler, h.as("ann", "GET", "/own")); w.Code != 500 || !strings.Contains(h.log.String(), store.ErrReadOnly.Error()) {
		t.Errorf("%d %s", w.Code, h.log)
	}
	h.log.clear()
	for _, r := range []*http.Request{h.as("ann", "GET", "/public"), h.as("ann", "POST", "/own")} {
		if w := send(handler, r); w.Code == 500 {
			t.Errorf("%s %s: %s", r.Method, r.URL, h.log)
		}
	}
}

// Of an answer that is held back nothing is sent if the handler fails after all.
func TestHeldAnswerForgotten(t *testing.T) {
	h := newHost(t)
	half := func(end func() error) httpapi.Handler {
		return func(c *httpapi.Call) error {
			_ = c.JSON(http.StatusOK, "half an answer")
			return end()
		}
	}
	handler := h.serve(httpapi.Options{},
		httpapi.At("GET", "/fails", httpapi.Anyone, half(func() error { return users.ErrNotFound })),
		httpapi.At("GET", "/panics", httpapi.Anyone, half(func() error { panic("oops") })))
	for target, status := range map[string]int{"/fails": http.StatusNotFound, "/panics": http.StatusInternalServerError} {
		w := send(handler, h.as("ann", "GET", target))
		if w.Code != status || strings.Contains(w.Body.String(), "half") || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
}
