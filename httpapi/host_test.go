package httpapi_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// begin is when every host begins; its clock stands still.
var begin = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)

// host is a book with three people: root, who is staff and may do everything, ann, who may list and create notes in the default tenant, and bob, who may
// do nothing.
type host struct {
	t      *testing.T
	book   *store.Book
	users  map[string]users.User
	tokens map[string]string
	log    *logbook

	mu  sync.Mutex
	now time.Time
}

const (
	notesList   perms.Permission = "notes.list"
	notesCreate perms.Permission = "notes.create"
)

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, users: map[string]users.User{}, tokens: map[string]string{}, log: &logbook{}, now: begin}
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	h.must(err)
	h.book, err = store.Connect(t.Context(), memory.New(), store.Options{
		Hasher: hasher, Clock: h.clock, Catalog: perms.NewCatalog(notesList, notesCreate),
	})
	h.must(err)
	setup := perms.System("setup")
	all, err := h.book.Roles.Create(t.Context(), setup, roles.New{Name: "everything", Permissions: []string{"*.*"}})
	h.must(err)
	notes, err := h.book.Roles.Create(t.Context(), setup, roles.New{Name: "notes", Permissions: []string{"notes.*"}})
	h.must(err)
	h.add("root", users.New{Roles: []string{all.Key}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	h.add("ann", users.New{Roles: []string{notes.Key}})
	h.add("bob", users.New{})
	return h
}

func (h *host) add(name string, in users.New) {
	h.t.Helper()
	in.Email, in.Name, in.Password = name+"@example.com", name, name+"-river-2041"
	u, err := h.book.Users.Create(h.t.Context(), perms.System("setup"), in)
	h.must(err)
	token, _, err := h.book.Sessions.Issue(h.t.Context(), u.ID)
	h.must(err)
	h.users[name], h.tokens[name] = u, token.Reveal()
}

func (h *host) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *host) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// api returns the API of the book with our sessions, unless the options say otherwise.
func (h *host) api(o httpapi.Options) *httpapi.API {
	h.t.Helper()
	if o.Authenticator == nil {
		o.Authenticator = httpapi.Sessions(h.book)
	}
	o.Logger = slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	api, err := httpapi.New(h.book, o)
	h.must(err)
	return api
}

// serve returns the handler of some routes with problem details as errors.
func (h *host) serve(o httpapi.Options, routes ...httpapi.Route) http.Handler {
	h.t.Helper()
	return h.api(o).Handler(httpapi.Dialect{Name: "notes", Fail: httpapi.Problem, Routes: routes})
}

// as returns a request of the named person; of nobody if the name is empty.
func (h *host) as(name, method, target string) *http.Request {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, target, strings.NewReader(""))
	if name != "" {
		r.Header.Set("Authorization", "Bearer "+h.tokens[name])
	}
	return r
}

func send(handler http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// says answers 200 with a word.
func says(word string) httpapi.Handler {
	return func(c *httpapi.Call) error { return c.JSON(http.StatusOK, word) }
}

// fails returns an error.
func fails(err error) httpapi.Handler { return func(*httpapi.Call) error { return err } }

// authenticator is a host's own.
type authenticator func(*http.Request) (httpapi.Principal, error)

func (a authenticator) Authenticate(r *http.Request) (httpapi.Principal, error) { return a(r) }

// logbook keeps what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// canceled is a context that is over.
func canceled(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	return ctx
}
