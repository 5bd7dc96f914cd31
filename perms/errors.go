package perms

import (
	"strings"

	"github.com/seed-06a6a295/rolebook/internal/fault"
)

// The errors of this package. Test for them with [errors.Is]; what is returned carries more text.
var (
	// ErrBadPermission: a string is no permission key.
	ErrBadPermission error = fault.New(fault.Invalid, "perms: malformed permission")
	// ErrBadPattern: a string is no pattern.
	ErrBadPattern error = fault.New(fault.Invalid, "perms: malformed pattern")
	// ErrUnknownPermission: a key is not in the catalogue.
	ErrUnknownPermission error = fault.New(fault.Invalid, "perms: permission not in the catalogue")
	// ErrInvalid: values of the input are not acceptable; an [*InvalidError] says which.
	ErrInvalid error = fault.New(fault.Invalid, "perms: invalid input")
	// ErrNoActor: the zero Actor asked for a change.
	ErrNoActor error = fault.New(fault.Forbidden, "perms: no actor")
	// ErrForbidden: the actor lacks the permission of the operation; a [*DeniedError] says which.
	ErrForbidden error = fault.New(fault.Forbidden, "perms: permission missing")
	// ErrEscalation: the change would hand out what the actor does not hold, or concerns a user who holds more than he.
	ErrEscalation error = fault.New(fault.Escalation, "perms: beyond the actor's own permissions")
	// ErrSelfRights: the actor would change his own rights.
	ErrSelfRights error = fault.New(fault.SelfRights, "perms: nobody changes his own rights")
	// ErrSelfStatus: the actor would change his own status or delete himself.
	ErrSelfStatus error = fault.New(fault.SelfStatus, "perms: nobody changes his own status")
	// ErrLockout: the change would leave no administrator.
	ErrLockout error = fault.New(fault.Lockout, "perms: change would leave no administrator")
	// ErrInvariant: the change would break what the host wants to stay true; an [*InvariantError] says what.
	ErrInvariant error = fault.New(fault.Lockout, "perms: change would break an invariant of the host's")
	// ErrNoSubject: there is no such user, or there is no longer.
	ErrNoSubject error = fault.New(fault.NotFound, "perms: no such user")
	// ErrBehind: the store does not have what it has already told of, as a replica may not, or a database that was put back.
	ErrBehind error = fault.New(fault.Unavailable, "perms: store is behind")
)

// DeniedError says which permission an actor lacked. It wraps [ErrForbidden] or [ErrEscalation].
type DeniedError struct {
	Permission Permission // the first one missing, by bytes; "" where the refusal is not about a single permission
	Err        error
}

// Error returns the cause and the permission.
func (e *DeniedError) Error() string {
	if e.Permission == "" {
		return e.Err.Error()
	}
	return e.Err.Error() + ": " + string(e.Permission)
}

// Unwrap returns the sentinel behind e.
func (e *DeniedError) Unwrap() error { return e.Err }

// Forbid returns the error for a missing permission.
func Forbid(p Permission) error { return &DeniedError{p, ErrForbidden} }

// Beyond returns the error of the grant and the target rule, naming the permission that the actor lacks.
func Beyond(p Permission) error { return &DeniedError{p, ErrEscalation} }

// FieldCode says what is wrong with one value. The set is closed; httpapi translates it.
type FieldCode string

// The codes of field errors, as wire/native.md lists them.
const (
	Required   FieldCode = "required"
	TooShort   FieldCode = "too_short"
	TooLong    FieldCode = "too_long"
	Format     FieldCode = "format"
	Range      FieldCode = "range"
	Unknown    FieldCode = "unknown"     // names nothing that the actor may see
	Duplicated FieldCode = "duplicate"   // stands twice in the input
	NotAllowed FieldCode = "not_allowed" // against the password policy
	Incorrect  FieldCode = "incorrect"   // not the current password
)

// FieldError is one unacceptable value.
type FieldError struct {
	Field string // the domain's name of the field: "email", "roles[2]", "tenants[0]"
	Code  FieldCode
	Text  string // what is wrong, without the value
}

// InvalidError lists all unacceptable values of one input. It wraps [ErrInvalid].
type InvalidError struct{ Fields []FieldError }

// Invalid returns an InvalidError for one field.
func Invalid(field string, code FieldCode, text string) *InvalidError {
	return &InvalidError{[]FieldError{{field, code, text}}}
}

// Add appends one field error.
func (e *InvalidError) Add(field string, code FieldCode, text string) {
	e.Fields = append(e.Fields, FieldError{field, code, text})
}

// Or returns e as an error if it lists anything, and nil otherwise.
func (e *InvalidError) Or() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Error returns all texts in one line.
func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.Field + " " + f.Text
	}
	return ErrInvalid.Error() + ": " + strings.Join(texts, "; ")
}

// Unwrap returns ErrInvalid.
func (e *InvalidError) Unwrap() error { return ErrInvalid }
