package storetest

import (
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func addressCases() []testCase {
	return []testCase{
		{name: "OneNamespace", run: oneNamespace},
		{name: "OneUserBothWays", run: oneUserBothWays},
		{name: "Unset", run: unsetAddresses},
		{name: "Moved", run: addressMoved},
		{name: "DeletedFree", run: deletedFree},
		{name: "DeletedInsert", run: deletedInsert},
		{name: "External", run: externals},
	}
}

// known sets the two addresses of a user.
func known(email, username string) func(*users.User) {
	return func(u *users.User) { u.Email, u.Username = email, username }
}

// tries checks whether a user with these addresses can be made, by insertion and by update.
func (f *fixture) tries(email, username string, taken bool) {
	f.Helper()
	other := f.addUser("other-user")
	insert := func(tx store.Store) error {
		u := f.newUser("")
		u.Number = 99
		known(email, username)(&u)
		return tx.InsertUser(f.ctx, u)
	}
	update := func(tx store.Store) error {
		u := other.Clone()
		u.Version++
		known(email, username)(&u)
		return tx.UpdateUser(f.ctx, other, u)
	}
	for _, write := range []func(store.Store) error{insert, update} {
		if taken {
			f.refused(users.ErrAddressTaken, write)
			continue
		}
		err := f.store.InTx(f.ctx, func(tx store.Store) error {
			if err := write(tx); err != nil {
				f.Errorf("address %q, user name %q: %v", email, username, err)
			}
			return errOops
		})
		f.fails(err, errOops)
	}
	f.purge(other)
}

// E-mail addresses and user names are one set. The case of ASCII letters does not count, everything else does: a Kelvin sign is no k.
func oneNamespace(f *fixture) {
	f.addUser("ann", known("Ann@Example.com", "kim"))
	f.addUser("bob", known("", "ärger%_"))
	for _, row := range []struct {
		email, username string
		taken           bool
	}{
		{"ann@example.com", "", true}, {"ANN@EXAMPLE.COM", "free", true}, {"", "aNN@example.com", true}, {"free", "Ann@example.com", true},
		{"", "kim", true}, {"KIM", "", true}, {"", "Kim", true}, {"", "\u212aim", false}, {"", "kım", false}, {"", "kim ", false}, {"", " kim", false},
		{"", "ärger%_", true}, {"", "äRGER%_", true}, {"", "Ärger%_", false}, {"", "a\u0308rger%_", false}, {"", "ärgerxx", false},
		{"ann@example.com.", "", false}, {"ann+1@example.com", "", false}, {"a.nn@example.com", "", false}, {"new@example.com", "new", false},
	} {
		f.tries(row.email, row.username, row.taken)
	}
}

func oneUserBothWays(f *fixture) {
	u := f.addUser("ann", known("Ann@Example.com", "aNN@example.COM"))
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com")), u)
	f.tries("ann@example.com", "", true)
	u = f.change(u, known("", "ANN@example.com"))
	f.tries("ann@example.com", "", true)
	u = f.change(u, known("ann@EXAMPLE.com", "ann"))
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann")), u)
	f.purge(u)
	f.tries("ann@example.com", "ann", false)
}

func unsetAddresses(f *fixture) {
	f.addUser("a", known("", ""))
	f.addUser("b", known("", ""))
	f.addUser("c", known("", "c"))
	f.addUser("d", known("d@example.com", ""))
	f.tries("", "", false)
}

func addressMoved(f *fixture) {
	u := f.addUser("ann", known("ann@example.com", "ann"))
	u = f.change(u, known("ann@example.org", "ann"))
	f.tries("ann@example.com", "", false)
	f.tries("ann@example.org", "", true)
	u = f.change(u, known("ann", "ann@example.org")) // the two change places
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann")), u)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.org")), u)
	_, err := f.store.UserByAddress(f.ctx, "ann@example.com")
	f.fails(err, users.ErrNotFound)
}

// A deleted user keeps what he was called, and nothing of it is in anybody's way.
func deletedFree(f *fixture) {
	named := func(u *users.User) { u.Email, u.Username, u.External = "Ann@example.com", "ann", "E1" }
	gone := f.remove(f.addUser("ann", named))
	_, err := f.store.UserByAddress(f.ctx, "ann@example.com")
	f.fails(err, users.ErrNotFound)
	equal(f, f.user(gone.ID), gone)
	next := f.addUser("ann", named)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann")), next)
	gone = f.change(gone, func(u *users.User) { u.Phone = "1" })
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann")), next)
	f.purge(gone)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com")), next)
	f.tries("ann@example.com", "", true)
	last := f.remove(next)
	f.addUser("third", func(u *users.User) { u.External = "E1" })
	f.refused(users.ErrExternalTaken, func(tx store.Store) error {
		back := last.Clone()
		back.Status, back.Version = perms.Active, back.Version+1
		return tx.UpdateUser(f.ctx, last, back)
	})
}

func deletedInsert(f *fixture) {
	ann := f.addUser("ann", func(u *users.User) { u.External = "E1" })
	f.addUser("ann", func(u *users.User) { u.Status, u.External = perms.Deleted, "E1" })
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com")), ann)
}

// External ids are the host's: they are compared exactly.
func externals(f *fixture) {
	named := func(external string) func(*users.User) { return func(u *users.User) { u.External = external } }
	ann := f.addUser("ann", named("E1"))
	f.addUser("bob", named(""))
	f.addUser("eve", named(""))
	joe := f.addUser("joe", named("e1"))
	for _, taken := range []string{"E1", "e1"} {
		f.refused(users.ErrExternalTaken, func(tx store.Store) error {
			u := f.newUser("new")
			u.Number, u.External = 9, taken
			return tx.InsertUser(f.ctx, u)
		})
	}
	f.refused(users.ErrExternalTaken, func(tx store.Store) error {
		u := joe.Clone()
		u.External, u.Version = "E1", 2
		return tx.UpdateUser(f.ctx, joe, u)
	})
	ann = f.change(ann, named("E2"))
	f.change(joe, named("E1"))
	f.change(ann, func(u *users.User) { u.Phone = "1" })
	f.purge(ann)
	f.addUser("new", named("E2"))
}
