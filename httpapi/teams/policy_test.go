package teams_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Who may do what: every route, as every sort of caller. vic is the user that a path names, sue is an admin of acme who has been suspended and still has
// her token, and group 1 with mia in it and link 1 are acme's. Collections of root's are those of the default tenant.
//
// {id} is vic, or for approve, reject and reactivate the one in the state that they need; {groupId}, {userId} and {link} are group 1, mia and link 1.
var policy = []struct {
	route, body string

	guest, vic, mia, ann, bea, tech, root, sue int
}{
	{"GET /api/users", "", 401, 403, 403, 200, 200, 403, 200, 403},
	{"GET /api/users/{id}", "", 401, 200, 403, 200, 404, 403, 200, 403},
	{"POST /api/users", newcomer, 401, 403, 403, 201, 201, 403, 201, 403},
	{"PUT /api/users/{id}", renamed, 401, 200, 403, 200, 404, 403, 200, 403},
	{"DELETE /api/users/{id}", "", 401, 403, 403, 204, 404, 403, 204, 403},
	{"PUT /api/users/{id}/avatar", "", 401, 200, 403, 200, 404, 403, 200, 403},
	{"GET /api/users/{id}/avatar", "", 401, 200, 403, 200, 404, 403, 200, 403},
	{"PUT /api/users/{id}/change-password", newPassword, 401, 200, 403, 403, 403, 403, 403, 403},
	{"POST /api/users/{id}/approve", "", 401, 403, 403, 200, 404, 403, 200, 403},
	{"POST /api/users/{id}/reject", "", 401, 403, 403, 200, 404, 403, 200, 403},
	{"POST /api/users/{id}/suspend", "", 401, 403, 403, 200, 404, 403, 200, 403},
	{"POST /api/users/{id}/reactivate", "", 401, 403, 403, 200, 404, 403, 200, 403},
	{"PATCH /api/users/{id}/ai-access", withAI, 401, 403, 403, 200, 404, 403, 200, 403},
	{"GET /api/users/{id}/dashboards", "", 401, 200, 403, 200, 404, 403, 200, 403},
	{"PUT /api/users/{id}/dashboards", shared, 401, 403, 403, 200, 404, 403, 200, 403},
	{"GET /api/groups", "", 401, 403, 200, 200, 200, 403, 200, 403},
	{"POST /api/groups", newGroup, 401, 403, 403, 201, 201, 403, 201, 403},
	{"PUT /api/groups/{groupId}", recolored, 401, 403, 403, 200, 404, 403, 200, 403},
	{"DELETE /api/groups/{groupId}", "", 401, 403, 403, 204, 404, 403, 204, 403},
	{"GET /api/groups/{groupId}/members", "", 401, 403, 200, 200, 404, 403, 200, 403},
	{"POST /api/groups/{groupId}/members", joining, 401, 403, 403, 200, 404, 403, 200, 403},
	{"DELETE /api/groups/{groupId}/members/{userId}", "", 401, 403, 403, 204, 404, 403, 204, 403},
	{"GET /api/groups/{groupId}/dashboards", "", 401, 403, 403, 200, 404, 403, 200, 403},
	{"PUT /api/groups/{groupId}/dashboards", shared, 401, 403, 403, 200, 404, 403, 200, 403},
	{"GET /api/invite-links", "", 401, 403, 403, 200, 200, 403, 200, 403},
	{"POST /api/invite-links", invitation, 401, 403, 403, 201, 201, 403, 201, 403},
	{"DELETE /api/invite-links/{id}", "", 401, 403, 403, 204, 404, 403, 204, 403},
}

const (
	newcomer    = `{"user_email":"new@acme.io","user_name":"New","user_password":"securepassword123","user_type":2}`
	renamed     = `{"user_name":"Victor","user_email":"vic@acme.io","user_type":6,"user_type_name":"Client"}`
	newPassword = `{"current_password":"vic-river-2041","new_password":"kestrel-77-lake"}`
	withAI      = `{"ai_access":true}`
	shared      = `{"dashboard_ids":[3,1]}`
	newGroup    = `{"group_name":"Field","group_description":"Out there","group_color":"#08f"}`
	recolored   = `{"group_name":"Ops","group_description":null,"group_color":"#ff8800"}`
	joining     = `{"user_ids":[5]}`
	invitation  = `{"invite_role":2,"invite_max_uses":5,"expires_at":"2026-12-01"}`
	rejection   = `{"reason":"unknown to us"}`
)

// target returns the path of a route, with what the theatre has in it.
func target(method, path string) string {
	id := "5"
	switch {
	case strings.HasSuffix(path, "/approve"), strings.HasSuffix(path, "/reject"):
		id = "8"
	case strings.HasSuffix(path, "/reactivate"):
		id = "9"
	case strings.HasPrefix(path, "/api/invite-links"):
		id = "1"
	}
	return "/teams" + strings.NewReplacer("{id}", id, "{groupId}", "1", "{userId}", "4").Replace(path)
}

