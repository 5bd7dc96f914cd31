package users

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// MaxTenantName is the greatest length of a tenant's name, in code points.
const MaxTenantName = 200

// slug is the grammar of slugs (wire/native.md, route 6): a label of a host name.
var slug = regexp.MustCompile("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")

// Tenants reads and changes tenants.
type Tenants struct {
	write Tx
	view  Tx
	env   perms.Env
}

// NewTenants returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewTenants(write, view Tx, env perms.Env) *Tenants { return &Tenants{write, view, env} }

// admitted runs fn in a transaction, for an actor who holds any of the permissions somewhere, with what he sees by them.
func admitted(ctx context.Context, begin Tx, env perms.Env, actor perms.Actor, anyOf []perms.Permission,
	fn func(Store, *perms.Authority, perms.Sight) error) error {
	return begin(ctx, func(tx Store) error {
		a, err := env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(anyOf...)
		if err != nil {
			return err
		}
		return fn(tx, a, sight)
	})
}

// NewTenant describes a tenant to be created.
type NewTenant struct {
	Name            string
	Slug            string
	Type            perms.TenantType // perms.ProductionTenant if empty
	RequireApproval bool             // users who join by link are pending
}

// TenantUpdate says what is to change of a tenant; what is nil stays.
type TenantUpdate struct {
	Name            *string
	Slug            *string
	Type            *perms.TenantType
	RequireApproval *bool

	Version int64 // the version that is to be changed; 0 for any
}

// checkTenant trims and checks the values of a tenant.
func checkTenant(t *Tenant) error {
	all := &perms.InvalidError{}
	t.Name = strings.TrimSpace(t.Name)
	_ = collect(all, perms.CheckText("name", t.Name, 1, MaxTenantName))
	switch {
	case t.Slug == "":
		all.Add("slug", perms.Required, "must not be empty")
	case !slug.MatchString(t.Slug):
		all.Add("slug", perms.Format, "must be 1 to 63 lower-case letters, digits and inner hyphens")
	}
	if !t.Type.Valid() {
		all.Add("type", perms.Range, "must be test, production, retired or deleted")
	}
	return all.Or()
}

// Validate checks the values of a tenant to be created, apart from what only the store knows. It returns nil or an [*perms.InvalidError] whose fields are
// name, slug and type.
func (s *Tenants) Validate(in NewTenant) error {
	t := in.tenant()
	return checkTenant(&t)
}

// tenant returns the tenant that is described, without an identity.
func (in NewTenant) tenant() Tenant {
	t := Tenant{Slug: in.Slug, Name: in.Name, Type: in.Type, RequireApproval: in.RequireApproval, Version: 1}
	if t.Type == "" {
		t.Type = perms.ProductionTenant
	}
	return t
}

func mayCreateTenants(a *perms.Authority) error {
	if !a.Holds(perms.Platform, perms.TenantsCreate) {
		return perms.Forbid(perms.TenantsCreate)
	}
	return nil
}

// Create makes a tenant. It takes tenants.create, platform-wide. The errors are [perms.ErrForbidden], [perms.ErrInvalid] and [ErrSlugTaken].
//
// It hands nothing out: whoever gave a user every tenant of a type, or every tenant, has answered for those that are yet to come.
func (s *Tenants) Create(ctx context.Context, actor perms.Actor, in NewTenant) (Tenant, error) {
	var made Tenant
	err := s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		made, err = createTenant(ctx, tx, a, in)
		return err
	})
	if err != nil {
		return Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	return made, nil
}

func createTenant(ctx context.Context, tx Store, a *perms.Authority, in NewTenant) (Tenant, error) {
	if err := mayCreateTenants(a); err != nil {
		return Tenant{}, err
	}
	t := in.tenant()
	if err := checkTenant(&t); err != nil {
		return Tenant{}, err
	}
	t.CreatedAt = a.Now
	var err error
	if t.ID, err = uuid.NewV7(); err != nil {
		return Tenant{}, fmt.Errorf("mint id: %w", err)
	}
	if t.Number, err = tx.NextNumber(ctx, perms.KindTenant); err != nil {
		return Tenant{}, fmt.Errorf("number tenant: %w", err)
	}
	if err := tx.InsertTenant(ctx, t); err != nil {
		return Tenant{}, err
	}
	return t, journalTenant(ctx, tx, a, perms.TenantCreate, Tenant{}, t)
}

