package perms_test

import (
	"runtime"
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
