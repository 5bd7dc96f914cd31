package main

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// A server is killed in the middle of its writes, again and again. What it acknowledged is there after the restart, and what it did not acknowledge is
// there as a whole or not at all. The record of the two is in this process, which survives.
func TestKill(t *testing.T) {
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	k := prepare(t)
	for range rounds {
		c := spawn(t, "-db", k.file)
		k.check(c.server)
		k.write(c)
	}
	k.check(launch(t, "-db", k.file))
	t.Logf("%d changes acknowledged, %d interrupted, of which %d were made", k.acknowledged, k.interrupted, k.made)
	if k.acknowledged < rounds || k.interrupted < rounds {
		t.Error("too few changes to prove anything")
	}
}

// facts are what the API shows, by what it is about: the name of a user, an override of his, the number of a guest's invite.
type facts map[string]string

// killed is a server that gets killed, and what it has acknowledged.
type killed struct {
	t        *testing.T
	file     string
	token    string
	acme     string // the id of tenant 2
	writers  []*writer
	known    facts
	revision int64 // the journal's

	acknowledged, interrupted, made int
}

// prepare makes a database with a user for each writer.
func prepare(t *testing.T) *killed {
	t.Helper()
	k := &killed{t: t, file: filepath.Join(t.TempDir(), "book.db")}
	s := launch(t, "-db", k.file, "-demo", "-admin-password", "root-river-2041")
	k.token = s.signIn("root@example.com", "root-river-2041")
	type tenants struct{ Items []struct{ ID, Slug string } }
	for _, tenant := range as[tenants](t, s.want(http.StatusOK, "GET", "/native/v1/tenants", k.token, "")).Items {
		if tenant.Slug == "acme" {
			k.acme = tenant.ID
		}
	}
	for i := range 4 {
		w := &writer{id: i, email: fmt.Sprintf("writer%d@acme.io", i)}
		made := s.want(http.StatusCreated, "POST", "/native/v1/users", k.token, k.user(w.email, "Writer"))
		w.user = as[struct{ Number int64 }](t, made).Number
		k.writers = append(k.writers, w)
	}
	k.known = k.read(s)
	k.revision += k.entries(s)
	s.stop()
	return k
}

// user is the body that creates a viewer of Acme, without a password.
func (k *killed) user(email, name string) string {
	return fmt.Sprintf(`{"email":%q,"name":%q,"roles":[{"role":"client_viewer"}],"tenants":[%q]}`, email, name, k.acme)
}

// writer changes a user of his own, and what he makes himself, one thing after the other.
type writer struct {
	id      int
	user    int64
	email   string
	count   int
	acked   facts
	changes int     // acknowledged ones
	pending *change // the one that was not
	err     error
}

// change is a request, what it is about, and the value that it gives: "" for a number that the server chooses.
type change struct {
	about, value       string
	method, path, body string
	status             int
}

// write lets the writers write until the server is killed.
func (k *killed) write(c *child) {
	k.t.Helper()
	var writing sync.WaitGroup
	for _, w := range k.writers {
		w.acked, w.changes, w.pending = facts{}, 0, nil
		writing.Go(func() { w.run(c.server, k) })
	}
	time.Sleep(5*time.Millisecond + rand.N(95*time.Millisecond))
	if err := c.process.Kill(); err != nil {
		k.t.Fatal(err)
	}
	c.end()
	writing.Wait()
	for _, w := range k.writers {
		if w.err != nil {
			k.t.Fatal(w.err)
		}
		k.acknowledged += w.changes
		k.interrupted++ // a writer ends by nothing else
	}
}

// run makes changes until the server is gone.
func (w *writer) run(s *server, k *killed) {
	for {
		w.count++
		c := w.next(k)
		w.pending = &c
		a, err := s.send(c.method, c.path, k.token, c.body)
		if err != nil {
			return // nobody knows whether it was made
		}
		if a.Status != c.status {
			w.err = fmt.Errorf("%s %s %s: %d: %s", c.method, c.path, c.body, a.Status, a.Body)
			return
		}
		if c.value == "" {
			c.value = fmt.Sprint(as[struct{ ID int64 }](k.t, a).ID)
		}
		w.acked[c.about], w.pending = c.value, nil
		w.changes++
	}
}