// Update changes a tenant. It takes tenants.update in it, for its slug and type platform-wide. The errors are [perms.ErrForbidden], [ErrTenantNotFound],
// [perms.ErrInvalid], [perms.ErrEscalation] for a type by which others would come to hold in the tenant what the actor does not, [ErrStale],
// [ErrDefaultTenant], [perms.ErrInvariant] and [ErrSlugTaken].
func (s *Tenants) Update(ctx context.Context, actor perms.Actor, id uuid.UUID, up TenantUpdate) (Tenant, error) {
	var updated Tenant
	update := func(tx Store, a *perms.Authority, sight perms.Sight) error {
		old, err := findTenant(ctx, tx, sight, id)
		if err != nil {
			return err
		}
		updated, err = updateTenant(ctx, tx, a, old, up)
		return err
	}
	if err := admitted(ctx, s.write, s.env, actor, []perms.Permission{perms.TenantsUpdate}, update); err != nil {
		return Tenant{}, fmt.Errorf("update tenant: %w", err)
	}
	return updated, nil
}

func updateTenant(ctx context.Context, tx Store, a *perms.Authority, old Tenant, up TenantUpdate) (Tenant, error) {
	t := old
	set(&t.Name, up.Name)
	set(&t.Slug, up.Slug)
	set(&t.Type, up.Type)
	set(&t.RequireApproval, up.RequireApproval)
	if err := checkTenant(&t); err != nil {
		return Tenant{}, err
	}
	if (t.Slug != old.Slug || t.Type != old.Type) && !a.Holds(perms.Platform, perms.TenantsUpdate) {
		return Tenant{}, perms.Forbid(perms.TenantsUpdate)
	}
	if t.Type != old.Type {
		if err := mayRetype(ctx, tx, a, old, t.Type); err != nil {
			return Tenant{}, err
		}
	}
	switch {
	case up.Version != 0 && up.Version != old.Version:
		return Tenant{}, ErrStale
	case old.Number == DefaultTenant && t.Type == perms.DeletedTenant:
		return Tenant{}, ErrDefaultTenant
	case t == old:
		return old, nil
	}
	t.Version++
	retyped := func(v perms.Invariant) bool { return t.Type != old.Type && v.Scope == perms.In(t.ID) }
	if err := a.KeepAll(ctx, tx, retyped, func() error { return tx.UpdateTenant(ctx, old, t) }); err != nil {
		return Tenant{}, err
	}
	return t, journalTenant(ctx, tx, a, perms.TenantUpdate, old, t)
}

// mayRetype is the grant rule for another type of a tenant: what the users of that type's tenants could come to hold in this one, the actor holds himself,
// for as long. Whoever gave them the type has answered for its tenants, also for those that were yet to come, but not for one that changes over.
func mayRetype(ctx context.Context, tx Store, a *perms.Authority, old Tenant, typ perms.TenantType) error {
	const page = 200
	was, is := perms.PlaceOf(old.ID, old.Type), perms.PlaceOf(old.ID, typ)
	if a.MayAssign(a.Catalog().Expand([]perms.Pattern{perms.AllPattern}), is) == nil {
		return nil // he holds whatever anybody could
	}
	for after := int64(0); ; {
		list, err := tx.Users(ctx, Filter{After: after, Limit: page})
		if err != nil {
			return fmt.Errorf("read users: %w", err)
		}
		for _, u := range list {
			after = u.Number
			if perms.Covers(u.Tenants, was, true) || !perms.Covers(u.Tenants, is, true) {
				continue
			}
			held, err := rolesOf(ctx, tx, u)
			if err != nil {
				return err
			}
			subject := u.Subject(held)
			if err := a.MayHandOut(&perms.Subject{}, &subject, []perms.Place{is}); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
	}
}

// journalTenant appends the entry of a change from old to t, of all members if old is the zero Tenant.
func journalTenant(ctx context.Context, tx Store, a *perms.Authority, action perms.Action, old, t Tenant) error {
	entry := a.Entry(action, perms.Target{Kind: perms.KindTenant, ID: t.ID}, perms.In(t.ID))
	entry.After = tenantRecord(t)
	if old.ID != uuid.Nil {
		entry.Before, entry.After = perms.Differing(tenantRecord(old), tenantRecord(t))
	}
	if _, err := tx.Append(ctx, entry); err != nil {
		return fmt.Errorf("journal %s: %w", action, err)
	}
	return nil
}

func tenantRecord(t Tenant) perms.Members {
	return perms.Members{
		"number": float64(t.Number), "slug": t.Slug, "name": t.Name, "type": string(t.Type), "require_approval": t.RequireApproval,
	}
}
