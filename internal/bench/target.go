package main

import (
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// The rounds and slices of what is compared closely.
const (
	closeSlice  = 3 * time.Millisecond
	closeRounds = 25
)

// finding is what was measured of a target.
type finding struct {
	target string
	what   string
	reach  float64 // what it shall be
	got    float64
	unit   string
	least  bool // reach is the least, and not the most
	note   string
	unlike string // why it was not measured as the target says; the table says so
}

func (f finding) met() bool {
	if f.least {
		return f.got >= f.reach
	}
	return f.got <= f.reach
}

// hot asks about one user; random about all of them. Each lane goes through its questions by turns.
const hot = 1 << 8

// stage is a dataset in two baselines and in Books in memory and in SQLite, all of them warm.
type stage struct {
	data    *dataset
	limit   *mapBits
	strings *roleBits
	memory  *rolebook
	disk    *rolebook
	mix     []*question
	ids     []asked
	keys    []uint64 // of the limit, as ids
	pids    []int
}

// asked is a question by ids.
type asked struct {
	user, tenant uuid.UUID
	pid          uint32
}

func newStage(d *dataset) (*stage, error) {
	s := &stage{data: d, limit: &mapBits{}, strings: &roleBits{}, memory: &rolebook{}, disk: &rolebook{onDisk: true}, mix: d.mix(questions)}
	for _, c := range []contestant{s.limit, s.strings, s.memory, s.disk} {
		if err := c.load(d); err != nil {
			return nil, err
		}
	}
	s.memory.warm()
	s.disk.warm()
	for _, q := range s.mix {
		s.ids = append(s.ids, asked{q.user, q.tenant, uint32(q.pid)})
		s.keys = append(s.keys, key(q.tid, q.uid))
		s.pids = append(s.pids, q.pid)
	}
	for _, c := range []contestant{s.limit, s.strings, s.memory, &byHandle{*s.memory}, s.disk, &byHandle{*s.disk}} {
		if err := verify(c, s.mix); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stage) close() {
	s.memory.close()
	s.disk.close()
}

// user returns a user without overrides.
func (s *stage) user() int { return s.data.find(true).uid }

// inHand is a bit test on a set that is held already.
func (s *stage) inHand() lane {
	u := s.user()
	set, pids := s.limit.users[key(s.data.users[u].tenant, u)], s.pids
	return lane{"bit test in hand", func(n int) {
		hits := 0
		for i := range n {
			if set.has(pids[i&(hot-1)]) {
				hits++
			}
		}
		seen.count = hits
	}}
}

// resolved is Resolved.Can.
func (s *stage) resolved(c *rolebook) lane {
	u := &s.data.users[s.user()]
	held, err := c.book.Perms.Resolve(background, u.id, perms.In(s.data.tenantIDs[u.tenant]))
	if err != nil {
		panic(err)
	}
	var handles [hot]perms.Handle
	for i := range handles {
		handles[i] = c.handles[s.pids[i]]
	}
	return lane{"Resolved.Can", func(n int) {
		hits := 0
		for i := range n {
			if held.Can(handles[i&(hot-1)]) {
				hits++
			}
		}
		seen.count = hits
	}}
}

// limits is a look-up of the user in a map, and a bit test: of one user, or of all. With the clock, it reads that each time, as a check has to where others
// may write to the store: a processor does not begin to look for the next user before it has read the clock, so that the two together take longer than each.
func (s *stage) limits(one, clock bool) lane {
	users, keys, pids := s.limit.users, s.keys, s.pids
	mask := len(keys) - 1
	if one {
		u := s.user()
		keys, mask = []uint64{key(s.data.users[u].tenant, u)}, 0
	}
	return lane{"map and bit test", func(n int) {
		hits := 0
		for i := range n {
			if clock {
				seen.at = time.Now()
			}
			if set := users[keys[i&mask]]; set != nil && set.has(pids[i&(questions-1)]) {
				hits++
			}
		}
		seen.count = hits
	}}
}

// byIDs is CheckHandle.
func (s *stage) byIDs(c *rolebook, one bool) lane {
	a, handles, ids := c.book.Perms, c.handles, s.ids
	mask := len(ids) - 1
	if one {
		u := &s.data.users[s.user()]
		ids = make([]asked, hot)
		for i := range ids {
			ids[i] = asked{u.id, s.data.tenantIDs[u.tenant], uint32(s.pids[i])}
		}
		mask = hot - 1
	}
	return lane{"CheckHandle", func(n int) {
		hits := 0
		for i := range n {
			q := &ids[i&mask]
			if d, err := a.CheckHandle(background, q.user, handles[q.pid], perms.In(q.tenant)); err == nil && d.Allowed {
				hits++
			}
		}
		seen.count = hits
	}}
}

// of returns the questions about one user, or those of the mix.
func (s *stage) of(one bool) []*question {
	if !one {
		return s.mix
	}
	u := s.user()
	out := make([]*question, hot)
	for i := range out {
		out[i] = s.data.question(u, s.data.users[u].tenant, s.pids[i])
	}
	return out
}

// byStrings is Check.
func (s *stage) byStrings(c *rolebook, one bool) lane {
	a, list := c.book.Perms, s.of(one)
	return lane{"Check", func(n int) {
		hits := 0
		for i := range n {
			q := list[i&(len(list)-1)]
			if d, err := a.Check(background, q.user, perms.Permission(q.permission), perms.In(q.tenant)); err == nil && d.Allowed {
				hits++
			}
		}
		seen.count = hits
	}}
}

// baseStrings is what somebody would write by hand who thinks of speed: three maps by strings, sets of bits of roles.
func (s *stage) baseStrings(one, clock bool) lane {
	m, list := s.strings, s.of(one)
	return lane{"role bits by strings", func(n int) {
		hits := 0
		for i := range n {
			if clock {
				seen.at = time.Now()
			}
			if m.check(list[i&(len(list)-1)]) {
				hits++
			}
		}
		seen.count = hits
	}}
}

// checkFindings measures targets 1 to 3.
func (s *stage) checkFindings(rounds int) []finding {
	var out []finding
	r := race(rounds, closeSlice, s.inHand(), s.resolved(s.memory))
	out = append(out, finding{target: "1", what: "Resolved.Can / bit test in hand", reach: 2, got: r.ratio(1, 0), note: pair(r, 1, 0)})
	for _, one := range []bool{true, false} {
		name := map[bool]string{true: ", hot", false: ", random"}[one]
		r = race(rounds, closeSlice, s.limits(one, false), s.byIDs(s.memory, one), s.limits(one, true), s.byIDs(s.disk, one))
		out = append(out,
			finding{target: "2", what: "CheckHandle / map and bit test" + name, reach: 2, got: r.ratio(1, 0), note: pair(r, 1, 0)},
			finding{target: "2", what: "CheckHandle, SQLite / the same and the clock" + name, reach: 2, got: r.ratio(3, 2), note: pair(r, 3, 2)},
		)
		r = race(rounds, closeSlice, s.baseStrings(one, false), s.byStrings(s.memory, one), s.baseStrings(one, true), s.byStrings(s.disk, one))
		out = append(out,
			finding{target: "3", what: "Check / role bits by strings" + name, reach: 1.5, got: r.ratio(1, 0), note: pair(r, 1, 0)},
			finding{target: "3", what: "Check, SQLite / the same and the clock" + name, reach: 1.5, got: r.ratio(3, 2), note: pair(r, 3, 2)},
		)
	}
	return out
}

// pair tells the times of which a ratio was made.
func pair(r result, a, b int) string { return nanoseconds(r.of(a)) + " / " + nanoseconds(r.of(b)) }

// warmLanes are all the ways to ask that must not allocate anything.
func (s *stage) warmLanes() []lane {
	lanes := []lane{s.resolved(s.memory)}
	for _, c := range []*rolebook{s.memory, s.disk} {
		for _, one := range []bool{true, false} {
			lanes = append(lanes, s.byIDs(c, one), s.byStrings(c, one))
		}
	}
	return lanes
}

// allocationFindings counts what warm checks allocate. A thousandth is what the rest of the process does in the meantime.
func allocationFindings(lanes []lane) []finding {
	most := 0.0
	for _, l := range lanes {
		objects := allocations(l, 100_000)
		most = max(most, objects)
	}
	return []finding{{target: "1–3", what: "allocations of a warm check, at most", reach: 0.01, got: most, unit: " "}}
}

// sumFindings measures what targets 2 and 3 say of SQLite to the letter: against the limit and a reading of the clock that were timed apart, and added.
func (s *stage) sumFindings() []finding {
	clock := lane{"clock", func(n int) {
		for range n {
			seen.at = time.Now()
		}
	}}
	var out []finding
	for _, one := range []bool{true, false} {
		name := map[bool]string{true: ", hot", false: ", random"}[one]
		r := race(closeRounds, closeSlice, clock, s.limits(one, false), s.byIDs(s.disk, one), s.baseStrings(one, false), s.byStrings(s.disk, one))
		out = append(out,
			finding{target: "2", what: "CheckHandle, SQLite / limit + clock, timed apart" + name, reach: 2, got: r.ratioOfSum(2, 1, 0), note: pair(r, 2, 1) + " + " + nanoseconds(r.of(0))},
			finding{target: "3", what: "Check, SQLite / role bits + clock, timed apart" + name, reach: 1.5, got: r.ratioOfSum(4, 3, 0), note: pair(r, 4, 3) + " + " + nanoseconds(r.of(0))},
		)
	}
	return out
}
