package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// guarded is a server of every API whose host wants two people to manage the bills of Acme: root and ann do.
func guarded(t *testing.T) *transcript.Stage {
	t.Helper()
	host := allOnMemory()
	mount, serving := host.Mount, http.Handler(nil)
	host.Mount = func(book *store.Book) (_ http.Handler, err error) {
		serving, err = mount(book)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serving.ServeHTTP(w, r) }), err
	}
	stage := host.Start(t)
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		t.Fatal(err)
	}
	book, err := store.Connect(t.Context(), stage.Store, store.Options{Clock: stage.Now, Hasher: hasher, Invariants: []perms.Invariant{
		{Name: "payers", AtLeast: 2, Permissions: []perms.Permission{"billing.manage"}, Scope: perms.In(stage.Tenant(t, 2))},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if serving, err = transcript.Mount(httpapi.Options{}, matrix.Every())(book); err != nil {
		t.Fatal(err)
	}
	return stage
}

// What would leave too few who manage the bills is refused by every API as a lockout is, in its own words, and leaves nothing.
func TestInvariantsHoldThroughEveryAPI(t *testing.T) {
	stage := guarded(t).As("root")
	ann, acme := stage.Person(t, 3).ID.String(), stage.Tenant(t, 2).String()
	before := stage.Dump(t)
	const (
		left    = "This change would leave too few users with a required permission"
		problem = `{"type":"urn:rolebook:problem:lockout","title":"Conflict","status":409,"detail":"This would leave too few users with a required permission.","code":"lockout","instance":"urn:rolebook:request:transcript"}`
	)
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"PUT", "/msp/api/users/3", `{"name":"Ann Admin","email":"ann@acme.io","role_id":4}`, 409, `{"detail":"` + left + `"}`},
		{"DELETE", "/msp/api/users/3", "", 409, `{"detail":"` + left + `"}`},
		{"PATCH", "/company/api/v2/user/" + ann, `{"email":"ann@acme.io","password":"ann-river-2041","groups":[]}`, 409, `{"detail":"` + left + `."}`},
		{"DELETE", "/locator/auth/users/" + ann, "", 409,
			`{"timestamp":"2026-05-01T10:00:00Z","status":409,"error":"Conflict","message":"` + left + `","path":"/auth/users/` + ann + `"}`},
		{"PUT", "/teams/api/users/3", `{"user_type":6}`, 400, `{"error":1,"message":"` + left + `"}`},
		{"POST", "/native/v1/users/" + ann + "/suspend", "", 409, problem},
		{"POST", "/native/v1/users/" + ann + "/suspend?dry_run=true", "", 409, problem},
		{"PUT", "/native/v1/users/" + ann + "/overrides/billing.manage", `{"granted":false}`, 409, problem},
		{"PATCH", "/native/v1/tenants/" + acme, `{"type":"retired"}`, 409, problem},
	} {
		answer := stage.Send(t, c.method, c.path, c.body)
		if answer.Status != c.status || answer.Body != c.want {
			t.Errorf("%s %s: %d %s\nwant %d %s", c.method, c.path, answer.Status, answer.Body, c.status, c.want)
		}
	}
	if stage.Dump(t) != before {
		t.Error("what was refused has left its trace")
	}
	stage.Must(t, http.StatusOK, "PUT", "/native/v1/users/"+ann+"/overrides/assets.view", `{"granted":false}`)
}
