package perms

import (
	"bytes"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
)

// resident is a role that somebody in the cache holds, as of [cache.applied].
type resident struct {
	id       uuid.UUID
	patterns []Pattern
	names    *names // by which bits is
	bits     bitset
	changed  atomic.Uint64 // the last of [cache.edits] that changed it; it is written before that is
}

// given returns what the role gives.
func (r *resident) given(n *names) bitset {
	if r.names != n {
		r.bits = n.none()
		n.expand(r.bits, r.patterns)
		r.names = n
	}
	return r.bits
}

// give gives the role other patterns. Where keys alone are gone, what it gives is changed by these and by what has come; otherwise it is found out anew when it
// is asked.
func (r *resident) give(patterns []Pattern) {
	before := r.patterns
	r.patterns = patterns
	if r.names == nil || slices.ContainsFunc(before, wild) {
		r.names = nil
		return
	}
	added := patterns
	for len(before) > 0 && len(added) > 0 && before[0] == added[0] {
		before, added = before[1:], added[1:]
	}
	for len(before) > 0 && len(added) > 0 && before[len(before)-1] == added[len(added)-1] {
		before, added = before[:len(before)-1], added[:len(added)-1]
	}
	for _, p := range before {
		if number, ok := r.names.find(Permission(p)); ok && !slices.Contains(patterns, p) {
			r.bits.clear(number)
		}
	}
	r.names.expand(r.bits, added)
}

func wild(p Pattern) bool { return strings.HasSuffix(string(p), "*") }

// roleSet is what users have in common who hold the same roles in force, and the same whose time is over. It says what these alone decide.
type roleSet struct {
	inForce, over []*resident
	verdicts      atomic.Pointer[verdicts]
}

// verdicts is what a role set decides, as long as no role has changed.
type verdicts struct {
	edits   atomic.Uint64 // after that many of [cache.edits] it was found to be still the same
	granted bitset
	near    [8]uint64 // where granted is, if it is no larger: what a check looks at lies together
	made    uint64    // after that many of [cache.edits]
	names   *names    // of the numbers
	expired bitset    // nil if no role is over
	listed  atomic.Pointer[Set]
	held    atomic.Pointer[[]bool]
}

// set returns what is granted as a set.
func (v *verdicts) set() Set {
	if known := v.listed.Load(); known != nil {
		return *known
	}
	set := v.names.list(v.granted)
	v.listed.Store(&set)
	return set
}

// each returns, by number, what is granted. The caller must not change it.
func (v *verdicts) each() []bool {
	if known := v.held.Load(); known != nil {
		return *known
	}
	held := v.granted.each(len(v.names.keys))
	v.held.Store(&held)
	return held
}

// current reports whether verdicts are what the set decides after the last edit, too: whether none of its roles has changed. It takes no lock: an edit of a
// role is nothing to those who do not hold it.
func (s *roleSet) current(v *verdicts, edits uint64) bool {
	if v.edits.Load() == edits {
		return true
	}
	since := func(r *resident) bool { return r.changed.Load() > v.made }
	if slices.ContainsFunc(s.inForce, since) || slices.ContainsFunc(s.over, since) {
		return false
	}
	v.edits.Store(edits)
	return true
}

// newVerdicts returns what is decided by roles in force and over that give these.
func newVerdicts(n *names, edits uint64, inForce, over []bitset) *verdicts {
	v := &verdicts{made: edits, names: n}
	v.edits.Store(edits)
	if words := n.words(); words <= len(v.near) {
		v.granted = v.near[:words:words]
	} else {
		v.granted = n.none()
	}
	for _, b := range inForce {
		v.granted.add(b)
	}
	if len(over) > 0 {
		v.expired = n.none()
	}
	for _, b := range over {
		v.expired.add(b)
	}
	return v
}

// refreshed returns the verdicts of a role set after the last edit of a role. The mutex is held.
func (c *cache) refreshed(s *roleSet) *verdicts {
	v, edits := s.verdicts.Load(), c.edits.Load()
	if v != nil && s.current(v, edits) {
		return v
	}
	n := c.names.Load()
	given := func(roles []*resident) []bitset {
		out := make([]bitset, len(roles))
		for i, r := range roles {
			out[i] = r.given(n)
		}
		return out
	}
	v = newVerdicts(n, edits, given(s.inForce), given(s.over))
	s.verdicts.Store(v)
	return v
}

// setOf returns the role set of roles in force and over: the same one for the same roles. The mutex is held, and the rules are as of [cache.applied].
func (c *cache) setOf(inForce, over []*Held) *roleSet {
	d := &c.draft
	d.inForce, d.over = c.residents(d.inForce[:0], inForce), c.residents(d.over[:0], over)
	d.key = d.key[:0]
	for _, r := range d.inForce {
		d.key = append(d.key, r.id[:]...)
	}
	d.key = append(d.key, '|')
	for _, r := range d.over {
		d.key = append(d.key, r.id[:]...)
	}
	if s, ok := c.sets[string(d.key)]; ok {
		return s
	}
	if len(c.sets) >= maxSets {
		clear(c.sets) // those who hold them keep them
	}
	s := &roleSet{inForce: slices.Clone(d.inForce), over: slices.Clone(d.over)}
	c.sets[string(d.key)] = s
	return s
}

// draft is a role set that is being looked up, in memory that is used again.
type draft struct {
	inForce, over []*resident
	key           []byte
}

// maxSets is how many role sets are known at once.
const maxSets = 1 << 16

// residents returns the roles by id, each once, in the memory of out.
func (c *cache) residents(out []*resident, list []*Held) []*resident {
	for _, h := range list {
		out = append(out, c.resident(&h.Rule))
	}
	slices.SortFunc(out, func(a, b *resident) int { return bytes.Compare(a.id[:], b.id[:]) })
	return slices.Compact(out)
}

// resident returns a role, by a rule as of [cache.applied] if it is not known yet. The mutex is held.
func (c *cache) resident(rule *Rule) *resident {
	r, ok := c.roles[rule.ID]
	if !ok {
		r = &resident{id: rule.ID, patterns: rule.Patterns}
		c.roles[r.id] = r
	}
	return r
}

// edit gives a role other patterns: nobody who holds it is touched, but every role set asks whether it is meant. The mutex is held.
func (c *cache) edit(role uuid.UUID, patterns []Pattern) {
	r, ok := c.roles[role]
	if !ok {
		return
	}
	r.give(patterns)
	edits := c.edits.Load() + 1
	r.changed.Store(edits)
	c.edits.Store(edits)
}

// apart returns a role set of nobody else's, by the rules that the roles come with.
func (n *names) apart(inForce, over []*Held) *roleSet {
	given := func(list []*Held) []bitset {
		out := make([]bitset, len(list))
		for i, h := range list {
			out[i] = n.none()
			n.expand(out[i], h.Rule.Patterns)
		}
		return out
	}
	s := &roleSet{}
	s.verdicts.Store(newVerdicts(n, 0, given(inForce), given(over)))
	return s
}
