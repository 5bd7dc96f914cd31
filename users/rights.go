package users

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Rights are what an API shows of a user's rights beside his record.
type Rights struct {
	Roles    []roles.Role // those that count anywhere and are in force, in his order: the first is the primary role
	Computed perms.Set    // what he holds in a view without a tenant ([Service.Permissions]), whatever his status
}

// Rights returns the rights of users, in their order. They are given as the service has shown them to the actor, so it takes no permission, and the same
// few reads however many they are.
func (s *Service) Rights(ctx context.Context, actor perms.Actor, list ...User) ([]Rights, error) {
	var out []Rights
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		out, err = rightsOf(ctx, tx, a, list)
		return err
	})
	return out, wrap("read rights", err)
}

// rightsOf is [Service.Rights] inside a transaction.
func rightsOf(ctx context.Context, tx Store, a *perms.Authority, list []User) ([]Rights, error) {
	held, err := rolesOf(ctx, tx, list...)
	if err != nil {
		return nil, err
	}
	places, err := viewPlaces(ctx, tx, a, list)
	if err != nil {
		return nil, err
	}
	out := make([]Rights, len(list))
	for i, u := range list {
		if i > 0 && u.holdsAs(list[i-1]) { // as in most lists
			out[i].Computed = out[i-1].Computed
		} else {
			subject := u.Subject(held)
			out[i].Computed, _ = perms.Resolve(a.Catalog(), &subject, places[i], a.Now)
		}
		for _, id := range u.RolesAt(a.Now) {
			out[i].Roles = append(out[i].Roles, held[id])
		}
	}
	return out, nil
}

// CreateRights is [Service.Create] for an API that shows the rights of whom it has made: as they are when the change is through, without reading them anew.
func (s *Service) CreateRights(ctx context.Context, actor perms.Actor, in New) (User, Rights, error) {
	var rights []Rights
	made, err := s.create(ctx, actor, in, func(tx Store, a *perms.Authority, u User) (err error) {
		rights, err = rightsOf(ctx, tx, a, []User{u})
		return err
	})
	if err != nil {
		return User{}, Rights{}, err
	}
	return made, rights[0], nil
}

// EditRights is [Service.Edit] for an API that shows the rights of whom it has changed: as they are when the change is through, without reading them anew.
func (s *Service) EditRights(ctx context.Context, actor perms.Actor, op Operation, ref Ref, edit func(now User) (Update, error)) (User, Rights, error) {
	var rights []Rights
	changed, err := s.change(ctx, actor, op, ref, edit, func(tx Store, a *perms.Authority, u User) (err error) {
		rights, err = rightsOf(ctx, tx, a, []User{u})
		return err
	})
	if err != nil {
		return User{}, Rights{}, err
	}
	return changed, rights[0], nil
}

// shownThen is what is still to be read, in a changing transaction, of a user as the actor may see him.
type shownThen func(tx Store, a *perms.Authority, u User) error

// nothingThen reads nothing more.
func nothingThen(Store, *perms.Authority, User) error { return nil }

// holdsAs reports whether what the user holds, whatever his status, follows from the same as what the other one does. It need not be asked where, for that
// follows from his tenants.
func (u User) holdsAs(other User) bool {
	return slices.Equal(u.Tenants, other.Tenants) && slices.EqualFunc(u.Roles, other.Roles, perms.Assignment.Equal) &&
		slices.EqualFunc(u.Overrides, other.Overrides, perms.Override.SameRule)
}

// viewPlaces returns where a view without a tenant is asked of each user, as the actor sees him.
func viewPlaces(ctx context.Context, tx Store, a *perms.Authority, list []User) ([]perms.Place, error) {
	tenants := make([]uuid.UUID, len(list))
	for i, u := range list {
		scope := defaultView(a, u)
		if id, one := scope.Tenant(); one {
			tenants[i] = id
		} else if home, ok := u.Home(); ok {
			tenants[i] = home
		}
	}
	types, err := tx.TenantTypes(ctx, slices.DeleteFunc(unique(tenants), func(id uuid.UUID) bool { return id == uuid.Nil }))
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	places := make([]perms.Place, len(list))
	for i, id := range tenants {
		places[i] = perms.PlaceOf(id, types[id])
		if id == uuid.Nil {
			places[i] = perms.Platform
		}
	}
	return places, nil
}

// Admitted reports for each user whether the actor is admitted to an operation on him. The users are given as the service has shown them to the actor,
// by another operation.
func (s *Service) Admitted(ctx context.Context, actor perms.Actor, op Operation, list ...User) ([]bool, error) {
	out := make([]bool, len(list))
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight := a.Sight(op.anyOf...)
		for i, u := range list {
			self := op.self && a.Self(u.ID) && u.Status == perms.Active
			out[i] = self || sight.ShowsUser(u.Tenants) && (u.Status != perms.Deleted || op.deleted)
		}
		return nil
	})
	return out, wrap("admit to users", err)
}

// RolesAt returns the roles of the user that count anywhere and are in force at an instant, in his order.
func (u User) RolesAt(now time.Time) []uuid.UUID {
	var out []uuid.UUID
	for _, a := range u.Roles {
		if a.Scope == perms.Anywhere && a.Open(now) {
			out = append(out, a.Role)
		}
	}
	return out
}

// Reassigned returns assignments in which those that count anywhere and are in force at an instant are of the given roles, in this order. It is what an API
// writes that knows neither tenants nor windows: the ones that stay keep their windows, and all others stay where they are. Only an assignment of one of the
// roles that counts anywhere at another time gives way to the one that counts now.
func Reassigned(list []perms.Assignment, to []uuid.UUID, now time.Time) []perms.Assignment {
	open := func(a perms.Assignment) bool { return a.Scope == perms.Anywhere && a.Open(now) }
	var wanted []perms.Assignment
	for _, role := range unique(to) {
		i := slices.IndexFunc(list, func(a perms.Assignment) bool { return a.Role == role && open(a) })
		if i < 0 {
			wanted = append(wanted, perms.Assignment{Role: role, Scope: perms.Anywhere})
			continue
		}
		wanted = append(wanted, list[i])
	}
	rest := slices.DeleteFunc(slices.Clone(list), func(a perms.Assignment) bool {
		return a.Scope == perms.Anywhere && !open(a) && slices.Contains(to, a.Role)
	})
	return merged(rest, wanted, func(a perms.Assignment) bool { return !open(a) })
}

// merged returns the list in the places of what it replaces in the old one, the last of which takes all that is left of it; what is to stay there stays in
// its place.
func merged[T any](old, list []T, stays func(T) bool) []T {
	var out []T
	end := len(old) // of what there is to replace
	for _, v := range old {
		if stays(v) {
			out = append(out, v)
			continue
		}
		if len(list) > 0 {
			out, list = append(out, list[0]), list[1:]
		}
		end = len(out)
	}
	return slices.Insert(out, end, list...)
}
