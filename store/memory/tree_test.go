package memory

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree is what a map is, at every moment of a long history, and older copies stay what they were.
func TestTree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	now := tree[int, int]{compare: cmp.Compare[int]}
	want := map[int]int{}
	type moment struct {
		tree tree[int, int]
		want map[int]int
	}
	var past []moment
	for i := range 60_000 {
		k := random.IntN(3_000)
		if grow := i/15_000%2 == 0; random.IntN(10) < 7 == grow {
			now, want[k] = now.with(k, i), i
		} else {
			now = now.without(k)
			delete(want, k)
		}
		if i%5_000 == 0 {
			past = append(past, moment{now, maps.Clone(want)})
		}
	}
	for k := range 3_000 {
		now = now.without(k)
	}
	past = append(past, moment{now, map[int]int{}})
	for _, m := range past {
		same(t, m.tree, m.want, random)
	}
}

func same(t *testing.T, got tree[int, int], want map[int]int, random *rand.Rand) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(want))
	if got.size != len(keys) {
		t.Errorf("size %d; want %d", got.size, len(keys))
	}
	var found []int
	for k, v := range got.all() {
		found = append(found, k)
		if w, ok := got.get(k); v != want[k] || w != v || !ok {
			t.Fatalf("%d is %d, or %d; want %d", k, v, w, want[k])
		}
	}
	if !slices.Equal(found, keys) {
		t.Fatalf("keys %v; want %v", found, keys)
	}
	for range 100 {
		from := random.IntN(3_100) - 50
		i, has := slices.BinarySearch(keys, from)
		if got.has(from) != has {
			t.Errorf("has %d: %t", from, !has)
		}
		rest := keys[i:]
		limit := min(len(rest), random.IntN(100))
		found = found[:0]
		for k := range got.from(from) {
			if len(found) == limit {
				break
			}
			found = append(found, k)
		}
		if !slices.Equal(found, rest[:limit]) {
			t.Fatalf("from %d: %v; want %v", from, found, rest[:limit])
		}
		for k := range got.after(from) {
			if j, _ := slices.BinarySearch(keys, from+1); k != keys[j] {
				t.Fatalf("after %d: %d", from, k)
			}
			break
		}
	}
}

// Ascending keys, as numbers and ids are, make no chain of single entries.
func TestTreeStaysFlat(t *testing.T) {
	now := tree[int, int]{compare: cmp.Compare[int]}
	for i := range 100_000 {
		now = now.with(i, i)
	}
	depth := 0
	for n := now.root; n != nil; depth++ {
		if n.kids == nil {
			break
		}
		n = n.kids[0]
	}
	if depth > 4 {
		t.Errorf("%d levels above the leaves", depth)
	}
}
