package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Effort says how much [RunBook] does of what takes long.
type Effort struct {
	Duels     int // rounds of each pair of blows
	Histories int // random histories
	Steps     int // of each
	Storms    int // rounds in which 64 guests accept one invite
	Previews  int // random histories of which each step is previewed
	Pasts     int // steps of the histories whose past is asked for
}

// Thorough is the effort that shows what the library promises.
func Thorough() Effort {
	return Effort{Duels: 1000, Histories: 12, Steps: 1500, Storms: 10, Previews: 6, Pasts: 200}
}

// Quick is the effort for runs under the race detector.
func Quick() Effort {
	return Effort{Duels: 50, Histories: 4, Steps: 1000, Storms: 2, Previews: 2, Pasts: 100}
}

// RunBook checks what the services promise over a store, where it depends on the store: what happens at the same moment, what a preview leaves, and that
// the journal tells everything. Each case opens a new store. In short mode the effort is [Quick].
func RunBook(t *testing.T, open func(t *testing.T) store.Store, effort Effort) {
	if testing.Short() {
		effort = Quick()
	}
	t.Run("Duels", func(t *testing.T) { Duels(t, connect(t, open(t)), effort.Duels) })
	t.Run("Storms", func(t *testing.T) { storms(t, open(t), effort.Storms) })
	t.Run("Bootstrap", func(t *testing.T) { bootstrap(t, open(t)) })
	t.Run("Preview", func(t *testing.T) { preview(t, open(t)) })
	t.Run("InvariantDuels", func(t *testing.T) { InvariantDuels(t, open(t), max(effort.Duels/50, 5)) })
	t.Run("GuardedHistories", func(t *testing.T) { GuardedHistories(t, open, max(effort.Previews, 8), 250) }) // fewer may never come near a limit
	t.Run("Previews", func(t *testing.T) { Previews(t, open, effort.Previews, 40) })
	t.Run("InTx", func(t *testing.T) { inTx(t, open(t)) })
	t.Run("RoleRaces", func(t *testing.T) { roleRaces(t, connect(t, open(t)), 50) })
	t.Run("Checks", func(t *testing.T) { Checks(t, open, effort.Histories/2, effort.Steps/10) })
	t.Run("Histories", func(t *testing.T) { Histories(t, open, effort.Histories, effort.Steps) })
	t.Run("Follow", func(t *testing.T) {
		b := connect(t, open(t))
		Follow(t, b, b, 25)
	})
	t.Run("Pasts", func(t *testing.T) { Pasts(t, open, 2, effort.Pasts) })
}

