package storetest

import (
	"fmt"
	"time"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// unstorable are texts that some database refuses: no store takes them.
var unstorable = []string{"a\x00b", "\x00", "a\xffb", "\xc0\x80", "\xed\xa0\x80", "cut\xf0\x9f\x91"}

func unstorableTexts(f *fixture) {
	role, group, user := f.addRole("viewer"), f.addGroup("day"), f.addUser("ann")
	gone := f.addUser("gone")
	stored := value[users.Tenant](f)(f.store.Tenant(f.ctx, f.home))
	for _, bad := range unstorable {
		for _, writes := range []map[string]func(store.Store) error{
			f.userWrites(user, bad), f.roleWrites(role, bad), f.groupWrites(group, bad), f.tenantWrites(stored, bad), f.promiseWrites(role, bad), f.journalWrites(bad),
		} {
			for what, write := range writes {
				f.broken(fmt.Sprintf("%s %q", what, bad), write)
			}
		}
		for what, write := range map[string]func(store.Store) error{
			"credential": func(tx store.Store) error { return tx.SetCredential(f.ctx, user.ID, password.Hash(bad)) },
			"avatar's tag": func(tx store.Store) error {
				return tx.SetAvatar(f.ctx, user.ID, users.Avatar{Tag: bad, Image: []byte{1}})
			},
			"media type": func(tx store.Store) error {
				return tx.SetAvatar(f.ctx, user.ID, users.Avatar{MediaType: bad, Image: []byte{1}})
			},
			"tombstone": func(tx store.Store) error {
				return tx.PurgeUser(f.ctx, gone.ID, users.Tombstone{ID: gone.ID, Number: gone.Number, Name: bad, PurgedAt: noon})
			},
		} {
			f.broken(fmt.Sprintf("%s %q", what, bad), write)
		}
	}
}

// userWrites puts a text wherever a user has one, by insertion and by update.
func (f *fixture) userWrites(old users.User, text string) map[string]func(store.Store) error {
	writes := map[string]func(store.Store) error{}
	for what, edit := range map[string]func(u *users.User){
		"e-mail":      func(u *users.User) { u.Email = text },
		"user name":   func(u *users.User) { u.Username = text },
		"external id": func(u *users.User) { u.External = text },
		"full name":   func(u *users.User) { u.Name.Full = text },
		"given name":  func(u *users.User) { u.Name.Given = text },
		"family name": func(u *users.User) { u.Name.Family = text },
		"phone":       func(u *users.User) { u.Phone = text },
		"avatar tag":  func(u *users.User) { u.AvatarTag = text },
		"override":    func(u *users.User) { u.Overrides = []perms.Override{perms.Grant(perms.Permission(text))} },
		"reason": func(u *users.User) {
			grant := perms.Grant("a.b")
			grant.Reason = text
			u.Overrides = []perms.Override{grant}
		},
		"object": func(u *users.User) {
			u.Objects = []perms.ObjectGrant{{Tenant: f.home, Object: perms.Object{Type: text, ID: 1}}}
		},
	} {
		writes["a new user's "+what] = func(tx store.Store) error {
			u := f.newUser("new")
			u.Number = 99
			edit(&u)
			return tx.InsertUser(f.ctx, u)
		}
		writes["a user's "+what] = func(tx store.Store) error {
			u := old.Clone()
			u.Version++
			edit(&u)
			return tx.UpdateUser(f.ctx, old, u)
		}
	}
	return writes
}

// roleWrites puts a text wherever a role has one.
func (f *fixture) roleWrites(old roles.Role, text string) map[string]func(store.Store) error {
	writes := map[string]func(store.Store) error{}
	for what, edit := range map[string]func(*roles.Role){
		"name":        func(r *roles.Role) { r.Name = text },
		"description": func(r *roles.Role) { r.Description = text },
		"pattern":     func(r *roles.Role) { r.Patterns = []perms.Pattern{perms.Pattern(text)} },
	} {
		writes["a new role's "+what] = func(tx store.Store) error {
			r := f.newRole("new")
			r.Number = 99
			edit(&r)
			return tx.InsertRole(f.ctx, r)
		}
		writes["a role's "+what] = func(tx store.Store) error {
			r := old
			r.Version++
			edit(&r)
			return tx.UpdateRole(f.ctx, old, r)
		}
	}
	writes["a role's key"] = func(tx store.Store) error {
		r := f.newRole("new")
		r.Number, r.Key = 99, text
		return tx.InsertRole(f.ctx, r)
	}
	return writes
}

// groupWrites puts a text wherever a group has one.
func (f *fixture) groupWrites(old users.Group, text string) map[string]func(store.Store) error {
	writes := map[string]func(store.Store) error{}
	for what, edit := range map[string]func(*users.Group){
		"name":        func(g *users.Group) { g.Name = text },
		"description": func(g *users.Group) { g.Description = text },
		"color":       func(g *users.Group) { g.Color = text },
		"object": func(g *users.Group) {
			g.Objects = []perms.ObjectGrant{{Tenant: f.home, Object: perms.Object{Type: text, ID: 1}}}
		},
	} {
		writes["a new group's "+what] = func(tx store.Store) error {
			g := users.Group{ID: newID(), Number: 99, Tenant: f.home, Name: "night", CreatedAt: noon}
			edit(&g)
			return tx.InsertGroup(f.ctx, g)
		}
		writes["a group's "+what] = func(tx store.Store) error {
			g := old
			edit(&g)
			return tx.UpdateGroup(f.ctx, g)
		}
	}
	return writes
}

// tenantWrites puts a text wherever a tenant has one.
func (f *fixture) tenantWrites(old users.Tenant, text string) map[string]func(store.Store) error {
	writes := map[string]func(store.Store) error{}
	for what, edit := range map[string]func(*users.Tenant){
		"slug": func(t *users.Tenant) { t.Slug = text },
		"name": func(t *users.Tenant) { t.Name = text },
	} {
		writes["a new tenant's "+what] = func(tx store.Store) error {
			t := users.Tenant{ID: newID(), Number: 99, Slug: "new", Name: "New", Type: perms.TestTenant, CreatedAt: noon, Version: 1}
			edit(&t)
			return tx.InsertTenant(f.ctx, t)
		}
		writes["a tenant's "+what] = func(tx store.Store) error {
			t := old
			t.Version++
			edit(&t)
			return tx.UpdateTenant(f.ctx, old, t)
		}
	}
	return writes
}

// promiseWrites puts a text wherever an invite or a link has one.
func (f *fixture) promiseWrites(role roles.Role, text string) map[string]func(store.Store) error {
	invite := func(email, name string) func(store.Store) error {
		return func(tx store.Store) error {
			_, err := tx.InsertInvite(f.ctx, invites.Invite{ID: newID(), Number: 99, Digest: f.digest(), Email: email, Name: name, Role: role.ID,
				Tenant: perms.EveryTenant, CreatedAt: noon, ExpiresAt: noon})
			return err
		}
	}
	return map[string]func(store.Store) error{
		"an invite's address": invite(text, "Ann"),
		"an invite's name":    invite("new@example.com", text),
		"a link's label": func(tx store.Store) error {
			return tx.InsertLink(f.ctx, invites.Link{ID: newID(), Number: 99, Digest: f.digest(), Tenant: f.home, Label: text, CreatedAt: noon})
		},
	}
}

// journalWrites puts a text wherever a journal entry has one, or a key of the catalogue.
func (f *fixture) journalWrites(text string) map[string]func(store.Store) error {
	writes := map[string]func(store.Store) error{
		"a key": func(tx store.Store) error {
			return tx.PutKeys(f.ctx, []perms.Key{{Permission: perms.Permission(text)}})
		},
		"a key's description": func(tx store.Store) error {
			return tx.PutKeys(f.ctx, []perms.Key{{Permission: "a.b", Description: text}})
		},
	}
	for what, edit := range map[string]func(*perms.Entry){
		"actor":      func(e *perms.Entry) { e.Actor = perms.System(text).Ref() },
		"reason":     func(e *perms.Entry) { e.Reason = text },
		"request id": func(e *perms.Entry) { e.RequestID = text },
	} {
		writes["an entry's "+what] = func(tx store.Store) error {
			e := entry(newID())
			edit(&e)
			_, err := tx.Append(f.ctx, e)
			return err
		}
	}
	return writes
}

// What cannot be stored is what nobody has: to ask for it is no error, and to count failures under it is as good as under anything.
func textsNobodyHas(f *fixture) {
	f.addUser("ann", func(u *users.User) { u.External = "E1" })
	f.addRole("viewer")
	for _, bad := range unstorable {
		_, err := f.store.UserByAddress(f.ctx, bad)
		f.fails(err, users.ErrNotFound)
		_, err = f.store.RoleByKey(f.ctx, bad)
		f.fails(err, roles.ErrNotFound)
		f.finds(users.Filter{External: bad})
		f.finds(users.Filter{Contains: bad})
		once := users.Throttle{Key: bad, Limit: 1, Window: hour}
		equal(f, value[time.Duration](f)(f.store.Charge(f.ctx, []users.Throttle{once}, noon)), 0)
		equal(f, value[time.Duration](f)(f.store.Charge(f.ctx, []users.Throttle{once}, noon)), hour)
		f.must(f.store.Clear(f.ctx, bad))
	}
}
