//go:build peers

package main

import (
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
)

// One permit policy per role (action in [...]), two policies for overrides, one for tenancy.
type cedarC struct {
	ps    *cedar.PolicySet
	ents  cedar.EntityMap
	roles map[string]map[string]bool
}

func (c *cedarC) rolePolicy(role string) *cedar.Policy {
	var sb strings.Builder
	fmt.Fprintf(&sb, "permit (principal in Role::%q, action in [", role)
	first := true
	for p := range c.roles[role] {
		if !first {
			sb.WriteByte(',')
		}
		first = false
		fmt.Fprintf(&sb, "Action::%q", p)
	}
	sb.WriteString("], resource);")
	var p cedar.Policy
	if err := p.UnmarshalCedar([]byte(sb.String())); err != nil {
		panic(err)
	}
	return &p
}
func (c *cedarC) load(d *dataset) error {
	c.ps, c.ents, c.roles = cedar.NewPolicySet(), cedar.EntityMap{}, map[string]map[string]bool{}
	for _, r := range d.roles {
		c.roles[r.name] = map[string]bool{}
		for _, p := range r.perms {
			c.roles[r.name][d.perms[p]] = true
		}
		c.ps.Add(cedar.PolicyID(r.name), c.rolePolicy(r.name))
	}
	if !d.simple {
		for id, s := range map[string]string{
			"grant":  `permit (principal, action, resource) when { principal.grants.contains(action) };`,
			"deny":   `forbid (principal, action, resource) when { principal.denies.contains(action) };`,
			"tenant": `forbid (principal, action, resource) unless { principal.tenant == resource };`,
		} {
			var p cedar.Policy
			if err := p.UnmarshalCedar([]byte(s)); err != nil {
				return err
			}
			c.ps.Add(cedar.PolicyID(id), &p)
		}
	}
	for i := range d.users {
		u := &d.users[i]
		var parents []cedar.EntityUID
		for _, r := range u.roles {
			parents = append(parents, cedar.NewEntityUID("Role", cedar.String(d.roles[r].name)))
		}
		var g, n []cedar.Value
		for _, o := range u.overrides {
			a := cedar.NewEntityUID("Action", cedar.String(d.perms[o.perm]))
			if o.deny {
				n = append(n, a)
			} else {
				g = append(g, a)
			}
		}
		id := cedar.NewEntityUID("User", cedar.String(u.name))
		e := cedar.Entity{UID: id, Parents: cedar.NewEntityUIDSet(parents...)}
		if !d.simple {
			e.Attributes = cedar.NewRecord(cedar.RecordMap{
				"tenant": cedar.NewEntityUID("Tenant", cedar.String(d.tenants[u.tenant])),
				"grants": cedar.NewSet(g...), "denies": cedar.NewSet(n...)})
		}
		c.ents[id] = e
	}
	return nil
}
func (c *cedarC) check(r *question) bool {
	ok, _ := cedar.Authorize(c.ps, c.ents, cedar.Request{
		Principal: cedar.NewEntityUID("User", cedar.String(r.userName)),
		Action:    cedar.NewEntityUID("Action", cedar.String(r.permission)),
		Resource:  cedar.NewEntityUID("Tenant", cedar.String(r.tenantName))})
	return bool(ok)
}
func (c *cedarC) edit(role, perm string, on bool) error {
	if on {
		c.roles[role][perm] = true
	} else {
		delete(c.roles[role], perm)
	}
	c.ps.Add(cedar.PolicyID(role), c.rolePolicy(role))
	return nil
}
func (c *cedarC) close() {}
