package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// ErrHashing says that too many passwords are being hashed at once; try again.
var ErrHashing error = fault.New(fault.Unavailable, "users: too many passwords at once")

// Passwords checks, hashes and verifies passwords for the services of one book.
type Passwords struct {
	hasher *password.Hasher
	policy password.Policy
}

// NewPasswords returns Passwords over a hasher and a policy.
func NewPasswords(h *password.Hasher, p password.Policy) *Passwords { return &Passwords{h, p} }

// Check refuses a password that the policy does not allow, as an [*perms.InvalidError] for field; addresses are those of the user who would have it.
func (p *Passwords) Check(field, plain string, addresses ...string) error {
	err := p.policy.Check(plain, addresses...)
	var refused *password.Refused
	if !errors.As(err, &refused) {
		return err
	}
	codes := map[password.Reason]perms.FieldCode{password.TooShort: perms.TooShort, password.TooLong: perms.TooLong, password.NotText: perms.Format}
	code, ok := codes[refused.Reason]
	if !ok {
		code = perms.NotAllowed
	}
	return perms.Invalid(field, code, refused.Detail())
}

// Hash hashes a password that [Passwords.Check] has let through.
func (p *Passwords) Hash(ctx context.Context, plain string) (password.Hash, error) {
	h, err := p.hasher.Hash(ctx, plain)
	if err != nil {
		return "", hashing(err)
	}
	return h, nil
}

// Verify compares a password with a stored hash; outdated says that the hash should be made anew. It costs the same whatever is stored.
func (p *Passwords) Verify(ctx context.Context, plain string, stored password.Hash) (match, outdated bool, err error) {
	match, outdated, err = p.hasher.Verify(ctx, plain, stored)
	if errors.Is(err, password.ErrFormat) {
		return false, false, nil // a hash that nobody can read is one that nobody knows the password of
	}
	if err != nil {
		return false, false, hashing(err)
	}
	return match, outdated, nil
}

// hashing gives the hasher's errors their kind.
func hashing(err error) error {
	if errors.Is(err, password.ErrBusy) {
		return fmt.Errorf("%w: %w", ErrHashing, err)
	}
	return fmt.Errorf("hash password: %w", err)
}
