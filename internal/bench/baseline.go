package main

import (
	"math/bits"
	"sync"
	"sync/atomic"
)

func baselines() []entry {
	return []entry{
		{name: "limit-bitset-in-hand", make: func() contestant { return &inHand{} }},
		{name: "limit-map+bitset", make: func() contestant { return &mapBits{} }},
		{name: "base-rolebits-rcu", make: func() contestant { return &roleBits{} }},
		{name: "base-map-roles", make: func() contestant { return &mapRoles{} }},
		{name: "base-map-map-effective", make: func() contestant { return &mapMap{} }},
	}
}

type bitset []uint64

func newBits(n int) bitset      { return make(bitset, (n+63)/64) }
func (b bitset) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) clear(i int)    { b[i>>6] &^= 1 << (i & 63) }
func (b bitset) has(i int) bool { return b[uint(i)>>6]&(1<<(uint(i)&63)) != 0 }
func (b bitset) count() (n int) {
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return
}

func effective(d *dataset, u *userSpec) bitset {
	b := newBits(len(d.perms))
	for _, r := range u.roles {
		for _, p := range d.roles[r].perms {
			b.set(p)
		}
	}
	for _, o := range u.overrides {
		if o.deny {
			b.clear(o.perm)
		} else {
			b.set(o.perm)
		}
	}
	return b
}

func index(names []string) map[string]int {
	m := make(map[string]int, len(names))
	for i, n := range names {
		m[n] = i
	}
	return m
}

// mapBits: one map lookup by (tenant,user) id, then a bit test. Edits recompute all role members.
type mapBits struct {
	d     *dataset
	users map[uint64]bitset
	pidx  map[string]int
	ridx  map[string]int
}

func key(t, u int) uint64 { return uint64(t)<<32 | uint64(u) }
func (m *mapBits) load(d *dataset) error {
	m.d, m.users, m.pidx, m.ridx = d, make(map[uint64]bitset, len(d.users)), index(d.perms), map[string]int{}
	for i := range d.roles {
		m.ridx[d.roles[i].name] = i
	}
	for i := range d.users {
		m.users[key(d.users[i].tenant, i)] = effective(d, &d.users[i])
	}
	return nil
}
func (m *mapBits) check(r *question) bool {
	b := m.users[key(r.tid, r.uid)]
	return b != nil && b.has(r.pid)
}
func (m *mapBits) edit(role, perm string, on bool) error {
	ri, p := m.ridx[role], m.pidx[perm]
	for i := range m.d.users {
		u := &m.d.users[i]
		for _, x := range u.roles {
			if x == ri {
				b := effective(m.d, u)
				if on {
					b.set(p)
				}
				m.users[key(u.tenant, i)] = b
			}
		}
	}
	return nil
}
func (m *mapBits) holders(perm string) (n int) {
	p := m.pidx[perm]
	for _, b := range m.users {
		if b.has(p) {
			n++
		}
	}
	return
}
func (m *mapBits) effective(q *question) int { return m.users[key(q.tid, q.uid)].count() }

func (m *mapBits) close() {}

// inHand: the user's set is already in hand (e.g. held by the session).
type inHand struct {
	mapBits
	sets []bitset
}

func (m *inHand) load(d *dataset) error {
	m.mapBits.load(d)
	m.sets = make([]bitset, len(d.users))
	for i := range d.users {
		m.sets[i] = m.users[key(d.users[i].tenant, i)]
	}
	return nil
}
func (m *inHand) check(r *question) bool {
	if m.d.users[r.uid].tenant != r.tid {
		return false
	}
	return m.sets[r.uid].has(r.pid)
}
func (m *inHand) edit(role, perm string, on bool) error {
	m.mapBits.edit(role, perm, on)
	for i := range m.d.users {
		m.sets[i] = m.users[key(m.d.users[i].tenant, i)]
	}
	return nil
}

// roleBits: string API; user -> {tenant, role ids, overrides}; role -> bitset behind an atomic pointer.
// A role edit copies one 40-byte bitset and the role table: it does not depend on the number of users.
type rbUser struct {
	tenant uint32
	roles  [2]uint16
	nroles uint8
	ov     []int32 // perm<<1 | deny
}
type roleBits struct {
	users   map[string]*rbUser
	recs    []rbUser
	tenants map[string]int
	perms   map[string]int
	ridx    map[string]int
	roles   atomic.Pointer[[]bitset]
	mu      sync.Mutex
}

