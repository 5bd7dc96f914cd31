package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// asServer makes the test binary be the server: a child process of the tests.
const asServer = "ROLEBOOK_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
	}
	os.Exit(m.Run())
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return program().Run(ctx, args, stdout, stderr)
}

// patience is how long a test waits for what takes milliseconds.
const patience = 30 * time.Second

// output keeps what a server prints, and tells when it listens.
type output struct {
	mu       sync.Mutex
	text     bytes.Buffer
	url      string
	listens  chan struct{} // closed when url is set
	announce sync.Once
}

func newOutput() *output { return &output{listens: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.text.Write(p)
	if _, after, found := strings.Cut(o.text.String(), "listening on "); found {
		if url, _, whole := strings.Cut(after, "\n"); whole {
			o.announce.Do(func() { o.url = url; close(o.listens) })
		}
	}
	return n, err
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// field returns the word behind a word in the line that begins with a text, "" if there is none.
func (o *output) field(begin, word string) string {
	for line := range strings.Lines(o.String()) {
		if words := strings.Fields(line); strings.HasPrefix(line, begin) {
			for i := range len(words) - 1 {
				if words[i] == word {
					return words[i+1]
				}
			}
		}
	}
	return ""
}

// server is a server that answers.
type server struct {
	t      *testing.T
	url    string
	stdout *output
	stderr *output
	stop   func() int // ends it as a signal would, once, and returns its exit status
}

// launch runs the server in this process, on a port of its own.
func launch(t *testing.T, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &server{t: t, stdout: newOutput(), stderr: newOutput()}
	status := make(chan int, 1)
	go func() { status <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), s.stdout, s.stderr) }()
	s.stop = sync.OnceValue(func() int {
		cancel()
		return <-status
	})
	t.Cleanup(func() { s.stop() })
	select {
	case <-s.stdout.listens:
		s.url = s.stdout.url
	case code := <-status:
		status <- code
		t.Fatalf("server %q ended with %d: %s", args, code, s.stderr)
	case <-time.After(patience):
		t.Fatalf("server %q does not listen", args)
	}
	return s
}

// answer is what a request got.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// as decodes the body.
func as[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.Body), &v); err != nil {
		t.Fatalf("%v in %s", err, a.Body)
	}
	return v
}

// send sends one request; an empty token is none.
func (s *server) send(method, path, token, body string) (answer, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// want sends one request that must be answered with a status.
func (s *server) want(status int, method, path, token, body string) answer {
	s.t.Helper()
	a, err := s.send(method, path, token, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if a.Status != status {
		s.t.Fatalf("%s %s %s: %d, want %d: %s", method, path, body, a.Status, status, a.Body)
	}
	return a
}

// signIn returns the token of a new session.
func (s *server) signIn(email, password string) string {
	s.t.Helper()
	a := s.want(http.StatusCreated, "POST", "/native/v1/sessions", "", `{"email":"`+email+`","password":"`+password+`"}`)
	return as[struct{ Token string }](s.t, a).Token
}

// mspUser is a user of the msp API.
type mspUser struct {
	ID       int64
	Name     string
	Email    string
	RoleID   *int64 `json:"role_id"`
	TenantID *int64 `json:"tenant_id"`
	Staff    bool   `json:"is_msp_staff"`
	Active   bool
}

func (s *server) users(token string) []mspUser {
	s.t.Helper()
	return as[[]mspUser](s.t, s.want(http.StatusOK, "GET", "/msp/api/users", token, ""))
}
