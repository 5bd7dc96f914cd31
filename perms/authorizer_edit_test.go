package perms_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// TestEditOfRoleSparesOthers: after an edit of a role, whoever does not hold it is answered about without a lock and without allocating anything, and whoever
// does by what the role says now.
func TestEditOfRoleSparesOthers(t *testing.T) {
	c := newCrowd()
	a := c.authorizer(perms.CacheOptions{})
	const people, edited = 2000, 7
	holds := func(i int) bool { return i%50 == edited || (i/50)%49 == edited }
	key := perms.Permission("object00.verb00")
	asked := a.Handle(key)
	check := func(i int) perms.Decision {
		t.Helper()
		d, err := a.CheckHandle(t.Context(), crowdID(i), asked, perms.Home)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	before := make([]bool, people)
	for i := range people {
		before[i] = check(i).Allowed
	}
	for round := range 4 {
		given := round%2 == 0
		patterns := []any{}
		if given {
			patterns = append(patterns, string(key))
		}
		c.head.Revision++
		c.journal = append(c.journal, perms.Entry{Revision: c.head.Revision, At: time.Unix(1, 0), Action: perms.RoleUpdate,
			Target: perms.Target{Kind: perms.KindRole, ID: c.roles[edited].Rule.ID}, After: perms.Members{"permissions": patterns}})
		a.Committed(c.head)
		check(0) // catches up
		others := mallocs(func() {
			for i := range people {
				if holds(i) {
					continue
				}
				if d := check(i); d.Allowed != before[i] || d.Revision != c.head.Revision {
					t.Fatalf("user %d, who does not hold the role: %+v", i, d)
				}
			}
		})
		if others > people/10 { // the rest of the process may allocate something
			t.Errorf("%d allocations to check those who do not hold the role", others)
		}
		for i := edited; i < people; i += 50 {
			if other := (i / 50) % 49; other == edited || c.roles[other].Rule.ID == c.roles[edited].Rule.ID {
				continue
			}
			if d := check(i); given && !d.Allowed && i%5 != 0 || d.Revision != c.head.Revision {
				t.Fatalf("user %d, who holds the role: %+v", i, d)
			}
		}
	}
}

// mallocs returns how many objects a function allocates the first time that it is called.
func mallocs(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

// TestEditsOfRoles: after any edits of a role, of keys, of wildcards, of what is in no catalogue and what is there twice, its holder holds what it says last.
func TestEditsOfRoles(t *testing.T) {
	l, a := newLedger(perms.CacheOptions{})
	r := rand.New(rand.NewPCG(3, 5))
	words := []perms.Pattern{"assets.view", "assets.edit", "assets.delete", "users.read", "roles.read", "dashboards.view", "nothing.there", "assets.v"}
	wildcards := []perms.Pattern{"assets.*", "users.*", perms.AllPattern, "*", "assets*"}
	for round := range 3000 {
		var patterns []perms.Pattern
		for range r.IntN(8) {
			patterns = append(patterns, words[r.IntN(len(words))])
		}
		if round%7 == 0 {
			patterns = append(patterns, wildcards[r.IntN(len(wildcards))])
		}
		l.edit(patterns...)
		a.Committed(perms.Head{Revision: l.now.Load().head.Revision})
		if r.IntN(3) == 0 {
			continue // edited again before it is asked about
		}
		got, err := a.Effective(t.Context(), ann, perms.Home)
		if want := office.Expand(patterns); err != nil || !slices.Equal(got.Strings(), want.Strings()) {
			t.Fatalf("round %d, %v: %v, %v; want %v", round, patterns, got.Strings(), err, want.Strings())
		}
	}
}
