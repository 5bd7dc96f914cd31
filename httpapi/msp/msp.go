// Package msp is the API of the document "Users & permissions" (wire/msp.md): user accounts, permission overrides and invite tokens of a managed service
// provider and its clients, in 13 routes under /api/users and /api/invites.
//
// Things are named by numbers here. A user has one role and one tenant, or is staff; the domain has lists of both, so this package reads the primary role
// and the home tenant, and writes them so that whatever else a user has stays, or goes, as section 6.1 of the wire contract says. A caller who is not
// staff acts in his current tenant and sees nothing else.
//
// The rule people get wrong: in the body of an update, a member that is absent keeps its value, null is a value of tenant_id, and the value that this API
// shows is never a change. A client may send back what it read.
package msp

import (
	_ "embed"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
)

// Options of the dialect. There are none beyond those of the API; nil will do.
type Options struct{}

// Handler serves the documented routes, and nothing else, at the root of its paths: mount it with [http.StripPrefix].
func Handler(api *httpapi.API, _ *Options) http.Handler { return api.Handler(dialect()) }

// Routes describes the documented routes, in the order of the document, and that of the OpenAPI document.
func Routes() []httpapi.RouteInfo { return dialect().Describe() }

// document is the OpenAPI document of the routes.
//
//go:embed openapi.json
var document []byte

func dialect() httpapi.Dialect {
	return httpapi.Dialect{Name: "msp", CurrentTenant: true, OpenAPI: document, Fail: fail, Routes: []httpapi.Route{
		httpapi.At(http.MethodGet, "/api/users", httpapi.Needs(perms.UsersList, perms.UsersRead), listUsers).Query("tenant_id"),
		httpapi.At(http.MethodPost, "/api/users", httpapi.Needs(perms.UsersCreate), createUser),
		httpapi.At(http.MethodPut, "/api/users/{id}", httpapi.Needs(perms.UsersUpdate), updateUser),
		httpapi.At(http.MethodDelete, "/api/users/{id}", httpapi.Needs(perms.UsersDelete), deleteUser),
		httpapi.At(http.MethodGet, "/api/users/roles/all", httpapi.Anyone, listRoles),
		httpapi.At(http.MethodGet, "/api/users/{id}/permissions", httpapi.Needs(perms.OverridesRead).OrSelf(), getPermissions),
		httpapi.At(http.MethodPut, "/api/users/{id}/permissions", httpapi.Needs(perms.OverridesWrite), setOverride),
		httpapi.At(http.MethodDelete, "/api/users/{id}/permissions/{permission_key}", httpapi.Needs(perms.OverridesWrite), clearOverride),
		httpapi.At(http.MethodPost, "/api/invites", httpapi.Needs(perms.InvitesCreate), createInvite),
		httpapi.At(http.MethodGet, "/api/invites", httpapi.Needs(perms.InvitesList), listInvites),
		httpapi.At(http.MethodGet, "/api/invites/validate/{token}", httpapi.Public, validateInvite),
		httpapi.At(http.MethodPost, "/api/invites/accept", httpapi.Public, acceptInvite),
		httpapi.At(http.MethodDelete, "/api/invites/{id}", httpapi.Needs(perms.InvitesRevoke), revokeInvite),
	}}
}
