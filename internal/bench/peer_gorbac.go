//go:build peers

package main

import "github.com/mikespook/gorbac/v2"

// gorbac knows neither users nor overrides; the adapter keeps those maps.
type gorbacC struct {
	dir   directory
	r     *gorbac.RBAC
	perms map[string]gorbac.Permission
}

func (g *gorbacC) load(d *dataset) error {
	g.dir, g.r, g.perms = newDirectory(d), gorbac.New(), map[string]gorbac.Permission{}
	for _, p := range d.perms {
		g.perms[p] = gorbac.NewStdPermission(p)
	}
	for _, r := range d.roles {
		role := gorbac.NewStdRole(r.name)
		for _, p := range r.perms {
			role.Assign(g.perms[d.perms[p]])
		}
		if err := g.r.Add(role); err != nil {
			return err
		}
	}
	return nil
}
func (g *gorbacC) check(r *question) bool {
	u, ok := g.dir[r.userName]
	if !ok || u.tenant != r.tenantName {
		return false
	}
	if v, ok := u.ov[r.permission]; ok {
		return v
	}
	p := g.perms[r.permission]
	for _, role := range u.roles {
		if g.r.IsGranted(role, p, nil) {
			return true
		}
	}
	return false
}
func (g *gorbacC) edit(role, perm string, on bool) error {
	r, _, err := g.r.Get(role)
	if err != nil {
		return err
	}
	if on {
		return r.(*gorbac.StdRole).Assign(g.perms[perm])
	}
	return r.(*gorbac.StdRole).Revoke(g.perms[perm])
}
func (g *gorbacC) close() {}
