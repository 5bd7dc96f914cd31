package sqlstore

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// InsertSession implements [users.Store].
func (s *Store) InsertSession(ctx context.Context, n session.Session) error {
	const insert = `
		insert into rolebook_sessions (digest, user_number, created_at, expires_at)
		values (?, ?, ?, ?)
		on conflict do nothing`
	return s.apart(ctx, func(u *unit) error {
		number, err := u.userNumber(ctx, n.User, errUnknown("user"))
		if err != nil {
			return err
		}
		inserted, err := u.exec(ctx, insert, n.Digest, number, n.CreatedAt, n.ExpiresAt)
		if err == nil && inserted == 0 {
			return errExists("session")
		}
		return err
	})
}

// Session implements [users.Store]. It is one statement.
func (s *Store) Session(ctx context.Context, d session.Digest) (session.Session, users.User, error) {
	found := session.Session{Digest: d}
	var user users.User
	err := s.reading(ctx, func(u *unit) (err error) {
		var facts []*fact
		user, facts, err = u.account(ctx, userBySession, users.ErrNoSession, d)
		for _, f := range facts {
			if f.part == sessionPart {
				found.User, found.CreatedAt, found.ExpiresAt = user.ID, f.starts.Time, f.expires.Time
			}
		}
		return err
	})
	if err != nil {
		return session.Session{}, users.User{}, err
	}
	return found, user, nil
}

// EndSession implements [users.Store].
func (s *Store) EndSession(ctx context.Context, d session.Digest) error {
	const remove = `
		delete from rolebook_sessions
		where digest = ?`
	return s.alone(ctx, remove, d)
}

// EndSessions implements [users.Store].
func (s *Store) EndSessions(ctx context.Context, user uuid.UUID, except session.Digest) error {
	const remove = `
		delete from rolebook_sessions
		where user_number = (select number from rolebook_users where id = ?) and digest <> ?`
	return s.alone(ctx, remove, user, except[:])
}

// EndExpiredSessions implements [users.Store].
func (s *Store) EndExpiredSessions(ctx context.Context, now time.Time) error {
	const remove = `
		delete from rolebook_sessions
		where expires_at <= ?`
	return s.alone(ctx, remove, now)
}

// alone runs one statement that needs no transaction.
func (s *Store) alone(ctx context.Context, text string, args ...any) error {
	return s.apart(ctx, func(u *unit) error {
		_, err := u.exec(ctx, text, args...)
		return err
	})
}
