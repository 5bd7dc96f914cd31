package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
)

// asServer makes the test binary be the server: a child process of the tests.
const asServer = "ROLEBOOK_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for what takes milliseconds.
const patience = 30 * time.Second

// secret is a password that no server may print. The databases of the tests ask for none.
const secret = "hunter-river-2041"

// output keeps what a server prints, and tells when it listens.
type output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	listens chan string // gets the address, once
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.text.Write(p)
	if _, after, found := strings.Cut(o.text.String(), "listening on "); found && o.listens != nil {
		if url, _, whole := strings.Cut(after, "\n"); whole {
			o.listens <- url
			o.listens = nil
		}
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// server is a server in a process of its own.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	listens chan string
	url     string
	printed output // all of it
}

// begin begins to start a server on a database.
func begin(t *testing.T, db string, args ...string) *server {
	t.Helper()
	s := &server{t: t, listens: make(chan string, 1)}
	s.printed.listens = s.listens
	s.cmd = exec.Command(os.Args[0], append([]string{"-addr", "127.0.0.1:0", "-db", db}, args...)...)
	s.cmd.Env = append(os.Environ(), asServer+"=1")
	s.cmd.Stdout, s.cmd.Stderr = &s.printed, &s.printed
	must(t, s.cmd.Start())
	t.Cleanup(func() { _ = s.cmd.Process.Kill() }) // it has ended already, mostly
	return s
}

// ready waits until it listens.
func (s *server) ready() *server {
	s.t.Helper()
	select {
	case s.url = <-s.listens:
	case <-time.After(patience):
		s.t.Fatalf("a server does not listen: %s", &s.printed)
	}
	return s
}

// end ends it as an operator would.
func (s *server) end() {
	s.t.Helper()
	must(s.t, s.cmd.Process.Signal(syscall.SIGTERM))
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("a server ends with %v: %s", err, &s.printed)
	}
	if out := s.printed.String(); strings.Contains(out, secret) {
		s.t.Errorf("a server prints the password of its database: %s", out)
	}
}

// want sends a request that must be answered with a status, and returns what is in the answer.
func (s *server) want(status int, token, method, path, body string) map[string]any {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	must(s.t, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(s.t, err)
	if response.StatusCode != status {
		s.t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, response.StatusCode, status, text)
	}
	var answer map[string]any
	_ = json.Unmarshal(text, &answer) // some answers are no object
	return answer
}

func (s *server) signIn(email, password string) string {
	s.t.Helper()
	return s.want(201, "", "POST", "/native/v1/sessions", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))["token"].(string)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, dsn, table string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	must(t, err)
	defer db.Close()
	must(t, db.QueryRowContext(t.Context(), "select count(*) from "+table).Scan(&n))
	return n
}

// Two processes begin at once on an empty database, and are one server from then on: one administrator, one set of sessions, and what one writes the other has.
func TestTwoProcesses(t *testing.T) {
	dsn := pg.Database(t)
	a, b := begin(t, dsn+" password="+secret, "-admin-password", "root-river-2041"), begin(t, dsn+" password="+secret, "-admin-password", "root-river-2041")
	a.ready()
	b.ready()
	if n := strings.Count(a.printed.String()+b.printed.String(), "administrator root@example.com"); n != 1 {
		t.Errorf("%d administrators were made", n)
	}
	root := a.signIn("root@example.com", "root-river-2041")
	vic := b.want(201, root, "POST", "/native/v1/users",
		`{"email":"vic@example.com","name":"Vic","password":"vic-river-2041","roles":[{"role":"client_admin"}]}`)["id"].(string)
	token := a.signIn("vic@example.com", "vic-river-2041")
	b.want(200, token, "GET", "/msp/api/users", "")

	ordered := b.want(201, token, "POST", "/orders", `{"item":"tent","email":"zoe@example.com","name":"Zoe"}`)
	if got := a.want(200, root, "GET", "/native/v1/users/"+ordered["buyer"].(string), ""); got["email"] != "zoe@example.com" {
		t.Errorf("the buyer is %v", got)
	}
	a.want(200, root, "POST", "/native/v1/users/"+vic+"/suspend", "")
	b.want(401, token, "GET", "/msp/api/users", "")
	a.end()
	b.end()
}

