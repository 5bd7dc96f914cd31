package main

import (
	"fmt"
	"time"
)

// How long one slice of a race is, and how many rounds it has: of a table, whose contestants differ by factors.
const (
	tableSlice  = 4 * time.Millisecond
	tableRounds = 7
)

// tooLong is the processor time above which a column is left out for a contestant.
const tooLong = 3 * time.Second

// questions is how many different ones a mix has.
const questions = 1 << 16

// asking is the lane that asks a contestant the same question.
func asking(c contestant, q *question) lane {
	return lane{run: func(n int) {
		for range n {
			seen.yes = c.check(q)
		}
	}}
}

// asks is the lane that asks a contestant one question of a mix after the other.
func asks(c contestant, mix []*question) lane {
	next := 0
	return lane{run: func(n int) {
		for range n {
			seen.yes = c.check(mix[next&(len(mix)-1)])
			next++
		}
	}}
}

// What has been found out, so that nothing is left out of the program.
var seen struct {
	yes   bool
	count int
	at    time.Time
}

// verify compares answers with the oracle's, as many as can be had in some time.
func verify(c contestant, mix []*question) error {
	began := usage()
	for _, q := range mix {
		if got := c.check(q); got != q.want {
			return fmt.Errorf("wrong answer %t to %+v", got, *q)
		}
		if usage()-began > time.Second {
			break
		}
	}
	return nil
}

// sizesTable asks in Casbin's own sizes: 1,100 to 110,000 rules.
func sizesTable(who []entry) (*table, error) {
	t := newTable("Casbin's sizes (rules), the same question again and again", "1,100 granted", "1,100 denied", "11,000 granted", "11,000 denied", "110,000 granted",
		"110,000 denied", "of the limit", "allocs")
	for _, roles := range []int{100, 1000, 10_000} {
		d := casbinSizes(roles)
		limit := &mapBits{}
		if err := limit.load(d); err != nil {
			return nil, err
		}
		uid := len(d.users)/2 + 1
		granted, denied := d.question(uid, 0, d.roles[d.users[uid].roles[0]].perms[0]), d.question(uid, 0, len(d.perms)-1)
		for _, e := range who {
			if e.maxUsers > 0 && len(d.users) > e.maxUsers {
				t.add(e.name, "–", "–")
				continue
			}
			err := with(e, d, func(c contestant) error {
				if err := verify(c, []*question{granted, denied}); err != nil {
					return err
				}
				r := race(tableRounds, tableSlice, asking(c, granted), asking(c, denied), asking(limit, denied))
				t.add(e.name, nanoseconds(r.of(0)), nanoseconds(r.of(1)))
				if roles == 10_000 {
					objects := allocations(asking(c, denied), 3)
					t.add(e.name, times(r.ratio(1, 2)), number(objects))
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return t, nil
}

// with loads a contestant, lends it to a function, and closes it.
func with(e entry, d *dataset, fn func(c contestant) error) error {
	progress("%s, %d users", e.name, len(d.users))
	c := e.make()
	defer c.close()
	if err := c.load(d); err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	if err := fn(c); err != nil {
		return fmt.Errorf("%s: %w", e.name, err)
	}
	return nil
}

// realisticTable asks about users with two roles each, a tenth of whom have overrides.
func realisticTable(who []entry, size int) (*table, error) {
	t := newTable(fmt.Sprintf("Realistic: %d users, 50 roles of 40 of 300 permissions, 100 tenants", size), "granted", "denied", "random", "of the limit",
		"allocs", "B/user", "load", "role edit", "effective", "holders")
	d := realistic(size)
	mix := d.mix(questions)
	limit := &mapBits{}
	if err := limit.load(d); err != nil {
		return nil, err
	}
	for _, e := range who {
		if e.maxUsers > 0 && size > e.maxUsers {
			continue
		}
		before := heap()
		var spent time.Duration
		loaded := usage()
		err := with(e, d, func(c contestant) error {
			spent = usage() - loaded
			if err := verify(c, mix); err != nil {
				return err
			}
			perUser := float64(heap()-min(heap(), before)) / float64(size)
			t.add(e.name, checks(c, d, mix, limit)...)
			t.add(e.name, number(perUser), nanoseconds(float64(spent)))
			t.add(e.name, edits(c, d)...)
			t.add(e.name, lists(c, d, mix)...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// checks measures warm checks of one question, and then the mix, for which cached decisions are forgotten at the beginning.
func checks(c contestant, d *dataset, mix []*question, limit contestant) []string {
	granted, denied := asking(c, d.find(true)), asking(c, d.find(false))
	r := race(tableRounds, tableSlice, granted, denied)
	if f, ok := c.(forgetter); ok {
		f.forget()
	}
	random := asks(c, mix)
	m := race(tableRounds, tableSlice, random, asks(limit, mix))
	objects := allocations(random, 3)
	return []string{nanoseconds(r.of(0)), nanoseconds(r.of(1)), nanoseconds(m.of(0)), times(m.ratio(0, 1)), number(objects)}
}

// edits measures a role edit, and sees to it that the next check knows.
func edits(c contestant, d *dataset) []string {
	role, q := d.editTarget()
	for _, on := range []bool{true, false} {
		if err := c.edit(role, q.permission, on); err != nil || c.check(q) != on {
			return []string{"stale"}
		}
	}
	on := false
	r := race(tableRounds, tableSlice, lane{run: func(n int) {
		for range n {
			on = !on
			if err := c.edit(role, q.permission, on); err != nil {
				panic(err)
			}
			seen.yes = c.check(q)
		}
	}})
	if on {
		if err := c.edit(role, q.permission, false); err != nil {
			panic(err)
		}
	}
	return []string{nanoseconds(r.of(0))}
}

// lists measures what a user holds, and who holds a permission.
func lists(c contestant, d *dataset, mix []*question) []string {
	began := usage()
	for _, q := range mix[:16] {
		seen.yes = c.check(q)
	}
	one := (usage() - began) / 16
	q := d.find(true)
	return []string{
		listed(one*time.Duration(len(d.perms)), func() { seen.count = effectiveOf(c, d, q) }),
		listed(one*time.Duration(len(d.users)), func() { seen.count = holdersOf(c, d, 7) }, hasSearch(c)),
	}
}

func hasSearch(c contestant) bool { _, ok := c.(searcher); return ok }

// listed measures something that would take about so long by asking one by one, unless that is too long.
func listed(expected time.Duration, fn func(), direct ...bool) string {
	if expected > tooLong && (len(direct) == 0 || !direct[0]) {
		return "–"
	}
	r := race(3, tableSlice, lane{run: func(n int) {
		for range n {
			fn()
		}
	}})
	return nanoseconds(r.of(0))
}

func effectiveOf(c contestant, d *dataset, q *question) (n int) {
	if l, ok := c.(lister); ok {
		return l.effective(q)
	}
	one := *q
	for p := range d.perms {
		if one.pid, one.permission = p, d.perms[p]; c.check(&one) {
			n++
		}
	}
	return n
}

func holdersOf(c contestant, d *dataset, p int) (n int) {
	if s, ok := c.(searcher); ok {
		return s.holders(d.perms[p])
	}
	for i := range d.users {
		u := &d.users[i]
		q := question{uid: i, tid: u.tenant, pid: p, user: u.id, tenant: d.tenantIDs[u.tenant], userName: u.name, tenantName: d.tenants[u.tenant],
			permission: d.perms[p]}
		if c.check(&q) {
			n++
		}
	}
	return n
}
