package users

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// MaxObjects is the greatest number of objects of one type that are shared with a user, or with a group, in one tenant.
const MaxObjects = 1000

// objects returns grants of the objects of one type in a tenant, each once, in ascending order.
func objects(tenant uuid.UUID, typ string, ids []int64) ([]perms.ObjectGrant, error) {
	if len(ids) > MaxObjects {
		return nil, perms.Invalid("objects", perms.TooLong, fmt.Sprintf("must have at most %d elements", MaxObjects))
	}
	if !(perms.Object{Type: typ, ID: 1}).Valid() {
		return nil, perms.Invalid("type", perms.Format, "must be the first part of a permission")
	}
	all := &perms.InvalidError{}
	sorted := slices.Clone(ids)
	slices.Sort(sorted)
	var list []perms.ObjectGrant
	for _, id := range slices.Compact(sorted) {
		if id < 1 {
			all.Add("objects", perms.Range, "must be positive")
			break
		}
		list = append(list, perms.ObjectGrant{Tenant: tenant, Object: perms.Object{Type: typ, ID: id}})
	}
	return list, all.Or()
}

// withObjects returns a list of grants in which those of one type in a tenant are the given ones, by tenant, type and id.
func withObjects(old []perms.ObjectGrant, tenant uuid.UUID, typ string, list []perms.ObjectGrant) []perms.ObjectGrant {
	others := slices.DeleteFunc(slices.Clone(old), func(g perms.ObjectGrant) bool { return g.Tenant == tenant && g.Object.Type == typ })
	out := slices.Concat(others, list)
	slices.SortStableFunc(out, func(a, b perms.ObjectGrant) int {
		if c := strings.Compare(a.Tenant.String(), b.Tenant.String()); c != 0 {
			return c
		}
		return strings.Compare(a.Object.Type, b.Object.Type)
	})
	return out
}

// SetObjects makes the objects of one type that are shared with a user in a tenant exactly those of the given ids, and returns what is shared with him
// then; his groups keep theirs. It takes grants.write in the tenant; nobody shares with himself: [perms.ErrSelfRights]. The tenant uuid.Nil is the one to which the actor is narrowed,
// otherwise the user's home, and without one the default tenant. A tenant that is not the user's is [perms.ErrInvalid].
func (s *Service) SetObjects(ctx context.Context, actor perms.Actor, user Ref, tenant uuid.UUID, typ string, ids []int64) (Shared, error) {
	var out Shared
	err := s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		old, err := s.find(ctx, tx, a, Needs(perms.GrantsWrite), user)
		if err != nil {
			return err
		}
		t, err := sharedTenant(ctx, tx, a, old, tenant)
		if err != nil {
			return err
		}
		if !a.Sight(perms.GrantsWrite).Shows(perms.In(t.ID)) {
			return ErrTenantNotFound
		}
		u, err := s.share(ctx, tx, a, old, t, typ, ids)
		if err != nil {
			return err
		}
		out, err = shared(ctx, tx, u, t.ID, typ)
		return err
	})
	if err != nil {
		return Shared{}, fmt.Errorf("share with user: %w", err)
	}
	return out, nil
}

func (s *Service) share(ctx context.Context, tx Store, a *perms.Authority, old User, t Tenant, typ string, ids []int64) (User, error) {
	list, err := objects(t.ID, typ, ids)
	if err != nil {
		return User{}, err
	}
	if !perms.Covers(old.Tenants, perms.PlaceOf(t.ID, t.Type), true) {
		return User{}, perms.Invalid("tenant", perms.Unknown, "names no tenant of the user")
	}
	u := old.Clone()
	u.Objects = withObjects(old.Objects, t.ID, typ, list)
	switch {
	case slices.Equal(u.Objects, old.Objects):
		return old, nil
	case a.Self(u.ID):
		return User{}, perms.ErrSelfRights
	}
	u.Version, u.UpdatedAt = old.Version+1, a.Now
	if err := tx.UpdateUser(ctx, old, u); err != nil {
		return User{}, err
	}
	entry := a.Entry(perms.GrantSet, perms.Target{Kind: perms.KindUser, ID: u.ID}, perms.In(t.ID))
	return u, s.journal(ctx, tx, entry, old, u)
}

// sharedTenant returns the tenant of which somebody speaks who speaks of a user's objects: the named one, or the one that is meant by none.
func sharedTenant(ctx context.Context, tx Store, a *perms.Authority, u User, tenant uuid.UUID) (Tenant, error) {
	if tenant != uuid.Nil {
		return tx.Tenant(ctx, tenant)
	}
	if narrowed, ok := a.Actor.Narrowed(); ok {
		return tx.Tenant(ctx, narrowed)
	}
	if home, ok := u.Home(); ok {
		return tx.Tenant(ctx, home)
	}
	return tx.TenantByNumber(ctx, DefaultTenant)
}

// Shared are the objects of one type that a user may view in a tenant without the permission, by their ids in ascending order.
type Shared struct {
	Tenant uuid.UUID
	Direct []int64 // shared with him
	Groups []int64 // shared with his groups
}

// All returns both kinds together, each object once.
func (s Shared) All() []int64 { return ascending(slices.Concat(s.Direct, s.Groups)) }

// ascending returns the ids in ascending order, each once, never nil.
func ascending(ids []int64) []int64 {
	out := append([]int64{}, ids...)
	slices.Sort(out)
	return slices.Compact(out)
}

// Objects returns the objects of one type that are shared with a user in a tenant: to whoever holds grants.read there, and to himself. The tenant uuid.Nil
// is the one that [Service.SetObjects] means by it.
func (s *Service) Objects(ctx context.Context, actor perms.Actor, user Ref, tenant uuid.UUID, typ string) (Shared, error) {
	var out Shared
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, Needs(perms.GrantsRead).OrSelf(), user)
		if err != nil {
			return err
		}
		t, err := sharedTenant(ctx, tx, a, u, tenant)
		if err != nil {
			return err
		}
		own := a.Self(u.ID) && (tenant == uuid.Nil || reaches(a, t.ID))
		if !own && !a.Sight(perms.GrantsRead).Shows(perms.In(t.ID)) {
			return ErrTenantNotFound
		}
		out, err = shared(ctx, tx, u, t.ID, typ)
		return err
	})
	return out, wrap("read what is shared", err)
}

func shared(ctx context.Context, tx Store, u User, tenant uuid.UUID, typ string) (Shared, error) {
	groups, err := tx.GroupsByID(ctx, u.Groups)
	if err != nil {
		return Shared{}, fmt.Errorf("read groups: %w", err)
	}
	ofType := func(list []perms.ObjectGrant) (ids []int64) {
		for _, g := range list {
			if g.Tenant == tenant && g.Object.Type == typ {
				ids = append(ids, g.Object.ID)
			}
		}
		return ids
	}
	out := Shared{Tenant: tenant, Direct: ascending(ofType(u.Objects))}
	for _, g := range groups {
		out.Groups = append(out.Groups, ofType(g.Objects)...)
	}
	out.Groups = ascending(out.Groups)
	return out, nil
}
