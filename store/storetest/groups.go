package storetest

import (
	"math"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func groupCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: groupReadsBack},
		{name: "Missing", run: groupMissing},
		{name: "InsertTwice", run: groupTwice},
		{name: "Names", run: groupNames},
		{name: "Update", run: groupUpdate},
		{name: "UpdateRefused", run: groupUpdateRefused},
		{name: "Lists", run: groupLists},
		{name: "Delete", run: groupDelete},
		{name: "Copies", run: groupCopies},
		{name: "AddMembers", run: addMembers},
		{name: "AddMembersRefused", run: addMembersRefused},
		{name: "RemoveMembers", run: removeMembers},
		{name: "MemberCounts", run: memberCounts},
		{name: "ManyMembers", run: manyMembers},
	}
}

func (f *fixture) group(id uuid.UUID) users.Group {
	f.Helper()
	return value[users.Group](f)(f.store.Group(f.ctx, id))
}

func groupReadsBack(f *fixture) {
	report := perms.ObjectGrant{Tenant: f.home, Object: perms.Object{Type: "reports", ID: math.MaxInt64}}
	g := users.Group{ID: newID(), Number: 1, Tenant: f.home, Name: "Nächt \"O'Brien\" %_\\", Description: "; --", Color: "#ff0000", CreatedAt: eastern(noon),
		Objects: []perms.ObjectGrant{report, shared(f.home, 10), shared(f.home, 9)}}
	bare := users.Group{ID: newID(), Number: 2, Tenant: f.home, Name: "bare", CreatedAt: noon, Objects: []perms.ObjectGrant{}}
	f.write(func(tx store.Store) error {
		f.must(tx.InsertGroup(f.ctx, g))
		return tx.InsertGroup(f.ctx, bare)
	})
	g.CreatedAt, g.Objects, bare.Objects = noon, []perms.ObjectGrant{shared(f.home, 9), shared(f.home, 10), report}, nil
	for _, want := range []users.Group{g, bare} {
		equal(f, f.group(want.ID), want)
		equal(f, value[users.Group](f)(f.store.GroupByNumber(f.ctx, want.Number)), want)
	}
	equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, f.home)), []users.Group{g, bare})
	equal(f, value[[]users.Group](f)(f.store.GroupsByID(f.ctx, []uuid.UUID{bare.ID, g.ID})), []users.Group{g, bare})
}

func groupMissing(f *fixture) {
	for _, id := range []uuid.UUID{newID(), uuid.Nil} {
		_, err := f.store.Group(f.ctx, id)
		f.fails(err, users.ErrGroupNotFound)
		equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, id)), []users.Group{})
		f.refused(users.ErrGroupNotFound, func(tx store.Store) error { return tx.DeleteGroup(f.ctx, id) })
		for _, members := range [][]uuid.UUID{nil, {newID()}} {
			f.refused(users.ErrGroupNotFound, func(tx store.Store) error {
				_, err := tx.AddMembers(f.ctx, id, members)
				return err
			})
			f.refused(users.ErrGroupNotFound, func(tx store.Store) error {
				_, err := tx.RemoveMembers(f.ctx, id, members)
				return err
			})
		}
	}
	for _, number := range []int64{0, 1, -1, math.MaxInt64} {
		_, err := f.store.GroupByNumber(f.ctx, number)
		f.fails(err, users.ErrGroupNotFound)
	}
}

func groupTwice(f *fixture) {
	g := f.addGroup("day")
	for what, edit := range map[string]func(*users.Group){
		"a group's id twice":           func(o *users.Group) { o.ID = g.ID },
		"a group's number twice":       func(o *users.Group) { o.Number = g.Number },
		"a group of an unknown tenant": func(o *users.Group) { o.Tenant = newID() },
		"a group's object twice":       func(o *users.Group) { o.Objects = []perms.ObjectGrant{shared(f.home, 1), shared(f.home, 1)} },
	} {
		f.broken(what, func(tx store.Store) error {
			o := users.Group{ID: newID(), Number: 9, Tenant: f.home, Name: "other", CreatedAt: noon}
			edit(&o)
			return tx.InsertGroup(f.ctx, o)
		})
	}
}

func groupNames(f *fixture) {
	other := f.addTenant("other")
	f.addGroup("Ärger")
	f.addGroup("ÄRGER", func(g *users.Group) { g.Tenant = other.ID })
	for _, name := range []string{"Ärger", "äRGER"} {
		f.refused(users.ErrGroupNameTaken, func(tx store.Store) error {
			return tx.InsertGroup(f.ctx, users.Group{ID: newID(), Number: 9, Tenant: f.home, Name: name, CreatedAt: noon})
		})
	}
	for _, name := range []string{"Arger", "Ärger ", "A\u0308rger", "_rger"} {
		f.addGroup(name)
	}
}

