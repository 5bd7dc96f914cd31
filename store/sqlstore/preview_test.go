package sqlstore

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// held makes a role that n users hold.
func held(t *testing.T, s *Store, b *store.Book, n int) roles.Role {
	t.Helper()
	r, err := b.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: fmt.Sprint("Of ", n), Permissions: []string{"assets.view"}})
	must(t, err)
	home, err := b.Tenants.Default(t.Context())
	must(t, err)
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		for i := range n {
			number, err := tx.NextNumber(t.Context(), perms.KindUser)
			must(t, err)
			must(t, tx.InsertUser(t.Context(), users.User{
				ID: uuid.New(), Number: number, Username: fmt.Sprintf("holder%d-%d@example.com", n, i), Name: users.FullName("Holder"), Status: perms.Active, Version: 1,
				Tenants: []perms.Tenancy{perms.TenantOf(home.ID)}, Roles: []perms.Assignment{{Role: r.ID, Scope: perms.Anywhere}}, CreatedAt: noon, UpdatedAt: noon,
			}))
		}
		return nil
	}))
	return r
}

// The edit of a role costs the same, whoever holds it; its preview costs a constant number of statements for a page of them.
func TestRoleEditCostsNoHolders(t *testing.T) {
	s, _, f := openFaulty(t)
	b, err := store.Connect(t.Context(), s, store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	must(t, err)
	const ample = 1_000_000
	edit := func(r roles.Role) func(b *store.Book) error {
		return func(b *store.Book) error {
			_, err := b.Roles.Update(t.Context(), perms.System("test"), r.ID, roles.Update{Add: []string{"assets.edit"}, Remove: []string{"assets.view"}})
			return err
		}
	}
	statements := map[int]int64{}
	for _, n := range []int{3, 3000} {
		r := held(t, s, b, n)
		f.after.Store(ample)
		report, err := b.Preview(t.Context(), edit(r))
		must(t, err)
		if took := ample - f.after.Load(); took > 60 {
			t.Errorf("a preview for %d holders took %d statements", n, took)
		}
		if report.Gained != n || report.Lost != n || report.Cut {
			t.Errorf("%d gain and %d lose, want %d", report.Gained, report.Lost, n)
		}
		f.after.Store(ample)
		must(t, edit(r)(b))
		statements[n] = ample - f.after.Load()
		f.after.Store(-1)
	}
	if statements[3] != statements[3000] {
		t.Errorf("the edit takes %d statements for 3 holders and %d for 3,000", statements[3], statements[3000])
	}
}

// A preview in the host's transaction sees what that has written, and takes back only its own.
func TestPreviewJoined(t *testing.T) {
	s, db := openShared(t, Options{})
	b, err := store.Connect(t.Context(), s, store.Options{Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	must(t, err)
	tx := begin(t, db)
	_, err = tx.ExecContext(t.Context(), `insert into host values (1)`)
	must(t, err)
	joined := s.Join(tx)
	inside := b.On(joined)
	ann, err := inside.Users.Create(t.Context(), perms.System("test"), users.New{Email: "ann@example.com", Name: "Ann"})
	must(t, err)
	before, err := storetest.Dump(t.Context(), joined)
	must(t, err)
	report, err := inside.Preview(t.Context(), func(b *store.Book) error {
		return b.Users.SetOverride(t.Context(), perms.System("test"), ann.ID, perms.Grant("assets.view"))
	})
	must(t, err)
	if report.Gained != 1 || report.Gains[0].User != ann.ID {
		t.Errorf("report %+v", report)
	}
	if after, err := storetest.Dump(t.Context(), joined); err != nil || after != before {
		t.Errorf("the preview left its trace: %v", err)
	}
	must(t, tx.Commit())
	if n := count(t, db); n != 1 {
		t.Errorf("%d rows of the host's", n)
	}
	if _, err := b.Users.Get(t.Context(), perms.System("test"), ann.ID); err != nil {
		t.Errorf("what the host's transaction wrote before the preview is gone: %v", err)
	}
}

// An invariant that a change does not touch costs it nothing; one that it does costs a few statements, however many others hold what it asks for.
func TestInvariantCosts(t *testing.T) {
	s, _, f := openFaulty(t)
	catalog := perms.NewCatalog("assets.view", "assets.edit")
	free, err := store.Connect(t.Context(), s, store.Options{Catalog: catalog})
	must(t, err)
	few := held(t, s, free, 3)
	held(t, s, free, 3000)
	home, err := free.Tenants.Default(t.Context())
	must(t, err)
	away, err := free.Tenants.Create(t.Context(), perms.System("test"), users.NewTenant{Name: "Away", Slug: "away"})
	must(t, err)
	bound, err := free.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: "Bound", Permissions: []string{"assets.view"}, Scope: perms.In(away.ID)})
	must(t, err)
	guarded, err := store.Connect(t.Context(), s, store.Options{Catalog: catalog, Invariants: []perms.Invariant{
		{Name: "viewers", AtLeast: 2, Permissions: []perms.Permission{"assets.view"}, Scope: perms.In(home.ID)},
	}})
	must(t, err)
	holders, err := free.Users.List(t.Context(), perms.System("test"), users.Filter{Limit: 1})
	must(t, err)
	holder := users.ByID(holders[0].ID)
	refused := errors.New("refused") // so that each change finds what the one before found
	const ample = 1_000_000
	cost := func(b *store.Book, change func(b *store.Book) error) int64 {
		var took int64
		err := b.InTx(t.Context(), func(b *store.Book) error {
			f.after.Store(ample)
			must(t, change(b))
			took = ample - f.after.Load()
			f.after.Store(-1)
			return refused
		})
		if err != refused {
			t.Fatal(err)
		}
		return took
	}
	system := perms.System("test")
	for what, row := range map[string]struct {
		change func(b *store.Book) error
		more   int64
	}{
		"a name": {func(b *store.Book) error {
			_, err := b.Users.Update(t.Context(), system, holder, users.Update{Name: new(users.FullName("Another"))})
			return err
		}, 0},
		"a role of another tenant": {func(b *store.Book) error {
			_, err := b.Roles.Update(t.Context(), system, bound.ID, roles.Update{Remove: []string{"assets.view"}})
			return err
		}, 0},
		"what a role gives in addition": {func(b *store.Book) error {
			_, err := b.Roles.Update(t.Context(), system, few.ID, roles.Update{Add: []string{"assets.edit"}})
			return err
		}, 0},
		"another tenant's type": {func(b *store.Book) error {
			_, err := b.Tenants.Update(t.Context(), system, away.ID, users.TenantUpdate{Type: new(perms.RetiredTenant)})
			return err
		}, 0},
		"one holder of many": {func(b *store.Book) error {
			_, err := b.Users.Do(t.Context(), system, holders[0].ID, users.Suspend)
			return err
		}, 8},
		"a role of some of them": {func(b *store.Book) error {
			_, err := b.Roles.Update(t.Context(), system, few.ID, roles.Update{Remove: []string{"assets.view"}})
			return err
		}, 16},
	} {
		without, with := cost(free, row.change), cost(guarded, row.change)
		if with < without || with > without+row.more {
			t.Errorf("%s: %d statements with the invariant, %d without", what, with, without)
		}
	}
}
