package users_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// group adds a group of acme with the given members.
func (w *world) group(name string, members ...string) users.Group {
	w.t.Helper()
	g, err := w.Groups.Create(w.ctx, system, users.NewGroup{Tenant: w.acme, Name: name})
	w.must(err)
	_, err = w.Groups.AddMembers(w.ctx, system, users.ByID(g.ID), w.refs(members...))
	w.must(err)
	return g
}

func (w *world) refs(names ...string) []users.Ref {
	var out []users.Ref
	for _, name := range names {
		out = append(out, users.ByID(w.id(name)))
	}
	return out
}

// members returns the e-mails of a group's members, as an actor sees them.
func (w *world) members(actor perms.Actor, g users.Group) []string {
	w.t.Helper()
	list, err := w.Groups.Members(w.ctx, actor, users.ByID(g.ID))
	w.must(err)
	return names(list)
}

func names(list []users.User) []string {
	var out []string
	for _, u := range list {
		out = append(out, u.Name.Full)
	}
	return out
}

// TestWhoMayChangeGroups: the group is Ops of acme, with hal, zoe, mo and max as its members; 7 and 9 are shared with it.
func TestWhoMayChangeGroups(t *testing.T) {
	type do = func(w *world, actor perms.Actor, g users.Ref) error
	rename := func(w *world, actor perms.Actor, g users.Ref) error {
		_, err := w.Groups.Update(w.ctx, actor, g, users.GroupUpdate{Name: new("Operations"), Color: new("#08f")})
		return err
	}
	remove := func(w *world, actor perms.Actor, g users.Ref) error { return w.Groups.Delete(w.ctx, actor, g) }
	add := func(names ...string) do {
		return func(w *world, actor perms.Actor, g users.Ref) error {
			_, err := w.Groups.AddMembers(w.ctx, actor, g, w.refs(names...))
			return err
		}
	}
	expel := func(names ...string) do {
		return func(w *world, actor perms.Actor, g users.Ref) error {
			return w.Groups.RemoveMembers(w.ctx, actor, g, w.refs(names...))
		}
	}
	share := func(ids ...int64) do {
		return func(w *world, actor perms.Actor, g users.Ref) error {
			_, err := w.Groups.SetObjects(w.ctx, actor, g, "assets", ids)
			return err
		}
	}
	for _, c := range []struct {
		actor, what string
		do          do
		want        error
	}{
		{"ann", "rename", rename, nil},
		{"root", "rename", rename, nil},
		{"hal", "rename", rename, perms.ErrForbidden},
		{"bea", "rename", rename, users.ErrGroupNotFound},
		{"ann", "delete", remove, nil},
		{"vic", "delete", remove, perms.ErrForbidden},
		{"bea", "delete", remove, users.ErrGroupNotFound},
		{"ann", "add", add("vic"), nil},
		{"ann", "add a stronger one", add("ada"), nil},
		{"ann", "add oneself", add("ann"), perms.ErrSelfRights},
		{"ann", "add oneself among others", add("vic", "ann"), perms.ErrSelfRights},
		{"ann", "add somebody of another tenant", add("vic", "bea"), users.ErrNotFound},
		{"root", "add somebody of another tenant", add("bea"), users.ErrNotFound},
		{"root", "add staff", add("tech"), users.ErrNotFound},
		{"ann", "add a deleted user", add("gone"), users.ErrNotFound},
		{"ann", "add nobody known", add("nobody"), users.ErrNotFound},
		{"hal", "add", add("vic"), perms.ErrForbidden},
		{"bea", "add", add("bea"), users.ErrGroupNotFound},
		{"ann", "remove", expel("hal"), nil},
		{"ann", "remove somebody at home elsewhere too", expel("zoe", "hal"), nil},
		{"ann", "remove no member", expel("hal", "vic"), users.ErrNotFound},
		{"mo", "remove oneself", expel("mo"), perms.ErrSelfRights},
		{"bea", "remove", expel("zoe"), users.ErrGroupNotFound},
		{"ann", "share", share(7, 1), nil},
		{"vic", "share", share(1), perms.ErrForbidden},
		{"bea", "share", share(1), users.ErrGroupNotFound},
		{"mo", "share with oneself what one may not view", share(7, 1), perms.ErrSelfRights},
		{"mo", "take away what is shared with oneself", share(), nil},
		{"mo", "take away a part of it", share(9), nil},
		{"max", "share with oneself what one may view", share(7, 1), nil},
	} {
		t.Run(c.actor+" "+c.what, func(t *testing.T) {
			w := newWorld(t)
			w.hire("mo", perms.TenantOf(w.acme), "groups.write", "grants.write")
			w.hire("max", perms.TenantOf(w.acme), "groups.write", "grants.write", "assets.view")
			w.add("tech", "viewer", perms.EveryTenant)
			w.add("gone", "viewer", perms.TenantOf(w.acme))
			w.must(verb(users.Delete)(w, system, "gone"))
			g := w.group("Ops", "hal", "zoe", "mo", "max")
			_, err := w.Groups.SetObjects(w.ctx, system, users.ByNumber(g.Number), "assets", []int64{7, 9})
			w.must(err)
			before := w.head()
			w.tried(c.do(w, w.as(c.actor), users.ByNumber(g.Number)), c.want, before)
			if c.want != nil {
				return
			}
			if e := w.entry(before); e.Target != (perms.Target{Kind: perms.KindGroup, ID: g.ID}) || e.Tenant != perms.In(w.acme) {
				t.Errorf("entry %+v", e)
			}
		})
	}
}

