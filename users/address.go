package users

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-06a6a295/rolebook/perms"
)

// MaxAddress is the greatest length of an e-mail address or user name, in bytes.
const MaxAddress = 254

// address is the valid e-mail address of the HTML standard (section 4.10.5.1.5).
var address = regexp.MustCompile("^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$")

// Canonical returns the form in which addresses are compared: ASCII letters in lower case, everything else as it is. It never merges two addresses
// that differ in more than the case of ASCII letters.
func Canonical(addr string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, addr)
}

// Addresses says which e-mail addresses and user names are accepted. The zero Addresses accept ASCII alone, so that no look-alike is ever mistaken for
// another user.
type Addresses struct {
	// Unicode accepts letters, marks and digits of every script too. They are compared code point by code point: nothing but the case of ASCII letters
	// is ever merged.
	Unicode bool
}

// clean trims an address and checks it, as field of an input.
func (a Addresses) clean(field, addr string) (string, error) {
	addr = strings.TrimSpace(addr)
	switch {
	case addr == "":
		return "", perms.Invalid(field, perms.Required, "must not be empty")
	case len(addr) > MaxAddress:
		return "", perms.Invalid(field, perms.TooLong, "must have at most 254 bytes")
	case !address.MatchString(a.plain(addr)):
		return "", perms.Invalid(field, perms.Format, "must be an e-mail address")
	}
	return addr, nil
}

// plain returns the address with an ASCII letter in the place of each accepted letter that is none.
func (a Addresses) plain(addr string) string {
	if !a.Unicode || !utf8.ValidString(addr) {
		return addr
	}
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)) {
			return 'x'
		}
		return r
	}, addr)
}

// AddressError says which address of a user is in use. It wraps [ErrAddressTaken].
type AddressError struct {
	Field string // "username", or "email"
}

// Error returns the sentinel's text and the field.
func (e *AddressError) Error() string { return ErrAddressTaken.Error() + ": " + e.Field }

// Unwrap returns ErrAddressTaken.
func (e *AddressError) Unwrap() error { return ErrAddressTaken }

// whichAddress returns what a store says of a user to be written, with the address that is taken if one is.
func whichAddress(ctx context.Context, tx Store, u User, err error) error {
	if !errors.Is(err, ErrAddressTaken) {
		return err
	}
	owner, found := tx.UserByAddress(ctx, Canonical(u.Username))
	switch {
	case errors.Is(found, ErrNotFound) || found == nil && owner.ID == u.ID:
		return &AddressError{"email"}
	case found != nil:
		return found
	}
	return &AddressError{"username"}
}
