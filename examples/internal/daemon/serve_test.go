package daemon

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestLimits(t *testing.T) {
	s := newServer(http.NotFoundHandler(), slog.DiscardHandler)
	for _, d := range []time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout, s.IdleTimeout} {
		if d <= 0 || d > time.Minute {
			t.Errorf("a timeout of %v", d)
		}
	}
	if s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("headers of %d bytes", s.MaxHeaderBytes)
	}
}

// Requests that do not end in time are cut off, and that is an error.
func TestGraceEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	reads := func(w http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }
	go func() {
		ended <- answerUntil(ctx, listener, &http.Server{Handler: http.HandlerFunc(reads)}, time.Millisecond)
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: server\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("%q, %v", line, err)
	}
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("ends with %v", err)
	}
}

// A program's own part begins before the server listens, ends after its last request, and is over when the data are closed.
func TestExtend(t *testing.T) {
	var steps []string
	ctx, cancel := context.WithCancel(t.Context())
	p := inMemory()
	open := p.Open
	p.Open = func(ctx context.Context, db string, create bool) (*Data, error) {
		data, err := open(ctx, db, create)
		ended := make(chan struct{})
		data.Close = func() error { <-ended; steps = append(steps, "closed"); return nil }
		data.Extend = func(ctx context.Context, h *Host) error {
			steps = append(steps, "extended")
			cancel() // as a signal would
			context.AfterFunc(ctx, func() { steps = append(steps, "over"); close(ended) })
			return ctx.Err()
		}
		return data, err
	}
	var stdout, stderr strings.Builder
	if code := p.Run(ctx, []string{"-addr", "127.0.0.1:0"}, &stdout, &stderr); code != 0 {
		t.Errorf("ends with %d: %s", code, &stderr)
	}
	if got := strings.Join(steps, " "); got != "extended over closed" {
		t.Errorf("steps are %q", got)
	}
}

// Only its name is printed of where the data are.
func TestSecretsInDB(t *testing.T) {
	for _, args := range [][]string{{}, {"-admin-email", "nobody"}, {"-reset-password", "nobody@example.com"}, {"-root", "none"}} {
		ctx, cancel := context.WithCancel(t.Context())
		p := inMemory()
		open := p.Open
		p.Open = func(ctx context.Context, db string, create bool) (*Data, error) {
			data, err := open(ctx, db, create)
			data.Extend = func(context.Context, *Host) error { cancel(); return nil }
			return data, err
		}
		var stdout, stderr strings.Builder
		p.Run(ctx, append(args, "-addr", "127.0.0.1:0", "-db", "secret"), &stdout, &stderr)
		cancel()
		if out := stdout.String() + stderr.String(); out == "" || strings.Contains(out, "secret") {
			t.Errorf("%q: prints %s", args, out)
		}
	}
}
