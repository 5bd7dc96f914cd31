package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// However long the story of a user is, it is read to its end.
func TestThePastIsReadToItsEnd(t *testing.T) {
	o := newBureau(t)
	ann := o.hire("ann", perms.TenantOf(o.acme))
	for told := 2; told <= perms.MaxEntries+1; told++ { // the first one made her
		o.must(o.book.Users.SetOverride(t.Context(), registrar, ann.ID, perms.Override{Permission: "assets.edit", Granted: told%2 == 0, Scope: perms.Anywhere}))
		if told < perms.MaxEntries-1 {
			continue
		}
		if past, err := o.asOf(registrar, ann, perms.Home, o.now); err != nil || past.Check("assets.edit").Allowed != (told%2 == 0) {
			t.Errorf("after %d entries: %s, %v", told, past.Check("assets.edit").Code, err)
		}
	}
}

// A deleted user keeps roles that are gone: he may nothing, and can still be asked about.
func TestThePastOfWhoKeepsADeletedRole(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	ann := o.hire("ann", perms.TenantOf(o.acme))
	hired := o.later()
	_, err := o.book.Users.Do(ctx, registrar, ann.ID, users.Delete)
	o.must(err)
	o.must(o.book.Roles.Delete(ctx, registrar, o.auditor.ID, 0))
	for at, want := range map[time.Time]perms.Code{hired: perms.GrantedByRole, o.now: perms.InactiveUser} {
		past, err := o.asOf(registrar, ann, perms.Home, at)
		if err != nil || past.Check("assets.view").Code != want || past.Computed().Has("assets.view") != (want == perms.GrantedByRole) {
			t.Errorf("as of %s: %s, %v, %v", at, past.Check("assets.view").Code, past.Computed(), err)
		}
	}
}

// A tenant that never was is no tenant of anybody's, also of those who have every one.
func TestThePastInNoTenant(t *testing.T) {
	o := newBureau(t)
	root := o.hire("root", perms.EveryTenant)
	strange := uuid.New()
	past, err := o.asOf(registrar, root, perms.In(strange), o.now)
	if err != nil || past.Check("assets.view").Code != perms.TenantOutOfScope || past.Computed().Len() > 0 {
		t.Errorf("%s, %v", past.Check("assets.view").Code, err)
	}
	if past.Scope != perms.In(strange) {
		t.Errorf("answered for %v", past.Scope)
	}
}

// Whoever has left a tenant may still ask what he might do there. To others a place that they may not see is explained as one in nobody's scope, by its id.
func TestThePastOfALeaver(t *testing.T) {
	o := newBureau(t)
	vic, ann := o.hire("vic", perms.TenantOf(o.beta), perms.TenantOf(o.acme)), o.hire("ann", perms.TenantOf(o.acme))
	local, err := o.book.Roles.Create(t.Context(), registrar, roles.New{Name: "Editor", Permissions: []string{"assets.edit"}})
	o.must(err)
	_, err = o.book.Users.SetRoles(t.Context(), registrar, vic.ID, []perms.Assignment{{Role: o.auditor.ID, Scope: perms.Anywhere}, {Role: local.ID, Scope: perms.In(o.beta)}})
	o.must(err)
	was := o.later()
	_, err = o.book.Users.SetRoles(t.Context(), registrar, vic.ID, []perms.Assignment{{Role: o.auditor.ID, Scope: perms.Anywhere}})
	o.must(err)
	o.move(vic, perms.TenantOf(o.acme))
	for _, row := range []struct {
		actor perms.Actor
		scope perms.Scope
		code  perms.Code
		near  int // of assets.edit
	}{
		{perms.As(vic.ID), perms.Home, perms.GrantedByRole, 0}, {perms.As(vic.ID), perms.In(o.beta), perms.GrantedByRole, 0}, {perms.As(vic.ID), perms.In(o.acme), perms.NotGranted, 1},
		{perms.As(ann.ID), perms.In(o.beta), perms.TenantOutOfScope, 0}, {perms.As(ann.ID), perms.In(o.acme), perms.NotGranted, 0}, {perms.As(ann.ID), perms.Home, perms.NotGranted, 0},
		{perms.As(ann.ID), perms.Anywhere, perms.TenantOutOfScope, 0}, {perms.As(vic.ID), perms.Anywhere, perms.TenantOutOfScope, 1},
	} {
		past, err := o.asOf(row.actor, vic, row.scope, was)
		if err != nil {
			t.Fatal(err)
		}
		why := past.Explain("assets.edit", perms.Object{})
		if why.Code != row.code || len(why.NearMisses) != row.near {
			t.Errorf("%+v: %s, near misses %+v", row, why.Code, why.NearMisses)
		}
		if row.code == perms.TenantOutOfScope && row.scope != perms.Anywhere && why.Sources[0].ID != row.scope.String() {
			t.Errorf("%+v: explained by %+v", row, why.Sources)
		}
	}
}

