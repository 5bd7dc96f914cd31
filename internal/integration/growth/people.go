package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

var (
	givenNames = strings.Fields(`Ada Alan Amina Anna Ben Carla Chen Clara David Dora Elena Emil Farid Fatima Felix Gita Hana Hugo Ines Ivan Jana Jonas Kai Lena
		Leo Lin Mara Marco Mei Mina Nadia Nils Olga Omar Paul Petra Ravi Rosa Sara Tim Uma Vera Wei Yara Zoe`)
	familyNames = strings.Fields(`Abe Adler Ahmed Bauer Berg Brandt Castro Chen Costa Diaz Dietrich Evans Fischer Fuchs Garcia Gupta Haas Hansen Ito Jansen Kaya
		Keller Khan Klein Kowalski Lang Larsen Lee Lopez Maier Meyer Moreau Nagel Nguyen Novak Okafor Patel Petrov Quinn Rossi Sato Schmidt Silva Singh
		Tanaka Torres Ueda Vogel Wagner Weber Wong Yilmaz Zhang Ziegler`)
)

// arrive lets the i-th user come, one way or another, and what goes with it.
func (w *world) arrive(i int) {
	if besideInvite(i) {
		w.invite(i, w.spec.tenant(w.draw))
	}
	if besideRevoked(i) {
		w.revoke(w.invite(i, w.spec.tenant(w.draw)))
	}
	home := w.spec.tenant(w.draw)
	switch {
	case invited(i):
		w.accept(i, home)
	case joined(i):
		w.join(i)
	default:
		w.create(i, home)
	}
}

// person returns the i-th user as he comes, without tenants and roles.
func (w *world) person(i int, by uuid.UUID) users.User {
	number := int64(i + 1)
	given, family := givenNames[w.draw.IntN(len(givenNames))], familyNames[w.draw.IntN(len(familyNames))]
	u := users.User{ID: w.spec.identity(perms.KindUser, number, w.now), Number: number, Name: users.PartsName(given, family), Status: perms.Active,
		Email: fmt.Sprintf("%s.%s.%d@Example.com", given, family, number), CreatedAt: w.now, UpdatedAt: w.now, CreatedBy: by, Version: 1}
	u.Username = u.Email
	if i%3 == 0 {
		u.Username = fmt.Sprintf("%s%d", strings.ToLower(given), number)
	}
	if i%4 == 0 {
		u.External = fmt.Sprintf("hr-%d", number)
	}
	if i%2 == 0 {
		u.Phone = w.drawPhone()
	}
	return u
}

func (w *world) drawPhone() string { return fmt.Sprintf("+49 30 %07d", w.draw.IntN(1e7)) }

// create lets somebody be created by staff.
func (w *world) create(i, home int) {
	switch {
	case i == smallAdmin:
		home = len(w.tenants) - 1
	case staff(i):
		home = 0
	case i < firsts:
		home = 1
	}
	w.tick()
	actor := w.actor(home)
	u := w.person(i, actor.User)
	if staff(i) {
		u.Tenants = []perms.Tenancy{perms.EveryTenant}
	} else {
		u.Tenants = []perms.Tenancy{perms.TenantOf(w.tenants[home].ID)}
		if other := w.spec.tenant(w.draw); i%100 == 60 && other != home {
			u.Tenants = append(u.Tenants, perms.TenantOf(w.tenants[other].ID))
		}
	}
	u.Roles = w.firstRoles(i)
	if i%200 == 20 {
		u.Status = perms.Pending
	}
	w.enter(u, home)
	entry := perms.Entry{Actor: actor, Action: perms.UserCreate, Target: perms.Target{Kind: perms.KindUser, ID: u.ID}, Tenant: touched(&u)}
	users.RecordChange(&entry, users.User{}, u, w.byID)
	w.append(entry, !doomed(i))
}

// firstRoles draws what somebody is when he comes.
func (w *world) firstRoles(i int) []perms.Assignment {
	if staff(i) || i == bigAdmin || i == smallAdmin {
		return []perms.Assignment{{Role: w.roles[admin].ID, Scope: perms.Anywhere}}
	}
	return []perms.Assignment{{Role: w.roles[w.drawRole()].ID, Scope: perms.Anywhere}}
}

// drawRole draws one of the system's roles for those who are no staff.
func (w *world) drawRole() int {
	switch n := w.draw.IntN(2000); {
	case n == 0:
		return approver
	case n < 20:
		return auditor
	case n < 120:
		return manager
	case n < 700:
		return editor
	}
	return viewer
}

func (w *world) enter(u users.User, home int) {
	w.users, w.homes = append(w.users, u), append(w.homes, home)
}

