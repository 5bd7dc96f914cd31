package transcript

import (
	"errors"
	"maps"
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
)

// Updating reports whether the answers that are written down are to be written anew.
func Updating() bool { return *update }

// errUndone rolls a trial back.
var errUndone = errors.New("transcript: undone")

// Trial runs fn on a stage that begins as this one is. What is done there is undone at the end, and this stage is as it was. It takes a fraction of what
// a new stage takes. The clock of a trial stands still.
func (s *Stage) Trial(tb testing.TB, fn func(*Stage)) {
	tb.Helper()
	err := s.Store.InTx(tb.Context(), func(tx store.Store) error {
		fn(&Stage{Store: tx, Book: s.Book.On(tx), names: s.names, tokens: maps.Clone(s.tokens), as: s.as, mount: s.mount, now: s.Now()})
		return errUndone
	})
	if !errors.Is(err, errUndone) {
		tb.Fatal(err)
	}
}
