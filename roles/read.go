package roles

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Ref names a role by one of its identifiers.
type Ref struct {
	id     uuid.UUID
	key    string
	number int64
}

// ByID names a role by its id.
func ByID(id uuid.UUID) Ref { return Ref{id: id} }

// ByKey names a role by its key.
func ByKey(key string) Ref { return Ref{key: key} }

// ByNumber names a role by its number.
func ByNumber(number int64) Ref { return Ref{number: number} }

func (r Ref) read(ctx context.Context, tx Store) (Role, error) {
	switch {
	case r.id != uuid.Nil:
		return tx.Role(ctx, r.id)
	case r.key != "":
		return tx.RoleByKey(ctx, r.key)
	}
	return tx.RoleByNumber(ctx, r.number)
}

// Admit reports whether the actor holds any of the permissions anywhere: nil, or [perms.ErrForbidden]. An API asks it before it reads a body.
func (s *Service) Admit(ctx context.Context, actor perms.Actor, anyOf ...perms.Permission) error {
	return s.admitted(ctx, s.view, actor, anyOf, func(Store, *perms.Authority, perms.Sight) error { return nil })
}

// Find returns a role for whoever holds any of the permissions: [perms.ErrForbidden] if he holds none of them anywhere, otherwise [ErrNotFound] for a role
// that does not exist or belongs to a tenant in which he holds none of them. Global roles are seen by everybody who holds one somewhere.
func (s *Service) Find(ctx context.Context, actor perms.Actor, ref Ref, anyOf ...perms.Permission) (Role, error) {
	var found Role
	err := s.admitted(ctx, s.view, actor, anyOf, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		found, err = find(ctx, tx, sight, ref)
		return err
	})
	if err != nil {
		return Role{}, fmt.Errorf("find role: %w", err)
	}
	return found, nil
}

// Get returns a role. It takes roles.read.
func (s *Service) Get(ctx context.Context, actor perms.Actor, id uuid.UUID) (Role, error) {
	return s.Find(ctx, actor, ByID(id), perms.RolesRead)
}

// find returns a role that the sight shows.
func find(ctx context.Context, tx Store, sight perms.Sight, ref Ref) (Role, error) {
	r, err := ref.read(ctx, tx)
	if err != nil {
		return Role{}, err
	}
	if r.Scope != perms.Anywhere && !sight.Shows(r.Scope) {
		return Role{}, ErrNotFound
	}
	return r, nil
}

// Named returns the roles that [Service.Find] would find whose key or exact name is the given text, in ascending order of number; of different tenants there
// may be several of one name. None is no error.
func (s *Service) Named(ctx context.Context, actor perms.Actor, text string, anyOf ...perms.Permission) ([]Role, error) {
	var named []Role
	err := s.admitted(ctx, s.view, actor, anyOf, func(tx Store, _ *perms.Authority, sight perms.Sight) error {
		if perms.CheckText("name", text, 1, len(text)) != nil { // no role has it, and not every database can be asked for it
			return nil
		}
		r, err := find(ctx, tx, sight, ByKey(text))
		if err == nil {
			named = []Role{r}
			return nil
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		all, err := tx.Roles(ctx, Filter{Tenants: sight.Tenants, All: sight.All, Except: sight.Except})
		named = slices.DeleteFunc(all, func(r Role) bool { return r.Name != text })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find role: %w", err)
	}
	return named, nil
}

// List returns the global roles, and those of the tenants in which the actor holds roles.list or roles.read, in ascending order of number: those with a
// greater number than after, at most limit of them; 0 is no limit.
func (s *Service) List(ctx context.Context, actor perms.Actor, after int64, limit int) ([]Role, error) {
	var list []Role
	read := []perms.Permission{perms.RolesList, perms.RolesRead}
	err := s.admitted(ctx, s.view, actor, read, func(tx Store, _ *perms.Authority, sight perms.Sight) (err error) {
		list, err = tx.Roles(ctx, Filter{Tenants: sight.Tenants, All: sight.All, Except: sight.Except, After: after, Limit: limit})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return list, nil
}

// Label is what everybody may know of a role that could be his.
type Label struct {
	ID     uuid.UUID
	Number int64
	Key    string
	Name   string
	Scope  perms.Scope
	System bool
}

// Names returns what the global roles and those of the actor's own tenants are called, in ascending order of number. It takes no permission, but an
// active user.
func (s *Service) Names(ctx context.Context, actor perms.Actor) ([]Label, error) {
	labels := []Label{}
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if !a.System() && a.Subject.Status != perms.Active {
			return perms.Forbid("")
		}
		reach := a.Reach()
		list, err := tx.Roles(ctx, Filter{Tenants: reach.Tenants, All: reach.All})
		for _, r := range list {
			labels = append(labels, r.label())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list role names: %w", err)
	}
	return labels, nil
}

// Labels returns what those of the given roles are called that count in the actor's own scope, by their ids: for an API that shows a user's assignments. It
// takes no permission, but an active user.
func (s *Service) Labels(ctx context.Context, actor perms.Actor, ids []uuid.UUID) (map[uuid.UUID]Label, error) {
	labels := make(map[uuid.UUID]Label, len(ids))
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if !a.System() && a.Subject.Status != perms.Active {
			return perms.Forbid("")
		}
		list, err := tx.RolesByID(ctx, ids)
		for _, r := range list {
			if a.System() || a.ReachesScope(r.Scope) {
				labels[r.ID] = r.label()
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("name roles: %w", err)
	}
	return labels, nil
}

func (r Role) label() Label { return Label{r.ID, r.Number, r.Key, r.Name, r.Scope, r.System} }

// Keys returns the catalogue, sorted by permission. It takes roles.read.
func (s *Service) Keys(ctx context.Context, actor perms.Actor) ([]perms.Key, error) {
	var keys []perms.Key
	err := s.admitted(ctx, s.view, actor, []perms.Permission{perms.RolesRead}, func(_ Store, a *perms.Authority, _ perms.Sight) error {
		keys = a.Catalog().Keys()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list permissions: %w", err)
	}
	return keys, nil
}
