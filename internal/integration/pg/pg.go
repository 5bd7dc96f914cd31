// Package pg gives tests a real PostgreSQL: a throw-away cluster that belongs to the test binary and dies with it.
//
// A test asks for a database and gets the DSN of an empty one that nobody else uses:
//
//	db, err := sql.Open("pgx", pg.Database(t))
//
// The first call starts the cluster, the others share it, and several test binaries may do so at once. The server listens on
// a Unix socket only. It is kept by a small shell script that waits on a pipe from the test binary, so it is stopped and its
// files are removed however the binary ends: normally, by a panic, or killed.
//
// Two servers may be installed, of two major versions: the machine's own, and [Another] beside it.
//
// The one rule to know: without the server's programs a test is skipped on a laptop, and fails where CI is set. A green CI
// run has tested PostgreSQL.
package pg

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Server is an installed server, named by the pattern of where its initdb is.
type Server string

// The servers.
const (
	// Installed is the newest of Debian's packages, which each get a folder, or else the one in PATH.
	Installed Server = "/usr/lib/postgresql/*/bin/initdb"
	// Another is of a major version that Debian's packages do not have: .ci/run puts it there.
	Another Server = "/opt/postgresql/*/bin/initdb"
)

// Options say how a cluster of one's own differs from the shared one.
type Options struct {
	// Server is [Installed] by default.
	Server Server
	// Fsync makes commits reach the disk. It is off by default: what is committed still outlives [Cluster.Crash], only a
	// crash of the whole machine could lose it.
	Fsync bool
	// Primary is the cluster that this one is a copy of and follows: it is a streaming replica then. Nil for one of its own.
	Primary *Cluster
	// Settings are further lines of postgresql.conf.
	Settings string
}

// Cluster is a running PostgreSQL server. It is safe for concurrent use.
type Cluster struct {
	dir       string // its files and its socket
	keeper    *keeper
	admin     *sql.DB
	databases atomic.Int64
}

// shared starts the clusters of this test binary, each once.
var shared = map[Server]func() (*Cluster, error){
	Installed: sync.OnceValues(func() (*Cluster, error) { return start(Options{Server: Installed}) }),
	Another:   sync.OnceValues(func() (*Cluster, error) { return start(Options{Server: Another}) }),
}

// Database makes an empty database in the cluster that this test binary shares and returns its DSN, which both
// sql.Open("pgx", dsn) and pgx.Connect understand. The database is dropped when the test ends, open connections or not.
func Database(tb testing.TB) string {
	tb.Helper()
	return Installed.Database(tb)
}

// Database is the function [Database] for this server.
func (s Server) Database(tb testing.TB) string {
	tb.Helper()
	cluster, err := shared[s]()
	require(tb, err)
	return cluster.Database(tb)
}

// Start starts a cluster for one test that changes the server itself, say by [Cluster.Crash]. It is stopped when the test
// ends. Every other test shares a cluster by [Database]; starting one takes a second or two.
func Start(tb testing.TB, options Options) *Cluster {
	tb.Helper()
	cluster, err := start(options)
	require(tb, err)
	tb.Cleanup(func() {
		if err := cluster.stop(); err != nil {
			tb.Errorf("pg: stop: %v", err)
		}
	})
	return cluster
}

// Database makes an empty database in this cluster, as the function [Database] does in the shared one.
func (c *Cluster) Database(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("test_%d", c.databases.Add(1))
	if err := c.exec("create database " + name); err != nil {
		tb.Fatalf("pg: %v", err)
	}
	tb.Cleanup(func() {
		if err := c.exec("drop database " + name + " with (force)"); err != nil {
			tb.Errorf("pg: %v", err)
		}
	})
	return c.DSN(name)
}

// DSN returns the DSN of a database in this cluster. Every cluster has one that is called postgres.
func (c *Cluster) DSN(database string) string { return dsn(c.dir, fmt.Sprint(port), database) }

// Either returns the DSN of a database in whichever of the clusters can be written to.
func Either(database string, clusters ...*Cluster) string {
	var hosts, ports []string
	for _, c := range clusters {
		hosts, ports = append(hosts, c.dir), append(ports, fmt.Sprint(port))
	}
	return dsn(strings.Join(hosts, ","), strings.Join(ports, ","), database) + " target_session_attrs=read-write"
}

func dsn(hosts, ports, database string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", hosts, ports, superuser, database)
}

// Socket returns the path of the socket that the server listens on.
func (c *Cluster) Socket() string { return fmt.Sprintf("%s/.s.PGSQL.%d", c.dir, port) }

// Crash ends every process of the server at once and starts it again, and returns when it accepts connections. Open
// connections are lost; what was committed is not.
func (c *Cluster) Crash(tb testing.TB) {
	tb.Helper()
	c.order(tb, "crash")
}

// Restart ends the server as an administrator would, without waiting for its clients, and starts it again.
func (c *Cluster) Restart(tb testing.TB) {
	tb.Helper()
	c.order(tb, "restart")
}

// Kill ends every process of the server at once.
func (c *Cluster) Kill(tb testing.TB) {
	tb.Helper()
	c.order(tb, "kill")
}

// Revive starts a server that was killed.
func (c *Cluster) Revive(tb testing.TB) {
	tb.Helper()
	c.order(tb, "start")
}

// Promote makes a replica a server of its own, which can be written to.
func (c *Cluster) Promote(tb testing.TB) {
	tb.Helper()
	c.order(tb, "promote")
}

func (c *Cluster) order(tb testing.TB, what string) {
	tb.Helper()
	if err := c.keeper.obey(what); err != nil {
		tb.Fatalf("pg: %s: %v", what, err)
	}
}

// patience is for how long an administrator's statement may take: to drop a database takes as long as to delete its files, hundreds for each schema.
const patience = 5 * time.Minute

// exec runs an administrator's statement, in bounded time and also after the test's own context has ended.
func (c *Cluster) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := c.admin.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func start(options Options) (*Cluster, error) {
	programs, err := findPrograms(cmp.Or(options.Server, Installed))
	if err != nil {
		return nil, err
	}
	dir, owner, err := newDir()
	if err != nil {
		return nil, err
	}
	keeper, err := keep(programs, dir, owner, options)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	cluster := &Cluster{dir: dir, keeper: keeper}
	cluster.admin, err = sql.Open("pgx", cluster.DSN("postgres"))
	if err != nil {
		return nil, errors.Join(err, keeper.stop())
	}
	return cluster, nil
}

func (c *Cluster) stop() error {
	return errors.Join(c.admin.Close(), c.keeper.stop())
}

// require ends the test when there is no cluster: without the server's programs it is skipped, but never where CI is set.
func require(tb testing.TB, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case errors.Is(err, errNotInstalled) && os.Getenv("CI") == "":
		tb.Skip("skipped without PostgreSQL: ", err)
	default:
		tb.Fatal("pg: ", err)
	}
}
