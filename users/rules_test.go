package users_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// attempt is one change that somebody tries on somebody.
type attempt struct {
	actor, target string
	what          string
	do            func(w *world, actor perms.Actor, target string) error
	want          error // nil for success
}

func edit(up func(w *world) users.Update) func(*world, perms.Actor, string) error {
	return func(w *world, actor perms.Actor, target string) error {
		_, err := w.Users.Update(w.ctx, actor, users.ByID(w.id(target)), up(w))
		return err
	}
}

func assign(keys ...string) func(*world, perms.Actor, string) error {
	return func(w *world, actor perms.Actor, target string) error {
		var list []perms.Assignment
		for _, k := range keys {
			list = append(list, perms.Assignment{Role: w.role(k), Scope: perms.Anywhere})
		}
		_, err := w.Users.SetRoles(w.ctx, actor, w.id(target), list)
		return err
	}
}

func override(o perms.Override) func(*world, perms.Actor, string) error {
	return func(w *world, actor perms.Actor, target string) error {
		return w.Users.SetOverride(w.ctx, actor, w.id(target), o)
	}
}

func verb(v users.Verb) func(*world, perms.Actor, string) error {
	return func(w *world, actor perms.Actor, target string) error {
		_, err := w.Users.Do(w.ctx, actor, w.id(target), v)
		return err
	}
}

func tenants(list func(w *world) []perms.Tenancy) func(*world, perms.Actor, string) error {
	return edit(func(w *world) users.Update { return users.Update{Tenants: new(list(w))} })
}

func newPassword(w *world, actor perms.Actor, target string) error {
	return w.Users.SetPassword(w.ctx, actor, w.id(target), "another-river-2042", false)
}

func purge(w *world, actor perms.Actor, target string) error {
	_, err := w.Users.Purge(w.ctx, actor, users.ByID(w.id(target)), false, 0)
	return err
}

func rename(w *world, actor perms.Actor, target string) error {
	return edit(func(*world) users.Update { return users.Update{Name: new(users.FullName("New Name"))} })(w, actor, target)
}

