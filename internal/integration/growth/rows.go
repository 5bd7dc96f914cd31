package main

import (
	"context"
	"strings"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Password is that of everybody who has one. It was hashed with parameters that protect nothing.
const (
	Password   = "growth-river-2041"
	credential = "$argon2id$v=19$m=64,t=1,p=1$9gtb5ugvsD3qN4Iir34iCg$aENXJV56irD66yFtPja4w/6JHdcq/Vnb5nQulLp3a5Q"
)

// rows writes what everything has come to.
func (w *world) rows(ctx context.Context, to sink) error {
	for _, r := range w.roles {
		patterns := make([]string, len(r.Patterns))
		for i, p := range r.Patterns {
			patterns[i] = string(p)
		}
		w.out.roles.add(r.Number, r.ID.String(), r.Key, r.Name, perms.FoldName(r.Name), r.Description, strings.Join(patterns, " "), r.Scope.String(), r.System,
			micros(r.CreatedAt), ref(r.CreatedBy), r.Version)
	}
	for _, g := range w.groups {
		w.out.groups.add(g.Number, g.ID.String(), g.Tenant.String(), g.Name, perms.FoldName(g.Name), g.Description, g.Color, micros(g.CreatedAt))
		for _, o := range g.Objects {
			w.out.groupObjects.add(g.ID.String(), o.Tenant.String(), o.Object.Type, o.Object.ID)
		}
	}
	w.promises()
	for i := range w.users {
		if doomed(i) {
			continue
		}
		w.userRows(i)
		if err := w.out.flush(ctx, to, false); err != nil {
			return err
		}
	}
	for kind, last := range map[perms.Kind]int64{perms.KindTenant: int64(len(w.tenants)), perms.KindRole: int64(len(w.roles)),
		perms.KindGroup: int64(len(w.groups)), perms.KindUser: int64(len(w.users)), perms.KindInvite: w.sent, perms.KindLink: int64(len(w.links))} {
		if last > 0 {
			w.out.counters.add(string(kind), last)
		}
	}
	return nil
}

// promises writes invites and links.
func (w *world) promises() {
	for _, i := range w.invites {
		w.out.invites.add(i.Number, i.ID.String(), i.Digest[:], i.Email, users.Canonical(i.Email), i.Name, ref(i.Role), i.Tenant.String(), micros(i.CreatedAt),
			ref(i.CreatedBy), micros(i.ExpiresAt), micros(i.AcceptedAt), ref(i.AcceptedBy))
	}
	for _, l := range w.links {
		w.out.links.add(l.Number, l.ID.String(), l.Digest[:], l.Tenant.String(), ref(l.Role), l.Label, l.MaxUses, l.Uses, micros(l.CreatedAt), ref(l.CreatedBy),
			micros(l.ExpiresAt))
	}
}

// userRows writes a user.
func (w *world) userRows(i int) {
	u, out := &w.users[i], w.out
	var home, external any
	if id, ok := u.Home(); ok {
		home = id.String()
	}
	if u.External != "" {
		external = u.External
	}
	search := users.Canonical(u.Name.Full + "\n" + u.Username + "\n" + u.Email)
	out.users.add(u.Number, u.ID.String(), external, u.Email, u.Username, u.Name.Full, u.Name.Given, u.Name.Family, u.Phone, search, u.Status.String(),
		home, u.MFA, u.MustResetMFA, u.MustChangePassword, u.AvatarTag, micros(u.CreatedAt), ref(u.CreatedBy), micros(u.UpdatedAt), micros(u.DeletedAt), u.Version)
	if u.Status != perms.Deleted {
		email, username := users.Canonical(u.Email), users.Canonical(u.Username)
		out.addresses.add(email, u.Number)
		if username != "" && username != email {
			out.addresses.add(username, u.Number)
		}
	}
	w.partRows(u)
	if !withoutPassword(i) {
		out.credentials.add(u.Number, credential)
	}
	if besideSession(i) {
		digest := w.digest("session", u.Number)
		out.sessions.add(digest[:], u.Number, micros(w.now), micros(w.now.AddDate(0, 0, 7)))
	}
}

// partRows writes what hangs on a user.
func (w *world) partRows(u *users.User) {
	for n, t := range u.Tenants {
		w.out.tenancies.add(u.Number, int64(n), t.String())
	}
	for n, a := range u.Roles {
		w.out.assignments.add(u.Number, int64(n), a.Role.String(), a.Scope.String(), micros(a.StartsAt), micros(a.ExpiresAt))
	}
	for _, o := range u.Overrides {
		w.out.overrides.add(u.Number, string(o.Permission), o.Granted, o.Scope.String(), micros(o.StartsAt), micros(o.ExpiresAt), o.Reason, ref(o.SetBy),
			micros(o.SetAt))
	}
	for _, o := range u.Objects {
		w.out.userObjects.add(u.Number, o.Tenant.String(), o.Object.Type, o.Object.ID)
	}
	for _, g := range u.Groups {
		w.out.memberships.add(u.Number, ref(g))
	}
}
