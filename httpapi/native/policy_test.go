package native_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// people returns the fixture's users by the name before the @.
func people(t *testing.T, s *transcript.Stage) map[string]users.User {
	t.Helper()
	list, err := s.Book.Users.List(t.Context(), perms.System("test"), users.Filter{})
	must(t, err)
	found := map[string]users.User{}
	for _, u := range list {
		name, _, _ := strings.Cut(u.Email, "@")
		found[name] = u
	}
	return found
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// target returns the request target of a route, with the id, and keys that exist.
func target(route httpapi.RouteInfo, id uuid.UUID) string {
	return "/native" + strings.NewReplacer(
		"{id}", id.String(), "/overrides/{key}", "/overrides/assets.view", "/roles/{key}", "/roles/client_viewer", "/permissions/{key}", "/permissions/assets.view").Replace(route.Path)
}

// Each route that takes a permission refuses whoever has none, before it looks at anything else, and guests before that.
func TestEveryGate(t *testing.T) {
	s := onMemory().Start(t)
	none := perms.System("test")
	_, err := s.Book.Users.Create(t.Context(), none, users.New{Email: "nil@acme.io", Name: "Nil", Password: "nil-river-2041", Tenants: people(t, s)["vic"].Tenants})
	must(t, err)
	s.SignIn(t, "nil", "nil@acme.io", "nil-river-2041")
	before := s.Dump(t)
	vic := people(t, s)["vic"].ID
	for _, route := range native.Routes() {
		request := transcript.Request{Method: route.Method, Path: target(route, vic), Body: "nonsense"}
		guest := s.As("guest").Do(t, request)
		if refused := guest.Status == http.StatusUnauthorized; refused == route.Public {
			t.Errorf("%s as a guest: %d", route, guest.Status)
		}
		if len(route.Permissions) == 0 {
			continue
		}
		for _, path := range []string{request.Path, target(route, uuid.New())} {
			request.Path = path
			if a := s.As("nil").Do(t, request); a.Status != http.StatusForbidden || !strings.Contains(a.Body, `"permission":"`+string(route.Permissions[0])+`"`) {
				t.Errorf("%s without a permission: %d %s", route, a.Status, a.Body)
			}
		}
	}
	if after := s.Dump(t); after != before {
		t.Error("a refused request has changed something")
	}
}

// HEAD is GET without a body, for everybody.
func TestHead(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"].ID
	for _, route := range native.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		for _, who := range []string{"guest", "vic", "root"} {
			get := s.As(who).Do(t, transcript.Request{Method: http.MethodGet, Path: target(route, vic)})
			head := s.As(who).Do(t, transcript.Request{Method: http.MethodHead, Path: target(route, vic)})
			if head.Status != get.Status || head.Header.Get("Content-Length") != get.Header.Get("Content-Length") {
				t.Errorf("%s as %s: GET %d, HEAD %d %v", route, who, get.Status, head.Status, head.Header)
			}
		}
	}
}

// hostile are bodies that nobody honest sends, and what is wrong with each.
var hostile = map[string]string{
	"empty":                  "",
	"null":                   "null",
	"array of numbers":       "[1]",
	"string":                 `"x"`,
	"number":                 "1",
	"two documents":          "{} {}",
	"rubbish behind":         "{}garbage",
	"byte order mark":        "\ufeff{}",
	"duplicate":              `{"name":"a","name":"b"}`,
	"duplicate, escaped":     `{"name":"a","n\u0061me":"b"}`,
	"duplicate, deep inside": `{"x":{"y":1,"y":2}}`,
	"bad UTF-8":              "{\"name\":\"\xff\"}",
	"lone surrogate":         `{"name":"\ud800"}`,
	"NUL":                    `{"name":"\u0000"}`,
	"deep":                   strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	"deep objects":           strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
	"too large":              `{"name":"` + strings.Repeat("x", 1<<20) + `"}`,
	"a million empty names":  "{" + strings.Repeat(`"":0,`, 200_000) + `"":0}`,
}

