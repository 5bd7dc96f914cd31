package main

import (
	"runtime"
	"slices"
	"syscall"
	"time"
)

// lane is something to be timed: run does it n times.
type lane struct {
	name string
	run  func(n int)
}

// result is what a race has found out: for each lane, the time of one run in nanoseconds, round by round.
type result [][]float64

// race times lanes against each other: a slice of each, then the next round, so that whatever else the machine does hits all of them alike. What it takes
// is the processor time of the whole process, garbage collection included, and not the time of day: others' work on the machine does not count.
func race(rounds int, slice time.Duration, lanes ...lane) result {
	times := make([]int, len(lanes))
	for i, l := range lanes {
		times[i] = calibrate(l, slice)
	}
	runtime.GC() // of what came before, which is none of theirs
	r := make(result, len(lanes))
	for round := range rounds {
		for j := range lanes {
			i := (j + round) % len(lanes)
			spent := processorTime(func() { lanes[i].run(times[i]) })
			r[i] = append(r[i], float64(spent)/float64(times[i]))
		}
	}
	return r
}

// calibrate returns how often a lane runs in about the time of a slice.
func calibrate(l lane, slice time.Duration) int {
	l.run(1) // which may be the one that loads
	for n := 1; ; n *= 4 {
		spent := processorTime(func() { l.run(n) })
		if spent >= slice/4 || n >= 1<<28 {
			return max(1, int(float64(n)*float64(slice)/float64(max(spent, 1))))
		}
	}
}

// of returns the median time of a lane.
func (r result) of(i int) float64 { return median(r[i]) }

// ratio returns the median, over the rounds, of how many times the time of lane b lane a takes.
func (r result) ratio(a, b int) float64 {
	list := make([]float64, len(r[a]))
	for i := range list {
		list[i] = r[a][i] / r[b][i]
	}
	return median(list)
}

// ratioOfSum is ratio to two lanes together.
func (r result) ratioOfSum(a, b, c int) float64 {
	list := make([]float64, len(r[a]))
	for i := range list {
		list[i] = r[a][i] / (r[b][i] + r[c][i])
	}
	return median(list)
}

func median(list []float64) float64 {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

// processorTime returns what a function took of all processors.
func processorTime(fn func()) time.Duration {
	before := usage()
	fn()
	return usage() - before
}

func usage() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// allocations returns how many objects a run of a lane allocates, of so many at least: what the rest of the process does must not count.
func allocations(l lane, least int) float64 {
	n := max(least, calibrate(l, closeSlice))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	l.run(n)
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(n)
}

// heap returns how much memory is in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
