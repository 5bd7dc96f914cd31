package perms

import (
	"fmt"
	"slices"
	"strings"
)

// Key describes one permission of a catalogue.
type Key struct {
	Permission  Permission
	Description string // at most 1,000 code points
	Feature     bool   // an entitlement, not an authority: the grant and the target rule leave it out
}

// Catalog is the immutable set of permissions that a host knows. The library's management keys are always in it. A key outside the catalogue is
// refused on write and denied on check. A nil Catalog holds the management keys alone.
type Catalog struct {
	keys []Key // by permission
}

// management is the catalogue without any key of a host.
var management = &Catalog{managementKeys()}

// NewCatalog returns the catalogue of the management keys and the given ones. Like [regexp.MustCompile] it is for keys that stand in the program:
// it panics if one is malformed. Keys that come from elsewhere go through [Catalog.With].
func NewCatalog(permissions ...Permission) *Catalog {
	keys := make([]Key, len(permissions))
	for i, p := range permissions {
		keys[i] = Key{Permission: p}
	}
	c, err := management.With(keys...)
	if err != nil {
		panic(err)
	}
	return c
}

// With returns the catalogue with the given keys in addition. A key that is there already takes the new description, if one is given, and is a
// feature if either says so; the management keys stay as they are.
func (c *Catalog) With(keys ...Key) (*Catalog, error) {
	merged := slices.Clone(c.all())
	for _, k := range keys {
		if _, err := ParsePermission(string(k.Permission)); err != nil {
			return nil, err
		}
		if err := CheckText("description", k.Description, 0, MaxDescription); err != nil {
			return nil, fmt.Errorf("catalogue key %s: %w", k.Permission, err)
		}
		merged = mergeKey(merged, k)
	}
	return &Catalog{merged}, nil
}

// mergeKey inserts k into the sorted keys, or merges it with the one that is there.
func mergeKey(keys []Key, k Key) []Key {
	i, found := find(keys, k.Permission)
	if !found {
		return slices.Insert(keys, i, k)
	}
	if _, fixed := find(management.all(), k.Permission); fixed {
		return keys
	}
	if k.Description != "" {
		keys[i].Description = k.Description
	}
	keys[i].Feature = keys[i].Feature || k.Feature
	return keys
}

func find(keys []Key, p Permission) (int, bool) {
	return slices.BinarySearchFunc(keys, p, func(k Key, p Permission) int { return strings.Compare(string(k.Permission), string(p)) })
}

func (c *Catalog) all() []Key {
	if c == nil {
		c = management
	}
	return c.keys
}

// Keys returns the keys, sorted by permission.
func (c *Catalog) Keys() []Key { return slices.Clone(c.all()) }

// Has reports whether p is in the catalogue.
func (c *Catalog) Has(p Permission) bool {
	_, ok := find(c.all(), p)
	return ok
}

// Feature reports whether p is in the catalogue and marked as a feature.
func (c *Catalog) Feature(p Permission) bool {
	i, ok := find(c.all(), p)
	return ok && c.all()[i].Feature
}

// Missing returns those of the keys in other that c lacks, or has with another description or mark.
func (c *Catalog) Missing(other *Catalog) []Key {
	var out []Key
	for _, k := range other.all() {
		if i, ok := find(c.all(), k.Permission); !ok || c.all()[i] != k {
			out = append(out, k)
		}
	}
	return out
}

// Expand returns the keys of the catalogue that any of the patterns matches.
func (c *Catalog) Expand(patterns []Pattern) Set {
	var out []Permission
	for _, k := range c.all() {
		if matchesAny(patterns, k.Permission) {
			out = append(out, k.Permission)
		}
	}
	return Set{out}
}

// Matches reports whether the pattern gives at least one key of the catalogue.
func (c *Catalog) Matches(t Pattern) bool {
	return slices.ContainsFunc(c.all(), func(k Key) bool { return t.Matches(k.Permission) })
}

func matchesAny(patterns []Pattern, p Permission) bool {
	for _, t := range patterns {
		if t.Matches(p) {
			return true
		}
	}
	return false
}