// TestWhoMayChangeWhom is the policy: each row is tried in a world of its own. A refused change must leave no trace.
func TestWhoMayChangeWhom(t *testing.T) {
	both := func(w *world) []perms.Tenancy {
		return []perms.Tenancy{perms.TenantOf(w.acme), perms.TenantOf(w.beta)}
	}
	everywhere := func(*world) []perms.Tenancy { return []perms.Tenancy{perms.EveryTenant} }
	ofType := func(*world) []perms.Tenancy { return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)} }
	onlyBeta := func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta)} }
	for _, a := range []attempt{
		// keys
		{"ann", "vic", "rename", rename, nil},
		{"hal", "vic", "rename", rename, nil},
		{"vic", "hal", "rename without users.update", rename, perms.ErrForbidden},
		{"hal", "vic", "assign without users.assign", assign("viewer", "helpdesk"), perms.ErrForbidden},
		{"hal", "vic", "override without overrides.write", override(perms.Grant("assets.view")), perms.ErrForbidden},
		{"hal", "vic", "suspend without users.suspend", verb(users.Suspend), perms.ErrForbidden},
		{"hal", "vic", "delete without users.delete", verb(users.Delete), perms.ErrForbidden},
		{"hal", "vic", "purge without users.delete", purge, perms.ErrForbidden},
		{"hal", "vic", "reset a password", newPassword, nil},
		{"ghost", "vic", "nobody at all", rename, perms.ErrNoActor},

		// grant rule
		{"ann", "vic", "assign one's own role", assign("admin"), nil},
		{"ann", "vic", "assign a stronger role", assign("root"), perms.ErrEscalation},
		{"ann", "vic", "grant what one holds", override(perms.Grant("assets.edit")), nil},
		{"ann", "vic", "grant what one lacks", override(perms.Grant("assets.delete")), perms.ErrEscalation},
		{"ann", "vic", "revoke what one lacks", override(perms.Revoke("assets.delete")), nil},
		{"ann", "vic", "grant a feature", override(perms.Grant(perms.FeaturesAI)), nil},
		{"ann", "vic", "make staff", tenants(everywhere), perms.ErrEscalation},
		{"ann", "vic", "give every tenant of a type", tenants(ofType), perms.ErrEscalation},
		{"ann", "vic", "give a tenant that one does not see", tenants(both), perms.ErrInvalid},
		{"root", "vic", "give another tenant", tenants(both), nil},
		{"root", "vic", "make staff", tenants(everywhere), nil},

		// target rule
		{"hal", "ann", "rename a stronger user", rename, perms.ErrEscalation},
		{"hal", "ann", "reset a stronger user's password", newPassword, perms.ErrEscalation},
		{"ann", "ada", "suspend an equal", verb(users.Suspend), nil},
		{"ann", "ada", "purge an equal", purge, nil},

		// other tenants
		{"ann", "bea", "rename", rename, users.ErrNotFound},
		{"ann", "bea", "purge", purge, users.ErrNotFound},
		{"ann", "bea", "suspend", verb(users.Suspend), users.ErrNotFound},
		{"ann", "bea", "assign", assign("viewer"), users.ErrNotFound},
		{"ann", "root", "staff is not seen", rename, users.ErrNotFound},
		{"ann", "zoe", "rename a user who is elsewhere too", rename, perms.ErrEscalation},
		{"ann", "zoe", "reset the password of a user who is elsewhere too", newPassword, perms.ErrEscalation},
		{"ann", "zoe", "suspend a user who is elsewhere too", verb(users.Suspend), perms.ErrEscalation},
		{"ann", "zoe", "delete a user who is elsewhere too", verb(users.Delete), perms.ErrEscalation},
		{"ann", "zoe", "purge a user who is elsewhere too", purge, perms.ErrEscalation},
		{"ann", "zoe", "assign anywhere to a user who is elsewhere too", assign("admin"), perms.ErrEscalation},
		{"ann", "zoe", "override anywhere of a user who is elsewhere too", override(perms.Revoke("assets.view")), perms.ErrEscalation},
		{"ann", "zoe", "override in one's own tenant", func(w *world, actor perms.Actor, target string) error {
			return w.Users.SetOverride(w.ctx, actor, w.id(target), perms.Revoke("assets.view").In(w.acme))
		}, nil},
		{"ann", "zoe", "override in another tenant", func(w *world, actor perms.Actor, target string) error {
			return w.Users.SetOverride(w.ctx, actor, w.id(target), perms.Revoke("assets.view").In(w.beta))
		}, perms.ErrInvalid},
		{"ann", "zoe", "assign in one's own tenant", func(w *world, actor perms.Actor, target string) error {
			list := append(w.read(target).Roles, perms.Assignment{Role: w.role("admin"), Scope: perms.In(w.acme)})
			_, err := w.Users.SetRoles(w.ctx, actor, w.id(target), list)
			return err
		}, nil},
		{"ann", "zoe", "take one's own tenant away", tenants(func(*world) []perms.Tenancy { return nil }), nil},
		{"ann", "zoe", "take the other tenant away", tenants(func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.acme)} }), nil}, // hidden, so it stays
		{"ann", "vic", "move to a tenant that one does not see", tenants(onlyBeta), perms.ErrInvalid},

		// self rule
		{"ann", "ann", "rename oneself", rename, nil},
		{"ann", "ann", "one's own roles", assign("viewer"), perms.ErrSelfRights},
		{"ann", "ann", "one's own roles, as they are", assign("admin"), nil},
		{"ann", "ann", "one's own override", override(perms.Grant("assets.edit")), perms.ErrSelfRights},
		{"ann", "ann", "one's own feature", override(perms.Grant(perms.FeaturesAI)), perms.ErrSelfRights},
		{"ann", "ann", "one's own tenants", tenants(func(*world) []perms.Tenancy { return nil }), perms.ErrSelfRights},
		{"ann", "ann", "suspend oneself", verb(users.Suspend), perms.ErrSelfStatus},
		{"ann", "ann", "delete oneself", verb(users.Delete), perms.ErrSelfStatus},
		{"ann", "ann", "purge oneself", purge, perms.ErrSelfStatus},
		{"root", "root", "demote oneself", assign("viewer"), perms.ErrSelfRights},

		// lockout: also for trusted code
		{"system", "root", "demote the last administrator", assign("viewer"), perms.ErrLockout},
		{"system", "root", "suspend the last administrator", verb(users.Suspend), perms.ErrLockout},
		{"system", "root", "delete the last administrator", verb(users.Delete), perms.ErrLockout},
		{"system", "root", "purge the last administrator", purge, perms.ErrLockout},
		{"system", "root", "revoke a critical key of the last administrator", override(perms.Revoke(perms.RolesUpdate)), perms.ErrLockout},
		{"system", "root", "confine the last administrator", tenants(both), perms.ErrLockout},
		{"system", "root", "revoke something else", override(perms.Revoke("assets.view")), nil},
		{"system", "root", "revoke a critical key from a later time on", func(w *world, actor perms.Actor, target string) error {
			return w.Users.SetOverride(w.ctx, actor, w.id(target), perms.Revoke(perms.UsersAssign).During(perms.Window{StartsAt: w.now.Add(time.Hour)}))
		}, perms.ErrLockout},
	} {
		t.Run(a.actor+"/"+a.target+"/"+a.what, func(t *testing.T) {
			w := newWorld(t)
			before, head := w.read(a.target), w.head()
			err := a.do(w, w.as(a.actor), a.target)
			if !errors.Is(err, a.want) {
				t.Fatalf("got %v, want %v", err, a.want)
			}
			if a.want == nil {
				return
			}
			if got := w.head(); got != head {
				t.Errorf("a refused change is in the journal")
			}
			if after := w.read(a.target); after.Version != before.Version {
				t.Errorf("a refused change changed the user")
			}
		})
	}
}

