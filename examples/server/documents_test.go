package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// The requests of the msp document work against the demonstration as they are printed there.
func TestDocumentedRequests(t *testing.T) {
	s := launch(t, "-db", inMemory, "-demo", "-admin-password", "root-river-2041")
	token := s.signIn("root@example.com", "root-river-2041")
	const user = `{ "name": "Alice Smith", "email": "alice@example.com", "password": "securepassword123", "role_id": 3, "tenant_id": 5, ` +
		`"is_msp_staff": false, "active": true }`

	s.shell(t, 200, "GET", "/msp/api/users?tenant_id=5", token, "")
	made := s.shell(t, 201, "POST", "/msp/api/users", token, user)
	alice := fmt.Sprintf("/msp/api/users/%d", as[mspUser](t, made).ID)
	s.shell(t, 200, "PUT", alice, token, strings.Replace(user, `"password": "securepassword123", `, "", 1))
	s.shell(t, 200, "PUT", alice, token, user)
	s.signIn("alice@example.com", "securepassword123")
	names := s.shell(t, 200, "GET", "/msp/api/users/roles/all", token, "")
	if !strings.Contains(names.Body, `{"id":4,"name":"client_manager","display_name":"Client Manager"}`) {
		t.Errorf("roles %s", names.Body)
	}

	const override = `{ "permission_key": "assets.delete", "granted": false }`
	before := s.shell(t, 200, "GET", alice+"/permissions", token, "")
	revoked := s.shell(t, 200, "PUT", alice+"/permissions", token, override)
	if !strings.Contains(revoked.Body, `"overrides":[{"permission_key":"assets.delete","granted":false}]`) {
		t.Errorf("overrides after a revoke: %s", revoked.Body)
	}
	if after := s.shell(t, 200, "DELETE", alice+"/permissions/assets.delete", token, ""); after.Body != before.Body {
		t.Errorf("permissions %s, want %s again", after.Body, before.Body)
	}

	const invite = `{ "email": "new@example.com", "name": "New User", "role_id": 3, "tenant_id": 5, "expires_hours": 72 }`
	invited := as[struct {
		ID    int64
		Token string
	}](t, s.shell(t, 201, "POST", "/msp/api/invites", token, invite))
	s.shell(t, 200, "GET", "/msp/api/invites", token, "")
	s.shell(t, 200, "GET", "/msp/api/invites/validate/"+invited.Token, "", "")
	accept := `{ "token": "` + invited.Token + `", "name": "Alice Smith", "password": "securepassword123" }`
	s.shell(t, 201, "POST", "/msp/api/invites/accept", "", accept)
	other := as[struct{ ID int64 }](t, s.shell(t, 201, "POST", "/msp/api/invites", token, strings.Replace(invite, "new@", "other@", 1)))
	s.shell(t, 204, "DELETE", fmt.Sprintf("/msp/api/invites/%d", other.ID), token, "")
	s.shell(t, 204, "DELETE", alice, token, "")
}

// shell sends one request by curl, as somebody does who tries the document out; without curl by net/http.
func (s *server) shell(t *testing.T, status int, method, path, token, body string) answer {
	t.Helper()
	if _, err := exec.LookPath("curl"); err != nil {
		return s.want(status, method, path, token, body)
	}
	args := []string{"--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}", "--request", method, s.url + path}
	if token != "" {
		args = append(args, "--header", "Authorization: Bearer "+token)
	}
	if body != "" {
		args = append(args, "--header", "Content-Type: application/json", "--data", body)
	}
	out, err := exec.Command("curl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("curl %s %s: %v: %s", method, path, err, out)
	}
	end := strings.LastIndexByte(string(out), '\n')
	code, err := strconv.Atoi(string(out[end+1:]))
	if err != nil || code != status {
		t.Fatalf("curl %s %s %s: %d, want %d: %s", method, path, body, code, status, out[:end])
	}
	return answer{Status: code, Body: string(out[:end])}
}

// Everybody whom the demonstration prints can sign in, in every role, and a second start on the same file changes nothing.
func TestDemo(t *testing.T) {
	file := t.TempDir() + "/book.db"
	first := launch(t, "-db", file, "-demo", "-admin-password", "root-river-2041")
	root := first.signIn("root@example.com", "root-river-2041")
	roles := map[int64]bool{}
	before := first.users(root)
	for _, u := range before {
		roles[*u.RoleID] = true
		if password := first.stdout.field("demo "+u.Email, "password"); u.ID != 1 {
			first.signIn(u.Email, password)
		}
	}
	if len(roles) != 5 {
		t.Errorf("the roles %v have somebody", roles)
	}
	journal := first.want(http.StatusOK, "GET", "/native/v1/journal?limit=500", root, "").Body
	first.stop()

	second := launch(t, "-db", file, "-demo")
	if after := second.users(root); len(after) != len(before) {
		t.Errorf("%d users after the second start, %d before", len(after), len(before))
	}
	if again := second.want(http.StatusOK, "GET", "/native/v1/journal?limit=500", root, "").Body; again != journal {
		t.Errorf("the second start writes into the journal: %s", again)
	}
	if second.stdout.field("demo ann@acme.io", "password") != "ann-river-2041" {
		t.Errorf("the second start prints %s", second.stdout)
	}
}
