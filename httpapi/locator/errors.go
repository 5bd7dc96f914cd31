package locator

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// failure is the body of an error.
type failure struct {
	Timestamp string       `json:"timestamp"`
	Status    int          `json:"status"`
	Error     string       `json:"error"`
	Message   string       `json:"message"`
	Path      string       `json:"path"` // behind the mount point
	Errors    []fieldError `json:"errors,omitempty"`
}

// fieldError says what is wrong with one value of a body.
type fieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// fail words a failure.
func fail(c *httpapi.Call, f httpapi.Failure) httpapi.Answer {
	status, message := word(f)
	body := failure{
		Timestamp: wire.FormatTime(c.Book.Now()), Status: status, Error: http.StatusText(status), Message: message, Path: c.Request.URL.EscapedPath(),
	}
	if f.Kind == httpapi.Invalid && f.In == wire.InBody {
		for _, p := range f.Problems {
			body.Errors = append(body.Errors, fieldError{p.Field, p.Text})
		}
	}
	return httpapi.Answer{Status: status, Body: body}
}

// word returns the status and the message of a failure.
func word(f httpapi.Failure) (int, string) {
	switch f.Kind {
	case httpapi.Invalid, httpapi.BadQuery, httpapi.BadPath, httpapi.Malformed:
		return http.StatusBadRequest, malformed(f)
	case httpapi.Unauthenticated:
		if errors.Is(f.Err, httpapi.ErrNoCredentials) {
			return http.StatusUnauthorized, "Authentication required"
		}
		return http.StatusUnauthorized, "Invalid or expired token"
	case httpapi.Forbidden, httpapi.Escalation, httpapi.SelfRights:
		return http.StatusForbidden, "Access denied"
	case httpapi.NotFound, httpapi.NoRoute:
		return http.StatusNotFound, missing(f.Err)
	case httpapi.NoMethod:
		return http.StatusMethodNotAllowed, "Method not allowed"
	case httpapi.TooLarge:
		return http.StatusRequestEntityTooLarge, "Request body too large"
	case httpapi.BadMediaType:
		return http.StatusUnsupportedMediaType, "Content-Type must be application/json"
	case httpapi.TooMany:
		return http.StatusTooManyRequests, "Too many requests"
	case httpapi.Internal:
		return http.StatusInternalServerError, "Internal server error"
	}
	if text := conflict(f); text != "" {
		return http.StatusConflict, text
	}
	return http.StatusServiceUnavailable, "Service unavailable" // also if somebody else was faster, again and again
}

// malformed says what of the request is no good.
func malformed(f httpapi.Failure) string {
	switch {
	case f.Kind == httpapi.Malformed:
		return "Malformed request body"
	case f.In == wire.InBody:
		return "Validation failed"
	}
	return fmt.Sprintf("Malformed parameter: %.100s", strings.ToValidUTF8(f.Problems[0].Field, "\ufffd"))
}

// missing says what was not found.
func missing(err error) string {
	switch {
	case errors.Is(err, users.ErrNotFound):
		return "User not found"
	case errors.Is(err, roles.ErrNotFound):
		return "Role not found"
	}
	return "Not found"
}

// conflict says what stands against the change, or "" for none that is documented.
func conflict(f httpapi.Failure) string {
	var taken *users.AddressError
	switch {
	case f.Kind == httpapi.SelfStatus:
		return "You cannot delete yourself"
	case f.Kind == httpapi.Lockout:
		return "This change would leave " + f.Left()
	case errors.As(f.Err, &taken) && taken.Field == "email":
		return "Email already in use"
	case errors.Is(f.Err, users.ErrAddressTaken):
		return "User name already in use"
	case errors.Is(f.Err, roles.ErrNameTaken):
		return "Role name already in use"
	case errors.Is(f.Err, roles.ErrStale):
		return "Stale version"
	case errors.Is(f.Err, roles.ErrInUse):
		return "Role is assigned"
	}
	return ""
}