func groupUpdate(f *fixture) {
	g := f.addGroup("day", func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, 1), shared(f.home, 2)} })
	ann := f.addUser("ann")
	f.join(g, ann)
	g.Name, g.Description, g.Color, g.Objects = "DAY", "shift", "#00f", []perms.ObjectGrant{shared(f.home, 2), shared(f.home, 3)}
	f.write(func(tx store.Store) error { return tx.UpdateGroup(f.ctx, g) })
	equal(f, f.group(g.ID), g)
	equal(f, f.user(ann.ID).Groups, []uuid.UUID{g.ID})
	g.Name, g.Objects = "night", nil
	f.write(func(tx store.Store) error { return tx.UpdateGroup(f.ctx, g) })
	equal(f, f.group(g.ID), g)
	f.addGroup("day") // the old name is free
}

func groupUpdateRefused(f *fixture) {
	other := f.addTenant("other")
	g := f.addGroup("day")
	f.addGroup("night")
	f.addGroup("evening", func(g *users.Group) { g.Tenant = other.ID })
	f.refused(users.ErrGroupNotFound, func(tx store.Store) error {
		missing := g
		missing.ID = newID()
		return tx.UpdateGroup(f.ctx, missing)
	})
	f.refused(users.ErrGroupNameTaken, func(tx store.Store) error {
		taken := g
		taken.Name, taken.Color = "Night", "#fff"
		return tx.UpdateGroup(f.ctx, taken)
	})
	f.broken("a group's object twice", func(tx store.Store) error {
		twice := g
		twice.Objects = []perms.ObjectGrant{shared(f.home, 1), shared(f.home, 1)}
		return tx.UpdateGroup(f.ctx, twice)
	})
	g.Name = "Evening" // of another tenant
	f.write(func(tx store.Store) error { return tx.UpdateGroup(f.ctx, g) })
}

func groupLists(f *fixture) {
	other := f.addTenant("other")
	z := f.addGroup("z")
	there := f.addGroup("there", func(g *users.Group) { g.Tenant = other.ID })
	a := f.addGroup("a", func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, 1)} })
	equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, f.home)), []users.Group{z, a})
	equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, other.ID)), []users.Group{there})
	equal(f, value[[]users.Group](f)(f.store.GroupsByID(f.ctx, manyIDs(a.ID, there.ID, z.ID))), []users.Group{z, there, a})
	equal(f, len(value[[]users.Group](f)(f.store.GroupsByID(f.ctx, nil))), 0)
}

func groupDelete(f *fixture) {
	share := func(id int64) func(*users.Group) {
		return func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, id)} }
	}
	day, night := f.addGroup("day", share(1)), f.addGroup("night", share(2))
	ann, bob := f.addUser("ann"), f.addUser("bob")
	f.join(day, ann, bob)
	f.join(night, ann)
	f.write(func(tx store.Store) error { return tx.DeleteGroup(f.ctx, day.ID) })
	_, err := f.store.Group(f.ctx, day.ID)
	f.fails(err, users.ErrGroupNotFound)
	_, err = f.store.GroupByNumber(f.ctx, day.Number)
	f.fails(err, users.ErrGroupNotFound)
	equal(f, value[[]users.Group](f)(f.store.Groups(f.ctx, f.home)), []users.Group{night})
	bob.Groups, ann.Groups = nil, []uuid.UUID{night.ID}
	equal(f, f.user(ann.ID), ann)
	equal(f, f.user(bob.ID), bob)
	equal(f, f.subject(ann.ID).Objects, night.Objects)
	f.write(func(tx store.Store) error { return tx.InsertGroup(f.ctx, day) }) // nothing of it is in the way
	equal(f, value[users.Group](f)(f.store.GroupByNumber(f.ctx, day.Number)), day)
	equal(f, f.user(bob.ID), bob)
}

func groupCopies(f *fixture) {
	g := f.addGroup("day", func(g *users.Group) { g.Objects = []perms.ObjectGrant{shared(f.home, 1)} })
	ann := f.addUser("ann")
	members := []uuid.UUID{ann.ID}
	f.write(func(tx store.Store) error {
		added, err := tx.AddMembers(f.ctx, g.ID, members)
		added[0] = uuid.Nil
		return err
	})
	before := f.dump()
	g.Objects[0] = shared(f.home, 99)
	members[0] = uuid.Nil
	f.group(g.ID).Objects[0] = shared(f.home, 99)
	value[[]users.Group](f)(f.store.Groups(f.ctx, f.home))[0].Objects[0] = shared(f.home, 99)
	value[[]users.Group](f)(f.store.GroupsByID(f.ctx, []uuid.UUID{g.ID}))[0].Objects[0] = shared(f.home, 99)
	f.unchanged(before)
	edited := f.group(g.ID)
	f.write(func(tx store.Store) error { return tx.UpdateGroup(f.ctx, edited) })
	edited.Objects[0] = shared(f.home, 99)
	f.unchanged(before)
}
