package main

import (
	"fmt"
	"math/rand"

	"github.com/google/uuid"
)

type roleSpec struct {
	name  string
	perms []int
}

type override struct {
	perm int
	deny bool
}

type userSpec struct {
	name      string
	id        uuid.UUID
	tenant    int
	roles     []int
	overrides []override
}

// dataset is the same for every contestant, and made from a fixed seed.
type dataset struct {
	perms, tenants []string
	tenantIDs      []uuid.UUID
	roles          []roleSpec
	users          []userSpec
	simple         bool // one tenant and no overrides: the shape of Casbin's own benchmarks
}

// casbinSizes is the dataset of Casbin's benchmarks of role-based access: ten roles share a permission, and ten users a role.
func casbinSizes(roles int) *dataset {
	d := &dataset{simple: true, tenants: []string{"t0"}}
	for i := range roles / 10 {
		d.perms = append(d.perms, fmt.Sprintf("data%d.read", i))
	}
	for i := range roles {
		d.roles = append(d.roles, roleSpec{fmt.Sprintf("group%d", i), []int{i / 10}})
	}
	for i := range roles * 10 {
		d.users = append(d.users, userSpec{name: fmt.Sprintf("user%d", i), roles: []int{i / 10}})
	}
	return d.identified()
}

// realistic is a dataset of 300 permissions, 50 roles of 40, 100 tenants, and users with two roles, a tenth of whom have one to three overrides.
func realistic(users int) *dataset {
	r := rand.New(rand.NewSource(1))
	d := &dataset{}
	for i := range 300 {
		d.perms = append(d.perms, fmt.Sprintf("resource%d.action%d", i/6, i%6))
	}
	for i := range 100 {
		d.tenants = append(d.tenants, fmt.Sprintf("tenant%d", i))
	}
	for i := range 50 {
		d.roles = append(d.roles, roleSpec{fmt.Sprintf("role%d", i), r.Perm(300)[:40]})
	}
	for i := range users {
		a := r.Intn(50)
		u := userSpec{name: fmt.Sprintf("user%d", i), tenant: i % 100, roles: []int{a, (a + 1 + r.Intn(49)) % 50}}
		if r.Intn(10) == 0 {
			for _, p := range r.Perm(300)[:1+r.Intn(3)] {
				u.overrides = append(u.overrides, override{p, r.Intn(2) == 0})
			}
		}
		d.users = append(d.users, u)
	}
	return d.identified()
}

// identified gives everything an id of the kind that the services give.
func (d *dataset) identified() *dataset {
	r := rand.New(rand.NewSource(3))
	id := func() uuid.UUID { return uuid.Must(uuid.NewV7FromReader(r)) }
	for range d.tenants {
		d.tenantIDs = append(d.tenantIDs, id())
	}
	for i := range d.users {
		d.users[i].id = id()
	}
	return d
}

// holds is the oracle: an override that denies wins over one that grants, and that over the roles.
func (d *dataset) holds(uid, tid, pid int) bool {
	u := &d.users[uid]
	if u.tenant != tid {
		return false
	}
	for _, o := range u.overrides {
		if o.perm == pid {
			return !o.deny
		}
	}
	for _, r := range u.roles {
		for _, p := range d.roles[r].perms {
			if p == pid {
				return true
			}
		}
	}
	return false
}

func (d *dataset) question(uid, tid, pid int) *question {
	u := &d.users[uid]
	return &question{uid, tid, pid, u.id, d.tenantIDs[tid], u.name, d.tenants[tid], d.perms[pid], d.holds(uid, tid, pid)}
}

// mix returns random questions: about half of them granted, and one of sixteen about another tenant.
func (d *dataset) mix(n int) []*question {
	r := rand.New(rand.NewSource(2))
	out := make([]*question, n)
	for i := range out {
		uid := r.Intn(len(d.users))
		u := &d.users[uid]
		t, p := u.tenant, r.Intn(len(d.perms))
		if r.Intn(2) == 0 {
			ps := d.roles[u.roles[r.Intn(len(u.roles))]].perms
			p = ps[r.Intn(len(ps))]
		}
		if len(u.overrides) > 0 && r.Intn(2) == 0 {
			p = u.overrides[r.Intn(len(u.overrides))].perm
		}
		if len(d.tenants) > 1 && r.Intn(16) == 0 {
			t = (t + 1) % len(d.tenants)
		}
		out[i] = d.question(uid, t, p)
	}
	return out
}

// find returns a fixed question about a user without overrides, with the answer that is wanted.
func (d *dataset) find(want bool) *question {
	for uid := len(d.users)/2 + 1; ; uid++ {
		u := &d.users[uid]
		if len(u.overrides) > 0 {
			continue
		}
		for p := len(d.perms) - 1; p >= 0; p-- {
			if d.holds(uid, u.tenant, p) == want {
				return d.question(uid, u.tenant, p)
			}
		}
	}
}

// editTarget returns a role, a permission that it lacks, and a question whose answer depends on that.
func (d *dataset) editTarget() (role string, q *question) {
	q = d.find(false)
	return d.roles[d.users[q.uid].roles[0]].name, q
}
