package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// blow is one way in which an administrator takes another one's office.
type blow struct {
	name string
	do   func(ctx context.Context, b *store.Book, by perms.Actor, at uuid.UUID) error
}

// blows are the ways that a duel knows.
func blows() []blow {
	return []blow{
		{"demote", func(ctx context.Context, b *store.Book, by perms.Actor, at uuid.UUID) error {
			_, err := b.Users.SetRoles(ctx, by, at, nil)
			return err
		}},
		{"suspend", func(ctx context.Context, b *store.Book, by perms.Actor, at uuid.UUID) error {
			_, err := b.Users.Do(ctx, by, at, users.Suspend)
			return err
		}},
		{"delete", func(ctx context.Context, b *store.Book, by perms.Actor, at uuid.UUID) error {
			_, err := b.Users.Purge(ctx, by, users.ByID(at), false, 0)
			return err
		}},
	}
}

// Duels lets the last two administrators of a book strike at each other at the same moment, by every pair of blows, rounds times each: however it comes out,
// one of them is left. The book must be new.
func Duels(t *testing.T, b *store.Book, rounds int) {
	d := &duel{t: t, b: b}
	if err := b.Seed(t.Context(), perms.System("duel"), roles.Preset{Roles: []roles.PresetRole{{Key: "root", Name: "Root", Patterns: []perms.Pattern{perms.AllPattern}}}}); err != nil {
		t.Fatal(err)
	}
	all := blows()
	for i, first := range all {
		for _, second := range all[i:] {
			t.Run(first.name+" and "+second.name, func(t *testing.T) {
				d.t = t
				for range rounds {
					d.round(first, second)
				}
			})
		}
	}
}

// duel is a book with two administrators, renewed before each round.
type duel struct {
	t    *testing.T
	b    *store.Book
	made int
	left [2]uuid.UUID
}

func (d *duel) round(first, second blow) {
	d.t.Helper()
	for i := range d.left {
		d.left[i] = d.restored(d.left[i])
	}
	var (
		wg   sync.WaitGroup
		errs [2]error
	)
	wg.Go(func() { errs[0] = first.do(d.t.Context(), d.b, perms.As(d.left[0]), d.left[1]) })
	wg.Go(func() { errs[1] = second.do(d.t.Context(), d.b, perms.As(d.left[1]), d.left[0]) })
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, perms.ErrForbidden) && !errors.Is(err, perms.ErrLockout) {
			d.t.Fatalf("a blow ended in %v", err)
		}
	}
	if errs[0] == nil && errs[1] == nil {
		d.t.Fatal("both blows struck")
	}
	if !d.administers(d.left[0]) && !d.administers(d.left[1]) {
		d.t.Fatalf("no administrator is left: %v, %v", errs[0], errs[1])
	}
}

// administers reports whether a user holds a critical permission platform-wide.
func (d *duel) administers(id uuid.UUID) bool {
	decision, err := d.b.Perms.Check(d.t.Context(), id, perms.UsersAssign, perms.Anywhere)
	if err != nil {
		d.t.Fatal(err)
	}
	return decision.Allowed
}

// restored returns the administrator as he was before the last round; a new one if there is none, or no longer.
func (d *duel) restored(id uuid.UUID) uuid.UUID {
	if id != uuid.Nil && d.administers(id) {
		return id
	}
	ctx, system := d.t.Context(), perms.System("duel")
	role, err := d.b.Roles.Find(ctx, system, roles.ByKey("root"), perms.RolesRead)
	if err != nil {
		d.t.Fatal(err)
	}
	office := []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}}
	_, err = d.b.Users.Edit(ctx, system, users.Needs(), users.ByID(id), func(users.User) (users.Update, error) {
		return users.Update{Roles: &office, Active: new(true)}, nil
	})
	if err == nil {
		return id
	}
	d.made++
	u, err := d.b.Users.Create(ctx, system, users.New{
		Email: fmt.Sprintf("duellist%d@example.com", d.made), Name: "Duellist", Roles: []string{"root"}, Tenants: []perms.Tenancy{perms.EveryTenant},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return u.ID
}
