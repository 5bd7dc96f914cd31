package main

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// The host's catalogue: every verb for every kind of object, and a rare permission.
var (
	kinds = []string{"assets", "contracts", "dashboards", "invoices", "orders", "parts", "plans", "reports", "sites", "tickets", "visits", "work"}
	verbs = []string{"view", "create", "edit", "delete"}
)

const (
	common = perms.Permission("assets.view")     // held by most
	rare   = perms.Permission("invoices.settle") // held by one of two thousand
)

// catalog returns what the host's catalogue holds.
func catalog() *perms.Catalog {
	var keys []perms.Permission
	for _, kind := range kinds {
		for _, verb := range verbs {
			keys = append(keys, perms.Permission(kind+"."+verb))
		}
	}
	return perms.NewCatalog(append(keys, rare)...)
}

// systemRoles are those of a preset: their keys, and what they say.
var systemRoles = []struct {
	key      string
	patterns []perms.Pattern
}{
	{"admin", []perms.Pattern{"*.*"}},
	{"approver", []perms.Pattern{"invoices.settle", "invoices.view"}},
	{"auditor", []perms.Pattern{"audit.read", "users.list", "users.read"}},
	{"editor", []perms.Pattern{"assets.*", "orders.*", "parts.view", "reports.view", "tickets.*", "visits.*", "work.*"}},
	{"manager", []perms.Pattern{"assets.*", "contracts.*", "groups.*", "orders.*", "plans.*", "roles.list", "sites.*", "users.list", "users.read"}},
	{"viewer", []perms.Pattern{"assets.view", "dashboards.view", "orders.view", "reports.view", "sites.view"}},
}

// The indexes of system roles.
const (
	admin = iota
	approver
	auditor
	editor
	manager
	viewer
)

func (w *world) makeKeys() {
	management := perms.NewCatalog()
	var list []any
	for _, k := range catalog().Keys() {
		if management.Has(k.Permission) { // those are never stored
			continue
		}
		w.keys = append(w.keys, k.Permission)
		w.out.keys.add(string(k.Permission), k.Description, k.Feature)
		list = append(list, map[string]any{"permission": string(k.Permission), "description": k.Description, "feature": k.Feature})
	}
	w.tick()
	w.append(perms.Entry{Actor: w.actor(0), Action: perms.CatalogueUpdate, Target: perms.Target{Kind: perms.KindCatalogue}, Tenant: perms.Anywhere,
		After: perms.Members{"keys": list}}, true)
}

func (w *world) makeTenants() {
	first := users.Tenant{ID: w.spec.identity(perms.KindTenant, 1, born), Number: 1, Slug: "default", Name: "Default", Type: perms.ProductionTenant,
		CreatedAt: born, Version: 1}
	w.tenants = append(w.tenants, first)
	for number := int64(2); number <= int64(w.spec.tenants()); number++ {
		w.tick()
		t := users.Tenant{ID: w.spec.identity(perms.KindTenant, number, w.now), Number: number, Slug: fmt.Sprintf("tenant-%d", number),
			Name: fmt.Sprintf("Tenant %d", number), Type: perms.ProductionTenant, RequireApproval: number%10 == 0, CreatedAt: w.now, Version: 1}
		if number%25 == 24 {
			t.Type = perms.TestTenant
		}
		w.tenants = append(w.tenants, t)
		w.out.tenants.add(t.Number, t.ID.String(), t.Slug, t.Name, string(t.Type), t.RequireApproval, micros(t.CreatedAt), t.Version)
		w.append(perms.Entry{Actor: w.actor(0), Action: perms.TenantCreate, Target: perms.Target{Kind: perms.KindTenant, ID: t.ID}, Tenant: perms.In(t.ID),
			After: perms.Members{"number": float64(t.Number), "slug": t.Slug, "name": t.Name, "type": string(t.Type), "require_approval": t.RequireApproval}},
			true)
	}
}

