package matrix_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

const verdicts = "testdata/verdicts.md"

// Every door to the same place opens to the same people. In short mode few ask.
func TestSiblings(t *testing.T) {
	var who []string
	if testing.Short() {
		who = []string{"rob"}
	}
	matrix.Siblings(t, matrix.Host("memory", func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	}), verdicts, who...)
}

// And in the same way over a database, to those who are told different things.
func TestSiblingsOnSQLite(t *testing.T) {
	who := []string{"rob", "ann", "root"}
	if testing.Short() {
		who = who[:1]
	}
	matrix.Siblings(t, matrix.Host("sqlite", func(tb testing.TB, _ func() time.Time) store.Store {
		s, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "rolebook.db"), sqlite.Options{Durability: sqlite.Normal})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = s.Close() })
		return s
	}), verdicts, who...)
}
