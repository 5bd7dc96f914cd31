package storetest

import (
	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func purgeCases() []testCase {
	return []testCase{
		{name: "User", run: purgeUser},
		{name: "NothingLeft", run: purgeLeavesNothing},
		{name: "DeletedUser", run: purgeDeletedUser},
		{name: "Missing", run: purgeMissing},
		{name: "Tombstones", run: tombstones},
		{name: "Invites", run: purgeInvites},
		{name: "Journal", run: purgeJournal},
		{name: "JournalOfInvites", run: purgeJournalOfInvites},
		{name: "RolledBack", run: purgeRolledBack},
	}
}

// furnished adds a user with a credential, an avatar and two sessions as well.
func (f *fixture) furnished(name string) users.User {
	f.Helper()
	u, _ := f.loaded(name)
	f.write(func(tx store.Store) error {
		f.must(tx.SetCredential(f.ctx, u.ID, "$hash"))
		return tx.SetAvatar(f.ctx, u.ID, users.Avatar{Tag: "a1", MediaType: "image/png", Image: []byte(name)})
	})
	return f.user(u.ID)
}

func purgeUser(f *fixture) {
	ann, bob := f.furnished("ann"), f.furnished("bob")
	annsSession, bobsSession := f.addSession(ann, hour), f.addSession(bob, hour)
	stone := f.purge(ann)

	_, err := f.store.User(f.ctx, ann.ID)
	f.fails(err, users.ErrNotFound)
	_, err = f.store.UserByNumber(f.ctx, ann.Number)
	f.fails(err, users.ErrNotFound)
	_, err = f.store.UserByAddress(f.ctx, "ann@example.com")
	f.fails(err, users.ErrNotFound)
	_, err = f.store.Subject(f.ctx, ann.ID)
	f.fails(err, perms.ErrNoSubject)
	_, err = f.store.Credential(f.ctx, ann.ID)
	f.fails(err, users.ErrNotFound)
	_, err = f.store.Avatar(f.ctx, ann.ID)
	f.fails(err, users.ErrNoAvatar)
	f.hasSession(annsSession, false)
	equal(f, value[map[uuid.UUID]int](f)(f.store.MemberCounts(f.ctx, ann.Groups)), map[uuid.UUID]int{})
	for _, a := range ann.Roles {
		f.finds(users.Filter{Role: a.Role, Now: noon, Statuses: everybody})
	}
	f.finds(users.Filter{Statuses: everybody}, "bob")
	equal(f, value[users.Tombstone](f)(f.store.Tombstone(f.ctx, ann.Number)), stone)

	equal(f, f.user(bob.ID), bob)
	f.hasSession(bobsSession, true)
	equal(f, f.credential(bob), "$hash")
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, bob.ID)).Image, []byte("bob"))
	f.addUser("ann") // the address is free
	f.write(func(tx store.Store) error { return tx.DeleteRole(f.ctx, ann.Roles[0].Role, noon) })
}

// Whoever got the same id after all would find nothing of the one before.
func purgeLeavesNothing(f *fixture) {
	ann := f.furnished("ann")
	f.addSession(ann, hour)
	f.purge(ann)
	again := users.User{ID: ann.ID, Number: 99, Email: "new@example.com", Status: perms.Active, Version: 1}
	f.write(func(tx store.Store) error { return tx.InsertUser(f.ctx, again) })
	equal(f, f.user(again.ID), again)
	equal(f, f.subject(again.ID), perms.Subject{User: again.ID, Status: perms.Active})
	equal(f, f.credential(again).Reveal(), "")
	_, err := f.store.Avatar(f.ctx, again.ID)
	f.fails(err, users.ErrNoAvatar)
}

func purgeDeletedUser(f *fixture) {
	ann := f.remove(f.furnished("ann"))
	s := f.addSession(ann, hour)
	f.purge(ann)
	_, err := f.store.User(f.ctx, ann.ID)
	f.fails(err, users.ErrNotFound)
	f.hasSession(s, false)
	f.finds(users.Filter{Statuses: everybody})
}

func purgeMissing(f *fixture) {
	ann := f.addUser("ann")
	purge := func(id uuid.UUID) func(store.Store) error {
		return func(tx store.Store) error {
			return tx.PurgeUser(f.ctx, id, users.Tombstone{ID: id, Number: 99, Name: "x", PurgedAt: noon})
		}
	}
	f.refused(users.ErrNotFound, purge(newID()))
	f.purge(ann)
	f.refused(users.ErrNotFound, purge(ann.ID))
}

