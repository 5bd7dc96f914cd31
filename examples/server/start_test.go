package main

import (
	"bytes"
	"context"
	"database/sql"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The first start makes an administrator who can sign in and administer; the second one makes nobody and prints no password.
func TestFirstAndSecondStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.db")
	first := launch(t, "-db", file, "-admin-email", "boss@example.com")
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is for others to read: %v", name, info.Mode())
		}
	}
	password := first.stdout.field("administrator boss@example.com", "password")
	root := first.signIn("boss@example.com", password)
	first.want(http.StatusCreated, "POST", "/msp/api/users", root,
		`{"name":"Tess Tech","email":"tech@example.com","password":"tech-river-2041","role_id":2,"is_msp_staff":true}`)
	if code := first.stop(); code != 0 {
		t.Errorf("ends with %d: %s", code, first.stderr)
	}
	if _, err := os.Stat(file + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the store was not closed: %v", err)
	}

	second := launch(t, "-db", file, "-admin-email", "other@example.com")
	if out := second.stdout.String(); strings.Contains(out, "password") || strings.Contains(out, "administrator") {
		t.Errorf("the second start prints %s", out)
	}
	list := second.users(root) // the session outlives the process
	if len(list) != 2 || list[0].Name != "boss" || list[0].Email != "boss@example.com" || *list[0].RoleID != 1 || !list[0].Staff ||
		list[0].TenantID != nil || list[1].Email != "tech@example.com" {
		t.Errorf("users %+v", list)
	}
	second.signIn("tech@example.com", "tech-river-2041")
}

func TestGivenPasswordIsNotPrinted(t *testing.T) {
	s := launch(t, "-db", inMemory, "-admin-password", "root-river-2041")
	s.signIn("root@example.com", "root-river-2041")
	if out := s.stdout.String(); strings.Contains(out, "river") || !strings.Contains(out, "administrator root@example.com\n") {
		t.Errorf("printed %s", out)
	}
}

// What is printed can be read by a script, and the line that says where comes last.
func TestPrinted(t *testing.T) {
	s := launch(t, "-db", inMemory, "-admin-password", "root-river-2041")
	want := "data in memory:\nadministrator root@example.com\nmounted /msp\nmounted /company\nmounted /locator\nmounted /teams\nmounted /native\nmounted /msp at /api/\nmounted /company at /api/v2/\nmounted /locator at /auth/\nlistening on " + s.url + "\n"
	if got := s.stdout.String(); got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
	if got := s.want(http.StatusOK, "GET", "/", "", "").Body; got != "/msp\n/company\n/locator\n/teams\n/native\n" {
		t.Errorf("root answers %q", got)
	}
	s.want(http.StatusNotFound, "GET", "/other", "", "")
}

// A request leaves one line, with the pattern of its route, and no line has a token.
func TestAccessLog(t *testing.T) {
	s := launch(t, "-db", inMemory, "-admin-password", "root-river-2041")
	root := s.signIn("root@example.com", "root-river-2041")
	made := s.want(http.StatusCreated, "POST", "/msp/api/invites", root, `{"email":"new@example.com","role_id":2}`)
	invite := as[struct {
		Token string
		URL   string `json:"invite_url"`
	}](t, made)
	s.want(http.StatusOK, "GET", "/msp/api/invites/validate/"+invite.Token, "", "")
	s.stop()
	if invite.URL != s.url+"/invite/"+invite.Token {
		t.Errorf("invite_url %s", invite.URL)
	}
	log := s.stderr.String()
	if n := strings.Count(log, "\n"); n != 3 {
		t.Errorf("%d lines for three requests: %s", n, log)
	}
	for _, want := range []string{"/v1/sessions", "/api/invites/validate/{token}"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
	for _, secret := range []string{root, invite.Token, "river"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %s: %s", secret, log)
		}
	}
}

func TestInviteBaseURL(t *testing.T) {
	s := launch(t, "-db", inMemory, "-demo", "-invite-base-url", "https://{slug}.example.com/invite/")
	ann := s.signIn("ann@acme.io", "ann-river-2041")
	made := s.want(http.StatusCreated, "POST", "/msp/api/invites", ann, `{"email":"new@acme.io","role_id":5}`)
	invite := as[struct {
		Token string
		URL   string `json:"invite_url"`
	}](t, made)
	if invite.URL != "https://acme.example.com/invite/"+invite.Token {
		t.Errorf("invite_url %s", invite.URL)
	}
}

// A new password ends the sessions and lets the user in; the server does not start.
func TestResetPassword(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.db")
	s := launch(t, "-db", file, "-admin-password", "root-river-2041")
	old := s.signIn("root@example.com", "root-river-2041")
	s.stop()

	var stdout, stderr output
	if code := run(t.Context(), []string{"-db", file, "-reset-password", "ROOT@example.com"}, &stdout, &stderr); code != 0 || stderr.String() != "" {
		t.Fatalf("ends with %d: %s", code, &stderr)
	}
	if _, err := os.Stat(file + "-wal"); !os.IsNotExist(err) {
		t.Errorf("the store was not closed: %v", err)
	}
	password := stdout.field("user root@example.com", "password")
	if want := "user root@example.com password " + password + "\n"; stdout.String() != want {
		t.Errorf("printed %q, want %q", &stdout, want)
	}
	s = launch(t, "-db", file)
	s.want(http.StatusUnauthorized, "GET", "/msp/api/users", old, "")
	s.want(http.StatusUnauthorized, "POST", "/native/v1/sessions", "", `{"email":"root@example.com","password":"root-river-2041"}`)
	s.users(s.signIn("root@example.com", password))
}

