package memory_test

import (
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func open(t *testing.T, c storetest.Config) store.Store {
	s := memory.NewWith(memory.Options{LockWait: c.LockWait})
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, storetest.Harness{Open: open})
}
