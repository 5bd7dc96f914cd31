package company_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// write is a route that reads a body, with a good one.
type write struct{ method, path, body string }

func writes(t *testing.T, stage *transcript.Stage) []write {
	return []write{
		{"POST", "/company/api/v2/user", newcomer},
		{"PATCH", path(t, stage, 5), renamed},
		{"PATCH", strings.Replace(path(t, stage, 5), "/company", "/partial", 1), renamed},
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
		"17 levels of groups":      replaced(good, "groups", strings.Repeat("[", 17)+strings.Repeat("]", 17)),
		"5,000 levels":             with(good, `"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
		"bad UTF-8":                with(good, "\"x\":\"a\xffb\""),
		"a lone surrogate":         with(good, `"x":"\ud800"`),
		"U+0000":                   with(good, `"x":"\u0000"`),
		"U+0000 as it is":          with(good, "\"x\":\"\x00\""),
		"a line feed in a string":  with(good, "\"x\":\"\n\""),
		"a duplicate":              with(good, `"x":1,"x":1`),
		"an escaped duplicate":     with(good, `"gr\u006fups":[1]`),
		"a duplicate further down": with(good, `"x":{"y":[{"z":1,"z":2}]}`),
		"a duplicate of its own":   with(good, `"email":"mallory@acme.io"`),
		"a leading zero":           with(good, `"x":01`),
		"NaN":                      with(good, `"x":NaN`),
	}
}

// Hostile bodies get the documented error on every route that reads one, and change nothing.
func TestHostileBodies(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	for _, w := range writes(t, stage) {
		for name, body := range hostile(w.body) {
			answer := stage.As("root").Send(t, w.method, w.path, body)
			if answer.Status != http.StatusBadRequest || !strings.HasPrefix(answer.Body, `{"detail":"JSON parse error - `) {
				t.Errorf("%s %s with %s: %d %s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
		for name, c := range map[string]struct {
			header http.Header
			body   string
			want   int
		}{
			"more than 1 MiB":      {nil, with(w.body, `"x":"`+strings.Repeat("a", 1<<20)+`"`), 413},
			"gzip":                 {http.Header{"Content-Encoding": {"gzip"}}, w.body, 415},
			"a form":               {http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, w.body, 415},
			"text":                 {http.Header{"Content-Type": {"text/plain"}}, w.body, 415},
			"two content types":    {http.Header{"Content-Type": {"application/json", "text/plain"}}, w.body, 415},
			"text that says +json": {http.Header{"Content-Type": {"text/x+json"}}, w.body, 415},
			"a type of many bytes": {http.Header{"Content-Type": {"text/\xff<" + strings.Repeat("x", 9000)}}, w.body, 415},
		} {
			answer := stage.As("root").Do(t, transcript.Request{Method: w.method, Path: w.path, Header: c.header, Body: c.body})
			if answer.Status != c.want || len(answer.Body) > 300 {
				t.Errorf("%s %s with %s: %d %.300s", w.method, w.path, name, answer.Status, answer.Body)
			}
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// No other type is taken for a string or the id of a group. Neither are more groups than an array may have.
func TestCoercion(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	texts := []string{`1`, `["x"]`, `{}`, `true`}
	wrong := map[string][]string{
		"email": texts, "password": texts, "first_name": texts, "last_name": texts, "phone": texts,
		"groups": {
			`5`, `"5"`, `{"id":5}`, `true`, `[5.0]`, `[5e0]`, `["5 "]`, `["+5"]`, `["-5"]`, `[-5]`, `["05"]`, `["５"]`, `[[5]]`, `[null]`, `[{"ID":5}]`, `[{"id":{"id":5}}]`,
			`[{"id":null}]`, `[0]`, `[9007199254740993]`, `["99999999999999999999"]`, `["` + strings.Repeat("9", 10000) + `"]`,
			`[` + strings.Repeat("5,", 1000) + `5]`,
		},
	}
	for _, w := range writes(t, stage) {
		for member, values := range wrong {
			for _, value := range values {
				answer := stage.As("root").Send(t, w.method, w.path, replaced(w.body, member, value))
				if answer.Status != http.StatusBadRequest || !strings.HasPrefix(answer.Body, `{"`+member+`":[`) || len(answer.Body) > 200 {
					t.Errorf("%s %s with %s %.50s: %d %.200s", w.method, w.path, member, value, answer.Status, answer.Body)
				}
			}
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// Members in another spelling, and members that are not the document's, have no effect.
func TestForeignMembers(t *testing.T) {
	stage := theatre(t)
	const foreign = `"GROUPS":[1],"Groups":[1],"id":"x","username":"x","company":"x","mfa":true,"reset_pw":true,"reset_2fa":true,"is_active":false,"permissions":["users.create"],` +
		`"role_id":1,"is_msp_staff":true,"status":"deleted","tenants":["any"],"temporary":true,"temporaryPassword":true,"version":9,"group\u017f":[1]`
	for _, w := range writes(t, stage) {
		answer := stage.As("ann").Send(t, w.method, w.path, with(w.body, foreign))
		for _, want := range []string{
			`"groups":[{"id":5,"name":"Client Viewer","permissions":["assets.export","assets.view","users.list"]}],"mfa":false,"reset_pw":false,"reset_2fa":false,` +
				`"is_active":true,"permissions":["assets.export","assets.view","users.list"]}`,
			`"company":"` + stage.Tenant(t, 2).String() + `"`, `"username":"`, `@acme.io"`,
		} {
			if answer.Status >= 300 || !strings.Contains(answer.Body, want) {
				t.Errorf("%s %s: %d %s, want %s", w.method, w.path, answer.Status, answer.Body, want)
			}
		}
	}
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
		{"first_name", strings.Repeat("é", 255), true},
		{"first_name", strings.Repeat("é", 256), false},
		{"first_name", "", true},
		{"first_name", "a\u2028b", false},
		{"last_name", strings.Repeat("é", 255), true},
		{"last_name", strings.Repeat("é", 256), false},
		{"last_name", "a\u202eb", false},
		{"phone", strings.Repeat("é", 50), true},
		{"phone", strings.Repeat("é", 51), false},
		{"phone", "a\tb", false},
		{"email", "a@b", true},
		{"email", address(254), true},
		{"email", address(255), false},
		{"email", "a@b@c", false},
		{"email", "a\r\nb@acme.io", false},
		{"email", "al\u0131ce@acme.io", false},
		{"password", strings.Repeat("🐚", 8), true},
		{"password", strings.Repeat("🐚", 7), false},
		{"password", strings.Repeat("x", 256), true},
		{"password", strings.Repeat("x", 257), false},
		{"password", "qwertyuiop", false},
	} {
		for i := range 2 {
			stage := theatre(t)
			w := writes(t, stage)[i]
			before := stage.Dump(t)
			answer := stage.As("root").Send(t, w.method, w.path, replaced(w.body, c.member, quoted(c.value)))
			switch {
			case c.ok && answer.Status < 300:
			case !c.ok && answer.Status == http.StatusBadRequest && strings.HasPrefix(answer.Body, `{"`+c.member+`":[`) && stage.Dump(t) == before:
			default:
				t.Errorf("%s %s with %s %.40q: %d %s", w.method, w.path, c.member, c.value, answer.Status, answer.Body)
			}
		}
	}
}
