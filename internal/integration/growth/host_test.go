package main

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// connect returns the book over a store that has been filled, at a moment.
func connect(tb testing.TB, s store.Store, now time.Time) *store.Book {
	tb.Helper()
	return connectWith(tb, s, store.Options{Clock: func() time.Time { return now }})
}

func connectWith(tb testing.TB, s store.Store, o store.Options) *store.Book {
	tb.Helper()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		tb.Fatal(err)
	}
	o.Hasher, o.Catalog = hasher, catalog()
	b, err := store.Connect(tb.Context(), s, o)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func byNumber(tb testing.TB, s store.Store, number int64) users.User {
	tb.Helper()
	u, err := s.UserByNumber(tb.Context(), number)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func tenantOf(tb testing.TB, s store.Store, number int64) uuid.UUID {
	tb.Helper()
	t, err := s.TenantByNumber(tb.Context(), number)
	if err != nil {
		tb.Fatal(err)
	}
	return t.ID
}
