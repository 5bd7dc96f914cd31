package users

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Update says what is to change of a user; what is nil or zero stays.
type Update struct {
	Email        *string // "" unsets it
	Username     *string
	Name         *Name
	ByParts      bool // Name is its parts, either of which may be empty; the full one follows from them
	Phone        *string
	External     *string // "" unsets it
	MFA          *bool
	MustResetMFA *bool

	// Tenants and Roles replace what the actor may see of the user's lists, and leave the rest.
	Tenants *[]perms.Tenancy
	Roles   *[]perms.Assignment
	// Set replaces the override of the same permission and scope, or adds one; Clear removes those of the same permission and scope.
	Set   []perms.Override
	Clear []perms.Override
	// Grant adds permissions: each that he holds neither before nor after the rest of the update, in a view without a tenant ([Service.Permissions]), by an
	// override that counts anywhere, without an end. What an unexpired revoke takes from him there stays revoked. It never takes anything away.
	Grant []perms.Permission

	// Verb takes the account from one state to another. Active does so as a flag: true approves or reactivates, false suspends an active account,
	// and the value that the account shows already changes nothing.
	Verb   Verb
	Active *bool

	// Password is a new password. The present one is no change. Set by somebody else it ends all sessions of the user, and Temporary makes the user
	// change it; set by himself it ends all but KeepSession, and he need change it no more.
	Password    *string
	Temporary   bool
	KeepSession session.Digest

	Version int64 // the version that is to be changed; 0 for any
}

// Readdress writes the address of a user for an API that shows one alone ([User.Address]): the e-mail. It becomes his user name too if the e-mail was unset,
// or was the user name. The address that is shown already changes nothing.
func (up *Update) Readdress(now User, email string) {
	email = strings.TrimSpace(email)
	if email == now.Address() {
		return
	}
	up.Email = &email
	if now.Email == "" || Canonical(now.Email) == Canonical(now.Username) {
		up.Username = &email
	}
}

// Update changes a user. It takes users.update for his record; users.assign for roles and tenants, users.suspend or users.approve for his status,
// users.password-reset for a password, overrides.write for overrides, in addition; users.assign and overrides.write wherever what changes counts. An update
// that changes nothing takes users.update alone, and leaves no trace.
func (s *Service) Update(ctx context.Context, actor perms.Actor, ref Ref, up Update) (User, error) {
	return s.Edit(ctx, actor, Needs(perms.UsersUpdate), ref, func(User) (Update, error) { return up, nil })
}

// errPrepare ends a transaction that needs a password compared or hashed first.
var errPrepare = errors.New("users: password not prepared")

// maxPrepare bounds how often a password is prepared anew because it has been changed meanwhile.
const maxPrepare = 3

// Edit changes a user by what the function says of him as the actor sees him. The function runs inside the transaction, so it decides on what is
// there; it may run more than once, and must not use the service. The operation admits the actor to the user; what the edit turns out to change takes
// permissions of its own, as for [Service.Update], but that the record of a user who is admitted as himself takes none.
func (s *Service) Edit(ctx context.Context, actor perms.Actor, op Operation, ref Ref, edit func(now User) (Update, error)) (User, error) {
	return s.change(ctx, actor, op, ref, edit, nothingThen)
}

// change is [Service.Edit], and reads in its transaction what then reads of the result.
func (s *Service) change(ctx context.Context, actor perms.Actor, op Operation, ref Ref, edit func(now User) (Update, error), then shownThen) (User, error) {
	var (
		out  User
		cred prepared
	)
	for range maxPrepare {
		err := s.write(ctx, func(tx Store) error {
			a, err := s.env.Authorize(ctx, tx, actor)
			if err != nil {
				return err
			}
			u, err := s.find(ctx, tx, a, op, ref)
			if err != nil {
				return err
			}
			if out, err = s.edit(ctx, tx, a, op, u, edit, &cred); err != nil {
				return err
			}
			return then(tx, a, out)
		})
		if !errors.Is(err, errPrepare) {
			return out, wrap("change user", err)
		}
		if err := s.prepare(ctx, actor, &cred); err != nil {
			return User{}, wrap("change user", err)
		}
	}
	return User{}, fmt.Errorf("change user: password: %w", ErrStale)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// edit is one attempt of Edit inside its transaction.
func (s *Service) edit(ctx context.Context, tx Store, a *perms.Authority, op Operation, u User, edit func(User) (Update, error), cred *prepared) (User, error) {
	shown, err := s.shown(ctx, tx, a, u)
	if err != nil {
		return User{}, err
	}
	up, err := edit(shown)
	if err != nil {
		return User{}, err
	}
	c := &change{service: s, tx: tx, a: a, op: op, old: u, u: u.Clone(), up: up, cred: cred}
	if err := c.apply(ctx); err != nil {
		return User{}, err
	}
	if err := c.judge(ctx); err != nil {
		return User{}, err
	}
	if c.conflict != nil {
		return User{}, c.conflict
	}
	if err := c.write(ctx); err != nil {
		return User{}, err
	}
	return s.shown(ctx, tx, a, c.u)
}

// SetOverride sets a user's own grant or revoke of a permission, in place of one with the same permission and scope. It takes overrides.write wherever it
// counts, and for a grant, or the replacement of a revoke, the permission itself.
func (s *Service) SetOverride(ctx context.Context, actor perms.Actor, user uuid.UUID, o perms.Override) error {
	_, err := s.Edit(ctx, actor, Needs(perms.OverridesWrite), ByID(user), func(User) (Update, error) {
		return Update{Set: []perms.Override{o}}, nil
	})
	return err
}

// ClearOverride removes a user's override of a permission in a scope; where there is none it changes nothing. It takes overrides.write wherever it
// counts, and for a revoke the permission itself.
func (s *Service) ClearOverride(ctx context.Context, actor perms.Actor, user uuid.UUID, p perms.Permission, scope perms.Scope) error {
	_, err := s.Edit(ctx, actor, Needs(perms.OverridesWrite), ByID(user), func(User) (Update, error) {
		return Update{Clear: []perms.Override{{Permission: p, Scope: scope}}}, nil
	})
	return err
}

// SetRoles replaces the assignments that the actor may see of a user's. The first is the primary role. It takes users.assign wherever
// something changes.
func (s *Service) SetRoles(ctx context.Context, actor perms.Actor, user uuid.UUID, list []perms.Assignment) (User, error) {
	return s.Edit(ctx, actor, Needs(perms.UsersAssign), ByID(user), func(User) (Update, error) { return Update{Roles: &list}, nil })
}

// SetPassword sets a user's password, without the present one. It takes users.password-reset, also for oneself.
func (s *Service) SetPassword(ctx context.Context, actor perms.Actor, user uuid.UUID, plain string, temporary bool) error {
	_, err := s.Edit(ctx, actor, Needs(perms.UsersPasswordReset), ByID(user), func(User) (Update, error) {
		return Update{Password: &plain, Temporary: temporary}, nil
	})
	return err
}
