package perms_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Expanding patterns gives the keys that they match one by one, whatever stands beside them in the order of keys.
func TestExpandMatches(t *testing.T) {
	d := rand.New(rand.NewPCG(7, 7))
	parts := []string{"a", "a-b", "a_b", "ab", "a0", "b", "users"}
	key := func() string {
		text := parts[d.IntN(len(parts))] + "." + parts[d.IntN(len(parts))]
		if d.IntN(3) == 0 {
			text += "." + parts[d.IntN(len(parts))]
		}
		return text
	}
	var before []perms.Pattern
	for range 500 {
		var keys []perms.Permission
		for range d.IntN(30) {
			keys = append(keys, perms.Permission(key()))
		}
		c := perms.NewCatalog(keys...)
		var patterns []perms.Pattern
		for range d.IntN(5) {
			switch d.IntN(8) {
			case 0:
				patterns = append(patterns, perms.AllPattern)
			case 1, 2, 3:
				patterns = append(patterns, perms.Pattern(parts[d.IntN(len(parts))]+".*"))
			case 4:
				patterns = append(patterns, perms.Pattern(key()+".*"))
			case 5:
				patterns = append(patterns, "", "*", "a*") // nothing that parses, and it matches nothing
			default:
				patterns = append(patterns, perms.Pattern(key()))
			}
		}
		var want []perms.Permission
		for _, k := range c.Keys() {
			matched := false
			for _, p := range patterns {
				matched = matched || p.Matches(k.Permission)
			}
			if matched {
				want = append(want, k.Permission)
			}
		}
		if got := c.Expand(patterns); fmt.Sprint(got.Strings()) != fmt.Sprint(perms.NewSet(want...).Strings()) {
			t.Fatalf("%q of %q give %q, want %q", patterns, keys, got.Strings(), want)
		}
		before = slices.Concat(patterns[:d.IntN(len(patterns)+1)], before[:min(len(before), 2)], patterns[d.IntN(len(patterns)+1):])
		was, is := c.Expand(before), c.Expand(patterns)
		if lost, gained := c.Differing(before, patterns); !lost.Equal(was.Minus(is)) || !gained.Equal(is.Minus(was)) {
			t.Fatalf("from %q to %q of %q loses %v and gains %v, want %v and %v", before, patterns, keys, lost, gained, was.Minus(is), is.Minus(was))
		}
		before = patterns
		for _, p := range patterns {
			if got, want := c.Matches(p), c.Expand([]perms.Pattern{p}).Len() > 0; got != want {
				t.Fatalf("%q matches: %t, want %t", p, got, want)
			}
		}
	}
}
