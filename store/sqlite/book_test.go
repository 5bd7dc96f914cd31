//go:build cgo

package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestBook(t *testing.T) {
	storetest.RunBook(t, func(t *testing.T) store.Store {
		s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "book.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}, storetest.Thorough())
}
