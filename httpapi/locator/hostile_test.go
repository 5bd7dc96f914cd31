package locator_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// write is a route that reads an object, with a good one.
type write struct{ method, path, body string }

// writes are the routes that read one.
func writes(t *testing.T, stage *transcript.Stage) []write {
	t.Helper()
	return []write{
		{"POST", located(t, stage, "/auth/users"), newcomer},
		{"PATCH", located(t, stage, "/auth/users/{locator}"), renamed},
		{"POST", located(t, stage, "/auth/roles"), auditor},
		{"PATCH", located(t, stage, "/auth/roles/{locator}"), edited},
		{"PATCH", located(t, stage, "/auth/users/{locator}/roles"), `{"addRoles":["client_manager"]}`},
		{"PATCH", located(t, stage, "/auth/users/{locator}/tenants"), `{"removeTenants":["` + stage.Tenant(t, 2).String() + `"]}`},
	}
}

// with returns an object with one member more, written as it stands.
func with(object, member string) string { return strings.TrimSuffix(object, "}") + "," + member + "}" }

// replaced returns an object with another value of one member, written as it stands.
func replaced(object, member, value string) string {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object), &members); err != nil {
		panic(err)
	}
	parts := []string{`"` + member + `":` + value}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if name != member {
			parts = append(parts, `"`+name+`":`+string(members[name]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// hostile are bodies made of a good one that is not to be read in any other way.
func hostile(good string) map[string]string {
	return map[string]string{
		"null":                     `null`,
		"an array":                 `[` + good + `]`,
		"a string":                 `"heron-lake-77`,
		"a number":                 `12345678`,
		"nothing":                  ``,
		"white space":              " \n",
		"two documents":            good + good,
		"trailing data":            good + "garbage",
		"a byte order mark":        "\ufeff" + good,
		"single quotes":            strings.ReplaceAll(good, `"`, `'`),
		"a comment":                good + " // " + good,
		"cut off":                  strings.TrimRight(good, `}"`),
		"17 levels":                `{"x":` + strings.Repeat("[", 17) + strings.Repeat("]", 17) + `}`,
		"5,000 levels":             `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`,
		"bad UTF-8":                "{\"x\":\"a\xffb\"}",
		"a lone surrogate":         `{"x":"\ud800"}`,
		"U+0000":                   `{"x":"\u0000"}`,
		"U+0000 as it is":          "{\"x\":\"\x00\"}",
		"a line feed in a string":  "{\"x\":\"\n\"}",
		"a duplicate":              `{"x":1,"x":1}`,
		"an escaped duplicate":     `{"roles":[],"r\u006fles":["msp_admin"]}`,
		"a duplicate further down": `{"x":{"y":[{"z":1,"z":2}]}}`,
		"a leading zero":           `{"x":01}`,
		"NaN":                      `{"x":NaN}`,
	}
}

// Hostile bodies get the documented error on every route that reads one, the password's too, and change nothing.
func TestHostileBodies(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	for _, w := range append(writes(t, stage), write{"PATCH", located(t, stage, "/auth/users/{locator}/passwordreset"), `"heron-lake-77"`}) {
		for name, body := range hostile(w.body) {
			answer := stage.As("root").Send(t, w.method, w.path, body)
			if answer.Status != http.StatusBadRequest || !strings.Contains(answer.Body, `"message":"Malformed request body"`) {
				t.Errorf("%s %s with %s: %d %s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
		for name, c := range map[string]struct {
			header http.Header
			body   string
			want   int
		}{
			"more than 1 MiB":      {nil, `"` + strings.Repeat("a", 1<<20) + `"`, 413},
			"gzip":                 {http.Header{"Content-Encoding": {"gzip"}}, w.body, 415},
			"a form":               {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, w.body, 415},
			"html":                 {http.Header{"Content-Type": {"text/html"}}, w.body, 415},
			"two content types":    {http.Header{"Content-Type": {"application/json", "text/plain"}}, w.body, 415},
			"text that says +json": {http.Header{"Content-Type": {"text/x+json"}}, w.body, 415},
		} {
			answer := stage.As("root").Do(t, transcript.Request{Method: w.method, Path: w.path, Header: c.header, Body: c.body})
			if answer.Status != c.want {
				t.Errorf("%s %s with %s: %d %.300s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
	}
	for name, body := range map[string]string{"bad UTF-8": "heron-lake-\xff", "U+0000": "heron-lake-\x00", "257 bytes": strings.Repeat("x", 257), "seven characters": "seven-1"} {
		answer := stage.As("root").Do(t, transcript.Request{
			Method: "PATCH", Path: located(t, stage, "/auth/users/{locator}/passwordreset"), Header: http.Header{"Content-Type": {"text/plain"}}, Body: body,
		})
		if answer.Status != http.StatusBadRequest {
			t.Errorf("a password as text with %s: %d %s", name, answer.Status, answer.Body)
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// No type is taken for another one, and no text for the name of what it is not.
func TestCoercion(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	texts, lists := []string{`1`, `["x"]`, `{}`, `true`}, []string{`"client_viewer"`, `{}`, `5`, `[1]`, `[null]`, `[["client_viewer"]]`, `[{"locator":"client_viewer"}]`}
	many := `[` + strings.Repeat(`"client_viewer",`, 1000) + `"client_viewer"]`
	roles := append(slices.Clone(lists), `["Client_viewer"]`, `[" client_viewer"]`, `["5"]`, `["\u017f"]`, many)
	tenants := append(slices.Clone(lists), `["Any"]`, `["any "]`, `["*"]`, `["type:"]`, `["type:TEST"]`, `["acme"]`, `["2"]`, `["00000000-0000-0000-0000-000000000000"]`,
		`["`+stage.Person(t, 5).ID.String()+`"]`, `["{`+stage.Tenant(t, 2).String()+`}"]`, `["urn:uuid:`+stage.Tenant(t, 2).String()+`"]`, many)
	permissions := append(slices.Clone(lists), `["assets"]`, `["assets.*"]`, `["*.*"]`, `["ASSETS.VIEW"]`, `["assets.view "]`, `["assets.nothing"]`, many)
	patterns := append(slices.Clone(lists), `["*"]`, `["*.view"]`, `["assets*"]`, `["assets.*.*"]`, `["nothing.*"]`, `["assets.nothing"]`, many)
	integers := []string{`"1"`, `1.0`, `1e0`, `true`, `[1]`, `null`, `9007199254740992`}
	wrong := map[string][]string{
		"firstName": texts, "lastName": texts, "userName": texts, "password": texts, "email": texts, "name": texts, "description": texts,
		"temporaryPassword": {`"true"`, `1`, `null`, `[]`}, "version": integers,
		"roles": roles, "addRoles": roles, "removeRoles": append(slices.Clone(lists), many),
		"tenants": tenants, "addTenants": tenants, "removeTenants": append(slices.Clone(lists), `["acme"]`, many),
		"addPermissions": patterns, "removePermissions": append(slices.Clone(lists), many),
	}
	for _, w := range writes(t, stage) {
		for member, values := range wrong {
			if !documented(w, member) {
				continue
			}
			for _, value := range values {
				answer := stage.As("root").Send(t, w.method, w.path, replaced(w.body, member, value))
				if answer.Status != http.StatusBadRequest || !strings.Contains(answer.Body, `"errors":[{"field":"`+member) {
					t.Errorf("%s %s with %s %.60s: %d %.300s", w.method, w.path, member, value, answer.Status, answer.Body)
				}
			}
		}
		if documented(w, "permissions") {
			values := permissions
			if strings.HasSuffix(w.path, "/roles") {
				values = patterns
			}
			for _, value := range values {
				answer := stage.As("root").Send(t, w.method, w.path, replaced(w.body, "permissions", value))
				if answer.Status != http.StatusBadRequest || !strings.Contains(answer.Body, `"errors":[{"field":"permissions`) {
					t.Errorf("%s %s with permissions %.60s: %d %.300s", w.method, w.path, value, answer.Status, answer.Body)
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
	members := map[bool]string{
		w.method == "POST" && strings.HasSuffix(w.path, "/users"):  "firstName lastName userName password temporaryPassword email roles tenants",
		w.method == "PATCH" && strings.Count(w.path, "/") == 4:     "firstName lastName permissions roles tenants email",
		strings.HasSuffix(w.path, "/auth/roles"):                   "name description permissions",
		strings.HasSuffix(w.path, "/Clerk"):                        "name description version addPermissions removePermissions",
		strings.HasSuffix(w.path, "/roles") && w.method == "PATCH": "addRoles removeRoles",
		strings.HasSuffix(w.path, "/tenants"):                      "addTenants removeTenants",
	}[true]
	return slices.Contains(strings.Fields(members), member)
}

// Members in another spelling, and members that are not the body's, have no effect.
func TestForeignMembers(t *testing.T) {
	const foreign = `"ROLES":["msp_admin"],"Roles":["msp_admin"],"addroles":["msp_admin"],"TENANTS":["any"],"addtenants":["any"],"Permissions":["users.create"],"locator":"x",` +
		`"number":1,"status":"deleted","active":false,"staff":true,"is_msp_staff":true,"username":"mallory@acme.io","createdBy":"x","createdAt":"x","Version":7,` +
		`"tenant":"any","system":true,"mfa":true,"temporary":true,"overrides":[],"group":[1],"add\u017folutely":1,"AddPermissions":["*.*"]`
	quiet := theatre(t)
	loud := theatre(t)
	for i, w := range writes(t, quiet) {
		plain := quiet.As("root").Must(t, http.StatusOK, w.method, w.path, w.body)
		noisy := writes(t, loud)[i]
		more := loud.As("root").Must(t, http.StatusOK, noisy.method, noisy.path, with(noisy.body, foreign))
		if a, b := shape(plain.Body), shape(more.Body); a != b {
			t.Errorf("%s %s: %s\nwithout %s", w.method, w.path, b, a)
		}
	}
}

// shape returns an answer without what differs from stage to stage.
func shape(body string) string {
	var members map[string]any
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		return body
	}
	for _, name := range []string{"locator", "createdBy", "tenants"} {
		delete(members, name)
	}
	text, _ := json.Marshal(members)
	return string(text)
}

// address returns an e-mail address of so many bytes.
func address(n int) string {
	domain := "@" + strings.Repeat(strings.Repeat("d", 60)+".", 3) + "io"
	return strings.Repeat("a", n-len(domain)) + domain
}

// Every value at its limit, and beyond it.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		member, value string
		ok            bool
	}{
		{"firstName", "é", true},
		{"firstName", strings.Repeat("é", 255), true},
		{"firstName", strings.Repeat("é", 256), false},
		{"firstName", " ", false},
		{"firstName", "a\u2028b", false},
		{"lastName", "", true},
		{"lastName", strings.Repeat("é", 255), true},
		{"lastName", strings.Repeat("é", 256), false},
		{"lastName", "a\u202eb", false},
		{"userName", "a@b", true},
		{"userName", address(254), true},
		{"userName", address(255), false},
		{"userName", "a@b@c", false},
		{"userName", "al\u0131ce@acme.io", false},
		{"email", " a@b ", true},
		{"email", address(255), false},
		{"email", "a\r\nb@acme.io", false},
		{"password", strings.Repeat("🐚", 8), true},
		{"password", strings.Repeat("🐚", 7), false},
		{"password", strings.Repeat("x", 257), false},
		{"password", "new", false},
		{"name", strings.Repeat("é", 128), true},
		{"name", strings.Repeat("é", 129), false},
		{"name", " ", false},
		{"name", "a\tb", false},
		{"name", "MSP_ADMIN", false},
		{"name", "0197A1C2-0000-7000-8000-000000000000", false},
		{"description", strings.Repeat("é", 1000), true},
		{"description", strings.Repeat("é", 1001), false},
		{"description", "a\nb", false},
	} {
		for i := range 6 {
			stage := theatre(t)
			w := writes(t, stage)[i]
			if !documented(w, c.member) {
				continue
			}
			before := stage.Dump(t)
			answer := stage.As("root").Send(t, w.method, w.path, replaced(w.body, c.member, quoted(c.value)))
			switch {
			case c.ok && answer.Status == http.StatusOK:
			case !c.ok && answer.Status == http.StatusBadRequest && strings.Contains(answer.Body, `"errors":[{"field":"`+c.member+`",`) && stage.Dump(t) == before:
			default:
				t.Errorf("%s %s with %s %.40q: %d %s", w.method, w.path, c.member, c.value, answer.Status, answer.Body)
			}
		}
	}
}
