package locator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
)

// Who may do what: every route, as every sort of caller. sue is an admin of acme who has been suspended, and still has her token. A user's {locator} is vic,
// a role's one that nobody holds.
var policy = []struct {
	route, body string

	guest, garbage, vic, mia, ann, bea, tech, root, sue int
}{
	{"POST /auth/users", newcomer, 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"GET /auth/users/whoami", "", 401, 401, 200, 200, 200, 200, 200, 200, 401},
	{"GET /auth/users/username/{username}", "", 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"GET /auth/users/{locator}", "", 401, 401, 200, 403, 200, 404, 403, 200, 401},
	{"GET /auth/users/list", "", 401, 401, 200, 200, 200, 200, 200, 200, 401},
	{"GET /auth/users/basic/list", "", 401, 401, 200, 200, 200, 200, 200, 200, 401},
	{"PATCH /auth/users/{locator}", renamed, 401, 401, 200, 403, 200, 404, 403, 200, 401},
	{"PATCH /auth/users/{locator}/passwordreset", `"heron-lake-77"`, 401, 401, 403, 403, 200, 404, 403, 200, 401},
	{"DELETE /auth/users/{locator}", "", 401, 401, 403, 403, 200, 404, 403, 200, 401},
	{"POST /auth/roles", auditor, 401, 401, 403, 403, 403, 403, 403, 200, 401},
	{"GET /auth/roles/{locator}", "", 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"PATCH /auth/roles/{locator}", edited, 401, 401, 403, 403, 403, 403, 403, 200, 401},
	{"GET /auth/roles/list", "", 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"DELETE /auth/roles/{locator}", "", 401, 401, 403, 403, 403, 403, 403, 200, 401},
	{"GET /auth/roles/permissions", "", 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"GET /auth/users/{locator}/permissions", "", 401, 401, 200, 403, 200, 404, 403, 200, 401},
	{"PATCH /auth/users/{locator}/roles", `{"addRoles":["client_manager"]}`, 401, 401, 403, 403, 200, 404, 403, 200, 401},
	{"PATCH /auth/users/{locator}/tenants", `{"removeTenants":["{acme}"]}`, 401, 401, 403, 403, 200, 404, 403, 200, 401},
}

const (
	newcomer = `{"firstName":"New","lastName":"Comer","userName":"new@acme.io","password":"securepassword123","temporaryPassword":false,"email":"new@acme.org",` +
		`"roles":["client_viewer"]}`
	renamed = `{"firstName":"Victor","lastName":"V","permissions":["assets.view"],"roles":["client_viewer"],"tenants":[],"email":"vic@acme.org"}`
	auditor = `{"name":"Auditor","description":"d","permissions":["reports.view"]}`
	edited  = `{"name":"Clerk","description":"e","version":1,"addPermissions":["reports.view"],"removePermissions":[]}`
)

// The whole table, with its effects: what is refused changes nothing, and what is not a question changes something.
func TestPolicy(t *testing.T) {
	for _, row := range policy {
		for who, want := range map[string]int{
			"guest": row.guest, "garbage": row.garbage, "vic": row.vic, "mia": row.mia, "ann": row.ann, "bea": row.bea, "tech": row.tech,
			"root": row.root, "sue": row.sue,
		} {
			t.Run(row.route+" as "+who, func(t *testing.T) {
				t.Parallel()
				stage := theatre(t)
				method, path, _ := strings.Cut(row.route, " ")
				path = located(t, stage, path)
				body := strings.ReplaceAll(row.body, "{acme}", stage.Tenant(t, 2).String())
				before := stage.Dump(t)
				answer := stage.As(who).Send(t, method, path, body)
				if answer.Status != want {
					t.Errorf("%d %s, want %d", answer.Status, answer.Body, want)
				}
				if changed, may := stage.Dump(t) != before, want == 200 && method != http.MethodGet; changed != may {
					t.Errorf("something has changed: %t", changed)
				}
				if method != http.MethodGet {
					return
				}
				if head := stage.Send(t, http.MethodHead, path, ""); head.Status != want || head.Body != "" {
					t.Errorf("HEAD: %d %s, want %d and nothing", head.Status, head.Body, want)
				}
			})
		}
	}
}

// located returns the path of a route, under the mount point and about vic or a role that nobody holds.
func located(t *testing.T, stage *transcript.Stage, route string) string {
	t.Helper()
	if strings.HasPrefix(route, "/auth/roles") {
		return "/locator" + strings.ReplaceAll(route, "{locator}", "Clerk")
	}
	return "/locator" + strings.NewReplacer("{locator}", stage.Person(t, 5).ID.String(), "{username}", "vic@acme.io").Replace(route)
}

// theatre is the fixture with sue, and a role that nobody holds.
func theatre(t *testing.T) *transcript.Stage {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("ann").Must(t, http.StatusOK, "POST", "/locator/auth/users",
		`{"firstName":"Sue","lastName":"","userName":"sue@acme.io","password":"sue-river-2041","temporaryPassword":false,"roles":["client_admin"]}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/msp/api/users/7", `{"name":"Sue","email":"sue@acme.io","role_id":3,"active":false}`)
	stage.Name("garbage", "rb_garbage")
	newRole(t, stage, "Clerk", perms.Anywhere, "assets.view")
	return stage
}

// The policy has a row for every route, and every route the gate of the document.
func TestRoutes(t *testing.T) {
	gates := []string{
		"users.create", "anyone", "users.read", "users.read or self", "users.read|users.list", "users.read|users.list", "users.update or self",
		"users.password-reset", "users.delete", "roles.create", "roles.read", "roles.update", "roles.read|roles.list", "roles.delete", "roles.read",
		"users.read or self", "users.assign", "users.assign",
	}
	routes := locator.Routes()
	if len(routes) != len(policy) || len(routes) != 18 {
		t.Fatalf("%d routes, %d rows", len(routes), len(policy))
	}
	for i, route := range routes {
		if want := fmt.Sprintf("locator %s: %s", policy[i].route, gates[i]); route.String() != want {
			t.Errorf("%s\nwant %s", route, want)
		}
	}
}
