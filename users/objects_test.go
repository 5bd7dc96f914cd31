package users_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func (w *world) share(actor perms.Actor, target string, tenant uuid.UUID, ids ...int64) error {
	_, err := w.Users.SetObjects(w.ctx, actor, users.ByID(w.id(target)), tenant, "dashboards", ids)
	return err
}

func TestWhoMayShareWithWhom(t *testing.T) {
	for _, c := range []struct {
		actor, target string
		tenant        string
		want          error
	}{
		{"ann", "vic", "acme", nil},
		{"ann", "vic", "", nil},
		{"root", "vic", "", nil},
		{"ann", "ada", "acme", nil}, // the target rule does not apply
		{"ann", "zoe", "acme", nil}, // who has another tenant too
		{"bea", "zoe", "beta", nil},
		{"bea", "zoe", "acme", users.ErrTenantNotFound},
		{"ann", "zoe", "beta", users.ErrTenantNotFound},
		{"ann", "bea", "acme", users.ErrNotFound},
		{"ann", "vic", "nowhere", users.ErrTenantNotFound},
		{"root", "vic", "beta", perms.ErrInvalid},
		{"ann", "ann", "acme", perms.ErrSelfRights},
		{"root", "root", "acme", perms.ErrSelfRights},
		{"hal", "vic", "acme", perms.ErrForbidden},
		{"system", "tech", "acme", nil},
		{"root", "tech", "", nil},
	} {
		t.Run(c.actor+" "+c.target+" "+c.tenant, func(t *testing.T) {
			w := newWorld(t)
			w.add("tech", "viewer", perms.EveryTenant)
			tenant := map[string]uuid.UUID{"acme": w.acme, "beta": w.beta, "nowhere": uuid.New()}[c.tenant]
			before := w.head()
			w.tried(w.share(w.as(c.actor), c.target, tenant, 2, 1), c.want, before)
			if c.want != nil {
				return
			}
			e, u := w.entry(before), w.read(c.target)
			if e.Action != perms.GrantSet || e.Target != (perms.Target{Kind: perms.KindUser, ID: u.ID}) || u.Version != 2 || len(u.Objects) != 2 {
				t.Errorf("entry %+v of %+v", e, u)
			}
			w.must(w.share(w.as(c.actor), c.target, tenant, 1, 2, 2))
			if w.head() != e.Revision {
				t.Error("no change is in the journal")
			}
		})
	}
}

func TestSharedTenantIfNoneIsNamed(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	w.add("tech", "viewer", perms.EveryTenant)
	for _, c := range []struct {
		actor  perms.Actor
		target string
		want   uuid.UUID
	}{
		{w.as("ann"), "zoe", w.acme},
		{w.as("root"), "zoe", w.acme},
		{w.as("root").In(w.acme), "zoe", w.acme},
		{w.as("bea"), "bea", w.beta},
		{w.as("zoe"), "zoe", w.acme},
		{w.as("zoe").In(w.beta), "zoe", w.beta},
		{w.as("tech"), "tech", first.ID},
	} {
		got, err := w.Users.Objects(w.ctx, c.actor, users.ByID(w.id(c.target)), uuid.Nil, "dashboards")
		w.must(err)
		if got.Tenant != c.want || got.Direct == nil || got.Groups == nil {
			t.Errorf("%s: %+v, want %v", c.target, got, c.want)
		}
	}
}

func TestSharedObjects(t *testing.T) {
	w := newWorld(t)
	g := w.group("Ops", "vic")
	_, err := w.Groups.SetObjects(w.ctx, system, users.ByID(g.ID), "dashboards", []int64{7, 1})
	w.must(err)
	w.must(w.share(system, "vic", w.acme, 1, 3))
	_, err = w.Users.SetObjects(w.ctx, system, users.ByID(w.id("vic")), w.acme, "reports", []int64{5})
	w.must(err)
	before := w.head()
	got, err := w.Users.SetObjects(w.ctx, w.as("ann"), users.ByID(w.id("vic")), w.acme, "dashboards", []int64{4, 1})
	w.must(err)
	if !slices.Equal(got.Direct, []int64{1, 4}) || !slices.Equal(got.Groups, []int64{1, 7}) || !slices.Equal(got.All(), []int64{1, 4, 7}) {
		t.Errorf("shared %+v", got)
	}
	object := func(typ string, id float64) any {
		return map[string]any{"tenant": w.acme.String(), "type": typ, "id": id}
	}
	want := perms.Members{"objects": []any{object("dashboards", 1), object("dashboards", 4), object("reports", 5)}}
	if e := w.entry(before); !reflect.DeepEqual(e.After, want) || e.Tenant != perms.In(w.acme) || e.Person != w.id("vic") {
		t.Errorf("entry %+v, want %v", e, want)
	}
	for actor, want := range map[string]error{"ann": nil, "vic": nil, "bea": users.ErrNotFound, "hal": perms.ErrForbidden} {
		read, err := w.Users.Objects(w.ctx, w.as(actor), users.ByID(w.id("vic")), w.acme, "dashboards")
		if !errors.Is(err, want) || want == nil && !reflect.DeepEqual(read, got) {
			t.Errorf("%s reads %+v, %v", actor, read, err)
		}
	}
	for _, c := range []struct {
		actor, target string
		tenant        uuid.UUID
	}{{"ann", "zoe", w.beta}, {"vic", "vic", w.beta}, {"vic", "vic", uuid.New()}} {
		if _, err := w.Users.Objects(w.ctx, w.as(c.actor), users.ByID(w.id(c.target)), c.tenant, "dashboards"); !errors.Is(err, users.ErrTenantNotFound) {
			t.Errorf("%s reads of another tenant: %v", c.actor, err)
		}
	}
}

func TestObjectValues(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		typ   string
		ids   []int64
		field string
	}{
		{"dashboards", []int64{1, 0}, "objects"},
		{"dashboards", []int64{-1}, "objects"},
		{"dashboards", make([]int64, users.MaxObjects+1), "objects"},
		{"", nil, "type"},
		{"Dashboards", []int64{1}, "type"},
		{"a.b", []int64{1}, "type"},
	} {
		if _, err := w.Users.SetObjects(w.ctx, system, users.ByID(w.id("vic")), w.acme, c.typ, c.ids); field(err) != c.field {
			t.Errorf("%q %v: %v", c.typ, c.ids[:min(2, len(c.ids))], err)
		}
	}
}
