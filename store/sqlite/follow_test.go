//go:build cgo

package sqlite_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// What one process writes, another one that has the same file open reads in the same order, without gaps.
func TestFollowFromElsewhere(t *testing.T) {
	path := newPath(t)
	var books []*store.Book
	for range 2 {
		b, err := store.Connect(t.Context(), open(t, path, sqlite.Options{}), store.Options{Catalog: perms.NewCatalog("assets.view")})
		if err != nil {
			t.Fatal(err)
		}
		books = append(books, b)
	}
	storetest.Follow(t, books[0], books[1], 25)
}
