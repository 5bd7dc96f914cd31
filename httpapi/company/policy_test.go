package company_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Who may do what: every route, as every sort of caller. sue is an admin of acme who has been suspended, and still has her token. {user_uuid} is vic.
var policy = []struct {
	route, body string

	guest, garbage, vic, mia, ann, bea, tech, root, sue int
}{
	{"POST /api/v2/user", newcomer, 401, 401, 403, 403, 201, 201, 403, 201, 401},
	{"GET /api/v2/group", "", 401, 401, 403, 403, 200, 200, 403, 200, 401},
	{"PATCH /api/v2/user/{user_uuid}", renamed, 401, 401, 403, 403, 200, 404, 403, 200, 401},
}

const (
	newcomer = `{"email":"new@acme.io","password":"securepassword123","first_name":"New","last_name":"Comer","phone":"1","groups":[5]}`
	renamed  = `{"email":"vic@acme.io","password":"vic-river-2041","first_name":"Victor","last_name":"V","phone":"1","groups":[5]}`
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
				path = strings.ReplaceAll(path, "{user_uuid}", stage.Person(t, 5).ID.String())
				before := stage.Dump(t)
				answer := stage.As(who).Send(t, method, "/company"+path, row.body)
				if answer.Status != want {
					t.Errorf("%d %s, want %d", answer.Status, answer.Body, want)
				}
				if changed, may := stage.Dump(t) != before, want < 300 && method != http.MethodGet; changed != may {
					t.Errorf("something has changed: %t", changed)
				}
				if method != http.MethodGet {
					return
				}
				if head := stage.Send(t, http.MethodHead, "/company"+path, ""); head.Status != want || head.Body != "" {
					t.Errorf("HEAD: %d %s, want %d and nothing", head.Status, head.Body, want)
				}
			})
		}
	}
}

// theatre is the fixture with sue.
func theatre(t *testing.T) *transcript.Stage {
	t.Helper()
	stage := onMemory().Start(t)
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/company/api/v2/user", `{"email":"sue@acme.io","password":"sue-river-2041","groups":[3]}`)
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/msp/api/users/7", `{"name":"Sue","email":"sue@acme.io","role_id":3,"active":false}`)
	stage.Name("garbage", "rb_garbage")
	return stage
}

// The policy has a row for every route, and every route the gate of the document.
func TestRoutes(t *testing.T) {
	gates := []string{"users.create", "roles.list|roles.read", "users.update"}
	routes := company.Routes()
	if len(routes) != len(policy) || len(routes) != 3 {
		t.Fatalf("%d routes, %d rows", len(routes), len(policy))
	}
	for i, route := range routes {
		if want := fmt.Sprintf("company %s: %s", policy[i].route, gates[i]); route.String() != want {
			t.Errorf("%s\nwant %s", route, want)
		}
	}
}