func connect(t *testing.T, s store.Store) *store.Book {
	t.Helper()
	b, err := store.Connect(t.Context(), s, store.Options{Hasher: cheapHasher(t), Catalog: perms.NewCatalog("assets.view", "assets.edit")})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// together runs fn n times at the same moment.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

// storms lets 64 guests accept one invite, and 64 join by a link of five uses, at the same moment.
func storms(t *testing.T, s store.Store, rounds int) {
	b := connect(t, s)
	tenant, err := b.Tenants.Default(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		issued, err := b.Invites.Create(t.Context(), perms.System("storm"), invites.New{
			Email: fmt.Sprintf("invited%d@example.com", round), Role: seededRole(t, b), Tenant: perms.TenantOf(tenant.ID)})
		if err != nil {
			t.Fatal(err)
		}
		storm(t, 1, func(int) error {
			_, _, err := b.Invites.Accept(t.Context(), perms.Guest(), invites.Acceptance{Token: issued.Token.Reveal(), Name: "Guest", Password: "guest-river-2041"})
			return err
		})
		link, err := b.Invites.CreateLink(t.Context(), perms.System("storm"), invites.NewLink{Tenant: tenant.ID, MaxUses: new(int64(5))})
		if err != nil {
			t.Fatal(err)
		}
		storm(t, 5, func(i int) error {
			_, _, err := b.Invites.Join(t.Context(), perms.Guest(), invites.Joining{
				Token: link.Token.Reveal(), Email: fmt.Sprintf("joined%d-%d@example.com", round, i), Name: "Guest", Password: "guest-river-2041"})
			return err
		})
	}
	CheckFold(t, s)
}

// storm does something 64 times at once; just want of them may succeed, and the others must learn that it is gone, or that the address is taken.
func storm(t *testing.T, want int64, do func(i int) error) {
	t.Helper()
	var succeeded atomic.Int64
	together(64, func(i int) {
		err := do(i)
		switch kind := fault.KindOf(err); {
		case err == nil:
			succeeded.Add(1)
		case kind != fault.Gone && kind != fault.Unavailable:
			t.Errorf("a guest who came too late got %v", err)
		}
	})
	if got := succeeded.Load(); got != want {
		t.Errorf("%d succeeded, want %d", got, want)
	}
}

// seededRole returns the key of a role that sees assets.
func seededRole(t *testing.T, b *store.Book) string {
	t.Helper()
	err := b.Seed(t.Context(), perms.System("test"), roles.Preset{Roles: []roles.PresetRole{{Key: "viewer", Name: "Viewer", Patterns: []perms.Pattern{"assets.view"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return "viewer"
}

// bootstrap lets 16 processes make the first administrator at once: one does.
func bootstrap(t *testing.T, s store.Store) {
	b := connect(t, s)
	var made atomic.Int64
	together(16, func(i int) {
		_, created, err := b.Bootstrap(t.Context(), users.New{Email: fmt.Sprintf("root%d@example.com", i), Name: "Root", Tenants: []perms.Tenancy{perms.EveryTenant}})
		if err != nil {
			t.Error(err)
		}
		if created {
			made.Add(1)
		}
	})
	if made.Load() != 1 {
		t.Errorf("%d administrators were made, want 1", made.Load())
	}
}

func dump(t *testing.T, s store.Store) string {
	t.Helper()
	text, err := Dump(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// inTx puts several changes into one transaction: all happen, or none.
func inTx(t *testing.T, s store.Store) {
	b := connect(t, s)
	ctx, system := t.Context(), perms.System("test")
	change := func(b *store.Book, end error) error {
		role, err := b.Roles.Create(ctx, system, roles.New{Name: "Manager", Permissions: []string{"assets.*"}})
		if err != nil {
			return err
		}
		if _, err := b.Users.Create(ctx, system, users.New{Email: "ann@example.com", Name: "Ann", Roles: []string{role.Key}}); err != nil {
			return err
		}
		if _, err := b.Users.Create(ctx, system, users.New{Email: "ANN@example.com", Name: "Another"}); !errors.Is(err, users.ErrAddressTaken) {
			return fmt.Errorf("inside the transaction: %w", err)
		}
		return end
	}
	before, want := dump(t, s), errors.New("refused")
	if err := b.InTx(ctx, func(b *store.Book) error { return change(b, want) }); !errors.Is(err, want) {
		t.Fatalf("got %v", err)
	}
	if dump(t, s) != before {
		t.Error("a transaction that failed left its trace")
	}
	if err := b.InTx(ctx, func(b *store.Book) error { return change(b, nil) }); err != nil {
		t.Fatal(err)
	}
	list, err := b.Users.List(ctx, system, users.Filter{})
	if err != nil || len(list) != 1 {
		t.Errorf("%d users, %v; want one", len(list), err)
	}
	CheckFold(t, s)
}

// roleRaces deletes a role while it is assigned, and edits one version twice, at the same moment.
func roleRaces(t *testing.T, b *store.Book, rounds int) {
	ctx, system := t.Context(), perms.System("test")
	u, err := b.Users.Create(ctx, system, users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		role, err := b.Roles.Create(ctx, system, roles.New{Name: fmt.Sprint("Role ", i), Permissions: []string{"assets.view"}})
		if err != nil {
			t.Fatal(err)
		}
		editRace(t, b, role)
		deleteRace(ctx, t, b, u.ID, role.ID)
	}
}

// editRace lets two editors change the same version: one does, the other learns that it is stale.
func editRace(t *testing.T, b *store.Book, role roles.Role) {
	t.Helper()
	var done, stale atomic.Int64
	together(2, func(i int) {
		_, err := b.Roles.Update(t.Context(), perms.System("test"), role.ID, roles.Update{Description: new(fmt.Sprint("by ", i)), Version: role.Version})
		switch {
		case err == nil:
			done.Add(1)
		case errors.Is(err, roles.ErrStale):
			stale.Add(1)
		default:
			t.Error(err)
		}
	})
	if done.Load() != 1 || stale.Load() != 1 {
		t.Errorf("of two editors of one version %d succeeded and %d were stale", done.Load(), stale.Load())
	}
}

// deleteRace deletes a role while it is assigned: either is refused.
func deleteRace(ctx context.Context, t *testing.T, b *store.Book, user, role uuid.UUID) {
	t.Helper()
	var assigned, deleted error
	together(2, func(i int) {
		if i == 0 {
			_, assigned = b.Users.SetRoles(ctx, perms.System("test"), user, []perms.Assignment{{Role: role, Scope: perms.Anywhere}})
			return
		}
		deleted = b.Roles.Delete(ctx, perms.System("test"), role, 0)
	})
	if (assigned == nil) == (deleted == nil) {
		t.Errorf("assigned: %v, deleted: %v; want just one of both", assigned, deleted)
	}
	if assigned == nil {
		if _, err := b.Users.SetRoles(ctx, perms.System("test"), user, nil); err != nil {
			t.Error(err)
		}
	}
}
