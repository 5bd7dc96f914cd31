package perms

import (
	"github.com/google/uuid"
)

// recall returns the entry of a user, or nil. One that is old is young again. The mutex is held.
func (c *cache) recall(user *uuid.UUID) *entry {
	if n := c.young.Load().find(user); n != nil {
		return &n.thing
	}
	old := c.old.Load()
	if old == nil {
		return nil
	}
	n := old.find(user)
	if n == nil {
		return nil
	}
	c.insert(n)
	return &n.thing
}

// insert makes an entry young. If there are too many then, what was old is dropped and what was young is old. The mutex is held.
func (c *cache) insert(n *node[entry]) {
	young := c.young.Load()
	size := n.thing.bytes()
	if c.grown(size) {
		c.old.Store(young)
		young, c.bytes = newTable[entry](0), 0
	}
	if before := young.find(&n.id); before != nil {
		c.bytes -= before.thing.bytes()
	}
	c.bytes += size
	c.young.Store(young.put(n))
}

// grown reports whether there are too many young entries for one more of a size. The mutex is held.
func (c *cache) grown(size int) bool {
	return c.young.Load().live >= c.conf.MaxUsers/2 || c.bytes+size > c.conf.MaxBytes/2
}

// full reports whether another entry would have old ones dropped, or nearly so. The mutex is held.
func (c *cache) full() bool { return c.old.Load() != nil && c.grown(roomy) }

// roomy is what few entries need more of, in bytes.
const roomy = 4 << 10

// drop forgets a user. The mutex is held.
func (c *cache) drop(user uuid.UUID) {
	if n := c.young.Load().drop(&user); n != nil {
		c.bytes -= n.thing.bytes()
	}
	if old := c.old.Load(); old != nil {
		old.drop(&user)
	}
}

// know keeps a subject that was read as of applied, and is nobody else's. What his roles give is kept apart, also of those whose time has not come: it is
// edited before that. The mutex is held.
func (c *cache) know(by *resolver, s *Subject) {
	for i := range s.Roles {
		rule := &s.Roles[i].Rule
		c.resident(rule)
		*rule = Rule{ID: rule.ID, Scope: rule.Scope}
	}
	for i := range s.Overrides {
		s.Overrides[i].Reason = ""
	}
	c.keep(by, s, c.shares.Load())
}

// keep resolves a subject whose roles are resident as of applied, and keeps the entry. What is shared with him is as of shares. It is nil if the type of a
// tenant is missing. The mutex is held.
func (c *cache) keep(by *resolver, s *Subject, shares uint32) *entry {
	if !c.knowsTenants(s) {
		return nil
	}
	n := &node[entry]{id: s.User}
	n.thing = by.entry(s)
	n.thing.objects = shares
	c.insert(n)
	return &n.thing
}

// resolver returns what makes entries of subjects whose roles and tenants are known, as of applied and now. The mutex is held for as long as it is used.
func (c *cache) resolver() *resolver {
	return &resolver{names: c.names.Load(), now: c.now(), set: c.setOf, types: func(id uuid.UUID) TenantType { return c.tenants.Load().find(&id).thing }}
}

// makeRoom prepares for what is to be kept. The mutex is held.
func (c *cache) makeRoom() {
	c.named()
	if len(c.roles) >= maxRoles {
		c.forget()
	}
}

// maxRoles is of how many roles it is known what they give before everything is forgotten.
const maxRoles = 1 << 16

// knowsTenants reports whether the types of all tenants are known that anything of a subject's names.
func (c *cache) knowsTenants(s *Subject) bool {
	tenants := c.tenants.Load()
	last := uuid.Nil
	known := func(id uuid.UUID, ok bool) bool {
		if !ok || id == last {
			return true
		}
		last = id
		return tenants.find(&last) != nil
	}
	for i := range s.Tenants {
		if !known(s.Tenants[i].Tenant()) {
			return false
		}
	}
	for i := range s.Roles {
		if !known(s.Roles[i].Rule.Scope.Tenant()) || !known(s.Roles[i].Assignment.Scope.Tenant()) {
			return false
		}
	}
	for i := range s.Overrides {
		if !known(s.Overrides[i].Scope.Tenant()) {
			return false
		}
	}
	return true
}

// maxTenants is of how many tenants the types are known at once.
const maxTenants = 1 << 17

// keepTypes keeps the types of tenants, as of applied. The mutex is held.
func (c *cache) keepTypes(types map[uuid.UUID]TenantType) {
	t := c.tenants.Load()
	if t.live+len(types) > maxTenants {
		t = newTable[TenantType](len(types))
	}
	for id, typ := range types {
		t = t.put(&node[TenantType]{id, typ})
	}
	c.tenants.Store(t)
}
