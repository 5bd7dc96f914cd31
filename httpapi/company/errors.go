package company

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// detail is the body of an error that is not about a member of the body.
type detail struct {
	Detail string `json:"detail"`
}

// fields is the body of an error that is: the texts by the member's name.
type fields map[string][]string

// fail words a failure.
func fail(c *httpapi.Call, f httpapi.Failure) httpapi.Answer {
	switch f.Kind {
	case httpapi.Invalid:
		return httpapi.Answer{Status: http.StatusBadRequest, Body: texts(f.Problems)}
	case httpapi.Duplicate:
		return httpapi.Answer{Status: http.StatusBadRequest, Body: fields{"email": {"user with this email already exists."}}}
	}
	status, text := word(c.Request, f)
	return httpapi.Answer{Status: status, Body: detail{text}}
}

// texts returns what is wrong with each member.
func texts(problems []wire.Problem) fields {
	all := fields{}
	for _, p := range problems {
		all[p.Member()] = append(all[p.Member()], sentence(p))
	}
	return all
}

func sentence(p wire.Problem) string {
	if p.Code == wire.CodeRequired {
		return "This field is required."
	}
	return strings.ToUpper(p.Text[:1]) + strings.TrimSuffix(p.Text[1:], ".") + "."
}

// word returns the status and the text of a failure that is not about a member.
func word(r *http.Request, f httpapi.Failure) (int, string) {
	switch f.Kind {
	case httpapi.Malformed:
		return http.StatusBadRequest, "JSON parse error - " + syntax(f.Err)
	case httpapi.BadQuery:
		return http.StatusBadRequest, "Malformed query parameter."
	case httpapi.Unauthenticated:
		if errors.Is(f.Err, httpapi.ErrNoCredentials) {
			return http.StatusUnauthorized, "Authentication credentials were not provided."
		}
		return http.StatusUnauthorized, "Given token not valid for any token type"
	case httpapi.Forbidden, httpapi.Escalation, httpapi.SelfRights:
		return http.StatusForbidden, "You do not have permission to perform this action."
	case httpapi.NotFound, httpapi.NoRoute, httpapi.BadPath:
		return http.StatusNotFound, "Not found."
	case httpapi.NoMethod:
		return http.StatusMethodNotAllowed, fmt.Sprintf("Method \"%.20s\" not allowed.", r.Method)
	case httpapi.Lockout:
		return http.StatusConflict, "This change would leave " + f.Left() + "."
	case httpapi.TooLarge:
		return http.StatusRequestEntityTooLarge, "Request body too large."
	case httpapi.BadMediaType:
		return http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type \"%.100s\" in request.", wire.MediaType(r))
	case httpapi.TooMany:
		return http.StatusTooManyRequests, "Request was throttled."
	case httpapi.Unavailable, httpapi.Stale: // the latter if somebody else was faster, again and again
		return http.StatusServiceUnavailable, "Service temporarily unavailable, try again later."
	}
	return http.StatusInternalServerError, "A server error occurred."
}

// syntax says where a body stops to be JSON.
func syntax(err error) string {
	var bad *wire.SyntaxError
	if !errors.As(err, &bad) {
		return "malformed"
	}
	return fmt.Sprintf("%s at byte %d", bad.Reason, bad.Offset)
}
