package transcript

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Begin is the time at which every stage begins.
var Begin = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)

// Host is a server of rolebook's dialects, over one kind of store.
type Host struct {
	Name   string
	Open   func(tb testing.TB, clock func() time.Time) store.Store // an empty store
	Preset roles.Preset                                            // seeded into it
	Mount  func(book *store.Book) (http.Handler, error)            // native under /native and msp under /msp, at least
}

// Stage is a running server with the fixture in it, and the people who talk to it.
type Stage struct {
	Store store.Store
	Book  *store.Book

	mount   func(*store.Book) (http.Handler, error)
	handler http.Handler
	names   *names
	tokens  map[string]string // by short name; guest has none
	as      string            // who asks

	mu  sync.Mutex
	now time.Time
}

// Start returns a new stage with the fixture.
func (h Host) Start(tb testing.TB) *Stage {
	tb.Helper()
	s := &Stage{mount: h.Mount, names: newNames(), tokens: map[string]string{"guest": ""}, as: "guest", now: Begin}
	s.Store = h.Open(tb, s.Now)
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	must(tb, err)
	s.Book, err = store.Connect(tb.Context(), s.Store, store.Options{Hasher: hasher, Clock: s.Now})
	must(tb, err)
	must(tb, s.Book.Seed(tb.Context(), perms.System("setup"), h.Preset))
	s.serve(tb)
	s.fix(tb)
	return s
}

// serve mounts the dialects. A trial does so with its first request.
func (s *Stage) serve(tb testing.TB) {
	tb.Helper()
	handler, err := s.mount(s.Book)
	must(tb, err)
	s.handler = handler
}

// Now returns the stage's time. It stands still.
func (s *Stage) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Advance moves the stage's time.
func (s *Stage) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// As makes the named person ask from here on: a short name of the fixture, or guest.
func (s *Stage) As(name string) *Stage {
	s.as = name
	return s
}

// Name gives a token a name, under which its bearer asks from here on.
func (s *Stage) Name(name, token string) {
	s.tokens[name] = token
	s.names.call(token, name)
}

// Dump returns all that the store holds.
func (s *Stage) Dump(tb testing.TB) string {
	tb.Helper()
	text, err := storetest.Dump(tb.Context(), s.Store)
	must(tb, err)
	return text
}

// Request is a request of whoever asks at the time.
type Request struct {
	Method string
	Path   string      // with the query
	Header http.Header // in addition to Authorization and X-Request-Id, or in their place; JSON is assumed of a body
	Body   string
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request, and checks what all answers have in common.
func (s *Stage) Do(tb testing.TB, r Request) Answer {
	tb.Helper()
	if s.handler == nil {
		s.serve(tb)
	}
	recorder := httptest.NewRecorder()
	s.handler.ServeHTTP(recorder, s.request(tb, r))
	a := Answer{recorder.Code, recorder.Result().Header, recorder.Body.String()}
	if r.Method == http.MethodHead {
		a.Body = "" // net/http sends none
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Request-Id": "transcript",
	} {
		if got := a.Header.Get(name); got != want {
			tb.Errorf("%s %s: %s is %q, want %q", r.Method, r.Path, name, got, want)
		}
	}
	return a
}

func (s *Stage) request(tb testing.TB, r Request) *http.Request {
	sent := httptest.NewRequestWithContext(tb.Context(), r.Method, r.Path, strings.NewReader(r.Body))
	sent.Header.Set("X-Request-Id", "transcript")
	if r.Body != "" {
		sent.Header.Set("Content-Type", "application/json")
	}
	if token := s.tokens[s.as]; token != "" {
		sent.Header.Set("Authorization", "Bearer "+token)
	}
	for name, values := range r.Header {
		sent.Header[name] = values
	}
	return sent
}

// Get sends a request without a body; Put, Post and the others are left to [Stage.Send].
func (s *Stage) Get(tb testing.TB, path string) Answer {
	tb.Helper()
	return s.Do(tb, Request{Method: http.MethodGet, Path: path})
}

// Send sends a request with a body.
func (s *Stage) Send(tb testing.TB, method, path, body string) Answer {
	tb.Helper()
	return s.Do(tb, Request{Method: method, Path: path, Body: body})
}

// Must is [Stage.Send] for a request whose answer has to have the status.
func (s *Stage) Must(tb testing.TB, status int, method, path, body string) Answer {
	tb.Helper()
	a := s.Send(tb, method, path, body)
	if a.Status != status {
		tb.Fatalf("%s %s %s: %d %s, want %d", method, path, body, a.Status, a.Body, status)
	}
	return a
}

// Decode reads the answer's body.
func (a Answer) Decode(tb testing.TB, into any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		tb.Fatalf("%d %s: %v", a.Status, a.Body, err)
	}
}

// common are the headers that are checked, or that go without saying.
var common = []string{"Cache-Control", "X-Content-Type-Options", "Referrer-Policy", "X-Request-Id", "Content-Length"}

// text returns the answer as a transcript has it.
func (a Answer) text() string {
	lines := []string{fmt.Sprint(a.Status)}
	for name, values := range a.Header {
		if slices.Contains(common, name) || name == "Content-Type" && a.Header.Get(name) == "application/json" {
			continue
		}
		for _, value := range values {
			lines = append(lines, name+": "+value)
		}
	}
	slices.Sort(lines[1:])
	if a.Body != "" {
		lines = append(lines, a.Body)
	}
	return strings.Join(lines, "\n")
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