func tombstones(f *fixture) {
	a, b, c := f.addUser("a"), f.addUser("b"), f.addUser("c")
	_, err := f.store.Tombstone(f.ctx, b.Number)
	f.fails(err, users.ErrNotFound)
	third := f.purge(c)
	stone := users.Tombstone{ID: a.ID, Number: a.Number, Name: "", PurgedAt: eastern(noon)}
	f.write(func(tx store.Store) error { return tx.PurgeUser(f.ctx, a.ID, stone) })
	stone.PurgedAt = noon
	equal(f, value[[]users.Tombstone](f)(f.store.Tombstones(f.ctx)), []users.Tombstone{stone, third})
	equal(f, value[users.Tombstone](f)(f.store.Tombstone(f.ctx, 1)), stone)
	for _, number := range []int64{0, 2, 4, -1} {
		_, err := f.store.Tombstone(f.ctx, number)
		f.fails(err, users.ErrNotFound)
	}
}

// An invite that the person accepted loses name and address; who accepted it, and all the rest, stays.
func purgeInvites(f *fixture) {
	role := f.addRole("viewer")
	ann, bob := f.addUser("ann"), f.addUser("bob")
	hers := f.accept(f.addInvite("ann", role.ID), ann.ID)
	hersToo := f.accept(f.addInvite("ann-too", role.ID), ann.ID)
	his := f.accept(f.addInvite("bob", role.ID), bob.ID)
	open := f.addInvite("ann", role.ID)
	f.purge(ann)
	hers.Email, hers.Name, hersToo.Email, hersToo.Name = "", "", "", ""
	equal(f, value[[]invites.Invite](f)(f.store.Invites(f.ctx)), []invites.Invite{hers, hersToo, his, open})
	equal(f, value[invites.Invite](f)(f.store.InviteByDigest(f.ctx, hers.Digest)), hers)
}

// about is an entry with personal values.
func about(person uuid.UUID, name string) perms.Entry {
	e := entry(person)
	e.After = perms.Members{"status": "active"}
	e.Person, e.PersonBefore = person, perms.Members{"name": nil, "emails": []any{name}}
	e.PersonAfter = perms.Members{"name": name, "deep": map[string]any{"name": name}, "none": nil}
	return e
}

// forgotten is what remains of such an entry: the names of the members, for a reader must see what the change was about.
func forgotten(e perms.Entry) perms.Entry {
	e.PersonBefore = perms.Members{"name": nil, "emails": nil}
	e.PersonAfter = perms.Members{"name": nil, "deep": nil, "none": nil}
	return e
}

func purgeJournal(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	onlyAfter := about(ann.ID, "ann")
	onlyAfter.PersonBefore = nil
	for _, e := range []perms.Entry{about(ann.ID, "ann"), about(bob.ID, "bob"), entry(ann.ID), about(ann.ID, "anne"), onlyAfter} {
		f.append(e)
	}
	want := f.journal()
	f.purge(ann)
	want[0], want[3], want[4].PersonAfter = forgotten(want[0]), forgotten(want[3]), forgotten(want[4]).PersonAfter
	equal(f, f.journal(), want)
	f.append(about(bob.ID, "bob"))
	equal(f, f.journal()[:5], want)
}

func purgeJournalOfInvites(f *fixture) {
	role := f.addRole("viewer")
	ann := f.addUser("ann")
	accepted, open := f.addInvite("ann", role.ID), f.addInvite("eve", role.ID)
	f.append(about(accepted.ID, "ann"))
	f.append(about(open.ID, "eve"))
	f.accept(accepted, ann.ID)
	want := f.journal()
	f.purge(ann)
	want[0] = forgotten(want[0])
	equal(f, f.journal(), want)
}

func purgeRolledBack(f *fixture) {
	role := f.addRole("viewer")
	ann := f.furnished("ann")
	s := f.addSession(ann, hour)
	f.accept(f.addInvite("ann", role.ID), ann.ID)
	f.append(about(ann.ID, "ann"))
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.must(tx.PurgeUser(f.ctx, ann.ID, users.Tombstone{ID: ann.ID, Number: ann.Number, PurgedAt: noon}))
		return errOops
	})
	f.fails(err, errOops)
	f.unchanged(before)
	f.hasSession(s, true)
	f.tries("ann@example.com", "", true)
}
