package wire

import (
	"errors"
	"fmt"
)

// The errors of a body that cannot be used at all. [ReadObject] and its kin
// return them; ErrMalformed comes as a *[SyntaxError].
var (
	ErrMalformed = errors.New("wire: malformed body")
	ErrTooLarge  = errors.New("wire: body too large")
	ErrMediaType = errors.New("wire: unsupported media type")
)

// SyntaxError says what is wrong with a malformed body. It matches
// [ErrMalformed].
type SyntaxError struct {
	Reason string // a fixed phrase, never a piece of the body, which may be secret
	Offset int    // the byte at which it was found
}

// Error returns the reason and the place.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("wire: malformed body: %s at byte %d", e.Reason, e.Offset)
}

// Is reports whether target is [ErrMalformed].
func (e *SyntaxError) Is(target error) bool { return target == ErrMalformed }

// Place is the part of a request that a value stands in.
type Place string

// The places of a value.
const (
	InBody  Place = "body"
	InQuery Place = "query"
	InPath  Place = "path"
)

// ParamError is the error of a parameter that cannot be read: given twice, badly
// encoded, or not of its type. A dialect makes one itself for a value of a path.
type ParamError struct {
	In     Place
	Name   string // as decoded; as sent where that is impossible
	Reason string
}

// Error returns the place, the name and the reason.
func (e *ParamError) Error() string {
	return fmt.Sprintf("wire: %s parameter %q: %s", e.In, e.Name, e.Reason)
}

// Code is the kind of a [Problem].
type Code string

// The kinds of problems; the strings are those of the native dialect.
const (
	CodeRequired   Code = "required"    // missing, or null
	CodeType       Code = "type"        // not of the wanted JSON type
	CodeTooShort   Code = "too_short"   // too few characters or elements
	CodeTooLong    Code = "too_long"    // too many characters or elements
	CodeFormat     Code = "format"      // not of the wanted form
	CodeRange      Code = "range"       // a number or a time outside its bounds
	CodeUnknown    Code = "unknown"     // names nothing that the caller may see
	CodeDuplicate  Code = "duplicate"   // there already
	CodeNotAllowed Code = "not_allowed" // refused by a policy
	CodeIncorrect  Code = "incorrect"   // not the present value
)

// Problem is one thing that is wrong with one member.
type Problem struct {
	Field string // the member's path, such as "email" or "checks[3].permission"
	Code  Code
	Want  Kind   // the wanted type, with CodeType alone
	Text  string // prose for people, without the name of the field: "must be a string"
}

// Member returns the first name of the path: "checks" of "checks[3].permission".
// It is empty for an element of a body that is an array itself.
func (p Problem) Member() string {
	name, _, _ := splitField(p.Field)
	return name
}

// Invalid is the error of a request with bad values: all of them, in the order
// in which the reader asked for the members.
type Invalid struct {
	In       Place
	Problems []Problem // at least one
}

// Error returns the first problem.
func (e *Invalid) Error() string {
	first := e.Problems[0]
	return fmt.Sprintf("wire: invalid %s: %s %s", e.In, first.Field, first.Text)
}
