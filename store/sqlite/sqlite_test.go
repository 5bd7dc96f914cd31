package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t *testing.T, c storetest.Config) store.Store {
			return open(t, filepath.Join(t.TempDir(), "book.db"), sqlite.Options{LockWait: c.LockWait, Durability: sqlite.Normal})
		},
		Close: func(s store.Store) error { return s.(*sqlite.Store).Close() },
	})
}

func open(t *testing.T, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
