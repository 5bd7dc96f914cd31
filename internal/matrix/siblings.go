package matrix

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// changes returns everything that is attempted.
func changes() []change {
	return slices.Concat(gainRole(), createWithRole(), gainPermission(), editRole(), shareObjects(), gainTenant(), changeCredential(), changeStatus(), read())
}

// Siblings attempts every change at every target through every door as some actors, all of them if none is named, and compares the verdicts with each other and
// with the file. What is refused changes nothing; after what is allowed the effect is there.
func Siblings(t *testing.T, host transcript.Host, file string, who ...string) {
	if len(who) == 0 {
		who = actors
	}
	found := &verdicts{byCell: map[cell]verdict{}, used: map[int]bool{}, doors: map[string]bool{}}
	t.Run("attempts", func(t *testing.T) {
		for _, who := range who {
			t.Run(who, func(t *testing.T) {
				t.Parallel()
				attemptAll(t, host, who, found)
			})
		}
	})
	t.Logf("%d attempts through %d doors", found.attempts, len(found.doors))
	found.compare(t, file, who)
}

// attemptAll makes all attempts of one actor, each as if no other had been made.
func attemptAll(t *testing.T, host transcript.Host, who string, found *verdicts) {
	s := newScene(t, host)
	for _, c := range changes() {
		var harmless []func(*transcript.Stage)
		for _, target := range c.targets {
			if target == who {
				continue // that is himself
			}
			for _, d := range c.doors {
				try := func(trial *transcript.Stage) (*attempt, verdict) {
					a := s.attempt(t, trial, who, target)
					if c.idle != nil && c.idle(a) {
						return a, closed
					}
					return a, d.open(a)
				}
				s.Trial(t, func(trial *transcript.Stage) {
					a, v := try(trial)
					if v == closed {
						return
					}
					found.add(t, c, d, who, target, v)
					if v != allowed || c.seen == nil {
						harmless = append(harmless, func(trial *transcript.Stage) { try(trial) })
					} else if !c.seen(a) {
						t.Errorf("%s: %s: %s as %s at %s: allowed, without effect", c.effect, c.name, d.name, who, target)
					}
				})
			}
		}
		s.harmless(t, c, who, harmless)
	}
}

// harmless checks that attempts which were refused, or asked, change nothing, all of them together.
func (s scene) harmless(t *testing.T, c change, who string, attempts []func(*transcript.Stage)) {
	t.Helper()
	s.Trial(t, func(trial *transcript.Stage) {
		for _, try := range attempts {
			try(trial)
		}
		if trial.Dump(t) != s.before {
			t.Errorf("%s: %s as %s: what was refused has changed something", c.effect, c.name, who)
		}
	})
}

// attempt returns an attempt of an actor at a user, a role or a place; the place is acme where the target is none.
func (s scene) attempt(t testing.TB, trial *transcript.Stage, who, target string) *attempt {
	if target == "self" {
		target = who
	}
	at, ok := s.places[target]
	if !ok {
		at = s.places["acme"]
	}
	a := &attempt{Stage: trial, tb: t, who: who, actor: s.users[who], role: s.roles[target], tenant: at.tenant, group: at.group, roles: s.roles}
	if a.user, ok = s.users[target]; !ok {
		a.user = s.users["none"]
	}
	if a.user.ID != nowhere {
		h, err := trial.Store.Credential(t.Context(), a.user.ID)
		must(t, err)
		a.was = h.Reveal()
	}
	return a
}

// cell is what the doors of one width are asked.
type cell struct {
	change, target, who string
	wide                bool
}

// verdicts collects what the doors have said.
type verdicts struct {
	mu       sync.Mutex
	byCell   map[cell]verdict
	used     map[int]bool // exceptions, by index
	doors    map[string]bool
	attempts int
}

// add compares a verdict with that of the first door to the same place, which is Go's, and writes it down if it is that.
func (v *verdicts) add(t *testing.T, c change, d door, who, target string, got verdict) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	v.attempts++
	v.doors[c.effect+": "+d.name] = true
	want, known := standing(d, who)
	at := cell{c.effect + ": " + c.name, target, who, d.wide}
	if !known {
		if v.excepted(c, d, who, target, got) {
			return
		}
		if want, known = v.byCell[at]; !known {
			v.byCell[at], want = got, got
		}
	}
	if got != want {
		t.Errorf("%s: %s as %s at %s: %s, want %s, as through other doors", at.change, d.name, who, target, got, want)
	}
}

// excepted reports whether the verdict is one of the exceptions.
func (v *verdicts) excepted(c change, d door, who, target string, got verdict) bool {
	i := slices.IndexFunc(exceptions, func(e exception) bool { return e.verdict == got && e.is(c, d, who, target) })
	v.used[i] = true
	return i >= 0
}

// standing returns what is said to those who have no standing at all, whatever they ask for (wire/README.md, section 3.1).
func standing(d door, who string) (want verdict, none bool) {
	switch {
	case who == "sue" && (d.api() == "teams" || d.api() == "Go"):
		return forbidden, true
	case who == "sue", who == "guest", who == "bad":
		return nobody, true
	}
	return closed, false
}

// compare compares what was said to some actors with the file, or, if it was asked of all, rewrites that.
func (v *verdicts) compare(t *testing.T, file string, who []string) {
	t.Helper()
	all := slices.Equal(who, actors)
	for i, e := range exceptions {
		if all && !v.used[i] {
			t.Errorf("no door makes the exception of %s", e.source)
		}
	}
	for _, c := range changes() {
		for _, d := range c.doors {
			if all && !v.doors[c.effect+": "+d.name] {
				t.Errorf("%s: %s leads nowhere for anybody", c.effect, d.name)
			}
		}
	}
	got := v.table()
	if transcript.Updating() && all {
		must(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	text, err := os.ReadFile(file)
	must(t, err)
	wanted, answered := cellsOf(string(text)), cellsOf(got)
	if len(wanted) != len(answered) {
		t.Fatalf("%s has %d cells, and there are %d; if that was meant: go test -update, and review the diff", file, len(wanted), len(answered))
	}
	for at, verdict := range answered {
		if slices.Contains(who, at.who) && wanted[at] != verdict {
			t.Errorf("%s as %s at %s: %q, and %q in %s", at.change, at.who, at.target, verdict, wanted[at], file)
		}
	}
}

// table writes the verdicts down, a row for a change and a target, a column for each actor who has a standing. Where it is another one through a door behind
// which he acts in one tenant alone, that stands behind a stroke; - is where nobody gains anything.
func (v *verdicts) table() string {
	var out strings.Builder
	columns := append([]string{"change", "at"}, actors[3:]...)
	row := func(cells []string) { fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | ")) }
	row(columns)
	row(slices.Repeat([]string{"---"}, len(columns)))
	for _, c := range changes() {
		for _, target := range c.targets {
			cells := []string{c.effect + ": " + c.name, target}
			for _, who := range columns[2:] {
				at := cell{cells[0], target, who, true}
				wide := v.byCell[at]
				at.wide = false
				narrow, ok := v.byCell[at]
				text := cmp.Or(string(wide), "-")
				if ok && narrow != wide {
					text += " / " + string(narrow)
				}
				cells = append(cells, text)
			}
			row(cells)
		}
	}
	return out.String()
}

// cellsOf reads what table writes.
func cellsOf(text string) map[cell]string {
	found := map[cell]string{}
	var columns []string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "| "), " | ")
		if columns == nil {
			columns = cells
			continue
		}
		for i, verdict := range cells[2:] {
			found[cell{change: cells[0], target: cells[1], who: columns[2+i]}] = verdict
		}
	}
	return found
}