func TestCreateGroup(t *testing.T) {
	w := newWorld(t)
	first, err := w.Tenants.Default(w.ctx)
	w.must(err)
	for _, c := range []struct {
		actor  perms.Actor
		tenant uuid.UUID
		want   uuid.UUID
		err    error
	}{
		{w.as("ann"), uuid.Nil, w.acme, nil},
		{w.as("ann"), w.acme, w.acme, nil},
		{w.as("ann"), w.beta, uuid.Nil, users.ErrTenantNotFound},
		{w.as("root"), uuid.Nil, first.ID, nil},
		{w.as("root").In(w.beta), uuid.Nil, w.beta, nil},
		{w.as("root").In(w.beta), w.acme, uuid.Nil, users.ErrTenantNotFound},
		{w.as("root"), uuid.New(), uuid.Nil, users.ErrTenantNotFound},
		{w.as("hal"), w.acme, uuid.Nil, perms.ErrForbidden},
	} {
		before := w.head()
		g, err := w.Groups.Create(w.ctx, c.actor, users.NewGroup{Tenant: c.tenant, Name: uuid.NewString(), Description: "for all", Color: "#Ff8800"})
		w.tried(err, c.err, before)
		if g.Tenant != c.want || err == nil && (g.Number == 0 || g.Color != "#Ff8800" || g.Description != "for all") {
			t.Errorf("made %+v", g)
		}
	}
	for _, c := range []struct {
		in    users.NewGroup
		field string
	}{
		{users.NewGroup{Name: "  "}, "name"},
		{users.NewGroup{Name: strings.Repeat("x", 101)}, "name"},
		{users.NewGroup{Name: "x", Description: strings.Repeat("x", 1001)}, "description"},
		{users.NewGroup{Name: "x", Description: "\u202e"}, "description"},
		{users.NewGroup{Name: "x", Color: "red"}, "color"},
		{users.NewGroup{Name: "x", Color: "#1234"}, "color"},
		{users.NewGroup{Name: "x", Color: "#123456\n"}, "color"},
	} {
		if _, err := w.Groups.Create(w.ctx, w.as("ann"), c.in); field(err) != c.field {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
}

func TestGroupNames(t *testing.T) {
	w := newWorld(t)
	g := w.group("Ops")
	if _, err := w.Groups.Create(w.ctx, w.as("ann"), users.NewGroup{Name: " OPS "}); !errors.Is(err, users.ErrGroupNameTaken) {
		t.Errorf("create: %v", err)
	}
	other := w.group("Sales")
	if _, err := w.Groups.Update(w.ctx, w.as("ann"), users.ByID(other.ID), users.GroupUpdate{Name: new("ops")}); !errors.Is(err, users.ErrGroupNameTaken) {
		t.Errorf("update: %v", err)
	}
	if _, err := w.Groups.Update(w.ctx, w.as("ann"), users.ByID(g.ID), users.GroupUpdate{Color: new("red")}); field(err) != "color" {
		t.Errorf("color: %v", err)
	}
	before := w.head()
	now, err := w.Groups.Update(w.ctx, w.as("ann"), users.ByID(g.ID), users.GroupUpdate{Name: new(" Ops ")})
	w.must(err)
	if now.Name != "Ops" || w.head() != before {
		t.Errorf("no change: %+v", now)
	}
}

func TestGroupJournal(t *testing.T) {
	w := newWorld(t)
	before := w.head()
	step := func(err error) perms.Entry {
		t.Helper()
		w.must(err)
		e := w.entry(before)
		before = e.Revision
		return e
	}
	none := func(err error) {
		t.Helper()
		w.must(err)
		if w.head() != before {
			t.Error("no change is in the journal")
		}
	}
	same := func(got, want perms.Members) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	ann := w.as("ann")
	g, err := w.Groups.Create(w.ctx, ann, users.NewGroup{Name: "Ops", Color: "#fff"})
	record := perms.Members{"number": 1.0, "tenant": w.acme.String(), "name": "Ops", "description": "", "color": "#fff", "objects": []any{}}
	same(step(err).After, record)

	ref := users.ByID(g.ID)
	_, err = w.Groups.Update(w.ctx, ann, ref, users.GroupUpdate{Description: new("d")})
	e := step(err)
	same(e.Before, perms.Members{"description": ""})
	same(e.After, perms.Members{"description": "d"})

	_, err = w.Groups.AddMembers(w.ctx, ann, ref, w.refs("hal", "vic", "hal"))
	same(step(err).After, perms.Members{"added": []any{w.id("hal").String(), w.id("vic").String()}, "removed": []any{}})
	_, err = w.Groups.AddMembers(w.ctx, ann, ref, w.refs("vic"))
	none(err)
	_, err = w.Groups.AddMembers(w.ctx, ann, ref, nil)
	none(err)
	same(step(w.Groups.RemoveMembers(w.ctx, ann, ref, w.refs("vic"))).After, perms.Members{"added": []any{}, "removed": []any{w.id("vic").String()}})

	ids, err := w.Groups.SetObjects(w.ctx, ann, ref, "dashboards", []int64{3, 1, 3})
	e = step(err)
	if !slices.Equal(ids, []int64{1, 3}) || e.Action != perms.GrantSet {
		t.Errorf("shared %v, entry %+v", ids, e)
	}
	object := func(typ string, id float64) any {
		return map[string]any{"tenant": w.acme.String(), "type": typ, "id": id}
	}
	same(e.Before, perms.Members{"objects": []any{}})
	same(e.After, perms.Members{"objects": []any{object("dashboards", 1), object("dashboards", 3)}})
	_, err = w.Groups.SetObjects(w.ctx, ann, ref, "dashboards", []int64{1, 3})
	none(err)
	_, err = w.Groups.SetObjects(w.ctx, ann, ref, "assets", []int64{9})
	same(step(err).After, perms.Members{"objects": []any{object("assets", 9), object("dashboards", 1), object("dashboards", 3)}})

	e = step(w.Groups.Delete(w.ctx, ann, ref))
	if e.Action != perms.GroupDelete || e.After != nil || len(e.Before["objects"].([]any)) != 3 {
		t.Errorf("delete: %+v", e)
	}
	if err := w.Groups.Delete(w.ctx, ann, ref); !errors.Is(err, users.ErrGroupNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	if u := w.read("hal"); len(u.Groups) != 0 || u.Status != perms.Active {
		t.Errorf("member after the group: %+v", u)
	}
}

func TestMembers(t *testing.T) {
	w := newWorld(t)
	g := w.group("Ops", "vic", "zoe")
	w.must(verb(users.Suspend)(w, system, "vic"))
	if got := w.members(w.as("ann"), g); !slices.Equal(got, []string{"vic", "zoe"}) {
		t.Errorf("members %v", got)
	}
	list, err := w.Groups.AddMembers(w.ctx, w.as("ann"), users.ByID(g.ID), []users.Ref{users.ByNumber(w.who["hal"].Number)})
	w.must(err)
	if got := names(list); !slices.Equal(got, []string{"hal", "vic", "zoe"}) {
		t.Errorf("after adding %v", got)
	}
	zoe := list[2]
	if !slices.Equal(zoe.Tenants, []perms.Tenancy{perms.TenantOf(w.acme)}) {
		t.Errorf("ann sees zoe's other tenants: %v", zoe.Tenants)
	}
	w.must(verb(users.Delete)(w, system, "vic"))
	counts, err := w.Groups.MemberCounts(w.ctx, w.as("ann"), []users.Group{g})
	w.must(err)
	if counts[g.ID] != 2 || len(w.members(system, g)) != 2 {
		t.Errorf("counts %v", counts)
	}
	if err := w.Groups.RemoveMembers(w.ctx, w.as("ann"), users.ByID(g.ID), w.refs("vic")); !errors.Is(err, users.ErrNotFound) {
		t.Errorf("remove a deleted member: %v", err)
	}
	counts, err = w.Groups.MemberCounts(w.ctx, w.as("bea"), []users.Group{g})
	w.must(err)
	if len(counts) != 0 {
		t.Errorf("bea counts another tenant's members: %v", counts)
	}
	for actor, want := range map[string]error{"bea": users.ErrGroupNotFound, "hal": perms.ErrForbidden} {
		if _, err := w.Groups.Members(w.ctx, w.as(actor), users.ByID(g.ID)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", actor, err, want)
		}
	}
	many := slices.Repeat(w.refs("ada"), users.MaxMembers+1)
	if _, err := w.Groups.AddMembers(w.ctx, w.as("ann"), users.ByID(g.ID), many); field(err) != "members" {
		t.Errorf("too many: %v", err)
	}
}

// zoe's home is acme, so in beta a narrowed admin sees her only as a member.
func TestMembersAtHomeElsewhere(t *testing.T) {
	w := newWorld(t)
	g, err := w.Groups.Create(w.ctx, w.as("bea"), users.NewGroup{Name: "Guests"})
	w.must(err)
	bea := w.as("bea").In(w.beta)
	list, err := w.Groups.AddMembers(w.ctx, bea, users.ByID(g.ID), w.refs("zoe"))
	w.must(err)
	if got := names(list); !slices.Equal(got, []string{"zoe"}) {
		t.Errorf("members %v", got)
	}
}

func TestWhoSeesWhichGroups(t *testing.T) {
	w := newWorld(t)
	w.hire("gil", perms.TenantOf(w.acme), "groups.read", "groups.write")
	g := w.group("Ops", "vic")
	_, err := w.Groups.SetObjects(w.ctx, system, users.ByID(g.ID), "assets", []int64{7})
	w.must(err)
	for _, c := range []struct {
		actor   string
		objects int
		want    error
	}{
		{"ann", 1, nil},
		{"root", 1, nil},
		{"gil", 0, nil}, // holds groups.read and not grants.read
		{"bea", 0, users.ErrGroupNotFound},
		{"vic", 0, perms.ErrForbidden},
	} {
		got, err := w.Groups.Get(w.ctx, w.as(c.actor), g.ID)
		if !errors.Is(err, c.want) || len(got.Objects) != c.objects || (err == nil) != (got.Name == "Ops") {
			t.Errorf("%s gets %+v, %v", c.actor, got, err)
		}
		if c.actor == "root" {
			continue
		}
		list, err := w.Groups.List(w.ctx, w.as(c.actor), uuid.Nil)
		if errors.Is(c.want, perms.ErrForbidden) != errors.Is(err, perms.ErrForbidden) || (len(list) == 1) != (c.want == nil) || len(list) == 1 && len(list[0].Objects) != c.objects {
			t.Errorf("%s lists %+v, %v", c.actor, list, err)
		}
	}
	if _, err := w.Groups.List(w.ctx, w.as("bea"), w.acme); !errors.Is(err, users.ErrTenantNotFound) {
		t.Errorf("bea lists acme's: %v", err)
	}
	updated, err := w.Groups.Update(w.ctx, w.as("gil"), users.ByID(g.ID), users.GroupUpdate{Description: new("d")})
	w.must(err)
	if len(updated.Objects) != 0 || len(w.objects("root", g)) != 1 {
		t.Errorf("gil's update shows or drops what is shared: %+v", updated)
	}
	for actor, want := range map[string]int{"vic": 1, "bea": 0, "root": 1} {
		named, err := w.Groups.Named(w.ctx, w.as(actor), []uuid.UUID{g.ID, uuid.New()})
		w.must(err)
		if len(named) != want || want == 1 && named[0].Objects != nil {
			t.Errorf("%s may name %+v", actor, named)
		}
	}
}

// objects returns what is shared with a group, as an actor sees it.
func (w *world) objects(actor string, g users.Group) []perms.ObjectGrant {
	w.t.Helper()
	got, err := w.Groups.Find(w.ctx, w.as(actor), users.ByID(g.ID), perms.GrantsRead)
	w.must(err)
	return got.Objects
}

// What a group has already may be older than the limits: it stays when something else changes, and when it is sent back.
func TestGroupLimitsAreForWhatChanges(t *testing.T) {
	w := newWorld(t)
	g := w.group("Ops")
	long := strings.Repeat("x", users.MaxGroupName+1)
	g.Name, g.Color = long, "orange"
	w.must(w.db.InTx(w.ctx, func(tx store.Store) error { return tx.UpdateGroup(w.ctx, g) }))
	got, err := w.Groups.Update(w.ctx, w.as("ann"), users.ByID(g.ID), users.GroupUpdate{Name: &long, Description: new("night shift")})
	w.must(err)
	if got.Name != long || got.Color != "orange" || got.Description != "night shift" {
		t.Errorf("%+v", got)
	}
	for _, up := range []users.GroupUpdate{{Name: new(long + "x")}, {Name: new("")}, {Name: new(" ")}, {Color: new("red")}} {
		if _, err := w.Groups.Update(w.ctx, w.as("ann"), users.ByID(g.ID), up); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("%+v: %v", up, err)
		}
	}
	for _, in := range []users.NewGroup{{}, {Name: long}, {Name: "Ops", Color: "red"}, {Name: "Ops", Description: strings.Repeat("x", perms.MaxDescription+1)}} {
		if err := w.Groups.Validate(in); !errors.Is(err, perms.ErrInvalid) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	w.must(w.Groups.Validate(users.NewGroup{Name: "Ops", Color: "#08F"}))
}
