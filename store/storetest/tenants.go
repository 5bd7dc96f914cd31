package storetest

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func tenantCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: tenantReadsBack},
		{name: "Missing", run: tenantMissing},
		{name: "InsertTwice", run: tenantTwice},
		{name: "Update", run: tenantUpdate},
		{name: "UpdateRefused", run: tenantUpdateRefused},
		{name: "ByID", run: tenantsByID},
		{name: "List", run: tenantList},
	}
}

// eastern is another way to say a time: in another zone, and with what a store cuts off.
func eastern(t time.Time) time.Time { return t.In(time.FixedZone("EET", 7200)).Add(999) }

func tenantReadsBack(f *fixture) {
	n := users.Tenant{ID: newID(), Number: 2, Slug: "acme", Name: "Ácme \"O'Brien\" %_\\", Type: perms.RetiredTenant, RequireApproval: true, CreatedAt: eastern(noon), Version: 3}
	f.write(func(tx store.Store) error { return tx.InsertTenant(f.ctx, n) })
	n.CreatedAt = noon
	equal(f, value[users.Tenant](f)(f.store.Tenant(f.ctx, n.ID)), n)
	equal(f, value[users.Tenant](f)(f.store.TenantByNumber(f.ctx, 2)), n)
}

func tenantMissing(f *fixture) {
	for _, id := range []uuid.UUID{newID(), uuid.Nil} {
		_, err := f.store.Tenant(f.ctx, id)
		f.fails(err, users.ErrTenantNotFound)
	}
	for _, number := range []int64{0, 2, -1, math.MaxInt64} {
		_, err := f.store.TenantByNumber(f.ctx, number)
		f.fails(err, users.ErrTenantNotFound)
	}
}

func tenantTwice(f *fixture) {
	n := f.addTenant("acme")
	other := n
	other.ID, other.Number = newID(), 9
	f.refused(users.ErrSlugTaken, func(tx store.Store) error { return tx.InsertTenant(f.ctx, other) })
	f.refused(users.ErrSlugTaken, func(tx store.Store) error {
		other.Slug = "default"
		return tx.InsertTenant(f.ctx, other)
	})
	other.Slug = "other"
	f.broken("a tenant's id twice", func(tx store.Store) error {
		other.ID = n.ID
		return tx.InsertTenant(f.ctx, other)
	})
	f.broken("a tenant's number twice", func(tx store.Store) error {
		other.ID, other.Number = newID(), n.Number
		return tx.InsertTenant(f.ctx, other)
	})
}

func tenantUpdate(f *fixture) {
	old := f.addTenant("acme")
	n := old
	n.Slug, n.Name, n.Type, n.RequireApproval, n.Version = "acme-2", "Acme 2", perms.DeletedTenant, true, 2
	f.write(func(tx store.Store) error { return tx.UpdateTenant(f.ctx, old, n) })
	equal(f, value[users.Tenant](f)(f.store.Tenant(f.ctx, n.ID)), n)
	equal(f, f.addTenant("acme").Slug, "acme") // the old slug is free
	same := n
	same.Version = 3
	f.write(func(tx store.Store) error { return tx.UpdateTenant(f.ctx, n, same) })
	equal(f, value[users.Tenant](f)(f.store.TenantByNumber(f.ctx, n.Number)), same)
}

func tenantUpdateRefused(f *fixture) {
	old := f.addTenant("acme")
	n := old
	n.Version = 2
	f.refused(users.ErrTenantNotFound, func(tx store.Store) error {
		missing := n
		missing.ID = newID()
		return tx.UpdateTenant(f.ctx, missing, missing)
	})
	f.refused(users.ErrSlugTaken, func(tx store.Store) error {
		taken := n
		taken.Slug = "default"
		return tx.UpdateTenant(f.ctx, old, taken)
	})
	for _, version := range []int64{0, 2} {
		stale := old
		stale.Version = version
		taken := n
		taken.Slug = "default"
		f.refused(users.ErrStale, func(tx store.Store) error { return tx.UpdateTenant(f.ctx, stale, taken) })
	}
}

func tenantsByID(f *fixture) {
	a, b := f.addTenant("a"), f.addTenant("b")
	got := value[[]users.Tenant](f)(f.store.TenantsByID(f.ctx, manyIDs(b.ID, a.ID)))
	equal(f, len(got), 2)
	found := map[uuid.UUID]users.Tenant{}
	for _, t := range got {
		found[t.ID] = t
	}
	equal(f, found, map[uuid.UUID]users.Tenant{a.ID: a, b.ID: b})
	equal(f, len(value[[]users.Tenant](f)(f.store.TenantsByID(f.ctx, nil))), 0)
}

func tenantList(f *fixture) {
	z, a, m := f.addTenant("z"), f.addTenant("a"), f.addTenant("m") // numbers 2, 3, 4
	home := value[users.Tenant](f)(f.store.Tenant(f.ctx, f.home))
	for _, row := range []struct {
		filter users.TenantFilter
		want   []users.Tenant
	}{
		{users.TenantFilter{All: true}, []users.Tenant{home, z, a, m}},
		{users.TenantFilter{All: true, IDs: []uuid.UUID{a.ID}}, []users.Tenant{home, z, a, m}},
		{users.TenantFilter{All: true, Except: manyIDs(a.ID, home.ID)}, []users.Tenant{z, m}},
		{users.TenantFilter{}, []users.Tenant{}},
		{users.TenantFilter{IDs: []uuid.UUID{newID(), uuid.Nil}}, []users.Tenant{}},
		{users.TenantFilter{IDs: manyIDs(m.ID, z.ID)}, []users.Tenant{z, m}},
		{users.TenantFilter{IDs: manyIDs(m.ID, z.ID), Limit: 1}, []users.Tenant{z}},
		{users.TenantFilter{IDs: manyIDs(m.ID, z.ID), After: 2}, []users.Tenant{m}},
		{users.TenantFilter{All: true, Limit: 2}, []users.Tenant{home, z}},
		{users.TenantFilter{All: true, After: 2, Limit: 2}, []users.Tenant{a, m}},
		{users.TenantFilter{All: true, After: 4}, []users.Tenant{}},
		{users.TenantFilter{All: true, After: math.MaxInt64}, []users.Tenant{}},
	} {
		equal(f, value[[]users.Tenant](f)(f.store.Tenants(f.ctx, row.filter)), row.want)
	}
	_, err := f.store.Tenants(f.ctx, users.TenantFilter{All: true, Limit: -1})
	f.fails(err, perms.ErrInvalid)
}
