package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// wantField looks for an error that blames one field.
func wantField(t *testing.T, err error, field string, code perms.FieldCode) {
	t.Helper()
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != field || invalid.Fields[0].Code != code {
		t.Errorf("got %v, want that %s is %s", err, field, code)
	}
}

// Options that mean nothing are refused by name; the smallest ones that mean something are not.
func TestConnectChecksOptions(t *testing.T) {
	for field, bad := range map[string]store.Options{
		"session_lifetime": {SessionLifetime: -1},
		"preview_time":     {PreviewTime: -time.Hour},
		"max_staleness":    {MaxStaleness: store.Always - 1},
		"cached_users":     {CachedUsers: -1},
		"cached_bytes":     {CachedBytes: -1},
	} {
		_, err := store.Connect(t.Context(), memory.New(), bad)
		wantField(t, err, field, perms.Range)
	}
	smallest := store.Options{SessionLifetime: 1, PreviewTime: 1, MaxStaleness: store.Always, CachedUsers: 1, CachedBytes: 1}
	for _, good := range []store.Options{{}, smallest} {
		if _, err := store.Connect(t.Context(), memory.New(), good); err != nil {
			t.Error(err)
		}
	}
}
