package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
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
	addresses Addresses
	decoding  chan struct{} // holds as many as avatars are being decoded
}

// NewService returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewService(st Store, write, view Tx, env perms.Env, passwords *Passwords, addresses Addresses) *Service {
	return &Service{st, remembered(write), remembered(view), env, passwords, addresses, make(chan struct{}, maxDecoding)}
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
		return showAll(ctx, tx, a, list)
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
		if perms.CheckText("address", addr, 0, len(addr)) != nil { // nobody has it, and not every database can be asked for it
			return ErrNotFound
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
