//go:build peers

package main

import (
	"context"

	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

const regoSrc = `package authz
default allow := false
u := data.users[input.user]
allow if { u.tenant == input.tenant; u.grants[input.perm] }
allow if { u.tenant == input.tenant; not u.denies[input.perm]; some r in u.roles; data.roles[r][input.perm] }
perms contains p if { u.tenant == input.tenant; some r in u.roles; data.roles[r][p]; not u.denies[p] }
perms contains p if { u.tenant == input.tenant; u.grants[p] }
holders contains id if { some id; data.users[id].grants[input.perm] }
holders contains id if { some id; some r in data.users[id].roles; data.roles[r][input.perm]; not data.users[id].denies[input.perm] }
`

type opaC struct {
	store               storage.Store
	allow, perms, holds rego.PreparedEvalQuery
}

func (o *opaC) load(d *dataset) (err error) {
	type obj = map[string]any
	roles, users := obj{}, obj{}
	for _, r := range d.roles {
		m := obj{}
		for _, p := range r.perms {
			m[d.perms[p]] = true
		}
		roles[r.name] = m
	}
	for i := range d.users {
		u := &d.users[i]
		var rs []any
		for _, r := range u.roles {
			rs = append(rs, d.roles[r].name)
		}
		x := obj{"tenant": d.tenants[u.tenant], "roles": rs}
		if len(u.overrides) > 0 {
			g, n := obj{}, obj{}
			for _, v := range u.overrides {
				if v.deny {
					n[d.perms[v.perm]] = true
				} else {
					g[d.perms[v.perm]] = true
				}
			}
			x["grants"], x["denies"] = g, n
		}
		users[u.name] = x
	}
	ctx := context.Background()
	o.store = inmem.NewFromObjectWithOpts(obj{"roles": roles, "users": users}, inmem.OptRoundTripOnWrite(false))
	for q, dst := range map[string]*rego.PreparedEvalQuery{"data.authz.allow": &o.allow, "count(data.authz.perms)": &o.perms, "count(data.authz.holders)": &o.holds} {
		if *dst, err = rego.New(rego.Query(q), rego.Module("a.rego", regoSrc), rego.Store(o.store)).PrepareForEval(ctx); err != nil {
			return err
		}
	}
	return nil
}
func (o *opaC) check(r *question) bool {
	rs, err := o.allow.Eval(context.Background(), rego.EvalInput(map[string]any{"user": r.userName, "tenant": r.tenantName, "perm": r.permission}))
	return err == nil && rs.Allowed()
}
func (o *opaC) edit(role, perm string, on bool) error {
	path, op := storage.Path{"roles", role, perm}, storage.AddOp
	if !on {
		op = storage.RemoveOp
	}
	return storage.WriteOne(context.Background(), o.store, op, path, true)
}
func num(rs rego.ResultSet, err error) int {
	if err != nil || len(rs) == 0 {
		return -1
	}
	n, _ := rs[0].Expressions[0].Value.(interface{ Int64() (int64, error) }).Int64()
	return int(n)
}
func (o *opaC) effective(q *question) int {
	return num(o.perms.Eval(context.Background(), rego.EvalInput(map[string]any{"user": q.userName, "tenant": q.tenantName})))
}
func (o *opaC) holders(perm string) int {
	return num(o.holds.Eval(context.Background(), rego.EvalInput(map[string]any{"perm": perm})))
}
func (o *opaC) close() {}
