package users_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// TestEachChangeTakesItsOwnKey: an actor who is admitted by one key changes by the same call what takes another one.
func TestEachChangeTakesItsOwnKey(t *testing.T) {
	for _, c := range []struct {
		role  string // of the actor
		admit perms.Permission
		what  string
		up    func(w *world) users.Update
		want  perms.Permission // the key that he lacks; "" for success
	}{
		{"editor", perms.UsersUpdate, "the record", func(*world) users.Update { return users.Update{Phone: new("1")} }, ""},
		{"editor", perms.UsersUpdate, "roles", func(w *world) users.Update { return users.Update{Roles: &[]perms.Assignment{}} }, perms.UsersAssign},
		{"editor", perms.UsersUpdate, "tenants", func(w *world) users.Update { return users.Update{Tenants: &[]perms.Tenancy{}} }, perms.UsersAssign},
		{"editor", perms.UsersUpdate, "status", func(*world) users.Update { return users.Update{Active: new(false)} }, perms.UsersSuspend},
		{"editor", perms.UsersUpdate, "deletion", func(*world) users.Update { return users.Update{Verb: users.Delete} }, perms.UsersDelete},
		{"editor", perms.UsersUpdate, "a password", func(*world) users.Update { return users.Update{Password: new("heron-lake-77")} }, perms.UsersPasswordReset},
		{"editor", perms.UsersUpdate, "the present password", func(*world) users.Update { return users.Update{Password: new("vic-river-2041")} }, perms.UsersPasswordReset},
		{"editor", perms.UsersUpdate, "an override", func(*world) users.Update {
			return users.Update{Set: []perms.Override{perms.Revoke("assets.view")}}
		}, perms.OverridesWrite},
		{"editor", perms.UsersUpdate, "a feature", func(*world) users.Update {
			return users.Update{Set: []perms.Override{perms.Grant(perms.FeaturesAI)}}
		}, perms.FeaturesWrite},
		{"assigner", perms.UsersAssign, "roles", func(w *world) users.Update { return users.Update{Roles: &[]perms.Assignment{}} }, ""},
		{"assigner", perms.UsersAssign, "the record", func(*world) users.Update { return users.Update{Phone: new("1")} }, perms.UsersUpdate},
	} {
		t.Run(c.role+"/"+c.what, func(t *testing.T) {
			w := newWorld(t)
			w.add("act", c.role, perms.TenantOf(w.acme))
			_, err := w.Users.Edit(w.ctx, w.as("act"), users.Needs(c.admit), users.ByID(w.id("vic")), func(users.User) (users.Update, error) { return c.up(w), nil })
			checkLacks(t, err, c.want)
		})
	}
}

// checkLacks fails unless err is the refusal for want of a permission; "" is success.
func checkLacks(t *testing.T, err error, want perms.Permission) {
	t.Helper()
	var denied *perms.DeniedError
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v", err)
	case want != "" && (!errors.Is(err, perms.ErrForbidden) || !errors.As(err, &denied) || denied.Permission != want):
		t.Errorf("got %v, want %s missing", err, want)
	}
}

func TestFlagOfAPendingUserTakesBothKeys(t *testing.T) {
	w := newWorld(t)
	w.add("act", "approver", perms.TenantOf(w.acme))
	pat, err := w.Users.Create(w.ctx, system, users.New{Email: "pat@example.com", Name: "Pat", Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}, Status: perms.Pending})
	w.must(err)
	_, err = w.Users.Update(w.ctx, w.as("act"), users.ByID(pat.ID), users.Update{Active: new(true)})
	checkLacks(t, err, perms.UsersSuspend)
	_, err = w.Users.Do(w.ctx, w.as("act"), pat.ID, users.Approve)
	checkLacks(t, err, "")
}

func TestRolesInACreateTakeUsersAssign(t *testing.T) {
	w := newWorld(t)
	w.add("act", "maker", perms.TenantOf(w.acme))
	in := users.New{Email: "new@example.com", Name: "New"}
	withRole, withTenant, suspended := in, in, in
	withRole.Roles = []string{"viewer"}
	withTenant.Tenants = []perms.Tenancy{perms.TenantOf(w.acme)}
	suspended.Status = perms.Suspended
	for want, in := range map[perms.Permission][]users.New{perms.UsersAssign: {withRole, withTenant}, perms.UsersSuspend: {suspended}, "": {in}} {
		for _, in := range in {
			_, err := w.Users.Create(w.ctx, w.as("act"), in)
			checkLacks(t, err, want)
		}
	}
}

