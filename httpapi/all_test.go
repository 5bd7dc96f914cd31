package httpapi_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

// allOnMemory is a server of every API.
func allOnMemory() transcript.Host {
	return matrix.Host("memory", func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	})
}

func allOnSQLite() transcript.Host {
	return matrix.Host("sqlite", func(tb testing.TB, _ func() time.Time) store.Store {
		s, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "rolebook.db"), sqlite.Options{Durability: sqlite.Normal})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = s.Close() })
		return s
	})
}
