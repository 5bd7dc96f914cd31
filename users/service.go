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

// Tx runs a function on one transaction's Store; package store adapts its InTx and View to it.
type Tx func(ctx context.Context, fn func(Store) error) error

// Service reads and changes users.
type Service struct {
	store     Store
	write     Tx
	view      Tx
	env       perms.Env
	passwords *Passwords
	decoding  chan struct{} // holds as many as avatars are being decoded
}

// NewService returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewService(st Store, write, view Tx, env perms.Env, passwords *Passwords) *Service {
	return &Service{st, write, view, env, passwords, make(chan struct{}, maxDecoding)}
}

// Operation says who may do something with a user: whoever holds one of its permissions where the user is, and, if it is marked so, the user himself.
type Operation struct {
	anyOf   []perms.Permission
	self    bool
	deleted bool

	platform bool
}

// Needs returns the operation to which any one of the permissions admits.
func Needs(anyOf ...perms.Permission) Operation { return Operation{anyOf: anyOf} }

// OrSelf returns the operation to which the user himself is admitted too, without any permission.
func (o Operation) OrSelf() Operation {
	o.self = true
	return o
}

// OrDeleted returns the operation that finds soft-deleted users too.
func (o Operation) OrDeleted() Operation {
	o.deleted = true
	return o
}

// Platformwide returns the operation to which only those are admitted who hold one of its permissions platform-wide: it concerns what belongs to no
// tenant. [Service.Admit] asks that; an operation on a user is asked where he is.
func (o Operation) Platformwide() Operation {
	o.platform = true
	return o
}

// Ref names a user by one of his identifiers.
type Ref struct {
	id     uuid.UUID
	number int64
}

// ByID names a user by his id.
func ByID(id uuid.UUID) Ref { return Ref{id: id} }

// ByNumber names a user by his number.
func ByNumber(number int64) Ref { return Ref{number: number} }

func (r Ref) read(ctx context.Context, tx Store) (User, error) {
	if r.id != uuid.Nil {
		return tx.User(ctx, r.id)
	}
	return tx.UserByNumber(ctx, r.number)
}

// Admit reports whether the actor is admitted to an operation on anybody at all: nil, or [perms.ErrForbidden]. An API asks it before it reads a body.
func (s *Service) Admit(ctx context.Context, actor perms.Actor, op Operation) error {
	return s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if op.platform && !a.Holds(perms.Platform, op.anyOf...) {
			return perms.Forbid(op.anyOf[0])
		}
		_, err = a.Gate(op.anyOf...)
		return err
	})
}

// Find returns the user on whom the actor is admitted to an operation, as the actor may see him: [perms.ErrForbidden] if the actor is admitted to it on
// nobody, otherwise [ErrNotFound] for a user who does not exist or whom he may not see.
func (s *Service) Find(ctx context.Context, actor perms.Actor, op Operation, ref Ref) (User, error) {
	var found User
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, op, ref)
		if err != nil {
			return err
		}
		found, err = s.shown(ctx, tx, a, u)
		return err
	})
	return found, err
}

// Get returns a user: for whoever holds users.read where he is, and for himself. Soft-deleted users are found too.
func (s *Service) Get(ctx context.Context, actor perms.Actor, id uuid.UUID) (User, error) {
	return s.Find(ctx, actor, Needs(perms.UsersRead).OrSelf().OrDeleted(), ByID(id))
}

// find is [Service.Find] inside a transaction, with all of the user.
func (s *Service) find(ctx context.Context, tx Store, a *perms.Authority, op Operation, ref Ref) (User, error) {
	u, err := ref.read(ctx, tx)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return User{}, err
	}
	found := err == nil
	if found && op.self && a.Self(u.ID) && u.Status == perms.Active {
		return u, nil
	}
	sight, err := a.Gate(op.anyOf...)
	if err != nil {
		return User{}, err
	}
	if !found || u.Status == perms.Deleted && !op.deleted || !sight.ShowsUser(u.Tenants) {
		return User{}, ErrNotFound
	}
	return u, nil
}

// List returns the users whom the actor may see by users.list or users.read, as he may see them. The filter's own Sight is ignored.
func (s *Service) List(ctx context.Context, actor perms.Actor, f Filter) ([]User, error) {
	return s.ListAs(ctx, actor, Needs(perms.UsersList, perms.UsersRead), f)
}

// ListAs is [Service.List] for an operation of the caller's choice.
func (s *Service) ListAs(ctx context.Context, actor perms.Actor, op Operation, f Filter) ([]User, error) {
	var list []User
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(op.anyOf...)
		if err != nil {
			return err
		}
		f.Sight, f.Now = &sight, a.Now
		if list, err = tx.Users(ctx, f); err != nil {
			return fmt.Errorf("list users: %w", err)
		}
		return s.showAll(ctx, tx, a, list)
	})
	return list, err
}

// Lookup returns the user who is not deleted and has the address, if the actor may see him by the operation.
func (s *Service) Lookup(ctx context.Context, actor perms.Actor, op Operation, addr string) (User, error) {
	var found User
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		if _, err := a.Gate(op.anyOf...); err != nil {
			return err
		}
		u, err := tx.UserByAddress(ctx, Canonical(addr))
		if err != nil {
			return err
		}
		if u, err = s.find(ctx, tx, a, op, ByID(u.ID)); err != nil {
			return err
		}
		found, err = s.shown(ctx, tx, a, u)
		return err
	})
	return found, err
}

