//go:build peers

package main

// directory holds users, roles per user and overrides for peers that know neither (gorbac, ladon).
type dirUser struct {
	tenant string
	roles  []string
	ov     map[string]bool
}
type directory map[string]dirUser

func newDirectory(d *dataset) directory {
	m := directory{}
	for i := range d.users {
		u := &d.users[i]
		x := dirUser{tenant: d.tenants[u.tenant]}
		for _, r := range u.roles {
			x.roles = append(x.roles, d.roles[r].name)
		}
		for _, o := range u.overrides {
			if x.ov == nil {
				x.ov = map[string]bool{}
			}
			x.ov[d.perms[o.perm]] = !o.deny
		}
		m[u.name] = x
	}
	return m
}