// The whole table, with its effects: what is refused changes nothing, and what is not a question changes something.
func TestPolicy(t *testing.T) {
	for _, row := range policy {
		for who, want := range map[string]int{
			"guest": row.guest, "vic": row.vic, "mia": row.mia, "ann": row.ann, "bea": row.bea, "tech": row.tech, "root": row.root, "sue": row.sue,
		} {
			t.Run(row.route+" as "+who, func(t *testing.T) {
				t.Parallel()
				stage := theatre(t)
				method, path, _ := strings.Cut(row.route, " ")
				request := transcript.Request{Method: method, Path: target(method, path), Body: row.body}
				if strings.HasSuffix(path, "/avatar") && method == http.MethodPut {
					request.Header, request.Body = http.Header{"Content-Type": {"image/png"}}, picture(t, 3, 2)
				}
				before := stage.Dump(t)
				answer := stage.As(who).Do(t, request)
				if answer.Status != want {
					t.Errorf("%d %s, want %d", answer.Status, answer.Body, want)
				}
				changed := stage.Dump(t) != before
				if method == http.MethodGet {
					if head := stage.Send(t, http.MethodHead, request.Path, ""); head.Status != want || head.Body != "" {
						t.Errorf("HEAD: %d %s, want %d and nothing", head.Status, head.Body, want)
					}
				}
				if mayChange := want < 300 && method != http.MethodGet; changed != mayChange {
					t.Errorf("something has changed: %t", changed)
				}
			})
		}
	}
}

// theatre is the fixture with what the policy is about: sue (7), pat (8, pending), ida (9, suspended), group 1 with mia in it, link 1, and an avatar of vic's.
func theatre(t *testing.T) *transcript.Stage {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("root").Must(t, http.StatusCreated, "POST", "/msp/api/users",
		`{"name":"Sue","email":"sue@acme.io","password":"sue-river-2041","role_id":3,"tenant_id":2}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	for _, in := range []users.New{{Email: "pat@acme.io", Name: "Pat", Status: perms.Pending}, {Email: "ida@acme.io", Name: "Ida", Status: perms.Suspended}} {
		in.Tenants = []perms.Tenancy{perms.TenantOf(stage.Tenant(t, 2))}
		if _, err := stage.Book.Users.Create(t.Context(), perms.System("test"), in); err != nil {
			t.Fatal(err)
		}
	}
	stage.As("root").Must(t, http.StatusOK, "POST", "/teams/api/users/7/suspend", "")
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/teams/api/groups", `{"group_name":"Ops"}`)
	stage.Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", `{"user_ids":[4]}`)
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/invite-links", `{}`)
	upload(t, stage.As("vic"), http.StatusOK, "image/png", picture(t, 1, 1))
	return stage
}

// The policy has a row for every route, and every route the gate of the document. The addition to route 6 is the one that has no number there.
func TestRoutes(t *testing.T) {
	gates := []string{
		"users.read", "users.read or self", "users.create", "users.update or self", "users.delete", "users.update or self", "users.read or self", "anyone",
		"users.approve", "users.approve", "users.suspend", "users.suspend", "features.write", "grants.read or self", "grants.write",
		"groups.read", "groups.write", "groups.write", "groups.write", "groups.read", "groups.write", "groups.write", "grants.read", "grants.write",
		"invites.list", "invites.create", "invites.revoke",
	}
	routes := teams.Routes()
	if len(routes) != len(policy) || len(routes) != 26+1 {
		t.Fatalf("%d routes, %d rows", len(routes), len(policy))
	}
	for i, route := range routes {
		if want := fmt.Sprintf("teams %s: %s", policy[i].route, gates[i]); route.String() != want {
			t.Errorf("%s\nwant %s", route, want)
		}
	}
}

// The account of a token is named by its status, whatever is asked; a host's own authenticator may know accounts that have no session at all.
func TestInactiveAccounts(t *testing.T) {
	stage := onMemory().Start(t)
	for status, want := range map[perms.Status]string{
		perms.Pending: "Account pending approval", perms.Suspended: "Account suspended", perms.Deleted: "Account deleted",
	} {
		stage.Overwrite(t, 5, func(u *users.User) { u.Status = status })
		for _, path := range []string{"/teams/api/users/5", "/teams/api/users", "/teams/nothing"} {
			answer := stage.As("vic").Must(t, http.StatusForbidden, "GET", path, "")
			if answer.Body != `{"error":1,"message":"`+want+`"}` || answer.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("%s: %s", path, answer.Body)
			}
		}
		stage.Must(t, http.StatusUnauthorized, "GET", "/msp/api/users", "")
	}
}
