package msp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Who may do what: every route, as every sort of caller. sue is an admin of acme who has been suspended, and still has her token.
//
// {id} is vic, {invite} one of ann's, {token} its token.
var policy = []struct {
	route, body string

	guest, garbage, vic, mia, ann, bea, root, sue int
}{
	{"GET /api/users", "", 401, 401, 200, 200, 200, 200, 200, 401},
	{"POST /api/users", newcomer, 401, 401, 403, 403, 201, 403, 201, 401},
	{"PUT /api/users/{id}", renamed, 401, 401, 403, 403, 200, 404, 200, 401},
	{"DELETE /api/users/{id}", "", 401, 401, 403, 403, 204, 404, 204, 401},
	{"GET /api/users/roles/all", "", 401, 401, 200, 200, 200, 200, 200, 401},
	{"GET /api/users/{id}/permissions", "", 401, 401, 200, 403, 200, 404, 200, 401},
	{"PUT /api/users/{id}/permissions", revoke, 401, 401, 403, 403, 200, 404, 200, 401},
	{"DELETE /api/users/{id}/permissions/{permission_key}", "", 401, 401, 403, 403, 200, 404, 200, 401},
	{"POST /api/invites", invitation, 401, 401, 403, 403, 201, 403, 201, 401},
	{"GET /api/invites", "", 401, 401, 403, 403, 200, 200, 200, 401},
	{"GET /api/invites/validate/{token}", "", 200, 200, 200, 200, 200, 200, 200, 200},
	{"POST /api/invites/accept", acceptance, 201, 201, 201, 201, 201, 201, 201, 201},
	{"DELETE /api/invites/{id}", "", 401, 401, 403, 403, 204, 404, 204, 401},
}

const (
	newcomer   = `{"name":"New","email":"new@acme.io","password":"securepassword123","role_id":5,"tenant_id":2}`
	renamed    = `{"name":"Victor","email":"vic@acme.io","role_id":5}`
	revoke     = `{"permission_key":"assets.view","granted":false}`
	invitation = `{"email":"other@acme.io","role_id":5,"tenant_id":2}`
	acceptance = `{"token":"{token}","name":"Guest","password":"securepassword123"}`
)

// The whole table, with its effects: what is refused changes nothing, and what is not a question changes something.
func TestPolicy(t *testing.T) {
	for _, row := range policy {
		for who, want := range map[string]int{
			"guest": row.guest, "garbage": row.garbage, "vic": row.vic, "mia": row.mia, "ann": row.ann, "bea": row.bea, "root": row.root, "sue": row.sue,
		} {
			t.Run(row.route+" as "+who, func(t *testing.T) {
				t.Parallel()
				stage, token := theatre(t)
				method, path, _ := strings.Cut(row.route, " ")
				if strings.HasPrefix(path, "/api/invites/{id}") {
					path = strings.ReplaceAll(path, "{id}", "1")
				}
				path = strings.NewReplacer("{id}", "5", "{permission_key}", "assets.edit", "{token}", token).Replace(path)
				before := stage.Dump(t)
				answer := stage.As(who).Send(t, method, "/msp"+path, strings.ReplaceAll(row.body, "{token}", token))
				if answer.Status != want {
					t.Errorf("%d %s, want %d", answer.Status, answer.Body, want)
				}
				changed := stage.Dump(t) != before
				if method == http.MethodGet {
					if head := stage.Send(t, http.MethodHead, "/msp"+path, ""); head.Status != want || head.Body != "" {
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

// theatre is the fixture with what the policy is about: an override of vic's, an invite of ann's, and sue.
func theatre(t *testing.T) (*transcript.Stage, string) {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/5/permissions", `{"permission_key":"assets.edit","granted":true}`)
	stage.Must(t, http.StatusCreated, "POST", "/msp/api/users",
		`{"name":"Sue","email":"sue@acme.io","password":"sue-river-2041","role_id":3,"tenant_id":2}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/7", `{"name":"Sue","email":"sue@acme.io","role_id":3,"active":false}`)
	stage.Name("garbage", "rb_garbage")
	var made struct{ Token string }
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/msp/api/invites", `{"email":"guest@acme.io","role_id":4}`).Decode(t, &made)
	return stage, made.Token
}

// The policy has a row for every route, and every route the gate of the document.
func TestRoutes(t *testing.T) {
	gates := []string{
		"users.list|users.read", "users.create", "users.update", "users.delete", "anyone", "overrides.read or self", "overrides.write", "overrides.write",
		"invites.create", "invites.list", "public", "public", "invites.revoke",
	}
	routes := msp.Routes()
	if len(routes) != len(policy) || len(routes) != 13 {
		t.Fatalf("%d routes, %d rows", len(routes), len(policy))
	}
	for i, route := range routes {
		if want := fmt.Sprintf("msp %s: %s", policy[i].route, gates[i]); route.String() != want {
			t.Errorf("%s\nwant %s", route, want)
		}
	}
}