// The past is found by as few reads as it takes: who is there is read once, who sees everything needs no other story, and only roles of the system are looked
// up by their keys.
func TestThePastReadsWhatItNeeds(t *testing.T) {
	o := newFrailOffice(t)
	for name, row := range map[string]struct {
		actor            perms.Actor
		user             users.User
		archived, byKeys int
		want             error
	}{
		"a colleague":             {perms.As(o.auditor.ID), o.ann, 1, 0, nil},
		"himself":                 {perms.As(o.auditor.ID), o.auditor, 1, 1, nil},
		"who is gone":             {perms.As(o.auditor.ID), o.purged, 2, 0, perms.ErrNoSubject},
		"who is gone, for system": {setup, o.purged, 1, 0, perms.ErrNoSubject},
	} {
		clear(o.reads.calls)
		_, err := o.Journal.AsOf(t.Context(), row.actor, row.user.ID, perms.Home, o.now)
		if !errors.Is(err, row.want) || o.reads.calls["Archived"] != row.archived || o.reads.calls["RoleIDs"] != row.byKeys {
			t.Errorf("%s: %v, reads %v", name, err, o.reads.calls)
		}
	}
}

// What the default tenant was is told without any entry that made it, before and after its own entries are archived.
func TestThePastOfTheDefaultTenant(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	home, err := o.book.Tenants.Default(ctx)
	o.must(err)
	ann := o.hire("ann", perms.TenantOf(home.ID))
	begun := o.later()
	_, err = o.book.Tenants.Update(ctx, registrar, home.ID, users.TenantUpdate{Name: new("Home")})
	o.must(err)
	named := o.later()
	_, err = o.book.Tenants.Update(ctx, registrar, home.ID, users.TenantUpdate{Type: new(perms.TestTenant)})
	o.must(err)
	check := func(what string, times ...time.Time) {
		t.Helper()
		for _, at := range times {
			if past, err := o.asOf(registrar, ann, perms.Home, at); err != nil || past.Check("assets.view").Code != perms.GrantedByRole {
				t.Errorf("%s, as of %s: %s, %v", what, at, past.Check("assets.view").Code, err)
			}
		}
	}
	check("whole", begun, named, o.now)
	var kept []perms.Action
	_, err = o.book.Journal.Archive(ctx, registrar, o.now, func(page []perms.Entry) error {
		for _, e := range page {
			kept = append(kept, e.Action)
		}
		return nil
	})
	o.must(err)
	if !slices.Contains(kept, perms.TenantUpdate) {
		t.Fatalf("archived %v", kept)
	}
	check("archived", named, o.now)
}

// The journal is about more than users. An id of anything else is nobody's, to whoever asks, before and after the entries that tell of it are archived.
func TestThePastOfWhatIsNobody(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	ann, root := o.hire("ann", perms.TenantOf(o.acme)), o.hire("root", perms.EveryTenant)
	group, err := o.book.Groups.Create(ctx, registrar, users.NewGroup{Name: "Ops", Tenant: o.acme})
	o.must(err)
	invite, err := o.book.Invites.Create(ctx, registrar, invites.New{Email: "new@example.com", Role: o.auditor.Key, Tenant: perms.TenantOf(o.acme)})
	o.must(err)
	home, err := o.book.Tenants.Default(ctx)
	o.must(err)
	nobodies := map[string]uuid.UUID{
		"a tenant": o.acme, "the default tenant": home.ID, "a role": o.auditor.ID, "a group": group.ID, "an invite": invite.ID, "the catalogue": uuid.Nil, "nothing": uuid.New(),
	}
	check := func() {
		t.Helper()
		for name, id := range nobodies {
			for _, actor := range []perms.Actor{registrar, perms.As(root.ID), perms.As(ann.ID)} {
				if _, err := o.book.Journal.AsOf(ctx, actor, id, perms.Home, o.now); !errors.Is(err, perms.ErrNoSubject) {
					t.Errorf("%s, by %s: %v", name, actor.Kind(), err)
				}
			}
		}
	}
	check()
	o.later()
	_, err = o.book.Journal.Archive(ctx, registrar, o.now, func([]perms.Entry) error { return nil })
	o.must(err)
	check()
}
