package memory

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// InsertSession implements [users.Store].
func (s *Store) InsertSession(ctx context.Context, n session.Session) error {
	return s.writeAlone(ctx, func(t *tables) error {
		switch {
		case !t.users.has(n.User):
			return errUnknown("user", n.User)
		case t.sessions.has(n.Digest):
			return errExists("session of user", n.User)
		}
		n.CreatedAt, n.ExpiresAt = utc(n.CreatedAt), utc(n.ExpiresAt)
		t.sessions = t.sessions.with(n.Digest, n)
		t.userSessions = t.userSessions.with(userSession{n.User, n.Digest}, struct{}{})
		return nil
	})
}

// Session implements [users.Store].
func (s *Store) Session(ctx context.Context, d session.Digest) (found session.Session, user users.User, err error) {
	user, err = read(ctx, s, func(t *tables) (users.User, error) {
		n, ok := t.sessions.get(d)
		if !ok {
			return users.User{}, users.ErrNoSession
		}
		found = n
		return t.user(n.User)
	})
	return found, user, err
}

// EndSession implements [users.Store].
func (s *Store) EndSession(ctx context.Context, d session.Digest) error {
	return s.writeAlone(ctx, func(t *tables) error {
		t.endSession(d)
		return nil
	})
}

// EndSessions implements [users.Store].
func (s *Store) EndSessions(ctx context.Context, user uuid.UUID, except session.Digest) error {
	return s.writeAlone(ctx, func(t *tables) error {
		t.endSessions(user, except)
		return nil
	})
}

// EndExpiredSessions implements [users.Store].
func (s *Store) EndExpiredSessions(ctx context.Context, now time.Time) error {
	return s.writeAlone(ctx, func(t *tables) error {
		for d, n := range t.sessions.all() {
			if n.Expired(now) {
				t.endSession(d)
			}
		}
		return nil
	})
}

func (t *tables) endSession(d session.Digest) {
	n, ok := t.sessions.get(d)
	if !ok {
		return
	}
	t.sessions = t.sessions.without(d)
	t.userSessions = t.userSessions.without(userSession{n.User, d})
}

func (t *tables) endSessions(user uuid.UUID, except session.Digest) {
	for k := range t.userSessions.from(userSession{user: user}) {
		if k.user != user {
			return
		}
		if k.digest != except {
			t.endSession(k.digest)
		}
	}
}