// next returns an effective change that hashes no password: that would take longer than most servers live here.
func (w *writer) next(k *killed) change {
	name := fmt.Sprintf("Change %d", w.count)
	switch w.count % 4 {
	case 0:
		email := fmt.Sprintf("made-%d-%d@acme.io", w.id, w.count)
		return change{"user " + email, name, "POST", "/native/v1/users", k.user(email, name), http.StatusCreated}
	case 1:
		about := "override " + w.email
		present, changed := w.acked[about]
		if !changed {
			present = k.known[about]
		}
		granted := fmt.Sprint(present != "true")
		return change{about, granted, "PUT", fmt.Sprintf("/msp/api/users/%d/permissions", w.user),
			`{"permission_key":"assets.delete","granted":` + granted + `}`, http.StatusOK}
	case 2:
		email := fmt.Sprintf("guest-%d-%d@acme.io", w.id, w.count%40)
		return change{"invite " + email, "", "POST", "/msp/api/invites",
			fmt.Sprintf(`{"email":%q,"role_id":5,"tenant_id":2}`, email), http.StatusCreated}
	}
	return change{"user " + w.email, name, "PUT", fmt.Sprintf("/msp/api/users/%d", w.user),
		fmt.Sprintf(`{"name":%q,"email":%q,"role_id":5}`, name, w.email), http.StatusOK}
}

// gives reports whether the change leads from one value to another.
func (c *change) gives(old, now string) bool {
	return now != old && (c.value == "" || c.value == now)
}

// check compares the restarted server with what was acknowledged, and takes over what it finds of the rest.
func (k *killed) check(s *server) {
	k.t.Helper()
	open := map[string]*change{}
	changes := 0
	for _, w := range k.writers {
		changes += w.changes
		maps.Copy(k.known, w.acked)
		if w.pending != nil {
			open[w.pending.about] = w.pending
		}
	}
	found := k.read(s)
	about := maps.Clone(found)
	maps.Copy(about, k.known)
	for what := range about {
		if c := open[what]; found[what] != k.known[what] && (c == nil || !c.gives(k.known[what], found[what])) {
			k.t.Fatalf("%s is %q, acknowledged was %q", what, found[what], k.known[what])
		}
		if found[what] != k.known[what] {
			changes++
			k.made++
		}
	}
	if n := k.entries(s); n != int64(changes) {
		k.t.Fatalf("%d journal entries for %d changes", n, changes)
	} else {
		k.revision += n
	}
	k.known = found
	k.intact()
}

// read returns what the API shows, and fails on anything that is there in part.
func (k *killed) read(s *server) facts {
	k.t.Helper()
	found := facts{}
	for _, u := range s.users(k.token) {
		if !strings.HasPrefix(u.Email, "made-") && !strings.HasPrefix(u.Email, "writer") {
			continue
		}
		what := "user " + u.Email
		if u.RoleID == nil || *u.RoleID != 5 || u.TenantID == nil || *u.TenantID != 2 || !u.Active || u.Staff {
			k.t.Fatalf("%s is there in part: %+v", what, u)
		}
		if found[what] = u.Name; u.Name != k.known[what] {
			k.holdings(s, u, found)
		}
	}
	for _, w := range k.writers {
		k.holdings(s, mspUser{ID: w.user, Email: w.email}, found)
	}
	type invite struct {
		ID    int64
		Email string
	}
	for _, i := range as[[]invite](k.t, s.want(http.StatusOK, "GET", "/msp/api/invites", k.token, "")) {
		found["invite "+i.Email] = fmt.Sprint(i.ID)
	}
	return found
}

// holdings reads a user's permissions.
func (k *killed) holdings(s *server, u mspUser, found facts) {
	k.t.Helper()
	type permissions struct {
		Roles     []string `json:"role_permissions"`
		Overrides []struct {
			Key     string `json:"permission_key"`
			Granted bool
		}
	}
	held := as[permissions](k.t, s.want(http.StatusOK, "GET", fmt.Sprintf("/msp/api/users/%d/permissions", u.ID), k.token, ""))
	if got := strings.Join(held.Roles, " "); got != "assets.export assets.view users.list" {
		k.t.Fatalf("user %s has by his role %q", u.Email, got)
	}
	for _, o := range held.Overrides {
		found["override "+u.Email] = fmt.Sprint(o.Granted)
	}
}

// entries returns how many changes the journal has got, whose revisions have no gap.
func (k *killed) entries(s *server) int64 {
	k.t.Helper()
	type page struct {
		Items []struct{ Revision int64 }
	}
	for last := k.revision; ; {
		p := as[page](k.t, s.want(http.StatusOK, "GET", fmt.Sprintf("/native/v1/journal?limit=500&after=%d", last), k.token, ""))
		if len(p.Items) == 0 {
			return last - k.revision
		}
		for _, entry := range p.Items {
			if last++; entry.Revision != last {
				k.t.Fatalf("revision %d where %d should be", entry.Revision, last)
			}
		}
	}
}

// intact asks SQLite whether the file is whole.
func (k *killed) intact() {
	k.t.Helper()
	db, err := sql.Open("sqlite3", k.file)
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("pragma integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		k.t.Fatalf("integrity: %s, %v", verdict, err)
	}
	var broken int
	if err := db.QueryRow("select count(*) from pragma_foreign_key_check").Scan(&broken); err != nil || broken != 0 {
		k.t.Fatalf("%d broken references, %v", broken, err)
	}
}
