// Package storetest checks that a [store.Store] keeps its contract.
//
// [Run] opens an empty store for every case and asks it for what the comments above the methods of perms.Store, roles.Store, users.Store,
// invites.Store and [store.Store] promise: what is returned when something is missing, when it is there twice, in which order, and what is left
// behind by a refusal, a panic, a rollback or sixty-four callers at once. [Dump] writes down everything that a store holds, so that a test can say
// "nothing has changed" and mean it.
//
// The rule people get wrong: a decorated store, or one inside the host's own transaction, is a store too. Run the suite over it.
package storetest

import (
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
)

// Config is what a case needs of its store.
type Config struct {
	LockWait time.Duration // how long a writer waits for its turn; 0 for the store's default
}

// Harness says how the suite comes by its stores.
type Harness struct {
	// Open returns a new store that holds what the contract says of new ones. What it takes to end it belongs into t.Cleanup.
	Open func(t *testing.T, c Config) store.Store
	// Close closes a store that Open has returned. It is nil for stores that cannot be closed by themselves.
	Close func(s store.Store) error
	// Joined says that the store lives inside one outer transaction of the host's, in which its own transactions nest. The cases in which several
	// goroutines work at once, or the last commit is looked at from outside, are not run then.
	Joined bool
}

// testCase is one promise, or a few that belong together.
type testCase struct {
	name string
	run  func(f *fixture)
	open bool   // needs a store of its own, not one inside an outer transaction
	conf Config // of its store
}

// topics are the chapters of the suite.
func topics() []topic {
	return []topic{
		{"New", newStoreCases()},
		{"Transactions", transactionCases()},
		{"Nesting", nestingCases()},
		{"Catalogue", catalogueCases()},
		{"Journal", journalCases()},
		{"Archive", archiveCases()},
		{"Subjects", subjectCases()},
		{"Holders", holderCases()},
		{"Tenants", tenantCases()},
		{"Roles", roleCases()},
		{"Users", userCases()},
		{"Addresses", addressCases()},
		{"Search", searchCases()},
		{"Purge", purgeCases()},
		{"Credentials", credentialCases()},
		{"Throttles", throttleCases()},
		{"Groups", groupCases()},
		{"Invites", inviteCases()},
		{"Links", linkCases()},
		{"Views", viewCases()},
		{"Isolation", isolationCases()},
		{"Concurrency", concurrencyCases()},
		{"Listeners", listenerCases()},
		{"Differences", differenceCases()},
	}
}

type topic struct {
	name  string
	cases []testCase
}

// Run checks the stores of a harness against the whole contract.
func Run(t *testing.T, h Harness) {
	for _, topic := range topics() {
		t.Run(topic.name, func(t *testing.T) {
			for _, c := range topic.cases {
				if c.open && h.Joined {
					continue
				}
				t.Run(c.name, func(t *testing.T) { c.run(newFixture(t, h, c.conf)) })
			}
		})
	}
}
