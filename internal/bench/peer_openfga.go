//go:build peers

package main

import (
	"context"
	"fmt"

	openfgav1 "github.com/openfga/api/proto/openfga/v1"
	"github.com/openfga/language/pkg/go/transformer"
	"github.com/openfga/openfga/pkg/server"
	"github.com/openfga/openfga/pkg/storage/memory"
)

// The memory store scans all tuples on every read and every write, so loading is quadratic.

const fgaModel = `model
  schema 1.1
type user
type role
  relations
    define assignee: [user]
type permission
  relations
    define granted: [user, role#assignee]
    define denied: [user]
    define allowed: granted but not denied
`

// Tenant isolation is by naming users "tenant.user".
type fgaC struct {
	s            *server.Server
	store, model string
}

func fgaPerm(p string) string {
	b := []byte(p)
	for i := range b {
		if b[i] == ':' {
			b[i] = '.'
		}
	}
	return "permission:" + string(b)
}
func fgaUser(t, u string) string { return "user:" + t + "." + u }

func (f *fgaC) load(d *dataset) error {
	ctx := context.Background()
	s, err := server.NewServerWithOpts(server.WithDatastore(memory.New(memory.WithMaxTuplesPerWrite(1 << 20))))
	if err != nil {
		return err
	}
	f.s = s
	st, err := s.CreateStore(ctx, &openfgav1.CreateStoreRequest{Name: "bench"})
	if err != nil {
		return err
	}
	f.store = st.Id
	m, err := transformer.TransformDSLToProto(fgaModel)
	if err != nil {
		return err
	}
	am, err := s.WriteAuthorizationModel(ctx, &openfgav1.WriteAuthorizationModelRequest{StoreId: f.store, TypeDefinitions: m.TypeDefinitions, SchemaVersion: m.SchemaVersion})
	if err != nil {
		return err
	}
	f.model = am.AuthorizationModelId
	var ts []*openfgav1.TupleKey
	flush := func(min int) error {
		if len(ts) < min || len(ts) == 0 {
			return nil
		}
		_, err := s.Write(ctx, &openfgav1.WriteRequest{StoreId: f.store, AuthorizationModelId: f.model, Writes: &openfgav1.WriteRequestWrites{TupleKeys: ts}})
		ts = nil
		return err
	}
	add := func(u, rel, o string) error {
		ts = append(ts, &openfgav1.TupleKey{User: u, Relation: rel, Object: o})
		return flush(100)
	}
	for _, r := range d.roles {
		for _, p := range r.perms {
			if err := add("role:"+r.name+"#assignee", "granted", fgaPerm(d.perms[p])); err != nil {
				return err
			}
		}
	}
	for i := range d.users {
		u := &d.users[i]
		id := fgaUser(d.tenants[u.tenant], u.name)
		for _, r := range u.roles {
			if err := add(id, "assignee", "role:"+d.roles[r].name); err != nil {
				return err
			}
		}
		for _, o := range u.overrides {
			rel := "granted"
			if o.deny {
				rel = "denied"
			}
			if err := add(id, rel, fgaPerm(d.perms[o.perm])); err != nil {
				return err
			}
		}
	}
	return flush(0)
}
func (f *fgaC) check(r *question) bool {
	res, err := f.s.Check(context.Background(), &openfgav1.CheckRequest{StoreId: f.store, AuthorizationModelId: f.model,
		TupleKey: &openfgav1.CheckRequestTupleKey{User: fgaUser(r.tenantName, r.userName), Relation: "allowed", Object: fgaPerm(r.permission)}})
	if err != nil {
		panic(fmt.Sprint("openfga: ", err))
	}
	return res.Allowed
}
func (f *fgaC) edit(role, perm string, on bool) error {
	w := &openfgav1.WriteRequest{StoreId: f.store, AuthorizationModelId: f.model}
	if on {
		w.Writes = &openfgav1.WriteRequestWrites{TupleKeys: []*openfgav1.TupleKey{{User: "role:" + role + "#assignee", Relation: "granted", Object: fgaPerm(perm)}}}
	} else {
		w.Deletes = &openfgav1.WriteRequestDeletes{TupleKeys: []*openfgav1.TupleKeyWithoutCondition{{User: "role:" + role + "#assignee", Relation: "granted", Object: fgaPerm(perm)}}}
	}
	_, err := f.s.Write(context.Background(), w)
	return err
}
func (f *fgaC) close() { f.s.Close() }
