package storetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func viewCases() []testCase {
	return []testCase{
		{name: "Reads", run: viewReads},
		{name: "OfTransaction", run: viewOfTransaction},
		{name: "ReadOnly", run: viewReadOnly},
		{name: "Panic", run: viewPanics},
		{name: "OverAfterwards", run: viewOver},
		{name: "WritesNeedTransaction", run: writesNeedTransaction, open: true},
		{name: "Snapshot", run: viewSnapshot, open: true},
	}
}

func viewReads(f *fixture) {
	ann, want := f.loaded("ann")
	err := f.store.View(f.ctx, func(tx store.Store) error {
		equal(f, value[perms.Subject](f)(tx.Subject(f.ctx, ann.ID)), want)
		return tx.View(f.ctx, func(again store.Store) error {
			equal(f, value[perms.Subject](f)(again.Subject(f.ctx, ann.ID)), want)
			return errOops
		})
	})
	if err != errOops {
		f.Errorf("error is %v; want that of the callback as it is", err)
	}
}

func viewOfTransaction(f *fixture) {
	f.write(func(tx store.Store) error {
		ann := f.inserts(tx, "ann")
		f.must(tx.View(f.ctx, func(view store.Store) error {
			equal(f, value[users.User](f)(view.User(f.ctx, ann.ID)), ann)
			equal(f, value[perms.Head](f)(view.Head(f.ctx)).Revision, 1)
			f.fails(view.SetCredential(f.ctx, ann.ID, "$x"), store.ErrReadOnly)
			f.fails(view.InTx(f.ctx, func(store.Store) error { return nil }), store.ErrReadOnly)
			f.fails(view.EndSession(f.ctx, session.Digest{}), store.ErrReadOnly)
			return nil
		}))
		return tx.SetCredential(f.ctx, ann.ID, "$y")
	})
	ann := value[users.User](f)(f.store.UserByAddress(f.ctx, "ann@example.com"))
	equal(f, f.credential(ann).Reveal(), "$y")
}

// needTransaction are the writes that are nothing without a transaction, each with values that would do.
func (f *fixture) needTransaction() map[string]func(s store.Store) error {
	ctx := f.ctx
	second := func(_ any, err error) error { return err }
	u, r, t, g := f.newUser("new"), f.newRole("new"), users.Tenant{ID: newID(), Number: 9, Slug: "new", Type: perms.TestTenant}, users.Group{ID: newID(), Number: 9, Tenant: f.home, Name: "new"}
	i := invites.Invite{ID: newID(), Number: 9, Role: newID(), Tenant: perms.EveryTenant, Email: "x@example.com", Digest: f.digest(), ExpiresAt: noon}
	return map[string]func(s store.Store) error{
		"PutKeys":        func(s store.Store) error { return s.PutKeys(ctx, []perms.Key{{Permission: "a.b"}}) },
		"NextNumber":     func(s store.Store) error { return second(s.NextNumber(ctx, perms.KindUser)) },
		"Append":         func(s store.Store) error { return second(s.Append(ctx, entry(u.ID))) },
		"ArchiveJournal": func(s store.Store) error { return s.ArchiveJournal(ctx, 1, nil) },
		"InsertRole":     func(s store.Store) error { return s.InsertRole(ctx, r) },
		"UpdateRole":     func(s store.Store) error { return s.UpdateRole(ctx, r, r) },
		"DeleteRole":     func(s store.Store) error { return s.DeleteRole(ctx, r.ID, noon) },
		"InsertUser":     func(s store.Store) error { return s.InsertUser(ctx, u) },
		"UpdateUser":     func(s store.Store) error { return s.UpdateUser(ctx, u, u) },
		"PurgeUser":      func(s store.Store) error { return s.PurgeUser(ctx, u.ID, users.Tombstone{ID: u.ID, Number: 9}) },
		"SetCredential":  func(s store.Store) error { return s.SetCredential(ctx, u.ID, "$x") },
		"SetAvatar":      func(s store.Store) error { return s.SetAvatar(ctx, u.ID, users.Avatar{}) },
		"InsertTenant":   func(s store.Store) error { return s.InsertTenant(ctx, t) },
		"UpdateTenant":   func(s store.Store) error { return s.UpdateTenant(ctx, t, t) },
		"InsertGroup":    func(s store.Store) error { return s.InsertGroup(ctx, g) },
		"UpdateGroup":    func(s store.Store) error { return s.UpdateGroup(ctx, g) },
		"DeleteGroup":    func(s store.Store) error { return s.DeleteGroup(ctx, g.ID) },
		"AddMembers":     func(s store.Store) error { return second(s.AddMembers(ctx, g.ID, []uuid.UUID{u.ID})) },
		"RemoveMembers":  func(s store.Store) error { return second(s.RemoveMembers(ctx, g.ID, nil)) },
		"InsertInvite":   func(s store.Store) error { return second(s.InsertInvite(ctx, i)) },
		"UseInvite":      func(s store.Store) error { return s.UseInvite(ctx, i.ID, u.ID, noon) },
		"DeleteInvite":   func(s store.Store) error { return s.DeleteInvite(ctx, i.ID) },
		"InsertLink": func(s store.Store) error {
			return s.InsertLink(ctx, invites.Link{ID: newID(), Number: 9, Tenant: f.home})
		},
		"UseLink":    func(s store.Store) error { return s.UseLink(ctx, newID(), noon) },
		"DeleteLink": func(s store.Store) error { return s.DeleteLink(ctx, newID()) },
	}
}