func TestRevokedPermissionIsNotHandedOut(t *testing.T) {
	w := newWorld(t)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("ann"), perms.Revoke("assets.edit")))
	if err := w.Users.SetOverride(w.ctx, w.as("ann"), w.id("vic"), perms.Grant("assets.edit")); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("grant of what is revoked from the actor: got %v", err)
	}
	if err := assign("admin")(w, w.as("ann"), "vic"); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("assignment of a role with what is revoked from the actor: got %v", err)
	}
}

func TestClearingARevokeHandsOut(t *testing.T) {
	w := newWorld(t)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("assets.delete").In(w.acme)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Revoke("assets.delete")))
	err := w.Users.ClearOverride(w.ctx, w.as("ann"), w.id("vic"), "assets.delete", perms.Anywhere)
	if !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("clear a revoke of what the actor lacks: got %v", err)
	}
	w.must(w.Users.ClearOverride(w.ctx, w.as("root"), w.id("vic"), "assets.delete", perms.Anywhere))
	if !w.holds("vic", "assets.delete") {
		t.Error("the grant below the cleared revoke is not in force")
	}
}

func TestHandsOutNoLongerThanHeld(t *testing.T) {
	w := newWorld(t)
	end := w.now.Add(time.Hour)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("ann"), perms.Grant("assets.delete").During(perms.Window{ExpiresAt: end})))
	grant := func(w *world, until time.Time) error {
		return w.Users.SetOverride(w.ctx, w.as("ann"), w.id("vic"), perms.Grant("assets.delete").During(perms.Window{ExpiresAt: until}))
	}
	if err := grant(w, time.Time{}); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("without an end: got %v", err)
	}
	if err := grant(w, end.Add(time.Second)); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("a second longer: got %v", err)
	}
	w.must(grant(w, end))
}

