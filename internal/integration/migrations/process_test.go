package migrations

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/mattn/go-sqlite3"

	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// ordered is the environment variable that makes this binary a process that migrates.
const ordered = "ROLEBOOK_MIGRATE"

// order is what such a process has to do.
type order struct {
	Dialect sqlstore.Dialect
	DSN     string
	Fatal   int64 // it is killed before this statement, counted from 1; 0 for never
}

func TestMain(m *testing.M) {
	if text := os.Getenv(ordered); text != "" {
		if err := obey(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// obey migrates as soon as standard input ends.
func obey(text string) error {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	c, err := connector(o)
	if err != nil {
		return err
	}
	db := sql.OpenDB(&mortal{c, o.Fatal, new(atomic.Int64)})
	defer db.Close()
	if _, err := io.ReadAll(os.Stdin); err != nil {
		return err
	}
	return sqlstore.Migrate(context.Background(), db, o.Dialect)
}

// connector returns the driver with the database's name.
func connector(o order) (driver.Connector, error) {
	if o.Dialect == sqlstore.Postgres {
		return stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(o.DSN)
	}
	return file(o.DSN), nil
}

// file is a connector of SQLite.
type file string

func (f file) Connect(context.Context) (driver.Conn, error) { return f.Driver().Open(string(f)) }

func (f file) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// mortal is a driver whose process is killed before a statement.
type mortal struct {
	driver.Connector
	fatal int64
	seen  *atomic.Int64
}

func (m *mortal) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := m.Connector.Connect(ctx)
	return mortalConn{c, m}, err
}

// live counts a statement.
func (m *mortal) live() {
	if m.seen.Add(1) == m.fatal {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until it arrives
	}
}

type mortalConn struct {
	driver.Conn
	of *mortal
}

func (c mortalConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.of.live()
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c mortalConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.of.live()
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

// process is one that has been started.
type process struct {
	cmd   *exec.Cmd
	start io.WriteCloser // closed: it may begin
	out   lines
}

// lines is what a process has complained about.
type lines struct{ text []byte }

func (l *lines) Write(b []byte) (int, error) {
	l.text = append(l.text, b...)
	return len(b), nil
}

// prepare starts processes that wait.
func prepare(t *testing.T, orders ...order) []*process {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var all []*process
	for _, o := range orders {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		p := &process{cmd: exec.CommandContext(t.Context(), binary)}
		p.cmd.Env = append(os.Environ(), ordered+"="+string(text))
		p.cmd.Stderr = &p.out
		if p.start, err = p.cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// run lets processes work at once, and returns for each whether it was killed. One that ends otherwise than well is an error.
func run(t *testing.T, orders ...order) (killed []bool) {
	t.Helper()
	all := prepare(t, orders...)
	for _, p := range all {
		if err := p.start.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range all {
		err := p.cmd.Wait()
		status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
		killed = append(killed, status.Signaled() && status.Signal() == syscall.SIGKILL)
		if err != nil && !killed[i] {
			t.Errorf("process %d: %v: %s", i, err, p.out.text)
		}
	}
	return killed
}
