package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// Every contestant that this program was built with answers as the oracle does, before and after edits.
func TestAnswers(t *testing.T) {
	for name, d := range map[string]*dataset{"sizes": casbinSizes(100), "realistic": realistic(1000)} {
		for _, e := range entries() {
			t.Run(name+"/"+e.name, func(t *testing.T) {
				err := with(e, d, func(c contestant) error {
					role, q := d.editTarget()
					for _, on := range []bool{true, false} {
						if err := c.edit(role, q.permission, on); err != nil {
							return err
						}
						if got := c.check(q); got != on {
							t.Errorf("after an edit to %t: %t", on, got)
						}
					}
					granted := d.find(true)
					want := 0
					for p := range d.perms {
						if d.holds(granted.uid, granted.tid, p) {
							want++
						}
					}
					if got := effectiveOf(c, d, granted); got != want {
						t.Errorf("he holds %d permissions, want %d", got, want)
					}
					want = 0
					for uid := range d.users {
						if d.holds(uid, d.users[uid].tenant, 7) {
							want++
						}
					}
					if got := holdersOf(c, d, 7); got != want {
						t.Errorf("%d holders, want %d", got, want)
					}
					return verify(c, d.mix(1<<10))
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

var box *int

// The gate lets no allocation pass, nor a check that is slower than its limit; and whatever passes once in a few attempts does.
func TestGateRefuses(t *testing.T) {
	allocating := lane{"allocates", func(n int) {
		for i := range n {
			if i%50 == 0 {
				box = new(int)
			}
		}
	}}
	var out bytes.Buffer
	if judge(&out, func() []finding { return allocationFindings([]lane{allocating}) }, 1) != 1 || !strings.Contains(out.String(), "FAIL") {
		t.Errorf("an allocation in fifty checks passes:\n%s", &out)
	}
	idle := lane{"idle", func(int) {}}
	if judge(&out, func() []finding { return allocationFindings([]lane{idle}) }, 1) != 0 {
		t.Errorf("nothing at all does not pass:\n%s", &out)
	}
	measured := 0
	of := func(ratios ...float64) func() []finding {
		measured = 0
		return func() []finding {
			measured++
			return []finding{{what: "x", reach: 2, got: ratios[(measured-1)%len(ratios)]}}
		}
	}
	if judge(&out, of(6.1), spare) != 1 || measured != attempts {
		t.Error("more than three times the target passes")
	}
	if judge(&out, of(7, 5.9, 9), spare) != 0 || measured != 2 {
		t.Error("what was noise once does not pass")
	}
}

func TestRace(t *testing.T) {
	spin := func(d time.Duration) func(int) {
		return func(n int) {
			for began := usage(); usage()-began < time.Duration(n)*d; {
			}
		}
	}
	r := race(9, 2*time.Millisecond, lane{"one", spin(20 * time.Microsecond)}, lane{"three", spin(60 * time.Microsecond)})
	if got := r.ratio(1, 0); got < 2 || got > 4 {
		t.Errorf("what takes three times as long takes %.1f times as long", got)
	}
}

func TestMedian(t *testing.T) {
	r := result{{1, 2, 30}, {2, 8, 15}}
	if r.of(0) != 2 || r.ratio(1, 0) != 2 || r.ratioOfSum(0, 0, 1) != 1.0/3 {
		t.Errorf("%v %v", r.of(0), r.ratio(1, 0))
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	made := newTable("Checks", "time", "of the limit")
	made.add("us", nanoseconds(23.4), times(3.14))
	made.add("them", nanoseconds(5_100_000))
	made.add("them", times(113_532))
	made.write(&out)
	const want = `
### Checks

|      |   time | of the limit |
|------|-------:|-------------:|
| us   |  23 ns |         3.1× |
| them | 5.1 ms |     113,532× |
`
	if out.String() != want {
		t.Errorf("got%s", out.String())
	}
}
