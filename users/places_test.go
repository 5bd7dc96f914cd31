package users_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// The key of a change is held wherever the change counts: what its holder has in one tenant takes nothing from a user in another, by whatever way.
func TestEachTenantTakesTheKeyThere(t *testing.T) {
	edits := func(up func(w *world) users.Update) func(*world) error {
		return func(w *world) error {
			op := users.Needs(perms.OverridesWrite, perms.UsersAssign, perms.FeaturesWrite)
			_, err := w.Users.Edit(w.ctx, w.as("act"), op, users.ByID(w.id("zoe")), func(users.User) (users.Update, error) { return up(w), nil })
			return err
		}
	}
	sets := func(o perms.Override, in ...string) func(*world) error {
		return edits(func(w *world) users.Update {
			for _, slug := range in {
				o = o.In(w.named(slug))
			}
			return users.Update{Set: []perms.Override{o}}
		})
	}
	assigns := func(role func(w *world) uuid.UUID, scope func(w *world) perms.Scope) func(*world) error {
		return func(w *world) error {
			list := append(w.read("zoe").Roles, perms.Assignment{Role: role(w), Scope: scope(w)})
			return edits(func(*world) users.Update { return users.Update{Roles: &list} })(w)
		}
	}
	viewer := func(w *world) uuid.UUID { return w.role("viewer") }
	own := func(slug string) func(w *world) uuid.UUID {
		return func(w *world) uuid.UUID {
			r, err := w.Roles.Create(w.ctx, system, newRole(slug+"'s", w.named(slug)))
			w.must(err)
			return r.ID
		}
	}
	listed := func(set []perms.Override, list func(w *world) []perms.Tenancy) func(*world) error {
		return edits(func(w *world) users.Update { return users.Update{Tenants: new(list(w)), Set: set} })
	}
	inAcme, inBeta := func(w *world) perms.Scope { return perms.In(w.acme) }, func(w *world) perms.Scope { return perms.In(w.beta) }
	anywhere := func(*world) perms.Scope { return perms.Anywhere }
	onlyAcme := func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.acme)} }
	onlyBeta := func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta)} }
	revoke, feature := perms.Revoke("assets.view"), perms.Grant(perms.FeaturesAI)
	for _, c := range []struct {
		what       string
		acme, beta []string // what the actor holds where
		do         func(w *world) error
		want       perms.Permission // that he lacks
	}{
		{"override there", []string{"overrides.write"}, []string{"users.assign"}, sets(revoke, "acme"), ""},
		{"override elsewhere", []string{"overrides.write"}, []string{"users.assign"}, sets(revoke, "beta"), perms.OverridesWrite},
		{"override anywhere", []string{"overrides.write"}, []string{"users.assign"}, sets(revoke), perms.OverridesWrite},
		{"override anywhere, by both", []string{"overrides.write"}, []string{"overrides.write"}, sets(revoke), ""},
		{"a feature there", []string{"features.write"}, []string{"users.assign"}, sets(feature, "acme"), ""},
		{"a feature elsewhere", []string{"features.write"}, []string{"users.assign"}, sets(feature, "beta"), perms.FeaturesWrite},
		{"a feature anywhere", []string{"features.write"}, []string{"users.assign"}, sets(feature), perms.FeaturesWrite},
		{"a feature anywhere, by either", []string{"features.write"}, []string{"overrides.write"}, sets(feature), ""},
		{"an override by features.write", []string{"features.write"}, nil, sets(revoke, "acme"), perms.OverridesWrite},
		{"clear elsewhere", []string{"overrides.write"}, []string{"users.assign"}, edits(func(w *world) users.Update {
			return users.Update{Clear: []perms.Override{perms.Revoke("assets.edit").In(w.beta)}}
		}), perms.OverridesWrite},
		{"clear there", []string{"users.assign"}, []string{"overrides.write", "assets.edit"}, edits(func(w *world) users.Update {
			return users.Update{Clear: []perms.Override{perms.Revoke("assets.edit").In(w.beta)}}
		}), ""},
		{"role there", []string{"users.assign"}, []string{"overrides.write"}, assigns(viewer, inAcme), ""},
		{"role elsewhere", []string{"users.assign"}, []string{"overrides.write"}, assigns(viewer, inBeta), perms.UsersAssign},
		{"role anywhere", []string{"users.assign"}, []string{"overrides.write"}, edits(func(*world) users.Update { return users.Update{Roles: &[]perms.Assignment{}} }), perms.UsersAssign},
		{"a tenant's own role anywhere", []string{"users.assign"}, []string{"overrides.write"}, assigns(own("acme"), anywhere), ""},
		{"another's own role anywhere", []string{"users.assign"}, []string{"overrides.write"}, assigns(own("beta"), anywhere), perms.UsersAssign},
		{"leave, with an override", []string{"overrides.write"}, []string{"users.assign"}, listed(nil, onlyAcme), ""},
		{"leave elsewhere", []string{"users.assign"}, []string{"overrides.write"}, listed(nil, onlyAcme), perms.UsersAssign},
		{"leave, and override by the way", []string{"users.assign"}, nil, listed([]perms.Override{revoke}, onlyBeta), perms.OverridesWrite},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			w.crossing(c.acme, c.beta)
			checkLacks(t, c.do(w), c.want)
		})
	}
}

