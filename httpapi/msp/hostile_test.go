package msp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// write is a route that reads a body, with a good one and who sends it.
type write struct{ who, method, path, body string }

func writes(token string) []write {
	return []write{
		{"root", "POST", "/msp/api/users", newcomer},
		{"root", "PUT", "/msp/api/users/5", renamed},
		{"root", "PUT", "/msp/api/users/5/permissions", revoke},
		{"root", "POST", "/msp/api/invites", invitation},
		{"guest", "POST", "/msp/api/invites/accept", strings.ReplaceAll(acceptance, "{token}", token)},
	}
}

// with returns an object with one member more, written as it stands.
func with(object, member string) string { return strings.TrimSuffix(object, "}") + "," + member + "}" }

// hostile are bodies made of a good one that is not to be read in any other way.
func hostile(good string) map[string]string {
	return map[string]string{
		"null":                     `null`,
		"an array":                 `[` + good + `]`,
		"a string":                 `"x"`,
		"nothing":                  ``,
		"white space":              " \n",
		"two documents":            good + good,
		"trailing data":            good + "garbage",
		"a byte order mark":        "\ufeff" + good,
		"single quotes":            strings.ReplaceAll(good, `"`, `'`),
		"a comment":                good + " // " + good,
		"cut off":                  strings.TrimSuffix(good, "}"),
		"17 levels":                with(good, `"x":`+strings.Repeat("[", 17)+strings.Repeat("]", 17)),
		"5,000 levels":             with(good, `"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
		"bad UTF-8":                with(good, "\"x\":\"a\xffb\""),
		"bad UTF-8 in a name":      with(good, "\"\xff\":1"),
		"a lone surrogate":         with(good, `"x":"\ud800"`),
		"a reversed pair":          with(good, `"x":"\udc00\ud800"`),
		"U+0000":                   with(good, `"x":"\u0000"`),
		"U+0000 as it is":          with(good, "\"x\":\"\x00\""),
		"a line feed in a string":  with(good, "\"x\":\"\n\""),
		"a duplicate":              with(good, `"x":1,"x":1`),
		"an escaped duplicate":     with(good, `"role_id":5,"\u0072ole_id":1,"granted":true,"gr\u0061nted":true,"token":"x","tok\u0065n":"x"`),
		"a duplicate further down": with(good, `"x":{"y":[{"z":1,"z":2}]}`),
		"a duplicate of its own":   with(good, `"name":"Mallory","email":"mallory@acme.io","permission_key":"assets.view"`),
		"a leading zero":           with(good, `"x":01`),
		"NaN":                      with(good, `"x":NaN`),
	}
}

// Hostile bodies get the documented error on every route that reads one, and change nothing.
func TestHostileBodies(t *testing.T) {
	stage, token := theatre(t)
	before := stage.Dump(t)
	for _, w := range writes(token) {
		for name, body := range hostile(w.body) {
			if answer := stage.As(w.who).Send(t, w.method, w.path, body); answer.Status != http.StatusUnprocessableEntity || answer.Body != malformed {
				t.Errorf("%s %s with %s: %d %s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
		for name, c := range map[string]struct {
			header http.Header
			body   string
			want   int
		}{
			"more than 1 MiB":        {nil, with(w.body, `"x":"`+strings.Repeat("a", 1<<20)+`"`), 413},
			"a million members":      {nil, with(w.body, strings.Repeat(`"":1,`, 1<<18)+`"x":1`), 413},
			"gzip":                   {http.Header{"Content-Encoding": {"gzip"}}, w.body, 415},
			"a form":                 {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, w.body, 415},
			"text":                   {http.Header{"Content-Type": {"text/plain"}}, w.body, 415},
			"two content types":      {http.Header{"Content-Type": {"application/json", "text/plain"}}, w.body, 415},
			"text that says +json":   {http.Header{"Content-Type": {"text/x+json"}}, w.body, 415},
			"a form that is no JSON": {http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, "--x--", 415},
		} {
			answer := stage.As(w.who).Do(t, transcript.Request{Method: w.method, Path: w.path, Header: c.header, Body: c.body})
			if answer.Status != c.want {
				t.Errorf("%s %s with %s: %d %s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

const malformed = `{"detail":[{"loc":["body"],"msg":"must be a JSON object","type":"json_invalid"}]}`

// No other type is taken for a number, a boolean or a string, and no other spelling for a member.
func TestCoercion(t *testing.T) {
	stage, token := theatre(t)
	before := stage.Dump(t)
	wrong := map[string][]string{
		"role_id":        {`1e0`, `5.0`, `"5"`, `true`, `[5]`, `{"id":5}`, `99999999999999999999`, `-0`, `0`, `-5`, `9007199254740992`},
		"tenant_id":      {`2e0`, `"2"`, `[2]`, `9007199254740992`, `-2`, `0`},
		"expires_hours":  {`7.2e1`, `"72"`, `1.5`, `0`, `-1`, `721`, `1000000000`},
		"is_msp_staff":   {`0`, `"false"`, `[]`},
		"active":         {`1`, `"true"`, `{}`},
		"name":           {`1`, `["x"]`, `{}`},
		"email":          {`["a@acme.io","b@acme.io"]`, `{"address":"a@acme.io"}`, `1`},
		"password":       {`12345678`, `["securepassword123"]`, `false`},
		"permission_key": {`["assets.view"]`, `1`},
		"granted":        {`1`, `"false"`, `null`},
		"token":          {`["x"]`, `1`, `null`},
	}
	for _, w := range writes(token) {
		for member, values := range wrong {
			if !documented(w, member) {
				continue
			}
			for _, value := range values {
				answer := stage.As(w.who).Send(t, w.method, w.path, replaced(w.body, member, value))
				if answer.Status != http.StatusUnprocessableEntity || !strings.Contains(answer.Body, `"loc":["body","`+member+`"]`) {
					t.Errorf("%s %s with %s %s: %d %s", w.method, w.path, member, value, answer.Status, answer.Body)
				}
			}
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// documented reports whether a route has a member.
func documented(w write, member string) bool {
	switch w.path {
	case "/msp/api/users", "/msp/api/users/5":
		return strings.Contains("name email password role_id tenant_id is_msp_staff active", member)
	case "/msp/api/users/5/permissions":
		return strings.Contains("permission_key granted", member)
	case "/msp/api/invites":
		return strings.Contains("email name role_id tenant_id expires_hours", member)
	}
	return strings.Contains("token name password", member)
}

// Members in another spelling, and members that are not the body's, have no effect.
func TestForeignMembers(t *testing.T) {
	stage, token := theatre(t)
	const foreign = `"ROLE_ID":1,"Role_Id":1,"role_Id":1,"TENANT_ID":3,"Is_Msp_Staff":true,"ACTIVE":false,"id":1,"number":1,"status":"deleted",` +
		`"roles":["msp_admin"],"tenants":["any"],"created_at":"1999-01-01T00:00:00Z","created_by":1,"created_By":1,"password_hash":"x","version":9,` +
		`"effective_permissions":["assets.delete"],"Granted":true,"PERMISSION_KEY":"assets.delete","expires_at":"2999-01-01T00:00:00Z","permi\u017f\u017fion_key":1`
	want := map[string]string{
		"/msp/api/users":               `"email":"new@acme.io","role_id":5,"role":{"id":5,"name":"client_viewer","display_name":"Client Viewer"},"tenant_id":2,"is_msp_staff":false,"active":true`,
		"/msp/api/users/5":             `"id":5,"name":"Victor","email":"vic@acme.io","role_id":5,"role":{"id":5,"name":"client_viewer","display_name":"Client Viewer"},"tenant_id":2,"is_msp_staff":false,"active":true`,
		"/msp/api/users/5/permissions": `"overrides":[{"permission_key":"assets.edit","granted":true},{"permission_key":"assets.view","granted":false}]`,
		"/msp/api/invites":             `"expires_at":"2026-05-04T10:00:00Z"`,
		"/msp/api/invites/accept":      `"email":"guest@acme.io","role_id":4,"role":{"id":4,"name":"client_manager","display_name":"Client Manager"},"tenant_id":2,"is_msp_staff":false,"active":true`,
	}
	for _, w := range writes(token) {
		answer := stage.As(w.who).Send(t, w.method, w.path, with(w.body, foreign))
		if answer.Status >= 300 || !strings.Contains(answer.Body, want[w.path]) {
			t.Errorf("%s %s: %d %s", w.method, w.path, answer.Status, answer.Body)
		}
	}
}
