package sqlstore

import (
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