// A type of tenants is taken by nobody who may not assign throughout it.
func TestTakingATypeTakesTheKeyInAllOfIt(t *testing.T) {
	w := newWorld(t)
	list := []perms.Tenancy{perms.TenantOf(w.acme), perms.TenantsOfType(perms.TestTenant)}
	w.add("act", "viewer", list...)
	w.add("tom", "viewer", list...)
	for _, c := range []struct {
		scope perms.Scope // of the actor's key
		want  perms.Permission
	}{{perms.In(w.acme), perms.UsersAssign}, {perms.Anywhere, ""}} {
		_, err := w.Users.SetRoles(w.ctx, system, w.id("act"), []perms.Assignment{{Role: w.role("viewer"), Scope: perms.Anywhere}, {Role: w.role("assigner"), Scope: c.scope}})
		w.must(err)
		_, err = w.Users.Edit(w.ctx, w.as("act"), users.Needs(perms.UsersAssign), users.ByID(w.id("tom")), func(users.User) (users.Update, error) {
			return users.Update{Tenants: new(list[:1])}, nil
		})
		checkLacks(t, err, c.want)
	}
}

// Who leaves a type of tenants loses the overrides in each of them, and that takes users.assign in it, however much else its holder may do.
func TestLeavingATypeTakesTheKeyInItsTenants(t *testing.T) {
	w := newWorld(t)
	acme, typed := perms.TenantOf(w.acme), perms.TenantsOfType(perms.ProductionTenant)
	w.add("act", "root", acme, typed)
	w.add("tom", "viewer", acme, typed)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("tom"), perms.Revoke("assets.edit").In(w.beta)))
	leave := func() error {
		_, err := w.Users.Update(w.ctx, w.as("act"), users.ByID(w.id("tom")), users.Update{Tenants: &[]perms.Tenancy{acme}})
		return err
	}
	w.must(w.Users.SetOverride(w.ctx, system, w.id("act"), perms.Revoke(perms.UsersAssign).In(w.beta)))
	checkLacks(t, leave(), perms.UsersAssign)
	w.must(w.Users.ClearOverride(w.ctx, system, w.id("act"), perms.UsersAssign, perms.In(w.beta)))
	w.must(leave())
	if left := w.read("tom").Overrides; len(left) > 0 {
		t.Errorf("kept %v", left)
	}
}

// crossing adds act, who holds some keys in one tenant and some in the other, what zoe holds too, and zoe's override in beta.
func (w *world) crossing(acme, beta []string) {
	w.t.Helper()
	list := []perms.Assignment{{Role: w.role("viewer"), Scope: perms.Anywhere}}
	for _, row := range []struct {
		slug string
		keys []string
	}{{"acme", acme}, {"beta", beta}} {
		held, err := w.Roles.Create(w.ctx, system, roles.New{Name: "act's in " + row.slug, Permissions: row.keys})
		w.must(err)
		list = append(list, perms.Assignment{Role: held.ID, Scope: perms.In(w.named(row.slug))})
	}
	both := []perms.Tenancy{perms.TenantOf(w.acme), perms.TenantOf(w.beta)}
	w.add("act", "viewer", both...)
	_, err := w.Users.SetRoles(w.ctx, system, w.id("act"), list)
	w.must(err)
	_, err = w.Users.Update(w.ctx, system, users.ByID(w.id("zoe")), users.Update{Tenants: &both, Set: []perms.Override{perms.Revoke("assets.edit").In(w.beta)}})
	w.must(err)
}

// named returns the tenant with a slug.
func (w *world) named(slug string) uuid.UUID {
	if slug == "acme" {
		return w.acme
	}
	return w.beta
}

// Who acts in one tenant alone takes nobody out of another one, nor brings him there.
func TestNarrowedActorsKeepToTheirTenant(t *testing.T) {
	w := newWorld(t)
	w.crossing([]string{"users.assign", "users.update"}, []string{"users.assign", "users.update"})
	w.must(w.Users.ClearOverride(w.ctx, system, w.id("zoe"), "assets.edit", perms.In(w.beta)))
	leave := users.Update{Tenants: &[]perms.Tenancy{perms.TenantOf(w.acme)}}
	_, err := w.Users.Update(w.ctx, w.as("act").In(w.acme), users.ByID(w.id("zoe")), leave)
	checkLacks(t, err, perms.UsersAssign)
	_, err = w.Users.Update(w.ctx, w.as("act"), users.ByID(w.id("zoe")), leave)
	checkLacks(t, err, "")
}

// An override takes its key where the user is seen, too: nobody of one tenant sees staff, and whoever is brought to a tenant is seen there at once.
func TestOverridesOfWhoIsSeenThere(t *testing.T) {
	w := newWorld(t)
	w.add("act", "editor", perms.EveryTenant)
	w.add("sid", "viewer", perms.EveryTenant)
	here, err := w.Roles.Create(w.ctx, system, roles.New{Name: "Here", Permissions: []string{"overrides.write"}})
	w.must(err)
	_, err = w.Users.SetRoles(w.ctx, system, w.id("act"), []perms.Assignment{{Role: w.role("editor"), Scope: perms.Anywhere}, {Role: here.ID, Scope: perms.In(w.acme)}})
	w.must(err)
	up := users.Update{Set: []perms.Override{perms.Revoke("assets.view").In(w.acme)}}
	for name, want := range map[string]perms.Permission{"sid": perms.OverridesWrite, "vic": ""} {
		_, err := w.Users.Update(w.ctx, w.as("act"), users.ByID(w.id(name)), up)
		checkLacks(t, err, want)
	}
	w = newWorld(t)
	w.crossing([]string{"users.assign", "users.update"}, []string{"users.assign", "overrides.write"})
	both := []perms.Tenancy{perms.TenantOf(w.acme), perms.TenantOf(w.beta)}
	_, err = w.Users.Update(w.ctx, w.as("act"), users.ByID(w.id("vic")), users.Update{Tenants: &both, Set: []perms.Override{perms.Revoke("assets.view").In(w.beta)}})
	checkLacks(t, err, "")
}
