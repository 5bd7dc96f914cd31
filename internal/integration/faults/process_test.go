package faults

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// host names the environment variable that makes this binary another process of a host: how it connects.
const host = "ROLEBOOK_FAULTS_HOST"

// connection is how a process connects.
type connection struct {
	DSN   string        // of PostgreSQL, or
	File  string        // of SQLite
	Stale time.Duration // MaxStaleness
	Wait  time.Duration // LockWait
	Ahead time.Duration // of the clock
}

// order is what a process is told to do, and answer is what came of it.
type (
	order struct {
		Do    string
		User  uuid.UUID
		By    uuid.UUID
		Token string
		Name  string
		Many  int
		Times int
		Limit time.Duration
	}
	answer struct {
		Err      string
		Won      int
		Lost     int
		Strange  []string
		Calls    []call
		Edits    []edit
		Allowed  bool
		LastYes  time.Time // when the last check began that was allowed
		FirstNo  time.Time // when the first one began that was not
		Errors   int       // checks without an answer
		Revision perms.Revision
	}
)

func TestMain(m *testing.M) {
	text := os.Getenv(host)
	if text == "" {
		os.Exit(m.Run())
	}
	if err := serve(text); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve obeys the orders of standard input, one after the other.
func serve(text string) error {
	var c connection
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	p, err := c.open(context.Background())
	if err != nil {
		return err
	}
	in, out := json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)
	if err := out.Encode(answer{}); err != nil { // ready
		return err
	}
	for {
		var o order
		if err := in.Decode(&o); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := out.Encode(p.obey(context.Background(), o)); err != nil {
			return err
		}
	}
}

// party is a process, from the inside.
type party struct {
	book  *store.Book
	store store.Store
	naive func(ctx context.Context, look, name string) error // takes something by looking first
}

func (p *party) obey(ctx context.Context, o order) answer {
	switch o.Do {
	case "check":
		d, err := p.book.Perms.Check(ctx, o.User, view, perms.Home)
		return answer{Allowed: d.Allowed, Err: said(err)}
	case "atleast":
		return answer{Err: said(p.book.Perms.AtLeast(ctx, perms.Revision(o.Many)))}
	case "watch":
		return p.watch(ctx, o)
	case "accept":
		return p.use(o.Many, func(int) error {
			_, _, err := p.book.Invites.Accept(ctx, perms.Guest(), invites.Acceptance{Token: o.Token, Name: "Somebody", Password: "correct horse 41"})
			return err
		})
	case "join":
		return p.use(o.Many, func(i int) error {
			in := invites.Joining{Token: o.Token, Email: fmt.Sprintf("%s%d@example.com", o.Name, i), Name: "Somebody", Password: "correct horse 41"}
			_, _, err := p.book.Invites.Join(ctx, perms.Guest(), in)
			return err
		})
	case "edit":
		return p.edit(ctx, o)
	case "naive":
		return p.use(o.Many, func(int) error { return p.naive(ctx, looksAtIt, o.Name) })
	case "oust":
		return answer{Err: said(p.naive(ctx, looksAtOthers, o.Name))}
	case "demote":
		_, err := p.book.Users.SetRoles(ctx, perms.As(o.By), o.User, nil)
		return answer{Err: said(err)}
	case "suspend":
		_, err := p.book.Users.Do(ctx, perms.As(o.By), o.User, users.Suspend)
		return answer{Err: said(err)}
	case "delete":
		_, err := p.book.Users.Purge(ctx, perms.As(o.By), users.ByID(o.User), false, 0)
		return answer{Err: said(err)}
	case "count":
		return storm(o.Many, func(i int) error { return p.count(ctx, o, i) })
	case "write", "boast":
		return storm(o.Many, func(i int) error { return p.write(ctx, o, i) })
	}
	return answer{Err: "what is " + o.Do + "?"}
}

// said is the text of an error.
func said(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// storm does something many times at once, and counts those who won and those who lost as they should.
func storm(many int, do func(i int) error, lost ...error) (a answer) {
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	for i := range many {
		wg.Go(func() {
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				a.Won++
			case isAny(err, lost):
				a.Lost++
			default:
				a.Strange = append(a.Strange, err.Error())
			}
		})
	}
	wg.Wait()
	return a
}

func isAny(err error, targets []error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// watch checks again and again, until it is no longer allowed or the limit has passed. A check without an answer is not allowed.
func (p *party) watch(ctx context.Context, o order) (a answer) {
	for end := time.Now().Add(o.Limit); ; {
		began := time.Now()
		if began.After(end) {
			return a
		}
		ctx, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		d, err := p.book.Perms.Check(ctx, o.User, view, perms.Home)
		cancel()
		switch {
		case err != nil:
			a.Errors++
		case d.Allowed:
			a.LastYes = began
		default:
			a.FirstNo = began
			return a
		}
		time.Sleep(500 * time.Microsecond)
	}
}

// process is one from the outside.
type process struct {
	*exec.Cmd
	t   *testing.T
	in  *json.Encoder
	out *json.Decoder
}

// spawn starts a process, which ends when the test does.
func spawn(t *testing.T, c connection) *process {
	t.Helper()
	return spawnTo(t, c, os.Stderr)
}

// spawnTo starts a process whose standard error goes somewhere.
func spawnTo(t *testing.T, c connection, stderr io.Writer) *process {
	t.Helper()
	text, err := json.Marshal(c)
	must(t, err)
	p := &process{Cmd: exec.Command(os.Args[0]), t: t}
	p.Env = append(os.Environ(), host+"="+string(text))
	p.Stderr = stderr
	in, err := p.StdinPipe()
	must(t, err)
	out, err := p.StdoutPipe()
	must(t, err)
	must(t, p.Start())
	p.in, p.out = json.NewEncoder(in), json.NewDecoder(out)
	t.Cleanup(func() {
		in.Close()
		_ = p.Wait()
	})
	p.hear()
	return p
}

// tell gives an order. It does not wait.
func (p *process) tell(o order) {
	p.t.Helper()
	must(p.t, p.in.Encode(o))
}

// hear waits for the answer.
func (p *process) hear() (a answer) {
	p.t.Helper()
	must(p.t, p.out.Decode(&a))
	return a
}

// ask gives an order and waits for the answer, which is no error.
func (p *process) ask(o order) answer {
	p.t.Helper()
	p.tell(o)
	a := p.hear()
	if a.Err != "" {
		p.t.Fatalf("%s: %s", o.Do, a.Err)
	}
	return a
}

// obey gives an order and waits for the answer, in any goroutine.
func (p *process) obey(o order) (a answer) {
	if err := p.in.Encode(o); err != nil {
		return answer{Err: err.Error()}
	}
	if err := p.out.Decode(&a); err != nil {
		return answer{Err: err.Error()}
	}
	return a
}

// together lets processes do the same thing at the same time, and adds up what came of it.
func together(t *testing.T, all []*process, orders ...order) (sum answer) {
	t.Helper()
	for i, p := range all {
		p.tell(orders[i])
	}
	for _, p := range all {
		a := p.hear()
		sum.Won += a.Won
		sum.Lost += a.Lost
		sum.Strange = append(sum.Strange, a.Strange...)
		if a.Err != "" {
			sum.Lost++
			sum.Strange = append(sum.Strange, a.Err)
		}
	}
	return sum
}
