package storetest

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func userCases() []testCase {
	return []testCase{
		{name: "ReadsBack", run: userReadsBack},
		{name: "ReadsBackBare", run: userReadsBackBare},
		{name: "Times", run: userTimes},
		{name: "Missing", run: userMissing},
		{name: "AnyUser", run: anyUser},
		{name: "InsertTwice", run: userTwice},
		{name: "References", run: userReferences},
		{name: "Doubles", run: userDoubles},
		{name: "Update", run: userUpdate},
		{name: "UpdateKeepsTheRest", run: userUpdateKeepsTheRest},
		{name: "UpdateRefused", run: userUpdateRefused},
		{name: "Copies", run: userCopies},
	}
}

func (f *fixture) user(id uuid.UUID) users.User {
	f.Helper()
	return value[users.User](f)(f.store.User(f.ctx, id))
}

// adorned returns what edits every plain field of a user.
func adorned(u *users.User) {
	u.External, u.Email, u.Username, u.Phone = "ERP-17", "Ann.O'Brien@Example.COM", "Änn%_\\", "+49 30 1"
	u.Name = users.Name{Full: "Ann \"the 猫\" O'Brien 👩‍👩‍👧", Given: "Ann", Family: "--; drop"}
	u.Status, u.MFA, u.MustResetMFA, u.MustChangePassword, u.AvatarTag = perms.Suspended, true, true, true, "a1"
	u.CreatedBy, u.UpdatedAt, u.Version = newID(), noon.Add(time.Minute), 7
}

func userReadsBack(f *fixture) {
	u, s := f.loaded("ann")
	// What was given in no order is now in the documented one.
	u.Overrides = s.Overrides
	u.Groups = []uuid.UUID{u.Groups[1], u.Groups[0]}
	u.Objects = []perms.ObjectGrant{u.Objects[2], u.Objects[1], u.Objects[0]}
	equal(f, f.user(u.ID), u)
	equal(f, value[users.User](f)(f.store.UserByNumber(f.ctx, u.Number)), u)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com")), u)
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{u})

	adornedUser := f.addUser("bob", adorned)
	equal(f, f.user(adornedUser.ID), adornedUser)
	equal(f, value[users.User](f)(f.store.UserByAddress(f.ctx, "ann.o'brien@example.com")), adornedUser)

	// Of several, each has what is his.
	other, _ := f.loaded("eve")
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{u, adornedUser, f.user(other.ID)})
}

// What is not there is not there: empty lists are nil, zero times are zero, and no number stands for them.
func userReadsBackBare(f *fixture) {
	u := users.User{ID: newID(), Number: 1, Username: "x", Status: perms.Pending}
	given := u
	given.Tenants, given.Roles, given.Overrides = []perms.Tenancy{}, []perms.Assignment{}, []perms.Override{}
	given.Groups, given.Objects = []uuid.UUID{}, []perms.ObjectGrant{}
	f.write(func(tx store.Store) error { return tx.InsertUser(f.ctx, given) })
	equal(f, f.user(u.ID), u)
	equal(f, value[[]users.User](f)(f.store.Users(f.ctx, users.Filter{})), []users.User{u})
}

func userTimes(f *fixture) {
	role := f.addRole("viewer")
	moments := func(t func(time.Time) time.Time) func(*users.User) {
		return func(u *users.User) {
			w := perms.Window{StartsAt: t(noon.Add(-time.Microsecond)), ExpiresAt: t(noon.Add(time.Microsecond))}
			revoke := perms.Revoke("a.b").During(w)
			revoke.SetAt = t(noon)
			u.CreatedAt, u.UpdatedAt, u.DeletedAt = t(noon), t(noon.Add(time.Microsecond)), t(noon.Add(2*time.Microsecond))
			u.Roles, u.Overrides = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere, Window: w}}, []perms.Override{revoke}
		}
	}
	u := f.addUser("ann", moments(eastern))
	moments(func(t time.Time) time.Time { return t })(&u)
	equal(f, f.user(u.ID), u)
	s := f.subject(u.ID)
	equal(f, s.Roles[0].Assignment, u.Roles[0])
	equal(f, s.Overrides, u.Overrides)
	edited := f.change(u, func(u *users.User) {
		moments(eastern)(u)
		u.CreatedAt = noon
	})
	moments(func(t time.Time) time.Time { return t })(&edited)
	equal(f, f.user(u.ID), edited)
}

