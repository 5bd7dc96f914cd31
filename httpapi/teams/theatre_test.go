package teams_test

import (
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Good bodies.
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

// theatre is the fixture with what there is to act on: sue (7), pat (8, pending), ida (9, suspended), group 1 with mia in it, link 1, and an avatar of vic's.
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
