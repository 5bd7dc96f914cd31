package storetest

import (
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func userUpdate(f *fixture) {
	bare := f.addUser("bare", func(u *users.User) { u.CreatedBy = newID() })
	loaded, _ := f.loaded("loaded")
	full := f.change(bare, func(u *users.User) {
		by := u.CreatedBy
		adorned(u)
		u.CreatedBy = by
		u.Tenants, u.Roles = slices.Clone(loaded.Tenants), slices.Clone(loaded.Roles)
		u.Overrides, u.Groups, u.Objects = slices.Clone(loaded.Overrides), slices.Clone(loaded.Groups), slices.Clone(loaded.Objects)
	})
	stored := f.user(loaded.ID)
	full.Overrides, full.Groups, full.Objects = stored.Overrides, stored.Groups, stored.Objects
	equal(f, f.user(full.ID), full)

	turned := f.change(full, func(u *users.User) {
		slices.Reverse(u.Tenants)
		slices.Reverse(u.Roles)
		u.Roles[0].Scope, u.Overrides = perms.In(f.home), u.Overrides[1:]
		u.Groups, u.Objects = u.Groups[:1], append(u.Objects[:1:1], shared(f.home, 77))
	})
	equal(f, f.user(full.ID), turned)

	empty := f.change(turned, func(u *users.User) {
		*u = users.User{ID: u.ID, Number: u.Number, Email: u.Email, Status: perms.Pending, CreatedAt: u.CreatedAt, CreatedBy: u.CreatedBy, UpdatedAt: noon, Version: 20}
	})
	equal(f, f.user(full.ID), empty)
	equal(f, f.subject(full.ID), perms.Subject{User: full.ID, Status: perms.Pending})
	equal(f, f.user(loaded.ID), stored)
}

// A change of the record is no change of what is not in it.
func userUpdateKeepsTheRest(f *fixture) {
	u := f.addUser("ann")
	avatar := users.Avatar{Tag: "a1", MediaType: "image/png", Image: []byte{1}}
	f.write(func(tx store.Store) error {
		f.must(tx.SetCredential(f.ctx, u.ID, "$hash"))
		return tx.SetAvatar(f.ctx, u.ID, avatar)
	})
	s := f.addSession(u, hour)
	f.change(u, func(u *users.User) { u.Phone = "1" })
	equal(f, f.credential(u), "$hash")
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, u.ID)), avatar)
	f.hasSession(s, true)
}

func userUpdateRefused(f *fixture) {
	f.addUser("bob")
	old := f.addUser("ann")
	f.refused(users.ErrNotFound, func(tx store.Store) error {
		missing := f.newUser("eve")
		missing.Number = 9
		return tx.UpdateUser(f.ctx, missing, missing)
	})
	for _, version := range []int64{0, 2, -1} {
		stale, u := old, old
		stale.Version, u.Email = version, "bob@example.com"
		f.refused(users.ErrStale, func(tx store.Store) error { return tx.UpdateUser(f.ctx, stale, u) })
	}
	once := f.change(old, func(u *users.User) { u.Phone = "1" })
	f.refused(users.ErrStale, func(tx store.Store) error { return tx.UpdateUser(f.ctx, old, once) })
}

func userCopies(f *fixture) {
	u, _ := f.loaded("ann")
	before := f.dump()
	scribble(u)
	f.unchanged(before)
	scribble(f.user(u.ID))
	scribble(value[users.User](f)(f.store.UserByNumber(f.ctx, u.Number)))
	scribble(value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com")))
	scribble(value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{}))[0])
	f.unchanged(before)
	edited := f.change(f.user(u.ID), func(u *users.User) { u.Phone = "1" })
	before = f.dump()
	scribble(edited)
	f.unchanged(before)
}

// scribble writes into every list of a user.
func scribble(u users.User) {
	u.Tenants[0], u.Roles[0], u.Overrides[0] = perms.EveryTenant, perms.Assignment{}, perms.Grant("x.y")
	u.Groups[0], u.Objects[0] = uuid.Nil, perms.ObjectGrant{}
}
