package storetest

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func catalogueCases() []testCase {
	return []testCase{
		{name: "KeysInOrder", run: keysInOrder},
		{name: "KeysTakeOver", run: keysTakeOver},
		{name: "Numbers", run: numbers},
		{name: "NumbersRolledBack", run: numbersRolledBack},
		{name: "NumbersNeverReused", run: numbersNeverReused},
	}
}

func (f *fixture) putKeys(keys ...perms.Key) {
	f.Helper()
	f.write(func(tx store.Store) error { return tx.PutKeys(f.ctx, keys) })
}

// By bytes: a collation that skips punctuation, or folds it, has another order.
func keysInOrder(f *fixture) {
	f.putKeys(perms.Key{Permission: "ab.x"}, perms.Key{Permission: "a.b.c"}, perms.Key{Permission: "a_b.x"}, perms.Key{Permission: "a.b"})
	f.putKeys(perms.Key{Permission: "a-b.x", Description: "Ärger, \"%_\\'", Feature: true})
	f.putKeys()
	equal(f, value[[]perms.Key](f)(f.store.Keys(f.ctx)), []perms.Key{
		{Permission: "a-b.x", Description: "Ärger, \"%_\\'", Feature: true}, {Permission: "a.b"}, {Permission: "a.b.c"}, {Permission: "a_b.x"}, {Permission: "ab.x"},
	})
}

func keysTakeOver(f *fixture) {
	f.putKeys(perms.Key{Permission: "a.b", Description: "old", Feature: true}, perms.Key{Permission: "a.c"}, perms.Key{Permission: "a.d", Description: "kept"})
	f.putKeys(perms.Key{Permission: "a.b", Description: "new"}, perms.Key{Permission: "a.c", Feature: true})
	equal(f, value[[]perms.Key](f)(f.store.Keys(f.ctx)), []perms.Key{
		{Permission: "a.b", Description: "new"}, {Permission: "a.c", Feature: true}, {Permission: "a.d", Description: "kept"},
	})
}

// numberKinds are the kinds of what carries numbers, and the first number of each.
func numberKinds() map[perms.Kind]int64 {
	return map[perms.Kind]int64{perms.KindUser: 1, perms.KindRole: 1, perms.KindTenant: 2, perms.KindGroup: 1, perms.KindInvite: 1, perms.KindLink: 1}
}

func numbers(f *fixture) {
	for kind, first := range numberKinds() {
		f.write(func(tx store.Store) error {
			for i := range int64(3) {
				if n := f.number(tx, kind); n != first+i {
					f.Errorf("number %d of %s is %d", i+1, kind, n)
				}
			}
			return nil
		})
		f.write(func(tx store.Store) error {
			if n := f.number(tx, kind); n != first+3 {
				f.Errorf("number of %s in another transaction is %d; want %d", kind, n, first+3)
			}
			return nil
		})
	}
}

func numbersRolledBack(f *fixture) {
	for kind, first := range numberKinds() {
		err := f.store.InTx(f.ctx, func(tx store.Store) error {
			f.number(tx, kind)
			return errOops
		})
		f.fails(err, errOops)
		f.write(func(tx store.Store) error {
			equal(f, f.number(tx, kind), first)
			err := tx.InTx(f.ctx, func(inner store.Store) error {
				equal(f, f.number(inner, kind), first+1)
				return errOops
			})
			f.fails(err, errOops)
			equal(f, f.number(tx, kind), first+1)
			return nil
		})
	}
}

func numbersNeverReused(f *fixture) {
	ann, role, group, link := f.addUser("ann"), f.addRole("viewer"), f.addGroup("night shift"), f.addLink()
	invite := f.addInvite("eve", role.ID)
	f.write(func(tx store.Store) error {
		f.must(tx.PurgeUser(f.ctx, ann.ID, users.Tombstone{ID: ann.ID, Number: ann.Number, PurgedAt: noon}))
		f.must(tx.DeleteInvite(f.ctx, invite.ID))
		f.must(tx.DeleteRole(f.ctx, role.ID, noon))
		f.must(tx.DeleteGroup(f.ctx, group.ID))
		return tx.DeleteLink(f.ctx, link.ID)
	})
	f.write(func(tx store.Store) error {
		for _, kind := range []perms.Kind{perms.KindUser, perms.KindRole, perms.KindGroup, perms.KindInvite, perms.KindLink} {
			equal(f, f.number(tx, kind), 2)
		}
		return nil
	})
}

// manyIDs returns a thousand ids that nothing has, and the given ones, twice.
func manyIDs(known ...uuid.UUID) []uuid.UUID {
	ids := append([]uuid.UUID(nil), known...)
	for range 1000 {
		ids = append(ids, newID())
	}
	return append(ids, known...)
}
