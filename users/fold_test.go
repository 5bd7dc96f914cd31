package users_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// Whatever happens to tenants, groups, shared objects and avatars, the journal tells all of it.
func TestJournalTellsAll(t *testing.T) {
	w := newWorld(t)
	gamma, err := w.Tenants.Create(w.ctx, w.as("root"), users.NewTenant{Name: "Gamma", Slug: "gamma"})
	w.must(err)
	_, err = w.Tenants.Update(w.ctx, w.as("root"), gamma.ID, users.TenantUpdate{Type: new(perms.RetiredTenant), Slug: new("delta"), RequireApproval: new(true)})
	w.must(err)

	g, other := w.group("Ops", "hal", "zoe", "vic"), w.group("Sales", "vic")
	_, err = w.Groups.Update(w.ctx, w.as("ann"), users.ByID(g.ID), users.GroupUpdate{Name: new("Operations"), Color: new("#08f")})
	w.must(err)
	w.must(w.Groups.RemoveMembers(w.ctx, w.as("ann"), users.ByID(g.ID), w.refs("hal")))
	for _, ids := range [][]int64{{1, 2}, {2, 3}} {
		_, err = w.Groups.SetObjects(w.ctx, w.as("ann"), users.ByID(g.ID), "dashboards", ids)
		w.must(err)
		w.must(w.share(w.as("ann"), "zoe", w.acme, ids...))
	}
	w.must(w.share(w.as("bea"), "zoe", w.beta, 7))
	for _, o := range []perms.Override{perms.Revoke("assets.view"), perms.Grant("assets.edit").In(w.acme), perms.Revoke("assets.edit").In(w.beta)} {
		w.must(w.Users.SetOverride(w.ctx, system, w.id("zoe"), o))
	}
	w.must(w.Users.ClearOverride(w.ctx, system, w.id("zoe"), "assets.edit", perms.In(w.acme)))
	_, err = w.Users.SetAvatar(w.ctx, w.as("vic"), users.ByID(w.id("vic")), pngFile(halves(8, 8)))
	w.must(err)
	storetest.CheckFold(t, w.db)

	w.must(w.Groups.Delete(w.ctx, w.as("ann"), users.ByID(other.ID)))
	_, err = w.Users.RemoveAvatar(w.ctx, w.as("ann"), users.ByID(w.id("vic")))
	w.must(err)
	w.must(tenants(func(w *world) []perms.Tenancy { return []perms.Tenancy{perms.TenantOf(w.beta)} })(w, system, "zoe"))
	storetest.CheckFold(t, w.db)
}
