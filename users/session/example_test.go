package session_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users/session"
)

// A sign-in hands the token out once and stores the record. A later request
// brings the token back, and its digest finds the record.
func Example() {
	now := time.Date(2041, 3, 1, 12, 0, 0, 0, time.UTC)
	ada := uuid.MustParse("7f1b6d9c-6f0b-4c39-9a44-0d5a3c1b2e01")

	token, record := session.Issue(ada, now, session.Lifetime)
	sessions := map[session.Digest]session.Session{record.Digest: record}
	header := token.Reveal()
	fmt.Println(token, len(header))

	shown, err := session.Parse(session.KindSession, header)
	if err != nil {
		fmt.Println(err)
		return
	}
	found := sessions[shown.Digest()]
	fmt.Println(found.User, found.Expired(now.Add(time.Hour)), found.Expired(now.Add(session.Lifetime)))

	_, err = session.Parse(session.KindInvite, header)
	fmt.Println(err)
	// Output:
	// [redacted] 46
	// 7f1b6d9c-6f0b-4c39-9a44-0d5a3c1b2e01 false true
	// session: malformed token
}
