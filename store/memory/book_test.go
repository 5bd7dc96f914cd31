package memory_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestBook(t *testing.T) {
	storetest.RunBook(t, func(*testing.T) store.Store { return memory.New() }, storetest.Thorough())
}
