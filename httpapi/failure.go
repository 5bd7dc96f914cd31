package httpapi

import (
	"context"
	"errors"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Kind says what sort of failure a request met: the rows of the table in section 4.5 of the wire contract. The zero Kind is Internal.
type Kind uint8

// The kinds.
const (
	Internal         Kind = iota // nobody's fault but ours
	Unauthenticated              // no token, or none that is accepted; [ErrNoCredentials], [InactiveError] and [users.ErrBadCredentials] tell more
	Forbidden                    // a permission is missing
	Escalation                   // the grant rule, the target rule, a user of a foreign tenant
	SelfRights                   // the self rule: own rights
	SelfStatus                   // the self rule: own status or deletion
	NotFound                     // missing or not visible; the error says what
	NoRoute                      // an unknown path
	NoMethod                     // a path without that method
	BadPath                      // a value in the path that is not of its form
	BadQuery                     // a parameter that is given twice, badly encoded or not of its type
	UnknownParameter             // in a strict dialect
	Malformed                    // a body that is not the JSON it should be
	TooLarge                     // a body
	BadMediaType                 // of a body
	Invalid                      // values that are missing or refused
	Duplicate                    // an address, name, slug or external id is taken
	Stale                        // another version than the one expected
	Conflict                     // the wrong state
	Lockout                      // no administrator would be left, or too few for an invariant of the host's; [Failure.Left] says which
	Gone                         // an invite or link that can no longer be used
	TooMany                      // a rate limit
	Unavailable                  // busy, or the store cannot be reached
)

// Failure is the error of a request, sorted out for a dialect.
type Failure struct {
	Kind Kind
	Err  error // the cause, to be looked at with errors.Is and never to be shown

	In         wire.Place       // of the problems
	Problems   []wire.Problem   // of Invalid, BadPath, BadQuery and UnknownParameter, and of Malformed if a member is to blame
	Permission perms.Permission // the first one missing; "" where the refusal is not about one
	Wait       time.Duration    // of TooMany and Unavailable
}

// Left says, for whoever asked, who would be left after a change that is a [Lockout].
func (f Failure) Left() string {
	if errors.Is(f.Err, perms.ErrInvariant) {
		return "too few users with a required permission"
	}
	return "no administrator"
}

// errNoRoute and errNoMethod are the errors of the router.
var (
	errNoRoute  = errors.New("httpapi: unknown path")
	errNoMethod = errors.New("httpapi: method not allowed")
)

// unknownParameterError is the error of a query parameter that the route of a strict dialect does not read.
type unknownParameterError struct{ name string }

func (e *unknownParameterError) Error() string { return "httpapi: unknown query parameter" }

// FailureOf sorts an error out.
func FailureOf(err error) Failure {
	f := Failure{Err: err, Kind: kindOf(err)}
	var (
		param   *wire.ParamError
		bad     *wire.Invalid
		invalid *perms.InvalidError
		denied  *perms.DeniedError
		tooMany *users.TooManyError
		unknown *unknownParameterError
	)
	switch {
	case errors.As(err, &unknown):
		f.In, f.Problems = wire.InQuery, []wire.Problem{{Field: unknown.name, Code: wire.CodeUnknown, Text: "is no parameter of this route"}}
	case errors.As(err, &param):
		f.In, f.Problems = param.In, []wire.Problem{{Field: param.Name, Code: wire.CodeFormat, Text: param.Reason}}
	case errors.As(err, &bad):
		f.In, f.Problems = bad.In, bad.Problems
	case errors.As(err, &invalid):
		f.In, f.Problems = wire.InBody, problemsOf(invalid)
	case errors.As(err, &denied):
		f.Permission = denied.Permission
	case errors.As(err, &tooMany):
		f.Wait = tooMany.Wait
	case f.Kind == Unavailable:
		f.Wait = retryAfter
	}
	return f
}

func problemsOf(invalid *perms.InvalidError) []wire.Problem {
	list := make([]wire.Problem, len(invalid.Fields))
	for i, f := range invalid.Fields {
		list[i] = wire.Problem{Field: f.Field, Code: wire.Code(f.Code), Text: f.Text}
	}
	return list
}

// kindOf returns the kind of an error of this package, of wire, or of the domain.
func kindOf(err error) Kind {
	var (
		param   *wire.ParamError
		bad     *wire.Invalid
		unknown *unknownParameterError
	)
	switch {
	case errors.Is(err, errNoRoute):
		return NoRoute
	case errors.Is(err, errNoMethod):
		return NoMethod
	case errors.As(err, &unknown):
		return UnknownParameter
	case errors.As(err, &param) && param.In == wire.InPath:
		return BadPath
	case errors.As(err, &param):
		return BadQuery
	case errors.Is(err, wire.ErrMalformed):
		return Malformed
	case errors.Is(err, wire.ErrTooLarge):
		return TooLarge
	case errors.Is(err, wire.ErrMediaType):
		return BadMediaType
	case errors.As(err, &bad):
		return Invalid
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Unavailable
	}
	return kinds[fault.KindOf(err)]
}

// kinds are those of the domain's errors. What is not here is Internal.
var kinds = map[fault.Kind]Kind{
	fault.Invalid:         Invalid,
	fault.Unauthenticated: Unauthenticated,
	fault.Forbidden:       Forbidden,
	fault.Escalation:      Escalation,
	fault.SelfRights:      SelfRights,
	fault.SelfStatus:      SelfStatus,
	fault.NotFound:        NotFound,
	fault.Duplicate:       Duplicate,
	fault.Conflict:        Conflict,
	fault.Stale:           Stale,
	fault.Lockout:         Lockout,
	fault.Gone:            Gone,
	fault.TooMany:         TooMany,
	fault.Unavailable:     Unavailable,
}
