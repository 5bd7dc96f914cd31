package session

import (
	"time"

	"github.com/google/uuid"
)

// Lifetime is how long a session lasts from its creation. It is not extended.
const Lifetime = 7 * 24 * time.Hour

// Session is the record of a user's sign-in: whoever shows the token of Digest
// before ExpiresAt is User. Whether User may do anything is asked of the user,
// each time.
type Session struct {
	Digest    Digest
	User      uuid.UUID
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Issue returns a new token for user and the record that it is to be found by,
// from now until lifetime has passed. Times are in UTC, to the microsecond, as
// stores keep them. A lifetime that is not positive is over at once.
func Issue(user uuid.UUID, now time.Time, lifetime time.Duration) (Token, Session) {
	token := New(KindSession)
	created := now.UTC().Truncate(time.Microsecond)
	return token, Session{
		Digest:    token.Digest(),
		User:      user,
		CreatedAt: created,
		ExpiresAt: created.Add(lifetime).Truncate(time.Microsecond),
	}
}

// Expired reports whether s is over at now. It is at ExpiresAt.
func (s Session) Expired(now time.Time) bool { return !now.Before(s.ExpiresAt) }
