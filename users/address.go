package users

import (
	"regexp"
	"strings"

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

// cleanAddress trims an address and checks it, as field of an input.
func cleanAddress(field, addr string) (string, error) {
	addr = strings.TrimSpace(addr)
	switch {
	case addr == "":
		return "", perms.Invalid(field, perms.Required, "must not be empty")
	case len(addr) > MaxAddress:
		return "", perms.Invalid(field, perms.TooLong, "must have at most 254 bytes")
	case !address.MatchString(addr):
		return "", perms.Invalid(field, perms.Format, "must be an e-mail address")
	}
	return addr, nil
}