func TestApprovalHandsOut(t *testing.T) {
	w := newWorld(t)
	u, err := w.Users.Create(w.ctx, system, users.New{Email: "pat@example.com", Name: "Pat", Roles: []string{"root"}, Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}, Status: perms.Pending})
	w.must(err)
	if _, err := w.Users.Do(w.ctx, w.as("ann"), u.ID, users.Approve); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("approve a stronger user: got %v", err)
	}
}

func TestActorWhoHasLostHisPlace(t *testing.T) {
	for name, lose := range map[string]func(w *world) error{
		"suspended":      func(w *world) error { return verb(users.Suspend)(w, system, "ann") },
		"deleted":        func(w *world) error { return verb(users.Delete)(w, system, "ann") },
		"purged":         func(w *world) error { return purge(w, system, "ann") },
		"without role":   func(w *world) error { return assign()(w, system, "ann") },
		"without tenant": tenantless,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.must(lose(w))
			if err := rename(w, w.as("ann"), "vic"); !errors.Is(err, perms.ErrForbidden) {
				t.Errorf("got %v, want forbidden", err)
			}
			if err := rename(w, w.as("ann"), "ann"); err == nil {
				t.Error("may still rename himself")
			}
		})
	}
}

func tenantless(w *world) error {
	return tenants(func(*world) []perms.Tenancy { return nil })(w, system, "ann")
}

// TestTransitions is the closed table of states.
func TestTransitions(t *testing.T) {
	allowed := map[perms.Status]map[users.Verb]perms.Status{
		perms.Pending:   {users.Approve: perms.Active, users.Reject: perms.Deleted, users.Delete: perms.Deleted},
		perms.Active:    {users.Suspend: perms.Suspended, users.Delete: perms.Deleted},
		perms.Suspended: {users.Reactivate: perms.Active, users.Delete: perms.Deleted},
		perms.Deleted:   {},
	}
	for from, table := range allowed {
		for v := users.Approve; v <= users.Delete; v++ {
			w := newWorld(t)
			u := w.inStatus(from)
			got, err := w.Users.Do(w.ctx, w.as("root"), u.ID, v)
			to, ok := table[v]
			switch {
			case ok && (err != nil || got.Status != to):
				t.Errorf("%v by verb %d: got %v, %v; want %v", from, v, got.Status, err, to)
			case !ok && !errors.Is(err, users.ErrStatus):
				t.Errorf("%v by verb %d: got %v, want a conflict", from, v, err)
			}
		}
	}
}

// inStatus returns a user in a state.
func (w *world) inStatus(s perms.Status) users.User {
	w.t.Helper()
	first := s
	if s == perms.Deleted {
		first = perms.Active
	}
	u, err := w.Users.Create(w.ctx, system, users.New{Email: "sam@example.com", Name: "Sam", Status: first})
	w.must(err)
	if s == perms.Deleted {
		u, err = w.Users.Do(w.ctx, system, u.ID, users.Delete)
		w.must(err)
	}
	return u
}

// When somebody was deleted stays what it was, whatever is done to his record later.
func TestDeletedOnce(t *testing.T) {
	w := newWorld(t)
	gone, err := w.Users.Do(w.ctx, w.as("ann"), w.id("vic"), users.Delete)
	w.must(err)
	w.now = w.now.Add(time.Hour)
	phone := func(users.User) (users.Update, error) { return users.Update{Phone: new("1")}, nil }
	_, err = w.Users.Edit(w.ctx, w.as("ann"), users.Needs(perms.UsersUpdate).OrDeleted(), users.ByID(gone.ID), phone)
	w.must(err)
	if now := w.read("vic"); now.Phone != "1" || !now.DeletedAt.Equal(gone.DeletedAt) {
		t.Errorf("deleted at %v, then %v", gone.DeletedAt, now.DeletedAt)
	}
	storetest.CheckFold(t, w.db)
}
