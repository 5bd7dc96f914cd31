package roles_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func namesOf(list []roles.Role) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.Name)
	}
	return out
}

// The roles of a new world, by who may see them.
var (
	globalNames = []string{"Admin", "Viewer", "Role Reader"}
	acmeNames   = []string{"Admin", "Viewer", "Role Editor", "Role Reader"}
	allNames    = []string{"Admin", "Viewer", "Role Editor", "Role Reader", "Beta's own"}
	betaNames   = []string{"Admin", "Viewer", "Role Reader", "Beta's own"}
)

func TestWhoSeesWhichRoles(t *testing.T) {
	w := newWorld(t)
	strange := w.createIn(w.bea, w.beta, "Beta's own", "assets.view")
	list := w.add([]perms.Tenancy{perms.TenantOf(w.beta)}, w.create(system, "temporary", "roles.list"))
	suspended := w.add([]perms.Tenancy{perms.EveryTenant}, w.admin)
	w.change(suspended, func(u *users.User) { u.Status = perms.Suspended })
	for name, c := range map[string]struct {
		actor  perms.Actor
		listed []string // nil for refused
		gets   bool     // beta's own role
		names  []string // nil for refused
	}{
		"the system":          {system, allNames, true, allNames},
		"staff":               {w.root, allNames, true, allNames},
		"staff narrowed":      {w.root.In(w.beta), betaNames, true, betaNames},
		"acme's":              {w.ann, acmeNames, false, acmeNames},
		"beta's":              {w.bea, betaNames, true, betaNames},
		"of both":             {w.both, allNames, true, allNames},
		"of both, narrowed":   {w.both.In(w.acme), acmeNames, false, acmeNames},
		"roles.list alone":    {list, betaNames, false, betaNames},
		"without the key":     {w.vic, nil, false, acmeNames},
		"narrowed to nothing": {w.ann.In(uuid.Nil), nil, false, globalNames},
		"a guest":             {perms.Guest(), nil, false, nil},
		"unknown":             {perms.As(uuid.New()), nil, false, nil},
		"suspended":           {suspended, nil, false, nil},
		"nobody":              {perms.Actor{}, nil, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			listed, err := w.List(w.ctx, c.actor, 0, 0)
			if (err == nil) != (c.listed != nil) || err == nil && !slices.Equal(without(namesOf(listed), "temporary"), c.listed) {
				t.Errorf("lists %q, %v, want %q", namesOf(listed), err, c.listed)
			}
			if got, err := w.Get(w.ctx, c.actor, strange.ID); (err == nil) != c.gets {
				t.Errorf("gets %v, %v", got, err)
			}
			labels, err := w.Names(w.ctx, c.actor)
			var names []string
			for _, l := range labels {
				names = append(names, l.Name)
			}
			if (err == nil) != (c.names != nil) || !slices.Equal(without(names, "temporary"), c.names) {
				t.Errorf("names %q, %v, want %q", names, err, c.names)
			}
		})
	}
}

func without(list []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == name })
}

