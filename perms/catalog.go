package perms

import (
	"context"
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
	for _, k := range keys {
		if _, err := ParsePermission(string(k.Permission)); err != nil {
			return nil, err
		}
		if err := CheckText("description", k.Description, 0, MaxDescription); err != nil {
			return nil, fmt.Errorf("catalogue key %s: %w", k.Permission, err)
		}
	}
	sorted := slices.Concat(c.all(), keys)
	slices.SortStableFunc(sorted, func(a, b Key) int { return strings.Compare(string(a.Permission), string(b.Permission)) })
	merged := sorted[:0]
	for _, k := range sorted {
		if last := len(merged) - 1; last >= 0 && merged[last].Permission == k.Permission {
			merged[last] = merged[last].with(k)
			continue
		}
		merged = append(merged, k)
	}
	return &Catalog{merged}, nil
}

// with returns the key with what a later word on the same permission changes.
func (k Key) with(later Key) Key {
	if _, fixed := find(management.all(), k.Permission); fixed {
		return k
	}
	if later.Description != "" {
		k.Description = later.Description
	}
	k.Feature = k.Feature || later.Feature
	return k
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

// Expand returns the keys of the catalogue that any of the patterns matches. It looks each pattern up, and does not go through the catalogue for it.
func (c *Catalog) Expand(patterns []Pattern) Set {
	if len(patterns) == 0 {
		return Set{}
	}
	keys := c.all()
	matched, count := make(bitset, (len(keys)+63)/64), 0
	for _, t := range patterns {
		first, after := c.matches(t)
		for i := uint32(first); i < uint32(after); i++ {
			if !matched.has(i) {
				matched.set(i)
				count++
			}
		}
	}
	if count == 0 {
		return Set{}
	}
	out := make([]Permission, 0, count)
	for i := range keys {
		if matched.has(uint32(i)) {
			out = append(out, keys[i].Permission)
		}
	}
	return Set{out}
}

// Differing returns the keys of the catalogue that patterns have given and others do not give, and those that these give and the former have not. What both
// begin and end with is not looked up: where lists are sorted, an edit of a long one costs little.
func (c *Catalog) Differing(was, is []Pattern) (lost, gained Set) {
	before, after := was, is
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	return c.Expand(before).unmatched(is), c.Expand(after).unmatched(was)
}

// matches returns where the keys begin and end that a pattern matches: they stand side by side.
func (c *Catalog) matches(t Pattern) (first, after int) {
	keys := c.all()
	if t == AllPattern {
		return 0, len(keys)
	}
	stem, wild := strings.CutSuffix(string(t), "*")
	if !wild || !strings.HasSuffix(stem, ".") {
		i, ok := find(keys, Permission(t))
		if !ok {
			return i, i
		}
		return i, i + 1
	}
	first, _ = find(keys, Permission(stem))
	after = first
	for after < len(keys) && t.Matches(keys[after].Permission) {
		after++
	}
	return first, after
}

// Matches reports whether the pattern gives at least one key of the catalogue.
func (c *Catalog) Matches(t Pattern) bool {
	first, after := c.matches(t)
	return first < after
}

func matchesAny(patterns []Pattern, p Permission) bool {
	for _, t := range patterns {
		if t.Matches(p) {
			return true
		}
	}
	return false
}

// unmatched returns those that none of the patterns matches, in the memory of s.
func (s Set) unmatched(by []Pattern) Set {
	return Set{slices.DeleteFunc(s.keys, func(p Permission) bool { return matchesAny(by, p) })}
}

// AddKeys writes keys into the stored catalogue, and the journal, inside a transaction. Services and store.Connect do; hosts seed.
func AddKeys(ctx context.Context, tx Store, a *Authority, keys []Key) error {
	if len(keys) == 0 {
		return nil
	}
	if err := tx.PutKeys(ctx, keys); err != nil {
		return fmt.Errorf("write catalogue: %w", err)
	}
	entry := a.Entry(CatalogueUpdate, Target{Kind: KindCatalogue}, Anywhere)
	entry.After = Members{"keys": keyRecords(keys)}
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", entry.Action, err)
	}
	return nil
}

func keyRecords(keys []Key) []any {
	out := make([]any, len(keys))
	for i, k := range keys {
		out[i] = map[string]any{"permission": string(k.Permission), "description": k.Description, "feature": k.Feature}
	}
	return out
}
