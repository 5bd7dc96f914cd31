package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// target is a user whose one permission somebody switches on and off.
type target struct {
	name   string
	user   uuid.UUID
	p      perms.Permission
	toggle func(ctx context.Context, on bool) error
	state  atomic.Int64 // 4n and 4n+2 while it is on and off, odd while it is being switched
}

// turn switches the permission n times.
func (g *target) turn(ctx context.Context, n int) error {
	for i := range n {
		g.state.Add(1)
		if err := g.toggle(ctx, i%2 == 1); err != nil {
			return fmt.Errorf("%s, switch %d: %w", g.name, i, err)
		}
		g.state.Add(1)
	}
	return nil
}

// look asks, and reports whether the answer may be wrong: nobody switched meanwhile, and it is not what was there before and after.
func (g *target) look(ctx context.Context, a *perms.Authorizer) error {
	before := g.state.Load()
	d, err := a.CheckObject(ctx, g.user, g.p, perms.Home, perms.Object{Type: "dashboards", ID: 7})
	if err != nil {
		return err
	}
	if after := g.state.Load(); before == after && before%2 == 0 && d.Allowed != (before%4 == 0) {
		return fmt.Errorf("%s: on is %t, and the answer %+v", g.name, before%4 == 0, d)
	}
	return nil
}

