package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// Dialect is one documented API.
type Dialect struct {
	Name   string
	Routes []Route
	// OpenAPI is the document of the routes, which everybody gets at /openapi.json. Nil is none.
	OpenAPI []byte
	// Fail words a failure. Headers that a status brings along (WWW-Authenticate, Retry-After, Allow) are not left to it.
	Fail func(c *Call, f Failure) Answer
	// DryRun words what a change would have answered, and who would gain and lose what; the body of would is a json.RawMessage, empty without one. A
	// dialect with routes of [Route.DryRun] has it.
	DryRun func(c *Call, would Answer, report store.Report) Answer
	// CurrentTenant narrows a caller who is not staff to his current tenant; otherwise he acts in all of his tenants.
	CurrentTenant bool
	// StrictQuery refuses query parameters that a route does not read.
	StrictQuery bool
}

// Answer is a status and a JSON body.
type Answer struct {
	Status    int
	MediaType string // application/json if empty
	Body      any
}

// Describe returns what the documentation of the dialect says of its routes, in their order; that of its document comes last.
func (d Dialect) Describe() []RouteInfo {
	routes := d.routes()
	list := make([]RouteInfo, len(routes))
	for i, r := range routes {
		list[i] = r.info(d.Name)
	}
	return list
}

// Handler returns the handler of a dialect. It panics when two of the routes claim the same requests.
func (a *API) Handler(d Dialect) http.Handler {
	s := &server{api: a, dialect: d, router: newRouter(d.routes())}
	return wire.Headers(s)
}

// server is a dialect on an API.
type server struct {
	api     *API
	dialect Dialect
	router  router
}

// ServeHTTP answers the request, whatever happens, and logs it: the route's pattern, never the path, which may hold a token.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := s.api.newCall(w, r)
	resource, params := s.router.find(r.URL.EscapedPath())
	c.params = params
	defer func() { s.api.logRequest(c, s.dialect.Name, resource, time.Since(began)) }()
	s.api.answer(c, s.dialect.Fail, func() error { return s.serve(c, resource) })
}

// serve is the order of checks up to the handler.
func (s *server) serve(c *Call, found *resource) error {
	var route *Route
	if found != nil {
		route = found.routes[c.Request.Method]
	}
	if err := s.identify(c, route != nil && route.gate.kind == gatePublic); err != nil {
		return err
	}
	if found == nil {
		return errNoRoute
	}
	if route == nil {
		c.Header().Set("Allow", found.allow)
		return errNoMethod
	}
	var err error
	if c.Query, err = wire.ParseQuery(c.Request.URL.RawQuery); err != nil {
		return err
	}
	if unknown := c.Query.Unknown(route.params...); s.dialect.StrictQuery && len(unknown) > 0 {
		return &unknownParameterError{unknown[0]}
	}
	c.gate, c.Operation = route.gate, route.gate.operation()
	if route.reads() {
		return s.api.onSnapshot(c, route.handle)
	}
	return s.handle(c, route)
}

// identify finds out in whose name the call acts, and counts it.
func (s *server) identify(c *Call, public bool) error {
	if public {
		return s.api.admitGuest(c)
	}
	if err := s.api.admitCaller(c); err != nil {
		return err
	}
	if s.dialect.CurrentTenant && !c.User.Staff() {
		c.Actor = c.Actor.In(s.api.currentTenant(c.Request, c.User))
	}
	return nil
}

// newCall returns the call of a request of which nothing is known yet.
func (a *API) newCall(w http.ResponseWriter, r *http.Request) *Call {
	return &Call{Request: r, Book: a.book, api: a, w: &answer{ResponseWriter: w, head: r.Method == http.MethodHead}}
}

// admitGuest lets a request in without looking at its credentials.
func (a *API) admitGuest(c *Call) error {
	c.Actor = perms.Guest().During(c.RequestID()).From(c.Address())
	return a.limit(c, "address "+c.Address())
}

// admitCaller lets in whoever has an account that is active. A request over the limit is told so first, whoever sends it.
func (a *API) admitCaller(c *Call) error {
	p, u, err := a.authenticate(c.Request)
	if err != nil {
		if over := a.limit(c, "address "+c.Address()); over != nil {
			return over
		}
		return err
	}
	if err := a.limit(c, "user "+u.ID.String()); err != nil {
		return err
	}
	c.Principal, c.User = p, u
	c.Actor = perms.As(u.ID).During(c.RequestID()).From(c.Address())
	return nil
}

// answer runs fn, and words its error or panic.
func (a *API) answer(c *Call, fail func(*Call, Failure) Answer, fn func() error) {
	err := protect(fn)
	if errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	if err == nil {
		return
	}
	f := FailureOf(err)
	a.logFailure(c, f)
	if c.w.status != 0 {
		panic(http.ErrAbortHandler) // half an answer is out: the client must not take it for a whole one
	}
	out := fail(c, f)
	if f.Wait == 0 && out.Status == http.StatusServiceUnavailable { // whatever the dialect takes for that
		f.Wait = retryAfter
	}
	if f.Wait > 0 {
		c.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Wait.Seconds()))))
	}
	if out.MediaType == "" {
		out.MediaType = "application/json"
	}
	if err := wire.JSONAs(c.w, out.Status, out.MediaType, out.Body); err != nil {
		a.log.ErrorContext(c.Context(), "error answer not encoded", "request", c.RequestID(), "error", err)
		c.w.WriteHeader(http.StatusInternalServerError)
	}
}

// panicError is a panic of a handler.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("httpapi: panic: %v", e.value) }

// protect runs fn and returns its panic as an error.
func protect(fn func() error) (err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			err = http.ErrAbortHandler
		default:
			err = &panicError{p, debug.Stack()}
		}
	}()
	return fn()
}

// logFailure logs what the answer does not say.
func (a *API) logFailure(c *Call, f Failure) {
	level := slog.LevelDebug
	if f.Kind == Internal {
		level = slog.LevelError
	} else if f.Kind == Unavailable && !errors.Is(f.Err, context.Canceled) {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.String("request", c.RequestID()), slog.String("error", f.Err.Error())}
	var panicked *panicError
	if errors.As(f.Err, &panicked) {
		attrs = append(attrs, slog.String("stack", string(panicked.stack)))
	}
	a.log.LogAttrs(c.Context(), level, "request failed", attrs...)
}

// logRequest writes the line that each request gets.
func (a *API) logRequest(c *Call, dialect string, found *resource, took time.Duration) {
	route := "none"
	if found != nil {
		route = found.pattern()
	}
	attrs := []slog.Attr{
		slog.String("api", dialect), slog.String("method", c.Request.Method), slog.String("route", route),
		slog.Int("status", c.w.status), slog.Duration("took", took), slog.String("request", c.RequestID()),
	}
	if c.User.Number != 0 {
		attrs = append(attrs, slog.String("user", c.User.ID.String()))
	}
	a.log.LogAttrs(c.Context(), slog.LevelInfo, "request", attrs...)
}

// answer is a ResponseWriter that knows its status, and may hold the answer back.
type answer struct {
	http.ResponseWriter
	status int
	head   bool          // the answer has no body
	held   *bytes.Buffer // what is held back; nil for nothing
}

// WriteHeader adds the header without which HTTP knows no 401.
func (w *answer) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if w.held == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

// Write leaves the body of an answer to HEAD out.
func (w *answer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.head {
		return len(p), nil
	}
	if w.held != nil {
		return w.held.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (w *answer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
