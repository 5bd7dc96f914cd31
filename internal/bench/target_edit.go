package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// editFindings measures targets 5, 8 and 9: what an edit of a role costs, and what it does to those who check.
func (s *stage) editFindings() ([]finding, error) {
	var out []finding
	one, two, perSecond := s.readers(1), s.readers(2), 0.0
	var ratios []float64
	for range 5 {
		a, _ := one()
		b, edits := two()
		ratios = append(ratios, b/a)
		perSecond = max(perSecond, edits)
	}
	unlike := ""
	if perSecond < 900 {
		unlike = "fewer edits"
	}
	out = append(out, finding{target: "5", unlike: unlike, what: "checks by two goroutines / by one, while roles are edited", reach: 1.8, got: median(ratios), least: true,
		note: fmt.Sprintf("%.0f edits/s", perSecond)})

	r := race(closeRounds, closeSlice, s.editing(s.strings), s.editing(s.memory))
	out = append(out, finding{target: "8", what: "role edit by the service, and the next check / the same of role bits", reach: 3.5, got: r.ratio(1, 0), note: pair(r, 1, 0)})
	told, err := s.telling()
	if err != nil {
		return nil, err
	}
	r = race(closeRounds, closeSlice, s.editing(s.strings), told)
	out = append(out, finding{target: "8", unlike: "of the Authorizer", what: "role edit, as the Authorizer hears of it, and the next check / the same of role bits", reach: 3.5,
		got: r.ratio(1, 0), note: pair(r, 1, 0)})

	hand, err := newHand(s.disk)
	if err != nil {
		return nil, err
	}
	defer hand.close()
	r = race(closeRounds, 2*closeSlice, hand.lane(), s.editing(s.disk))
	return append(out, finding{target: "9", what: "role edit in SQLite (FULL), and the next check / five statements by hand", reach: 1.5, got: r.ratio(1, 0),
		note: pair(r, 1, 0)}), errors.Join(hand.err)
}

// editing is the lane that edits a role and asks somebody who has it.
func (s *stage) editing(c contestant) lane {
	role, q := s.data.editTarget()
	on := false
	return lane{"edit", func(n int) {
		for range n {
			on = !on
			if err := c.edit(role, q.permission, on); err != nil {
				panic(err)
			}
			if c.check(q) != on {
				panic("an edit does not show")
			}
		}
		if on {
			on = false
			if err := c.edit(role, q.permission, false); err != nil {
				panic(err)
			}
		}
	}}
}

// telling is the lane in which an Authorizer hears that a role has been edited, as commits tell, and somebody is asked who has it: what an edit costs those who
// check, apart from authorizing, storing and journaling it.
func (s *stage) telling() (lane, error) {
	c := &rolebook{warmed: true}
	if err := c.load(s.data); err != nil {
		return lane{}, err
	}
	at, err := c.store.Head(background)
	if err != nil {
		return lane{}, err
	}
	role, q := s.data.editTarget()
	var without []any
	for _, r := range s.data.roles {
		for _, p := range r.perms {
			if r.name == role {
				without = append(without, s.data.perms[p])
			}
		}
	}
	with := append(slices.Clone(without), q.permission)
	on := false
	tell := func() {
		after := at
		at = perms.Head{Revision: at.Revision + 1, At: time.Unix(1, 0)}
		e := perms.Entry{Revision: at.Revision, At: at.At, Action: perms.RoleUpdate, Target: perms.Target{Kind: perms.KindRole, ID: c.roles[role]}}
		if on = !on; on {
			e.After = perms.Members{"permissions": with}
		} else {
			e.After = perms.Members{"permissions": without}
		}
		c.book.Perms.Appended(after, []perms.Entry{e})
		c.book.Perms.Committed(at)
		if c.check(q) != on {
			panic("an edit does not show")
		}
	}
	return lane{"tell", func(n int) {
		for range n {
			tell()
		}
	}}, nil
}

// readers returns a measurement of goroutines that check at random while another one edits a role a thousand times a second. It yields checks per second of
// processor time, all goroutines together: what they would do on processors of their own. The runtime has one processor more meanwhile: the readers never
// wait, and the editor would not get a turn beside them.
func (s *stage) readers(n int) func() (rate, edits float64) {
	const long = 300 * time.Millisecond
	return func() (float64, float64) {
		before := runtime.GOMAXPROCS(0)
		runtime.GOMAXPROCS(before + 1)
		defer runtime.GOMAXPROCS(before)
		ctx, stop := context.WithTimeout(background, long)
		defer stop()
		var (
			wg     sync.WaitGroup
			mu     sync.Mutex
			rate   float64
			edited atomic.Int64
		)
		wg.Go(func() { s.editor(ctx, &edited) })
		for reader := range n {
			wg.Go(func() {
				one := s.read(ctx, reader)
				mu.Lock()
				defer mu.Unlock()
				rate += one
			})
		}
		wg.Wait()
		return rate, float64(edited.Load()) / long.Seconds()
	}
}

// editor edits a role as often as milliseconds go by, until ctx ends.
func (s *stage) editor(ctx context.Context, edited *atomic.Int64) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	role, q := s.data.editTarget()
	edit := func(on bool) {
		if err := s.memory.edit(role, q.permission, on); err != nil {
			panic(err)
		}
	}
	defer edit(false)
	began := time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for due := time.Since(began).Milliseconds(); edited.Load() < due && ctx.Err() == nil; {
			edit(edited.Add(1)%2 == 1)
		}
	}
}

// read checks until ctx ends, and returns how many checks it did in a second of its thread's time.
func (s *stage) read(ctx context.Context, reader int) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ask := asks(s.memory, s.mix[reader*questions/2:][:questions/2])
	before, n := threadTime(), 0
	for ctx.Err() == nil {
		ask.run(1000)
		n += 1000
	}
	return float64(n) / (threadTime() - before).Seconds()
}

// threadTime returns the processor time of the thread.
func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
