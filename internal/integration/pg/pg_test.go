package pg_test

import (
	"bufio"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
)

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func exec1(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query1[T any](t *testing.T, db *sql.DB, query string) T {
	t.Helper()
	var value T
	if err := db.QueryRowContext(t.Context(), query).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

func TestDatabaseIsRealAndEmpty(t *testing.T) {
	for range 2 { // the second finds nothing of the first
		db := open(t, pg.Database(t))
		exec1(t, db, `create table people (name text primary key)`)
		exec1(t, db, `insert into people (name) values ('ann'), ('bob')`)
		if n := query1[int](t, db, `select count(*) from people`); n != 2 {
			t.Errorf("%d people, want 2", n)
		}
	}
}

func TestDatabasesInParallel(t *testing.T) {
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			exec1(t, open(t, pg.Database(t)), `create table mine ()`)
		})
	}
}

func TestDatabaseIsDroppedWithItsConnections(t *testing.T) {
	var name string
	t.Run("user", func(t *testing.T) {
		db, err := sql.Open("pgx", pg.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		name = query1[string](t, db, `select current_database()`) // and db stays open
	})
	left := query1[int](t, open(t, pg.Database(t)), `select count(*) from pg_database where datname = '`+name+`'`)
	if name == "" || left != 0 {
		t.Errorf("database %q is still there", name)
	}
}

// What is tested on two servers is tested on two versions.
func TestServersDiffer(t *testing.T) {
	majors := map[int]pg.Server{}
	for _, server := range []pg.Server{pg.Installed, pg.Another} {
		major := query1[int](t, open(t, server.Database(t)), `select current_setting('server_version_num')::int / 10000`)
		if other, ok := majors[major]; ok {
			t.Errorf("%s and %s are both PostgreSQL %d", server, other, major)
		}
		majors[major] = server
	}
}

// The settings that make a test stricter than a server of one's own.
func TestServerSettings(t *testing.T) {
	for _, server := range []pg.Server{pg.Installed, pg.Another} {
		t.Run(string(server), func(t *testing.T) { checkSettings(t, open(t, server.Database(t))) })
	}
}

func checkSettings(t *testing.T, db *sql.DB) {
	t.Helper()
	for query, want := range map[string]string{
		`show listen_addresses`:              "",
		`show fsync`:                         "off",
		`show server_encoding`:               "UTF8",
		`select current_setting('timezone')`: "Asia/Kathmandu",
		`select case when 'a' < 'B' then 'linguistic' else 'bytes' end`: "linguistic",
	} {
		if got := query1[string](t, db, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func TestCrashKeepsWhatWasCommitted(t *testing.T) {
	cluster := pg.Start(t, pg.Options{Fsync: true})
	dsn := cluster.Database(t)
	db := open(t, dsn)
	if got := query1[string](t, db, `show fsync`); got != "on" {
		t.Errorf("fsync %s, want on", got)
	}
	exec1(t, db, `create table people (name text primary key)`)
	exec1(t, db, `insert into people (name) values ('ann')`)
	started := query1[time.Time](t, db, `select pg_postmaster_start_time()`)

	cluster.Crash(t)
	db.Close() // its connections are lost
	db = open(t, dsn)
	if n := query1[int](t, db, `select count(*) from people`); n != 1 {
		t.Errorf("%d people after the crash, want 1", n)
	}
	if !query1[time.Time](t, db, `select pg_postmaster_start_time()`).After(started) {
		t.Error("the server did not start again")
	}
}

func TestStartedClusterEndsWithItsTest(t *testing.T) {
	var dir string
	t.Run("user", func(t *testing.T) { dir = clusterDir(t, pg.Start(t, pg.Options{}).Database(t)) })
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", dir, err)
	}
}

func TestKilledBinaryLeavesNothing(t *testing.T) {
	const child = "ROLEBOOK_PG_CHILD"
	if os.Getenv(child) != "" {
		os.Stdout.WriteString("\nDSN " + pg.Database(t) + "\n")
		select {} // until killed
	}
	pg.Database(t) // skips this test too where there is no server
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-test.run=^TestKilledBinaryLeavesNothing$")
	cmd.Env = append(os.Environ(), child+"=1")
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir := clusterDir(t, childDSN(t, bufio.NewScanner(output)))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	waitUntilGone(t, dir)
}

func childDSN(t *testing.T, lines *bufio.Scanner) string {
	t.Helper()
	for lines.Scan() {
		if dsn, ok := strings.CutPrefix(lines.Text(), "DSN "); ok {
			return dsn
		}
	}
	t.Fatal("the child printed no DSN")
	return ""
}

// clusterDir returns the folder of the cluster that a DSN leads to, after a look that it is there.
func clusterDir(t *testing.T, dsn string) string {
	t.Helper()
	host, _, _ := strings.Cut(dsn, " ")
	dir := strings.TrimPrefix(host, "host=")
	if _, err := os.Stat(filepath.Join(dir, "data", "PG_VERSION")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func waitUntilGone(t *testing.T, dir string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
	t.Errorf("%s is still there a minute after its binary was killed", dir)
}

// A replica shows what its primary has committed, and takes over when it is promoted. Who asks for whichever can be written to is led there.
func TestReplica(t *testing.T) {
	primary := pg.Start(t, pg.Options{})
	replica := pg.Start(t, pg.Options{Primary: primary, Settings: "wal_retrieve_retry_interval = '100ms'"})
	written, read := open(t, pg.Either("postgres", replica, primary)), open(t, replica.DSN("postgres"))
	until(t, func() error {
		_, err := written.ExecContext(t.Context(), "create table host as select 1 as n")
		return err
	})
	until(t, func() error {
		var follows bool
		err := read.QueryRowContext(t.Context(), "select pg_is_in_recovery() from host").Scan(&follows)
		if err == nil && !follows {
			t.Fatal("it does not follow")
		}
		return err
	})
	var interval string
	if err := read.QueryRowContext(t.Context(), "show wal_retrieve_retry_interval").Scan(&interval); err != nil || interval != "100ms" {
		t.Errorf("its own setting is %s, %v", interval, err)
	}
	primary.Kill(t)
	replica.Promote(t)
	until(t, func() error {
		_, err := written.ExecContext(t.Context(), "insert into host values (2)")
		return err
	})
	primary.Revive(t)
}

// until does something until it works, for a minute.
func until(t *testing.T, do func() error) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		err := do()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
