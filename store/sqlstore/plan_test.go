package sqlstore

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Whatever a store holds, these read what they show: by an index, and in its order.
func TestPlans(t *testing.T) {
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	a, b := uuid.New(), uuid.New()
	for name, f := range map[string]users.Filter{
		"all":        {Limit: 50},
		"tenant":     {Tenant: a, Limit: 50},
		"home":       {Home: a, Limit: 50},
		"sight":      {Sight: &perms.Sight{Tenants: []uuid.UUID{a}}},
		"homes":      {Sight: &perms.Sight{Tenants: []uuid.UUID{a}, Homes: true}},
		"both":       {Tenant: a, Sight: &perms.Sight{Tenants: []uuid.UUID{a, b}}},
		"wide sight": {Sight: &perms.Sight{Tenants: []uuid.UUID{a, b}}},
		"role":       {Role: a},
		"role of a":  {Role: a, Tenant: b, Sight: &perms.Sight{Tenants: []uuid.UUID{a, b}}},
		"group":      {Group: a, Tenant: b},
		"its type":   {Group: a, Type: perms.TestTenant, Sight: &perms.Sight{Tenants: []uuid.UUID{a, b}}},
		"type":       {Type: perms.TestTenant, Limit: 50},
		"type at a":  {Type: perms.TestTenant, Tenant: a},
		"external":   {External: "x"},
	} {
		for _, byRole := range []bool{false, true} {
			if q := searchFor(&f, byRole && f.Role != uuid.Nil); !q.hopeless {
				checkPlan(t, db, name, q.String(), len(q.args))
			}
		}
	}
	for name, from := range map[string]beginning{"holders by roles": fromRoles, "holders by tenants": fromTenancies, "holders": fromUsers} {
		for _, doubtful := range []bool{false, true} {
			q := candidatesFrom(from, &perms.Candidates{Permission: "a.b", Global: []uuid.UUID{a, b}, Bound: []uuid.UUID{a},
				Within: []perms.Tenancy{perms.EveryTenant, perms.TenantOf(a)}, Anywhere: from != fromTenancies, Doubtful: doubtful, Limit: 50})
			checkPlan(t, db, name, q.String(), len(q.args))
		}
	}
	nearby := candidatesUntil(100, &perms.Candidates{Permission: "a.b", Global: []uuid.UUID{a, b}, Within: []perms.Tenancy{perms.EveryTenant}, Anywhere: true, Limit: 50})
	checkPlan(t, db, "holders nearby", nearby.String(), len(nearby.args))
	for name, i := range map[string]inquiry{
		"subject": subjectByID, "subjects": subjectsByNumbers, "user": userByID, "session": userBySession, "users": usersByNumbers,
	} {
		checkPlan(t, db, name, i.text, i.parts)
	}
	checkPlan(t, db, "everybody", subjectsInRange.text, 2*subjectsInRange.parts)
}

// What the journal has about somebody is found by an index, and so is the revision of an instant: neither reads the journal through. Their steps are sorted,
// being few.
func TestJournalPlans(t *testing.T) {
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		text string
		args int
		want []string
	}{
		"page":  {entries + fromAll + inOrder, 4, []string{"SEARCH j USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"}},
		"about": {entries + fromAbout + inOrder, 7, []string{"USING INDEX rolebook_journal_about", "SEARCH rolebook_journal_members USING PRIMARY KEY", "SEARCH j USING INTEGER PRIMARY KEY (rowid=?)"}},
		"at":    {headAt, 2, []string{"SEARCH j USING INTEGER PRIMARY KEY (rowid=?)"}},
	} {
		steps := strings.Join(plan(t, db, name, row.text, row.args), "\n")
		for _, want := range row.want {
			if !strings.Contains(steps, want) {
				t.Errorf("%s: no %q in\n%s", name, want, steps)
			}
		}
		for _, scan := range []string{"SCAN j\n", "SCAN j ", "SCAN rolebook_journal", "AUTOMATIC"} {
			if strings.Contains(steps+"\n", scan) {
				t.Errorf("%s: %q in\n%s", name, scan, steps)
			}
		}
	}
}

