package storetest

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// adds checks whom it makes members of a group.
func (f *fixture) adds(g users.Group, members, want []uuid.UUID) {
	f.Helper()
	f.write(func(tx store.Store) error {
		f.Helper()
		added := value[[]uuid.UUID](f)(tx.AddMembers(f.ctx, g.ID, members))
		equal(f, append([]uuid.UUID{}, added...), append([]uuid.UUID{}, want...))
		return nil
	})
}

// removes checks whose membership of a group it ends.
func (f *fixture) removes(g users.Group, members, want []uuid.UUID) {
	f.Helper()
	f.write(func(tx store.Store) error {
		f.Helper()
		removed := value[[]uuid.UUID](f)(tx.RemoveMembers(f.ctx, g.ID, members))
		equal(f, append([]uuid.UUID{}, removed...), append([]uuid.UUID{}, want...))
		return nil
	})
}

func addMembers(f *fixture) {
	night, day := f.addGroup("night"), f.addGroup("day")
	a, b, c := f.addUser("a"), f.addUser("b"), f.addUser("c")
	c = f.remove(c)
	f.adds(day, []uuid.UUID{c.ID, a.ID, c.ID}, []uuid.UUID{c.ID, a.ID})
	f.adds(day, []uuid.UUID{c.ID, b.ID, a.ID}, []uuid.UUID{b.ID})
	f.adds(day, []uuid.UUID{a.ID}, nil)
	f.adds(day, nil, nil)
	f.adds(night, []uuid.UUID{a.ID}, []uuid.UUID{a.ID})
	a.Groups, b.Groups, c.Groups = []uuid.UUID{night.ID, day.ID}, []uuid.UUID{day.ID}, []uuid.UUID{day.ID}
	for _, want := range []users.User{a, b, c} { // versions and all else stay
		equal(f, f.user(want.ID), want)
	}
}

func addMembersRefused(f *fixture) {
	day := f.addGroup("day")
	ann := f.addUser("ann")
	for _, members := range [][]uuid.UUID{{newID()}, {ann.ID, newID()}, {newID(), ann.ID}, {uuid.Nil}} {
		f.refused(users.ErrNotFound, func(tx store.Store) error {
			_, err := tx.AddMembers(f.ctx, day.ID, members)
			return err
		})
	}
}

func removeMembers(f *fixture) {
	night, day := f.addGroup("night"), f.addGroup("day")
	a, b, c := f.addUser("a"), f.addUser("b"), f.addUser("c")
	f.join(day, a, b, c)
	f.join(night, a, b)
	f.removes(day, []uuid.UUID{b.ID, newID(), a.ID, b.ID}, []uuid.UUID{b.ID, a.ID})
	f.removes(day, []uuid.UUID{a.ID}, nil)
	f.removes(day, nil, nil)
	a.Groups, b.Groups, c.Groups = []uuid.UUID{night.ID}, []uuid.UUID{night.ID}, []uuid.UUID{day.ID}
	for _, want := range []users.User{a, b, c} {
		equal(f, f.user(want.ID), want)
	}
	f.adds(day, []uuid.UUID{a.ID}, []uuid.UUID{a.ID})
}

func memberCounts(f *fixture) {
	day, night, empty := f.addGroup("day"), f.addGroup("night"), f.addGroup("empty")
	a, b, c := f.addUser("a"), f.addUser("b"), f.addUser("c", func(u *users.User) { u.Status = perms.Suspended })
	f.join(day, a, b, c)
	f.join(night, b)
	counts := func(want map[uuid.UUID]int, groups ...uuid.UUID) {
		f.Helper()
		equal(f, value[map[uuid.UUID]int](f)(f.store.MemberCounts(f.ctx, groups)), want)
	}
	counts(map[uuid.UUID]int{day.ID: 3, night.ID: 1}, manyIDs(day.ID, night.ID, empty.ID)...)
	counts(map[uuid.UUID]int{day.ID: 3}, day.ID, empty.ID)
	counts(map[uuid.UUID]int{})
	f.remove(f.user(b.ID))
	counts(map[uuid.UUID]int{day.ID: 2}, day.ID, night.ID)
	f.purge(a)
	counts(map[uuid.UUID]int{day.ID: 1}, day.ID, night.ID)
}

// A thousand at once is more than some databases bind.
func manyMembers(f *fixture) {
	const n = 1000
	day := f.addGroup("day")
	ids := make([]uuid.UUID, n)
	f.write(func(tx store.Store) error {
		for i := range ids {
			u := f.newUser(fmt.Sprintf("u%d", i))
			u.Number = f.number(tx, perms.KindUser)
			f.must(tx.InsertUser(f.ctx, u))
			ids[i] = u.ID
		}
		return nil
	})
	f.adds(day, ids, ids)
	equal(f, value[map[uuid.UUID]int](f)(f.store.MemberCounts(f.ctx, []uuid.UUID{day.ID})), map[uuid.UUID]int{day.ID: n})
	got := value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{Group: day.ID}))
	equal(f, idsOf(got), ids)
	f.removes(day, manyIDs(ids...), ids)
	equal(f, value[map[uuid.UUID]int](f)(f.store.MemberCounts(f.ctx, []uuid.UUID{day.ID})), map[uuid.UUID]int{})
}
