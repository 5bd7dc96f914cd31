package users

import (
	"context"
	"fmt"
	"regexp"
	"slices"
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

// AdmitCreate reports whether the actor may create tenants at all: nil, or [perms.ErrForbidden]. An API asks it before it reads a body.
func (s *Tenants) AdmitCreate(ctx context.Context, actor perms.Actor) error {
	return s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		return mayCreateTenants(a)
	})
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
// [ErrDefaultTenant] and [ErrSlugTaken].
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
	if err := tx.UpdateTenant(ctx, old, t); err != nil {
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

// Find returns a tenant in which the actor holds any of the permissions: [perms.ErrForbidden] if he holds none of them anywhere, otherwise
// [ErrTenantNotFound] for one that does not exist or in which he holds none.
func (s *Tenants) Find(ctx context.Context, actor perms.Actor, id uuid.UUID, anyOf ...perms.Permission) (Tenant, error) {
	var found Tenant
	err := admitted(ctx, s.view, s.env, actor, anyOf, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		found, err = findTenant(ctx, tx, sight, id)
		return err
	})
	return found, wrap("find tenant", err)
}

// Get returns a tenant. It takes tenants.read in it.
func (s *Tenants) Get(ctx context.Context, actor perms.Actor, id uuid.UUID) (Tenant, error) {
	return s.Find(ctx, actor, id, perms.TenantsRead)
}

func findTenant(ctx context.Context, tx Store, sight perms.Sight, id uuid.UUID) (Tenant, error) {
	t, err := tx.Tenant(ctx, id)
	if err != nil {
		return Tenant{}, err
	}
	if !sight.Shows(perms.In(id)) {
		return Tenant{}, ErrTenantNotFound
	}
	return t, nil
}

// List returns the tenants in which the actor holds tenants.list, in ascending order of number: those with a greater number than after, at most limit of
// them; 0 is no limit.
func (s *Tenants) List(ctx context.Context, actor perms.Actor, after int64, limit int) ([]Tenant, error) {
	var list []Tenant
	err := admitted(ctx, s.view, s.env, actor, []perms.Permission{perms.TenantsList}, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		list, err = tx.Tenants(ctx, TenantFilter{All: sight.All, IDs: sight.Tenants, After: after, Limit: limit})
		return err
	})
	return list, wrap("list tenants", err)
}

// Mine returns the tenants of the actor's own scope, whatever he holds there: those that he has by their type, and for staff every one, too. It takes no
// permission, but an active user.
func (s *Tenants) Mine(ctx context.Context, actor perms.Actor) ([]Tenant, error) {
	return s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		reach := a.Reach()
		return tx.Tenants(ctx, TenantFilter{All: reach.All, IDs: reach.Tenants})
	})
}

// Named returns those of the given tenants that lie in the actor's own scope, lapsed ones too, in ascending order of number: for an API that shows tenants
// by another identifier. It takes no permission, but an active user.
func (s *Tenants) Named(ctx context.Context, actor perms.Actor, ids []uuid.UUID) ([]Tenant, error) {
	return s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		mine := slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return !reaches(a, id) })
		return tx.Tenants(ctx, TenantFilter{IDs: mine})
	})
}

// ByNumber returns a tenant of the actor's own scope by its number, or [ErrTenantNotFound]. It takes no permission, but an active user.
func (s *Tenants) ByNumber(ctx context.Context, actor perms.Actor, number int64) (Tenant, error) {
	list, err := s.reached(ctx, actor, func(tx Store, a *perms.Authority) ([]Tenant, error) {
		t, err := tx.TenantByNumber(ctx, number)
		if err == nil && !reaches(a, t.ID) {
			err = ErrTenantNotFound
		}
		return []Tenant{t}, err
	})
	if err != nil {
		return Tenant{}, err
	}
	return list[0], nil
}

func (s *Tenants) reached(ctx context.Context, actor perms.Actor, read func(Store, *perms.Authority) ([]Tenant, error)) ([]Tenant, error) {
	var list []Tenant
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		list, err = read(tx, a)
		return err
	})
	return list, wrap("read tenants", err)
}

// reaches reports whether a tenant lies in the own scope of an actor who is active.
func reaches(a *perms.Authority, tenant uuid.UUID) bool {
	return a.System() || a.Subject.Status == perms.Active && a.Reaches(perms.TenantOf(tenant))
}

// Default returns the default tenant. It takes no permission: that it exists is no secret.
func (s *Tenants) Default(ctx context.Context) (Tenant, error) {
	var t Tenant
	err := s.view(ctx, func(tx Store) (err error) {
		t, err = tx.TenantByNumber(ctx, DefaultTenant)
		return err
	})
	return t, wrap("read default tenant", err)
}
