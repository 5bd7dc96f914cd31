package faults

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// blows are the ways in which an administrator takes another one's office.
var blows = []string{"demote", "suspend", "delete"}

// Two administrators strike at each other at the same moment, by every pair of blows, each in another process. One of them is left.
func TestDuels(t *testing.T) {
	onSites(t, twoProcesses, func(t *testing.T, s *site) {
		d := &duel{site: s}
		struck := 0
		for i, first := range blows {
			for _, second := range blows[i:] {
				for range full(10, 1000) {
					struck += d.round(first, second)
				}
			}
		}
		if struck == 0 {
			t.Error("no blow has struck")
		}
		storetest.CheckFold(t, s.store)
	})
}

// duel is a site with two administrators, who are renewed before each round.
type duel struct {
	*site
	made   int
	admins [2]uuid.UUID
}

// round lets both strike, and returns how many blows have struck.
func (d *duel) round(first, second string) int {
	d.t.Helper()
	for i := range d.admins {
		d.admins[i] = d.admin(d.admins[i])
	}
	said := d.both(order{Do: first, User: d.admins[1], By: d.admins[0]}, order{Do: second, User: d.admins[0], By: d.admins[1]})
	struck := 0
	for _, text := range said {
		switch {
		case text == "":
			struck++
		case !strings.Contains(text, perms.ErrForbidden.Error()) && !strings.Contains(text, perms.ErrLockout.Error()):
			d.t.Fatalf("a blow ended in %s", text)
		}
	}
	left, err := perms.AnyAdministrator(d.t.Context(), d.store, d.book.Catalog(), d.book.Now())
	must(d.t, err)
	if !left || struck == 2 {
		d.t.Fatalf("%s and %s: an administrator is left: %t; %v", first, second, left, said)
	}
	return struck
}

// both gives two processes an order each, at the same time, and returns why they did not obey.
func (s *site) both(first, second order) (said [2]string) {
	s.t.Helper()
	var wg sync.WaitGroup
	wg.Go(func() { said[0] = s.ask[0](first).Err })
	wg.Go(func() { said[1] = s.ask[1](second).Err })
	wg.Wait()
	return said
}

// admin returns the administrator as he was before he was struck; a new one for nobody, and for who was deleted.
func (d *duel) admin(id uuid.UUID) uuid.UUID {
	d.t.Helper()
	ctx := d.t.Context()
	role, err := d.store.RoleByKey(ctx, "root")
	must(d.t, err)
	office := []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}}
	if id != uuid.Nil {
		_, err = d.book.Users.Edit(ctx, system, users.Needs(), users.ByID(id), func(users.User) (users.Update, error) {
			return users.Update{Roles: &office, Active: new(true)}, nil
		})
		if err == nil {
			return id
		}
	}
	d.made++
	u, err := d.book.Users.Create(ctx, system, users.New{
		Email: fmt.Sprintf("admin%d@example.com", d.made), Name: "Admin", Roles: []string{"root"}, Tenants: []perms.Tenancy{perms.EveryTenant},
	})
	must(d.t, err)
	return u.ID
}

// The control: of two who count who is left before they strike, nobody is.
func TestNaiveDuels(t *testing.T) {
	s, db := newNaive(t)
	fell, rounds := 0, full(20, 1000)
	for range rounds {
		execute(t, db, "delete from naive; insert into naive values ('ann', false), ('bob', false)")
		if said := s.both(order{Do: "oust", Name: "ann"}, order{Do: "oust", Name: "bob"}); said == [2]string{} {
			fell++
		}
	}
	if t.Logf("nobody is left of %d duels in %d", rounds, fell); fell == 0 {
		t.Error("nothing has raced")
	}
}