// What is refused leaves neither an account nor an order, whoever refuses it.
func TestRefusedOrders(t *testing.T) {
	dsn := pg.Database(t)
	s := begin(t, dsn, "-demo", "-admin-password", "root-river-2041").ready()
	ann, vic := s.signIn("ann@acme.io", "ann-river-2041"), s.signIn("vic@acme.io", "vic-river-2041")
	s.want(201, ann, "POST", "/orders", `{"item":"tent","email":"zoe@example.com","name":"Zoe"}`)
	people := count(t, dsn, "rolebook_users")
	for _, row := range []struct {
		status      int
		token, body string
	}{
		{401, "", `{"item":"stove","email":"bob@example.com","name":"Bob"}`},
		{403, vic, `{"item":"stove","email":"bob@example.com","name":"Bob"}`},
		{409, ann, `{"item":"tent","email":"bob@example.com","name":"Bob"}`},   // the host: sold already
		{409, ann, `{"item":"stove","email":"ann@acme.io","name":"Ann"}`},      // rolebook: an address in use
		{422, ann, `{"item":"stove","email":"no address","name":"Bob"}`},       // rolebook: no address
		{400, ann, `{"email":"bob@example.com","name":"Bob"}`},                 // the host: nothing is ordered
		{500, ann, `{"item":"a\u0000b","email":"bob@example.com","name":"B"}`}, // PostgreSQL: no NUL in text
	} {
		s.want(row.status, row.token, "POST", "/orders", row.body)
	}
	if n, m := count(t, dsn, "orders"), count(t, dsn, "rolebook_users"); n != 1 || m != people {
		t.Errorf("%d orders and %d users, want 1 and %d", n, m, people)
	}
	s.want(201, ann, "POST", "/orders", `{"item":"stove","email":"bob@example.com","name":"Bob"}`)
	s.end()
}

// A server that cannot start says so in one line, without the password.
func TestRefusals(t *testing.T) {
	dsn := pg.Database(t)
	for _, row := range [][]string{
		{"-db", "postgres://app:" + secret + "@127.0.0.1:1/none"},
		{"-db", "postgres://app:" + secret + "@127.0.0.1:none/none"},
		{"-db", "rolebook.db"},
		{"-db", dsn + " password=" + secret, "-admin-email", "nobody"},
		{},
	} {
		var stdout, stderr bytes.Buffer
		code := program().Run(t.Context(), append([]string{"-addr", "127.0.0.1:0"}, row...), &stdout, &stderr)
		if line := stderr.String(); code != 1 || strings.Count(line, "\n") != 1 || strings.Contains(stdout.String()+line, secret) {
			t.Errorf("%q: ends with %d, says %s and %s", row, code, &stdout, line)
		}
	}
}

// The way back for who has lost his password makes no database.
func TestResetPassword(t *testing.T) {
	dsn := pg.Database(t)
	run := func(code int) string {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if got := program().Run(t.Context(), []string{"-db", dsn, "-reset-password", "root@example.com"}, &stdout, &stderr); got != code {
			t.Errorf("ends with %d: %s", got, &stderr)
		}
		return stdout.String()
	}
	run(1)
	if n := count(t, dsn, "pg_tables where tablename like 'rolebook%'"); n != 0 {
		t.Errorf("it makes %d tables", n)
	}
	s := begin(t, dsn, "-admin-password", "root-river-2041").ready()
	_, password, _ := strings.Cut(strings.TrimSpace(run(0)), "password ")
	s.signIn("root@example.com", password)
	s.end()
}