// invite sends an invite, and returns it. It is the only entry of its moment.
func (w *world) invite(i, home int) invites.Invite {
	w.tick()
	w.sent++
	actor := w.actor(home)
	in := invites.Invite{ID: w.spec.identity(perms.KindInvite, w.sent, w.now), Number: w.sent, Digest: w.digest("invite", w.sent),
		Email: fmt.Sprintf("invited.%d@example.com", w.sent), Name: givenNames[i%len(givenNames)], Role: w.roles[viewer].ID,
		Tenant: perms.TenantOf(w.tenants[home].ID), CreatedAt: w.now, CreatedBy: actor.User, ExpiresAt: w.now.Add(7 * 24 * time.Hour)}
	entry := w.inviteEntry(in, perms.InviteCreate, actor)
	entry.After, entry.PersonAfter = w.inviteRecord(in)
	entry.After["replaced"] = []any{}
	w.append(entry, true)
	w.invites = append(w.invites, in)
	return in
}

func (w *world) inviteEntry(in invites.Invite, action perms.Action, actor perms.ActorRef) perms.Entry {
	return perms.Entry{Actor: actor, Action: action, Target: perms.Target{Kind: perms.KindInvite, ID: in.ID}, Tenant: in.Scope(), Person: in.ID}
}

func (w *world) inviteRecord(in invites.Invite) (plain, personal perms.Members) {
	plain = perms.Members{"number": float64(in.Number), "role": w.byID[in.Role].Key, "tenant": in.Tenant.String(), "expires_at": stamp(in.ExpiresAt)}
	return plain, perms.Members{"email": in.Email, "name": in.Name}
}

// revoke takes the last invite back.
func (w *world) revoke(in invites.Invite) {
	w.tick()
	entry := w.inviteEntry(in, perms.InviteRevoke, perms.ActorRef{Kind: perms.UserActor, User: in.CreatedBy})
	entry.Before, entry.PersonBefore = w.inviteRecord(in)
	w.append(entry, true)
	w.invites = w.invites[:len(w.invites)-1]
}

// accept lets the i-th user come by an invite.
func (w *world) accept(i, home int) {
	in := w.invite(i, home)
	w.tick()
	u := w.enrolled(i, in.Email, in.Tenant, perms.Active)
	w.enter(u, home)
	accepted := &w.invites[len(w.invites)-1]
	accepted.AcceptedAt, accepted.AcceptedBy = w.now, u.ID
	plain, personal := users.Record(u, w.byID)
	entry := w.inviteEntry(in, perms.InviteAccept, perms.Guest().Ref())
	entry.After = perms.Members{"user": map[string]any(plain), "accepted_by": u.ID.String()}
	entry.Person, entry.PersonAfter = u.ID, personal
	w.append(entry, true)
}

// join lets the i-th user come by a link.
func (w *world) join(i int) {
	n := w.draw.IntN(len(w.links))
	home := 1 + n*(len(w.tenants)-1)/w.spec.links()
	l := &w.links[n]
	w.tick()
	status := perms.Active
	if w.tenants[home].RequireApproval {
		status = perms.Pending
	}
	u := w.enrolled(i, fmt.Sprintf("joined.%d@example.com", i+1), perms.TenantOf(l.Tenant), status)
	w.enter(u, home)
	plain, personal := users.Record(u, w.byID)
	w.append(perms.Entry{Actor: perms.Guest().Ref(), Action: perms.LinkJoin, Target: perms.Target{Kind: perms.KindLink, ID: l.ID}, Tenant: perms.In(l.Tenant),
		Before: perms.Members{"uses": float64(l.Uses)}, After: perms.Members{"uses": float64(l.Uses + 1), "user": map[string]any(plain)},
		Person: u.ID, PersonAfter: personal}, true)
	l.Uses++
}

// enrolled returns a guest as he has made himself an account.
func (w *world) enrolled(i int, email string, tenant perms.Tenancy, status perms.Status) users.User {
	u := w.person(i, uuid.Nil)
	u.Email, u.Username, u.External, u.Phone, u.Status = email, email, "", "", status
	u.Name = users.FullName(u.Name.Full)
	u.Tenants = []perms.Tenancy{tenant}
	u.Roles = []perms.Assignment{{Role: w.roles[viewer].ID, Scope: perms.Anywhere}}
	return u
}

// touched returns the tenant that a change of a user touches.
func touched(u *users.User) perms.Scope {
	if len(u.Tenants) != 1 {
		return perms.Anywhere
	}
	tenant, _ := u.Tenants[0].Tenant()
	return within(tenant)
}
