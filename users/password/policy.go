package password

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// minLength is the least number of code points that any policy takes.
const minLength = 8

// A Policy says which new passwords are taken. The zero value is that of the
// wire contract: 8 code points to [MaxBytes] bytes of any text, not the user's
// own address and not one of the most common passwords. There are no rules of
// composition, and nothing is trimmed or normalised.
type Policy struct {
	// MinLength is the least number of code points. Less than 8 counts as 8.
	MinLength int
	// AllowCommon switches the list of common passwords off.
	AllowCommon bool
}

// NIST returns the policy of NIST SP 800-63B-4 for passwords that are the only
// factor: 15 code points, the rest as in the zero Policy.
func NIST() Policy { return Policy{MinLength: 15} }

// A Reason says why a password was refused.
type Reason string

// The reasons of a [Refused].
const (
	TooShort       Reason = "too_short"
	TooLong        Reason = "too_long"
	NotText        Reason = "not_text"
	Common         Reason = "common"
	MatchesAddress Reason = "matches_address"
)

// Refused is the error of a password that is not taken. It never holds the
// password.
type Refused struct {
	Reason Reason
	Limit  int // for TooShort in code points, for TooLong in bytes, else 0
}

// Error returns the package's prefix and what [Refused.Detail] returns.
func (r *Refused) Error() string { return "password: " + r.Detail() }

// Detail returns the reason in words that follow "the password", fit for the
// one who chose it.
func (r *Refused) Detail() string {
	switch r.Reason {
	case TooShort:
		return fmt.Sprintf("is shorter than %d characters", r.Limit)
	case TooLong:
		return fmt.Sprintf("is longer than %d bytes", r.Limit)
	case NotText:
		return "is not valid UTF-8 or holds a NUL"
	case Common:
		return "is one of the most common passwords"
	case MatchesAddress:
		return "is the user's address or the part of it before the @"
	}
	return "is refused"
}

// Check returns nil if plain may be the password of the user with the given
// addresses, his e-mail and user name, and a [*Refused] if not. Empty addresses
// are passed over.
func (p Policy) Check(plain string, addresses ...string) error {
	least := max(p.MinLength, minLength)
	switch {
	case len(plain) > MaxBytes:
		return &Refused{Reason: TooLong, Limit: MaxBytes}
	case !isText(plain):
		return &Refused{Reason: NotText}
	case utf8.RuneCountInString(plain) < least:
		return &Refused{Reason: TooShort, Limit: least}
	case slices.ContainsFunc(addresses, func(address string) bool { return isAddress(plain, address) }):
		return &Refused{Reason: MatchesAddress}
	case !p.AllowCommon && isCommon(plain):
		return &Refused{Reason: Common}
	}
	return nil
}

// isAddress reports whether plain, letter case apart, is address or the part
// of it before the last @.
func isAddress(plain, address string) bool {
	local := address
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		local = address[:at]
	}
	return strings.EqualFold(plain, address) || strings.EqualFold(plain, local)
}

// commonText is a comment with the list's origin and licence, an empty line,
// and the list: one password a line, in byte order.
//
//go:embed common.txt
var commonText string

var commonPasswords = sync.OnceValue(func() []string {
	_, list, _ := strings.Cut(commonText, "\n\n")
	return strings.Fields(list)
})

func isCommon(plain string) bool {
	_, found := slices.BinarySearch(commonPasswords(), plain)
	return found
}
