package store

import (
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
)

// check refuses Options that mean nothing, as a [*perms.InvalidError].
func (o *Options) check() error {
	all := &perms.InvalidError{}
	for _, v := range []struct {
		field    string
		value    int64
		smallest int64
	}{
		{"session_lifetime", int64(o.SessionLifetime), 0},
		{"preview_time", int64(o.PreviewTime), 0},
		{"max_staleness", int64(o.MaxStaleness), int64(Always)},
		{"cached_users", int64(o.CachedUsers), 0},
		{"cached_bytes", int64(o.CachedBytes), 0},
	} {
		if v.value < v.smallest {
			all.Add(v.field, perms.Range, fmt.Sprintf("must be at least %d", v.smallest))
		}
	}
	if err := all.Or(); err != nil {
		return err
	}
	return perms.CheckInvariants(o.Invariants)
}

// checkKeys refuses invariants whose permissions nobody can hold, because they are not in the catalogue.
func (o *Options) checkKeys(known *perms.Catalog) error {
	all := &perms.InvalidError{}
	for i, v := range o.Invariants {
		for j, p := range v.Permissions {
			if !known.Has(p) {
				all.Add(fmt.Sprintf("invariants[%d].permissions[%d]", i, j), perms.Unknown, "is not in the catalogue")
			}
		}
	}
	return all.Or()
}