// A server that is told to end before it has started ends well.
func TestEndedBeforeStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	args := []string{"-addr", "127.0.0.1:0", "-db", filepath.Join(t.TempDir(), "book.db")}
	if code := run(ctx, args, &stdout, &stderr); code != 0 || stderr.Len() > 0 {
		t.Errorf("ends with %d: %s", code, &stderr)
	}
}

func TestLimits(t *testing.T) {
	r, err := http.NewRequest("GET", launch(t, "-db", inMemory).url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", 32<<10))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 32 KiB is answered with %d", response.StatusCode)
	}
}

func TestHelp(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"-h"}, &stdout, &stderr); code != 0 || stderr.Len() > 0 || !strings.Contains(stdout.String(), "-reset-password e-mail") {
		t.Errorf("ends with %d and prints %q, %q", code, &stdout, &stderr)
	}
}

// Whatever keeps the server from starting is one line on standard error, and exit status 1.
func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, bytes.Repeat([]byte("This is no database.\n"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	missing, later := filepath.Join(dir, "missing.db"), newer(t)
	started := filepath.Join(dir, "started.db")
	launch(t, "-db", started).stop()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, row := range []struct {
		args []string
		want string // in the line
	}{
		{[]string{"-nosuch"}, "-nosuch"},
		{[]string{"-no\nsuch"}, "-no such"},
		{[]string{"-demo=maybe"}, "maybe"},
		{[]string{"extra"}, `"extra"`},
		{[]string{"-addr", "nowhere"}, "nowhere"},
		{[]string{"-addr", "127.0.0.1:99999"}, "99999"},
		{[]string{"-addr", busy.Addr().String(), "-db", missing}, "in use"},
		{[]string{"-db", ""}, "-db"},
		{[]string{"-db", dir}, dir},
		{[]string{"-db", filepath.Join(dir, "no", "such", "folder.db")}, "folder.db"},
		{[]string{"-db", text}, "not a database"},
		{[]string{"-db", later}, "newer"},
		{[]string{"-admin-email", "nobody"}, "e-mail"},
		{[]string{"-admin-email", "nobody", "-db", started}, "e-mail"}, // though it would make nobody
		{[]string{"-admin-password", ""}, "-admin-password"},
		{[]string{"-admin-password", "short"}, "password"},
		{[]string{"-admin-password", "root@example.com"}, "password"},
		{[]string{"-invite-base-url", "ftp://example.com/"}, "ftp://example.com/"},
		{[]string{"-invite-base-url", "/invite/"}, "/invite/"},
		{[]string{"-invite-base-url", "http:///invite/"}, "http:///invite/"},
		{[]string{"-invite-base-url", "http://a b/"}, "http://a b/"},
		{[]string{"-reset-password", ""}, "-reset-password"},
		{[]string{"-root", "msp,teams"}, "-root: msp and teams have the same paths"},
		{[]string{"-root", "native"}, "-root"},
		{[]string{"-root", "msp,msp"}, "-root"},
		{[]string{"-reset-password", "nobody@example.com"}, "nobody@example.com"},
		{[]string{"-reset-password", "root@example.com", "-db", missing}, "missing.db"},
	} {
		var stdout, stderr bytes.Buffer
		args := append([]string{"-addr", "127.0.0.1:0", "-db", inMemory}, row.args...)
		ctx, cancel := context.WithTimeout(t.Context(), patience) // of a server that does start
		code := run(ctx, args, &stdout, &stderr)
		cancel()
		line := stderr.String()
		if code != 1 || strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "server: ") || !strings.Contains(line, row.want) {
			t.Errorf("%q: ends with %d and says %q, want 1 and one line with %q", row.args, code, line, row.want)
		}
		if strings.Contains(stdout.String(), "listening") || strings.Contains(stdout.String(), "password") {
			t.Errorf("%q: prints %s", row.args, &stdout)
		}
	}
	if _, err := os.Stat(missing); !os.IsNotExist(err) {
		t.Errorf("a database was made on the way: %v", err)
	}
}

// newer returns a database that a newer version of this library has migrated.
func newer(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "newer.db")
	launch(t, "-db", file).stop()
	db, err := sql.Open("sqlite3", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("insert into rolebook_schema (version, name) values (9999, 'later')"); err != nil {
		t.Fatal(err)
	}
	return file
}

// At the root the documented APIs have the paths that their documents print; teams and msp, which have the same, not at once.
func TestRoot(t *testing.T) {
	s := launch(t, "-db", inMemory, "-demo", "-admin-password", "root-river-2041")
	ann := s.signIn("ann@acme.io", "ann-river-2041")
	for path, want := range map[string]string{"/api/users/roles/all": `"display_name":"MSP Admin"`, "/api/v2/group": `"name":"Client Admin"`, "/auth/users/whoami": `"userName":"ann@acme.io"`} {
		if got := s.want(http.StatusOK, "GET", path, ann, "").Body; !strings.Contains(got, want) {
			t.Errorf("%s answers %s", path, got)
		}
	}
	s = launch(t, "-db", inMemory, "-demo", "-root", "teams")
	ann = s.signIn("ann@acme.io", "ann-river-2041")
	if got := s.want(http.StatusOK, "GET", "/api/users", ann, "").Body; !strings.Contains(got, `"user_email":"ann@acme.io"`) {
		t.Errorf("teams at the root answers %s", got)
	}
	s.want(http.StatusNotFound, "GET", "/auth/users/whoami", ann, "")
	s = launch(t, "-db", inMemory, "-demo", "-root", "")
	s.want(http.StatusNotFound, "GET", "/api/users", "", "")
}
