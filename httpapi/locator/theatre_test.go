package locator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
)

// Good bodies.
const (
	newcomer = `{"firstName":"New","lastName":"Comer","userName":"new@acme.io","password":"securepassword123","temporaryPassword":false,"email":"new@acme.org",` +
		`"roles":["client_viewer"]}`
	renamed = `{"firstName":"Victor","lastName":"V","permissions":["assets.view"],"roles":["client_viewer"],"tenants":[],"email":"vic@acme.org"}`
	auditor = `{"name":"Auditor","description":"d","permissions":["reports.view"]}`
	edited  = `{"name":"Clerk","description":"e","version":1,"addPermissions":["reports.view"],"removePermissions":[]}`
)

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
