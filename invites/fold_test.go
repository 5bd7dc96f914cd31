package invites_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// Whatever happens to invites and links, the journal tells all of it.
func TestJournalTellsAll(t *testing.T) {
	w := newWorld(t)
	w.invite("ann", "viewer")
	again := w.invite("ada", "admin") // replaces the first
	made, err := w.accept(again)
	w.must(err)
	gone, err := w.Invites.Create(w.ctx, w.as("bea"), invites.New{Email: "gone@example.com", Role: "viewer"})
	w.must(err)
	w.must(w.Invites.Revoke(w.ctx, w.as("bea"), gone.Number))
	_, err = w.Invites.Create(w.ctx, w.as("ann"), invites.New{Email: "open@example.com", Role: "viewer"})
	w.must(err)

	limited, plain := w.link("ann", "viewer", new(int64(2))), w.link("ann", "", nil)
	for n, l := range []invites.IssuedLink{limited, plain, limited} {
		_, err := w.join(l, []string{"a@example.com", "b@example.com", "c@example.com"}[n])
		w.must(err)
	}
	w.must(w.Invites.DeleteLink(w.ctx, w.as("ann"), plain.Number))
	w.link("ann", "viewer", nil) // stays, and has no limit
	storetest.CheckFold(t, w.db)

	_, err = w.Users.Purge(w.ctx, system, users.ByID(made.ID), false, 0)
	w.must(err)
	storetest.CheckFold(t, w.db)
}
