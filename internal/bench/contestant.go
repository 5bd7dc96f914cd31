package main

import "github.com/google/uuid"

// question is one question of authorization. Each contestant takes of it what its own callers would have at hand.
type question struct {
	uid, tid, pid int // numbers without gaps, for the limits
	user, tenant  uuid.UUID
	userName      string
	tenantName    string
	permission    string
	want          bool
}

// contestant answers "does the user hold the permission in the tenant?".
type contestant interface {
	load(d *dataset) error
	check(q *question) bool
	// edit adds a permission to a role or takes it away. The next check knows.
	edit(role, permission string, on bool) error
	close()
}

// What only some contestants can do. Without it, a question is asked for each permission, or for each user.
type (
	// lister counts the permissions that a user holds in a tenant.
	lister interface{ effective(q *question) int }
	// searcher counts the users who hold a permission.
	searcher interface{ holders(permission string) int }
	// forgetter drops the answers that it has cached.
	forgetter interface{ forget() }
)

// entry is a contestant by its name.
type entry struct {
	name     string
	module   string // whose version is told; "" for none
	make     func() contestant
	maxUsers int // with more it would not be loaded in any reasonable time; 0 for no bound
}

// entries returns who takes part: the limits, rolebook, and the peers that this program was built with.
func entries() []entry {
	return append(append(baselines(), ours()...), peers()...)
}
