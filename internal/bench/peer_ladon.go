//go:build peers

package main

import (
	"context"

	"github.com/ory/ladon"
	"github.com/ory/ladon/manager/memory"
	"github.com/pkg/errors"
)

// Ladon: one policy per role and one per override; the caller asks once for the user's own
// policies (only if the user has any), then once per role.
type ladonC struct {
	dir   directory
	l     *ladon.Ladon
	roles map[string]map[string]bool
}

func (l *ladonC) policy(role string) *ladon.DefaultPolicy {
	p := &ladon.DefaultPolicy{ID: role, Subjects: []string{role}, Resources: []string{"app"}, Effect: ladon.AllowAccess}
	for a := range l.roles[role] {
		p.Actions = append(p.Actions, a)
	}
	return p
}
func (l *ladonC) load(d *dataset) error {
	l.dir, l.l, l.roles = newDirectory(d), &ladon.Ladon{Manager: memory.NewMemoryManager()}, map[string]map[string]bool{}
	ctx := context.Background()
	for _, r := range d.roles {
		l.roles[r.name] = map[string]bool{}
		for _, p := range r.perms {
			l.roles[r.name][d.perms[p]] = true
		}
		if err := l.l.Manager.Create(ctx, l.policy(r.name)); err != nil {
			return err
		}
	}
	for i := range d.users {
		u := &d.users[i]
		for _, o := range u.overrides {
			eff := ladon.AllowAccess
			if o.deny {
				eff = ladon.DenyAccess
			}
			if err := l.l.Manager.Create(ctx, &ladon.DefaultPolicy{ID: u.name + "/" + d.perms[o.perm], Subjects: []string{u.name},
				Actions: []string{d.perms[o.perm]}, Resources: []string{"app"}, Effect: eff}); err != nil {
				return err
			}
		}
	}
	return nil
}
func (l *ladonC) check(r *question) bool {
	u, ok := l.dir[r.userName]
	if !ok || u.tenant != r.tenantName {
		return false
	}
	ctx := context.Background()
	if u.ov != nil {
		err := l.l.IsAllowed(ctx, &ladon.Request{Subject: r.userName, Action: r.permission, Resource: "app"})
		if err == nil {
			return true
		}
		if errors.Cause(err) == ladon.ErrRequestForcefullyDenied {
			return false
		}
	}
	for _, role := range u.roles {
		if l.l.IsAllowed(ctx, &ladon.Request{Subject: role, Action: r.permission, Resource: "app"}) == nil {
			return true
		}
	}
	return false
}
func (l *ladonC) edit(role, perm string, on bool) error {
	if on {
		l.roles[role][perm] = true
	} else {
		delete(l.roles[role], perm)
	}
	return l.l.Manager.Update(context.Background(), l.policy(role))
}
func (l *ladonC) close() {}
