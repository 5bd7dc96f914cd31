package faults

import (
	"database/sql"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// While many write, the server is restarted, its backends are ended and killed, and all of it crashes. Nothing is lost that was acknowledged, nothing is
// there that was refused, and the writers go on by themselves.
func TestServerFails(t *testing.T) {
	t.Parallel()
	c := pg.Start(t, pg.Options{Fsync: true})
	for name, row := range map[string]struct {
		rounds int
		fail   func(t *testing.T, c *pg.Cluster, admin *sql.DB)
	}{
		"restart": {full(1, 10), func(t *testing.T, c *pg.Cluster, _ *sql.DB) { c.Restart(t) }},
		"crash":   {full(1, 200), func(t *testing.T, c *pg.Cluster, _ *sql.DB) { c.Crash(t) }},
		"terminate": {full(10, 200), func(t *testing.T, _ *pg.Cluster, admin *sql.DB) {
			execute(t, admin, "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")
		}},
		"kill -9": {full(1, 200), func(t *testing.T, _ *pg.Cluster, admin *sql.DB) {
			var pid int
			must(t, admin.QueryRowContext(t.Context(), `
				select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`).Scan(&pid))
			must(t, syscall.Kill(pid, syscall.SIGKILL)) // the server takes all the others with it, and recovers
		}},
	} {
		t.Run(name, func(t *testing.T) {
			db, admin := open(t, c.Database(t)), open(t, c.DSN("postgres"))
			admin.SetMaxIdleConns(-1)
			s := migrate(t, db, sqlstore.Options{})
			b := connectBook(t, s, store.Always)
			w := startWriting(t, b, s, person(t, b, "ann"), 8)
			for range row.rounds {
				w.enough(t, 20)
				until(t, time.Minute, func() error { return reached(admin) })
				began := time.Now()
				row.fail(t, c, admin)
				down := time.Since(began)
				w.enough(t, 1)
				if again := time.Since(began); again > down+2*time.Second && name != "kill -9" {
					t.Errorf("down for %v, and nothing was written for %v", down, again)
				}
			}
			w.enough(t, 20)
			w.stop(t)
			w.check(t, s)
			if len(w.refused)+len(w.unknown) == 0 && name != "terminate" {
				t.Error("nobody has noticed anything")
			}
			must(t, admin.QueryRowContext(t.Context(), "select 1").Scan(new(int)))
			if n := db.Stats().InUse; n > 0 {
				t.Errorf("%d connections in use", n)
			}
		})
	}
}

// reached reports whether a server can be reached.
func reached(db *sql.DB) error {
	if _, err := db.Exec("select 1"); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return nil
}

// A transaction of the host's that has changed something, and takes its time, keeps other writers waiting, who give up in time. Readers and checks go on.
func TestSlowJoined(t *testing.T) {
	const wait = 300 * time.Millisecond
	db := open(t, newSchemas(t).next(t))
	s := migrate(t, db, sqlstore.Options{LockWait: wait})
	b := connectBook(t, s, store.Always)
	ann := person(t, b, "ann")
	tx, err := db.BeginTx(t.Context(), nil)
	must(t, err)
	defer tx.Rollback()
	joined := s.Join(tx)
	must(t, b.On(joined).Users.SetOverride(t.Context(), system, ann, perms.Grant(view)))
	began := time.Now()
	a := storm(8, func(i int) error { return appendOne(t.Context(), s, fmt.Sprint(i)) }, store.ErrBusy)
	if took := time.Since(began); a.Lost != 8 || took < wait || took > wait+time.Second {
		t.Errorf("%d of 8 writers gave up after %v; %v", a.Lost, took, a.Strange)
	}
	began = time.Now()
	for range 100 {
		if allowed(t, b, ann) {
			t.Fatal("a change is seen that is not committed")
		}
		dump(t, s)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("100 checks and dumps took %v", took)
	}
	must(t, tx.Commit())
	must(t, joined.Committed(t.Context()))
	if !allowed(t, b, ann) {
		t.Error("a change is not seen that is committed")
	}
	must(t, appendOne(t.Context(), s, "after"))
}
