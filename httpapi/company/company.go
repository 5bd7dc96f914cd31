// Package company is the API of the document "Creating a new user" (wire/company.md): creating and updating users, and listing roles, in 3 routes under
// /api/v2.
//
// Users and companies are named by uuids here, roles by numbers, and roles are called groups. A user's groups are his roles that count anywhere and are in
// force, each with all that it permits; a company is a tenant. Whoever is not staff acts in his current tenant and sees nothing else. Each path answers
// with a slash behind it, too.
//
// The rule people get wrong: email and password are required in an update as well, because the document says so. The password that the user has already
// is no change and ends no session; with [Options.PartialUpdate] it need not be sent.
package company

import (
	_ "embed"
	"net/http"
	"slices"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
)

// Options of the dialect, beyond those of the API.
type Options struct {
	// PartialUpdate makes every member of an update optional.
	PartialUpdate bool
}

// document is the OpenAPI document of the routes. It has an update as it is without [Options.PartialUpdate].
//
//go:embed openapi.json
var document []byte

// Handler serves the documented routes, and nothing else, at the root of its paths: mount it with [http.StripPrefix]. Nil Options are the zero ones.
func Handler(api *httpapi.API, o *Options) http.Handler {
	if o == nil {
		o = &Options{}
	}
	return api.Handler(httpapi.Dialect{
		Name: "company", CurrentTenant: true, OpenAPI: document, Fail: fail, Routes: slices.Concat(o.routes(""), o.routes("/")),
	})
}

// Routes describes the documented routes, in the order of the document, and that of the OpenAPI document.
func Routes() []httpapi.RouteInfo {
	o := Options{}
	return httpapi.Dialect{Name: "company", OpenAPI: document, Routes: o.routes("")}.Describe()
}

// routes returns the routes whose paths end as given.
func (o *Options) routes(end string) []httpapi.Route {
	return []httpapi.Route{
		httpapi.At(http.MethodPost, "/api/v2/user"+end, httpapi.Needs(perms.UsersCreate), createUser),
		httpapi.At(http.MethodGet, "/api/v2/group"+end, httpapi.Needs(perms.RolesList, perms.RolesRead), listGroups),
		httpapi.At(http.MethodPatch, "/api/v2/user/{user_uuid}"+end, httpapi.Needs(perms.UsersUpdate), o.updateUser),
	}
}

// credentials is the rule of email and password in an update.
func (o *Options) credentials() wire.Rule {
	if o.PartialUpdate {
		return wire.Optional
	}
	return wire.Required
}
