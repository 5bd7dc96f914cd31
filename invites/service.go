package invites

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Tx runs a function on one transaction's Store; package store adapts its InTx and View to it.
type Tx func(ctx context.Context, fn func(Store) error) error

// Service makes, lists, revokes and redeems invites and links. It is safe for any number of goroutines.
type Service struct {
	write     Tx
	view      Tx
	env       perms.Env
	passwords *users.Passwords
	users     *users.Service
}

// NewService returns the service over one store: write opens a writing transaction, view a consistent snapshot. Hosts get theirs from store.Connect.
func NewService(write, view Tx, env perms.Env, passwords *users.Passwords, people *users.Service) *Service {
	return &Service{write, view, env, passwords, people}
}

// admitted runs fn in a transaction, for an actor who holds a permission somewhere, with what he sees by it.
func (s *Service) admitted(ctx context.Context, begin Tx, actor perms.Actor, needs perms.Permission,
	fn func(Store, *perms.Authority, perms.Sight) error) error {
	return begin(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(needs)
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

// anybody stands for a name where one is required and nobody knows it yet.
const anybody = "anybody"

// checkPerson adds to all what is wrong with an address and a name, which may be empty if least is 0.
func (s *Service) checkPerson(all *perms.InvalidError, email, name string, least int) error {
	if err := collect(all, s.users.Validate(users.New{Email: email, Name: anybody})); err != nil {
		return err
	}
	return collect(all, perms.CheckText("name", name, least, users.MaxFullName))
}

// person are the values that come from whoever redeems a token: of an invite the address is the invite's.
type person struct{ email, name, password string }

// check trims the values and returns the hash of the password, or an [*perms.InvalidError] with the fields email, name and password.
func (s *Service) check(ctx context.Context, p *person) (password.Hash, error) {
	p.email, p.name = strings.TrimSpace(p.email), strings.TrimSpace(p.name)
	all := &perms.InvalidError{}
	if err := s.checkPerson(all, p.email, p.name, 1); err != nil {
		return "", err
	}
	if err := collect(all, s.passwords.Check("password", p.password, p.email)); err != nil {
		return "", err
	}
	if err := all.Or(); err != nil {
		return "", err
	}
	return s.passwords.Hash(ctx, p.password)
}

// enrol makes the user whom a promise is redeemed for, and puts him into the entry.
func (s *Service) enrol(ctx context.Context, tx Store, a *perms.Authority, t terms, p person, h password.Hash, entry *perms.Entry) (users.User, error) {
	u := users.User{Email: p.email, Username: p.email, Name: users.FullName(p.name), Status: t.status, Tenants: []perms.Tenancy{t.tenancy}}
	held := map[uuid.UUID]roles.Role{}
	if t.role.ID != uuid.Nil {
		u.Roles = []perms.Assignment{{Role: t.role.ID, Scope: perms.Anywhere}}
		held[t.role.ID] = t.role
	}
	u, err := s.users.Enrol(ctx, tx, a, u, h)
	if err != nil {
		return users.User{}, err
	}
	plain, personal := users.Record(u, held)
	entry.After["user"] = map[string]any(plain)
	entry.Person, entry.PersonAfter = u.ID, personal
	return u, nil
}

// journal appends the entry of a change.
func journal(ctx context.Context, tx Store, e perms.Entry) error {
	if _, err := tx.Append(ctx, e); err != nil {
		return fmt.Errorf("journal %s: %w", e.Action, err)
	}
	return nil
}

// stamp returns a time as the journal has it: nil for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}
