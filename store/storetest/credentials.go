package storetest

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func credentialCases() []testCase {
	return []testCase{
		{name: "SetAndRemove", run: credentialSet},
		{name: "Swap", run: credentialSwap},
		{name: "SwapInTransaction", run: credentialSwapRolledBack},
		{name: "Session", run: sessionReadsBack},
		{name: "SessionTwice", run: sessionTwice},
		{name: "EndSession", run: endSession},
		{name: "EndSessions", run: endSessions},
		{name: "EndExpiredSessions", run: endExpiredSessions},
		{name: "SessionsInTransaction", run: sessionsRolledBack},
		{name: "HeadAlone", run: headAlone},
		{name: "Avatar", run: avatar},
		{name: "AvatarCopies", run: avatarCopies},
	}
}

const hour = time.Hour

func (f *fixture) credential(u users.User) password.Hash {
	f.Helper()
	return value[password.Hash](f)(f.store.Credential(f.ctx, u.ID))
}

func credentialSet(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	set := func(u users.User, h password.Hash) {
		f.Helper()
		f.write(func(tx store.Store) error { return tx.SetCredential(f.ctx, u.ID, h) })
		if got := f.credential(u); got != h {
			f.Errorf("credential is %q; want %q", got.Reveal(), h.Reveal())
		}
	}
	if h := f.credential(ann); h != "" {
		f.Errorf("a new user has the credential %q", h.Reveal())
	}
	long := password.Hash("$argon2id$v=19$m=65536,t=3,p=4$" + strings.Repeat("a+/", 100))
	set(ann, long)
	set(bob, "$2b$bob")
	set(ann, "$other")
	set(ann, "")
	set(bob, "$2b$bob")
	gone := f.remove(f.user(bob.ID))
	set(gone, "$still")
	_, err := f.store.Credential(f.ctx, newID())
	f.fails(err, users.ErrNotFound)
	f.refused(users.ErrNotFound, func(tx store.Store) error { return tx.SetCredential(f.ctx, newID(), "$x") })
	f.refused(users.ErrNotFound, func(tx store.Store) error { return tx.SetCredential(f.ctx, uuid.Nil, "") })
}

func credentialSwap(f *fixture) {
	ann := f.addUser("ann")
	for _, step := range []struct {
		old, h  password.Hash
		swapped bool
		then    password.Hash
	}{
		{"$x", "$y", false, ""}, {"", "$a", true, "$a"}, {"", "$b", false, "$a"}, {"$A", "$b", false, "$a"}, {"$a", "$b", true, "$b"},
		{"$a", "$c", false, "$b"}, {"$b", "$b", true, "$b"}, {"$b", "", true, ""}, {"$b", "$c", false, ""},
	} {
		equal(f, value[bool](f)(f.store.SwapCredential(f.ctx, ann.ID, step.old, step.h)), step.swapped)
		equal(f, f.credential(ann).Reveal(), step.then.Reveal())
	}
	for _, old := range []password.Hash{"", "$x"} {
		equal(f, value[bool](f)(f.store.SwapCredential(f.ctx, newID(), old, "$y")), false)
	}
}

func credentialSwapRolledBack(f *fixture) {
	ann := f.addUser("ann")
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		equal(f, value[bool](f)(tx.SwapCredential(f.ctx, ann.ID, "", "$a")), true)
		equal(f, value[password.Hash](f)(tx.Credential(f.ctx, ann.ID)).Reveal(), "$a")
		return errOops
	})
	f.fails(err, errOops)
	equal(f, f.credential(ann).Reveal(), "")
}

// addSession adds a session that lasts for so long from noon.
func (f *fixture) addSession(u users.User, lifetime time.Duration) session.Session {
	f.Helper()
	s := session.Session{Digest: f.digest(), User: u.ID, CreatedAt: noon, ExpiresAt: noon.Add(lifetime)}
	f.must(f.store.InsertSession(f.ctx, s))
	return s
}

// hasSession checks whether a session is there, and reads back if it is.
func (f *fixture) hasSession(want session.Session, has bool) {
	f.Helper()
	got, u, err := f.store.Session(f.ctx, want.Digest)
	if !has {
		f.fails(err, users.ErrNoSession)
		return
	}
	f.must(err)
	equal(f, got, want)
	equal(f, u, f.user(want.User))
}

func sessionReadsBack(f *fixture) {
	ann, _ := f.loaded("ann")
	s := session.Session{Digest: f.digest(), User: ann.ID, CreatedAt: eastern(noon), ExpiresAt: eastern(noon.Add(hour))}
	f.must(f.store.InsertSession(f.ctx, s))
	s.CreatedAt, s.ExpiresAt = noon, noon.Add(hour)
	f.hasSession(s, true)
	over := f.addSession(ann, -hour)
	f.hasSession(over, true) // expiry is the caller's to judge
	for _, status := range []perms.Status{perms.Pending, perms.Suspended, perms.Deleted} {
		f.change(f.user(ann.ID), func(u *users.User) { u.Status = status })
		f.hasSession(s, true)
	}
	for _, d := range []session.Digest{f.digest(), {}} {
		_, _, err := f.store.Session(f.ctx, d)
		f.fails(err, users.ErrNoSession)
	}
}

func sessionTwice(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	s := f.addSession(ann, hour)
	for what, bad := range map[string]session.Session{
		"a digest twice":               {Digest: s.Digest, User: bob.ID, CreatedAt: noon, ExpiresAt: noon},
		"a session twice":              s,
		"a session of an unknown user": {Digest: f.digest(), User: newID(), CreatedAt: noon, ExpiresAt: noon},
	} {
		f.broken(what, func(tx store.Store) error { return tx.InsertSession(f.ctx, bad) })
	}
	f.hasSession(s, true)
}

