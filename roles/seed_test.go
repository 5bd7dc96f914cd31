package roles_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

func shop() roles.Preset {
	return roles.Preset{
		Keys: []perms.Key{{Permission: "goods.view", Description: "See goods"}, {Permission: "features.maps", Description: "Use maps", Feature: true}},
		Roles: []roles.PresetRole{
			{Key: "keeper", Name: "Keeper", Description: "Keeps the shop", Patterns: []perms.Pattern{"goods.*", "assets.view", "later.*", "goods.*"}},
			{Key: "visitor", Name: "Visitor", Patterns: []perms.Pattern{"goods.view"}},
		},
	}
}

// bare is a Book over an empty store.
func bare(t *testing.T) (*store.Book, *memory.Store) {
	t.Helper()
	st := memory.New()
	book, err := store.Connect(t.Context(), st, store.Options{Clock: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return book, st
}

func TestSeed(t *testing.T) {
	book, st := bare(t)
	catalog, err := book.Roles.Seed(t.Context(), perms.System("setup"), shop())
	if err != nil {
		t.Fatal(err)
	}
	if !catalog.Has("goods.view") || !catalog.Feature("features.maps") || !catalog.Has(perms.UsersRead) {
		t.Error("the catalogue that holds now lacks what was seeded")
	}
	keys, err := st.Keys(t.Context())
	if want := []perms.Key{shop().Keys[1], shop().Keys[0]}; err != nil || !slices.Equal(keys, want) {
		t.Errorf("stored keys are %+v, %v", keys, err)
	}
	list, err := book.Roles.List(t.Context(), system, 0, 0)
	if err != nil || len(list) != 2 {
		t.Fatalf("roles are %+v, %v", list, err)
	}
	want := roles.Role{ID: list[0].ID, Number: 1, Key: "keeper", Name: "Keeper", Description: "Keeps the shop",
		Patterns: []perms.Pattern{"assets.view", "goods.*", "later.*"}, Scope: perms.Anywhere, System: true, CreatedAt: noon, Version: 1}
	if !reflect.DeepEqual(list[0], want) || list[1].Number != 2 || list[1].Key != "visitor" {
		t.Errorf("roles are %+v", list)
	}
	entries, err := st.Journal(t.Context(), perms.JournalFilter{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var actions []perms.Action
	for _, e := range entries {
		actions = append(actions, e.Action)
		if e.Actor != (perms.ActorRef{Kind: perms.SystemActor, Label: "setup"}) || e.Tenant != perms.Anywhere {
			t.Errorf("entry is %+v", e)
		}
	}
	if !slices.Equal(actions, []perms.Action{"catalogue.update", "role.create", "role.create"}) {
		t.Errorf("entries are %v", actions)
	}
	if entries[0].Target != (perms.Target{Kind: perms.KindCatalogue}) || !reflect.DeepEqual(entries[1].After, roles.Record(list[0])) || entries[1].After["system"] != true {
		t.Errorf("entries are %+v", entries)
	}
}

func TestSeedTwice(t *testing.T) {
	w := newWorld(t)
	w.ok(w.book.Seed(w.ctx, system, shop()))
	before := w.state()
	catalog, err := w.Seed(w.ctx, system, shop())
	w.ok(err)
	if after := w.state(); !reflect.DeepEqual(before, after) {
		t.Errorf("the second seed changes the store\nbefore %+v\nafter  %+v", before, after)
	}
	if !slices.Equal(catalog.Keys(), w.book.Catalog().Keys()) {
		t.Error("the second seed changes the catalogue")
	}
	if !catalog.Has("reports.view") {
		t.Error("the host's own keys are lost")
	}
}

func TestSeedOnlyAdds(t *testing.T) {
	w := newWorld(t)
	w.ok(w.book.Seed(w.ctx, system, shop()))
	keeper, err := w.store.RoleByKey(w.ctx, "keeper")
	w.ok(err)
	newer := roles.Preset{
		Keys:  []perms.Key{{Permission: "goods.view", Description: "Look at goods"}, {Permission: "features.maps"}},
		Roles: []roles.PresetRole{{Key: "keeper", Name: "Shop Keeper", Description: "another", Patterns: []perms.Pattern{"reports.view", "goods.*"}}},
	}
	catalog, err := w.Seed(w.ctx, system, newer)
	w.ok(err)
	want := keeper
	want.Patterns = []perms.Pattern{"assets.view", "goods.*", "later.*", "reports.view"}
	if got, err := w.store.RoleByKey(w.ctx, "keeper"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("role is %+v, %v, want %+v", got, err, want)
	}
	if !catalog.Feature("features.maps") || !slices.Contains(catalog.Keys(), perms.Key{Permission: "goods.view", Description: "Look at goods"}) {
		t.Error("a key has lost its mark, or kept its old description")
	}
	list := w.entries(0)
	last := list[len(list)-2:]
	if last[0].Action != "catalogue.update" || last[1].Action != "role.update" || len(last[1].After) != 1 {
		t.Errorf("entries are %+v", last)
	}
	if after := last[0].After["keys"].([]any); len(after) != 1 {
		t.Errorf("changed keys are %+v, want goods.view alone", after)
	}
	if _, err := w.store.RoleByKey(w.ctx, "visitor"); err != nil {
		t.Errorf("a role that the newer preset lacks is gone: %v", err)
	}
}

func TestSeedIsForTrustedCode(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		actor perms.Actor
		want  error
	}{
		"staff with everything": {w.root, perms.ErrForbidden}, "a guest": {perms.Guest(), perms.ErrForbidden}, "nobody": {perms.Actor{}, perms.ErrNoActor},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(c.want, func() error { _, err := w.Seed(w.ctx, c.actor, shop()); return err })
		})
	}
}

func TestSeedRefusesABadPreset(t *testing.T) {
	w := newWorld(t)
	named := func(key, name string, patterns ...perms.Pattern) roles.PresetRole {
		return roles.PresetRole{Key: key, Name: name, Patterns: patterns}
	}
	for name, c := range map[string]struct {
		preset roles.Preset
		want   []string
	}{
		"a key":          {roles.Preset{Keys: []perms.Key{{Permission: "goods.*"}}}, []string{"keys[0].permission format"}},
		"a description":  {roles.Preset{Keys: []perms.Key{{Permission: "goods.view", Description: "a\nb"}}}, []string{"keys[0].description format"}},
		"a role key":     {roles.Preset{Roles: []roles.PresetRole{named("Keeper", "a")}}, []string{"roles[0].key format"}},
		"an id as key":   {roles.Preset{Roles: []roles.PresetRole{named("a197a1d3-0000-7000-8000-000000000000", "a")}}, []string{"roles[0].key format"}},
		"a pattern":      {roles.Preset{Roles: []roles.PresetRole{named("keeper", "a", "*.*", "*")}}, []string{"roles[0].permissions[1] format"}},
		"a name":         {roles.Preset{Roles: []roles.PresetRole{named("keeper", "")}}, []string{"roles[0].name required"}},
		"the same key":   {roles.Preset{Roles: []roles.PresetRole{named("keeper", "a"), named("keeper", "b")}}, []string{"roles[1].name duplicate"}},
		"the same name":  {roles.Preset{Roles: []roles.PresetRole{named("keeper", "Same"), named("porter", "same")}}, []string{"roles[1].name duplicate"}},
		"another's key":  {roles.Preset{Roles: []roles.PresetRole{named("keeper", "a"), named("porter", "Keeper")}}, []string{"roles[1].name duplicate"}},
		"a control sign": {roles.Preset{Roles: []roles.PresetRole{{Key: "keeper", Name: "a", Description: "\x00"}}}, []string{"roles[0].description format"}},
		"a separator":    {roles.Preset{Roles: []roles.PresetRole{{Key: "keeper", Name: "\u2028"}}}, []string{"roles[0].name format"}},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			w.refused(perms.ErrInvalid, func() error {
				_, err := w.Seed(w.ctx, system, c.preset)
				w.invalid(err, c.want...)
				return err
			})
		})
	}
}

func TestSeedTakesNobodysName(t *testing.T) {
	w := newWorld(t)
	w.createIn(w.root, w.beta, "Keeper", "assets.view")
	w.refused(roles.ErrNameTaken, func() error { _, err := w.Seed(w.ctx, system, shop()); return err })

	w = newWorld(t)
	w.createIn(w.root, w.beta, "KEEPER", "assets.view")
	keyTaken := shop()
	keyTaken.Roles[0].Name = "Shop Keeper"
	w.refused(roles.ErrNameTaken, func() error { _, err := w.Seed(w.ctx, system, keyTaken); return err })
}

func TestSeededKeysAreKnownAtOnce(t *testing.T) {
	w := newWorld(t)
	_, err := w.Create(w.ctx, w.root, roles.New{Name: "Clerk", Permissions: []string{"goods.view"}})
	w.invalid(err, "permissions[0] unknown")
	w.ok(w.book.Seed(w.ctx, system, shop()))
	w.create(w.root, "Clerk", "goods.view")
}
