package users_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
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
		_, err = b.Users.Edit(ctx, actor, users.Needs(perms.UsersUpdate), users.ByID(user), func(now users.User) (users.Update, error) { // of those that he sees
			return users.Update{Tenants: new(append(now.Tenants, f.Tenancy))}, nil
		})
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

// mended returns a world in which much is denied, for many reasons.
func mended(t *testing.T) *world {
	w := newWorld(t)
	w.must(w.Seed(w.ctx, system, roles.Preset{Keys: []perms.Key{{Permission: "extras.export", Feature: true}}}))
	soon := perms.Window{ExpiresAt: w.now.Add(time.Minute)}
	here, there := perms.TenantOf(w.acme), perms.TenantOf(w.beta)
	w.add("pat", "viewer", here)
	w.add("boss", "root", here)
	w.add("zed", "viewer", here, there)
	w.add("sam", "viewer", there)
	for _, name := range []string{"vic", "boss", "zed"} {
		w.must(w.Users.SetOverride(w.ctx, system, w.id(name), perms.Revoke("assets.view")))
	}
	for name, roles := range map[string][]string{"amy": {"admin"}, "art": {"assigner"}, "eda": {"assigner", "editor"}} { // of both, with their keys in acme alone
		w.add(name, "viewer", here, there)
		list := []perms.Assignment{{Role: w.role("viewer"), Scope: perms.Anywhere}}
		for _, key := range roles {
			list = append(list, perms.Assignment{Role: w.role(key), Scope: perms.In(w.acme)})
		}
		_, err := w.Users.SetRoles(w.ctx, system, w.id(name), list)
		w.must(err)
	}
	w.add("tia", "assigner", here, there)
	w.add("eve", "viewer", here, there)
	_, err := w.Users.SetRoles(w.ctx, system, w.id("eve"), []perms.Assignment{{Role: w.role("assigner"), Scope: perms.Anywhere}, {Role: w.role("editor"), Scope: perms.Anywhere}})
	w.must(err)
	w.add("fia", "viewer", here)
	w.must(w.Users.SetOverride(w.ctx, system, w.id("fia"), perms.Grant(perms.FeaturesWrite)))
	fay, err := w.Users.Create(w.ctx, system, users.New{Email: "fay@example.com", Name: "fay", Tenants: []perms.Tenancy{here}})
	w.must(err)
	w.who["fay"] = fay
	pen, err := w.Users.Create(w.ctx, system, users.New{Email: "pen@example.com", Name: "pen", Tenants: []perms.Tenancy{here}, Status: perms.Pending})
	w.must(err)
	w.who["pen"] = pen
	w.must(w.Users.SetOverride(w.ctx, system, fay.ID, perms.Grant(perms.FeaturesAI)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("assets.edit").During(soon)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Grant("extras.export").During(soon)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("vic"), perms.Revoke("assets.view").In(w.acme)))
	w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), perms.Revoke("assets.view").In(w.acme)))
	_, err = w.Users.SetRoles(w.ctx, system, w.id("hal"), []perms.Assignment{{Role: w.role("helpdesk"), Scope: perms.Anywhere, Window: soon}})
	w.must(err)
	_, err = w.Users.Do(w.ctx, system, w.id("pat"), users.Suspend)
	w.must(err)
	w.now = w.now.Add(time.Hour)
	return w
}

// TestWhoMayFix tries every remedy of many denials, the single fixes among them, as everybody: whoever may make it by the word of the Authorizer can, and then
// the answer is allowed; nobody else can, and he is refused as he was told.
func TestWhoMayFix(t *testing.T) {
	w := mended(t)
	seven := perms.Object{Type: "assets", ID: 7}
	may, not := map[string]int{}, map[string]int{}
	for _, of := range []string{"vic", "zoe", "hal", "pat", "pen", "ada", "boss", "zed", "sam", "fay"} {
		for _, key := range []perms.Permission{"assets.view", "assets.edit", "assets.delete", perms.UsersRead, perms.FeaturesAI, "extras.export"} {
			for _, scope := range []perms.Scope{perms.In(w.acme), perms.In(w.beta), perms.Anywhere} {
				why, err := w.Perms.Explain(w.ctx, w.id(of), key, scope, seven)
				w.must(err)
				for _, r := range why.Remedies {
					sort := fmt.Sprint(len(r), " steps")
					if len(r) == 1 {
						sort = string(r[0].Action)
					}
					for _, who := range []string{"root", "ann", "bea", "amy", "art", "eda", "tia", "eve", "fia", "hal", of} {
						if w.tries(who, of, key, scope, seven, r) {
							may[sort]++
						} else {
							not[sort]++
						}
					}
				}
			}
		}
	}
	for _, sort := range []perms.FixAction{perms.ShareObject, perms.ClearOverride, perms.Extend, perms.GrantOverride, perms.AssignRole, perms.Reactivate, perms.AddTenant, "2 steps", "3 steps"} {
		if may[string(sort)] == 0 || not[string(sort)] == 0 {
			t.Errorf("%s: may %d times, may not %d times: the world is too poor to show anything", sort, may[string(sort)], not[string(sort)])
		}
	}
}

// tries lets somebody make a remedy in a preview, and reports whether he may.
func (w *world) tries(who, of string, key perms.Permission, scope perms.Scope, object perms.Object, r perms.Remedy) bool {
	w.t.Helper()
	told := w.Perms.MayFix(w.ctx, w.as(who), w.id(of), r...)
	var (
		done error
		now  perms.Decision
	)
	_, err := w.Preview(w.ctx, func(b *store.Book) (err error) {
		for _, f := range r {
			if done = makeFix(w.ctx, b, w.as(who), w.id(of), f); done != nil {
				return nil
			}
		}
		now, err = b.Perms.CheckObject(w.ctx, w.id(of), key, scope, object)
		return err
	})
	w.must(err)
	unseen := told != nil && done == nil // to clear what one does not see is no error, and does nothing
	if (told == nil) != now.Allowed || !unseen && fault.KindOf(told) != fault.KindOf(done) {
		w.t.Errorf("%s makes %s for %s of %s in %s: told %v, done %v, then %s", who, stepsOf(r), key, of, scope, told, done, now.Code)
	}
	return told == nil
}

// stepsOf is a remedy in a line.
func stepsOf(r perms.Remedy) string {
	var steps []string
	for _, f := range r {
		steps = append(steps, fmt.Sprint(f.Action, " ", f.Role.Key, f.Tenancy, f.Scope))
	}
	return strings.Join(steps, ", ")
}
