package integration_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// TestBookOnPostgres checks the services over PostgreSQL.
func TestBookOnPostgres(t *testing.T) {
	schemas := newSchemas(t)
	storetest.RunBook(t, func(t *testing.T) store.Store { return openPostgres(t, schemas.next(t), storetest.Config{}) }, storetest.Thorough())
}
