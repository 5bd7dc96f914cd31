// Package teams is the API of the document "Users & Teams" (wire/teams.md): the users of an organization, who may see which dashboards, groups of users and
// the links by which people join, in 26 routes under /api/users, /api/groups and /api/invite-links.
//
// The organization is the tenant, and every request is about one: the current tenant of a caller who is not staff, and for staff the default tenant or the
// one that they name. A user has one type here; the domain has a list of roles, so this package reads the strongest of them, and writes a type by giving
// its role in the place of all (Types). Things are named by numbers, and answers stand in an envelope.
//
// The rule people get wrong: a user type means one thing where it is read and another where a user is created, as the document has it. 1 creates an
// Admin and reads as Superadmin; the two numberings meet in this package's types.go and nowhere else.
package teams

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Options are what a host may decide about this API alone. The zero Options work.
type Options struct {
	// Bare leaves the envelope out: a success is its data alone, an error has nothing but its message.
	Bare bool
	// BaseURL stands before the path in the address of an avatar, such as the prefix under which the host mounts the API.
	BaseURL string
	// Types says what the user types mean in the host's own roles. Nil is what they mean in the roles of msp.Preset.
	Types *Types
	// Dashboards returns those of the given dashboards that an organization has; no others can be shared there. It is asked outside of any transaction.
	// Nil takes every id, for dashboards are the host's own.
	Dashboards func(ctx context.Context, organization uuid.UUID, ids []int64) ([]int64, error)
}

// Handler serves the documented routes, and nothing else, at the root of its paths: mount it with [http.StripPrefix]. The Options may be nil.
func Handler(api *httpapi.API, o *Options) http.Handler {
	if o == nil {
		o = &Options{}
	}
	return withKey(api.Handler(newTeams(*o).dialect()))
}

// Routes describes the documented routes in the order of the document, with the address of the avatar behind its upload, and that of the OpenAPI document.
func Routes() []httpapi.RouteInfo { return newTeams(Options{}).dialect().Describe() }

// document is the OpenAPI document of the routes. It describes the answers in their envelope, whatever the options.
//
//go:embed openapi.json
var document []byte

// teams are the handlers, which depend on the options.
type teams struct {
	bare       bool
	base       string
	types      *Types
	dashboards func(ctx context.Context, organization uuid.UUID, ids []int64) ([]int64, error)
}

func newTeams(o Options) *teams {
	t := &teams{bare: o.Bare, base: o.BaseURL, types: o.Types, dashboards: o.Dashboards}
	if t.types == nil {
		t.types = presetTypes()
	}
	return t
}

func (t *teams) dialect() httpapi.Dialect {
	return httpapi.Dialect{Name: "teams", CurrentTenant: true, OpenAPI: document, Fail: t.fail, Routes: []httpapi.Route{
		httpapi.At(http.MethodGet, "/api/users", httpapi.Needs(perms.UsersRead), inOrganization(t.listUsers)).Query("organization_id"),
		httpapi.At(http.MethodGet, "/api/users/{id}", httpapi.Needs(perms.UsersRead).OrSelf(), t.getUser),
		httpapi.At(http.MethodPost, "/api/users", httpapi.Needs(perms.UsersCreate), inOrganization(t.createUser)).Query("organization_id"),
		httpapi.At(http.MethodPut, "/api/users/{id}", httpapi.Needs(perms.UsersUpdate).OrSelf(), t.updateUser),
		httpapi.At(http.MethodDelete, "/api/users/{id}", httpapi.Needs(perms.UsersDelete), t.deleteUser),
		httpapi.At(http.MethodPut, "/api/users/{id}/avatar", httpapi.Needs(perms.UsersUpdate).OrSelf(), t.setAvatar),
		httpapi.At(http.MethodGet, "/api/users/{id}/avatar", httpapi.Needs(perms.UsersRead).OrSelf(), t.getAvatar),
		httpapi.At(http.MethodPut, "/api/users/{id}/change-password", httpapi.Anyone, t.changePassword),

		httpapi.At(http.MethodPost, "/api/users/{id}/approve", httpapi.Needs(perms.UsersApprove), t.move(users.Approve)),
		httpapi.At(http.MethodPost, "/api/users/{id}/reject", httpapi.Needs(perms.UsersApprove), t.rejectUser),
		httpapi.At(http.MethodPost, "/api/users/{id}/suspend", httpapi.Needs(perms.UsersSuspend), t.move(users.Suspend)),
		httpapi.At(http.MethodPost, "/api/users/{id}/reactivate", httpapi.Needs(perms.UsersSuspend), t.move(users.Reactivate)),

		httpapi.At(http.MethodPatch, "/api/users/{id}/ai-access", httpapi.Needs(perms.FeaturesWrite), t.setAIAccess),
		httpapi.At(http.MethodGet, "/api/users/{id}/dashboards", httpapi.Needs(perms.GrantsRead).OrSelf(), t.getUserDashboards),
		httpapi.At(http.MethodPut, "/api/users/{id}/dashboards", httpapi.Needs(perms.GrantsWrite), t.setUserDashboards),

		httpapi.At(http.MethodGet, "/api/groups", httpapi.Needs(perms.GroupsRead), inOrganization(t.listGroups)).Query("organization_id"),
		httpapi.At(http.MethodPost, "/api/groups", httpapi.Needs(perms.GroupsWrite), inOrganization(t.createGroup)).Query("organization_id"),
		httpapi.At(http.MethodPut, "/api/groups/{groupId}", httpapi.Needs(perms.GroupsWrite), t.updateGroup),
		httpapi.At(http.MethodDelete, "/api/groups/{groupId}", httpapi.Needs(perms.GroupsWrite), t.deleteGroup),
		httpapi.At(http.MethodGet, "/api/groups/{groupId}/members", httpapi.Needs(perms.GroupsRead), t.listMembers),
		httpapi.At(http.MethodPost, "/api/groups/{groupId}/members", httpapi.Needs(perms.GroupsWrite), t.addMembers),
		httpapi.At(http.MethodDelete, "/api/groups/{groupId}/members/{userId}", httpapi.Needs(perms.GroupsWrite), t.removeMember),
		httpapi.At(http.MethodGet, "/api/groups/{groupId}/dashboards", httpapi.Needs(perms.GrantsRead), t.getGroupDashboards),
		httpapi.At(http.MethodPut, "/api/groups/{groupId}/dashboards", httpapi.Needs(perms.GrantsWrite), t.setGroupDashboards),

		httpapi.At(http.MethodGet, "/api/invite-links", httpapi.Needs(perms.InvitesList), inOrganization(t.listLinks)).Query("organization_id"),
		httpapi.At(http.MethodPost, "/api/invite-links", httpapi.Needs(perms.InvitesCreate), inOrganization(t.createLink)).Query("organization_id"),
		httpapi.At(http.MethodDelete, "/api/invite-links/{id}", httpapi.Needs(perms.InvitesRevoke), t.deleteLink),
	}}
}

// withKey reads the token from X-API-Key where a request has no Authorization header.
func withKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys := r.Header.Values("X-API-Key")
		if len(keys) > 0 && len(r.Header.Values("Authorization")) == 0 {
			r = r.WithContext(r.Context()) // a copy: the caller's own stays as it is
			r.Header = r.Header.Clone()
			for _, key := range keys { // more than one are refused, as several tokens are
				r.Header.Add("Authorization", "Bearer "+key)
			}
		}
		next.ServeHTTP(w, r)
	})
}
