package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// filled returns the path of a new SQLite database that has been filled.
func filled(tb testing.TB, s Spec) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "growth.db")
	if err := run(tb.Context(), path, "", s); err != nil {
		tb.Fatal(err)
	}
	return path
}

// opened returns the store in a SQLite database.
func opened(tb testing.TB, path string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), path, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	return s
}

func dump(tb testing.TB, s store.Store) string {
	tb.Helper()
	text, err := storetest.Dump(tb.Context(), s)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// What is generated is what the services would have left: the journal tells all that the tables hold, and no reference leads nowhere.
func TestConsistent(t *testing.T) {
	s := opened(t, filled(t, Spec{Users: 1500}))
	storetest.CheckFold(t, s)
	head, err := s.Head(t.Context())
	if err != nil || head.Revision != 15_000 {
		t.Errorf("the head is %v, %v, want 15000", head, err)
	}
	var broken int
	if err := s.DB().QueryRowContext(t.Context(), "select count(*) from pragma_foreign_key_check").Scan(&broken); err != nil || broken != 0 {
		t.Errorf("%d references lead nowhere, %v", broken, err)
	}
}

// The services go on from there: numbers and revisions follow on what was given, and the journal still tells everything.
func TestGoesOn(t *testing.T) {
	s := opened(t, filled(t, Spec{Users: 600}))
	b := connect(t, s, born.Add(year))
	ctx, who := t.Context(), perms.As(byNumber(t, s, root+1).ID)
	made, err := b.Users.Create(ctx, who, users.New{Email: "new@example.com", Name: "New", Tenants: []perms.Tenancy{perms.TenantOf(tenantOf(t, s, 2))}})
	if err != nil || made.Number != 601 {
		t.Fatalf("created %d, %v, want 601", made.Number, err)
	}
	if err := b.Users.SetOverride(ctx, who, byNumber(t, s, 100).ID, perms.Revoke(common)); err != nil {
		t.Error(err)
	}
	if _, _, err := b.Sessions.SignIn(ctx, byNumber(t, s, bigAdmin+1).Email, Password, "192.0.2.1"); err != nil {
		t.Errorf("sign in: %v", err)
	}
	if _, err := b.Users.Purge(ctx, who, users.ByNumber(8), false, 0); err != nil { // who came by an invite
		t.Error(err)
	}
	storetest.CheckFold(t, s)
}

// The same seed gives the same data, on either database; another one gives others.
func TestDeterministic(t *testing.T) {
	of := func(seed uint64) string { return dump(t, opened(t, filled(t, Spec{Users: 300, Seed: seed}))) }
	once := of(7)
	if once != of(7) {
		t.Error("the same seed gives other data")
	}
	if once == of(8) {
		t.Error("another seed gives the same data")
	}
	if onPostgres := dump(t, openPostgres(t, filledPostgres(t, Spec{Users: 300, Seed: 7}))); once != onPostgres {
		t.Error("on PostgreSQL there are other data")
	}
}

// filledPostgres returns a PostgreSQL database that has been filled.
func filledPostgres(tb testing.TB, s Spec) *sql.DB {
	tb.Helper()
	dsn := pg.Database(tb)
	if err := run(tb.Context(), "", dsn, s); err != nil {
		tb.Fatal(err)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxIdleConns(8)
	tb.Cleanup(func() { db.Close() })
	return db
}

func openPostgres(tb testing.TB, db *sql.DB) store.Store {
	tb.Helper()
	s, err := sqlstore.New(tb.Context(), db, sqlstore.Postgres, sqlstore.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// A database that does not fit is refused before anything is written.
func TestSpec(t *testing.T) {
	for _, s := range []Spec{{Users: 9, Entries: 1000}, {Users: 100, Entries: 100}} {
		if _, err := newWorld(s); err == nil {
			t.Errorf("%+v is not refused", s)
		}
	}
	if err := run(t.Context(), "", "", Spec{Users: 100}); err == nil {
		t.Error("no database is not refused")
	}
}

// What the store itself writes, of the same users and entries, are the same rows.
func TestSameRows(t *testing.T) {
	from := opened(t, filled(t, Spec{Users: 550}))
	to := opened(t, filepath.Join(t.TempDir(), "copy.db"))
	ctx := t.Context()
	if _, err := to.DB().ExecContext(ctx, "update rolebook_tenants set id = ?, created_at = ?", tenantOf(t, from, 1).String(), born.UnixMicro()); err != nil {
		t.Fatal(err)
	}
	err := from.View(ctx, func(tx store.Store) error {
		return to.InTx(ctx, func(out store.Store) error { return copyAll(ctx, tx, out) })
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"users", "addresses", "tenancies", "assignments", "overrides", "user_objects", "memberships", "groups", "group_objects",
		"roles", "tenants", "links", "journal_members", "journal"} {
		got, want := rowsOf(t, from.DB(), table), rowsOf(t, to.DB(), table)
		if len(want) == 0 || len(got) != len(want) {
			t.Fatalf("%s: %d rows, want %d", table, len(got), len(want))
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%s: row %d is\n%s\nwant\n%s", table, i, got[i], want[i])
			}
		}
	}
}

// copyAll writes what one store holds into another, by the methods that the services use.
func copyAll(ctx context.Context, from, to store.Store) error {
	for _, step := range []func(ctx context.Context, from, to store.Store) error{copyTenants, copyRoles, copyUsers, copyLinks, copyJournal} {
		if err := step(ctx, from, to); err != nil {
			return err
		}
	}
	return nil
}

func copyTenants(ctx context.Context, from, to store.Store) error {
	list, err := from.Tenants(ctx, users.TenantFilter{All: true})
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Number != users.DefaultTenant {
			if err := to.InsertTenant(ctx, t); err != nil {
				return err
			}
		}
		groups, err := from.Groups(ctx, t.ID)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if err := to.InsertGroup(ctx, g); err != nil {
				return err
			}
		}
	}
	return nil
}

func copyRoles(ctx context.Context, from, to store.Store) error {
	list, err := from.Roles(ctx, roles.Filter{All: true})
	for _, r := range list {
		if err := to.InsertRole(ctx, r); err != nil {
			return err
		}
	}
	return err
}

func copyUsers(ctx context.Context, from, to store.Store) error {
	list, err := from.Users(ctx, users.Filter{Statuses: []perms.Status{perms.Active, perms.Pending, perms.Suspended, perms.Deleted}})
	for _, u := range list {
		if err := to.InsertUser(ctx, u); err != nil {
			return err
		}
	}
	return err
}

func copyLinks(ctx context.Context, from, to store.Store) error {
	list, err := from.Links(ctx, invites.Filter{All: true})
	for _, l := range list {
		if err := to.InsertLink(ctx, l); err != nil {
			return err
		}
	}
	return err
}

func copyJournal(ctx context.Context, from, to store.Store) error {
	for after := perms.Revision(0); ; {
		page, err := from.Journal(ctx, perms.JournalFilter{After: after, Limit: 500})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			if _, err := to.Append(ctx, e); err != nil {
				return err
			}
			after = e.Revision
		}
	}
}

func rowsOf(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "select * from rolebook_"+table+" order by 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for i, v := range values {
			line = append(line, fmt.Sprintf("%s=%v", columns[i], *v.(*any)))
		}
		list = append(list, strings.Join(line, " "))
	}
	slices.Sort(list)
	return list
}
