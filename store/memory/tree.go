package memory

import (
	"iter"
	"slices"
)

// width is the greatest number of entries of a node.
const width = 32

// tree is an immutable map in the order of its keys: with and without return another one, which shares nearly all nodes with it. So a copy of a tree
// is a snapshot of it, and to undo is to go on with the older copy.
//
// It is a B+ tree. Nodes that lose entries are not joined with others, only dropped when they are empty: tables shrink seldom.
type tree[K, V any] struct {
	compare func(a, b K) int
	root    *node[K, V] // nil for none
	size    int
}

// node is never changed once a tree holds it.
type node[K, V any] struct {
	keys   []K           // of a leaf, sorted; of an inner node, the least key of each kid but for the first, which has all lesser ones too
	values []V           // of a leaf
	kids   []*node[K, V] // nil for a leaf
}

// get returns the value of a key.
func (t tree[K, V]) get(k K) (v V, ok bool) {
	n := t.root
	if n == nil {
		return v, false
	}
	for n.kids != nil {
		n = n.kids[t.kid(n, k)]
	}
	i, ok := slices.BinarySearchFunc(n.keys, k, t.compare)
	if !ok {
		return v, false
	}
	return n.values[i], true
}

// has reports whether there is a key.
func (t tree[K, V]) has(k K) bool {
	_, ok := t.get(k)
	return ok
}

// kid returns the index of the kid that has the key, if any has.
func (t tree[K, V]) kid(n *node[K, V], k K) int {
	i, found := slices.BinarySearchFunc(n.keys[1:], k, t.compare)
	if found {
		i++
	}
	return i
}

// with returns the tree in which k has the value v.
func (t tree[K, V]) with(k K, v V) tree[K, V] {
	if t.root == nil {
		t.root = &node[K, V]{keys: []K{k}, values: []V{v}}
		t.size = 1
		return t
	}
	left, right, added := t.insert(t.root, k, v)
	if right != nil {
		left = &node[K, V]{keys: []K{left.keys[0], right.keys[0]}, kids: []*node[K, V]{left, right}}
	}
	t.root = left
	if added {
		t.size++
	}
	return t
}

// insert returns what takes the place of n, in two nodes if it has grown too wide, and whether the key is new.
func (t tree[K, V]) insert(n *node[K, V], k K, v V) (left, right *node[K, V], added bool) {
	if n.kids == nil {
		i, found := slices.BinarySearchFunc(n.keys, k, t.compare)
		if found {
			return &node[K, V]{keys: n.keys, values: replaced(n.values, i, v)}, nil, false
		}
		left, right = split(&node[K, V]{keys: inserted(n.keys, i, k), values: inserted(n.values, i, v)})
		return left, right, true
	}
	i := t.kid(n, k)
	left, right, added = t.insert(n.kids[i], k, v)
	grown := &node[K, V]{keys: n.keys, kids: replaced(n.kids, i, left)}
	if right == nil {
		return grown, nil, added
	}
	grown.keys = inserted(n.keys, i+1, right.keys[0])
	grown.kids = inserted(grown.kids, i+1, right)
	left, right = split(grown)
	return left, right, added
}

// split returns the two halves of a node that is too wide.
func split[K, V any](n *node[K, V]) (left, right *node[K, V]) {
	half := len(n.keys) / 2
	switch {
	case len(n.keys) <= width:
		return n, nil
	case n.kids == nil:
		return &node[K, V]{keys: n.keys[:half], values: n.values[:half]}, &node[K, V]{keys: n.keys[half:], values: n.values[half:]}
	}
	return &node[K, V]{keys: n.keys[:half], kids: n.kids[:half]}, &node[K, V]{keys: n.keys[half:], kids: n.kids[half:]}
}

// without returns the tree that lacks k.
func (t tree[K, V]) without(k K) tree[K, V] {
	if t.root == nil {
		return t
	}
	root, removed := t.remove(t.root, k)
	if !removed {
		return t
	}
	for root != nil && len(root.kids) == 1 {
		root = root.kids[0]
	}
	t.root = root
	t.size--
	return t
}

// remove returns what takes the place of n, nil for an empty node, and whether there was anything to remove.
func (t tree[K, V]) remove(n *node[K, V], k K) (*node[K, V], bool) {
	if n.kids == nil {
		i, found := slices.BinarySearchFunc(n.keys, k, t.compare)
		switch {
		case !found:
			return n, false
		case len(n.keys) == 1:
			return nil, true
		}
		return &node[K, V]{keys: deleted(n.keys, i), values: deleted(n.values, i)}, true
	}
	i := t.kid(n, k)
	kid, removed := t.remove(n.kids[i], k)
	switch {
	case !removed:
		return n, false
	case kid != nil:
		return &node[K, V]{keys: n.keys, kids: replaced(n.kids, i, kid)}, true
	case len(n.kids) == 1:
		return nil, true
	}
	return &node[K, V]{keys: deleted(n.keys, i), kids: deleted(n.kids, i)}, true
}

// all yields the entries in ascending order.
func (t tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.root != nil {
			t.root.walk(yield)
		}
	}
}

// values yields the values in ascending order of their keys.
func (t tree[K, V]) values() iter.Seq[V] {
	return func(yield func(V) bool) {
		t.all()(func(_ K, v V) bool { return yield(v) })
	}
}

func (n *node[K, V]) walk(yield func(K, V) bool) bool {
	for _, kid := range n.kids {
		if !kid.walk(yield) {
			return false
		}
	}
	for i, v := range n.values {
		if !yield(n.keys[i], v) {
			return false
		}
	}
	return true
}

// from yields the entries whose keys are not less than k, in ascending order.
func (t tree[K, V]) from(k K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.root != nil {
			t.walkFrom(t.root, k, yield)
		}
	}
}

// after is from without k itself.
func (t tree[K, V]) after(k K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		t.from(k)(func(found K, v V) bool { return t.compare(found, k) == 0 || yield(found, v) })
	}
}

func (t tree[K, V]) walkFrom(n *node[K, V], k K, yield func(K, V) bool) bool {
	if n.kids == nil {
		i, _ := slices.BinarySearchFunc(n.keys, k, t.compare)
		return (&node[K, V]{keys: n.keys[i:], values: n.values[i:]}).walk(yield)
	}
	i := t.kid(n, k)
	return t.walkFrom(n.kids[i], k, yield) && (&node[K, V]{kids: n.kids[i+1:]}).walk(yield)
}

// inserted returns a copy of s with e at i.
func inserted[E any](s []E, i int, e E) []E {
	out := make([]E, len(s)+1)
	copy(out, s[:i])
	out[i] = e
	copy(out[i+1:], s[i:])
	return out
}

// replaced returns a copy of s in which e stands at i.
func replaced[E any](s []E, i int, e E) []E {
	out := slices.Clone(s)
	out[i] = e
	return out
}

// deleted returns a copy of s without what is at i.
func deleted[E any](s []E, i int) []E {
	return slices.Concat(s[:i], s[i+1:])
}
