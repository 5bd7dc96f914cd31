package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// ChangePassword sets the password of the user who asks, given the present one. It clears must-change and ends his other sessions, all but keep; with the
// present password as the new one it does neither. A wrong present password is an [*perms.InvalidError] for current_password, and counts as a failed
// sign-in; too many are a [*TooManyError]. The actor must be a user.
func (s *Service) ChangePassword(ctx context.Context, actor perms.Actor, current, next string, keep session.Digest) error {
	return wrap("change password", s.changePassword(ctx, actor, current, next, keep))
}

func (s *Service) changePassword(ctx context.Context, actor perms.Actor, current, next string, keep session.Digest) error {
	if err := actor.Check(); err != nil {
		return err
	}
	for range maxPrepare {
		cred, err := s.prove(ctx, actor, current, next)
		if err != nil {
			return err
		}
		err = s.write(ctx, func(tx Store) error {
			a, err := s.env.Authorize(ctx, tx, actor)
			if err != nil {
				return err
			}
			u, err := s.find(ctx, tx, a, Needs().OrSelf(), ByID(actor.User()))
			if err != nil {
				return err
			}
			_, err = s.edit(ctx, tx, a, Needs().OrSelf(), u, func(User) (Update, error) {
				return Update{Password: &next, KeepSession: keep}, nil
			}, cred)
			return err
		})
		if !errors.Is(err, errPrepare) {
			return err
		}
	}
	return fmt.Errorf("password: %w", ErrStale)
}

// prove compares the present password of the user who asks, and prepares the new one.
func (s *Service) prove(ctx context.Context, actor perms.Actor, current, next string) (*prepared, error) {
	u, err := s.store.User(ctx, actor.User())
	if err != nil {
		return nil, err
	}
	stored, err := s.store.Credential(ctx, u.ID)
	if err != nil {
		return nil, fmt.Errorf("read credential: %w", err)
	}
	keys := signInThrottles(actor.Address(), u)
	if err := charge(ctx, s.store, keys, s.env.Now()); err != nil {
		return nil, err
	}
	match, _, err := s.passwords.Verify(ctx, current, stored)
	if err != nil {
		return nil, errors.Join(err, settle(context.WithoutCancel(ctx), s.store, keys, false))
	}
	all := &perms.InvalidError{}
	if !match {
		all.Add("current_password", perms.Incorrect, "is not the current password")
	} else if err := settle(ctx, s.store, keys, true); err != nil {
		return nil, err
	}
	cred := &prepared{ready: true, byUser: true, plain: next, owner: u, stored: stored, same: match && next == current}
	if cred.same {
		return cred, nil
	}
	if err := collect(all, s.passwords.Check("new_password", next, u.Email, u.Username)); err != nil {
		return nil, err
	}
	if err := all.Or(); err != nil {
		return nil, err
	}
	cred.hash, err = s.passwords.Hash(ctx, next)
	return cred, err
}