func (m *roleBits) load(d *dataset) error {
	m.users, m.recs = make(map[string]*rbUser, len(d.users)), make([]rbUser, len(d.users))
	m.tenants, m.perms, m.ridx = index(d.tenants), index(d.perms), map[string]int{}
	rs := make([]bitset, len(d.roles))
	for i, r := range d.roles {
		m.ridx[r.name] = i
		rs[i] = newBits(len(d.perms))
		for _, p := range r.perms {
			rs[i].set(p)
		}
	}
	m.roles.Store(&rs)
	for i := range d.users {
		u := &d.users[i]
		x := rbUser{tenant: uint32(u.tenant), nroles: uint8(len(u.roles))}
		for j, r := range u.roles {
			x.roles[j] = uint16(r)
		}
		for _, o := range u.overrides {
			v := int32(o.perm << 1)
			if o.deny {
				v |= 1
			}
			x.ov = append(x.ov, v)
		}
		m.recs[i] = x
		m.users[u.name] = &m.recs[i]
	}
	return nil
}
func (m *roleBits) holds(u *rbUser, p int) bool {
	for _, o := range u.ov {
		if int(o>>1) == p {
			return o&1 == 0
		}
	}
	rs := *m.roles.Load()
	for _, r := range u.roles[:u.nroles] {
		if rs[r].has(p) {
			return true
		}
	}
	return false
}
func (m *roleBits) check(r *question) bool {
	p, ok := m.perms[r.permission]
	if !ok {
		return false
	}
	u := m.users[r.userName]
	if u == nil {
		return false
	}
	t, ok := m.tenants[r.tenantName]
	return ok && uint32(t) == u.tenant && m.holds(u, p)
}
func (m *roleBits) edit(role, perm string, on bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := *m.roles.Load()
	rs := append([]bitset(nil), old...)
	ri := m.ridx[role]
	rs[ri] = append(bitset(nil), old[ri]...)
	if on {
		rs[ri].set(m.perms[perm])
	} else {
		rs[ri].clear(m.perms[perm])
	}
	m.roles.Store(&rs)
	return nil
}
func (m *roleBits) effective(q *question) int {
	u := m.users[q.userName]
	rs := *m.roles.Load()
	b := append(bitset(nil), rs[u.roles[0]]...)
	for _, r := range u.roles[1:u.nroles] {
		for i, w := range rs[r] {
			b[i] |= w
		}
	}
	for _, o := range u.ov {
		if o&1 == 1 {
			b.clear(int(o >> 1))
		} else {
			b.set(int(o >> 1))
		}
	}
	return b.count()
}
func (m *roleBits) holders(perm string) (n int) {
	p := m.perms[perm]
	for i := range m.recs {
		if m.holds(&m.recs[i], p) {
			n++
		}
	}
	return
}
func (m *roleBits) close() {}

// mapRoles: what a Go developer writes by hand: RWMutex, user -> roles, role -> map of permissions.
type mrUser struct {
	tenant string
	roles  []string
	ov     map[string]bool // perm -> granted
}
type mapRoles struct {
	mu    sync.RWMutex
	users map[string]mrUser
	roles map[string]map[string]struct{}
}

func (m *mapRoles) load(d *dataset) error {
	m.users, m.roles = map[string]mrUser{}, map[string]map[string]struct{}{}
	for _, r := range d.roles {
		s := map[string]struct{}{}
		for _, p := range r.perms {
			s[d.perms[p]] = struct{}{}
		}
		m.roles[r.name] = s
	}
	for i := range d.users {
		u := &d.users[i]
		x := mrUser{tenant: d.tenants[u.tenant]}
		for _, r := range u.roles {
			x.roles = append(x.roles, d.roles[r].name)
		}
		for _, o := range u.overrides {
			if x.ov == nil {
				x.ov = map[string]bool{}
			}
			x.ov[d.perms[o.perm]] = !o.deny
		}
		m.users[u.name] = x
	}
	return nil
}
func (m *mapRoles) check(r *question) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	u, ok := m.users[r.userName]
	if !ok || u.tenant != r.tenantName {
		return false
	}
	if g, ok := u.ov[r.permission]; ok {
		return g
	}
	for _, role := range u.roles {
		if _, ok := m.roles[role][r.permission]; ok {
			return true
		}
	}
	return false
}
func (m *mapRoles) edit(role, perm string, on bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if on {
		m.roles[role][perm] = struct{}{}
	} else {
		delete(m.roles[role], perm)
	}
	return nil
}
func (m *mapRoles) close() {}

// mapMap: map[user]map[perm]struct{} of effective permissions.
type mapMap struct {
	d *dataset
	m map[string]map[string]struct{}
}

func (m *mapMap) load(d *dataset) error {
	m.d, m.m = d, make(map[string]map[string]struct{}, len(d.users))
	for i := range d.users {
		m.fill(&d.users[i], -1)
	}
	return nil
}
func (m *mapMap) fill(u *userSpec, extra int) {
	b := effective(m.d, u)
	if extra >= 0 {
		b.set(extra)
	}
	s := make(map[string]struct{}, b.count())
	for p := range m.d.perms {
		if b.has(p) {
			s[m.d.perms[p]] = struct{}{}
		}
	}
	m.m[u.name] = s
}
func (m *mapMap) check(r *question) bool {
	if m.d.users[r.uid].tenant != r.tid {
		return false
	}
	_, ok := m.m[r.userName][r.permission]
	return ok
}
func (m *mapMap) edit(role, perm string, on bool) error {
	pi := index(m.d.perms)[perm]
	if !on {
		pi = -1
	}
	for i := range m.d.users {
		u := &m.d.users[i]
		for _, r := range u.roles {
			if m.d.roles[r].name == role {
				m.fill(u, pi)
			}
		}
	}
	return nil
}
func (m *mapMap) effective(q *question) int { return len(m.m[q.userName]) }
func (m *mapMap) close()                    {}
