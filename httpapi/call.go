package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Call is one request on its way through a handler.
type Call struct {
	Request *http.Request
	Book    *store.Book // the one to act on; a handler has no other
	Query   *wire.Query

	Principal Principal
	User      users.User  // the caller, as he was when the request came; zero on a public route
	Actor     perms.Actor // in whose name to act: the caller, or a guest on a public route
	// Operation is the route's gate in the words of the users service: to hand on, so that the documented gate is the one that is asked.
	Operation users.Operation

	api    *API
	w      *answer
	gate   Gate
	params map[string]string
}

// Context returns the request's context.
func (c *Call) Context() context.Context { return c.Request.Context() }

// Path returns a parameter of the path, unescaped once.
func (c *Call) Path(name string) string { return c.params[name] }

// Number returns a parameter of the path that is a number; the error is a *wire.ParamError.
func (c *Call) Number(name string) (int64, error) {
	n, ok := wire.Number(c.params[name])
	if !ok {
		return 0, &wire.ParamError{In: wire.InPath, Name: name, Reason: "must be a number"}
	}
	return n, nil
}

// UUID returns a parameter of the path that is a uuid; the error is a *wire.ParamError.
func (c *Call) UUID(name string) (uuid.UUID, error) {
	id, ok := wire.UUID(c.params[name])
	if !ok {
		return uuid.Nil, &wire.ParamError{In: wire.InPath, Name: name, Reason: "must be a uuid"}
	}
	return id, nil
}

// Admit asks the route's gate, of routes that address no user: those that do hand Operation to the service, which asks it together with the look-up. It
// comes before a body is read.
func (c *Call) Admit() error {
	if c.gate.kind != gateNeeds {
		return nil
	}
	return c.Book.Users.Admit(c.Context(), c.Actor, c.Operation)
}

// Address returns the remote address under which failures count.
func (c *Call) Address() string { return c.api.opts.ClientAddr(c.Request) }

// Attempt runs fn as one use, from this address, of a token that might be guessed. That there is no such thing counts as a failure; a success forgets the
// failures before it; every other error is neither. After too many failures it is a [*users.TooManyError], and fn does not run.
func (c *Call) Attempt(token string, fn func() error) error {
	attempt, err := c.Book.Sessions.Attempt(c.Context(), c.Address(), token)
	if err != nil {
		return err
	}
	err = fn()
	ctx := context.WithoutCancel(c.Context())
	switch {
	case err == nil:
		if failed := attempt.Succeed(ctx); failed != nil { // what was asked for has been done all the same
			c.Log("failures not forgotten", failed)
		}
	case kindOf(err) == NotFound:
		if failed := attempt.Fail(ctx); failed != nil {
			return failed
		}
	}
	return err
}

// RequestID returns the id of the request, which its answer carries too.
func (c *Call) RequestID() string { return wire.RequestID(c.Context()) }

// InviteURL returns the address at which the token of an invite or link is used; slug is that of its tenant, "" without one.
func (c *Call) InviteURL(slug, token string) string { return c.api.inviteURL(slug, token) }

// Issue returns a token for a user who has just got his account, and "" where the host makes none.
func (c *Call) Issue(user uuid.UUID) (string, error) {
	if c.api.opts.Issue == nil {
		return "", nil
	}
	return c.api.opts.Issue(c.Context(), user)
}

// Log reports what went wrong beside an answer that is right without it.
func (c *Call) Log(what string, err error) {
	c.api.log.WarnContext(c.Context(), what, "request", c.RequestID(), "error", err)
}

// Header returns the headers of the answer.
func (c *Call) Header() http.Header { return c.w.Header() }

// JSON answers with v.
func (c *Call) JSON(status int, v any) error { return wire.JSON(c.w, status, v) }

// Empty answers without a body.
func (c *Call) Empty(status int) error {
	wire.Empty(c.w, status)
	return nil
}

// Writer returns what an answer that is not JSON is written to.
func (c *Call) Writer() http.ResponseWriter { return c.w }

// Collect adds to a form what a service finds wrong with the values that were read from it, under the names that rename gives them (nil keeps the
// domain's; "" drops the problem), and returns every other error as it is. The form then holds all that is wrong, in the order of its members.
func Collect(form *wire.Form, err error, rename func(field string) string) error {
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) {
		return err
	}
	for _, f := range invalid.Fields {
		name := f.Field
		if rename != nil {
			name = rename(name)
		}
		if name != "" {
			form.Fail(name, wire.Code(f.Code), f.Text)
		}
	}
	return nil
}
