package migrations

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// A database of each schema that there ever was is kept as SQL, as testdata/DIALECT-VERSION.sql. It opens, comes forward to the present schema, and holds
// what it held. With -update, one of the present schema is kept unless there is one, and what is in the kept ones is written down anew.
func TestGoldenDatabases(t *testing.T) {
	for _, p := range places(t) {
		t.Run(p.dialect.String(), func(t *testing.T) {
			known := len(p.migrations(t))
			present := filepath.Join("testdata", fmt.Sprintf("%s-%04d.sql", p.dialect, known))
			if _, err := os.Stat(present); transcript.Updating() && errors.Is(err, os.ErrNotExist) {
				p.keep(t, present)
			}
			kept, err := filepath.Glob(filepath.Join("testdata", p.dialect.String()+"-*.sql"))
			if err != nil || !slices.Contains(kept, present) {
				t.Fatalf("%s is not there, %v; go test -update keeps one", present, err)
			}
			for _, name := range kept {
				t.Run(filepath.Base(name), func(t *testing.T) { p.reopen(t, name, name < present) })
			}
		})
	}
}

func (p place) migrations(t *testing.T) []sqlstore.Migration {
	t.Helper()
	status, err := sqlstore.Status(t.Context(), p.open(t, p.dsn(t)), p.dialect)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

// reopen makes a database from its SQL and checks it.
func (p place) reopen(t *testing.T, name string, old bool) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	db := p.open(t, p.dsn(t))
	if _, err := db.ExecContext(t.Context(), string(text)); err != nil {
		t.Fatal(err)
	}
	_, err = sqlstore.New(t.Context(), db, p.dialect, sqlstore.Options{})
	if errors.Is(err, store.ErrSchemaTooOld) != old || err != nil && !old {
		t.Errorf("before it is migrated: %v", err)
	}
	p.whole(t, db, p.everything(t, p.fresh(t)))
	s, err := sqlstore.New(t.Context(), db, p.dialect, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := storetest.Dump(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.TrimSuffix(name, ".sql") + ".txt"
	if transcript.Updating() {
		if err := os.WriteFile(listed, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(listed); err != nil || got != string(want) {
		t.Errorf("%v; it holds\n%s\nwant what %s says", err, got, listed)
	}
	storetest.CheckFold(t, s)
	goesOn(t, s)
}

// fresh returns a database of the present schema.
func (p place) fresh(t *testing.T) *sql.DB {
	t.Helper()
	db := p.open(t, p.dsn(t))
	if err := sqlstore.Migrate(t.Context(), db, p.dialect); err != nil {
		t.Fatal(err)
	}
	return db
}

// goesOn checks that people sign in and work as before.
func goesOn(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		t.Fatal(err)
	}
	book, err := store.Connect(ctx, s, store.Options{Hasher: hasher, Clock: func() time.Time { return transcript.Begin.Add(time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	_, in, err := book.Sessions.SignIn(ctx, "ann@acme.io", "ann-river-2041", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Users.Create(ctx, perms.As(in.User.ID), users.New{Email: "new@acme.io", Name: "New"}); err != nil {
		t.Error(err)
	}
}

// keep writes down a database of the present schema in which there is something of everything.
func (p place) keep(t *testing.T, name string) {
	t.Helper()
	dsn := p.dsn(t)
	db := p.open(t, dsn)
	host := matrix.Host(p.dialect.String(), func(testing.TB, func() time.Time) store.Store {
		if err := sqlstore.Migrate(t.Context(), db, p.dialect); err != nil {
			t.Fatal(err)
		}
		s, err := sqlstore.New(t.Context(), db, p.dialect, sqlstore.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
	furnish(t, host.Start(t))
	text := ""
	if p.dialect == sqlstore.Postgres {
		text = dumpPostgres(t, dsn)
	} else {
		text = dumpSQLite(t, db)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// furnish adds what a stage does not have: a group, an override, a grant of an object, an invite, links, somebody deleted and somebody purged.
func furnish(t *testing.T, stage *transcript.Stage) {
	t.Helper()
	ctx, system, book := t.Context(), perms.System("golden"), stage.Book
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	acme := stage.Tenant(t, 2)
	group, err := book.Groups.Create(ctx, system, users.NewGroup{Name: "Crew", Tenant: acme})
	check(err)
	mia, vic, bea := stage.Person(t, 4), stage.Person(t, 5), stage.Person(t, 6)
	_, err = book.Groups.AddMembers(ctx, system, users.ByID(group.ID), []users.Ref{users.ByID(mia.ID), users.ByID(vic.ID)})
	check(err)
	revoke := perms.Revoke("assets.view").During(perms.Window{ExpiresAt: transcript.Begin.Add(time.Hour)})
	revoke.Reason = "stock-taking; it's \"%\""
	check(book.Users.SetOverride(ctx, system, vic.ID, revoke))
	_, err = book.Invites.Create(ctx, system, invites.New{Email: "guest@acme.io", Role: "client_viewer", Tenant: perms.TenantOf(acme)})
	check(err)
	_, err = book.Invites.CreateLink(ctx, system, invites.NewLink{Tenant: acme, Label: "Été", MaxUses: new(int64(5))})
	check(err)
	gone, err := book.Users.Create(ctx, system, users.New{Email: "gone@acme.io", Name: "Gone", Tenants: []perms.Tenancy{perms.TenantOf(acme)}})
	check(err)
	_, err = book.Users.Purge(ctx, system, users.ByID(gone.ID), false, 0)
	check(err)
	_, err = book.Users.Do(ctx, system, bea.ID, users.Delete)
	check(err)
}
