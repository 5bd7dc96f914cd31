package faults

import (
	"bytes"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// saying is the lines that a process has written.
type saying struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *saying) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *saying) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// A process is killed in the middle of its writes, again and again. What it had acknowledged is there, and the rest as a whole or not at all.
func TestKilledProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "book.db")
	local, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { local.Close() })
	dsn := newSchemas(t).next(t)
	for name, row := range map[string]struct {
		store store.Store
		to    connection
	}{
		"sqlite":   {local, connection{File: file}},
		"postgres": {migrate(t, open(t, dsn), sqlstore.Options{}), connection{DSN: dsn}},
	} {
		t.Run(name, func(t *testing.T) {
			user := person(t, connectBook(t, row.store, 0), "ann")
			k := &kills{t: t, to: row.to, user: user}
			for range full(5, map[string]int{"sqlite": 500, "postgres": 200}[name]) {
				k.round("write")
			}
			lost, made := k.check(row.store)
			t.Logf("%d changes acknowledged, %d interrupted, of which %d were made", len(k.did), len(k.tried), made)
			if lost > 0 || len(k.did) < k.rounds || len(k.tried) < k.rounds {
				t.Errorf("%d acknowledged changes are lost", lost)
			}
			storetest.CheckFold(t, row.store)
			boasted := &kills{t: t, to: row.to, user: user}
			for lost = 0; lost == 0; lost, _ = boasted.check(row.store) {
				if boasted.rounds == 20 {
					t.Fatal("who acknowledges what he has not done yet is not found out")
				}
				boasted.round("boast")
			}
		})
	}
	var sound string
	must(t, local.DB().QueryRowContext(t.Context(), "pragma integrity_check").Scan(&sound))
	if sound != "ok" {
		t.Error(sound)
	}
}

// kills is what was heard of processes that were killed.
type kills struct {
	t      *testing.T
	to     connection
	user   uuid.UUID
	rounds int
	did    []string
	tried  []string // and nobody knows
}

// round starts a process, lets it write, and kills it.
func (k *kills) round(do string) {
	k.t.Helper()
	k.rounds++
	out := &saying{}
	p := spawnTo(k.t, k.to, out)
	p.tell(order{Do: do, User: k.user, Many: 4, Name: uuid.NewString()})
	for began := time.Now(); !strings.Contains(out.String(), "did "); time.Sleep(time.Millisecond) {
		if time.Since(began) > time.Minute {
			k.t.Fatalf("it does nothing: %s", out)
		}
	}
	time.Sleep(rand.N(50 * time.Millisecond))
	must(k.t, p.Process.Kill())
	_ = p.Wait() // and all that it has said is here
	open := map[string]bool{}
	for line := range strings.Lines(out.String()) {
		verb, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if open[name] = verb == "try"; verb == "did" {
			k.did = append(k.did, name)
		}
	}
	for name, is := range open {
		if is {
			k.tried = append(k.tried, name)
		}
	}
}

// check returns how many changes are lost that were acknowledged, and how many were made of the others.
func (k *kills) check(s store.Store) (lost, made int) {
	k.t.Helper()
	known := reasons(k.t, s)
	for _, name := range k.did {
		if known[name] != 1 {
			lost++
		}
	}
	for _, name := range k.tried {
		if known[name] > 1 {
			k.t.Errorf("%s is there %d times", name, known[name])
		}
		made += known[name]
	}
	return lost, made
}

// Two processes of eight writers each write to one file for a while, and nobody is refused. The control begins as a reader, as a transaction does that is
// not immediate, and cannot write any more when another one has.
func TestTwoProcessesOnOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	before, err := s.Head(t.Context())
	must(t, err)
	both := []*process{spawn(t, connection{File: path}), spawn(t, connection{File: path})}
	o := order{Do: "count", Many: 8, Limit: full(time.Second, time.Minute)}
	if a := together(t, both, o, o); a.Won != 16 {
		t.Errorf("%d of 16 writers were never refused: %v", a.Won, a.Strange)
	}
	after, err := s.Head(t.Context())
	must(t, err)
	if t.Logf("%d writes", after.Revision-before.Revision); after.Revision-before.Revision < 16 {
		t.Error("too few")
	}
	db := sql.OpenDB(file("file:" + path + "?_busy_timeout=5000"))
	t.Cleanup(func() { db.Close() })
	execute(t, db, "create table host (n integer)")
	const many = 4
	var looked sync.WaitGroup
	looked.Add(many)
	a := storm(many, func(int) error {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		var n int
		if err := tx.QueryRowContext(t.Context(), "select count(*) from host").Scan(&n); err != nil {
			return err
		}
		looked.Done()
		looked.Wait() // now all have, and one can write
		if _, err := tx.ExecContext(t.Context(), "insert into host values (1)"); err != nil {
			return err
		}
		return tx.Commit()
	})
	if a.Won != 1 || len(a.Strange) != many-1 {
		t.Errorf("the control: %d of %d have written; %v", a.Won, many, a.Strange)
	}
}
