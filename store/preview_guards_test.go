package store_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Whatever a preview makes is told, whoever comes by an invite or a link with what he would hold.
func TestPreviewTellsWhatItMakes(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	invited, err := o.Invites.Create(ctx, setup, invites.New{Email: "ivy@example.com", Role: o.clerk.Key, Tenant: perms.TenantOf(o.in)})
	o.must(err)
	link, err := o.Invites.CreateLink(ctx, setup, invites.NewLink{Tenant: o.in, Role: o.clerk.Key})
	o.must(err)
	for name, row := range map[string]struct {
		make   func(b *store.Book) (uuid.UUID, error)
		gained int
	}{
		"a user": {func(b *store.Book) (uuid.UUID, error) {
			u, err := b.Users.Create(ctx, setup, users.New{Email: "new@example.com", Name: "New"})
			return u.ID, err
		}, 0},
		"a role": {func(b *store.Book) (uuid.UUID, error) {
			r, err := b.Roles.Create(ctx, setup, roles.New{Name: "New", Permissions: []string{"bills.*"}})
			return r.ID, err
		}, 0},
		"a tenant": {func(b *store.Book) (uuid.UUID, error) {
			made, err := b.Tenants.Create(ctx, setup, users.NewTenant{Name: "New", Slug: "new"})
			return made.ID, err
		}, 0},
		"a group": {func(b *store.Book) (uuid.UUID, error) {
			g, err := b.Groups.Create(ctx, setup, users.NewGroup{Tenant: o.in, Name: "New"})
			return g.ID, err
		}, 0},
		"an invite": {func(b *store.Book) (uuid.UUID, error) {
			made, err := b.Invites.Create(ctx, setup, invites.New{Email: "new@example.com", Role: o.clerk.Key, Tenant: perms.TenantOf(o.in)})
			return made.Invite.ID, err
		}, 0},
		"a link": {func(b *store.Book) (uuid.UUID, error) {
			made, err := b.Invites.CreateLink(ctx, setup, invites.NewLink{Tenant: o.in})
			return made.Link.ID, err
		}, 0},
		"a guest who accepts": {func(b *store.Book) (uuid.UUID, error) {
			u, _, err := b.Invites.Accept(ctx, perms.Guest(), invites.Acceptance{Token: invited.Token.Reveal(), Name: "Ivy", Password: "ivy-river-2041"})
			return u.ID, err
		}, 3},
		"a guest who joins": {func(b *store.Book) (uuid.UUID, error) {
			u, _, err := b.Invites.Join(ctx, perms.Guest(), invites.Joining{Token: link.Token.Reveal(), Email: "joe@example.com", Name: "Joe", Password: "joe-river-2041"})
			return u.ID, err
		}, 3},
		"nothing": {func(b *store.Book) (uuid.UUID, error) {
			_, err := b.Users.Do(ctx, setup, o.bob.ID, users.Suspend)
			return uuid.Nil, err
		}, 0},
	} {
		var made []uuid.UUID
		report, err := o.Preview(ctx, func(b *store.Book) error {
			id, err := row.make(b)
			if id != uuid.Nil {
				made = []uuid.UUID{id}
			}
			return err
		})
		o.must(err)
		if !slices.Equal(report.Made, made) || report.Gained != row.gained || !report.At.Equal(o.now) {
			t.Errorf("%s: made %v at %v, %d gained; want %v and %d", name, report.Made, report.At, report.Gained, made, row.gained)
		}
	}
}

// Who is changed more than once, or in more than one way, is told of once, and everybody in the order of the numbers.
func TestPreviewTellsOfEverybodyOnce(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	list := []users.User{o.ann, o.bob}
	for i := range 10 {
		list = append(list, o.hire(fmt.Sprint("cid", i), perms.Window{}))
	}
	report, err := o.Preview(ctx, func(b *store.Book) error {
		for _, u := range slices.Backward(list[2:]) {
			o.must(b.Users.SetOverride(ctx, setup, u.ID, perms.Grant("bills.read")))
			_, err := b.Users.Purge(ctx, setup, users.ByID(u.ID), true, 0)
			o.must(err)
		}
		o.must(b.Users.SetOverride(ctx, setup, o.bob.ID, perms.Revoke("bills.print")))
		return o.narrow(ctx, b)
	})
	o.must(err)
	var want []store.Holding
	for i, u := range list {
		lost := []perms.Permission{"bills.pay", "bills.print", "bills.read"}
		if i < 2 { // ann and bob stay
			lost = lost[1:2]
		}
		for _, p := range lost {
			want = append(want, store.Holding{User: u.ID, Number: u.Number, Permission: p, Scope: perms.In(o.in)})
		}
	}
	if !slices.Equal(report.Loses, want) || report.Lost != len(want) || report.Gained != 0 {
		t.Errorf("lost %d: %v\nwant %d: %v", report.Lost, report.Loses, len(want), want)
	}
}

// The journal of a preview can be longer than a page of it.
func TestPreviewOfManyChanges(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	for _, entries := range []int{499, 500, 501} {
		report, err := o.Preview(ctx, func(b *store.Book) error {
			for i := range entries {
				o.must(b.Users.SetOverride(ctx, setup, o.bob.ID, perms.Grant("bills.read").Because(fmt.Sprint(i))))
			}
			_, err := b.Users.Do(ctx, setup, o.ann.ID, users.Suspend)
			return err
		})
		if o.must(err); report.Lost != 3 {
			t.Errorf("after %d entries: %+v", entries, report)
		}
	}
}