func TestFind(t *testing.T) {
	w := newWorld(t)
	strange := w.createIn(w.bea, w.beta, "Beta's own")
	for name, ref := range map[string]roles.Ref{"id": roles.ByID(w.admin.ID), "key": roles.ByKey(w.admin.Key), "number": roles.ByNumber(w.admin.Number)} {
		r, err := w.Find(w.ctx, w.ann, ref, perms.RolesUpdate)
		if err != nil || r.ID != w.admin.ID {
			t.Errorf("by %s: %v, %v", name, r, err)
		}
		_, err = w.Find(w.ctx, w.vic, ref, perms.RolesUpdate, perms.RolesRead)
		w.is(err, perms.ErrForbidden)
	}
	for name, ref := range map[string]roles.Ref{
		"unknown id": roles.ByID(uuid.New()), "no id": roles.ByID(uuid.Nil), "unknown key": roles.ByKey("nobody"), "no key": roles.ByKey(""), "unknown number": roles.ByNumber(99),
		"strange id": roles.ByID(strange.ID), "strange key": roles.ByKey(strange.Key), "strange number": roles.ByNumber(strange.Number), "none": {},
	} {
		if _, err := w.Find(w.ctx, w.ann, ref, perms.RolesRead); !errors.Is(err, roles.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		_, err := w.Find(w.ctx, w.vic, ref, perms.RolesRead)
		w.is(err, perms.ErrForbidden) // before anything is looked up
	}
	_, err := w.Find(w.ctx, w.both, roles.ByID(strange.ID), perms.RolesUpdate)
	w.is(err, roles.ErrNotFound) // he reads it, and edits none of that tenant's
	if _, err := w.Find(w.ctx, w.both, roles.ByID(strange.ID), perms.RolesUpdate, perms.RolesRead); err != nil {
		t.Errorf("any one of the permissions suffices: %v", err)
	}
}

func TestAdmit(t *testing.T) {
	w := newWorld(t)
	w.ok(w.Admit(w.ctx, w.both, perms.RolesUpdate))
	w.ok(w.Admit(w.ctx, w.vic, "roles.read", "assets.view"))
	w.is(w.Admit(w.ctx, w.vic, perms.RolesUpdate), perms.ErrForbidden)
	w.is(w.Admit(w.ctx, w.both.In(w.beta), perms.RolesUpdate), perms.ErrForbidden)
	w.is(w.Admit(w.ctx, perms.Actor{}, perms.RolesRead), perms.ErrNoActor)
}

func TestNamed(t *testing.T) {
	w := newWorld(t)
	porter := w.createIn(w.root, w.acme, "Porter")
	strange := w.createIn(w.root, w.beta, "Porter")
	for name, c := range map[string]struct {
		actor perms.Actor
		text  string
		want  []uuid.UUID
	}{
		"by key":               {w.ann, porter.Key, []uuid.UUID{porter.ID}},
		"by name":              {w.ann, "Porter", []uuid.UUID{porter.ID}},
		"another case":         {w.ann, "porter", nil},
		"a strange key":        {w.ann, strange.Key, nil},
		"of several tenants":   {w.root, "Porter", []uuid.UUID{porter.ID, strange.ID}},
		"of the tenants he is": {w.both, "Porter", []uuid.UUID{porter.ID, strange.ID}},
		"narrowed":             {w.both.In(w.beta), "Porter", []uuid.UUID{strange.ID}},
		"a global role":        {w.bea, "Admin", []uuid.UUID{w.admin.ID}},
		"nothing":              {w.root, "", nil},
	} {
		list, err := w.Named(w.ctx, c.actor, c.text, perms.RolesRead)
		var ids []uuid.UUID
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		if err != nil || !slices.Equal(ids, c.want) {
			t.Errorf("%s: %v, %v", name, namesOf(list), err)
		}
	}
	_, err := w.Named(w.ctx, w.vic, "Porter", perms.RolesRead)
	w.is(err, perms.ErrForbidden)
}

func TestListPages(t *testing.T) {
	w := newWorld(t)
	var got []string
	for after := int64(0); ; {
		page, err := w.List(w.ctx, w.root, after, 3)
		w.ok(err)
		got = append(got, namesOf(page)...)
		if len(page) < 3 {
			break
		}
		after = page[2].Number
	}
	if !slices.Equal(got, acmeNames) {
		t.Errorf("pages hold %q", got)
	}
	_, err := w.List(w.ctx, w.root, 0, -1)
	w.is(err, perms.ErrInvalid)
}

func TestNamesTellNoMoreThanNames(t *testing.T) {
	w := newWorld(t)
	labels, err := w.Names(w.ctx, w.vic)
	w.ok(err)
	if want := (roles.Label{ID: w.admin.ID, Number: w.admin.Number, Key: w.admin.Key, Name: "Admin", Scope: perms.Anywhere}); labels[0] != want {
		t.Errorf("%+v, want %+v", labels[0], want)
	}
}

func TestLabels(t *testing.T) {
	w := newWorld(t)
	own, strange := w.createIn(w.root, w.acme, "Acme's own"), w.createIn(w.root, w.beta, "Beta's own")
	ids := []uuid.UUID{w.admin.ID, own.ID, strange.ID, uuid.New()}
	for name, c := range map[string]struct {
		actor perms.Actor
		want  []uuid.UUID
	}{
		"the system":      {system, ids[:3]},
		"staff":           {w.root, ids[:3]},
		"of both":         {w.both, ids[:3]},
		"without any key": {w.vic, ids[:2]},
		"of beta":         {w.bea, []uuid.UUID{w.admin.ID, strange.ID}},
	} {
		labels, err := w.Labels(w.ctx, c.actor, ids)
		if err != nil || len(labels) != len(c.want) {
			t.Errorf("%s: %+v, %v", name, labels, err)
		}
		for _, id := range c.want {
			if labels[id].ID != id || labels[id].Name == "" {
				t.Errorf("%s: %s is called %+v", name, id, labels[id])
			}
		}
	}
	for _, actor := range []perms.Actor{perms.Guest(), perms.As(uuid.New())} {
		_, err := w.Labels(w.ctx, actor, ids)
		w.is(err, perms.ErrForbidden)
	}
}

func TestKeys(t *testing.T) {
	w := newWorld(t)
	keys, err := w.Keys(w.ctx, w.both)
	if err != nil || !slices.Equal(keys, w.book.Catalog().Keys()) {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	_, err = w.Keys(w.ctx, w.vic)
	w.is(err, perms.ErrForbidden)
}
