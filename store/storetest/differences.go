package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// differenceCases are where databases differ and stores do not. The table in differences_test.go says where the other differences are pinned.
func differenceCases() []testCase {
	return []testCase{
		{name: "UnstorableTexts", run: unstorableTexts},
		{name: "TextsNobodyHas", run: textsNobodyHas},
		{name: "TextsInMembers", run: textsInMembers},
		{name: "LongTexts", run: longTexts},
		{name: "FarTimes", run: farTimes},
		{name: "OrderByBytes", run: orderByBytes},
		{name: "Extremes", run: extremes},
		{name: "KeysTwice", run: keysTwice},
		{name: "FailureForgotten", run: failureForgotten},
		{name: "FailureInside", run: failureInside},
	}
}

// A member is a JSON value, in which a NUL has its place and what is no text its replacement.
func textsInMembers(f *fixture) {
	e := entry(newID())
	e.After = perms.Members{"nul": "a\x00b", "bad": "a\xffb", "separator": "\u2028", "html": "<&>", "a\x00": []any{"\x00"}}
	f.append(e)
	equal(f, f.journal()[0].After, perms.Members{"nul": "a\x00b", "bad": "a\ufffdb", "separator": "\u2028", "html": "<&>", "a\x00": []any{"\x00"}})
	equal(f, len(value[[]perms.Entry](f)(f.store.Journal(f.ctx, perms.JournalFilter{About: []uuid.UUID{e.Target.ID}, Limit: 9}))), 1)
}

// noise returns a text of n characters that nothing can compress: an index takes less of them than a table.
func noise(n int) string {
	random, out := rand.New(rand.NewPCG(7, uint64(n))), make([]rune, n)
	for i := range out {
		out[i] = rune(0x20000 + random.IntN(0xa000)) // four bytes each
	}
	return string(out)
}

// The longest texts that the services let through are stored, found and unique; and where no length is a rule of a store's, a megabyte is.
func longTexts(f *fixture) {
	const megabyte = 1 << 18 // of characters of four bytes
	role := f.addRole(noise(roles.MaxName), func(r *roles.Role) { r.Key, r.Description = noise(perms.MaxPermission), noise(megabyte) })
	equal(f, f.role(role.ID), role)
	equal(f, value[roles.Role](f)(f.store.RoleByKey(f.ctx, role.Key)), role)
	tenant := f.addTenant("long", func(t *users.Tenant) { t.Name = noise(users.MaxTenantName) })
	equal(f, value[users.Tenant](f)(f.store.Tenant(f.ctx, tenant.ID)), tenant)
	group := f.addGroup(noise(users.MaxGroupName), func(g *users.Group) { g.Description = noise(megabyte) })
	equal(f, value[users.Group](f)(f.store.Group(f.ctx, group.ID)), group)
	u := f.addUser("ann", func(u *users.User) {
		u.Email, u.Username, u.External = noise(users.MaxAddress), noise(users.MaxAddress-1), noise(users.MaxExternal)
		u.Name, u.Phone = users.Name{Full: noise(users.MaxFullName), Given: noise(users.MaxNamePart), Family: noise(users.MaxNamePart)}, noise(users.MaxPhone)
		grant := perms.Grant(perms.Permission(noise(perms.MaxPermission)))
		grant.Reason = noise(megabyte)
		u.Overrides = []perms.Override{grant}
	})
	equal(f, f.user(u.ID), u)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, u.Email)), u)
	f.finds(users.Filter{External: u.External}, u.Name.Full)
	f.finds(users.Filter{Contains: u.Name.Full[4:]}, u.Name.Full)
	f.refused(users.ErrExternalTaken, func(tx store.Store) error {
		other := f.newUser("bob")
		other.Number, other.External = 99, u.External
		return tx.InsertUser(f.ctx, other)
	})
	e := entry(u.ID)
	e.Reason, e.After = noise(megabyte), perms.Members{"long": noise(megabyte)}
	f.append(e)
	equal(f, f.journal()[0].After, e.After)
	hash := password.Hash(noise(megabyte))
	f.write(func(tx store.Store) error { return tx.SetCredential(f.ctx, u.ID, hash) })
	equal(f, f.credential(u), hash)
}

