package roles

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Tx runs a function on one transaction's Store; package store adapts its InTx and View to it.
type Tx func(ctx context.Context, fn func(Store) error) error

// Service reads and changes roles. It is safe for any number of goroutines.
type Service struct {
	write Tx
	view  Tx
	env   perms.Env
}

// NewService returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewService(write, view Tx, env perms.Env) *Service {
	return &Service{write, view, env}
}

// Validate checks the values of a role to be created, for whoever may create one somewhere. It returns nil or an [*perms.InvalidError] whose fields are name,
// description, permissions[i] and tenant. [Service.Create] asks the same.
func (s *Service) Validate(ctx context.Context, actor perms.Actor, in New) error {
	return s.admitted(ctx, s.view, actor, []perms.Permission{perms.RolesCreate}, func(tx Store, a *perms.Authority, _ perms.Sight) error {
		_, _, err := in.role(ctx, tx, a)
		return err
	})
}

// ValidateUpdate checks the values of an edit of a role. It returns nil, what keeps the actor from finding the role, or an [*perms.InvalidError] whose
// fields are name, description, add[i] and remove[i]. [Service.Update] asks the same.
func (s *Service) ValidateUpdate(ctx context.Context, actor perms.Actor, id uuid.UUID, up Update) error {
	return s.admitted(ctx, s.view, actor, []perms.Permission{perms.RolesUpdate}, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		old, err := find(ctx, tx, sight, ByID(id))
		if err != nil {
			return err
		}
		_, err = up.apply(ctx, tx, a.Catalog(), old)
		return err
	})
}

// Create adds a role. It takes roles.create where the role will count, platform-wide for a global one, and every permission that the role gives, without
// an end: a role is handed out as a whole, to anyone, for ever.
func (s *Service) Create(ctx context.Context, actor perms.Actor, in New) (Role, error) {
	var made Role
	err := s.admitted(ctx, s.write, actor, []perms.Permission{perms.RolesCreate}, func(tx Store, a *perms.Authority, _ perms.Sight) (err error) {
		made, err = create(ctx, tx, a, in)
		return err
	})
	if err != nil {
		return Role{}, fmt.Errorf("create role: %w", err)
	}
	return made, nil
}

func create(ctx context.Context, tx Store, a *perms.Authority, in New) (Role, error) {
	r, at, err := in.role(ctx, tx, a)
	if err != nil {
		return Role{}, err
	}
	if !a.Holds(at, perms.RolesCreate) {
		return Role{}, perms.Forbid(perms.RolesCreate)
	}
	if err := a.MayAssign(a.Catalog().Expand(r.Patterns), at); err != nil {
		return Role{}, err
	}
	if r.ID, err = uuid.NewV7(); err != nil {
		return Role{}, fmt.Errorf("mint id: %w", err)
	}
	r.Key = r.ID.String()
	return insert(ctx, tx, a, r)
}

// insert gives the role its number, stores it and writes the journal.
func insert(ctx context.Context, tx Store, a *perms.Authority, r Role) (Role, error) {
	var err error
	if r.Number, err = tx.NextNumber(ctx, perms.KindRole); err != nil {
		return Role{}, fmt.Errorf("number: %w", err)
	}
	r.CreatedAt, r.CreatedBy, r.Version = a.Now, a.Actor.User(), 1
	if err := tx.InsertRole(ctx, r); err != nil {
		return Role{}, err
	}
	return r, journal(ctx, tx, a, perms.RoleCreate, Role{}, r)
}

// Update edits a custom role. It takes roles.update where the role counts, and every permission that the edit adds, without an end. An edit that changes
// nothing leaves the version and the journal alone.
func (s *Service) Update(ctx context.Context, actor perms.Actor, id uuid.UUID, up Update) (Role, error) {
	var updated Role
	err := s.admitted(ctx, s.write, actor, []perms.Permission{perms.RolesUpdate}, func(tx Store, a *perms.Authority, sight perms.Sight) (err error) {
		updated, err = update(ctx, tx, a, sight, id, up)
		return err
	})
	if err != nil {
		return Role{}, fmt.Errorf("update role: %w", err)
	}
	return updated, nil
}

