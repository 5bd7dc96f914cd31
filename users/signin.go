package users

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/password"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// The limits of failures (wire/README.md, section 3.9).
const (
	FailureWindow       = 15 * time.Minute
	FailuresPerAccount  = 10  // from one remote address, for one account or token
	FailuresPerAddress  = 100 // from one remote address
	expiredSessionSweep = 64  // one sign-in in so many removes the sessions that are over
)

// TooManyError says when the next attempt is admitted. It wraps [ErrTooMany].
type TooManyError struct{ Wait time.Duration }

// Error returns the text of ErrTooMany and the time to wait.
func (e *TooManyError) Error() string { return fmt.Sprintf("%v: wait %v", ErrTooMany, e.Wait) }

// Unwrap returns ErrTooMany.
func (e *TooManyError) Unwrap() error { return ErrTooMany }

// FaultKind returns the kind of ErrTooMany.
func (e *TooManyError) FaultKind() fault.Kind { return fault.KindOf(ErrTooMany) }

// throttleKey returns the key of a count. It holds no address in clear, so nothing of a person stays in it.
func throttleKey(purpose string, parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{purpose}, parts...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return purpose + ":" + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// throttles returns the counts under which a failure from a remote address for an account or token stands: its own first.
func throttles(from, purpose, subject string) []Throttle {
	return []Throttle{
		{Key: throttleKey(purpose, from, subject), Limit: FailuresPerAccount, Window: FailureWindow},
		addressThrottle(from),
	}
}

func addressThrottle(from string) Throttle {
	return Throttle{Key: throttleKey("address", from), Limit: FailuresPerAddress, Window: FailureWindow}
}

// signInThrottles returns the counts of a known account. The account is named by its id, so that all of its addresses count as one.
func signInThrottles(from string, u User) []Throttle {
	return throttles(from, "account", u.ID.String())
}

// charge counts a failure beforehand, or is a [*TooManyError].
func charge(ctx context.Context, st Store, keys []Throttle, now time.Time) error {
	wait, err := st.Charge(ctx, keys, now)
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	if wait > 0 {
		return &TooManyError{wait}
	}
	return nil
}

// settle takes a charge back; a success forgets the account's failures too, and what was neither leaves them.
func settle(ctx context.Context, st Store, keys []Throttle, success bool) error {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Key
	}
	if err := st.Refund(ctx, names); err != nil {
		return fmt.Errorf("refund attempt: %w", err)
	}
	if !success {
		return nil
	}
	if err := st.Clear(ctx, keys[0].Key); err != nil {
		return fmt.Errorf("clear attempts: %w", err)
	}
	return nil
}

// Sessions signs people in and out. A session lasts a fixed time from its creation; it is blocked while its user is not active, and ends when he is
// deleted or somebody else sets his password.
type Sessions struct {
	store     Store
	env       perms.Env
	passwords *Passwords
	lifetime  time.Duration
}

// NewSessions returns Sessions over a store; a lifetime of 0 is [session.Lifetime].
func NewSessions(st Store, env perms.Env, passwords *Passwords, lifetime time.Duration) *Sessions {
	if lifetime == 0 {
		lifetime = session.Lifetime
	}
	return &Sessions{st, env, passwords, lifetime}
}

// SignedIn is a session with its user.
type SignedIn struct {
	User    User
	Session session.Session
}

// SignIn opens a session for whoever knows an active user's address and password. Every failure is [ErrBadCredentials] and costs the same work: an
// unknown address, a wrong password, a user without one or who is not active. After too many failures from one remote address it is a
// [*TooManyError]. The hash of an imported or outdated credential is renewed on the way.
func (s *Sessions) SignIn(ctx context.Context, addr, plain, from string) (session.Token, SignedIn, error) {
	u, stored, keys, err := s.account(ctx, addr, from)
	if err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", err)
	}
	if err := charge(ctx, s.store, keys, s.env.Now()); err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", err)
	}
	match, outdated, err := s.passwords.Verify(ctx, plain, stored)
	if err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", errors.Join(err, settle(context.WithoutCancel(ctx), s.store, keys, false)))
	}
	if !match || u.Status != perms.Active {
		return session.Token{}, SignedIn{}, wrap("sign in", ErrBadCredentials)
	}
	if err := settle(ctx, s.store, keys, true); err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", err)
	}
	if outdated {
		if stored, err = s.renew(ctx, u.ID, plain, stored); err != nil {
			return session.Token{}, SignedIn{}, wrap("sign in", err)
		}
	}
	return s.open(ctx, u.ID, stored)
}