// What is compared is read once, a page at a time, and of nothing that cannot differ.
func TestPreviewReadsWhatItNeeds(t *testing.T) {
	o := newFrailOffice(t)
	o.crowd(1200)
	ctx := t.Context()
	other, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Other", Slug: "other"})
	o.must(err)
	retype := func(b *store.Book, id uuid.UUID) error {
		_, err := b.Tenants.Update(ctx, setup, id, users.TenantUpdate{Type: new(perms.TestTenant)})
		return err
	}
	for name, row := range map[string]struct {
		change func(b *store.Book) error
		want   map[string]int
	}{
		"nothing": {func(*store.Book) error { return nil }, map[string]int{"Journal": 1, "RolesByID": 1}},
		"a name": {func(b *store.Book) error {
			_, err := b.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Name: new("Porter")})
			return err
		}, map[string]int{"Journal": 1, "Subject": 1, "TenantTypes": 1, "RolesByID": 2, "RolesByID ids": 2}},
		"a role": {func(b *store.Book) error { return o.narrow(ctx, b) },
			map[string]int{"Journal": 1, "Subject": 1, "TenantTypes": 2, "RolesByID": 2, "RolesByID ids": 2, "Users": 3}},
		"the name of a tenant": {func(b *store.Book) error {
			_, err := b.Tenants.Update(ctx, setup, o.in, users.TenantUpdate{Name: new("Bureau")})
			return err
		}, map[string]int{"Journal": 1, "Subject": 1, "TenantTypes": 3, "RolesByID": 1}},
		"a user of a type": {func(b *store.Book) error {
			return b.Users.SetOverride(ctx, setup, o.typed.ID, perms.Grant("bills.pay"))
		},
			map[string]int{"Journal": 1, "Subject": 1, "TenantTypes": 1, "RolesByID": 2, "RolesByID ids": 2, "TenantsOfType": 1, "User": 2}},
		"two tenants of a type": {func(b *store.Book) error {
			o.must(retype(b, o.in))
			return retype(b, other.ID)
		}, map[string]int{"Journal": 1, "Subject": 1, "TenantTypes": 3, "RolesByID ids": 2, "TenantsOfType": 1, "Users": 6}},
	} {
		_, err := o.Rehearse(ctx, perms.As(o.auditor.ID), func(b *store.Book) error {
			return b.InTx(ctx, func(b *store.Book) error {
				err := row.change(b)
				clear(o.reads.calls)
				return err
			})
		})
		o.must(err)
		delete(o.reads.calls, "Head")
		if row.want["RolesByID"] == 0 { // it depends on whose page comes first
			delete(o.reads.calls, "RolesByID")
		}
		if !maps.Equal(o.reads.calls, row.want) {
			t.Errorf("%s: reads %v, want %v", name, o.reads.calls, row.want)
		}
	}
}

// Somebody's gains are in the order of the scopes' texts, and staff do not gain in a new tenant what they hold in every one.
func TestPreviewTellsWhere(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	payer, err := o.Roles.Create(ctx, setup, roles.New{Name: "Payer", Permissions: []string{"bills.*"}})
	o.must(err)
	staff, err := o.Users.Create(ctx, setup, users.New{Email: "staff@example.com", Name: "Staff", Roles: []string{payer.Key}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	o.must(err)
	away, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Away", Slug: "away"})
	o.must(err)
	both, err := o.Users.Create(ctx, setup, users.New{Email: "both@example.com", Name: "Both", Tenants: []perms.Tenancy{perms.TenantOf(away.ID), perms.TenantOf(o.in)}})
	o.must(err)
	gains := func(change func(b *store.Book) error) (scopes []perms.Scope) {
		report, err := o.Preview(ctx, change)
		o.must(err)
		for _, h := range report.Gains {
			scopes = append(scopes, h.Scope)
		}
		return scopes
	}
	grant := func(b *store.Book) error { return b.Users.SetOverride(ctx, setup, both.ID, perms.Grant("bills.print")) }
	if got := gains(grant); !slices.Equal(got, []perms.Scope{perms.In(o.in), perms.In(away.ID)}) {
		t.Errorf("gains in %v", got)
	}
	var made uuid.UUID
	found := gains(func(b *store.Book) error {
		tenant, err := b.Tenants.Create(ctx, setup, users.NewTenant{Name: "New", Slug: "new"})
		o.must(err)
		made = tenant.ID
		return b.Users.SetOverride(ctx, setup, staff.ID, perms.Grant(perms.UsersList).In(made))
	})
	if !slices.Equal(found, []perms.Scope{perms.In(made)}) {
		t.Errorf("staff gain in %v", found)
	}
}

// A report is about the instant of the change: what begins later is not told of.
func TestPreviewIsOfNow(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	for begins, gained := range map[time.Duration]int{0: 1, time.Microsecond: 0} {
		report, err := o.Preview(ctx, func(b *store.Book) error {
			return b.Users.SetOverride(ctx, setup, o.bob.ID, perms.Grant(perms.UsersList).During(perms.Window{StartsAt: o.now.Add(begins)}))
		})
		if o.must(err); report.Gained != gained {
			t.Errorf("a grant from %s on: %+v", begins, report)
		}
	}
}

// An invariant of a tenant is kept by whoever holds it there, however many come before him who hold a part of it.
func TestInvariantBehindACrowd(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	reader, err := o.Roles.Create(ctx, setup, roles.New{Name: "Reader", Permissions: []string{"bills.read"}, Scope: perms.In(o.in)})
	o.must(err)
	clerk := o.clerk
	o.clerk = reader
	o.crowd(250)
	o.clerk = clerk
	zoe := o.hire("zoe", perms.Window{})
	for _, id := range []uuid.UUID{o.ann.ID, o.bob.ID} {
		_, err := o.Users.Do(ctx, setup, id, users.Suspend)
		o.must(err)
	}
	if _, err := o.Users.Do(ctx, setup, zoe.ID, users.Suspend); err == nil {
		t.Error("nobody pays bills any more")
	}
}
