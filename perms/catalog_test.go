package perms_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

func TestManagementKeysAreInEveryCatalogue(t *testing.T) {
	var none *perms.Catalog
	for name, c := range map[string]*perms.Catalog{"nil": none, "empty": perms.NewCatalog(), "a host's": office} {
		keys := c.Keys()
		if !slices.IsSortedFunc(keys, func(a, b perms.Key) int { return strings.Compare(string(a.Permission), string(b.Permission)) }) {
			t.Errorf("%s: keys are not sorted", name)
		}
		for _, p := range append(perms.Critical(), perms.FeaturesAI, perms.AccessExplain, perms.UsersList) {
			if !c.Has(p) {
				t.Errorf("%s lacks %s", name, p)
			}
		}
		if !c.Feature(perms.FeaturesAI) || c.Feature(perms.FeaturesWrite) || c.Feature("nothing.known") {
			t.Errorf("%s: features.ai is the one feature", name)
		}
	}
	if n := len(none.Keys()); n != 31 {
		t.Errorf("%d management keys, want 31", n)
	}
	for _, k := range none.Keys() {
		if _, err := perms.ParsePermission(string(k.Permission)); err != nil || k.Description == "" {
			t.Errorf("%+v: %v", k, err)
		}
	}
}

func TestCatalogWith(t *testing.T) {
	base := perms.NewCatalog("assets.view")
	more, err := base.With(
		perms.Key{Permission: "assets.view", Description: "View assets"},
		perms.Key{Permission: "assets.view"},
		perms.Key{Permission: "features.maps", Feature: true},
		perms.Key{Permission: "features.maps", Description: "Use maps"},
		perms.Key{Permission: perms.UsersAssign, Description: "taken over", Feature: true},
		perms.Key{Permission: "assets.edit", Description: "Edit"},
		perms.Key{Permission: "assets.edit", Description: "Edit assets"},
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []perms.Key{{Permission: "assets.edit", Description: "Edit assets"}, {Permission: "assets.view", Description: "View assets"},
		{Permission: "features.maps", Description: "Use maps", Feature: true}}
	if missing := perms.NewCatalog().Missing(more); !slices.Equal(missing, want) {
		t.Errorf("beside the management keys there are %+v, want %+v", missing, want)
	}
	if !slices.Equal(more.Missing(perms.NewCatalog()), nil) || len(base.Missing(more)) != 3 || base.Has("assets.edit") {
		t.Error("a catalogue has changed")
	}
	if k := base.Keys(); k[0].Permission != "access.explain" {
		t.Errorf("first key is %+v", k[0])
	}
	base.Keys()[0].Permission = "changed.key"
	if base.Has("changed.key") || !base.Has("access.explain") {
		t.Error("a caller has changed the catalogue of all")
	}
}

func TestCatalogRefusesBadKeys(t *testing.T) {
	if _, err := office.With(perms.Key{Permission: "assets.*"}); !errors.Is(err, perms.ErrBadPermission) {
		t.Errorf("a pattern: %v", err)
	}
	if _, err := office.With(perms.Key{Permission: "assets.copy", Description: "line\nbreak"}); !errors.Is(err, perms.ErrInvalid) {
		t.Errorf("a line break: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("NewCatalog accepts a malformed key")
		}
	}()
	perms.NewCatalog("Assets.View")
}

func TestExpand(t *testing.T) {
	for _, c := range []struct {
		patterns []perms.Pattern
		want     string
	}{
		{nil, ""},
		{[]perms.Pattern{"assets.view"}, "assets.view"},
		{[]perms.Pattern{"assets.*"}, "assets.delete assets.edit assets.view"},
		{[]perms.Pattern{"assets.*", "assets.edit", "dashboards.view"}, "assets.delete assets.edit assets.view dashboards.view"},
		{[]perms.Pattern{"asset.*", "assets.view.*", "nothing.known"}, ""},
		{[]perms.Pattern{"*", "assets*", "*.view", ".*", ""}, ""},
		{[]perms.Pattern{"overrides.*"}, "overrides.read overrides.write"},
	} {
		if got := office.Expand(c.patterns).String(); got != c.want {
			t.Errorf("%q expands to %q, want %q", c.patterns, got, c.want)
		}
		for _, p := range c.patterns {
			if matches := office.Matches(p); matches != (office.Expand([]perms.Pattern{p}).Len() > 0) {
				t.Errorf("%q matches: %v", p, matches)
			}
		}
	}
	if got := office.Expand([]perms.Pattern{perms.AllPattern}); got.Len() != len(office.Keys()) {
		t.Errorf("*.* gives %d of %d keys", got.Len(), len(office.Keys()))
	}
	nested := perms.NewCatalog("assets.parts.view", "assets.view")
	if got := nested.Expand([]perms.Pattern{"assets.*"}).Len(); got != 2 {
		t.Errorf("assets.* gives %d keys, want both", got)
	}
	if got := nested.Expand([]perms.Pattern{"assets.parts.*"}).String(); got != "assets.parts.view" {
		t.Errorf("assets.parts.* gives %s", got)
	}
}

func TestSet(t *testing.T) {
	a, b := perms.NewSet("c.x", "a.x", "b.x", "a.x"), perms.NewSet("b.x", "d.x")
	if a.String() != "a.x b.x c.x" || a.Len() != 3 || !a.Has("b.x") || a.Has("d.x") || a.Has("") {
		t.Errorf("set is %v", a)
	}
	if got := a.Union(b).String(); got != "a.x b.x c.x d.x" {
		t.Errorf("union is %s", got)
	}
	if got := a.Minus(b).String(); got != "a.x c.x" || a.Len() != 3 {
		t.Errorf("difference is %s", got)
	}
	if !a.Equal(perms.NewSet("a.x", "b.x", "c.x")) || a.Equal(b) || !(perms.Set{}).Equal(perms.NewSet()) {
		t.Error("sets are equal when their members are")
	}
	if s := (perms.Set{}).Strings(); s == nil || len(s) > 0 {
		t.Errorf("strings of the empty set: %#v", s)
	}
	if got := fmt.Sprint(slices.Collect(b.All())); got != "[b.x d.x]" {
		t.Errorf("all are %s", got)
	}
}
