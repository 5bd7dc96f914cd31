// Package native is the library's own HTTP API: what the four documented ones leave out, and users whole, so that a console can be built on it.
//
// It has sign-in, oneself, tenants, users with their roles and overrides, roles, checks and their reasons, the journal and joining by link, under /v1. Things are named by their uuid, roles by their key; errors are
// problem details (RFC 9457); users and tenants carry a version as their ETag, and If-Match makes a change conditional on it.
//
// The rule people get wrong: a query parameter that a route does not know is refused here, not ignored, because a misspelt dry_run must not write.
package native

import (
	"bytes"
	_ "embed"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Options are what a host may decide about native alone: nothing yet.
type Options struct{}

// Handler returns the handler of native's routes. The Options may be nil.
func Handler(api *httpapi.API, _ *Options) http.Handler { return api.Handler(dialect()) }

// Routes returns the routes with the permissions that they take, the OpenAPI document's among them.
func Routes() []httpapi.RouteInfo { return dialect().Describe() }

// document is the OpenAPI document of the routes.
//
//go:embed openapi.json
var document []byte

// versioned returns the document as it is served under /v1. Its servers are told relative to itself, so there they are one step up.
func versioned() []byte {
	return bytes.Replace(document, []byte(`"url": "."`), []byte(`"url": ".."`), 1)
}

func dialect() httpapi.Dialect {
	return httpapi.Dialect{Name: "native", StrictQuery: true, OpenAPI: document, Fail: httpapi.Problem, DryRun: wordDryRun, Routes: []httpapi.Route{
		httpapi.At(http.MethodPost, "/v1/sessions", httpapi.Public, signIn),
		httpapi.At(http.MethodDelete, "/v1/sessions/current", httpapi.Anyone, signOut),
		httpapi.At(http.MethodGet, "/v1/me", httpapi.Anyone, readMe).Query("tenant"),
		httpapi.At(http.MethodPatch, "/v1/me", httpapi.Anyone, editMe).DryRun(),
		httpapi.At(http.MethodPut, "/v1/me/password", httpapi.Anyone, changePassword).DryRun(),

		httpapi.At(http.MethodPost, "/v1/tenants", httpapi.Needs(perms.TenantsCreate).Platformwide(), createTenant).DryRun(),
		httpapi.At(http.MethodGet, "/v1/tenants", httpapi.Needs(perms.TenantsList), listTenants).Query("limit", "cursor"),
		httpapi.At(http.MethodGet, "/v1/tenants/{id}", httpapi.Needs(perms.TenantsRead), readTenant),
		httpapi.At(http.MethodPatch, "/v1/tenants/{id}", httpapi.Needs(perms.TenantsUpdate), editTenant).DryRun(),

		httpapi.At(http.MethodGet, "/v1/users", httpapi.Needs(perms.UsersList, perms.UsersRead), listUsers).
			Query("q", "external", "status", "role", "tenant", "group", "permission", "limit", "cursor"),
		httpapi.At(http.MethodPost, "/v1/users", httpapi.Needs(perms.UsersCreate), createUser).DryRun(),
		httpapi.At(http.MethodGet, "/v1/users/{id}", httpapi.Needs(perms.UsersRead).OrSelf(), readUser),
		httpapi.At(http.MethodPatch, "/v1/users/{id}", httpapi.Needs(perms.UsersUpdate), editUser).DryRun(),
		httpapi.At(http.MethodDelete, "/v1/users/{id}", httpapi.Needs(perms.UsersDelete), deleteUser).DryRun(),
		httpapi.At(http.MethodPost, "/v1/users/{id}/approve", httpapi.Needs(perms.UsersApprove), move(users.Approve)).DryRun(),
		httpapi.At(http.MethodPost, "/v1/users/{id}/reject", httpapi.Needs(perms.UsersApprove), move(users.Reject)).DryRun(),
		httpapi.At(http.MethodPost, "/v1/users/{id}/suspend", httpapi.Needs(perms.UsersSuspend), move(users.Suspend)).DryRun(),
		httpapi.At(http.MethodPost, "/v1/users/{id}/reactivate", httpapi.Needs(perms.UsersSuspend), move(users.Reactivate)).DryRun(),
		httpapi.At(http.MethodPut, "/v1/users/{id}/password", httpapi.Needs(perms.UsersPasswordReset), setPassword).DryRun(),
		httpapi.At(http.MethodPost, "/v1/users/{id}/purge", httpapi.Needs(perms.UsersDelete), purgeUser).DryRun(),
		httpapi.At(http.MethodGet, "/v1/users/{id}/permissions", httpapi.Needs(perms.UsersRead).OrSelf(), readPermissions).Query("tenant", "as_of"),
		httpapi.At(http.MethodGet, "/v1/users/{id}/explain", httpapi.Needs(perms.AccessExplain).OrSelf(), explain).Query("permission", "tenant", "object"),
		httpapi.At(http.MethodPut, "/v1/users/{id}/roles", httpapi.Needs(perms.UsersAssign), setRoles).DryRun(),
		httpapi.At(http.MethodGet, "/v1/users/{id}/overrides", httpapi.Needs(perms.OverridesRead).OrSelf(), listOverrides),
		httpapi.At(http.MethodPut, "/v1/users/{id}/overrides/{key}", httpapi.Needs(perms.OverridesWrite), setOverride).DryRun(),
		httpapi.At(http.MethodDelete, "/v1/users/{id}/overrides/{key}", httpapi.Needs(perms.OverridesWrite), clearOverride).Query("tenant").DryRun(),

		httpapi.At(http.MethodGet, "/v1/roles", httpapi.Needs(perms.RolesList, perms.RolesRead), listRoles).Query("limit", "cursor"),
		httpapi.At(http.MethodPost, "/v1/roles", httpapi.Needs(perms.RolesCreate), createRole).DryRun(),
		httpapi.At(http.MethodGet, "/v1/roles/{key}", httpapi.Needs(perms.RolesRead), readRole),
		httpapi.At(http.MethodPatch, "/v1/roles/{key}", httpapi.Needs(perms.RolesUpdate), editRole).DryRun(),
		httpapi.At(http.MethodDelete, "/v1/roles/{key}", httpapi.Needs(perms.RolesDelete), deleteRole).DryRun(),
		httpapi.At(http.MethodGet, "/v1/permissions", httpapi.Needs(perms.RolesRead), listPermissions),

		httpapi.At(http.MethodPost, "/v1/check", httpapi.Anyone, check),
		httpapi.At(http.MethodPost, "/v1/check/batch", httpapi.Anyone, checkBatch),
		httpapi.At(http.MethodGet, "/v1/permissions/{key}/holders", httpapi.Needs(perms.AccessExplain), listHolders).Query("tenant", "limit", "cursor"),

		httpapi.At(http.MethodGet, "/v1/journal", httpapi.Needs(perms.AuditRead), readJournal).Query("after", "limit"),
		httpapi.At(http.MethodPost, "/v1/links/join", httpapi.Public, join),
		httpapi.At(http.MethodGet, "/v1/openapi.json", httpapi.Public, httpapi.Document(versioned())),
	}}
}
