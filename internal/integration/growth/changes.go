package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// change lets one thing happen to what is there.
func (w *world) change() {
	w.tick()
	i, some := w.somebody()
	n := w.draw.IntN(1000)
	if !some || n < 5 {
		w.editRole()
		return
	}
	u := &w.users[i]
	switch {
	case n < 6:
		w.status(i, perms.UserDelete, perms.Deleted)
	case n < 80:
		w.suspend(i)
	case n < 180:
		w.assign(i)
	case n < 400:
		w.override(i)
	case n < 480:
		w.share(i)
	case n < 640 && len(w.local[w.homes[i]]) > 0:
		w.regroup(i)
	default:
		phone := u.Phone
		u.Phone = w.drawPhone()
		w.changed(i, perms.Entry{Action: perms.UserUpdate, Tenant: touched(u),
			PersonBefore: perms.Members{"phone": phone}, PersonAfter: perms.Members{"phone": u.Phone}})
	}
}

// recent is how many of those who came last something happens to: so everybody has as long a history, however many there are.
const recent = 5000

// somebody draws a user to whom something may happen.
func (w *world) somebody() (i int, some bool) {
	if len(w.users) <= firsts {
		return 0, false
	}
	i = len(w.users) - 1 - w.draw.IntN(min(len(w.users)-firsts, recent))
	for n := 0; w.users[i].Status == perms.Deleted; n++ {
		if n == len(w.users) {
			return 0, false
		}
		if i++; i == len(w.users) {
			i = firsts
		}
	}
	return i, true
}

// changed writes the entry of a change of a user, and counts it.
func (w *world) changed(i int, e perms.Entry) {
	u := &w.users[i]
	u.Version++
	u.UpdatedAt = w.now
	e.Target, e.Person = perms.Target{Kind: perms.KindUser, ID: u.ID}, u.ID
	if e.Actor.Kind == "" {
		e.Actor = w.actor(w.homes[i])
	}
	w.append(e, !doomed(i))
}

func (w *world) status(i int, action perms.Action, to perms.Status) {
	u := &w.users[i]
	before := u.Status
	u.Status = to
	if to == perms.Deleted {
		u.DeletedAt = w.now
	}
	w.changed(i, perms.Entry{Action: action, Tenant: touched(u),
		Before: perms.Members{"status": before.String()}, After: perms.Members{"status": to.String()}})
}

// suspend suspends a user, or takes that back, or approves him.
func (w *world) suspend(i int) {
	switch w.users[i].Status {
	case perms.Pending:
		w.status(i, perms.UserApprove, perms.Active)
	case perms.Suspended:
		w.status(i, perms.UserReactivate, perms.Active)
	default:
		w.status(i, perms.UserSuspend, perms.Suspended)
	}
}

// assign gives a user another role, or one more: one of his tenant's, or for a while only.
func (w *world) assign(i int) {
	u := &w.users[i]
	old := u.Clone()
	next := perms.Assignment{Role: w.roles[w.drawRole()].ID, Scope: perms.Anywhere}
	switch own, has := w.own[w.homes[i]]; {
	case has && w.draw.IntN(4) == 0:
		next.Role = w.roles[own].ID
	case w.draw.IntN(3) == 0:
		next.Window = perms.Window{ExpiresAt: w.now.Add(time.Duration(1+w.draw.IntN(300)) * 24 * time.Hour)}
	case w.draw.IntN(3) == 0:
		next.Scope = within(w.tenants[w.homes[i]].ID)
	}
	u.Roles = []perms.Assignment{next}
	if len(old.Roles) == 1 && old.Roles[0].Role != next.Role {
		u.Roles = append(slices.Clone(old.Roles), next)
	}
	before, _ := users.Record(old, w.byID)
	after, _ := users.Record(*u, w.byID)
	w.changed(i, perms.Entry{Action: perms.UserRoles, Tenant: touched(u),
		Before: perms.Members{"roles": before["roles"]}, After: perms.Members{"roles": after["roles"]}})
}

// override grants or revokes one permission, or takes that back.
func (w *world) override(i int) {
	u := &w.users[i]
	actor := w.actor(w.homes[i])
	o := perms.Override{Permission: w.keys[w.draw.IntN(len(w.keys))], Granted: w.draw.IntN(3) > 0, Scope: perms.Anywhere, Reason: "as agreed",
		SetBy: actor.User, SetAt: w.now}
	if w.draw.IntN(4) == 0 {
		o.Scope = within(w.tenants[w.homes[i]].ID)
	}
	if w.draw.IntN(4) == 0 {
		o.Window = perms.Window{StartsAt: w.now, ExpiresAt: w.now.Add(time.Duration(1+w.draw.IntN(300)) * 24 * time.Hour)}
	}
	if at, taken := slices.BinarySearchFunc(u.Overrides, o, byRule); len(u.Overrides) >= 3 || taken {
		if !taken {
			at = w.draw.IntN(len(u.Overrides))
		}
		was := u.Overrides[at]
		u.Overrides = slices.Delete(slices.Clone(u.Overrides), at, at+1)
		w.changed(i, perms.Entry{Actor: actor, Action: perms.OverrideClear, Tenant: w.bound(u, was.Scope), Before: users.OverrideRecord(was)})
	} else {
		u.Overrides = slices.Insert(slices.Clone(u.Overrides), at, o)
		w.changed(i, perms.Entry{Actor: actor, Action: perms.OverrideSet, Tenant: w.bound(u, o.Scope), After: users.OverrideRecord(o)})
	}
}

