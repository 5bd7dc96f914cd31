package perms_test

import (
	"fmt"
	"math/rand/v2"
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
		for _, p := range patterns {
			if got, want := c.Matches(p), c.Expand([]perms.Pattern{p}).Len() > 0; got != want {
				t.Fatalf("%q matches: %t, want %t", p, got, want)
			}
		}
	}
}
