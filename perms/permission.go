// Package perms says what may be done, by whom, and keeps the record of it. It is the ground floor: values in, values out.
//
// The model in one sentence: inside his scope, what a user holds is what his roles in force give, plus his granted overrides, minus his revoked
// overrides; and he holds it effectively if his account is active. A [Catalog] names the permissions that there are; a [Subject] holds all that bears
// on one user; [Decide], [Explain] and [Resolve] are one computation over both. An [Authority] is the actor of a change as one transaction sees
// him, and the two rules that no permission overrides: nobody hands out what he does not hold, and nobody changes a user who could hold more.
//
// An [Authorizer] asks a store for subjects and remembers what they come to. Its promise: an answer knows of every change that had returned in this process
// when the question was asked, and of those of others within a bound that the host sets; it is never yes because it could not be known.
//
// The rule people get wrong: a revoke wins over every role, wildcard and grant, whatever was set first. And no answer is "allowed" because
// something failed: the zero [Decision], the zero [Scope] and the zero [Actor] are all refused.
package perms

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// MaxPermission is the greatest length of a permission key in bytes.
const MaxPermission = 128

// Permission names an operation on a kind of object: "assets.delete". A key has two or more parts, each beginning with a letter:
//
//	^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$
type Permission string

// ParsePermission checks s against the grammar of keys. It does not ask any catalogue.
func ParsePermission(s string) (Permission, error) {
	if !validKey(s) {
		return "", fmt.Errorf("%w: %.40q", ErrBadPermission, s)
	}
	return Permission(s), nil
}

// validKey reports whether s is a key by the grammar.
func validKey(s string) bool {
	if len(s) > MaxPermission || !strings.Contains(s, ".") {
		return false
	}
	for part := range strings.SplitSeq(s, ".") {
		if !validPart(part) {
			return false
		}
	}
	return true
}

// validPart reports whether s can stand between two dots of a key.
func validPart(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// Pattern is what a role holds: a key, "object.*" for every key of the catalogue that begins with "object.", or "*.*" for every key.
type Pattern string

// AllPattern matches every key.
const AllPattern Pattern = "*.*"

// ParsePattern checks s against the grammar of patterns. "*", "*.verb" and a star inside a part are refused.
func ParsePattern(s string) (Pattern, error) {
	if s == string(AllPattern) || validKey(s) {
		return Pattern(s), nil
	}
	object, ok := strings.CutSuffix(s, ".*")
	if ok && len(s) <= MaxPermission && (validPart(object) || validKey(object)) {
		return Pattern(s), nil
	}
	return "", fmt.Errorf("%w: %.40q", ErrBadPattern, s)
}

// Matches reports whether the pattern gives p. What is no pattern gives nothing: neither "*" nor "assets*" is a wildcard.
func (t Pattern) Matches(p Permission) bool {
	if t == AllPattern {
		return true
	}
	if strings.HasSuffix(string(t), ".*") {
		return strings.HasPrefix(string(p), string(t[:len(t)-1]))
	}
	return string(t) == string(p)
}

// Set is an immutable set of permissions in ascending order of bytes. The zero Set is empty.
type Set struct{ keys []Permission }

// NewSet returns the set of the given keys; duplicates count once.
func NewSet(keys ...Permission) Set {
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	return Set{slices.Compact(sorted)}
}

// Has reports whether p is in the set.
func (s Set) Has(p Permission) bool {
	_, ok := slices.BinarySearch(s.keys, p)
	return ok
}

// Len returns the number of permissions in the set.
func (s Set) Len() int { return len(s.keys) }

// All yields the permissions in ascending order.
func (s Set) All() iter.Seq[Permission] { return slices.Values(s.keys) }

// Strings returns the permissions in ascending order, never nil.
func (s Set) Strings() []string {
	out := make([]string, len(s.keys))
	for i, p := range s.keys {
		out[i] = string(p)
	}
	return out
}

// Equal reports whether both sets hold the same permissions.
func (s Set) Equal(other Set) bool { return slices.Equal(s.keys, other.keys) }

// Union returns what is in either set.
func (s Set) Union(other Set) Set {
	return NewSet(slices.Concat(s.keys, other.keys)...)
}

// Minus returns what is in s and not in other.
func (s Set) Minus(other Set) Set {
	return Set{slices.DeleteFunc(slices.Clone(s.keys), other.Has)}
}

// String returns the permissions, separated by spaces.
func (s Set) String() string { return strings.Join(s.Strings(), " ") }
