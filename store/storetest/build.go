package storetest

import (
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// digest returns the digest of another token each time.
func (f *fixture) digest() session.Digest {
	f.tokens++
	return sha256.Sum256([]byte("token " + strconv.Itoa(f.tokens)))
}

// number takes the next number of a kind.
func (f *fixture) number(tx store.Store, k perms.Kind) int64 {
	f.Helper()
	n, err := tx.NextNumber(f.ctx, k)
	f.must(err)
	return n
}

// addTenant adds a production tenant, after change has had its way with it.
func (f *fixture) addTenant(slug string, change ...func(*users.Tenant)) users.Tenant {
	f.Helper()
	t := users.Tenant{ID: newID(), Slug: slug, Name: "Tenant " + slug, Type: perms.ProductionTenant, CreatedAt: noon, Version: 1}
	f.write(func(tx store.Store) error {
		t.Number = f.number(tx, perms.KindTenant)
		for _, c := range change {
			c(&t)
		}
		return tx.InsertTenant(f.ctx, t)
	})
	return t
}

// addRole adds a global role.
func (f *fixture) addRole(name string, change ...func(*roles.Role)) roles.Role {
	f.Helper()
	r := f.newRole(name)
	f.write(func(tx store.Store) error {
		r.Number = f.number(tx, perms.KindRole)
		for _, c := range change {
			c(&r)
		}
		return tx.InsertRole(f.ctx, r)
	})
	return r
}

// newRole returns a global role without a number.
func (f *fixture) newRole(name string) roles.Role {
	id := newID()
	return roles.Role{ID: id, Key: id.String(), Name: name, Patterns: []perms.Pattern{"assets.view"}, Scope: perms.Anywhere, CreatedAt: noon, Version: 1}
}

// addUser adds an active user of the default tenant with the e-mail address name@example.com.
func (f *fixture) addUser(name string, change ...func(*users.User)) users.User {
	f.Helper()
	u := f.newUser(name)
	f.write(func(tx store.Store) error {
		u.Number = f.number(tx, perms.KindUser)
		for _, c := range change {
			c(&u)
		}
		return tx.InsertUser(f.ctx, u)
	})
	return u
}

// newUser returns such a user without a number.
func (f *fixture) newUser(name string) users.User {
	return users.User{ID: newID(), Email: name + "@example.com", Name: users.FullName(name), Status: perms.Active,
		Tenants: []perms.Tenancy{perms.TenantOf(f.home)}, CreatedAt: noon, UpdatedAt: noon, Version: 1}
}

// change replaces a user by what edit makes of him, one version on, and returns that.
func (f *fixture) change(old users.User, edit func(*users.User)) users.User {
	f.Helper()
	u := old.Clone()
	u.Version++
	edit(&u)
	f.write(func(tx store.Store) error { return tx.UpdateUser(f.ctx, old, u) })
	return u
}

// remove soft-deletes a user.
func (f *fixture) remove(u users.User) users.User {
	f.Helper()
	return f.change(u, func(u *users.User) { u.Status, u.DeletedAt = perms.Deleted, noon })
}

// purge erases a user.
func (f *fixture) purge(u users.User) users.Tombstone {
	f.Helper()
	stone := users.Tombstone{ID: u.ID, Number: u.Number, Name: u.Name.Full, PurgedAt: noon}
	f.write(func(tx store.Store) error { return tx.PurgeUser(f.ctx, u.ID, stone) })
	return stone
}

// addGroup adds a group of the default tenant.
func (f *fixture) addGroup(name string, change ...func(*users.Group)) users.Group {
	f.Helper()
	g := users.Group{ID: newID(), Tenant: f.home, Name: name, CreatedAt: noon}
	f.write(func(tx store.Store) error {
		g.Number = f.number(tx, perms.KindGroup)
		for _, c := range change {
			c(&g)
		}
		return tx.InsertGroup(f.ctx, g)
	})
	return g
}

// join makes users members of a group.
func (f *fixture) join(g users.Group, members ...users.User) {
	f.Helper()
	f.write(func(tx store.Store) error {
		_, err := tx.AddMembers(f.ctx, g.ID, idsOf(members))
		return err
	})
}

// addInvite adds an invite into the default tenant that expires an hour after noon.
func (f *fixture) addInvite(name string, role uuid.UUID, change ...func(*invites.Invite)) invites.Invite {
	f.Helper()
	i := invites.Invite{ID: newID(), Digest: f.digest(), Email: name + "@example.com", Name: name, Role: role, Tenant: perms.TenantOf(f.home),
		CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
	f.write(func(tx store.Store) error {
		i.Number = f.number(tx, perms.KindInvite)
		for _, c := range change {
			c(&i)
		}
		_, err := tx.InsertInvite(f.ctx, i)
		return err
	})
	return i
}

// addLink adds a link into the default tenant, without a role, a limit or an end.
func (f *fixture) addLink(change ...func(*invites.Link)) invites.Link {
	f.Helper()
	l := invites.Link{ID: newID(), Digest: f.digest(), Tenant: f.home, CreatedAt: noon}
	f.write(func(tx store.Store) error {
		l.Number = f.number(tx, perms.KindLink)
		for _, c := range change {
			c(&l)
		}
		return tx.InsertLink(f.ctx, l)
	})
	return l
}

// entry returns a journal entry about a user.
func entry(user uuid.UUID) perms.Entry {
	return perms.Entry{At: noon, Actor: perms.System("test").Ref(), Action: perms.UserCreate,
		Target: perms.Target{Kind: perms.KindUser, ID: user}, Tenant: perms.Anywhere}
}

// append adds an entry in a transaction of its own.
func (f *fixture) append(e perms.Entry) perms.Head {
	f.Helper()
	var head perms.Head
	f.write(func(tx store.Store) (err error) {
		head, err = tx.Append(f.ctx, e)
		return err
	})
	return head
}

func idsOf(list []users.User) []uuid.UUID {
	ids := make([]uuid.UUID, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	return ids
}
