package users_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// A permission is granted if nothing else gives it and no revoke takes it, and nothing is ever taken away.
func TestGrantAdds(t *testing.T) {
	override := func(o perms.Override, in perms.Scope, w perms.Window) perms.Override {
		o.Scope, o.Window = in, w
		return o
	}
	always := perms.Window{}
	for _, c := range []struct {
		name  string
		there func(w *world) []perms.Override
		up    func(w *world) users.Update
		want  []perms.Permission // granted by overrides that count anywhere, without an end
	}{
		{"what is not held", nil, func(*world) users.Update {
			return users.Update{Grant: []perms.Permission{"assets.edit", "assets.edit"}}
		}, []perms.Permission{"assets.edit"}},
		{"what a role gives", nil, func(*world) users.Update { return users.Update{Grant: []perms.Permission{"assets.view"}} }, nil},
		{"what a role has given before", nil, func(*world) users.Update {
			return users.Update{Grant: []perms.Permission{"assets.view"}, Roles: &[]perms.Assignment{}}
		}, nil},
		{"what a role gives from now on", nil, func(w *world) users.Update {
			return users.Update{Grant: []perms.Permission{"users.update"}, Roles: &[]perms.Assignment{{Role: w.role("editor"), Scope: perms.Anywhere}}}
		}, nil},
		{"what is revoked", func(*world) []perms.Override { return []perms.Override{perms.Revoke("assets.view")} }, func(*world) users.Update {
			return users.Update{Grant: []perms.Permission{"assets.view"}}
		}, nil},
		{"what will be revoked", func(w *world) []perms.Override {
			return []perms.Override{override(perms.Revoke("assets.edit"), perms.Anywhere, perms.Window{StartsAt: w.now.Add(time.Hour)})}
		}, func(*world) users.Update { return users.Update{Grant: []perms.Permission{"assets.edit"}} }, nil},
		{"what is revoked at home", func(w *world) []perms.Override {
			return []perms.Override{override(perms.Revoke("assets.view"), perms.In(w.acme), always)}
		}, func(*world) users.Update { return users.Update{Grant: []perms.Permission{"assets.view"}} }, nil},
		{"what is granted for a while", func(w *world) []perms.Override {
			return []perms.Override{override(perms.Grant("assets.edit"), perms.Anywhere, perms.Window{ExpiresAt: w.now.Add(time.Hour)})}
		}, func(*world) users.Update { return users.Update{Grant: []perms.Permission{"assets.edit"}} }, nil},
		{"what will be granted", func(w *world) []perms.Override {
			return []perms.Override{override(perms.Grant("assets.edit"), perms.Anywhere, perms.Window{StartsAt: w.now.Add(time.Hour)})}
		}, func(*world) users.Update { return users.Update{Grant: []perms.Permission{"assets.edit"}} }, []perms.Permission{"assets.edit"}},
		{"nothing", func(*world) []perms.Override { return []perms.Override{perms.Grant("assets.edit")} }, func(*world) users.Update {
			return users.Update{}
		}, []perms.Permission{"assets.edit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.there != nil {
				for _, o := range c.there(w) {
					w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), o))
				}
			}
			before := len(w.read("vic").Overrides)
			_, err := w.Users.Update(w.ctx, w.as("root"), users.ByID(w.id("vic")), c.up(w))
			w.must(err)
			var got []perms.Permission
			after := w.read("vic").Overrides
			for _, o := range after {
				if o.Granted && o.Scope == perms.Anywhere && o.Window == always {
					got = append(got, o.Permission)
				}
			}
			if !slices.Equal(got, c.want) || len(after) < before {
				t.Errorf("overrides %v, want %v granted", after, c.want)
			}
		})
	}
}

// An expired revoke gives way; a revoke of one tenant stays beside the grant.
func TestGrantAfterARevoke(t *testing.T) {
	w := newWorld(t)
	gone := perms.Revoke("assets.view")
	gone.ExpiresAt = w.now.Add(time.Minute)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), gone))
	elsewhere := perms.Revoke("assets.edit")
	elsewhere.Scope = perms.In(w.beta)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), elsewhere))
	w.now = w.now.Add(time.Hour)
	_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("zoe")), users.Update{Roles: &[]perms.Assignment{}, Tenants: nil})
	w.must(err)
	_, err = w.Users.Update(w.ctx, system, users.ByID(w.id("zoe")), users.Update{Grant: []perms.Permission{"assets.view", "assets.edit"}})
	w.must(err)
	for _, in := range []uuid.UUID{w.acme, w.beta} {
		held, err := w.Perms.Effective(w.ctx, w.id("zoe"), perms.In(in))
		w.must(err)
		if !held.Has("assets.view") || held.Has("assets.edit") != (in == w.acme) {
			t.Errorf("%v", held)
		}
	}
}

func TestGrantIsJudged(t *testing.T) {
	for _, c := range []struct {
		actor, target string
		grant         perms.Permission
		want          error
	}{
		{"ann", "vic", "assets.edit", nil},
		{"ann", "vic", "assets.view", nil},
		{"ann", "vic", "assets.delete", perms.ErrEscalation},
		{"hal", "vic", "assets.view", nil},
		{"hal", "vic", "assets.edit", perms.ErrForbidden},
		{"ann", "ann", "assets.delete", perms.ErrSelfRights},
		{"ann", "zoe", "assets.edit", perms.ErrEscalation},
		{"ann", "zoe", "assets.view", nil},
		{"root", "vic", "assets.nothing", perms.ErrInvalid},
		{"root", "vic", "assets.*", perms.ErrInvalid},
	} {
		w := newWorld(t)
		head := w.head()
		_, err := w.Users.Update(w.ctx, w.as(c.actor), users.ByID(w.id(c.target)), users.Update{Grant: []perms.Permission{c.grant}})
		if !errors.Is(err, c.want) {
			t.Errorf("%s grants %s to %s: %v, want %v", c.actor, c.grant, c.target, err, c.want)
		}
		if changed, may := w.head() != head, c.want == nil && c.grant == "assets.edit"; changed != may {
			t.Errorf("%s grants %s to %s: changed %t", c.actor, c.grant, c.target, changed)
		}
	}
}

// Somebody who takes one of his own tenants from a user who is also elsewhere grants him nothing on the way.
func TestGrantIsNoPartOfLeavingATenant(t *testing.T) {
	w := newWorld(t)
	up := users.Update{Tenants: &[]perms.Tenancy{}, Grant: []perms.Permission{"assets.edit"}}
	_, err := w.Users.Update(w.ctx, w.as("ann"), users.ByID(w.id("zoe")), up)
	if !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("got %v", err)
	}
	up.Grant = []perms.Permission{"assets.view"}
	_, err = w.Users.Update(w.ctx, w.as("ann"), users.ByID(w.id("zoe")), up)
	w.must(err)
	if got := w.read("zoe"); !slices.Equal(got.Tenants, []perms.Tenancy{perms.TenantOf(w.beta)}) || len(got.Overrides) > 0 {
		t.Errorf("%v %v", got.Tenants, got.Overrides)
	}
}
