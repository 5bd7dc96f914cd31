package integration_test

import (
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// allOnPostgres is a server of every API, each stage in a schema of its own.
func allOnPostgres(t *testing.T) transcript.Host {
	schemas := newSchemas(t)
	return matrix.Host("postgres", func(tb testing.TB, _ func() time.Time) store.Store {
		return openPostgres(tb.(*testing.T), schemas.next(tb.(*testing.T)), storetest.Config{})
	})
}

// Users who are made through every API at once are distinct, and in every list.
func TestManyAtOnce(t *testing.T) { matrix.Together(t, allOnPostgres(t)) }

// Every door to the same place opens to the same people here too; rob is told the most different things.
func TestSiblings(t *testing.T) {
	matrix.Siblings(t, allOnPostgres(t), "../matrix/testdata/verdicts.md", "rob")
}
