package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// ErrNoObject says that a request names no object ([API.RequireObject]).
var ErrNoObject error = fault.New(fault.NotFound, "httpapi: no such object")

// Require guards a handler of the host's own: it admits callers who effectively hold p in their current tenant ([Options.CurrentTenant]; without it their
// home tenant). The others get 401 or 403 as problem details (RFC 9457). [PrincipalFrom] tells next who asks.
//
// What is asked of is Book.Perms: a warm check reads no store. An account that is no longer active is 401 from the next request on.
func (a *API) Require(p perms.Permission, next http.Handler) http.Handler {
	return a.RequireAny([]perms.Permission{p}, next)
}

// RequireAny is [API.Require] for callers who hold at least one of the permissions. Of none, nobody does.
func (a *API) RequireAny(anyOf []perms.Permission, next http.Handler) http.Handler {
	anyOf = slices.Clone(anyOf)
	return a.guard(next, func(r *http.Request) (question, error) { return question{anyOf: anyOf}, nil })
}

// RequireObject is [API.Require] for one object of a type, which the request names: it admits callers who hold "<type>.view", or with whom the object is
// shared. Where id finds none, the answer is 404; another error of its is the answer's.
func (a *API) RequireObject(typ string, id func(*http.Request) (int64, error), next http.Handler) http.Handler {
	view := []perms.Permission{perms.Object{Type: typ}.View()}
	return a.guard(next, func(r *http.Request) (question, error) {
		number, err := id(r)
		if err == nil && number < 1 {
			err = ErrNoObject
		}
		return question{view, perms.Object{Type: typ, ID: number}}, err
	})
}

// question is what a guard asks about a caller.
type question struct {
	anyOf  []perms.Permission
	object perms.Object
}

func (a *API) guard(next http.Handler, ask func(*http.Request) (question, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := a.admit(r, ask)
		if err != nil {
			wire.Headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a.answer(a.newCall(w, r), Problem, func() error { return err })
			})).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, who)))
	})
}

// admit returns who asks, if he holds one of the permissions. His account is read only where the Authenticator has not and the answer depends on more of it
// than a check knows.
func (a *API) admit(r *http.Request, ask func(*http.Request) (question, error)) (Principal, error) {
	who, err := a.opts.Authenticator.Authenticate(r)
	if err != nil {
		return Principal{}, err
	}
	q, askErr := ask(r)
	if who.user == nil && a.opts.CurrentTenant == nil && askErr == nil {
		if d, err := a.decide(r, who.User, q, perms.Home); err == nil && d.Allowed {
			return who, nil
		}
	}
	u, err := a.active(r.Context(), who)
	if err != nil {
		return Principal{}, err
	}
	if askErr != nil {
		return Principal{}, askErr
	}
	d, err := a.decide(r, u.ID, q, a.scopeOf(r, u))
	switch {
	case err != nil:
		return Principal{}, err
	case d.Allowed:
		return who, nil
	case len(q.anyOf) == 0:
		return Principal{}, perms.ErrForbidden
	}
	return Principal{}, perms.Forbid(q.anyOf[0])
}

// decide returns the first yes to a question, or the last no.
func (a *API) decide(r *http.Request, user uuid.UUID, q question, scope perms.Scope) (d perms.Decision, err error) {
	for _, p := range q.anyOf {
		if d, err = a.book.Perms.CheckObject(r.Context(), user, p, scope, q.object); err != nil || d.Allowed {
			return d, err
		}
	}
	return d, nil
}

// scopeOf returns where a caller's permissions are asked: platform-wide, where staff alone hold anything, if the host names no tenant.
func (a *API) scopeOf(r *http.Request, u users.User) perms.Scope {
	if a.opts.CurrentTenant == nil {
		return perms.Home
	}
	tenant := a.opts.CurrentTenant(r, u)
	if tenant == uuid.Nil {
		return perms.Anywhere
	}
	return perms.In(tenant)
}