// Times are microseconds, also before the epoch and far from it.
func farTimes(f *fixture) {
	for i, at := range []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(1582, 10, 4, 12, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(1970, 1, 1, 0, 0, 0, 999, time.UTC), time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	} {
		u := f.addUser(fmt.Sprint("user", i), func(u *users.User) { u.CreatedAt, u.UpdatedAt = at, at.In(time.FixedZone("PST", -8*3600)) })
		u.CreatedAt, u.UpdatedAt = at.Truncate(time.Microsecond), at.Truncate(time.Microsecond)
		equal(f, f.user(u.ID), u)
	}
}

// Texts are in the order of their bytes, whatever a language makes of it.
func orderByBytes(f *fixture) {
	words := []string{"B.x", "_.x", "a-b.x", "a.b", "a.b.c", "a_b.x", "ab.x", "b.x", "é.x", "\U0001f600.x"}
	u := f.newUser("ann")
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(words)) {
		u.Overrides = append(u.Overrides, perms.Grant(perms.Permission(words[i])))
		u.Objects = append(u.Objects, perms.ObjectGrant{Tenant: f.home, Object: perms.Object{Type: words[i], ID: 1}})
	}
	f.write(func(tx store.Store) error {
		f.must(tx.PutKeys(f.ctx, []perms.Key{{Permission: "é.x"}, {Permission: "a.b"}, {Permission: "B.x"}, {Permission: "a_b.x"}, {Permission: "a-b.x"}}))
		u.Number = f.number(tx, perms.KindUser)
		return tx.InsertUser(f.ctx, u)
	})
	read := f.user(u.ID)
	for i, word := range words {
		equal(f, read.Overrides[i].Permission, perms.Permission(word))
		equal(f, read.Objects[i].Object.Type, word)
	}
	equal(f, value[[]perms.Key](f)(f.store.Keys(f.ctx)), []perms.Key{{Permission: "B.x"}, {Permission: "a-b.x"}, {Permission: "a.b"}, {Permission: "a_b.x"}, {Permission: "é.x"}})
}

// The largest bounds are bounds like others.
func extremes(f *fixture) {
	ann, role := f.addUser("ann"), f.addRole("viewer")
	f.append(entry(ann.ID))
	f.finds(users.Filter{Limit: math.MaxInt}, "ann")
	f.finds(users.Filter{Limit: math.MaxInt, Offset: math.MaxInt})
	f.finds(users.Filter{After: math.MinInt64}, "ann")
	equal(f, value[[]roles.Role](f)(f.store.Roles(f.ctx, roles.Filter{All: true, Limit: math.MaxInt, After: math.MinInt64})), []roles.Role{role})
	equal(f, len(value[[]users.Tenant](f)(f.store.Tenants(f.ctx, users.TenantFilter{All: true, Limit: math.MaxInt, After: math.MinInt64}))), 1)
	equal(f, len(value[[]perms.Entry](f)(f.store.Journal(f.ctx, perms.JournalFilter{After: math.MinInt64, Until: math.MaxInt64, Limit: math.MaxInt}))), 1)
}

// A key that stands twice in one call is one key, and the last one counts.
func keysTwice(f *fixture) {
	want := perms.Key{Permission: "assets.view", Description: "See assets"}
	f.putKeys(perms.Key{Permission: want.Permission, Feature: true}, want, perms.Key{Permission: want.Permission}, want)
	equal(f, value[[]perms.Key](f)(f.store.Keys(f.ctx)), []perms.Key{want})
}

// An error that is not documented is the end of a transaction, also where a database would go on: nothing more can be done in it, and nothing comes of it.
func failureForgotten(f *fixture) {
	ann := f.addUser("ann")
	before := f.dump()
	var failed error
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.inserts(tx, "bob")
		failed = tx.SetCredential(f.ctx, ann.ID, "\xff")
		if _, err := tx.User(f.ctx, ann.ID); err == nil {
			f.Error("the transaction goes on")
		}
		return nil
	})
	if failed == nil || err == nil {
		f.Errorf("the statement failed with %v, the transaction with %v", failed, err)
	}
	f.unchanged(before)
	f.addUser("bob") // and the next one works
}

// Around a part of a transaction that has failed so, the rest goes on.
func failureInside(f *fixture) {
	ann := f.addUser("ann")
	var bob, eve users.User
	f.write(func(tx store.Store) error {
		bob = f.inserts(tx, "bob")
		if err := tx.InTx(f.ctx, func(inner store.Store) error {
			f.inserts(inner, "new")
			_ = inner.SetCredential(f.ctx, ann.ID, "\xff")
			return nil
		}); err == nil {
			f.Error("a part that has failed is kept")
		}
		eve = f.inserts(tx, "eve")
		return nil
	})
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{ann, bob, eve})
}
