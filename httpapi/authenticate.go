package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// The errors of an [Authenticator]. Whatever else it returns is a failure of its own, not the caller's.
var (
	// ErrNoCredentials: the request carries none.
	ErrNoCredentials error = fault.New(fault.Unauthenticated, "httpapi: no credentials")
	// ErrBadCredentials: they are malformed, unknown, ended or expired, or more than one.
	ErrBadCredentials error = fault.New(fault.Unauthenticated, "httpapi: credentials not accepted")
)

// InactiveError is the [ErrBadCredentials] of a user whose account is not active.
type InactiveError struct{ Status perms.Status }

// Error returns the status.
func (e *InactiveError) Error() string {
	return fmt.Sprintf("%v: account is %v", ErrBadCredentials, e.Status)
}

// Unwrap returns [ErrBadCredentials].
func (e *InactiveError) Unwrap() error { return ErrBadCredentials }

// Principal is who asks.
type Principal struct {
	User      uuid.UUID
	Session   session.Digest // zero under a host's own authenticator
	ExpiresAt time.Time      // zero without an end

	user *users.User // read already
}

// Authenticator says who asks. Whether his account is active is asked of the store, each time, by the API.
type Authenticator interface {
	// Authenticate returns [ErrNoCredentials] for a request without any, and [ErrBadCredentials] for one that proves nothing.
	Authenticate(*http.Request) (Principal, error)
}

// SessionAuthenticator knows callers by the bearer tokens of a book's sessions.
type SessionAuthenticator struct{ sessions *users.Sessions }

// Sessions returns the Authenticator over the sessions of a book.
func Sessions(book *store.Book) *SessionAuthenticator { return &SessionAuthenticator{book.Sessions} }

// Authenticate reads the request's one Authorization header.
func (s *SessionAuthenticator) Authenticate(r *http.Request) (Principal, error) {
	token, err := bearer(r)
	if err != nil {
		return Principal{}, err
	}
	in, err := s.sessions.Authenticate(r.Context(), token)
	if errors.Is(err, users.ErrNoSession) {
		return Principal{}, ErrBadCredentials
	}
	if err != nil {
		return Principal{}, fmt.Errorf("authenticate: %w", err)
	}
	return Principal{User: in.User.ID, Session: in.Session.Digest, ExpiresAt: in.Session.ExpiresAt, user: &in.User}, nil
}

// Issue opens a session for a user and returns its token.
func (s *SessionAuthenticator) Issue(ctx context.Context, user uuid.UUID) (string, error) {
	token, _, err := s.sessions.Issue(ctx, user)
	if err != nil {
		return "", err
	}
	return token.Reveal(), nil
}

// bearer returns the token of the request's Authorization header. Credentials of another scheme are none.
func bearer(r *http.Request) (string, error) {
	sent := r.Header.Values("Authorization")
	if len(sent) == 0 {
		return "", ErrNoCredentials
	}
	if len(sent) > 1 {
		return "", ErrBadCredentials
	}
	scheme, token, _ := strings.Cut(sent[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", ErrNoCredentials
	}
	return strings.TrimLeft(token, " "), nil
}

// authenticate returns who asks, and his user, who is active.
func (a *API) authenticate(r *http.Request) (Principal, users.User, error) {
	p, err := a.opts.Authenticator.Authenticate(r)
	if err != nil {
		return Principal{}, users.User{}, err
	}
	u, err := a.active(r.Context(), p)
	if err != nil {
		return Principal{}, users.User{}, err
	}
	return p, u, nil
}

// active returns the user of a principal, who is active.
func (a *API) active(ctx context.Context, p Principal) (users.User, error) {
	u, err := a.userOf(ctx, p)
	if err == nil && u.Status != perms.Active {
		err = &InactiveError{u.Status}
	}
	return u, err
}

// userOf returns the user of a principal; who has been purged is nobody.
func (a *API) userOf(ctx context.Context, p Principal) (users.User, error) {
	if p.user != nil {
		return *p.user, nil
	}
	u, err := a.book.Users.Get(ctx, perms.System("authentication"), p.User)
	if errors.Is(err, users.ErrNotFound) {
		return users.User{}, ErrBadCredentials
	}
	return u, err
}

// principalKey is the key of the Principal in the context of a request.
type principalKey struct{}

// PrincipalFrom returns who asks, in a handler behind [API.Require].
func PrincipalFrom(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(principalKey{}).(Principal)
	return p, ok
}
