package users

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Search chooses users by what they are and by what they hold. Its fields combine by and; the zero Search chooses all who are not deleted. What the actor
// may not see is as if it were not there: a tenant, role or group outside of his scope chooses nobody.
type Search struct {
	Contains   string           // as in [Filter]
	External   string           // exactly this one
	Status     perms.Status     // 0 for all but deleted
	Role       string           // the key of a role that is assigned to them and in force
	Group      uuid.UUID        // of which they are members
	Permission perms.Permission // which they effectively hold, in Tenant or, without one, anywhere
	Tenant     uuid.UUID        // in their list; with Permission only where that is held
	After      int64            // only users with a greater number
	Limit      int              // at most so many; 0 is no limit
}

// searchBatch is how many users a search by what they hold reads at once.
const searchBatch = 200

// Search returns the users whom the actor sees by users.list or users.read, in ascending order of number, as he may see them.
func (s *Service) Search(ctx context.Context, actor perms.Actor, q Search) ([]User, error) {
	found := []User{}
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(perms.UsersList, perms.UsersRead)
		if err != nil {
			return err
		}
		f, some, err := q.filter(ctx, tx, a)
		if err != nil || !some {
			return err
		}
		f.Sight, f.Now = &sight, a.Now
		found, err = s.sift(ctx, tx, a, q, f)
		return err
	})
	return found, wrap("search users", err)
}

// filter returns what the store looks at. Some is false when the search names something that the actor does not see.
func (q Search) filter(ctx context.Context, tx Store, a *perms.Authority) (f Filter, some bool, err error) {
	f = Filter{External: q.External, Contains: q.Contains, Group: q.Group, After: q.After}
	if q.Status != 0 {
		f.Statuses = []perms.Status{q.Status}
	}
	if q.Tenant != uuid.Nil && !reaches(a, q.Tenant) {
		return f, false, nil
	}
	if q.Permission == "" {
		f.Tenant = q.Tenant
	}
	if q.Role != "" {
		role, err := tx.RoleByKey(ctx, q.Role)
		if errors.Is(err, roles.ErrNotFound) {
			return f, false, nil
		}
		if err != nil {
			return f, false, fmt.Errorf("read role: %w", err)
		}
		f.Role = role.ID
	}
	if q.Group != uuid.Nil {
		g, err := tx.Group(ctx, q.Group)
		if errors.Is(err, ErrGroupNotFound) || err == nil && !reaches(a, g.Tenant) {
			return f, false, nil
		}
		if err != nil {
			return f, false, fmt.Errorf("read group: %w", err)
		}
	}
	return f, true, nil
}

// sift reads the users that the filter chooses, and keeps those of whom the actor sees why.
func (s *Service) sift(ctx context.Context, tx Store, a *perms.Authority, q Search, f Filter) ([]User, error) {
	h := holders{tx: tx, a: a, ofType: map[perms.TenantType][]uuid.UUID{}}
	found := []User{}
	f.Limit = searchBatch
	if q.Permission == "" && q.Limit > 0 {
		f.Limit = q.Limit
	}
	for {
		batch, err := tx.Users(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		held, err := rolesOf(ctx, tx, batch...)
		if err != nil {
			return nil, err
		}
		for _, u := range batch {
			f.After = u.Number
			if !a.System() && !a.Subject.Staff() {
				u = visiblePart(a, u, held)
			}
			keep, err := h.keep(ctx, q, f, u, held)
			if err != nil {
				return nil, err
			}
			if keep {
				found = append(found, u)
			}
			if q.Limit > 0 && len(found) == q.Limit {
				return found, nil
			}
		}
		if len(batch) < f.Limit {
			return found, nil
		}
	}
}

// holders tells who holds a permission where an actor can see it.
type holders struct {
	tx     Store
	a      *perms.Authority
	ofType map[perms.TenantType][]uuid.UUID // read already
}

// keep reports whether what the actor sees of a user is what the search asks for.
func (h *holders) keep(ctx context.Context, q Search, f Filter, u User, held map[uuid.UUID]roles.Role) (bool, error) {
	if f.Role != uuid.Nil && !slices.ContainsFunc(u.Roles, func(r perms.Assignment) bool { return r.Role == f.Role && r.Open(f.Now) }) {
		return false, nil
	}
	if q.Permission == "" {
		return true, nil
	}
	subject := u.Subject(held)
	places, err := h.places(ctx, q, &subject)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(places, func(at perms.Place) bool {
		return perms.Decide(h.a.Catalog(), &subject, perms.Question{Permission: q.Permission, At: at}, h.a.Now).Allowed
	}), nil
}

// places returns where a permission counts for the search: in its tenant; without one in every tenant that is named by what the actor sees of the subject,
// and for who sees everything also platform-wide and in the other tenants, which differ by their type alone.
func (h *holders) places(ctx context.Context, q Search, subject *perms.Subject) ([]perms.Place, error) {
	ids := []uuid.UUID{q.Tenant}
	var places []perms.Place
	if q.Tenant == uuid.Nil {
		ids = subject.MentionedTenants()
	}
	if q.Tenant == uuid.Nil && h.a.Platformwide() {
		places = []perms.Place{perms.Platform}
		for _, typ := range perms.TenantTypes() {
			other, err := h.unnamed(ctx, typ, ids)
			if err != nil {
				return nil, err
			}
			places = append(places, other...)
		}
	}
	types, err := h.tx.TenantTypes(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	for id, typ := range types {
		places = append(places, perms.PlaceOf(id, typ))
	}
	return places, nil
}

// unnamed returns the place of a tenant of a type beside the named ones, if there is any.
func (h *holders) unnamed(ctx context.Context, typ perms.TenantType, named []uuid.UUID) ([]perms.Place, error) {
	all, read := h.ofType[typ]
	if !read {
		var err error
		if all, err = h.tx.TenantsOfType(ctx, typ); err != nil {
			return nil, fmt.Errorf("read tenants: %w", err)
		}
		h.ofType[typ] = all
	}
	for _, id := range all {
		if !slices.Contains(named, id) {
			return []perms.Place{perms.PlaceOf(id, typ)}, nil
		}
	}
	return nil, nil
}
