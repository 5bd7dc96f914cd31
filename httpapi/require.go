package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Require guards a handler of the host's own: it admits callers who effectively hold p in their current tenant ([Options.CurrentTenant]; without it their
// home tenant). The others get 401 or 403 as problem details (RFC 9457). [PrincipalFrom] tells next who asks.
func (a *API) Require(p perms.Permission, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := a.check(r, p)
		if err != nil {
			wire.Headers(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				a.answer(a.newCall(w, r), Problem, func() error { return err })
			})).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, who)))
	})
}

// check returns who asks, if he holds p.
func (a *API) check(r *http.Request, p perms.Permission) (Principal, error) {
	who, u, err := a.authenticate(r)
	if err != nil {
		return Principal{}, err
	}
	d, err := a.book.Perms.Check(r.Context(), u.ID, p, a.scopeOf(r, u))
	if err != nil {
		return Principal{}, err
	}
	if !d.Allowed {
		return Principal{}, perms.Forbid(p)
	}
	return who, nil
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