// account returns the user of an address with his credential and counts; for an unknown address nobody, with the counts of the address itself.
func (s *Sessions) account(ctx context.Context, addr, from string) (User, password.Hash, []Throttle, error) {
	addr = strings.TrimSpace(addr)
	u, err := s.store.UserByAddress(ctx, Canonical(addr))
	if errors.Is(err, ErrNotFound) {
		return User{}, "", throttles(from, "unknown", Canonical(addr)), nil
	}
	if err != nil {
		return User{}, "", nil, err
	}
	stored, err := s.store.Credential(ctx, u.ID)
	if errors.Is(err, ErrNotFound) {
		return User{}, "", throttles(from, "unknown", Canonical(addr)), nil
	}
	return u, stored, signInThrottles(from, u), err
}

// renew replaces an outdated hash, unless the credential has been changed meanwhile; it returns the hash of the same password that is stored then.
func (s *Sessions) renew(ctx context.Context, user uuid.UUID, plain string, stored password.Hash) (password.Hash, error) {
	h, err := s.passwords.Hash(ctx, plain)
	if err != nil {
		return "", err
	}
	swapped, err := s.store.SwapCredential(ctx, user, stored, h)
	if err != nil {
		return "", fmt.Errorf("renew credential: %w", err)
	}
	if swapped {
		return h, nil
	}
	return s.proven(ctx, user, plain, stored)
}

// proven returns the credential that has come in the place of a proven one, if it is of the same password: then somebody has renewed it who signed in at
// the same time. Otherwise it returns the one that was proven.
func (s *Sessions) proven(ctx context.Context, user uuid.UUID, plain string, stored password.Hash) (password.Hash, error) {
	now, err := s.store.Credential(ctx, user)
	if errors.Is(err, ErrNotFound) {
		return stored, nil
	}
	if err != nil {
		return "", fmt.Errorf("read credential: %w", err)
	}
	match, _, err := s.passwords.Verify(ctx, plain, now)
	if err != nil || !match {
		return stored, err
	}
	return now, nil
}

// open makes a session, and takes it back if the password has been changed, or the user has ceased to be active, while it was compared.
func (s *Sessions) open(ctx context.Context, user uuid.UUID, proven password.Hash) (session.Token, SignedIn, error) {
	token, signedIn, err := s.Issue(ctx, user)
	if err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", s.unlessGone(ctx, user, err))
	}
	now, err := s.store.Credential(ctx, user)
	if err == nil && now == proven {
		return token, signedIn, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return session.Token{}, SignedIn{}, wrap("sign in", err)
	}
	if err := s.store.EndSession(context.WithoutCancel(ctx), token.Digest()); err != nil {
		return session.Token{}, SignedIn{}, wrap("sign in", err)
	}
	return session.Token{}, SignedIn{}, wrap("sign in", ErrBadCredentials)
}

// unlessGone returns err, or [ErrBadCredentials] if the user has been purged while his password was compared.
func (s *Sessions) unlessGone(ctx context.Context, user uuid.UUID, err error) error {
	if _, missing := s.store.User(ctx, user); errors.Is(missing, ErrNotFound) {
		return ErrBadCredentials
	}
	return err
}