// makeRoles makes the preset's roles, and roles of single tenants.
func (w *world) makeRoles() {
	for _, r := range systemRoles {
		w.makeRole(roles.Role{Key: r.key, Name: r.key, Description: "May do what a " + r.key + " does", Patterns: r.patterns, Scope: perms.Anywhere, System: true})
	}
	for i := range w.spec.ownRoles() {
		home := 1 + i*(len(w.tenants)-1)/w.spec.ownRoles()
		tenant := w.tenants[home]
		w.own[home] = len(w.roles)
		w.makeRole(roles.Role{Name: fmt.Sprintf("Team %d", i), Description: "A role of one tenant", Patterns: w.drawPatterns(), Scope: perms.In(tenant.ID)})
	}
}

func (w *world) makeRole(r roles.Role) {
	w.tick()
	r.Number = int64(len(w.roles) + 1)
	r.ID = w.spec.identity(perms.KindRole, r.Number, w.now)
	r.CreatedAt, r.Version = w.now, 1
	if r.Key == "" {
		r.Key = r.ID.String()
	}
	w.roles = append(w.roles, r)
	w.byID[r.ID] = r
	w.append(perms.Entry{Actor: w.actor(0), Action: perms.RoleCreate, Target: perms.Target{Kind: perms.KindRole, ID: r.ID}, Tenant: r.Scope,
		After: roles.Record(r)}, true)
}

func (w *world) drawPatterns() []perms.Pattern {
	var list []perms.Pattern
	for range 3 + w.draw.IntN(4) {
		list = append(list, perms.Pattern(w.keys[w.draw.IntN(len(w.keys))]))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (w *world) makeGroups() {
	for number := int64(1); number <= int64(w.spec.groups()); number++ {
		w.tick()
		home := w.spec.tenant(w.draw)
		g := users.Group{ID: w.spec.identity(perms.KindGroup, number, w.now), Number: number, Tenant: w.tenants[home].ID, Name: fmt.Sprintf("Group %d", number),
			Color: "#336699", CreatedAt: w.now}
		var objects []any
		for id := range int64(number % 4) {
			g.Objects = append(g.Objects, perms.ObjectGrant{Tenant: g.Tenant, Object: perms.Object{Type: "dashboards", ID: 10*number + id}})
			objects = append(objects, map[string]any{"tenant": g.Tenant.String(), "type": "dashboards", "id": float64(10*number + id)})
		}
		if objects == nil {
			objects = []any{}
		}
		w.local[home] = append(w.local[home], len(w.groups))
		w.groups, w.ordinal[g.ID] = append(w.groups, g), g.Number
		w.append(perms.Entry{Actor: w.actor(0), Action: perms.GroupCreate, Target: perms.Target{Kind: perms.KindGroup, ID: g.ID}, Tenant: perms.In(g.Tenant),
			After: perms.Members{"number": float64(g.Number), "tenant": g.Tenant.String(), "name": g.Name, "description": "", "color": g.Color,
				"objects": objects}}, true)
	}
}

func (w *world) makeLinks() {
	for number := int64(1); number <= int64(w.spec.links()); number++ {
		w.tick()
		tenant := w.tenants[1+int(number-1)*(len(w.tenants)-1)/w.spec.links()]
		l := invites.Link{ID: w.spec.identity(perms.KindLink, number, w.now), Number: number, Digest: w.digest("link", number), Tenant: tenant.ID,
			Role: w.roles[viewer].ID, Label: "Handed out", CreatedAt: w.now}
		w.links = append(w.links, l)
		w.append(perms.Entry{Actor: w.actor(0), Action: perms.LinkCreate, Target: perms.Target{Kind: perms.KindLink, ID: l.ID}, Tenant: perms.In(l.Tenant),
			After: perms.Members{"number": float64(l.Number), "tenant": l.Tenant.String(), "role": w.roles[viewer].Key, "label": l.Label, "max_uses": nil,
				"uses": 0.0, "expires_at": nil}}, true)
	}
}

// digest returns that of a token which nobody has.
func (w *world) digest(what string, number int64) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s %d of %d", what, number, w.spec.Seed))
}

// within returns the scope of one tenant, Anywhere for none.
func within(tenant uuid.UUID) perms.Scope {
	if tenant == uuid.Nil {
		return perms.Anywhere
	}
	return perms.In(tenant)
}
