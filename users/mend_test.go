package users_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// makeFix makes a fix through the services.
func makeFix(ctx context.Context, b *store.Book, actor perms.Actor, user uuid.UUID, f perms.Fix) error {
	u, err := b.Users.Get(ctx, system, user)
	if err != nil {
		return err
	}
	switch f.Action {
	case perms.ShareObject:
		tenant, _ := f.Scope.Tenant()
		_, err = b.Users.SetObjects(ctx, actor, users.ByID(user), tenant, f.Object.Type, []int64{f.Object.ID})
	case perms.ClearOverride:
		err = b.Users.ClearOverride(ctx, actor, user, f.Permission, f.Scope)
	case perms.GrantOverride:
		err = b.Users.SetOverride(ctx, actor, user, perms.Override{Permission: f.Permission, Granted: true, Scope: f.Scope})
	case perms.AssignRole:
		_, err = b.Users.SetRoles(ctx, actor, user, append(slices.Clone(u.Roles), perms.Assignment{Role: f.Role.ID, Scope: f.Scope}))
	case perms.AddTenant:
		list := append(slices.Clone(u.Tenants), f.Tenancy)
		_, err = b.Users.Update(ctx, actor, users.ByID(user), users.Update{Tenants: &list})
	case perms.Approve:
		_, err = b.Users.Do(ctx, actor, user, users.Approve)
	case perms.Reactivate:
		_, err = b.Users.Do(ctx, actor, user, users.Reactivate)
	case perms.Extend:
		err = extendFix(ctx, b, actor, u, f)
	}
	return err
}

func extendFix(ctx context.Context, b *store.Book, actor perms.Actor, u users.User, f perms.Fix) error {
	if f.Role.Key == "" {
		return b.Users.SetOverride(ctx, actor, u.ID, perms.Override{Permission: f.Permission, Granted: true, Scope: f.Scope})
	}
	for i := range u.Roles {
		if u.Roles[i].Role == f.Role.ID && u.Roles[i].Scope == f.Scope {
			u.Roles[i].Window = perms.Window{}
		}
	}
	_, err := b.Users.SetRoles(ctx, actor, u.ID, u.Roles)
	return err
}

// TestWhoMayFix tries every fix of many denials as everybody: whoever may make it by the word of the Authorizer can, and then the answer is allowed; nobody
// else can.
func TestWhoMayFix(t *testing.T) {
	w := newWorld(t)
	soon := perms.Window{ExpiresAt: w.now.Add(time.Minute)}
	w.add("pat", "viewer", perms.TenantOf(w.acme))
	w.add("boss", "root", perms.TenantOf(w.acme))
	w.add("zed", "viewer", perms.TenantOf(w.acme), perms.TenantOf(w.beta))
	for _, name := range []string{"vic", "boss", "zed"} {
		w.must(w.Users.SetOverride(w.ctx, system, w.id(name), perms.Revoke("assets.view")))
	}
	w.add("amy", "viewer", perms.TenantOf(w.acme), perms.TenantOf(w.beta)) // an admin in acme alone
	_, err := w.Users.SetRoles(w.ctx, system, w.id("amy"), []perms.Assignment{{Role: w.role("admin"), Scope: perms.In(w.acme)}, {Role: w.role("viewer"), Scope: perms.Anywhere}})
	w.must(err)
	fay, err := w.Users.Create(w.ctx, system, users.New{Email: "fay@example.com", Name: "fay", Tenants: []perms.Tenancy{perms.TenantOf(w.acme)}})
	w.must(err)
	w.who["fay"] = fay
	w.must(w.Users.SetOverride(w.ctx, system, fay.ID, perms.Grant(perms.FeaturesAI)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("assets.edit").During(soon)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), perms.Revoke("assets.view").In(w.acme)))
	_, err = w.Users.SetRoles(w.ctx, system, w.id("hal"), []perms.Assignment{{Role: w.role("helpdesk"), Scope: perms.Anywhere, Window: soon}})
	w.must(err)
	_, err = w.Users.Do(w.ctx, system, w.id("pat"), users.Suspend)
	w.must(err)
	w.now = w.now.Add(time.Hour)
	seven := perms.Object{Type: "assets", ID: 7}
	may := map[perms.FixAction]int{}
	not := map[perms.FixAction]int{}
	for _, of := range []string{"vic", "zoe", "hal", "pat", "ada", "boss", "zed", "fay"} {
		for _, key := range []perms.Permission{"assets.view", "assets.edit", "assets.delete", perms.UsersRead, perms.FeaturesAI} {
			for _, scope := range []perms.Scope{perms.In(w.acme), perms.In(w.beta), perms.Anywhere} {
				why, err := w.Perms.Explain(w.ctx, w.id(of), key, scope, seven)
				w.must(err)
				for _, f := range why.Fixes {
					for _, who := range []string{"root", "ann", "bea", "amy", "hal", of} {
						if w.tries(who, of, key, scope, seven, f) {
							may[f.Action]++
						} else {
							not[f.Action]++
						}
					}
				}
			}
		}
	}
	for _, action := range []perms.FixAction{perms.ShareObject, perms.ClearOverride, perms.Extend, perms.GrantOverride, perms.AssignRole, perms.Reactivate, perms.AddTenant} {
		if may[action] == 0 || not[action] == 0 {
			t.Errorf("%s: may %d times, may not %d times: the world is too poor to show anything", action, may[action], not[action])
		}
	}
}

// tries lets somebody make a fix in a preview, and reports whether he may.
func (w *world) tries(who, of string, key perms.Permission, scope perms.Scope, object perms.Object, f perms.Fix) bool {
	w.t.Helper()
	told := w.Perms.MayFix(w.ctx, w.as(who), w.id(of), f)
	var (
		done error
		now  perms.Decision
	)
	_, err := w.Preview(w.ctx, func(b *store.Book) (err error) {
		if done = makeFix(w.ctx, b, w.as(who), w.id(of), f); done == nil {
			now, err = b.Perms.CheckObject(w.ctx, w.id(of), key, scope, object)
		}
		return err
	})
	w.must(err)
	if (told == nil) != now.Allowed { // to clear what one does not see is no error, and does nothing
		w.t.Errorf("%s makes %s %s %s for %s of %s in %s: told %v, done %v, then %s", who, f.Action, f.Role.Key, f.Scope, key, of, scope, told, done, now.Code)
	}
	return told == nil
}
