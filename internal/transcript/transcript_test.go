package transcript

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

var host = Host{
	Name: "memory", Preset: msp.Preset(),
	Open: func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	},
	Mount: Mount(httpapi.Options{}, Prefixes{
		"/msp":    func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
		"/native": func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
	}),
}

// heard is a test that writes down what it is told, and goes on.
type heard struct {
	testing.TB
	errors []string
}

func (h *heard) Errorf(format string, args ...any) {
	h.errors = append(h.errors, fmt.Sprintf(format, args...))
}

func written(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "played.txt")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

const played = `# A transcript that is right.
as ann
> POST /msp/api/invites
> {"email":"new@acme.io","role_id":5,"expires_hours":1}
< 201
< {"token":"rbi_(1)","invite_url":"https://acme.rolebook.test/invite/rbi_(1)","id":1,"expires_at":"2026-05-01T11:00:00Z"}

as guest
> GET /native/v1/users/U(vic)
< 401
< Content-Type: application/problem+json
< Www-Authenticate: Bearer
< {"type":"urn:rolebook:problem:unauthenticated","title":"Unauthorized","status":401,"detail":"A valid token is required.","code":"unauthenticated","instance":"urn:rolebook:request:transcript"}

advance 1h
> GET /msp/api/invites/validate/rbi_(1)
< 410
< {"detail":"Invite has expired"}
`

// A transcript passes if it is right to the byte, and fails with the first line that is not; rewritten, it is right.
func TestPlay(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"right", "", "", ""},
		{"another status", "< 410", "< 404", "line 17\nwant < 404\ngot  < 410"},
		{"another body", `"id":1,`, `"id":2,`, "line 6\n"},
		{"another header", "< Www-Authenticate: Bearer\n", "", "line 12\n"},
		{"no answer", "< 410\n< {\"detail\":\"Invite has expired\"}\n", "", "line 17\nwant \ngot  < 410"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := written(t, strings.Replace(played, c.old, c.new, 1))
			told := &heard{TB: t}
			play(told, host, file, false)
			if got := strings.Join(told.errors, "\n"); !strings.Contains(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("told %q, want %q", got, c.want)
			}
			play(t, host, file, true)
			if text, err := os.ReadFile(file); err != nil || string(text) != played {
				t.Errorf("rewritten: %v\n%s", err, text)
			}
		})
	}
}

// An answer without the headers that all answers have is an error.
func TestCommonHeaders(t *testing.T) {
	stage := host.Start(t)
	stage.handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	told := &heard{TB: t}
	stage.Get(told, "/")
	if len(told.errors) != 4 {
		t.Errorf("told %q", told.errors)
	}
}

// What a trial does is seen in it, and undone.
func TestTrial(t *testing.T) {
	stage := host.Start(t)
	before := stage.Dump(t)
	stage.Trial(t, func(trial *Stage) {
		trial.As("ann").Must(t, http.StatusNoContent, "DELETE", "/msp/api/users/5", "")
		trial.Must(t, http.StatusNotFound, "DELETE", "/msp/api/users/5", "")
		trial.SignIn(t, "vic", "mia@acme.io", "mia-river-2041")
	})
	if stage.Dump(t) != before {
		t.Error("a trial has changed something")
	}
	stage.As("vic").Must(t, http.StatusOK, "GET", "/msp/api/users/5/permissions", "")
}
