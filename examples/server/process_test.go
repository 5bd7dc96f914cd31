package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// child is a server in a process of its own.
type child struct {
	*server
	process *os.Process
	end     func() int // waits for its end and returns its exit status, -1 for a signal
}

// spawn runs the test binary as a server, on a port of its own.
func spawn(t *testing.T, args ...string) *child {
	t.Helper()
	return spawnBinary(t, os.Args[0], args...)
}

func spawnBinary(t *testing.T, binary string, args ...string) *child {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), asServer+"=1")
	s := &server{t: t, stdout: newOutput(), stderr: newOutput()}
	cmd.Stdout, cmd.Stderr = s.stdout, s.stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a status other than 0 is an error, too
		close(ended)
	}()
	c := &child{server: s, process: cmd.Process}
	c.end = func() int {
		<-ended
		return cmd.ProcessState.ExitCode()
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended already, mostly
		<-ended
	})
	select {
	case <-s.stdout.listens:
		s.url = s.stdout.url
	case <-ended:
		t.Fatalf("server %q ended with %d: %s", args, c.end(), s.stderr)
	case <-time.After(patience):
		t.Fatalf("server %q does not listen", args)
	}
	return c
}

// A signal ends the process with status 0: the request in hand is answered, and the store is closed.
func TestSignals(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		file := filepath.Join(t.TempDir(), "book.db")
		c := spawn(t, "-db", file, "-admin-password", "root-river-2041")
		finish := c.begin("/native/v1/sessions", `{"email":"root@example.com","password":"root-river-2041"}`)
		if err := c.process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		c.refuses()
		signedIn := finish()
		if code := c.end(); code != 0 || signedIn.Status != http.StatusCreated {
			t.Fatalf("%v: answers %d, then ends with %d: %s", sig, signedIn.Status, code, c.stderr)
		}
		if _, err := os.Stat(file + "-wal"); !os.IsNotExist(err) {
			t.Errorf("%v: the store was not closed: %v", sig, err)
		}
		launch(t, "-db", file).users(as[struct{ Token string }](t, signedIn).Token)
	}
}

// A second signal does not wait for the request in hand.
func TestSecondSignal(t *testing.T) {
	c := spawn(t, "-db", inMemory)
	c.begin("/native/v1/sessions", `{"never":"sent"}`)
	for c.process.Signal(syscall.SIGTERM) == nil { // until there is no process
		time.Sleep(time.Millisecond)
	}
	if code := c.end(); code != -1 {
		t.Errorf("ends with %d", code)
	}
}

// begin sends the header of a request and returns, when its handler asks for the body, the function that sends it and reads the answer.
func (s *server) begin(path, body string) (finish func() answer) {
	s.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: server\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n", path, len(body))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		s.t.Fatalf("%q, %v", line, err)
	}
	if _, err := answers.ReadString('\n'); err != nil {
		s.t.Fatal(err)
	}
	return func() answer {
		s.t.Helper()
		defer conn.Close()
		fmt.Fprint(conn, body)
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			s.t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		return answer{response.StatusCode, response.Header, string(text)}
	}
}

// refuses waits until the server takes no more connections.
func (s *server) refuses() {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			return
		}
		conn.Close()
	}
	s.t.Fatal("the server still takes connections")
}