// A body that is none is refused by every route that reads one, changes nothing, and never costs the server its composure.
func TestHostileBodies(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"]
	acme, _ := vic.Home()
	before := s.Dump(t)
	for _, route := range native.Routes() {
		id := vic.ID
		if strings.Contains(route.Path, "/tenants/") {
			id = acme
		}
		if !readsBody(route) {
			continue
		}
		for name, body := range hostile {
			if body == "" && strings.Contains(route.Path, "{id}/") && route.Method == http.MethodPost || body == "[1]" && strings.HasSuffix(route.Path, "/roles") {
				continue // a body that may be left out, and one that is an array
			}
			a := s.As("root").Do(t, transcript.Request{Method: route.Method, Path: target(route, id), Body: body})
			if a.Status != http.StatusBadRequest && a.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s, %s: %d %.200s", route, name, a.Status, a.Body)
			}
		}
		for _, header := range []http.Header{{"Content-Type": {"text/plain"}}, {"Content-Type": {"application/x-www-form-urlencoded"}}, {"Content-Encoding": {"gzip"}}} {
			a := s.As("root").Do(t, transcript.Request{Method: route.Method, Path: target(route, id), Body: " ", Header: header})
			if a.Status != http.StatusUnsupportedMediaType {
				t.Errorf("%s, %v: %d", route, header, a.Status)
			}
		}
	}
	if s.Dump(t) != before {
		t.Error("a hostile body has changed something")
	}
}

// readsBody reports whether a route has request fields.
func readsBody(route httpapi.RouteInfo) bool {
	return route.Method != http.MethodGet && route.Method != http.MethodDelete && !strings.HasSuffix(route.Path, "/purge")
}

// Values of the wrong kind are told by the name of their member, and never taken for others.
func TestHostileValues(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"]
	acme, _ := vic.Home()
	before := s.Dump(t)
	for _, row := range []struct{ method, path, body, field string }{
		{"POST", "/v1/users", `{"email":["victim@acme.io","evil@acme.io"],"name":"x"}`, "email"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"\u202eevil"}`, "name"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x\r\nlevel=INFO admin"}`, "name"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"` + strings.Repeat("x", 256) + `"}`, "name"},
		{"POST", "/v1/users", `{"email":"` + strings.Repeat("x", 250) + `@acme.io","name":"x"}`, "email"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","external":"` + strings.Repeat("x", 256) + `"}`, "external"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","phone":"` + strings.Repeat("1", 51) + `"}`, "phone"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","password":"` + strings.Repeat("x", 257) + `"}`, "password"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","password":""}`, "password"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","tenants":["{` + acme.String() + `}"]}`, "tenants[0]"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","tenants":["urn:uuid:` + acme.String() + `"]}`, "tenants[0]"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","tenants":["` + strings.ReplaceAll(acme.String(), "-", "") + `"]}`, "tenants[0]"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","roles":"client_admin"}`, "roles"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","roles":[{"role":"*"}]}`, "roles[0].role"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","roles":[` + strings.Repeat(`{"role":"client_viewer"},`, 1000) + `{}]}`, "roles"},
		{"POST", "/v1/users", `{"email":"a@acme.io","name":"x","tenants":["` + strings.Repeat(`x","`, 1000) + `x"]}`, "tenants"},
		{"PATCH", "/v1/users/" + vic.ID.String(), `{"first_name":"` + strings.Repeat("x", 250) + `"}`, "first_name"},
		{"PATCH", "/v1/users/" + vic.ID.String(), `{"last_name":"` + strings.Repeat("x", 256) + `"}`, "last_name"},
		{"PATCH", "/v1/users/" + vic.ID.String(), `{"name":"` + strings.Repeat("x", 256) + `"}`, "name"},
		{"PATCH", "/v1/users/" + vic.ID.String(), `{"username":true}`, "username"},
		{"POST", "/v1/users/" + vic.ID.String() + "/suspend", `{"reason":"` + strings.Repeat("x", 501) + `"}`, "reason"},
		{"POST", "/v1/users/" + vic.ID.String() + "/suspend", `{"reason":"\u001b[31m"}`, "reason"},
		{"PUT", "/v1/users/" + vic.ID.String() + "/roles", `[` + strings.Repeat(`{"role":"client_viewer"},`, 100) + `{"role":"client_viewer"}]`, ""},
		{"PUT", "/v1/users/" + vic.ID.String() + "/roles", `[` + strings.Repeat(`{"role":"client_viewer"},`, 1000) + `{"role":"client_viewer"}]`, ""},
		{"POST", "/v1/tenants", `{"name":"` + strings.Repeat("x", 201) + `","slug":"x"}`, "name"},
		{"POST", "/v1/tenants", `{"name":"x","slug":"` + strings.Repeat("x", 64) + `"}`, "slug"},
		{"POST", "/v1/tenants", `{"name":"x","slug":"x-"}`, "slug"},
		{"POST", "/v1/tenants", `{"name":"x","slug":"x\n"}`, "slug"},
		{"POST", "/v1/tenants", `{"name":"x","slug":"x","require_approval":"true"}`, "require_approval"},
		{"POST", "/v1/tenants", `{"name":"x","slug":"x","require_approval":1}`, "require_approval"},
		{"POST", "/v1/check", `{"permission":["assets.view"]}`, "permission"},
		{"POST", "/v1/check", `{"permission":"assets.` + strings.Repeat("x", 128) + `"}`, "permission"},
		{"POST", "/v1/check", `{"permission":"assets.view","tenant":"{` + acme.String() + `}"}`, "tenant"},
		{"POST", "/v1/check", `{"permission":"assets.view","object":{"type":"` + strings.Repeat("x", 65) + `","id":1}}`, "object.type"},
		{"POST", "/v1/check", `{"permission":"assets.view","object":{"type":"dashboards","id":1.5}}`, "object.id"},
		{"POST", "/v1/check", `{"permission":"assets.view","object":{"type":"dashboards","id":9007199254740992}}`, "object.id"},
		{"POST", "/v1/check/batch", `{"checks":[` + strings.Repeat(`{"permission":"assets.view"},`, 1000) + `{}]}`, "checks"},
	} {
		a := s.As("root").Do(t, transcript.Request{Method: row.method, Path: "/native" + row.path, Body: row.body})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, fmt.Sprintf(`"field":%q`, row.field)) {
			t.Errorf("%s %s %.80s: %d %s", row.method, row.path, row.body, a.Status, a.Body)
		}
	}
	if s.Dump(t) != before {
		t.Error("a bad value has changed something")
	}
}

