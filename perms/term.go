package perms

import "time"

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
