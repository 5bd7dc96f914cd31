package daemon

import (
	"context"

	"github.com/seed-06a6a295/rolebook/store/memory"
)

// inMemory is a server whose data nobody keeps.
func inMemory() Program {
	return Program{DB: "any", Open: func(context.Context, string, bool) (*Data, error) {
		return &Data{Store: memory.New(), Name: "memory", Close: func() error { return nil }}, nil
	}}
}
