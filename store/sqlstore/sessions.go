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

type sessionRow struct {
	BeganAt instant `db:"began_at"`
	EndsAt  instant `db:"ends_at"`
	userRow
}

// Session implements [users.Store]. It is two statements.
func (s *Store) Session(ctx context.Context, d session.Digest) (session.Session, users.User, error) {
	const query = `
		select s.created_at as began_at, s.expires_at as ends_at,` + userColumns + `
		from rolebook_sessions s
		join rolebook_users u on u.number = s.user_number
		where s.digest = ?`
	var (
		row  sessionRow
		user users.User
	)
	err := s.snapshot(ctx, func(u *unit) (err error) {
		if row, err = one[sessionRow](ctx, u, users.ErrNoSession, query, d); err != nil {
			return err
		}
		user, err = u.complete(ctx, row.userRow)
		return err
	})
	if err != nil {
		return session.Session{}, users.User{}, err
	}
	return session.Session{Digest: d, User: user.ID, CreatedAt: row.BeganAt.Time, ExpiresAt: row.EndsAt.Time}, user, nil
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