// Issue opens a session for a user without asking for a password: for whoever has just made the account with one.
func (s *Sessions) Issue(ctx context.Context, user uuid.UUID) (session.Token, SignedIn, error) {
	now := s.env.Now()
	token, made := session.Issue(user, now, s.lifetime)
	if err := s.store.InsertSession(ctx, made); err != nil {
		return session.Token{}, SignedIn{}, fmt.Errorf("open session: %w", err)
	}
	if token.Digest()[0]%expiredSessionSweep == 0 {
		if err := s.store.EndExpiredSessions(ctx, now); err != nil {
			return session.Token{}, SignedIn{}, fmt.Errorf("end expired sessions: %w", err)
		}
	}
	_, u, err := s.store.Session(ctx, made.Digest)
	if err != nil {
		return session.Token{}, SignedIn{}, fmt.Errorf("open session: %w", err)
	}
	return token, SignedIn{u, made}, nil
}

// Authenticate returns the session of a token and its user, of whatever status: [ErrNoSession] for a token that is malformed, unknown, ended or expired.
// A caller who admits only active users asks SignedIn.User.Status. A session that is found to be over is ended, and stays so if the clock is set back;
// where it cannot be ended, as in a view, it is ErrNoSession all the same.
func (s *Sessions) Authenticate(ctx context.Context, token string) (SignedIn, error) {
	t, err := session.Parse(session.KindSession, token)
	if err != nil {
		return SignedIn{}, ErrNoSession
	}
	found, u, err := s.store.Session(ctx, t.Digest())
	if err != nil {
		return SignedIn{}, err
	}
	if found.Expired(s.env.Now()) {
		if err := s.store.EndSession(ctx, found.Digest); err != nil {
			return SignedIn{}, fmt.Errorf("%w: end expired session: %w", ErrNoSession, err)
		}
		return SignedIn{}, ErrNoSession
	}
	return SignedIn{u, found}, nil
}

// SignOut ends a session. Ending one that is over is no error.
func (s *Sessions) SignOut(ctx context.Context, d session.Digest) error {
	return wrap("sign out", s.store.EndSession(ctx, d))
}

// Admit refuses a remote address from which too many failures came, whatever it asks for now: a [*TooManyError]. It counts nothing. An API asks it
// before it reads a body that may hold a secret.
func (s *Sessions) Admit(ctx context.Context, from string) error {
	return admit(ctx, s.store, []Throttle{addressThrottle(from)}, s.env.Now())
}

// admit is a [*TooManyError] where charge would be one.
func admit(ctx context.Context, st Store, keys []Throttle, now time.Time) error {
	wait, err := st.Throttled(ctx, keys, now)
	if err != nil {
		return fmt.Errorf("look at attempts: %w", err)
	}
	if wait > 0 {
		return &TooManyError{wait}
	}
	return nil
}

// Attempt is one use of a token that might be guessed. Unlike a password it is counted only when it has turned out to be unknown: it cannot be found in
// the time that this leaves, and those who use a good one at the same time are not in each other's way.
type Attempt struct {
	sessions *Sessions
	keys     []Throttle
}

// Attempt begins the use of a token from a remote address, or is a [*TooManyError]. Whoever calls it ends it by Succeed or Fail; an attempt that is left as
// it is counts for nothing.
func (s *Sessions) Attempt(ctx context.Context, from, token string) (*Attempt, error) {
	keys := throttles(from, "token", token)
	if err := admit(ctx, s.store, keys, s.env.Now()); err != nil {
		return nil, err
	}
	return &Attempt{s, keys}, nil
}

// Succeed forgets the failures of the same token from the same address.
func (t *Attempt) Succeed(ctx context.Context) error {
	first := t.keys[0]
	first.Limit = 1
	err := admit(ctx, t.sessions.store, []Throttle{first}, t.sessions.env.Now())
	if errors.Is(err, ErrTooMany) {
		return t.sessions.store.Clear(ctx, first.Key)
	}
	return err
}

// Fail counts a failure. It is a [*TooManyError] for one that is too many.
func (t *Attempt) Fail(ctx context.Context) error {
	return charge(ctx, t.sessions.store, t.keys, t.sessions.env.Now())
}
