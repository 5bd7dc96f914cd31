// Package fault holds the kinds that stand behind rolebook's exported errors.
//
// Each domain package exports sentinels of its own ([users.ErrNotFound], [roles.ErrStale], …); each of them has one kind, and whoever
// translates errors for the outside (httpapi, above all) maps kinds once instead of knowing every sentinel.
package fault

import "errors"

// Kind says what sort of failure an error is. The zero Kind is Internal: an error that nobody has classified is the library's fault, never the caller's.
type Kind uint8

// The kinds, in no particular order.
const (
	Internal        Kind = iota // unclassified: a store failed, or a bug
	Invalid                     // a value is malformed or names nothing
	Unauthenticated             // nobody, or not who he says
	Forbidden                   // a permission is missing
	Escalation                  // the grant rule, the target rule, a user of a foreign tenant
	SelfRights                  // the self rule: one's own rights
	SelfStatus                  // the self rule: one's own status or deletion
	NotFound                    // missing, or not visible to the actor
	Duplicate                   // an address, name, slug or external id is taken
	Conflict                    // the wrong state for the operation
	Stale                       // another version than the one expected
	Lockout                     // the change would leave no administrator
	Gone                        // an invite or link that can no longer be used
	TooMany                     // a rate limit
	Unavailable                 // busy, or the store cannot be reached
)

// Error is an error with a kind. Sentinels are *Error values compared by identity.
type Error struct {
	kind Kind
	text string
}

// New returns a sentinel of the given kind.
func New(kind Kind, text string) *Error { return &Error{kind, text} }

// Error returns the text.
func (e *Error) Error() string { return e.text }

// FaultKind returns the kind.
func (e *Error) FaultKind() Kind { return e.kind }

// KindOf returns the kind of the first error in err's tree that has one, and Internal if none has.
func KindOf(err error) Kind {
	var k interface{ FaultKind() Kind }
	if errors.As(err, &k) {
		return k.FaultKind()
	}
	return Internal
}
