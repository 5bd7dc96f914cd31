package perms

import (
	"slices"
	"time"
)

// Term is for how long a permission is held from now on. The zero Term is not at all.
type Term struct {
	until   time.Time
	endless bool
}

// Endless is the term without an end.
var Endless = Term{endless: true}

// Until returns the term that ends at t.
func Until(t time.Time) Term { return Term{until: t} }

// termOf returns the term of something that counts within a window.
func termOf(w Window) Term {
	if w.Endless() {
		return Endless
	}
	return Until(w.ExpiresAt)
}

// Holds reports whether the term is more than nothing.
func (t Term) Holds() bool { return t.endless || !t.until.IsZero() }

// Outlasts reports whether t lasts at least as long as other.
func (t Term) Outlasts(other Term) bool {
	return t.endless || !other.endless && !t.until.Before(other.until)
}

// longer returns the longer of both.
func longer(a, b Term) Term {
	if a.Outlasts(b) {
		return a
	}
	return b
}

// Potential returns for how long the subject could come to hold p at a place: as if his account were active and no tenant lapsed, with every
// assignment and granted override that has not expired, also one that starts later, and only the revokes in force without an end subtracted.
func Potential(s *Subject, p Permission, at Place, now time.Time) Term {
	if !Covers(s.Tenants, at, true) {
		return Term{}
	}
	var held Term
	for i := range s.Overrides {
		o := &s.Overrides[i]
		switch {
		case o.Permission != p || !o.Scope.counts(at) || o.Expired(now):
		case o.Granted:
			held = longer(held, termOf(o.Window))
		case o.Open(now) && o.Endless():
			return Term{}
		}
	}
	for i := range s.Roles {
		h := &s.Roles[i]
		if h.counts(at) && !h.Expired(now) && matchesAny(h.Rule.Patterns, p) {
			held = longer(held, termOf(h.Window))
		}
	}
	return held
}

// handedOut returns until when a change gives the subject p at a place, the zero Term if it does not: the whole of what he could come to hold if
// that grows or if the change makes him active, and otherwise the end of the last time at which he would hold p after the change and not before it.
func handedOut(before, after *Subject, p Permission, at Place, now time.Time) Term {
	then := Potential(after, p, at, now)
	switch {
	case !then.Holds():
		return Term{}
	case before.Status != Active && after.Status == Active, !Potential(before, p, at, now).Outlasts(then):
		return then
	case at.typ.Lapsed():
		return longer(gained(before, after, p, at, now, true), gained(before, after, p, at, now, false))
	}
	return gained(before, after, p, at, now, true)
}

// gained returns the end of the last time at which the later subject would hold p and the earlier one would not, were both active; with lapsed
// tenants counted as if they had not lapsed when ever is set.
func gained(before, after *Subject, p Permission, at Place, now time.Time, ever bool) Term {
	end := Endless
	for _, from := range slices.Backward(turns(p, now, before, after)) {
		if wouldHold(after, p, at, from, ever) && !wouldHold(before, p, at, from, ever) {
			return end
		}
		end = Until(from)
	}
	return Term{}
}

// turns returns now and every later instant at which a window ends or begins that bears on p, in ascending order.
func turns(p Permission, now time.Time, subjects ...*Subject) []time.Time {
	out := []time.Time{now}
	add := func(w Window) {
		for _, t := range []time.Time{w.StartsAt, w.ExpiresAt} {
			if t.After(now) {
				out = append(out, t)
			}
		}
	}
	for _, s := range subjects {
		for i := range s.Overrides {
			if s.Overrides[i].Permission == p {
				add(s.Overrides[i].Window)
			}
		}
		for i := range s.Roles {
			if matchesAny(s.Roles[i].Rule.Patterns, p) {
				add(s.Roles[i].Window)
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return slices.CompactFunc(out, time.Time.Equal)
}

// wouldHold reports whether the subject would hold p at a place and an instant, were he active.
func wouldHold(s *Subject, p Permission, at Place, t time.Time, ever bool) bool {
	return Covers(s.Tenants, at, ever) && weighSources(s, Question{Permission: p, At: at}, t, nil).Allows()
}

// Lasting returns for how long the subject holds p effectively at a place, beginning now: what is in force, up to the start of any later revoke.
func Lasting(s *Subject, p Permission, at Place, now time.Time) Term {
	if s.Status != Active || !Covers(s.Tenants, at, false) {
		return Term{}
	}
	var held Term
	for i := range s.Roles {
		h := &s.Roles[i]
		if h.counts(at) && h.Open(now) && matchesAny(h.Rule.Patterns, p) {
			held = longer(held, termOf(h.Window))
		}
	}
	for i := range s.Overrides {
		o := &s.Overrides[i]
		if o.Granted && o.Permission == p && o.Scope.counts(at) && o.Open(now) {
			held = longer(held, termOf(o.Window))
		}
	}
	return capped(s, held, p, at, now)
}

// capped shortens a term by the revokes of p at a place.
func capped(s *Subject, held Term, p Permission, at Place, now time.Time) Term {
	for i := range s.Overrides {
		o := &s.Overrides[i]
		switch {
		case o.Granted || o.Permission != p || !o.Scope.counts(at) || o.Expired(now):
		case o.Open(now):
			return Term{}
		case held.Holds() && held.Outlasts(Until(o.StartsAt)):
			held = Until(o.StartsAt)
		}
	}
	return held
}

// Administrator reports whether the subject is active and holds all [Critical] keys platform-wide without an end.
func Administrator(c *Catalog, s *Subject, now time.Time) bool {
	for _, p := range Critical() {
		if !c.Has(p) || Lasting(s, p, Platform, now) != Endless {
			return false
		}
	}
	return true
}
