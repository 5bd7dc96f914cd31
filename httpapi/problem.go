package httpapi

import (
	"errors"
	"net/http"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// word is how problem details name a kind: its status, its stable code, and a sentence that gives nothing away.
type word struct {
	status int
	code   string
	detail string
}

var words = map[Kind]word{
	Internal:         {http.StatusInternalServerError, "internal", "Something went wrong on our side."},
	Unauthenticated:  {http.StatusUnauthorized, "unauthenticated", "A valid token is required."},
	Forbidden:        {http.StatusForbidden, "forbidden", "You may not do this."},
	Escalation:       {http.StatusForbidden, "escalation", "This goes beyond your own permissions."},
	SelfRights:       {http.StatusForbidden, "self_change", "Nobody changes his own rights."},
	SelfStatus:       {http.StatusForbidden, "self_change", "Nobody changes his own status or deletes himself."},
	NotFound:         {http.StatusNotFound, "not_found", "There is no such thing, or you may not see it."},
	NoRoute:          {http.StatusNotFound, "not_found", "There is no such path."},
	NoMethod:         {http.StatusMethodNotAllowed, "method_not_allowed", "This path does not know the method."},
	BadPath:          {http.StatusBadRequest, "malformed", "A value in the path is malformed."},
	BadQuery:         {http.StatusBadRequest, "malformed", "A query parameter is malformed or repeated."},
	UnknownParameter: {http.StatusBadRequest, "unknown_parameter", "A query parameter is unknown."},
	Malformed:        {http.StatusBadRequest, "malformed", "The body is malformed."},
	TooLarge:         {http.StatusRequestEntityTooLarge, "too_large", "The body is too large."},
	BadMediaType:     {http.StatusUnsupportedMediaType, "unsupported_media_type", "The body must be sent as application/json."},
	Invalid:          {http.StatusUnprocessableEntity, "invalid", "Some values are missing or not acceptable."},
	Duplicate:        {http.StatusConflict, "duplicate", "It is in use already."},
	Stale:            {http.StatusPreconditionFailed, "version_changed", "It has been changed meanwhile."},
	Conflict:         {http.StatusConflict, "conflict", "Its present state does not allow this."},
	Lockout:          {http.StatusConflict, "lockout", ""},
	Gone:             {http.StatusGone, "gone", "It can no longer be used."},
	TooMany:          {http.StatusTooManyRequests, "rate_limited", "Too many attempts; try again later."},
	Unavailable:      {http.StatusServiceUnavailable, "unavailable", "The service is busy; try again in a moment."},
}

// problem is the body of an error after RFC 9457.
type problem struct {
	Type       string           `json:"type"`
	Title      string           `json:"title"`
	Status     int              `json:"status"`
	Detail     string           `json:"detail"`
	Code       string           `json:"code"`
	Instance   string           `json:"instance"`
	Errors     []problemField   `json:"errors,omitempty"`
	Permission perms.Permission `json:"permission,omitempty"`
}

type problemField struct {
	Field  string    `json:"field"`
	Code   wire.Code `json:"code"`
	Detail string    `json:"detail"`
}

// Problem words a failure as problem details (RFC 9457): the errors of native, and of [API.Require].
func Problem(c *Call, f Failure) Answer {
	w := words[f.Kind]
	if errors.Is(f.Err, users.ErrBadCredentials) {
		w.code, w.detail = "invalid_credentials", "The address or the password is wrong."
	}
	if f.Kind == Lockout {
		w.detail = "This would leave " + f.Left() + "."
	}
	if f.Permission != "" {
		w.detail = "The permission " + string(f.Permission) + " is missing."
	}
	body := problem{
		Type: "urn:rolebook:problem:" + w.code, Title: http.StatusText(w.status), Status: w.status, Detail: w.detail, Code: w.code,
		Instance: "urn:rolebook:request:" + c.RequestID(), Permission: f.Permission,
	}
	for _, p := range f.Problems {
		body.Errors = append(body.Errors, problemField{p.Field, p.Code, p.Text})
	}
	return Answer{Status: w.status, MediaType: "application/problem+json", Body: body}
}
