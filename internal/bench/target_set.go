package main

import (
	"fmt"
	"runtime"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

// setFindings measures target 10: all that one user may do.
func (s *stage) setFindings() []finding {
	q := s.data.find(true)
	a, scope := s.memory.book.Perms, perms.In(q.tenant)
	base := lane{"role bits", func(n int) {
		for range n {
			seen.count = s.strings.effective(q)
		}
	}}
	set := lane{"Effective", func(n int) {
		for range n {
			set, err := a.Effective(background, q.user, scope)
			if err != nil {
				panic(err)
			}
			seen.count = set.Len()
		}
	}}
	names := lane{"names", func(n int) {
		for range n {
			set, err := a.Effective(background, q.user, scope)
			if err != nil {
				panic(err)
			}
			seen.count = len(set.Strings())
		}
	}}
	r := race(closeRounds, closeSlice, base, set, names)
	objects := allocations(names, 10_000)
	return []finding{
		{target: "10", what: "Effective / role bits", reach: 7, got: r.ratio(1, 0), note: pair(r, 1, 0)},
		{target: "10", what: "Effective and its sorted names / role bits", reach: 70, got: r.ratio(2, 0), note: pair(r, 2, 0)},
		{target: "10", what: "allocations of Effective and its sorted names", reach: 2, got: objects, unit: " "},
	}
}

// memoryFindings measures target 6: what the Authorizer keeps of each user, the store apart.
func memoryFindings(users int) ([]finding, error) {
	kept := func(d *dataset) (float64, error) {
		c := &rolebook{}
		if err := c.load(d); err != nil {
			return 0, err
		}
		before := heap()
		c.warm()
		after := heap()
		runtime.KeepAlive(c)
		return float64(after-before) / float64(len(d.users)), nil
	}
	plain, with := realistic(users), realistic(users)
	for i := range plain.users {
		plain.users[i].overrides = nil
		with.users[i].overrides = []override{{1, false}, {70, true}, {140, false}, {210, true}}
	}
	bare, err := kept(plain)
	if err != nil {
		return nil, err
	}
	loaded, err := kept(with)
	return []finding{
		{target: "6", what: "memory for a user with two roles", reach: 128, got: bare, unit: " B"},
		{target: "6", what: "memory for an override", reach: 16, got: (loaded - bare) / 4, unit: " B"},
	}, err
}

// loadFindings measures target 7: resolving everybody, from nothing.
func (s *stage) loadFindings() ([]finding, error) {
	var err error
	fresh := func(c *rolebook) lane {
		return lane{"load", func(n int) {
			for range n {
				cold := &rolebook{store: c.store, data: c.data}
				if err = cold.connect(); err == nil {
					cold.warm()
				}
			}
		}}
	}
	base := lane{"role bits", func(n int) {
		for range n {
			err = (&roleBits{}).load(s.data)
		}
	}}
	scan := lane{"row scan", func(n int) {
		for range n {
			seen.count, err = rawScan(s.disk.store.(*sqlite.Store).DB())
		}
	}}
	rows := lane{"rows", func(n int) {
		for range n {
			seen.count = 0
			_, err = s.memory.store.EachActive(background, 0, len(s.data.users), func(u *perms.Subject) { seen.count += len(u.Roles) })
		}
	}}
	r := race(3, closeSlice, base, fresh(s.memory), scan, fresh(s.disk), rows)
	return []finding{
		{target: "7", what: fmt.Sprintf("%d users from memory / role bits", len(s.data.users)), reach: 3, got: r.ratio(1, 0), note: pair(r, 1, 0)},
		{target: "7", what: fmt.Sprintf("%d users from memory / scan of the rows", len(s.data.users)), reach: 3, got: r.ratio(1, 4), note: pair(r, 1, 4)},
		{target: "7", what: fmt.Sprintf("%d users from SQLite / scan of the rows", len(s.data.users)), reach: 6, got: r.ratio(3, 2), note: pair(r, 3, 2)},
	}, err
}

// growthFindings measures target 4, and target 11 with many users in SQLite.
func growthFindings(many int) ([]finding, error) {
	var out []finding
	few, lots := &rolebook{}, &rolebook{}
	a, b := casbinSizes(100), casbinSizes(10_000)
	if err := few.load(a); err != nil {
		return nil, err
	}
	if err := lots.load(b); err != nil {
		return nil, err
	}
	ask := func(c *rolebook, d *dataset) lane { return asking(c, d.question(len(d.users)/2+1, 0, 3)) }
	r := race(closeRounds, closeSlice, ask(few, a), ask(lots, b))
	out = append(out, finding{target: "4", what: "hot check with 110,000 rules / 1,100", reach: 1.5, got: r.ratio(1, 0), note: pair(r, 1, 0)})

	small, large := realistic(10_000), realistic(many)
	few, lots = &rolebook{onDisk: true}, &rolebook{onDisk: true}
	defer few.close()
	defer lots.close()
	if err := few.load(small); err != nil {
		return nil, err
	}
	if err := lots.load(large); err != nil {
		return nil, err
	}
	few.warm()
	lots.warm()
	r = race(closeRounds, closeSlice, asking(few, small.find(true)), asking(lots, large.find(true)))
	out = append(out, finding{target: "4", unlike: fewer(many), what: fmt.Sprintf("hot check with %d users / 10,000", many), reach: 1.5, got: r.ratio(1, 0), note: pair(r, 1, 0)})
	held, err := holderFindings(lots)
	return append(out, held...), err
}

// fewer says that there were not as many users as the targets are about.
func fewer(users int) string {
	if users < 1_000_000 {
		return "fewer users"
	}
	return ""
}
