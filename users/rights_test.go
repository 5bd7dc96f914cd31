package users_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Whoever looks, and at whomever: the rights of many are those of each, one by one.
func TestRightsOfManyAreThoseOfEach(t *testing.T) {
	w := newWorld(t)
	later := perms.Grant("assets.delete")
	later.StartsAt = w.now.Add(time.Hour)
	inBeta := perms.Grant("assets.edit")
	inBeta.Scope = perms.In(w.beta)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), inBeta))
	_, err := w.Users.SetRoles(w.ctx, system, w.id("zoe"), []perms.Assignment{
		{Role: w.role("helpdesk"), Scope: perms.In(w.acme)},
		{Role: w.role("viewer"), Scope: perms.Anywhere},
		{Role: w.role("editor"), Scope: perms.Anywhere, Window: perms.Window{StartsAt: w.now.Add(time.Hour)}},
	})
	w.must(err)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), later))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Revoke("assets.view")))
	w.add("typ", "viewer", perms.TenantsOfType(perms.ProductionTenant))
	w.add("nil", "viewer", perms.TenantOf(w.acme))
	_, err = w.Users.Update(w.ctx, system, users.ByID(w.id("nil")), users.Update{Tenants: &[]perms.Tenancy{}, Active: new(false)})
	w.must(err)
	read := users.Needs(perms.UsersRead).OrSelf()
	for _, actor := range []perms.Actor{w.as("root"), w.as("ann"), w.as("bea"), w.as("typ"), w.as("ann").In(w.acme), system} {
		list, err := w.Users.ListAs(w.ctx, actor, users.Needs(perms.UsersRead, "assets.view"), users.Filter{})
		w.must(err)
		all, err := w.Users.Rights(w.ctx, actor, list...)
		w.must(err)
		for i, u := range list {
			one, err := w.Users.Permissions(w.ctx, actor, read, users.ByID(u.ID), perms.Scope{})
			if err != nil {
				continue // seen in the list only
			}
			if !all[i].Computed.Equal(one.Computed) {
				t.Errorf("%v sees of %s %v in the list, and %v by himself", actor.User(), u.Name.Full, all[i].Computed, one.Computed)
			}
		}
	}
	all, err := w.Users.Rights(w.ctx, w.as("bea"), w.read("zoe"))
	w.must(err)
	if want := perms.NewSet("assets.edit", "assets.view"); !all[0].Computed.Equal(want) || len(all[0].Roles) != 1 || all[0].Roles[0].Key != "viewer" {
		t.Errorf("zoe in beta: %v, want %v", all[0], want)
	}
}

// What a user holds is not taken for what the one before him in the list does if they differ in anything that bears on it.
func TestRightsOfNeighbours(t *testing.T) {
	w := newWorld(t)
	w.add("nan", "viewer", perms.TenantOf(w.acme))
	w.add("ned", "editor", perms.TenantOf(w.acme))
	w.add("nel", "viewer", perms.EveryTenant)
	w.add("nia", "viewer", perms.TenantsOfType(perms.ProductionTenant))
	w.add("nik", "viewer", perms.TenantOf(w.acme))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("nik"), perms.Revoke("assets.view")))
	for _, names := range [][]string{{"vic", "nan"}, {"vic", "ned"}, {"vic", "nel"}, {"nel", "nia"}, {"vic", "nik"}, {"nik", "vic"}} {
		first, second := w.read(names[0]), w.read(names[1])
		both, err := w.Users.Rights(w.ctx, system, first, second)
		w.must(err)
		alone, err := w.Users.Rights(w.ctx, system, second)
		w.must(err)
		if !both[1].Computed.Equal(alone[0].Computed) {
			t.Errorf("%s after %s: %v, alone %v", names[1], names[0], both[1].Computed, alone[0].Computed)
		}
	}
}

func TestAdmitted(t *testing.T) {
	w := newWorld(t)
	_, err := w.Users.Do(w.ctx, system, w.id("ada"), users.Delete)
	w.must(err)
	everyone := []string{"root", "ann", "ada", "hal", "vic", "bea", "zoe"}
	for _, c := range []struct {
		actor string
		op    users.Operation
		want  []string
	}{
		{"root", users.Needs(perms.UsersRead), []string{"root", "ann", "hal", "vic", "bea", "zoe"}},
		{"root", users.Needs(perms.UsersRead).OrDeleted(), everyone},
		{"ann", users.Needs(perms.UsersRead), []string{"ann", "hal", "vic", "zoe"}},
		{"bea", users.Needs(perms.UsersRead), []string{"bea", "zoe"}},
		{"vic", users.Needs(perms.UsersRead), nil},
		{"vic", users.Needs(perms.UsersRead).OrSelf(), []string{"vic"}},
		{"ada", users.Needs(perms.UsersRead).OrSelf().OrDeleted(), nil},
	} {
		var list []users.User
		for _, name := range everyone {
			list = append(list, w.read(name))
		}
		admitted, err := w.Users.Admitted(w.ctx, w.as(c.actor), c.op, list...)
		w.must(err)
		var got []string
		for i, yes := range admitted {
			if yes {
				got = append(got, everyone[i])
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.actor, got, c.want)
		}
	}
}