// byRule is the order of overrides.
func byRule(a, b perms.Override) int {
	return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Scope.String(), b.Scope.String()))
}

// bound returns the tenant that something with a scope touches.
func (w *world) bound(u *users.User, s perms.Scope) perms.Scope {
	if s != perms.Anywhere {
		return s
	}
	return touched(u)
}

// share shares one more object with a user, or one less.
func (w *world) share(i int) {
	u := &w.users[i]
	old := u.Clone()
	tenant := w.tenants[w.homes[i]]
	if len(u.Objects) >= 5 {
		u.Objects = slices.Delete(slices.Clone(u.Objects), 0, 1)
	} else {
		grant := perms.ObjectGrant{Tenant: tenant.ID, Object: perms.Object{Type: "dashboards", ID: int64(1 + w.draw.IntN(1000))}}
		at, there := slices.BinarySearchFunc(u.Objects, grant, func(a, b perms.ObjectGrant) int { return cmp.Compare(a.Object.ID, b.Object.ID) })
		if there {
			u.Objects = slices.Delete(slices.Clone(u.Objects), at, at+1)
		} else {
			u.Objects = slices.Insert(slices.Clone(u.Objects), at, grant)
		}
	}
	before, _ := users.Record(old, w.byID)
	after, _ := users.Record(*u, w.byID)
	w.changed(i, perms.Entry{Action: perms.GrantSet, Tenant: perms.In(tenant.ID),
		Before: perms.Members{"objects": before["objects"]}, After: perms.Members{"objects": after["objects"]}})
}

// regroup makes a user a member of a group of his tenant, or no longer. That is no change of the user himself.
func (w *world) regroup(i int) {
	u := &w.users[i]
	list := w.local[w.homes[i]]
	g := w.groups[list[w.draw.IntN(len(list))]]
	what := "added"
	if at := slices.Index(u.Groups, g.ID); at >= 0 {
		u.Groups = slices.Delete(slices.Clone(u.Groups), at, at+1)
		what = "removed"
	} else {
		u.Groups = append(slices.Clone(u.Groups), g.ID)
		slices.SortFunc(u.Groups, func(a, b uuid.UUID) int { return cmp.Compare(w.ordinal[a], w.ordinal[b]) })
	}
	after := perms.Members{"added": []any{}, "removed": []any{}}
	after[what] = []any{u.ID.String()}
	w.append(perms.Entry{Actor: w.actor(w.homes[i]), Action: perms.GroupMembers, Target: perms.Target{Kind: perms.KindGroup, ID: g.ID}, Tenant: perms.In(g.Tenant),
		After: after}, true)
}

// editRole adds a permission to a tenant's own role, or takes one away.
func (w *world) editRole() {
	at := len(systemRoles) + w.draw.IntN(w.spec.ownRoles())
	old := w.roles[at]
	r := old
	p := perms.Pattern(w.keys[w.draw.IntN(len(w.keys))])
	if i, there := slices.BinarySearch(old.Patterns, p); there {
		r.Patterns = slices.Delete(slices.Clone(old.Patterns), i, i+1)
	} else {
		r.Patterns = slices.Insert(slices.Clone(old.Patterns), i, p)
	}
	r.Version++
	w.roles[at], w.byID[r.ID] = r, r
	entry := perms.Entry{Actor: w.actor(0), Action: perms.RoleUpdate, Target: perms.Target{Kind: perms.KindRole, ID: r.ID}, Tenant: r.Scope}
	entry.Before, entry.After = perms.Differing(roles.Record(old), roles.Record(r))
	w.append(entry, true)
}

// purge erases those of whom that was known from the beginning.
func (w *world) purge() {
	for i := range w.users {
		if !doomed(i) {
			continue
		}
		w.tick()
		u := &w.users[i]
		w.append(perms.Entry{Actor: perms.System("retention").Ref(), Action: perms.UserPurge, Target: perms.Target{Kind: perms.KindUser, ID: u.ID},
			Tenant: touched(u), After: perms.Members{"number": float64(u.Number), "history_name": u.Name.Full}}, true)
		w.out.tombstones.add(u.Number, u.ID.String(), u.Name.Full, w.now.UnixMicro())
	}
}
