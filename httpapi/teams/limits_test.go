package teams_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// address returns an e-mail address of so many bytes.
func address(n int) string {
	domain := "@" + strings.Repeat(strings.Repeat("d", 60)+".", 3) + "io"
	return strings.Repeat("a", n-len(domain)) + domain
}

// Every value at its limit, and beyond it.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		member, value, message string // of what is wrong; "" if nothing is
	}{
		{"user_name", "é", ""},
		{"user_name", strings.Repeat("é", 255), ""},
		{"user_name", strings.Repeat("é", 256), "Invalid user name"},
		{"user_name", " ", "User name is required"},
		{"user_name", "a\tb", "Invalid user name"},
		{"user_name", "a\u0085b", "Invalid user name"},
		{"user_name", "a\u2028b", "Invalid user name"},
		{"user_name", "a\u202eb", "Invalid user name"},
		{"user_name", "a\u2066b", "Invalid user name"},
		{"user_name", "a\u200db", ""},
		{"user_email", "a@b", ""},
		{"user_email", " a@b ", ""},
		{"user_email", " ", "User email is required"},
		{"user_email", address(254), ""},
		{"user_email", address(255), "Invalid user email"},
		{"user_email", "a@b@c", "Invalid user email"},
		{"user_email", "@acme.io", "Invalid user email"},
		{"user_email", "a@", "Invalid user email"},
		{"user_email", "a b@acme.io", "Invalid user email"},
		{"user_email", "a\r\nb@acme.io", "Invalid user email"},
		{"user_email", "al\u0131ce@acme.io", "Invalid user email"},
		{"user_email", "a@\uff41cme.io", "Invalid user email"},
		{"user_password", "ninech-1", ""},
		{"user_password", "seven-1", "Password must be at least 8 characters"},
		{"user_password", strings.Repeat("🐚", 8), ""},
		{"user_password", strings.Repeat("🐚", 7), "Password must be at least 8 characters"},
		{"user_password", strings.Repeat("🐚", 64), ""},
		{"user_password", strings.Repeat("🐚", 64) + "x", "Password is too long"},
		{"user_password", strings.Repeat("x", 256), ""},
		{"user_password", strings.Repeat("x", 257), "Password is too long"},
		{"user_password", "QwertyUiop", ""},
		{"user_password", "qwertyuiop", "Password is too common"},
		{"new_password", "ninech-1", ""},
		{"new_password", "seven-1", "Password must be at least 8 characters"},
		{"new_password", strings.Repeat("x", 257), "Password is too long"},
		{"new_password", "Vic@Acme.io", "Password is too common"},
		{"group_name", strings.Repeat("é", 100), ""},
		{"group_name", strings.Repeat("é", 101), "Invalid group name"},
		{"group_name", " ", "Group name is required"},
		{"group_description", strings.Repeat("é", 1000), ""},
		{"group_description", strings.Repeat("é", 1001), "Invalid group description"},
		{"group_description", "", ""},
		{"group_color", "#ABC", ""},
		{"group_color", "#abcdef", ""},
		{"group_color", "#abcd", "Invalid group color"},
		{"reason", strings.Repeat("é", 500), ""},
		{"reason", strings.Repeat("é", 501), "Invalid reason"},
		{"reason", "", ""},
		{"expires_at", "2026-05-01T10:00:00.000001Z", ""},
		{"expires_at", "2026-05-01T10:00:00Z", "Invalid expires at"},
		{"expires_at", "2026-05-01T10:00:00", "Invalid expires at"},
		{"expires_at", "2026-05-01T10:01", ""},
		{"expires_at", "2026-05-01", "Invalid expires at"},
		{"expires_at", "9999-12-31T23:59:59.999999Z", ""},
		{"expires_at", "9999-12-31T23:59:59-00:01", "Invalid expires at"},
	} {
		for _, w := range writes {
			if !strings.Contains(w.body, `"`+c.member+`"`) && !(c.member == "user_password" && w.body == renamed) {
				continue
			}
			stage := theatre(t)
			before := stage.Dump(t)
			answer := stage.As(w.who).Send(t, w.method, w.path, replaced(w.body, c.member, quoted(c.value)))
			switch {
			case c.message == "" && answer.Status < 300:
			case c.message != "" && answer.Status == http.StatusBadRequest && answer.Body == `{"error":1,"message":"`+c.message+`"}`:
				if stage.Dump(t) != before {
					t.Errorf("%s %s: %s %.40q has changed something", w.method, w.path, c.member, c.value)
				}
			default:
				t.Errorf("%s %s with %s %.40q: %d %s", w.method, w.path, c.member, c.value, answer.Status, answer.Body)
			}
		}
	}
}

// What the API shows is accepted when it comes back, whatever its length: it may be older than the limits.
func TestSendingBackWhatWasRead(t *testing.T) {
	stage := theatre(t)
	long, far := strings.Repeat("g", 300), strings.Repeat("e", 300)+"@acme.io"
	stage.Overwrite(t, 5, func(u *users.User) { u.Name, u.Email, u.Username = users.Name{Full: long, Given: "Vic"}, far, far })
	version := stage.Person(t, 5).Version
	body := `{"user_name":` + quoted(long) + `,"user_email":` + quoted(far) + `,"user_type":6}`
	stage.As("ann").Must(t, http.StatusOK, "PUT", "/teams/api/users/5", body)
	if u := stage.Person(t, 5); u.Name.Given != "Vic" || u.Version != version {
		t.Errorf("version %d, %+v", u.Version, u.Name)
	}
	stage.Must(t, http.StatusBadRequest, "PUT", "/teams/api/users/5", replaced(body, "user_name", quoted(long+"x")))
	stage.Must(t, http.StatusBadRequest, "PUT", "/teams/api/users/5", replaced(body, "user_email", quoted("x"+far)))

	overwriteGroup(t, stage, func(g *users.Group) { g.Name, g.Description, g.Color = long, strings.Repeat("d", 2000), "orange" })
	was := stage.Must(t, http.StatusOK, "GET", "/teams/api/groups", "").Body
	group := strings.TrimSuffix(strings.TrimPrefix(was, `{"success":1,"data":[`), "]}")
	stage.Must(t, http.StatusOK, "PUT", "/teams/api/groups/1", group)
	stage.Must(t, http.StatusBadRequest, "PUT", "/teams/api/groups/1", replaced(group, "group_color", `"oranges"`))
	if now := stage.Must(t, http.StatusOK, "GET", "/teams/api/groups", "").Body; now != was {
		t.Errorf("%s\nwas %s", now, was)
	}
}

// overwriteGroup puts group 1 into a state that no API leads to.
func overwriteGroup(t *testing.T, stage *transcript.Stage, change func(*users.Group)) {
	t.Helper()
	err := stage.Store.InTx(t.Context(), func(tx store.Store) error {
		g, err := tx.GroupByNumber(t.Context(), 1)
		if err != nil {
			return err
		}
		change(&g)
		return tx.UpdateGroup(t.Context(), g)
	})
	if err != nil {
		t.Fatal(err)
	}
}
