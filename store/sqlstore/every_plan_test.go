package sqlstore

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// Of all statements that the contract makes a store run, these alone read a whole table that grows, and that is what they are for.
var whole = map[string]string{
	"rolebook_invites":    "order by number",        // Invites: for those who compare stores
	"rolebook_tombstones": "order by number",        // Tombstones: for those who compare stores
	"rolebook_links":      "order by number",        // Links, for staff: a tenant has a few
	"rolebook_roles":      "order by number",        // Rules: all of them are resident
	"rolebook_users":      "rolebook_users limit 1", // AnyUser: one row
}

// Whatever statement a store runs finds its rows by an index.
func TestEveryPlan(t *testing.T) {
	all := everyStatement(t)
	if len(all) < 200 {
		t.Fatalf("%d statements are too few to be all of them", len(all))
	}
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	for _, text := range all {
		short := strings.Join(strings.Fields(text), " ")
		for _, table := range scanned(plan(t, db, short, text, strings.Count(newSQLite().translate(text), "?"))) {
			if end := whole[table]; end == "" || !strings.HasSuffix(short, end) || strings.Contains(short, "where") {
				t.Errorf("%s is read through by\n%s", table, short)
			}
		}
	}
}

// everyStatement returns what the suite makes a store run, as it is written here.
func everyStatement(t *testing.T) []string {
	t.Helper()
	texts := map[string]bool{}
	storetest.Run(t, storetest.Harness{Joined: true, Open: func(t *testing.T, c storetest.Config) store.Store {
		db := newFile(t)
		if err := Migrate(t.Context(), db, SQLite); err != nil {
			t.Fatal(err)
		}
		s, err := New(t.Context(), db, SQLite, Options{LockWait: c.LockWait})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			tx.Rollback()
			s.db.texts.Range(func(text, _ any) bool {
				texts[text.(string)] = true
				return true
			})
		})
		return s.Join(tx)
	}})
	return slices.Sorted(maps.Keys(texts))
}

// scanned returns the tables that a plan reads through, of those that grow.
func scanned(steps []string) []string {
	var tables []string
	for _, step := range steps {
		words := strings.Fields(step)
		if words[0] != "SCAN" || len(words) > 2 && strings.HasSuffix(words[1], "-ROW") || words[1] == "CONSTANT" {
			continue
		}
		switch name := words[1]; {
		case slices.Contains(steps, "CO-ROUTINE "+name), slices.Contains(steps, "MATERIALIZE "+name): // what another step has found
		case slices.Contains([]string{"json_each", "sqlite_master", "rolebook_schema", "rolebook_keys"}, name): // grows with the program alone
		case slices.Contains([]string{"rolebook_head", "h", "rolebook_archived"}, name): // is one row
		case name == "s" && slices.Contains(steps, "RECURSIVE STEP"):
		default:
			tables = append(tables, name)
		}
	}
	return tables
}

// Before a row is deleted, those that refer to it are looked for: by an index.
func TestReferencesAreIndexed(t *testing.T) {
	const unindexed = `
		select m.name || '.' || f."from"
		from sqlite_master m, pragma_foreign_key_list(m.name) f
		where m.type = 'table' and m.name like 'rolebook_%' and not exists (
			select 1
			from pragma_index_list(m.name) l, pragma_index_info(l.name) i
			where i.seqno = 0 and i.name = f."from" and l.partial = 0)
		and not exists (select 1 from pragma_table_info(m.name) c where c.name = f."from" and c.pk = 1)`
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	if missing := texts(t, db, unindexed); len(missing) > 0 {
		t.Errorf("without an index: %v", missing)
	}
}

func texts(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		found = append(found, v)
	}
	return found
}
