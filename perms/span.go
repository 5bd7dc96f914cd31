package perms

import (
	"slices"
	"time"
)

// span is the half-open time [from, to); to is zero where it has no end.
type span struct{ from, to time.Time }

// spans are times in ascending order that do not touch: when somebody holds something.
type spans []span

// always is from now on without an end.
func always(now time.Time) spans { return spans{{from: now}} }

// spansWhere returns the spans in which something holds that can change at the instants alone, of which the earliest is the first moment to be told of.
func spansWhere(instants []time.Time, holds func(time.Time) bool) spans {
	slices.SortFunc(instants, time.Time.Compare)
	var out spans
	was := false
	for _, t := range instants {
		is := holds(t)
		switch {
		case is && !was:
			out = append(out, span{from: t})
		case was && !is:
			out[len(out)-1].to = t
		}
		was = is
	}
	return out
}

// has reports whether an instant is in one of the spans.
func (s spans) has(t time.Time) bool {
	return slices.ContainsFunc(s, func(one span) bool { return Window{one.from, one.to}.Open(t) })
}

// minus returns what of the spans is in none of the others.
func (s spans) minus(others spans) spans {
	var instants []time.Time
	for _, one := range slices.Concat(s, others) {
		instants = append(instants, one.from, one.to) // where there is no end nothing holds yet
	}
	return spansWhere(instants, func(t time.Time) bool { return s.has(t) && !others.has(t) })
}

// step is an instant at which there come to be more or fewer holders, before a change or after it.
type step struct {
	at            time.Time
	before, after int
}

// steps adds the beginnings of the spans to a list, and their ends: each stands for as many as one says.
func (s spans) steps(list []step, one step) []step {
	for _, held := range s {
		list = append(list, step{held.from, one.before, one.after})
		if !held.to.IsZero() {
			list = append(list, step{held.to, -one.before, -one.after})
		}
	}
	return list
}