// A token works until its user is no longer active, and again when he is; a session does not outlive its time.
func TestSessionsOfInactiveUsers(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"].ID
	is := func(want int) {
		t.Helper()
		for _, path := range []string{"/native/v1/me", "/native/v1/users/" + vic.String(), "/native/v1/nothing"} {
			if path == "/native/v1/nothing" && want == http.StatusOK {
				continue
			}
			if a := s.As("vic").Get(t, path); a.Status != want {
				t.Errorf("%s: %d, want %d", path, a.Status, want)
			}
		}
	}
	do := func(verb string, want int) {
		t.Helper()
		if a := s.As("ann").Send(t, http.MethodPost, "/native/v1/users/"+vic.String()+"/"+verb, ""); a.Status != want {
			t.Fatalf("%s: %d %s", verb, a.Status, a.Body)
		}
	}
	is(200)
	do("suspend", 200)
	is(401)
	do("reactivate", 200)
	is(200)
	s.Advance(7*24*time.Hour - time.Second)
	is(200)
	s.Advance(time.Second)
	is(401)
}

// A password that somebody resets for himself ends his other sessions, and keeps the one used.
func TestOwnPasswordReset(t *testing.T) {
	s := onMemory().Start(t)
	ann := people(t, s)["ann"].ID
	s.SignIn(t, "other", "ann@acme.io", "ann-river-2041")
	a := s.As("ann").Send(t, http.MethodPut, "/native/v1/users/"+ann.String()+"/password", `{"password":"new-river-2041","temporary":true}`)
	if a.Status != http.StatusNoContent {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	if a := s.As("ann").Get(t, "/native/v1/me"); a.Status != http.StatusOK || !strings.Contains(a.Body, `"must_change_password":false`) {
		t.Errorf("the session used: %d %s", a.Status, a.Body)
	}
	if a := s.As("other").Get(t, "/native/v1/me"); a.Status != http.StatusUnauthorized {
		t.Errorf("the other one: %d", a.Status)
	}
}
