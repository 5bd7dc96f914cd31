package teams_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// write is a route that reads a body, with a good one and who sends it.
type write struct{ who, method, path, body string }

var writes = []write{
	{"ann", "POST", "/teams/api/users", newcomer},
	{"ann", "PUT", "/teams/api/users/5", renamed},
	{"vic", "PUT", "/teams/api/users/5/change-password", newPassword},
	{"ann", "POST", "/teams/api/users/8/reject", rejection},
	{"ann", "PATCH", "/teams/api/users/5/ai-access", withAI},
	{"ann", "PUT", "/teams/api/users/5/dashboards", shared},
	{"ann", "POST", "/teams/api/groups", newGroup},
	{"ann", "PUT", "/teams/api/groups/1", recolored},
	{"ann", "POST", "/teams/api/groups/1/members", joining},
	{"ann", "PUT", "/teams/api/groups/1/dashboards", shared},
	{"ann", "POST", "/teams/api/invite-links", invitation},
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
		"5,000 levels":             with(good, `"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)),
		"bad UTF-8":                with(good, "\"x\":\"a\xffb\""),
		"bad UTF-8 in a name":      with(good, "\"\xff\":1"),
		"a lone surrogate":         with(good, `"x":"\ud800"`),
		"a reversed pair":          with(good, `"x":"\udc00\ud800"`),
		"U+0000":                   with(good, `"x":"\u0000"`),
		"U+0000 as it is":          with(good, "\"x\":\"\x00\""),
		"a line feed in a string":  with(good, "\"x\":\"\n\""),
		"a duplicate":              with(good, `"x":1,"x":1`),
		"an escaped duplicate":     with(good, `"user_type":6,"\u0075ser_type":1`),
		"a duplicate further down": with(good, `"x":{"y":[{"z":1,"z":2}]}`),
		"a leading zero":           with(good, `"x":01`),
		"NaN":                      with(good, `"x":NaN`),
	}
}

const malformed = `{"error":1,"message":"Invalid JSON body"}`

// Hostile bodies get the documented error on every route that reads one, and change nothing.
func TestHostileBodies(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	for _, w := range writes {
		for name, body := range hostile(w.body) {
			if body == "" && w.body == rejection {
				continue // which may be left out
			}
			if answer := stage.As(w.who).Send(t, w.method, w.path, body); answer.Status != http.StatusBadRequest || answer.Body != malformed {
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

// No other type is taken for a number, a boolean, a string or a list.
func TestCoercion(t *testing.T) {
	stage := theatre(t)
	before := stage.Dump(t)
	wrong := map[string][]string{
		"user_email":        {`["a@acme.io","b@acme.io"]`, `{"address":"a@acme.io"}`, `1`},
		"user_name":         {`1`, `["x"]`, `{}`},
		"user_password":     {`12345678`, `["securepassword123"]`, `false`},
		"user_type":         {`1e0`, `2.0`, `"2"`, `true`, `[2]`, `{"id":2}`, `99999999999999999999`, `-0`, `0`, `-2`, `4`, `5`, `7`, `9007199254740992`},
		"user_type_name":    {`6`, `["Client"]`, `"client"`, `"Member"`, `""`, `"Client "`},
		"current_password":  {`1`, `["x"]`, `true`},
		"new_password":      {`12345678`, `["x"]`, `true`},
		"reason":            {`1`, `["x"]`, `{}`, `"a\nb"`, quoted(strings.Repeat("x", 501))},
		"ai_access":         {`1`, `"true"`, `[true]`, `{}`},
		"dashboard_ids":     {`1`, `"1"`, `{}`, `["1"]`, `[1.0]`, `[1e0]`, `[null]`, `[true]`, `[0]`, `[-1]`, `[9007199254740992]`, `[[1]]`},
		"group_name":        {`1`, `["x"]`, `"a\tb"`, quoted(strings.Repeat("x", 101))},
		"group_description": {`1`, `["x"]`, `"a\u0007b"`, quoted(strings.Repeat("x", 1001))},
		"group_color":       {`1`, `"red"`, `"#ff"`, `"#ff88000"`, `"ff8800"`, `"#ff880g"`, `""`, `" #08f"`},
		"invite_role":       {`"2"`, `2.0`, `true`, `0`, `4`, `5`, `7`, `-1`},
		"invite_max_uses":   {`"5"`, `1.5`, `0`, `-1`, `10001`, `true`, `1e3`},
		"expires_at":        {`1`, `""`, `"tomorrow"`, `"2025-12-01"`, `"2026-12-01T10:00:00+25:00"`, `"2026-12-01T10:00:60Z"`, `"10000-01-01"`, `"2026-12-01T10:00:00.5"`},
	}
	for _, w := range writes {
		for member, values := range wrong {
			if !strings.Contains(w.body, `"`+member+`"`) {
				continue
			}
			for _, value := range values {
				answer := stage.As(w.who).Send(t, w.method, w.path, replaced(w.body, member, value))
				want := strings.ReplaceAll(member, "_", " ")
				if value == `""` && member != "user_type_name" && member != "group_color" && member != "expires_at" {
					want = "required"
				}
				if answer.Status != http.StatusBadRequest || !strings.Contains(answer.Body, want) {
					t.Errorf("%s %s with %s %.60s: %d %s", w.method, w.path, member, value, answer.Status, answer.Body)
				}
			}
		}
	}
	for _, list := range []string{`["5"]`, `[5.0]`, `[0]`, `[-5]`, `[null]`, `[5,999]`} {
		answer := stage.As("ann").Must(t, http.StatusBadRequest, "POST", "/teams/api/groups/1/members", `{"user_ids":`+list+`}`)
		if answer.Body != `{"error":1,"message":"Invalid user ID"}` {
			t.Errorf("%s: %s", list, answer.Body)
		}
	}
	tooMany := "[1" + strings.Repeat(",1", 1000) + "]"
	for _, w := range writes[len(writes)-3 : len(writes)-1] {
		for _, member := range []string{"user_ids", "dashboard_ids"} {
			if strings.Contains(w.body, member) {
				stage.As("ann").Must(t, http.StatusBadRequest, w.method, w.path, replaced(w.body, member, tooMany))
			}
		}
	}
	if stage.Dump(t) != before {
		t.Error("something has changed")
	}
}

// Members in another spelling, and members that are not the body's, have no effect.
func TestForeignMembers(t *testing.T) {
	const foreign = `"USER_TYPE":1,"User_Type":1,"user_Type":1,"U\u017fER_TYPE":1,"is_msp_staff":true,"role_id":1,"roles":["msp_admin"],"tenants":["any"],` +
		`"tenant_id":3,"organization_id":3,"id":1,"number":1,"user_id":1,"user_status":0,"status":"deleted","ai_Access":false,"group_id":9,"member_count":9,` +
		`"invite_uses":9,"is_active":false,"invite_max_u\u017fes":1,"invite_token":"rbl_x","created_at":"1999-01-01T00:00:00Z","password_hash":"x","version":9`
	want := map[string]string{
		"POST /teams/api/users":                  `"user_id":10,"user_email":"new@acme.io","user_name":"New","user_type":3,"user_type_name":"Member","user_status":1,`,
		"PUT /teams/api/users/5":                 `"user_id":5,"user_email":"vic@acme.io","user_name":"Victor","user_type":6,"user_type_name":"Client","user_status":1,`,
		"PUT /teams/api/users/5/change-password": `{"user_id":5}`,
		"POST /teams/api/users/8/reject":         `"user_id":8,"user_email":"pat@acme.io","user_name":"Pat","user_type":6,"user_type_name":"Client","user_status":0,`,
		"PATCH /teams/api/users/5/ai-access":     `{"user_id":5,"ai_access":true}`,
		"PUT /teams/api/users/5/dashboards":      `"dashboard_ids":[1,3]`,
		"POST /teams/api/groups":                 `{"group_id":2,"group_name":"Field","group_description":"Out there","group_color":"#08f","member_count":0,"created_at":"2026-05-01T10:00:00Z"}`,
		"PUT /teams/api/groups/1":                `{"group_id":1,"group_name":"Ops","group_description":null,"group_color":"#ff8800","member_count":1,"created_at":"2026-05-01T10:00:00Z"}`,
		"POST /teams/api/groups/1/members":       `[{"user_id":4,`,
		"PUT /teams/api/groups/1/dashboards":     `{"dashboard_ids":[1,3]}`,
		"POST /teams/api/invite-links":           `{"id":2,"invite_role":2,"invite_max_uses":5,"invite_uses":0,"expires_at":"2026-12-01T00:00:00Z","is_active":true,`,
	}
	stage := theatre(t)
	for _, w := range writes {
		answer := stage.As(w.who).Send(t, w.method, w.path, with(w.body, foreign))
		if answer.Status >= 300 || !strings.Contains(answer.Body, want[w.method+" "+w.path]) {
			t.Errorf("%s %s: %d %s", w.method, w.path, answer.Status, answer.Body)
		}
	}
}
