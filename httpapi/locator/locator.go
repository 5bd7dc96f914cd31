// Package locator is the API of the document "User Management API" (wire/locator.md): users, roles, permissions and tenant assignments, in 18 routes under
// /auth/users and /auth/roles.
//
// Users and tenants are named by uuids, called locators; a role by its key or, in a request, by its name. A user's roles are those that count anywhere and
// are in force; his tenants are ids, "any" and "type:…", in order. A caller acts in all of his tenants at once, and sees the users who list one of them.
// Success is always 200, creation and deletion included.
//
// The rule people get wrong: what is empty changes nothing. An empty list of roles or tenants in an update leaves them all, and permissions are only ever
// added; what takes something away are removeRoles, removeTenants, and the overrides of other APIs.
package locator

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

// Routes describes the documented routes, in the order of wire/locator.md, and that of the OpenAPI document.
func Routes() []httpapi.RouteInfo { return dialect().Describe() }

// document is the OpenAPI document of the routes.
//
//go:embed openapi.json
var document []byte

func dialect() httpapi.Dialect {
	return httpapi.Dialect{Name: "locator", OpenAPI: document, Fail: fail, Routes: []httpapi.Route{
		httpapi.At(http.MethodPost, "/auth/users", httpapi.Needs(perms.UsersCreate), createUser),
		httpapi.At(http.MethodGet, "/auth/users/whoami", httpapi.Anyone, whoami),
		httpapi.At(http.MethodGet, "/auth/users/username/{username}", httpapi.Needs(perms.UsersRead), findUser),
		httpapi.At(http.MethodGet, "/auth/users/{locator}", httpapi.Needs(perms.UsersRead).OrSelf(), readUser),
		httpapi.At(http.MethodGet, "/auth/users/list", httpapi.Needs(perms.UsersRead, perms.UsersList), listUsers).Query("offset", "count", "extended"),
		httpapi.At(http.MethodGet, "/auth/users/basic/list", httpapi.Needs(perms.UsersRead, perms.UsersList), listBasicUsers).Query("offset", "count", "extended"),
		httpapi.At(http.MethodPatch, "/auth/users/{locator}", httpapi.Needs(perms.UsersUpdate).OrSelf(), updateUser),
		httpapi.At(http.MethodPatch, "/auth/users/{locator}/passwordreset", httpapi.Needs(perms.UsersPasswordReset), resetPassword),
		httpapi.At(http.MethodDelete, "/auth/users/{locator}", httpapi.Needs(perms.UsersDelete), deleteUser),

		httpapi.At(http.MethodPost, "/auth/roles", httpapi.Needs(perms.RolesCreate), createRole),
		httpapi.At(http.MethodGet, "/auth/roles/{locator}", httpapi.Needs(perms.RolesRead), readRole),
		httpapi.At(http.MethodPatch, "/auth/roles/{locator}", httpapi.Needs(perms.RolesUpdate), updateRole),
		httpapi.At(http.MethodGet, "/auth/roles/list", httpapi.Needs(perms.RolesRead, perms.RolesList), listRoles).Query("offset", "count", "extended"),
		httpapi.At(http.MethodDelete, "/auth/roles/{locator}", httpapi.Needs(perms.RolesDelete), deleteRole),

		httpapi.At(http.MethodGet, "/auth/roles/permissions", httpapi.Needs(perms.RolesRead), listPermissions),
		httpapi.At(http.MethodGet, "/auth/users/{locator}/permissions", httpapi.Needs(perms.UsersRead).OrSelf(), readPermissions),
		httpapi.At(http.MethodPatch, "/auth/users/{locator}/roles", httpapi.Needs(perms.UsersAssign), updateRoles),
		httpapi.At(http.MethodPatch, "/auth/users/{locator}/tenants", httpapi.Needs(perms.UsersAssign), updateTenants),
	}}
}
