package session_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users/session"
)

func TestIssue(t *testing.T) {
	user := uuid.MustParse("7f1b6d9c-6f0b-4c39-9a44-0d5a3c1b2e01")
	now := time.Date(2041, 3, 1, 12, 30, 0, 123_456_789, time.FixedZone("CET", 3600))
	token, s := session.Issue(user, now, session.Lifetime)

	if _, err := session.Parse(session.KindSession, token.Reveal()); err != nil {
		t.Error(err)
	}
	if !s.Digest.Equal(token.Digest()) || s.User != user {
		t.Errorf("session %+v of token %s", s, token.Reveal())
	}
	// Compared as written: an equal instant elsewhere is not what a store returns.
	created := time.Date(2041, 3, 1, 11, 30, 0, 123_456_000, time.UTC)
	expires := time.Date(2041, 3, 8, 11, 30, 0, 123_456_000, time.UTC)
	if s.CreatedAt != created || s.ExpiresAt != expires {
		t.Errorf("from %v to %v; want %v to %v", s.CreatedAt, s.ExpiresAt, created, expires)
	}
	if _, again := session.Issue(user, now, session.Lifetime); again.Digest == s.Digest {
		t.Error("the same session twice")
	}
}

func TestIssueKeepsMicroseconds(t *testing.T) {
	now := time.Date(2041, 3, 1, 12, 30, 0, 0, time.UTC)
	_, s := session.Issue(uuid.New(), now, 1999*time.Nanosecond)
	if want := now.Add(time.Microsecond); s.ExpiresAt != want {
		t.Errorf("expires at %v; want %v", s.ExpiresAt, want)
	}
}

func TestExpired(t *testing.T) {
	now := time.Date(2041, 3, 1, 12, 30, 0, 0, time.UTC)
	_, s := session.Issue(uuid.New(), now, time.Hour)
	end := now.Add(time.Hour)
	for at, want := range map[time.Time]bool{
		now:                                 false,
		end.Add(-time.Microsecond):          false,
		end:                                 true,
		end.Add(time.Microsecond):           true,
		end.In(time.FixedZone("EET", 7200)): true,
	} {
		if got := s.Expired(at); got != want {
			t.Errorf("at %v of %v: %v", at, end, got)
		}
	}
	for _, lifetime := range []time.Duration{0, -time.Hour} {
		if _, s := session.Issue(uuid.New(), now, lifetime); !s.Expired(now) {
			t.Errorf("a session of %v lasts", lifetime)
		}
	}
	if !(session.Session{}).Expired(now) {
		t.Error("the zero session lasts")
	}
}
