package msp

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/users"
)

// detail is the body of an error.
type detail struct {
	Detail any `json:"detail"` // a text, or for bad input []problem
}

// problem says what is wrong with one value, and where it stands.
type problem struct {
	Loc  []string `json:"loc"` // "body", "path" or "query", then the name; no member of this API has parts
	Msg  string   `json:"msg"`
	Type string   `json:"type"`
}

// fail words a failure.
func fail(c *httpapi.Call, f httpapi.Failure) httpapi.Answer {
	switch f.Kind {
	case httpapi.BadPath, httpapi.BadQuery, httpapi.Invalid:
		return httpapi.Answer{Status: http.StatusUnprocessableEntity, Body: detail{problems(c, f)}}
	case httpapi.Malformed:
		return httpapi.Answer{Status: http.StatusUnprocessableEntity, Body: detail{[]problem{{[]string{"body"}, "must be a JSON object", "json_invalid"}}}}
	}
	status, text := word(f)
	return httpapi.Answer{Status: status, Body: detail{text}}
}

// word returns the status and the text of a failure that is not about a value.
func word(f httpapi.Failure) (int, string) {
	switch f.Kind {
	case httpapi.Unauthenticated:
		if errors.Is(f.Err, httpapi.ErrNoCredentials) {
			return http.StatusUnauthorized, "Not authenticated"
		}
		return http.StatusUnauthorized, "Could not validate credentials"
	case httpapi.Forbidden, httpapi.Escalation, httpapi.SelfRights, httpapi.SelfStatus:
		return http.StatusForbidden, "Permission denied"
	case httpapi.NotFound:
		return http.StatusNotFound, missing(f.Err)
	case httpapi.NoRoute:
		return http.StatusNotFound, "Not found"
	case httpapi.NoMethod:
		return http.StatusMethodNotAllowed, "Method not allowed"
	case httpapi.Duplicate:
		return http.StatusConflict, "Email already in use"
	case httpapi.Lockout:
		return http.StatusConflict, "This change would leave " + f.Left()
	case httpapi.Gone:
		return http.StatusGone, gone(f.Err)
	case httpapi.TooLarge:
		return http.StatusRequestEntityTooLarge, "Request body too large"
	case httpapi.BadMediaType:
		return http.StatusUnsupportedMediaType, "Content-Type must be application/json"
	case httpapi.TooMany:
		return http.StatusTooManyRequests, "Too many requests"
	case httpapi.Unavailable, httpapi.Stale, httpapi.Conflict: // of the last two none is documented: somebody else was faster, again and again
		return http.StatusServiceUnavailable, "Service unavailable"
	}
	return http.StatusInternalServerError, "Internal server error"
}

// missing says what was not found.
func missing(err error) string {
	switch {
	case errors.Is(err, users.ErrNotFound):
		return "User not found"
	case errors.Is(err, invites.ErrNotFound):
		return "Invite not found"
	case errors.Is(err, errNoPermission):
		return "Permission not found"
	}
	return "Not found"
}

// gone says why an invite can no longer be used.
func gone(err error) string {
	switch {
	case errors.Is(err, invites.ErrExpired):
		return "Invite has expired"
	case errors.Is(err, invites.ErrUsed):
		return "Invite has already been used"
	}
	return "Invite is no longer valid"
}

// problems returns the body of a 422.
func problems(c *httpapi.Call, f httpapi.Failure) []problem {
	list := make([]problem, len(f.Problems))
	for i, p := range f.Problems {
		list[i] = problem{[]string{string(f.In), p.Field}, p.Text, problemType(c, f, p)}
	}
	return list
}

// problemType returns the documented type of a problem.
func problemType(c *httpapi.Call, f httpapi.Failure, p wire.Problem) string {
	switch {
	case f.Kind == httpapi.BadPath, f.Kind == httpapi.BadQuery && c.Query != nil: // it can be read, and every one that has a type is a number
		return "int_type"
	case p.Code == wire.CodeRequired:
		return "missing"
	case p.Code == wire.CodeType && p.Want == wire.KindInteger:
		return "int_type"
	case p.Code == wire.CodeType && p.Want == wire.KindBool:
		return "bool_type"
	case p.Code == wire.CodeType:
		return "string_type"
	}
	return "value_error"
}
