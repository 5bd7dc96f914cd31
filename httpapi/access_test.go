package httpapi_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// callers are the columns of ACCESS.md.
var callers = []string{"guest", "bad", "vic", "mia", "ann", "bea", "root", "sue", "tech"}

// accessRow is a row of ACCESS.md: one request, and how it is answered to each of the callers.
type accessRow struct {
	api, method, pattern, needs string
	path, body                  string
	status                      map[string]int
}

// route returns the row's route as [httpapi.RouteInfo] writes it.
func (r accessRow) route() string { return r.api + " " + r.method + " " + r.pattern + ": " + r.needs }

// question reports whether the row's request asks and changes nothing.
func (r accessRow) question() bool {
	return r.method == http.MethodGet || strings.HasPrefix(r.pattern, "/v1/check")
}

// session reports whether the row's request changes sessions alone, which no dump shows.
func (r accessRow) session() bool { return strings.HasPrefix(r.pattern, "/v1/sessions") }

// readAccess reads the tables of ACCESS.md.
func readAccess(t *testing.T) []accessRow {
	t.Helper()
	text, err := os.ReadFile("ACCESS.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []accessRow
	api := ""
	for line := range strings.Lines(string(text)) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			api = strings.TrimSpace(heading)
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case api == "" || !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|-"):
		case cells[0] == "route":
			if want := append([]string{"route", "needs", "sent"}, callers...); !slices.Equal(cells, want) {
				t.Fatalf("%s: columns %q, want %q", api, cells, want)
			}
		default:
			rows = append(rows, readRow(t, api, cells))
		}
	}
	return rows
}

func readRow(t *testing.T, api string, cells []string) accessRow {
	t.Helper()
	if len(cells) != 3+len(callers) {
		t.Fatalf("%s: %d cells in %q", api, len(cells), cells)
	}
	method, pattern, _ := strings.Cut(strings.Trim(cells[0], "`"), " ")
	path, body, _ := strings.Cut(strings.Trim(cells[2], "`"), "` `")
	row := accessRow{api: api, method: method, pattern: pattern, needs: cells[1], path: "/" + api + path, body: body, status: map[string]int{}}
	for i, caller := range callers {
		status, err := strconv.Atoi(cells[3+i])
		if err != nil {
			t.Fatalf("%s as %s: %v", row.route(), caller, err)
		}
		row.status[caller] = status
	}
	return row
}

// Every route has exactly one row, and the row says what its gate asks for.
func TestAccessOfEveryRoute(t *testing.T) {
	var told, want []string
	for _, row := range readAccess(t) {
		told = append(told, row.route())
	}
	for _, route := range matrix.Routes() {
		want = append(want, strings.ReplaceAll(route.String(), "|", " or "))
	}
	for _, route := range want {
		if !slices.Contains(told, route) {
			t.Errorf("ACCESS.md has no row for %s", route)
		}
	}
	for i, route := range told {
		if !slices.Contains(want, route) {
			t.Errorf("ACCESS.md has a row for %s, and no API has it", route)
		}
		if slices.Contains(told[:i], route) {
			t.Errorf("ACCESS.md has two rows for %s", route)
		}
	}
}

// Each request is answered to each caller as ACCESS.md says. What is refused, or asks, changes nothing, so one stage suffices for all of that.
func TestAccess(t *testing.T) {
	rows := readAccess(t)
	t.Run("refused and asked", func(t *testing.T) {
		t.Parallel()
		stage := theatre(t)
		before := stage.Dump(t)
		for _, row := range rows {
			for _, caller := range callers {
				if row.question() || row.status[caller] >= 300 {
					row.send(t, stage, caller)
					if stage.Dump(t) != before {
						t.Fatalf("%s as %s: something has changed", row.route(), caller)
					}
				}
			}
		}
	})
	for _, row := range rows {
		for _, caller := range callers {
			if row.question() || row.status[caller] >= 300 {
				continue
			}
			t.Run(row.api+" "+row.method+" "+row.pattern+" as "+caller, func(t *testing.T) {
				t.Parallel()
				stage := theatre(t)
				before := stage.Dump(t)
				row.send(t, stage, caller)
				if changed := stage.Dump(t) != before; changed == row.session() {
					t.Errorf("something has changed: %t", changed)
				}
			})
		}
	}
}

// send sends the row's request, and its HEAD where it is a GET.
func (r accessRow) send(t *testing.T, stage *transcript.Stage, caller string) {
	t.Helper()
	body := strings.ReplaceAll(stage.Reveal(t, r.body), "{me}", caller)
	request := transcript.Request{Method: r.method, Path: stage.Reveal(t, r.path), Body: body}
	if body == "image/png" {
		request.Header, request.Body = http.Header{"Content-Type": {body}}, picture(t, 2)
	}
	answer := stage.As(caller).Do(t, request)
	if answer.Status != r.status[caller] {
		t.Errorf("%s as %s: %d %.200s, want %d", r.route(), caller, answer.Status, answer.Body, r.status[caller])
	}
	if r.method != http.MethodGet {
		return
	}
	if head := stage.Send(t, http.MethodHead, request.Path, ""); head.Status != answer.Status || head.Body != "" {
		t.Errorf("%s as %s: HEAD %d %q, GET %d", r.route(), caller, head.Status, head.Body, answer.Status)
	}
}

// picture returns a picture of a width.
func picture(t *testing.T, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, width, 1))); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// theatre is the fixture with what ACCESS.md says is there besides.
func theatre(t *testing.T) *transcript.Stage {
	t.Helper()
	stage, ctx, test := allOnMemory().Start(t), t.Context(), perms.System("test")
	acme := perms.TenantOf(stage.Tenant(t, 2))
	for _, in := range []users.New{
		{Email: "sue@acme.io", Name: "Sue", Password: "sue-river-2041", Roles: []string{"client_admin"}},
		{Email: "pat@acme.io", Name: "Pat", Status: perms.Pending},
		{Email: "ida@acme.io", Name: "Ida", Status: perms.Suspended},
	} {
		in.Tenants = []perms.Tenancy{acme}
		u, err := stage.Book.Users.Create(ctx, test, in)
		check(err)
		stage.Call(u.ID.String(), strings.ToLower(in.Name))
	}
	stage.SignIn(t, "sue", "sue@acme.io", "sue-river-2041")
	_, err := stage.Book.Users.Do(ctx, test, stage.Person(t, 7).ID, users.Suspend)
	check(err)
	clerk, err := stage.Book.Roles.Create(ctx, test, roles.New{Name: "Clerk", Permissions: []string{"assets.view"}})
	check(err)
	stage.Call(clerk.ID.String(), "clerk")
	check(stage.Book.Users.SetOverride(ctx, test, stage.Person(t, 5).ID, perms.Grant("assets.edit")))
	_, err = stage.Book.Users.SetAvatar(ctx, test, users.ByNumber(5), []byte(picture(t, 1)))
	check(err)

	stage.As("ann").Must(t, http.StatusCreated, "POST", "/teams/api/groups", `{"group_name":"Ops"}`)
	stage.Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", `{"user_ids":[4]}`)
	var invite struct{ Token string }
	stage.Must(t, http.StatusCreated, "POST", "/msp/api/invites", `{"email":"invited@acme.io","role_id":4}`).Decode(t, &invite)
	stage.Call(invite.Token, "invite")
	var link struct {
		Data struct {
			Token string `json:"invite_token"`
		}
	}
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/invite-links", `{}`).Decode(t, &link)
	stage.Call(link.Data.Token, "link")
	stage.Name("bad", "rb_"+strings.Repeat("A", 43))
	return stage
}
