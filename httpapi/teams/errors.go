package teams

import (
	"errors"
	"net/http"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// refusal is an error with words of its own, where the route and not the kind of the error decides them. Its status is 400.
type refusal struct {
	text  string
	cause error
}

func (r *refusal) Error() string { return r.text + ": " + r.cause.Error() }

func (r *refusal) Unwrap() error { return r.cause }

// fail words a failure.
func (t *teams) fail(_ *httpapi.Call, f httpapi.Failure) httpapi.Answer {
	status, text := word(f)
	if t.bare {
		return httpapi.Answer{Status: status, Body: message{text}}
	}
	return httpapi.Answer{Status: status, Body: failure{1, message{text}}}
}

// word returns the status and the message of a failure.
func word(f httpapi.Failure) (int, string) {
	var own *refusal
	if errors.As(f.Err, &own) {
		return http.StatusBadRequest, own.text
	}
	switch f.Kind {
	case httpapi.Unauthenticated:
		return unauthenticated(f.Err)
	case httpapi.Forbidden:
		return http.StatusForbidden, "Admin access required"
	case httpapi.Escalation, httpapi.SelfRights:
		return http.StatusForbidden, "Insufficient permissions"
	case httpapi.NotFound, httpapi.NoRoute:
		return http.StatusNotFound, missing(f.Err)
	case httpapi.NoMethod:
		return http.StatusMethodNotAllowed, "Method not allowed"
	case httpapi.BadQuery:
		return http.StatusBadRequest, "Invalid parameter: " + f.Problems[0].Field
	case httpapi.Malformed:
		return http.StatusBadRequest, "Invalid JSON body"
	case httpapi.Invalid:
		return http.StatusBadRequest, about(f.Problems[0])
	case httpapi.Duplicate:
		return http.StatusBadRequest, taken(f.Err)
	case httpapi.Lockout:
		return http.StatusBadRequest, "This change would leave " + f.Left()
	case httpapi.TooLarge:
		return http.StatusRequestEntityTooLarge, "Request body too large"
	case httpapi.BadMediaType:
		return http.StatusUnsupportedMediaType, "Content-Type must be application/json"
	case httpapi.TooMany:
		return http.StatusTooManyRequests, "Too many attempts. Please try again later."
	case httpapi.Unavailable, httpapi.Stale: // somebody else was faster, again and again
		return http.StatusServiceUnavailable, "Service unavailable"
	}
	return http.StatusInternalServerError, "Internal server error"
}

// unauthenticated says why nobody is known to ask. Whoever has a token of an account that is not active is told its status.
func unauthenticated(err error) (int, string) {
	var inactive *httpapi.InactiveError
	if errors.As(err, &inactive) {
		switch inactive.Status {
		case perms.Pending:
			return http.StatusForbidden, "Account pending approval"
		case perms.Suspended:
			return http.StatusForbidden, "Account suspended"
		}
		return http.StatusForbidden, "Account deleted"
	}
	if errors.Is(err, httpapi.ErrNoCredentials) {
		return http.StatusUnauthorized, "Authentication required"
	}
	return http.StatusUnauthorized, "Invalid or expired token"
}

// missing says what was not found.
func missing(err error) string {
	switch {
	case errors.Is(err, users.ErrNotFound):
		return "User not found"
	case errors.Is(err, users.ErrGroupNotFound):
		return "Group not found"
	case errors.Is(err, users.ErrTenantNotFound):
		return "Organization not found"
	case errors.Is(err, invites.ErrLinkNotFound):
		return "Invite link not found"
	}
	return "Not found"
}

// taken says what somebody else has.
func taken(err error) string {
	if errors.Is(err, users.ErrGroupNameTaken) {
		return "Group name already in use"
	}
	return "Email already in use"
}

// codeAmbiguous is the code of a user type that reads otherwise than it creates.
const codeAmbiguous wire.Code = "ambiguous"

// about says what is wrong with the first bad value, in the words of its member.
func about(p wire.Problem) string {
	name := p.Member()
	if name == "user_password" || name == "new_password" {
		if text := aboutPassword(p); text != "" {
			return text
		}
	}
	switch {
	case p.Code == wire.CodeRequired:
		return capital(words(name)) + " is required"
	case p.Code == wire.CodeIncorrect:
		return capital(words(name)) + " is incorrect"
	case p.Code == codeAmbiguous:
		return "User type is ambiguous: send user_type_name"
	case name == "user_ids" && p.Field != name: // one of them
		return "Invalid user ID"
	}
	return "Invalid " + words(name)
}

// aboutPassword says why the policy refuses a password; "" if it is something else.
func aboutPassword(p wire.Problem) string {
	switch p.Code {
	case wire.CodeTooShort:
		return "Password must be at least " + strings.TrimPrefix(p.Text, "is shorter than ") // how long, is the host's policy
	case wire.CodeTooLong:
		return "Password is too long"
	case wire.CodeNotAllowed:
		return "Password is too common"
	}
	return ""
}

func words(member string) string { return strings.ReplaceAll(member, "_", " ") }

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// refused returns the error of a service as one of the body's: what the service finds wrong stands beside what the form has found, under the body's own
// names. It is nil if neither has found anything.
func refused(form *wire.Form, err error, rename func(field string) string) error {
	if err := httpapi.Collect(form, err, rename); err != nil {
		return err
	}
	return form.Err()
}

// userMember returns the member of a user's body that has to do with a field of the domain's.
func userMember(field string) string {
	name, _, _ := strings.Cut(field, "[")
	switch name {
	case "email", "username":
		return "user_email"
	case "name", "first_name", "last_name":
		return "user_name"
	case "password":
		return "user_password"
	case "roles":
		return "user_type"
	case "tenants":
		return "organization_id"
	}
	return name
}
