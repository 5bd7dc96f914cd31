package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// prepared is a password on its way into a change: compared with the stored one and hashed outside the transaction, because both are slow.
type prepared struct {
	ready  bool
	byUser bool // by the user himself, who has proven the present one

	plain     string
	owner     User          // whose it is
	addresses []string      // his addresses after the change, for the policy
	stored    password.Hash // what it was compared with

	same    bool          // it is the present password
	refused error         // by the policy, unless it is the present one
	hash    password.Hash // otherwise
}

// fits reports whether the preparation is for this password and still holds.
func (p *prepared) fits(plain string, stored password.Hash) bool {
	return p.ready && p.plain == plain && p.stored == stored
}

// checkPassword refuses a new password that the policy does not allow. What the policy refuses may still be the present password, which is no change:
// then it must be compared first.
func (c *change) checkPassword(ctx context.Context, all *perms.InvalidError) error {
	if c.up.Password == nil {
		return nil
	}
	stored, err := c.tx.Credential(ctx, c.old.ID)
	if err != nil {
		return fmt.Errorf("read credential: %w", err)
	}
	if c.cred.fits(*c.up.Password, stored) {
		return collect(all, c.cred.refused)
	}
	c.cred.plain, c.cred.owner, c.cred.stored = *c.up.Password, c.old, stored
	c.cred.addresses = []string{c.u.Email, c.u.Username}
	c.cred.ready = false
	err = c.service.passwords.Check("password", *c.up.Password, c.cred.addresses...)
	if err == nil {
		return nil
	}
	if stored == "" {
		return collect(all, err)
	}
	return errPrepare
}

// prepare compares the password with the stored one and hashes it if it is another. A comparison by somebody else that fails counts as a failed sign-in
// of the account, so that nobody guesses by changing (wire/README.md, section 3.7); it never refuses the change.
func (s *Service) prepare(ctx context.Context, actor perms.Actor, p *prepared) error {
	p.ready, p.same, p.refused, p.hash = true, false, nil, ""
	if p.stored != "" {
		match, _, err := s.passwords.Verify(ctx, p.plain, p.stored)
		if err != nil {
			return err
		}
		p.same = match
	}
	if p.same {
		return nil
	}
	if actor.Kind() == perms.UserActor && actor.User() != p.owner.ID && p.stored != "" {
		if err := s.countComparison(ctx, actor, p.owner); err != nil {
			return err
		}
	}
	p.refused = s.passwords.Check("password", p.plain, p.addresses...)
	if p.refused != nil {
		return nil
	}
	var err error
	p.hash, err = s.passwords.Hash(ctx, p.plain)
	return err
}

// countComparison counts a failed comparison as a failed sign-in of the account from the actor's address.
func (s *Service) countComparison(ctx context.Context, actor perms.Actor, owner User) error {
	err := charge(ctx, s.store, signInThrottles(actor.Address(), owner), s.env.Now())
	if errors.Is(err, ErrTooMany) {
		return nil
	}
	return err
}
