//go:build !cgo

package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

func TestWithoutCgo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.db")
	if _, err := sqlite.Open(t.Context(), path, sqlite.Options{}); !errors.Is(err, sqlite.ErrNoCgo) {
		t.Errorf("error is %v", err)
	}
}
