package storetest

import (
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func newStoreCases() []testCase {
	return []testCase{
		{name: "DefaultTenant", run: defaultTenant},
		{name: "NothingElse", run: nothingElse},
	}
}

func defaultTenant(f *fixture) {
	t := value[users.Tenant](f)(f.store.TenantByNumber(f.ctx, 1))
	equal(f, t, users.Tenant{ID: t.ID, Number: 1, Slug: "default", Name: "Default", Type: perms.ProductionTenant, CreatedAt: t.CreatedAt, Version: 1})
	if t.ID.Version() != 7 {
		f.Errorf("its id is %s, which is no version 7", t.ID)
	}
	if t.CreatedAt.IsZero() || t.CreatedAt != t.CreatedAt.UTC().Truncate(time.Microsecond) {
		f.Errorf("it was created at %v, which is not UTC in whole microseconds", t.CreatedAt)
	}
	equal(f, value[[]users.Tenant](f)(f.store.Tenants(f.ctx, users.TenantFilter{All: true})), []users.Tenant{t})
}

func nothingElse(f *fixture) {
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), perms.Head{})
	equal(f, value[[]roles.Role](f)(f.store.Roles(f.ctx, roles.Filter{All: true})), []roles.Role{})
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{Statuses: everybody})), []users.User{})
	equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, f.home)), []users.Group{})
	equal(f, value[[]invites.Invite](f)(f.store.Invites(f.ctx)), []invites.Invite{})
	equal(f, value[[]invites.Invite](f)(f.store.PendingInvites(f.ctx, invites.Filter{All: true}, noon)), []invites.Invite{})
	equal(f, value[[]invites.Link](f)(f.store.Links(f.ctx, invites.Filter{All: true})), []invites.Link{})
	equal(f, len(value[[]perms.Key](f)(f.store.Keys(f.ctx))), 0)
	equal(f, len(value[[]users.Tombstone](f)(f.store.Tombstones(f.ctx))), 0)
	equal(f, len(value[[]perms.Entry](f)(f.store.Journal(f.ctx, perms.JournalFilter{Limit: 10}))), 0)
	equal(f, value[bool](f)(f.store.AnyUser(f.ctx)), false)
}