// Whom the host gives a role that nobody has chosen can be made without users.assign; to choose none takes it. The grant rule asks neither.
func TestChoiceOfRoles(t *testing.T) {
	w := newWorld(t)
	w.add("act", "maker", perms.TenantOf(w.acme))
	for _, c := range []struct {
		choice users.Choice
		roles  []string
		lacks  perms.Permission
	}{
		{users.ByContent, nil, ""},
		{users.ByContent, []string{"viewer"}, perms.UsersAssign},
		{users.ByActor, nil, perms.UsersAssign},
		{users.ByActor, []string{"viewer"}, perms.UsersAssign},
		{users.ByHost, nil, ""},
		{users.ByHost, []string{"viewer"}, ""},
	} {
		in := users.New{Email: fmt.Sprintf("new%d%d@example.com", c.choice, len(c.roles)), Name: "New", Roles: c.roles, Choice: c.choice}
		_, err := w.Users.Create(w.ctx, w.as("act"), in)
		checkLacks(t, err, c.lacks)
	}
	in := users.New{Email: "new@example.com", Name: "New", Choice: users.ByHost, Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}}
	_, err := w.Users.Create(w.ctx, w.as("act"), in)
	checkLacks(t, err, perms.UsersAssign)
	_, err = w.Users.Create(w.ctx, w.as("act"), users.New{Email: "new@example.com", Name: "New", Choice: users.ByHost, Roles: []string{"editor"}})
	if !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("a role beyond the actor's own rights: %v", err)
	}
}

func TestUpdateRefusesValues(t *testing.T) {
	for _, c := range []struct {
		what  string
		field string
		up    func(w *world) users.Update
	}{
		{"no address at all", "username", func(*world) users.Update { return users.Update{Email: new(""), Username: new("")} }},
		{"bad address", "email", func(*world) users.Update { return users.Update{Email: new("a@b@c")} }},
		{"empty name", "name", func(*world) users.Update { return users.Update{Name: &users.Name{}} }},
		{"unknown permission", "permission", func(*world) users.Update {
			return users.Update{Set: []perms.Override{perms.Grant("nothing.known")}}
		}},
		{"zero scope", "tenant", func(*world) users.Update {
			return users.Update{Set: []perms.Override{{Permission: "assets.view"}}}
		}},
		{"override in a tenant that is not his", "tenant", func(w *world) users.Update {
			return users.Update{Set: []perms.Override{perms.Grant("assets.view").In(w.beta)}}
		}},
		{"expired override", "expires_at", func(w *world) users.Update {
			return users.Update{Set: []perms.Override{perms.Grant("assets.view").During(perms.Window{ExpiresAt: w.now})}}
		}},
		{"assignment in a tenant that is not his", "roles[0].tenant", func(w *world) users.Update {
			return users.Update{Roles: &[]perms.Assignment{{Role: w.role("viewer"), Scope: perms.In(w.beta)}}}
		}},
		{"role of a tenant that is not his", "roles[0]", func(w *world) users.Update {
			r, err := w.Roles.Create(w.ctx, system, newRole("Beta's own", w.beta))
			w.must(err)
			return users.Update{Roles: &[]perms.Assignment{{Role: r.ID, Scope: perms.Anywhere}}}
		}},
		{"the same role twice", "roles[1].role", func(w *world) users.Update {
			a := perms.Assignment{Role: w.role("admin"), Scope: perms.Anywhere}
			return users.Update{Roles: &[]perms.Assignment{a, a}}
		}},
		{"unknown tenant", "tenants[0]", func(w *world) users.Update {
			return users.Update{Tenants: &[]perms.Tenancy{perms.TenantOf(w.id("vic"))}}
		}},
		{"short password", "password", func(*world) users.Update { return users.Update{Password: new("1234567")} }},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), c.up(w))
			var invalid *perms.InvalidError
			if !errors.As(err, &invalid) || invalid.Fields[0].Field != c.field {
				t.Errorf("got %v, want field %s", err, c.field)
			}
		})
	}
}

