//go:build peers

package main

import (
	c2 "github.com/casbin/casbin/v2"
	m2 "github.com/casbin/casbin/v2/model"
	c3 "github.com/casbin/casbin/v3"
	m3 "github.com/casbin/casbin/v3/model"
)

// Casbin's examples/rbac_model.conf, used for Casbin's own sizes.
const casbinSimple = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
`

// Tenants as domains, overrides as user-level allow/deny policies. The cheap
// comparison stands first: with g() first every rule pays a role lookup.
const casbinDomains = `
[request_definition]
r = sub, dom, obj
[policy_definition]
p = sub, dom, obj, eft
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.obj == p.obj && (p.dom == "*" || p.dom == r.dom) && g(r.sub, p.sub, r.dom)
`

type casbinAPI interface {
	Enforce(rvals ...any) (bool, error)
	AddPolicy(params ...any) (bool, error)
	RemovePolicy(params ...any) (bool, error)
	AddPolicies(rules [][]string) (bool, error)
	AddGroupingPolicies(rules [][]string) (bool, error)
	GetImplicitPermissionsForUser(user string, domain ...string) ([][]string, error)
	GetImplicitRolesForUser(name string, domain ...string) ([]string, error)
	GetFilteredPolicy(fieldIndex int, fieldValues ...string) ([][]string, error)
}

type casbin struct {
	mk     func(model string) (casbinAPI, error)
	e      casbinAPI
	simple bool
}

func casbins() []entry {
	v2 := func(text string) m2.Model { m, _ := m2.NewModelFromString(text); return m }
	v3 := func(text string) m3.Model { m, _ := m3.NewModelFromString(text); return m }
	const module2, module3 = "github.com/casbin/casbin/v2", "github.com/casbin/casbin/v3"
	of := func(name, module string, mk func(string) (casbinAPI, error)) entry {
		return entry{name: name, module: module, make: func() contestant { return &casbin{mk: mk} }}
	}
	return []entry{
		of("casbin-v2", module2, func(s string) (casbinAPI, error) { return c2.NewEnforcer(v2(s)) }),
		of("casbin-v2-cached", module2, func(s string) (casbinAPI, error) { return c2.NewCachedEnforcer(v2(s)) }),
		of("casbin-v3", module3, func(s string) (casbinAPI, error) { return c3.NewEnforcer(v3(s)) }),
		of("casbin-v3-cached", module3, func(s string) (casbinAPI, error) { return c3.NewCachedEnforcer(v3(s)) }),
	}
}

func (c *casbin) load(d *dataset) (err error) {
	c.simple = d.simple
	text := casbinDomains
	if d.simple {
		text = casbinSimple
	}
	if c.e, err = c.mk(text); err != nil {
		return err
	}
	var p, g [][]string
	for _, r := range d.roles {
		for _, x := range r.perms {
			if d.simple {
				p = append(p, []string{r.name, d.perms[x], "read"})
			} else {
				p = append(p, []string{r.name, "*", d.perms[x], "allow"})
			}
		}
	}
	for i := range d.users {
		u := &d.users[i]
		for _, o := range u.overrides {
			eft := "allow"
			if o.deny {
				eft = "deny"
			}
			p = append(p, []string{u.name, d.tenants[u.tenant], d.perms[o.perm], eft})
		}
		for _, r := range u.roles {
			if d.simple {
				g = append(g, []string{u.name, d.roles[r].name})
			} else {
				g = append(g, []string{u.name, d.roles[r].name, d.tenants[u.tenant]})
			}
		}
	}
	if _, err = c.e.AddPolicies(p); err != nil {
		return err
	}
	_, err = c.e.AddGroupingPolicies(g)
	return err
}
func (c *casbin) check(r *question) bool {
	var ok bool
	if c.simple {
		ok, _ = c.e.Enforce(r.userName, r.permission, "read")
	} else {
		ok, _ = c.e.Enforce(r.userName, r.tenantName, r.permission)
	}
	return ok
}

// CachedEnforcer does not drop users' cached decisions on a policy edit, so the cache is cleared here.
func (c *casbin) edit(role, perm string, on bool) (err error) {
	rule := []any{role, "*", perm, "allow"}
	if c.simple {
		rule = []any{role, perm, "read"}
	}
	if on {
		_, err = c.e.AddPolicy(rule...)
	} else {
		_, err = c.e.RemovePolicy(rule...)
	}
	c.forget()
	return err
}
func (c *casbin) forget() {
	if ic, ok := c.e.(interface{ InvalidateCache() error }); ok {
		_ = ic.InvalidateCache()
	}
}

// Effective: GetImplicitPermissionsForUser(user, tenant) matches the domain literally, so it misses
// rules with dom "*", and it does not subtract denies; the list is therefore assembled by hand.
func (c *casbin) effective(q *question) int {
	if c.simple {
		ps, _ := c.e.GetImplicitPermissionsForUser(q.userName)
		return len(ps)
	}
	set, deny := map[string]struct{}{}, []string{}
	roles, _ := c.e.GetImplicitRolesForUser(q.userName, q.tenantName)
	for _, r := range roles {
		ps, _ := c.e.GetFilteredPolicy(0, r)
		for _, p := range ps {
			set[p[2]] = struct{}{}
		}
	}
	own, _ := c.e.GetFilteredPolicy(0, q.userName, q.tenantName)
	for _, p := range own {
		if p[3] == "deny" {
			deny = append(deny, p[2])
		} else {
			set[p[2]] = struct{}{}
		}
	}
	for _, p := range deny {
		delete(set, p)
	}
	return len(set)
}
func (c *casbin) close() {}
