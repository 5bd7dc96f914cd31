package storetest

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func roleDeletePromised(f *fixture) {
	links := func(change func(*invites.Link)) func(r roles.Role) {
		return func(r roles.Role) {
			f.addLink(func(l *invites.Link) {
				l.Role = r.ID
				change(l)
			})
		}
	}
	ends := func(at time.Time) func(*invites.Link) { return func(l *invites.Link) { l.ExpiresAt = at } }
	for name, row := range map[string]struct {
		promise func(r roles.Role)
		inUse   bool
	}{
		"invite":               {func(r roles.Role) { f.addInvite("eve", r.ID) }, true},
		"invite of an instant": {func(r roles.Role) { f.addInvite("eva", r.ID, inviteEnds(noon.Add(time.Microsecond))) }, true},
		"expired invite":       {func(r roles.Role) { f.addInvite("evi", r.ID, inviteEnds(noon)) }, false},
		"accepted invite":      {func(r roles.Role) { f.accept(f.addInvite("evo", r.ID), newID()) }, false},
		"endless link":         {links(func(*invites.Link) {}), true},
		"link of an instant":   {links(ends(noon.Add(time.Microsecond))), true},
		"expired link":         {links(ends(noon)), false},
		"link with a use left": {links(func(l *invites.Link) { l.MaxUses, l.Uses = 3, 2 }), true},
		"used up link":         {links(func(l *invites.Link) { l.MaxUses, l.Uses = 3, 3 }), false},
	} {
		r := f.addRole(name)
		row.promise(r)
		if row.inUse {
			f.refused(roles.ErrInUse, func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
			continue
		}
		f.write(func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
		f.stillNames(r.ID)
	}
}

// stillNames checks that an invite or link has kept the id of a role that is gone.
func (f *fixture) stillNames(role uuid.UUID) {
	f.Helper()
	for _, i := range value[[]invites.Invite](f)(f.store.Invites(f.ctx)) {
		if i.Role == role {
			return
		}
	}
	for _, l := range value[[]invites.Link](f)(f.store.Links(f.ctx, invites.Filter{All: true})) {
		if l.Role == role {
			return
		}
	}
	f.Errorf("nothing has kept the id of role %s", role)
}

func inviteEnds(at time.Time) func(*invites.Invite) {
	return func(i *invites.Invite) { i.ExpiresAt = at }
}

// accept uses an invite.
func (f *fixture) accept(i invites.Invite, user uuid.UUID) invites.Invite {
	f.Helper()
	f.write(func(tx store.Store) error { return tx.UseInvite(f.ctx, i.ID, user, noon) })
	i.AcceptedAt, i.AcceptedBy = noon, user
	return i
}

func roleDeleteTakesOldAssignments(f *fixture) {
	r, kept := f.addRole("viewer"), f.addRole("editor")
	u := f.remove(f.addUser("ann", func(u *users.User) {
		u.Roles = []perms.Assignment{{Role: r.ID, Scope: perms.Anywhere}, {Role: kept.ID, Scope: perms.Anywhere}, {Role: r.ID, Scope: perms.In(f.home)}}
	}))
	only := f.remove(f.addUser("bob", func(u *users.User) { u.Roles = []perms.Assignment{{Role: r.ID, Scope: perms.Anywhere}} }))
	f.write(func(tx store.Store) error { return tx.DeleteRole(f.ctx, r.ID, noon) })
	u.Roles, only.Roles = u.Roles[1:2], nil
	equal(f, f.user(u.ID), u)
	equal(f, f.user(only.ID), only)
	equal(f, f.subject(u.ID).Roles, []perms.Held{{Rule: kept.Rule(), Assignment: u.Roles[0]}})
}