// HistoryName returns the name of a user by his number, for records that outlive him: the present name, or the tombstone's if he was purged. It is for
// the host's own code and asks no permission.
func (s *Service) HistoryName(ctx context.Context, number int64) (string, error) {
	var name string
	err := s.view(ctx, func(tx Store) error {
		u, err := tx.UserByNumber(ctx, number)
		if err == nil {
			name = u.Name.Full
			return nil
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		t, err := tx.Tombstone(ctx, number)
		name = t.Name
		return err
	})
	return name, err
}

// shown returns the user as the actor may see him: without the tenants, assignments and overrides that belong to tenants outside the actor's scope.
func (s *Service) shown(ctx context.Context, tx Store, a *perms.Authority, u User) (User, error) {
	list := []User{u}
	err := s.showAll(ctx, tx, a, list)
	return list[0], err
}

func (s *Service) showAll(ctx context.Context, tx Store, a *perms.Authority, list []User) error {
	if a.System() || a.Subject.Staff() {
		return nil
	}
	held, err := rolesOf(ctx, tx, list...)
	if err != nil {
		return err
	}
	for i := range list {
		list[i] = visiblePart(a, list[i], held)
	}
	return nil
}

// visiblePart drops from a user what belongs to tenants outside the actor's scope.
func visiblePart(a *perms.Authority, u User, held map[uuid.UUID]roles.Role) User {
	if a.Within(u.Tenants) && !slices.ContainsFunc(u.Roles, func(r perms.Assignment) bool { return hidden(a, r, held) }) {
		return u
	}
	u = u.Clone()
	u.Tenants = slices.DeleteFunc(u.Tenants, func(t perms.Tenancy) bool { return !a.Reaches(t) })
	u.Roles = slices.DeleteFunc(u.Roles, func(r perms.Assignment) bool { return hidden(a, r, held) })
	u.Overrides = slices.DeleteFunc(u.Overrides, func(o perms.Override) bool { return !a.ReachesScope(o.Scope) })
	u.Objects = slices.DeleteFunc(u.Objects, func(o perms.ObjectGrant) bool { return !a.Reaches(perms.TenantOf(o.Tenant)) })
	return u
}

// hidden reports whether an assignment belongs to a tenant outside the actor's scope.
func hidden(a *perms.Authority, r perms.Assignment, held map[uuid.UUID]roles.Role) bool {
	return !a.ReachesScope(r.Scope) || !a.ReachesScope(held[r.Role].Scope)
}

// rolesOf returns the roles that any of the users holds.
func rolesOf(ctx context.Context, tx Store, list ...User) (map[uuid.UUID]roles.Role, error) {
	held := map[uuid.UUID]roles.Role{}
	var ids []uuid.UUID
	for _, u := range list {
		for _, r := range u.Roles {
			if _, seen := held[r.Role]; !seen {
				held[r.Role] = roles.Role{}
				ids = append(ids, r.Role)
			}
		}
	}
	if len(ids) == 0 {
		return held, nil
	}
	found, err := tx.RolesByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	for _, r := range found {
		held[r.ID] = r
	}
	return held, nil
}

// Permissions is a view of what a user holds at one place.
type Permissions struct {
	Scope     perms.Scope // In a tenant, or Anywhere
	FromRoles perms.Set
	Overrides []perms.Override // those in force that count anywhere, by permission
	Computed  perms.Set        // whatever the user's status
	Effective perms.Set        // nothing unless he is active
	Revision  perms.Revision
}

// Permissions returns what a user holds in a scope, to whoever is admitted to the operation on him. The zero Scope asks for the default view: in the
// user's home tenant; if the actor may not see that one, in the first that he may see; without a home tenant what counts anywhere
// (wire/README.md, section 4.2).
func (s *Service) Permissions(ctx context.Context, actor perms.Actor, op Operation, ref Ref, scope perms.Scope) (Permissions, error) {
	var out Permissions
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, op, ref)
		if err != nil {
			return err
		}
		if scope == (perms.Scope{}) {
			scope = defaultView(a, u)
		}
		out, err = s.permissions(ctx, tx, a, u, scope)
		return err
	})
	return out, err
}

func (s *Service) permissions(ctx context.Context, tx Store, a *perms.Authority, u User, scope perms.Scope) (Permissions, error) {
	subject, err := tx.Subject(ctx, u.ID)
	if err != nil {
		return Permissions{}, fmt.Errorf("read permissions: %w", err)
	}
	at, err := perms.Locate(ctx, tx, &subject, scope)
	if err != nil {
		return Permissions{}, err
	}
	out := Permissions{Scope: at.Scope(), FromRoles: perms.FromRoles(a.Catalog(), &subject, at, a.Now), Revision: subject.Revision}
	out.Computed, out.Effective = perms.Resolve(a.Catalog(), &subject, at, a.Now)
	for _, o := range u.Overrides {
		if o.Scope == perms.Anywhere && o.Open(a.Now) {
			out.Overrides = append(out.Overrides, o)
		}
	}
	return out, nil
}

// defaultView returns the scope in which a view without a tenant is asked.
func defaultView(a *perms.Authority, u User) perms.Scope {
	home, ok := u.Home()
	if !ok || a.Self(u.ID) || a.Reaches(perms.TenantOf(home)) {
		return perms.Home
	}
	for _, t := range u.Tenants {
		if id, ok := t.Tenant(); ok && a.Reaches(t) {
			return perms.In(id)
		}
	}
	return perms.Home
}
