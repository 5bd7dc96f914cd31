package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// Whatever statement a store runs on PostgreSQL can find its rows by a condition on an index, and one that reads a page does not begin before the page,
// however its tables are joined. SQLite's plans are checked beside the statements themselves.
func TestPostgresPlans(t *testing.T) {
	all := everyStatement(t)
	if len(all) < 200 {
		t.Fatalf("%d statements are too few to be all of them", len(all))
	}
	db := filledPostgres(t, Spec{Users: 2500})
	for _, text := range []string{
		"insert into rolebook_throttles (key, failures, expires_at) select decode(md5(cast(n as text)), 'hex'), '', n from generate_series(1, 3000) n",
		"insert into rolebook_avatars (user_number, tag, media_type, image) select number, '', '', '' from rolebook_users",
		"analyze",
	} {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	set := func(texts ...string) {
		for _, text := range texts {
			if _, err := conn.ExecContext(t.Context(), "set "+text); err != nil {
				t.Fatal(err)
			}
		}
	}
	var pages []string
	for _, text := range all {
		if strings.Contains(text, "> $") && strings.Contains(text, "limit $") {
			pages = append(pages, text)
		}
	}
	set("plan_cache_mode = force_generic_plan")
	for _, text := range pages {
		if plan(t, conn, text).hashed() {
			t.Errorf("all of whom a condition is true are looked up first by\n%.300s", text)
		}
	}
	set("enable_seqscan = off", "enable_hashjoin = off")
	for _, text := range pages {
		for _, table := range plan(t, conn, text).scanned() {
			if slices.Contains([]string{"rolebook_users", "rolebook_journal", "rolebook_personal"}, table) {
				t.Errorf("%s is read from its beginning by\n%.300s", table, text)
			}
		}
	}
	set("enable_mergejoin = off")
	for _, text := range all {
		for _, table := range plan(t, conn, text).scanned() {
			if !mayScan(table, text) {
				t.Errorf("%s is read through by\n%.300s", table, text)
			}
		}
	}
}

// mayScan reports whether a statement may read a table through: one that does not grow, or is too small here to tell, or one that is what somebody asked for.
func mayScan(table, text string) bool {
	if slices.Contains([]string{"rolebook_head", "rolebook_archived", "rolebook_keys", "rolebook_schema", "rolebook_roles", "rolebook_links"}, table) {
		return true
	}
	for _, all := range []string{"rolebook_invites order by number", "rolebook_tombstones order by number", "rolebook_users limit 1"} {
		if strings.HasSuffix(text, all) && strings.HasPrefix(all, table+" ") {
			return true
		}
	}
	return false
}

// node is a step of a plan.
type node struct {
	Type      string `json:"Node Type"`
	Relation  string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Filter    string
	Plans     []node
}

// scanned returns the tables that a plan reads through: by themselves, or by an index from its beginning to its end.
func (n node) scanned() []string {
	var found []string
	through := n.Type == "Seq Scan" || n.Condition == "" && (n.Type == "Index Scan" || n.Type == "Index Only Scan")
	switch {
	case through && n.Relation != "":
		found = append(found, n.Relation)
	case n.Type == "Bitmap Index Scan" && n.Condition == "":
		found = append(found, n.Index)
	}
	for _, child := range n.Plans {
		found = append(found, child.scanned()...)
	}
	return found
}

// hashed reports whether a plan looks up a condition in what a part of it, which has read all that there is, has left.
func (n node) hashed() bool {
	return strings.Contains(n.Filter, "hashed SubPlan") || slices.ContainsFunc(n.Plans, node.hashed)
}

var placeholder = regexp.MustCompile(`\$\d+`)

// plan returns the plan that serves whatever the arguments are.
func plan(t *testing.T, conn *sql.Conn, text string) node {
	t.Helper()
	run := func(text string) {
		if _, err := conn.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	names := map[string]bool{}
	for _, name := range placeholder.FindAllString(text, -1) {
		names[name] = true
	}
	run("prepare planned as " + text)
	defer run("deallocate planned")
	execute := "explain (format json) execute planned"
	if len(names) > 0 {
		execute += "(null" + strings.Repeat(", null", len(names)-1) + ")"
	}
	var out string
	if err := conn.QueryRowContext(t.Context(), execute).Scan(&out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(out), &plans); err != nil || len(plans) == 0 {
		t.Fatalf("%s: %v in %s", text, err, out)
	}
	return plans[0].Plan
}

// everyStatement returns what the suite makes a store run.
func everyStatement(t *testing.T) []string {
	t.Helper()
	config, err := pgx.ParseConfig(pg.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := &tracer{texts: map[string]bool{}}
	config.Tracer = seen
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { db.Close() })
	if err := sqlstore.Migrate(t.Context(), db, sqlstore.Postgres); err != nil {
		t.Fatal(err)
	}
	clear(seen.texts)
	storetest.Run(t, storetest.Harness{Joined: true, Open: func(t *testing.T, c storetest.Config) store.Store {
		s, err := sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{LockWait: c.LockWait})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tx.Rollback() })
		return s.Join(tx)
	}})
	return slices.Sorted(maps.Keys(seen.texts))
}

// tracer sees the statements on their way.
type tracer struct {
	mu    sync.Mutex
	texts map[string]bool
}

// TraceQueryStart implements pgx.QueryTracer.
func (s *tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	text := strings.Join(strings.Fields(data.SQL), " ")
	if first, _, _ := strings.Cut(text, " "); slices.Contains([]string{"select", "insert", "update", "delete", "with"}, first) && strings.Contains(text, "rolebook_") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.texts[text] = true
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// A plan that reads a table through is seen to do so.
func TestScanned(t *testing.T) {
	for text, want := range map[string]string{
		`{"Node Type": "Limit", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "a"}]}`:                                        "[a]",
		`{"Node Type": "Index Scan", "Relation Name": "a", "Index Name": "i", "Index Cond": "(x = 1)"}`:                             "[]",
		`{"Node Type": "Index Only Scan", "Relation Name": "a", "Index Name": "i"}`:                                                 "[a]",
		`{"Node Type": "Bitmap Heap Scan", "Relation Name": "a", "Plans": [{"Node Type": "Bitmap Index Scan", "Index Name": "i"}]}`: "[i]",
	} {
		var n node
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(n.scanned()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
