package perms

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"sync/atomic"

	"github.com/google/uuid"
)

// table is a hash table of things by their id, which any number of goroutines read without a lock while one writes. A reader may find what was there a
// moment ago: who must not, looks at [cache.applied] again afterwards.
type table[T any] struct {
	gone  *node[T] // stands where something was deleted
	seeds [2]uint64
	slots []slot[T] // a power of two of them
	live  int
	used  int // live, and gone
}

// node is a thing and its id.
type node[T any] struct {
	id    uuid.UUID
	thing T
}

// slot holds a node and the hash of its id. The hash is written once, before the node, and never changed while the table lives.
type slot[T any] struct {
	node atomic.Pointer[node[T]] // nil for a slot that was never used
	hash uint64
}

// newTable returns an empty table with room for some things. The seeds are random, so that nobody can choose ids that collide.
func newTable[T any](room int) *table[T] {
	size := 1 << bits.Len(uint(max(room, 6)*4/3))
	return &table[T]{gone: new(node[T]), seeds: [2]uint64{rand.Uint64(), rand.Uint64()}, slots: make([]slot[T], size)}
}

func (t *table[T]) hash(id *uuid.UUID) uint64 {
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(id[:8])^t.seeds[0], binary.LittleEndian.Uint64(id[8:])^t.seeds[1])
	return hi ^ lo
}

// find returns the thing of an id, or nil.
func (t *table[T]) find(id *uuid.UUID) *node[T] {
	hash := t.hash(id)
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		found := s.node.Load()
		if found == nil {
			return nil
		}
		if s.hash == hash && found != t.gone && found.id == *id {
			return found
		}
	}
}

// put returns the table that holds a thing too, in the place of an older one of the same id: the same table, or a larger one if it is full.
func (t *table[T]) put(n *node[T]) *table[T] {
	if t.used*4 >= len(t.slots)*3 {
		t = t.copied()
	}
	hash := t.hash(&n.id)
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		found := s.node.Load()
		switch {
		case found == nil:
			s.hash = hash
			t.used++
			t.live++
		case s.hash != hash:
			continue
		case found == t.gone:
			if t.find(&n.id) != nil {
				continue
			}
			t.live++
		case found.id != n.id:
			continue
		}
		s.node.Store(n)
		return t
	}
}

// copied returns the table without what is gone, with room to grow. Readers may go on with the old one. The hashes stay, so that no node is looked at.
func (t *table[T]) copied() *table[T] {
	next := newTable[T](t.live * 3 / 2)
	next.seeds = t.seeds
	for i := range t.slots {
		s := &t.slots[i]
		if n := s.node.Load(); n != nil && n != t.gone {
			next.add(n, s.hash)
		}
	}
	return next
}

// add puts a thing into a table that nobody reads yet, and that does not hold it.
func (t *table[T]) add(n *node[T], hash uint64) {
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if s.node.Load() == nil {
			s.hash = hash
			s.node.Store(n)
			t.live++
			t.used++
			return
		}
	}
}

// drop deletes the thing of an id and returns it, or nil.
func (t *table[T]) drop(id *uuid.UUID) *node[T] {
	hash := t.hash(id)
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		found := s.node.Load()
		if found == nil {
			return nil
		}
		if s.hash == hash && found != t.gone && found.id == *id {
			s.node.Store(t.gone)
			t.live--
			return found
		}
	}
}
