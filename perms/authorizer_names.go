package perms

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// names gives the permissions of a catalogue small numbers, for sets of bits. A permission keeps its number for good: a larger catalogue adds some.
type names struct {
	catalog *Catalog              // of which these are the keys
	index   map[Permission]uint32 // never changed
	keys    []Permission          // by number
	sorted  []uint32              // the numbers in the order of the keys
}

// unnumbered is the number of no permission.
const unnumbered = math.MaxUint32

// of returns the names of a catalogue that holds every key of n.
func (n *names) of(c *Catalog) *names {
	next := &names{catalog: c, index: make(map[Permission]uint32, len(c.all())), keys: slices.Clone(n.keys)}
	for i, p := range n.keys {
		next.index[p] = uint32(i)
	}
	for _, k := range c.all() {
		if _, ok := next.index[k.Permission]; !ok {
			next.index[k.Permission] = uint32(len(next.keys))
			next.keys = append(next.keys, k.Permission)
		}
	}
	next.sorted = make([]uint32, len(next.keys))
	for i := range next.sorted {
		next.sorted[i] = uint32(i)
	}
	slices.SortFunc(next.sorted, func(a, b uint32) int { return strings.Compare(string(next.keys[a]), string(next.keys[b])) })
	return next
}

// find returns the number of a permission; unnumbered, and ok is unset, for one that is not in the catalogue.
func (n *names) find(p Permission) (number uint32, ok bool) {
	if number, ok = n.index[p]; !ok {
		number = unnumbered
	}
	return number, ok
}

// number is find without the ok.
func (n *names) number(p Permission) uint32 {
	number, _ := n.find(p)
	return number
}

// bitset is a set of permissions by their numbers.
type bitset []uint64

func (n *names) none() bitset { return make(bitset, n.words()) }

// words is how long the sets are.
func (n *names) words() int { return (len(n.keys) + 63) / 64 }

func (b bitset) has(i uint32) bool {
	w := int(i >> 6)
	return w < len(b) && b[w]&(1<<(i&63)) != 0
}

func (b bitset) set(i uint32)   { b[i>>6] |= 1 << (i & 63) }
func (b bitset) clear(i uint32) { b[i>>6] &^= 1 << (i & 63) }

func (b bitset) add(other bitset) {
	for i, w := range other {
		b[i] |= w
	}
}

// each returns for each of n numbers whether it is in the set.
func (b bitset) each(n int) []bool {
	out := make([]bool, n)
	for i := range out {
		out[i] = b.has(uint32(i))
	}
	return out
}

// expand adds to a set what the patterns give: each permission that any of them matches.
func (n *names) expand(b bitset, patterns []Pattern) {
	for _, t := range patterns {
		if i, ok := n.index[Permission(t)]; ok {
			b.set(i)
			continue
		}
		stem, wild := strings.CutSuffix(string(t), "*")
		if t == AllPattern {
			stem = ""
		}
		if !wild {
			continue
		}
		first := sort.Search(len(n.sorted), func(i int) bool { return string(n.keys[n.sorted[i]]) >= stem })
		for _, i := range n.sorted[first:] {
			if !strings.HasPrefix(string(n.keys[i]), stem) {
				break
			}
			if t.Matches(n.keys[i]) {
				b.set(i)
			}
		}
	}
}

// list returns the permissions of a set.
func (n *names) list(b bitset) Set {
	var keys []Permission
	for _, i := range n.sorted {
		if b.has(i) {
			keys = append(keys, n.keys[i])
		}
	}
	return Set{keys}
}