func endSession(f *fixture) {
	ann := f.addUser("ann")
	a, b := f.addSession(ann, hour), f.addSession(ann, hour)
	f.must(f.store.EndSession(f.ctx, a.Digest))
	f.hasSession(a, false)
	f.hasSession(b, true)
	f.must(f.store.EndSession(f.ctx, a.Digest))
	f.must(f.store.EndSession(f.ctx, session.Digest{}))
	f.must(f.store.InsertSession(f.ctx, a))
	f.hasSession(a, true)
}

func endSessions(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	a, b, c, his := f.addSession(ann, hour), f.addSession(ann, hour), f.addSession(ann, -hour), f.addSession(bob, hour)
	f.must(f.store.EndSessions(f.ctx, ann.ID, b.Digest))
	f.hasSession(a, false)
	f.hasSession(b, true)
	f.hasSession(c, false)
	f.hasSession(his, true)
	f.must(f.store.EndSessions(f.ctx, ann.ID, his.Digest)) // excepts none of hers
	f.hasSession(b, false)
	f.must(f.store.EndSessions(f.ctx, newID(), session.Digest{}))
	f.hasSession(his, true)
	f.must(f.store.EndSessions(f.ctx, bob.ID, session.Digest{}))
	f.hasSession(his, false)
}

func endExpiredSessions(f *fixture) {
	ann := f.addUser("ann")
	before, at, after := f.addSession(ann, -time.Microsecond), f.addSession(ann, 0), f.addSession(ann, time.Microsecond)
	f.must(f.store.EndExpiredSessions(f.ctx, noon.Add(-time.Microsecond)))
	f.hasSession(before, false)
	f.hasSession(at, true)
	f.must(f.store.EndExpiredSessions(f.ctx, noon.In(time.FixedZone("EET", 7200))))
	f.hasSession(at, false)
	f.hasSession(after, true)
}

func sessionsRolledBack(f *fixture) {
	ann := f.addUser("ann")
	old := f.addSession(ann, hour)
	expired := f.addSession(ann, 0)
	fresh := session.Session{Digest: f.digest(), User: ann.ID, CreatedAt: noon, ExpiresAt: noon.Add(hour)}
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.must(tx.InsertSession(f.ctx, fresh))
		got, u, err := tx.Session(f.ctx, fresh.Digest)
		f.must(err)
		equal(f, got, fresh)
		equal(f, u, ann)
		f.must(tx.EndExpiredSessions(f.ctx, noon))
		f.must(tx.EndSession(f.ctx, old.Digest))
		f.must(tx.EndSessions(f.ctx, ann.ID, session.Digest{}))
		_, _, err = tx.Session(f.ctx, fresh.Digest)
		f.fails(err, users.ErrNoSession)
		return errOops
	})
	f.fails(err, errOops)
	f.hasSession(old, true)
	f.hasSession(expired, true)
	f.hasSession(fresh, false)
}

func headAlone(f *fixture) {
	ann := f.addUser("ann")
	head := f.append(entry(ann.ID))
	f.must1(f.store.SwapCredential(f.ctx, ann.ID, "", "$a"))
	s := f.addSession(ann, hour)
	f.must1(f.store.Charge(f.ctx, []users.Throttle{{Key: "a", Limit: 1, Window: hour}}, noon))
	f.must(f.store.Refund(f.ctx, []string{"a"}))
	f.must(f.store.Clear(f.ctx, "a"))
	f.must(f.store.EndSession(f.ctx, s.Digest))
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), head)
}

func avatar(f *fixture) {
	ann, bob := f.addUser("ann"), f.addUser("bob")
	picture := users.Avatar{Tag: "a1", MediaType: "image/png", Image: []byte{0, 255, '\'', '\\', 0}}
	none := func(u users.User) {
		f.Helper()
		_, err := f.store.Avatar(f.ctx, u.ID)
		f.fails(err, users.ErrNoAvatar)
	}
	set := func(u users.User, a users.Avatar) {
		f.Helper()
		f.write(func(tx store.Store) error { return tx.SetAvatar(f.ctx, u.ID, a) })
	}
	none(ann)
	none(users.User{ID: newID()})
	set(ann, picture)
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, ann.ID)), picture)
	equal(f, f.user(ann.ID), ann) // his tag is UpdateUser's
	none(bob)
	set(bob, picture)
	picture.Tag, picture.MediaType, picture.Image = "a2", "image/jpeg", make([]byte, 300_000)
	set(ann, picture)
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, ann.ID)), picture)
	set(ann, users.Avatar{Tag: "a3", MediaType: "image/png", Image: []byte{}})
	none(ann)
	set(ann, users.Avatar{})
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, bob.ID)).Tag, "a1")
	for _, a := range []users.Avatar{picture, {}} {
		f.refused(users.ErrNotFound, func(tx store.Store) error { return tx.SetAvatar(f.ctx, newID(), a) })
	}
}

func avatarCopies(f *fixture) {
	ann := f.addUser("ann")
	image := []byte("abc")
	f.write(func(tx store.Store) error {
		return tx.SetAvatar(f.ctx, ann.ID, users.Avatar{Tag: "a", MediaType: "image/png", Image: image})
	})
	image[0] = 'x'
	value[users.Avatar](f)(f.store.Avatar(f.ctx, ann.ID)).Image[1] = 'x'
	equal(f, value[users.Avatar](f)(f.store.Avatar(f.ctx, ann.ID)).Image, []byte("abc"))
}