// standAlone are the writes that need no transaction.
func (f *fixture) standAlone(u users.User) map[string]func(s store.Store) error {
	ctx := f.ctx
	second := func(_ any, err error) error { return err }
	fresh := session.Session{Digest: f.digest(), User: u.ID, CreatedAt: noon, ExpiresAt: noon.Add(hour)}
	return map[string]func(s store.Store) error{
		"SwapCredential":     func(s store.Store) error { return second(s.SwapCredential(ctx, u.ID, "", "$x")) },
		"InsertSession":      func(s store.Store) error { return s.InsertSession(ctx, fresh) },
		"EndSession":         func(s store.Store) error { return s.EndSession(ctx, fresh.Digest) },
		"EndSessions":        func(s store.Store) error { return s.EndSessions(ctx, u.ID, session.Digest{}) },
		"EndExpiredSessions": func(s store.Store) error { return s.EndExpiredSessions(ctx, noon.Add(2*time.Hour)) },
		"Charge":             func(s store.Store) error { return second(s.Charge(ctx, []users.Throttle{five("k")}, noon)) },
		"Refund":             func(s store.Store) error { return s.Refund(ctx, []string{"k"}) },
		"Clear":              func(s store.Store) error { return s.Clear(ctx, "k") },
	}
}

func viewReadOnly(f *fixture) {
	ann := f.addUser("ann")
	s := f.addSession(ann, hour)
	before := f.dump()
	f.must(f.store.View(f.ctx, func(view store.Store) error {
		for _, writes := range []map[string]func(store.Store) error{f.needTransaction(), f.standAlone(ann)} {
			for name, write := range writes {
				if err := write(view); err == nil {
					f.Errorf("%s writes on a view", name)
				} else {
					f.fails(err, store.ErrReadOnly)
				}
			}
		}
		f.fails(view.InTx(f.ctx, func(store.Store) error { return nil }), store.ErrReadOnly)
		return nil
	}))
	f.unchanged(before)
	f.hasSession(s, true)
}

func writesNeedTransaction(f *fixture) {
	ann := f.addUser("ann")
	before := f.dump()
	for name, write := range f.needTransaction() {
		if err := write(f.store); err == nil {
			f.Errorf("%s writes without a transaction", name)
		} else {
			f.fails(err, store.ErrReadOnly)
		}
	}
	f.unchanged(before)
	for name, write := range f.standAlone(ann) {
		if err := write(f.store); err != nil {
			f.Errorf("%s: %v", name, err)
		}
	}
}

func viewPanics(f *fixture) {
	what := panicking(func() {
		_ = f.store.View(f.ctx, func(store.Store) error { panic(errOops) })
	})
	equal(f, what, any(errOops))
	f.addUser("ann")
}

func viewOver(f *fixture) {
	for _, result := range []error{nil, errOops} {
		var kept store.Store
		f.fails(f.store.View(f.ctx, func(view store.Store) error {
			kept = view
			return result
		}), result)
		_, err := kept.Head(f.ctx)
		f.fails(err, store.ErrClosed)
		f.fails(kept.View(f.ctx, func(store.Store) error { return nil }), store.ErrClosed)
	}
}

// A view shows one moment, whatever is committed meanwhile, in everything that it shows.
func viewSnapshot(f *fixture) {
	role := f.addRole("viewer")
	ann := f.addUser("ann", func(u *users.User) { u.Roles = []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}} })
	f.append(entry(ann.ID))
	f.must(f.store.View(f.ctx, func(view store.Store) error {
		subject := value[perms.Subject](f)(view.Subject(f.ctx, ann.ID))
		before := value[string](f)(Dump(f.ctx, view))
		f.purge(ann)
		f.write(func(tx store.Store) error {
			f.must(tx.DeleteRole(f.ctx, role.ID, noon))
			f.inserts(tx, "bob")
			return tx.PutKeys(f.ctx, []perms.Key{{Permission: "a.b"}})
		})
		f.addTenant("branch")
		equal(f, value[perms.Subject](f)(view.Subject(f.ctx, ann.ID)), subject)
		equal(f, value[string](f)(Dump(f.ctx, view)), before)
		return nil
	}))
	_, err := f.store.User(f.ctx, ann.ID)
	f.fails(err, users.ErrNotFound)
	_, err = f.store.Role(f.ctx, role.ID)
	f.fails(err, roles.ErrNotFound)
	f.finds(users.Filter{}, "bob")
}