// checkPlan checks that a statement neither scans a table that grows nor sorts.
func checkPlan(t *testing.T, db *sql.DB, name, text string, args int) {
	t.Helper()
	steps := plan(t, db, name, text, args)
	for _, step := range steps {
		scans := strings.HasPrefix(step, "SCAN ") && !strings.HasPrefix(step, "SCAN json_each") && step != "SCAN h"
		if step == "SCAN facts LEFT-JOIN" && slices.Contains(steps, "MATERIALIZE facts") {
			continue // what the steps before have found of one user
		}
		if scans || strings.Contains(step, "TEMP B-TREE") || strings.Contains(step, "AUTOMATIC") {
			t.Errorf("%s: %s", name, step)
		}
	}
}

// plan returns the steps of a statement's plan.
func plan(t *testing.T, db *sql.DB, name, text string, args int) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "explain query plan "+newSQLite().translate(text), make([]any, args)...)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var (
			id, parent, unused int
			step               string
		)
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return steps
}

func TestTranslations(t *testing.T) {
	const text = `select a from b where c {in ids} and b {out of ids} and d {in numbers} and {each} e {among ids} and exists (select f{one by one}) and {find}(g, ?) > 0 limit ? {lock}, {free}`
	for d, want := range map[dialect]string{
		newSQLite(): `select a from b where c in (select value from json_each(+?)) and b in (select value from json_each(+?)) and d in (select value from json_each(+?))` +
			` and +e in (select value from json_each(+?)) and exists (select f) and instr(g, +?) > 0 limit +? , `,
		newPostgres(): `select a from b where c = any (cast(translate(cast($1 as text), '[]"', '{}') as text[]))` +
			` and b in (select unnest(cast(translate(cast($2 as text), '[]"', '{}') as text[])))` +
			` and d = any (cast(translate(cast($3 as text), '[]"', '{}') as bigint[]))` +
			` and e = any (array(select unnest(cast(translate(cast($4 as text), '[]"', '{}') as text[])))) and exists (select f offset 0)` +
			` and strpos(g, $5) > 0 limit $6 for update, for update skip locked`,
	} {
		if got := d.translate(text); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const union = `{arm} select a {in order of t} union all {arm} select b {in order of a} limit ?`
	for text, want := range map[string]string{
		union: `( select a order by t.user_number limit $1) union all ( select b order by a.user_number limit $1) limit $1`,
		`{arm} select a {in order of few} limit ?`: `( select a order by a.user_number + 0 limit $1) limit $1`,
		union + " offset ?": `( select a order by t.user_number limit cast($1 as bigint) + cast($2 as bigint)) union all` +
			` ( select b order by a.user_number limit cast($1 as bigint) + cast($2 as bigint)) limit $1 offset $2`,
	} {
		if got := newPostgres().translate(text); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// Who has a role for everywhere is counted by the index on its own, and grouped, so that the users are looked up in their order.
func TestCountPlan(t *testing.T) {
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	q := countPlainFrom(fromRoles, &perms.Candidates{Permission: "a.b", Global: []uuid.UUID{uuid.New()}, Within: []perms.Tenancy{perms.EveryTenant}, Anywhere: true})
	steps := strings.Join(plan(t, db, "count", q.String(), len(q.args)), "\n")
	for _, want := range []string{"SEARCH a USING COVERING INDEX rolebook_assignments_role", "USE TEMP B-TREE FOR GROUP BY"} {
		if !strings.Contains(steps, want) {
			t.Errorf("no %q in\n%s", want, steps)
		}
	}
}

// Whether somebody has one of many roles, or is in one of many tenants, is looked up among his own few, and not among those who have each of them.
func TestOwnRowsPlan(t *testing.T) {
	db := newFile(t)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	f := &perms.Candidates{Permission: "a.b", Global: []uuid.UUID{uuid.New()}, Bound: []uuid.UUID{uuid.New()}, Within: []perms.Tenancy{perms.EveryTenant}, Anywhere: true,
		Sight: &perms.Sight{Tenants: []uuid.UUID{uuid.New()}}, Limit: 1, Doubtful: true}
	q := candidatesFrom(fromUsers, f)
	steps := strings.Join(plan(t, db, "candidates", q.String(), len(q.args)), "\n")
	for _, table := range []string{"a", "p", "w", "s"} {
		if !strings.Contains(strings.ReplaceAll(steps, " EXISTS ", " "), "SEARCH "+table+" USING PRIMARY KEY (user_number=?)") {
			t.Errorf("%s is looked up otherwise:\n%s", table, steps)
		}
	}
}
