package msp_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/users"
)

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
		{"name", "é", true},
		{"name", strings.Repeat("é", 255), true},
		{"name", strings.Repeat("é", 256), false},
		{"name", " ", false},
		{"name", "a\tb", false},
		{"name", "a\u0085b", false},
		{"name", "a\u2028b", false},
		{"name", "a\u202eb", false},
		{"name", "a\u2066b", false},
		{"name", "a\u200db", true},
		{"email", "a@b", true},
		{"email", " a@b ", true},
		{"email", address(254), true},
		{"email", address(255), false},
		{"email", "a@b@c", false},
		{"email", "@acme.io", false},
		{"email", "a@", false},
		{"email", "a b@acme.io", false},
		{"email", "a\r\nb@acme.io", false},
		{"email", "al\u0131ce@acme.io", false},
		{"email", "a@\uff41cme.io", false},
		{"email", `"quoted"@acme.io`, false},
		{"email", "a@acme.io.", false},
		{"password", "ninech-1", true},
		{"password", "seven-1", false},
		{"password", strings.Repeat("🐚", 8), true},
		{"password", strings.Repeat("🐚", 7), false},
		{"password", strings.Repeat("🐚", 64), true},
		{"password", strings.Repeat("🐚", 64) + "x", false},
		{"password", strings.Repeat("x", 256), true},
		{"password", strings.Repeat("x", 257), false},
		{"password", "QwertyUiop", true},
		{"password", "qwertyuiop", false},
	} {
		for i := range writes("") {
			stage, token := theatre(t)
			w := writes(token)[i]
			if !documented(w, c.member) {
				continue
			}
			before := stage.Dump(t)
			answer := stage.As(w.who).Send(t, w.method, w.path, replaced(w.body, c.member, quoted(c.value)))
			switch {
			case c.ok && answer.Status < 300:
			case !c.ok && answer.Status == http.StatusUnprocessableEntity && strings.Contains(answer.Body, `{"detail":[{"loc":["body","`+c.member+`"],`):
				if stage.Dump(t) != before {
					t.Errorf("%s %s: %s %.40q has changed something", w.method, w.path, c.member, c.value)
				}
			case w.path == "/msp/api/invites" && c.member == "name" && c.value == " " && answer.Status < 300: // none was given
			default:
				t.Errorf("%s %s with %s %.40q: %d %s", w.method, w.path, c.member, c.value, answer.Status, answer.Body)
			}
		}
	}
}

// What the API shows is accepted when it comes back, whatever its length: it may be older than the limits.
func TestSendingBackWhatWasRead(t *testing.T) {
	stage := onMemory().Start(t)
	const was = `{"name":"Vic Viewer","email":"vic@acme.io","role_id":5}`
	long, far := strings.Repeat("g", 300), strings.Repeat("e", 300)+"@acme.io"
	stage.Overwrite(t, 5, func(u *users.User) { u.Name, u.Email, u.Username = users.Name{Full: long, Given: "Vic"}, far, far })
	body := replaced(replaced(was, "name", quoted(long)), "email", quoted(far))
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/msp/api/users/5", body)
	if u := stage.Person(t, 5); u.Name.Given != "Vic" || u.Version != 2 {
		t.Errorf("version %d, %+v", u.Version, u.Name)
	}
	stage.Must(t, http.StatusUnprocessableEntity, "PUT", "/msp/api/users/5", replaced(body, "name", quoted(long+"x")))
	stage.Must(t, http.StatusUnprocessableEntity, "PUT", "/msp/api/users/5", replaced(body, "email", quoted("x"+far)))
}
