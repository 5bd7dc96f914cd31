package perms

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Window is the half-open time [StartsAt, ExpiresAt) in which something counts. A zero time is no bound, so the zero Window is always open.
type Window struct {
	StartsAt  time.Time
	ExpiresAt time.Time
}

// Open reports whether now is in the window.
func (w Window) Open(now time.Time) bool {
	return !now.Before(w.StartsAt) && !w.Expired(now)
}

// Expired reports whether the window is over, for good.
func (w Window) Expired(now time.Time) bool {
	return !w.ExpiresAt.IsZero() && !now.Before(w.ExpiresAt)
}

// Endless reports whether the window never ends.
func (w Window) Endless() bool { return w.ExpiresAt.IsZero() }

// Equal reports whether both windows have the same bounds.
func (w Window) Equal(other Window) bool {
	return w.StartsAt.Equal(other.StartsAt) && w.ExpiresAt.Equal(other.ExpiresAt)
}

// Check returns an [*InvalidError] unless the window starts before it ends and its end lies after now. Its fields are "starts_at" and "expires_at",
// behind the given prefix.
func (w Window) Check(prefix string, now time.Time) error {
	if w.Endless() {
		return nil
	}
	if !w.ExpiresAt.After(now) {
		return Invalid(prefix+"expires_at", Range, "must be in the future")
	}
	if !w.StartsAt.Before(w.ExpiresAt) {
		return Invalid(prefix+"starts_at", Range, "must be before the end")
	}
	return nil
}

// Assignment gives a user a role, in one tenant or anywhere in his scope.
type Assignment struct {
	Role  uuid.UUID
	Scope Scope
	Window
}

// Equal reports whether both assignments say the same.
func (a Assignment) Equal(b Assignment) bool {
	return a.Role == b.Role && a.Scope == b.Scope && a.Window.Equal(b.Window)
}

// Override is one user's own grant or revoke of one permission, on top of his roles. A revoke wins over every role and grant.
type Override struct {
	Permission Permission
	Granted    bool
	Scope      Scope
	Window
	Reason string    // at most 500 code points
	SetBy  uuid.UUID // the user who set it; uuid.Nil for the system
	SetAt  time.Time
}

// Grant returns an override that grants p anywhere in the user's scope, without an end.
func Grant(p Permission) Override { return Override{Permission: p, Granted: true, Scope: Anywhere} }

// Revoke returns an override that revokes p anywhere in the user's scope, without an end.
func Revoke(p Permission) Override { return Override{Permission: p, Scope: Anywhere} }

// In returns the override limited to one tenant.
func (o Override) In(tenant uuid.UUID) Override {
	o.Scope = In(tenant)
	return o
}

// During returns the override limited to a window.
func (o Override) During(w Window) Override {
	o.Window = w
	return o
}

// Because returns the override with a reason.
func (o Override) Because(reason string) Override {
	o.Reason = reason
	return o
}

// SameRule reports whether both overrides rule the same way; who set them and when does not count.
func (o Override) SameRule(b Override) bool {
	return o.Permission == b.Permission && o.Granted == b.Granted && o.Scope == b.Scope && o.Window.Equal(b.Window) && o.Reason == b.Reason
}

// Object is a single thing of the host's: a dashboard, a report. Its permission is "<type>.view".
type Object struct {
	Type string // ^[a-z][a-z0-9_-]{0,63}$
	ID   int64  // positive
}

// Valid reports whether the object has a type and an id by their grammar.
func (o Object) Valid() bool { return validPart(o.Type) && len(o.Type) <= 64 && o.ID > 0 }

// String returns the object as its type, a colon and its id.
func (o Object) String() string { return o.Type + ":" + strconv.FormatInt(o.ID, 10) }

// ParseObject is the inverse of [Object.String] for the objects that are [Object.Valid].
func ParseObject(text string) (Object, error) {
	typ, id, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	o := Object{typ, n}
	if err != nil || !o.Valid() || o.String() != text {
		return Object{}, fmt.Errorf("perms: malformed object %.80q", text)
	}
	return o, nil
}

// View returns the one permission that a grant of the object admits to.
func (o Object) View() Permission { return Permission(o.Type + ".view") }

// admits reports whether a grant of the object admits to p.
func (o Object) admits(p Permission) bool {
	typ, ok := strings.CutSuffix(string(p), ".view")
	return ok && typ == o.Type && o.Valid()
}

// ObjectGrant is a user's or group's access to one object in a tenant.
type ObjectGrant struct {
	Tenant uuid.UUID
	Object Object
}

// Status is the state of a user's account. The zero Status is none of them.
type Status uint8

// The states. Only active users pass checks.
const (
	Active Status = iota + 1
	Pending
	Suspended
	Deleted
)

// statusNames are the words of the states, by value.
var statusNames = [...]string{Active: "active", Pending: "pending", Suspended: "suspended", Deleted: "deleted"}

// String returns the state's word, and "" for a value that is none.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return ""
}

// ParseStatus is the inverse of [Status.String].
func ParseStatus(word string) (Status, bool) {
	for i, name := range statusNames {
		if name == word && name != "" {
			return Status(i), true
		}
	}
	return 0, false
}
