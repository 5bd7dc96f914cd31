//go:build cgo && !race

package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// A warm check allocates nothing, of a Book in memory and of one in a file; what returns a list, the list alone.
func TestWarmChecksAllocateNothing(t *testing.T) {
	file, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "warm.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, s := range map[string]store.Store{"memory": memory.New(), "sqlite": file} {
		t.Run(name, func(t *testing.T) { warmChecks(t, s) })
	}
}

func warmChecks(t *testing.T, s store.Store) {
	ctx, system := t.Context(), perms.System("test")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	must(err)
	const edit, see = perms.Permission("assets.edit"), perms.Permission("assets.view")
	b, err := store.Connect(ctx, s, store.Options{Catalog: perms.NewCatalog(edit, see), Hasher: hasher, MaxStaleness: time.Hour})
	must(err)
	role, err := b.Roles.Create(ctx, system, roles.New{Name: "Editor", Permissions: []string{string(edit)}, Scope: perms.Anywhere})
	must(err)
	u, err := b.Users.Create(ctx, system, users.New{Email: "ann@example.com", Name: "Ann", Password: "correct horse battery", Roles: []string{role.Key}})
	must(err)
	must(b.Users.SetOverride(ctx, system, u.ID, perms.Grant(see)))
	a := b.Perms
	handle, elsewhere := a.Handle(edit), perms.NewAuthorizer(s, nil, perms.Env{}).Handle(see)
	held, err := a.Resolve(ctx, u.ID, perms.Home)
	must(err)
	both := []perms.Permission{edit, see}
	for name, check := range map[string]struct {
		most float64
		yes  func() bool
	}{
		"Check":        {0, func() bool { d, err := a.Check(ctx, u.ID, edit, perms.Home); return err == nil && d.Allowed }},
		"Can":          {0, func() bool { return a.Can(ctx, u.ID, see, perms.Home) }},
		"CheckHandle":  {0, func() bool { d, err := a.CheckHandle(ctx, u.ID, handle, perms.Home); return err == nil && d.Allowed }},
		"Resolved.Can": {0, func() bool { return held.Can(handle) && held.Can(elsewhere) }},
		"CheckAll": {1, func() bool {
			all, err := a.CheckAll(ctx, u.ID, perms.Home, both...)
			return err == nil && all[0].Allowed && all[1].Allowed
		}},
	} {
		if !check.yes() {
			t.Errorf("%s: no", name)
		}
		if got := testing.AllocsPerRun(1000, func() { check.yes() }); got > check.most {
			t.Errorf("%s allocates %v objects", name, got)
		}
	}
}