func TestReassigned(t *testing.T) {
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	a, b, c, acme := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	past, future, open := perms.Window{ExpiresAt: now}, perms.Window{StartsAt: now.Add(1)}, perms.Window{ExpiresAt: now.Add(time.Hour)}
	any := func(role uuid.UUID, w perms.Window) perms.Assignment {
		return perms.Assignment{Role: role, Scope: perms.Anywhere, Window: w}
	}
	bound := func(role uuid.UUID) perms.Assignment { return perms.Assignment{Role: role, Scope: perms.In(acme)} }
	always := perms.Window{}
	for _, c := range []struct {
		name string
		list []perms.Assignment
		to   []uuid.UUID
		want []perms.Assignment
	}{
		{"none", nil, nil, nil},
		{"the first", nil, []uuid.UUID{a}, []perms.Assignment{any(a, always)}},
		{"the same", []perms.Assignment{bound(c), any(a, open), any(b, always)}, []uuid.UUID{a, b}, []perms.Assignment{bound(c), any(a, open), any(b, always)}},
		{"another order", []perms.Assignment{any(a, open), bound(a), any(b, always)}, []uuid.UUID{b, a}, []perms.Assignment{any(b, always), bound(a), any(a, open)}},
		{"one more", []perms.Assignment{any(a, open), bound(b)}, []uuid.UUID{a, b}, []perms.Assignment{any(a, open), any(b, always), bound(b)}},
		{"the first among others", []perms.Assignment{bound(b)}, []uuid.UUID{a}, []perms.Assignment{bound(b), any(a, always)}},
		{"one less", []perms.Assignment{any(a, open), bound(b), any(c, always)}, []uuid.UUID{c}, []perms.Assignment{any(c, always), bound(b)}},
		{"emptied", []perms.Assignment{any(a, open), bound(b), any(c, future)}, nil, []perms.Assignment{bound(b), any(c, future)}},
		{"another time gives way", []perms.Assignment{any(a, past), any(b, future), any(c, always)}, []uuid.UUID{c, b, a}, []perms.Assignment{any(c, always), any(b, always), any(a, always)}},
		{"twice", nil, []uuid.UUID{a, a}, []perms.Assignment{any(a, always)}},
	} {
		before := slices.Clone(c.list)
		if got := users.Reassigned(c.list, c.to, now); !slices.EqualFunc(got, c.want, perms.Assignment.Equal) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if !slices.EqualFunc(before, c.list, perms.Assignment.Equal) {
			t.Errorf("%s: the list that was given has changed", c.name)
		}
	}
}

// What the actor does not see of a list stays in its place when he writes what he sees: a home that is not his to see stays the home.
func TestUnseenEntriesKeepTheirPlaces(t *testing.T) {
	w := newWorld(t)
	gamma := w.tenant("gamma")
	all := func(names ...uuid.UUID) []perms.Tenancy {
		var out []perms.Tenancy
		for _, id := range names {
			out = append(out, perms.TenantOf(id))
		}
		return out
	}
	w.add("two", "admin", all(w.acme, gamma)...)
	w.add("pat", "viewer", all(w.beta, w.acme, gamma)...)
	own, err := w.Roles.Create(w.ctx, system, newRole("Own", w.beta))
	w.must(err)
	in := func(role uuid.UUID, tenant uuid.UUID) perms.Assignment {
		return perms.Assignment{Role: role, Scope: perms.In(tenant)}
	}
	viewer := w.role("viewer")
	_, err = w.Users.SetRoles(w.ctx, system, w.id("pat"), []perms.Assignment{in(viewer, w.beta), in(viewer, w.acme), in(own.ID, w.beta), in(viewer, gamma)})
	w.must(err)

	edit := func(up users.Update) {
		t.Helper()
		_, err := w.Users.Edit(w.ctx, w.as("two"), users.Needs(perms.UsersAssign), users.ByID(w.id("pat")), func(users.User) (users.Update, error) { return up, nil })
		w.must(err)
	}
	version := w.read("pat").Version
	shown := []perms.Assignment{in(viewer, w.acme), in(viewer, gamma)}
	here := all(w.acme, gamma)
	edit(users.Update{Roles: &shown, Tenants: &here})
	if got := w.read("pat").Version; got != version {
		t.Error("what was shown and is sent back is a change")
	}
	less := []perms.Assignment{in(viewer, gamma)}
	edit(users.Update{Roles: &less})
	want := []perms.Assignment{in(viewer, w.beta), in(viewer, gamma), in(own.ID, w.beta)}
	if got := w.read("pat").Roles; !slices.EqualFunc(got, want, perms.Assignment.Equal) {
		t.Errorf("roles %v, want %v", got, want)
	}
	left := all(gamma)
	edit(users.Update{Tenants: &left})
	if got := w.read("pat").Tenants; !slices.Equal(got, all(w.beta, gamma)) {
		t.Errorf("tenants %v", got)
	}
}