// TestRolesOfOtherTenantsCannotBeNamed: a tenant's own role is unknown to an actor of another one, even where the user is in both.
func TestRolesOfOtherTenantsCannotBeNamed(t *testing.T) {
	w := newWorld(t)
	r, err := w.Roles.Create(w.ctx, system, newRole("Beta's own", w.beta))
	w.must(err)
	_, err = w.Users.SetRoles(w.ctx, w.as("ann"), w.id("zoe"), append(w.read("zoe").Roles, perms.Assignment{Role: r.ID, Scope: perms.In(w.acme)}))
	if !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// TestListsLeaveWhatTheActorDoesNotSee: whoever replaces a list replaces what he is shown of it.
func TestListsLeaveWhatTheActorDoesNotSee(t *testing.T) {
	w := newWorld(t)
	own, err := w.Roles.Create(w.ctx, system, newRole("Beta's own", w.beta))
	w.must(err)
	hidden := perms.Assignment{Role: own.ID, Scope: perms.Anywhere}
	_, err = w.Users.SetRoles(w.ctx, system, w.id("zoe"), append(w.read("zoe").Roles, hidden))
	w.must(err)
	seen, err := w.Users.Get(w.ctx, w.as("ann"), w.id("zoe"))
	w.must(err)
	if len(seen.Roles) != 1 {
		t.Fatalf("ann sees %d assignments", len(seen.Roles))
	}
	_, err = w.Users.SetRoles(w.ctx, w.as("ann"), w.id("zoe"), append(seen.Roles, perms.Assignment{Role: w.role("admin"), Scope: perms.In(w.acme)}))
	w.must(err)
	if got := w.read("zoe").Roles; len(got) != 3 || !got[2].Equal(hidden) {
		t.Errorf("got %v, want beta's role kept at the end", got)
	}
}

func TestStaleVersions(t *testing.T) {
	w := newWorld(t)
	old := w.read("vic").Version
	w.must(rename(w, system, "vic"))
	_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Phone: new("1"), Version: old})
	if !errors.Is(err, users.ErrStale) {
		t.Errorf("update: %v", err)
	}
	if _, err := w.Users.Purge(w.ctx, system, users.ByID(w.id("vic")), false, old); !errors.Is(err, users.ErrStale) {
		t.Errorf("purge: %v", err)
	}
	_, err = w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Phone: new("1"), Version: old + 1})
	w.must(err)
}

func TestDeletedUsersAreNotFound(t *testing.T) {
	w := newWorld(t)
	w.must(verb(users.Delete)(w, system, "vic"))
	if err := rename(w, w.as("root"), "vic"); !errors.Is(err, users.ErrNotFound) {
		t.Errorf("rename: %v", err)
	}
	if err := purge(w, w.as("root"), "vic"); !errors.Is(err, users.ErrNotFound) {
		t.Errorf("purge: %v", err)
	}
	_, err := w.Users.Purge(w.ctx, w.as("root"), users.ByID(w.id("vic")), true, 0)
	w.must(err)
}

func TestInactiveUsersDoNotEvenReadThemselves(t *testing.T) {
	w := newWorld(t)
	w.must(verb(users.Suspend)(w, system, "vic"))
	if _, err := w.Users.Get(w.ctx, w.as("vic"), w.id("vic")); !errors.Is(err, perms.ErrForbidden) {
		t.Errorf("got %v", err)
	}
}

// TestPurgeOfAUserWhoIsElsewhere: one tenant's administrator does not erase a person of two tenants, though he holds nothing there.
func TestPurgeOfAUserWhoIsElsewhere(t *testing.T) {
	w := newWorld(t)
	w.must(assign()(w, system, "zoe"))
	if err := purge(w, w.as("ann"), "zoe"); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("got %v", err)
	}
}

func TestApprovalHandsOutNoLongerThanHeld(t *testing.T) {
	w := newWorld(t)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("ann"), perms.Grant("assets.delete").During(perms.Window{ExpiresAt: w.now.Add(time.Hour)})))
	w.must(verb(users.Suspend)(w, system, "vic"))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("assets.delete")))
	if err := verb(users.Reactivate)(w, w.as("ann"), "vic"); !errors.Is(err, perms.ErrEscalation) {
		t.Errorf("got %v", err)
	}
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("assets.delete").During(perms.Window{ExpiresAt: w.now.Add(time.Hour)})))
	w.must(verb(users.Reactivate)(w, w.as("ann"), "vic"))
}

func TestOnlyOnesOwnChangeKeepsASession(t *testing.T) {
	w := newWorld(t)
	token := w.mustSignIn("vic")
	_, err := w.Users.Update(w.ctx, w.as("ann"), users.ByID(w.id("vic")), users.Update{Password: new("heron-lake-77"), KeepSession: token.Digest()})
	w.must(err)
	if w.live(token) {
		t.Error("a password set by somebody else kept the session that he named")
	}
}

// TestOverrideThatIsThereKeepsItsMaker: setting the same rule again does not make it another's.
func TestOverrideThatIsThereKeepsItsMaker(t *testing.T) {
	w := newWorld(t)
	w.must(w.Users.SetOverride(w.ctx, w.as("ann"), w.id("vic"), perms.Grant("assets.edit")))
	_, err := w.Users.Update(w.ctx, system, users.ByID(w.id("vic")), users.Update{Set: []perms.Override{perms.Grant("assets.edit")}, Phone: new("1")})
	w.must(err)
	if got := w.read("vic").Overrides[0].SetBy; got != w.id("ann") {
		t.Errorf("set by %v", got)
	}
}
