package transcript

import (
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Person returns a user by his number, with all of him.
func (s *Stage) Person(tb testing.TB, number int64) users.User {
	tb.Helper()
	u, err := s.Store.UserByNumber(tb.Context(), number)
	must(tb, err)
	return u
}

// Overwrite puts a user into a state to which no API leads.
func (s *Stage) Overwrite(tb testing.TB, number int64, change func(*users.User)) {
	tb.Helper()
	must(tb, s.Store.InTx(tb.Context(), func(tx store.Store) error {
		old, err := tx.UserByNumber(tb.Context(), number)
		if err != nil {
			return err
		}
		u := old.Clone()
		change(&u)
		u.Version++
		return tx.UpdateUser(tb.Context(), old, u)
	}))
}

// Tenant returns a tenant's id by its number.
func (s *Stage) Tenant(tb testing.TB, number int64) uuid.UUID {
	tb.Helper()
	found, err := s.Store.TenantByNumber(tb.Context(), number)
	must(tb, err)
	return found.ID
}

// Role returns a role's id by its number.
func (s *Stage) Role(tb testing.TB, number int64) uuid.UUID {
	tb.Helper()
	found, err := s.Store.RoleByNumber(tb.Context(), number)
	must(tb, err)
	return found.ID
}
