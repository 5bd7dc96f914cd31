package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

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
//
// Nobody holds a permission that is not in the catalogue, so Require panics if the Book does not know p: it is misspelt, or its preset not seeded yet.
func (a *API) Require(p perms.Permission, next http.Handler) http.Handler {
	return a.RequireAny([]perms.Permission{p}, next)
}

// RequireAny is [API.Require] for callers who hold at least one of the permissions. It panics if there are none, or one of them is not in the catalogue.
func (a *API) RequireAny(anyOf []perms.Permission, next http.Handler) http.Handler {
	anyOf = slices.Clone(anyOf)
	a.mustKnow(anyOf)
	return a.guard(next, func(r *http.Request) (question, error) { return question{anyOf: anyOf}, nil })
}

// RequireObject is [API.Require] for one object of a type, which the request names: it admits callers who hold "<type>.view", or with whom the object is
// shared. It panics if the type is malformed, or its permission not in the catalogue.
//
// Where id finds none, by [ErrNoObject], a number that is not positive or an error of strconv, the answer is 404 to those who hold the permission. To all
// others it is the 403 of an object that is not shared with them, so that they do not learn which there are. Another error of id's is the answer's.
func (a *API) RequireObject(typ string, id func(*http.Request) (int64, error), next http.Handler) http.Handler {
	if !(perms.Object{Type: typ, ID: 1}).Valid() {
		panic(fmt.Sprintf("httpapi: guard of a malformed type of objects: %q", typ))
	}
	view := []perms.Permission{perms.Object{Type: typ}.View()}
	a.mustKnow(view)
	return a.guard(next, func(r *http.Request) (question, error) {
		number, err := id(r)
		if malformed := (*strconv.NumError)(nil); errors.As(err, &malformed) || err == nil && number < 1 {
			err = ErrNoObject
		}
		return question{view, perms.Object{Type: typ, ID: number}}, err
	})
}

// mustKnow panics where a guard would never admit anybody.
func (a *API) mustKnow(anyOf []perms.Permission) {
	if len(anyOf) == 0 {
		panic("httpapi: guard without a permission")
	}
	known := a.book.Catalog()
	for _, p := range anyOf {
		if !known.Has(p) {
			panic(fmt.Sprintf("httpapi: guard of a permission that is not in the catalogue: %q", p))
		}
	}
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
	if askErr != nil && kindOf(askErr) != NotFound {
		return Principal{}, askErr
	}
	d, err := a.decide(r, u.ID, q, a.scopeOf(r, u))
	switch {
	case err != nil:
		return Principal{}, err
	case d.Allowed:
		return who, askErr // that there is none is for those to know who may see it
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