// TestUnderFire lets people be revoked, suspended, stripped of roles, thrown out of groups, and their roles edited and windows begin and end, while readers
// check them all: what has returned is known, and what no revision says is never said.
func TestUnderFire(t *testing.T) {
	rounds := 2000
	if testing.Short() {
		rounds = 300
	}
	var clock atomic.Int64
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	d := newDesk(t, memory.New(), store.Options{Clock: func() time.Time { return start.Add(time.Duration(clock.Load())) }})
	targets := d.targets(start, &clock)
	swap, never := d.swapped(), d.neverHeld()

	var writers, readers sync.WaitGroup
	var done atomic.Bool
	run := func(turn func(ctx context.Context, n int) error) {
		writers.Go(func() {
			if err := turn(t.Context(), rounds); err != nil {
				t.Error(err)
			}
		})
	}
	for _, g := range targets {
		run(g.turn)
	}
	run(swap.turn)
	run(never.turn)
	for range 4 {
		readers.Go(func() {
			for !done.Load() && !t.Failed() {
				for _, g := range targets {
					if err := g.look(t.Context(), d.book.Perms); err != nil {
						t.Error(err)
					}
				}
				all, err := d.book.Perms.CheckAll(t.Context(), swap.user, perms.Home, "assets.view", "assets.edit")
				if err != nil || all[0].Allowed == all[1].Allowed || all[0].Revision != all[1].Revision {
					t.Errorf("not of one revision: %+v, %v", all, err)
				}
				if got, err := d.book.Perms.Check(t.Context(), never.user, "assets.edit", perms.Home); err != nil || got.Allowed {
					t.Errorf("what was never held: %+v, %v", got, err)
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
}

// custom creates a role of assets.view.
func (d *desk) custom(name string) roles.Role {
	d.Helper()
	r, err := d.book.Roles.Create(d.Context(), system, roles.New{Name: name, Permissions: []string{"assets.view"}})
	d.must(err)
	return r
}

func (d *desk) targets(start time.Time, clock *atomic.Int64) []*target {
	d.Helper()
	b := d.book
	named := func(name string) *target {
		return &target{name: name, user: d.user(name, d.custom(name).Key), p: "assets.view"}
	}
	revoked := named("revoked")
	revoked.toggle = func(ctx context.Context, on bool) error {
		if on {
			return b.Users.ClearOverride(ctx, system, revoked.user, "assets.view", perms.Anywhere)
		}
		return b.Users.SetOverride(ctx, system, revoked.user, perms.Revoke("assets.view"))
	}
	suspended := named("suspended")
	suspended.toggle = func(ctx context.Context, on bool) error {
		verb := users.Suspend
		if on {
			verb = users.Reactivate
		}
		_, err := b.Users.Do(ctx, system, suspended.user, verb)
		return err
	}
	stripped := named("stripped")
	stripped.toggle = func(ctx context.Context, on bool) error {
		var list []perms.Assignment
		if on {
			list = []perms.Assignment{{Role: d.role, Scope: perms.Anywhere}}
		}
		_, err := b.Users.SetRoles(ctx, system, stripped.user, list)
		return err
	}
	role := d.custom("edited")
	edited := &target{name: "edited role", user: d.user("edited", role.Key), p: "assets.view"}
	edited.toggle = func(ctx context.Context, on bool) error {
		up := roles.Update{Remove: []string{"assets.view"}, Add: []string{"users.list"}}
		if on {
			up = roles.Update{Add: []string{"assets.view"}, Remove: []string{"users.list"}}
		}
		_, err := b.Roles.Update(ctx, system, role.ID, up)
		return err
	}
	windowed := &target{name: "window", user: d.user("windowed"), p: "assets.view"}
	d.must(b.Users.SetOverride(d.Context(), system, windowed.user, perms.Grant("assets.view").During(perms.Window{StartsAt: start, ExpiresAt: start.Add(time.Hour)})))
	windowed.toggle = func(_ context.Context, on bool) error {
		clock.Store(0)
		if !on {
			clock.Store(int64(-time.Microsecond))
		}
		return nil
	}
	return []*target{revoked, suspended, stripped, edited, windowed, d.member()}
}

// member is in a group with which a dashboard is shared, and out of it.
func (d *desk) member() *target {
	d.Helper()
	ctx := d.Context()
	group, err := d.book.Groups.Create(ctx, system, users.NewGroup{Tenant: d.home, Name: "Group"})
	d.must(err)
	_, err = d.book.Groups.SetObjects(ctx, system, users.ByID(group.ID), "dashboards", []int64{7})
	d.must(err)
	g := &target{name: "member", user: d.user("member"), p: "dashboards.view"}
	g.toggle = func(ctx context.Context, on bool) error {
		if on {
			_, err := d.book.Groups.AddMembers(ctx, system, users.ByID(group.ID), []users.Ref{users.ByID(g.user)})
			return err
		}
		return d.book.Groups.RemoveMembers(ctx, system, users.ByID(group.ID), []users.Ref{users.ByID(g.user)})
	}
	d.must(g.toggle(ctx, true))
	return g
}

// swapped is a user whose role gives one of two permissions at any revision, and never both.
func (d *desk) swapped() *target {
	d.Helper()
	role := d.custom("swapped")
	return &target{name: "swapped", user: d.user("swapped", role.Key), toggle: func(ctx context.Context, on bool) error {
		up := roles.Update{Remove: []string{"assets.view"}, Add: []string{"assets.edit"}}
		if on {
			up = roles.Update{Add: []string{"assets.view"}, Remove: []string{"assets.edit"}}
		}
		_, err := d.book.Roles.Update(ctx, system, role.ID, up)
		return err
	}}
}

// neverHeld is a user who loses a role before it gains a permission, and gets it back after it has lost that: he never holds it.
func (d *desk) neverHeld() *target {
	d.Helper()
	role := d.custom("never")
	g := &target{name: "never held", user: d.user("never", role.Key)}
	g.toggle = func(ctx context.Context, on bool) error {
		if on {
			if _, err := d.book.Roles.Update(ctx, system, role.ID, roles.Update{Remove: []string{"assets.edit"}}); err != nil {
				return err
			}
			_, err := d.book.Users.SetRoles(ctx, system, g.user, []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}})
			return err
		}
		if _, err := d.book.Users.SetRoles(ctx, system, g.user, nil); err != nil {
			return err
		}
		_, err := d.book.Roles.Update(ctx, system, role.ID, roles.Update{Add: []string{"assets.edit"}})
		return err
	}
	return g
}