func update(ctx context.Context, tx Store, a *perms.Authority, sight perms.Sight, id uuid.UUID, up Update) (Role, error) {
	old, err := find(ctx, tx, sight, ByID(id))
	if err != nil {
		return Role{}, err
	}
	r, err := up.apply(ctx, tx, a.Catalog(), old)
	if err != nil {
		return Role{}, err
	}
	at, err := mayChange(ctx, tx, a, old, perms.RolesUpdate)
	if err != nil {
		return Role{}, err
	}
	lost, gained := a.Catalog().Differing(old.Patterns, r.Patterns)
	if err := a.MayAssign(gained, at); err != nil {
		return Role{}, err
	}
	if up.Version != 0 && up.Version != old.Version {
		return Role{}, ErrStale
	}
	if same(old, r) {
		return old, nil
	}
	r.Version++
	touched := func(v perms.Invariant) bool { return v.Touches(lost, r.Scope) }
	if err := a.KeepAll(ctx, tx, touched, func() error { return tx.UpdateRole(ctx, old, r) }); err != nil {
		return Role{}, err
	}
	return r, journal(ctx, tx, a, perms.RoleUpdate, old, r)
}

// Delete removes a custom role that nobody holds and no live invite or link gives. Version is the one expected, 0 for any. It takes roles.delete where the
// role counts. Since nobody loses anything by it, it breaks no invariant.
func (s *Service) Delete(ctx context.Context, actor perms.Actor, id uuid.UUID, version int64) error {
	err := s.admitted(ctx, s.write, actor, []perms.Permission{perms.RolesDelete}, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		r, err := find(ctx, tx, sight, ByID(id))
		if err != nil {
			return err
		}
		if _, err := mayChange(ctx, tx, a, r, perms.RolesDelete); err != nil {
			return err
		}
		if version != 0 && version != r.Version {
			return ErrStale
		}
		if err := tx.DeleteRole(ctx, id, a.Now); err != nil {
			return err
		}
		return journal(ctx, tx, a, perms.RoleDelete, r, Role{})
	})
	if err != nil {
		return fmt.Errorf("delete role: %w", err)
	}
	return nil
}

// mayChange returns where a custom role counts, if the actor holds the operation's permission there.
func mayChange(ctx context.Context, tx Store, a *perms.Authority, r Role, needs perms.Permission) (perms.Place, error) {
	at, _, err := locate(ctx, tx, r.Scope)
	switch {
	case err != nil:
		return perms.Place{}, err
	case r.System:
		return perms.Place{}, ErrSystem
	case !a.Holds(at, needs):
		return perms.Place{}, perms.Forbid(needs)
	}
	return at, nil
}

// locate returns the place of a role's scope, and whether there is one.
func locate(ctx context.Context, tx Store, scope perms.Scope) (perms.Place, bool, error) {
	id, one := scope.Tenant()
	if !one {
		return perms.Platform, scope == perms.Anywhere, nil
	}
	types, err := tx.TenantTypes(ctx, []uuid.UUID{id})
	if err != nil {
		return perms.Place{}, false, fmt.Errorf("read tenant: %w", err)
	}
	typ, ok := types[id]
	return perms.PlaceOf(id, typ), ok, nil
}

// admitted runs fn in a transaction, for an actor who holds any of the permissions somewhere, with what he sees by them.
func (s *Service) admitted(ctx context.Context, begin Tx, actor perms.Actor, anyOf []perms.Permission,
	fn func(Store, *perms.Authority, perms.Sight) error) error {
	return begin(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
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

// collect adds the field errors in err to all and returns any other error.
func collect(all *perms.InvalidError, err error) error {
	var invalid *perms.InvalidError
	if errors.As(err, &invalid) {
		all.Fields = append(all.Fields, invalid.Fields...)
		return nil
	}
	return err
}