func userMissing(f *fixture) {
	f.addUser("ann")
	for _, id := range []uuid.UUID{newID(), uuid.Nil} {
		_, err := f.store.User(f.ctx, id)
		f.fails(err, users.ErrNotFound)
	}
	for _, number := range []int64{0, 2, -1, math.MaxInt64} {
		_, err := f.store.UserByNumber(f.ctx, number)
		f.fails(err, users.ErrNotFound)
	}
	for _, address := range []string{"", "ann", "ANN@example.com", "ann@example.com ", "ann@example.co%", "_nn@example.com"} {
		_, err := f.store.UserByAddress(f.ctx, address)
		f.fails(err, users.ErrNotFound)
	}
}

func anyUser(f *fixture) {
	has := func(want bool) {
		f.Helper()
		equal(f, value[bool](f)(f.store.AnyUser(f.ctx)), want)
	}
	has(false)
	u := f.addUser("ann")
	has(true)
	u = f.remove(u)
	has(true)
	f.purge(u)
	has(false)
}

func userTwice(f *fixture) {
	u := f.addUser("ann")
	f.refused(users.ErrAddressTaken, func(tx store.Store) error {
		again := u
		again.ID, again.Number = newID(), 9
		return tx.InsertUser(f.ctx, again)
	})
	f.broken("a user twice", func(tx store.Store) error { return tx.InsertUser(f.ctx, u) })
	other := f.newUser("other")
	f.broken("a user's id twice", func(tx store.Store) error {
		o := other
		o.ID, o.Number = u.ID, 9
		return tx.InsertUser(f.ctx, o)
	})
	f.broken("a user's number twice", func(tx store.Store) error {
		o := other
		o.Number = u.Number
		return tx.InsertUser(f.ctx, o)
	})
}

// fromUnknown are the references of a user that lead nowhere.
func fromUnknown(role uuid.UUID) map[string]func(*users.User) {
	unknown := perms.In(newID())
	return map[string]func(*users.User){
		"a tenancy of an unknown tenant":       func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(newID())) },
		"an unknown role":                      func(u *users.User) { u.Roles = []perms.Assignment{{Role: newID(), Scope: perms.Anywhere}} },
		"an assignment in an unknown tenant":   func(u *users.User) { u.Roles = []perms.Assignment{{Role: role, Scope: unknown}} },
		"an override in an unknown tenant":     func(u *users.User) { u.Overrides = []perms.Override{{Permission: "a.b", Scope: unknown}} },
		"an unknown group":                     func(u *users.User) { u.Groups = []uuid.UUID{newID()} },
		"an object grant in an unknown tenant": func(u *users.User) { u.Objects = []perms.ObjectGrant{shared(newID(), 1)} },
	}
}

func userReferences(f *fixture) {
	role := f.addRole("viewer")
	stored := f.addUser("ann")
	for what, edit := range fromUnknown(role.ID) {
		f.broken(what, func(tx store.Store) error {
			u := f.newUser("bob")
			u.Number = 9
			edit(&u)
			return tx.InsertUser(f.ctx, u)
		})
		f.broken(what, func(tx store.Store) error {
			u := stored.Clone()
			u.Version++
			edit(&u)
			return tx.UpdateUser(f.ctx, stored, u)
		})
	}
}

func userDoubles(f *fixture) {
	group := f.addGroup("day")
	stored := f.addUser("ann")
	for what, edit := range map[string]func(*users.User){
		"a membership twice": func(u *users.User) { u.Groups = []uuid.UUID{group.ID, group.ID} },
		"an object twice": func(u *users.User) {
			u.Objects = []perms.ObjectGrant{shared(f.home, 1), shared(f.home, 2), shared(f.home, 1)}
		},
		"an override twice": func(u *users.User) { u.Overrides = []perms.Override{perms.Grant("a.b"), perms.Revoke("a.b")} },
		"a tenant's override twice": func(u *users.User) {
			u.Overrides = []perms.Override{perms.Grant("a.b").In(f.home), perms.Grant("a.b"), perms.Grant("a.b").In(f.home)}
		},
	} {
		f.broken(what, func(tx store.Store) error {
			u := f.newUser("bob")
			u.Number = 9
			edit(&u)
			return tx.InsertUser(f.ctx, u)
		})
		f.broken(what, func(tx store.Store) error {
			u := stored.Clone()
			u.Version++
			edit(&u)
			return tx.UpdateUser(f.ctx, stored, u)
		})
	}
}
