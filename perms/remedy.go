package perms

import (
	"cmp"
	"slices"
	"time"
)

// MaxFixes is how many fixes [Fixes], and how many remedies [Remedies], returns at most.
const MaxFixes = 5

// Remedy is a set of changes of one user that together make a denied question allowed, in an order in which they can be made. None of them can be left out,
// and no other set has fewer: what stands in the way goes, be it the status, the scope, or each revoke in force, and if nothing gives the permission then, one
// thing does. What a step takes ([Fix.Takes]) is meant after the steps before it.
type Remedy []Fix

// Apply returns the subject as the remedy leaves it.
func (r Remedy) Apply(s *Subject) Subject {
	after := *s
	for _, f := range r {
		after = f.Apply(&after)
	}
	return after
}

// Remedies returns at most [MaxFixes] remedies, beginning with what gives least power: what gives the fewest permissions, and of equals what takes something
// away before what adds. The roles are those that could be assigned. What is allowed needs none, and nothing helps with an unknown permission or tenant, nor
// with a deleted user.
func Remedies(c *Catalog, s *Subject, q Question, roles []Rule, now time.Time) []Remedy {
	if code := weigh(c, s, q, now, nil); code.Allows() || code == UnknownPermission {
		return nil
	}
	first, ok := unblocking(s, q)
	if !ok {
		return nil
	}
	freed := first.Apply(s)
	var found []Remedy
	for _, last := range enabling(&freed, q, roles, now, weigh(c, &freed, q, now, nil)) {
		r := slices.Concat(first, last)
		if after := r.Apply(s); Decide(c, &after, q, now).Allowed {
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, func(a, b Remedy) int {
		return cmp.Or(cmp.Compare(a.power(c), b.power(c)), cmp.Compare(a.rank(), b.rank()))
	})
	found = found[:min(len(found), MaxFixes)]
	for _, r := range found {
		r.takes(c, s, q, now)
	}
	return found
}

// Fixes returns those of the [Remedies] that are a single change.
func Fixes(c *Catalog, s *Subject, q Question, roles []Rule, now time.Time) []Fix {
	return singles(Remedies(c, s, q, roles, now))
}

func singles(list []Remedy) []Fix {
	var out []Fix
	for _, r := range list {
		if len(r) == 1 {
			out = append(out, r[0])
		}
	}
	return out
}

// unblocking makes the account active and brings it to where it is asked for. It reports whether that can be done.
func unblocking(s *Subject, q Question) (Remedy, bool) {
	var out Remedy
	switch s.Status {
	case Active:
	case Pending:
		out = Remedy{{Action: Approve, Permission: q.Permission}}
	case Suspended:
		out = Remedy{{Action: Reactivate, Permission: q.Permission}}
	default:
		return nil, false
	}
	if !Covers(s.Tenants, q.At, false) {
		to := leadingTo(q.At)
		if !to.covers(q.At, false) {
			return nil, false
		}
		out = append(out, Fix{Action: AddTenant, Permission: q.Permission, Tenancy: to})
	}
	return out, true
}

// enabling returns the ways in which an active user could come to hold a permission in his scope; that of doing nothing if he holds it. Not every one helps:
// that is for [Remedies] to find out.
func enabling(s *Subject, q Question, roles []Rule, now time.Time, code Code) []Remedy {
	if code.Allows() {
		return []Remedy{nil}
	}
	if code == RevokedByOverride {
		return unrevoking(s, q, now)
	}
	var out []Remedy
	share := Fix{Action: ShareObject, Scope: q.At.Scope(), Object: q.Object}
	for _, f := range slices.Concat([]Fix{share}, extending(s, q, now), granting(s, q, now), assigning(s, q, roles)) {
		f.Permission = q.Permission
		out = append(out, Remedy{f})
	}
	return out
}

// unrevoking clears all revokes in force, or puts a grant in the place of one of them.
func unrevoking(s *Subject, q Question, now time.Time) []Remedy {
	var cleared Remedy
	for _, o := range s.Overrides {
		there := slices.ContainsFunc(cleared, func(f Fix) bool { return f.Scope == o.Scope })
		if !o.Granted && o.Permission == q.Permission && o.Scope.counts(q.At) && o.Open(now) && !there {
			cleared = append(cleared, Fix{Action: ClearOverride, Permission: q.Permission, Scope: o.Scope})
		}
	}
	out := []Remedy{cleared}
	for i := range cleared {
		granted := slices.Clone(cleared)
		granted[i].Action = GrantOverride
		out = append(out, granted)
	}
	return out
}

// takes says of each step what it takes.
func (r Remedy) takes(c *Catalog, s *Subject, q Question, now time.Time) {
	before := *s
	for i := range r {
		after := r[i].Apply(&before)
		r[i].Takes = r[i].takes(c, &before, &after, q.At, now)
		before = after
	}
}

// power returns how many permissions the steps give by themselves.
func (r Remedy) power(c *Catalog) int {
	sum := 0
	for _, f := range r {
		sum += f.power(c)
	}
	return sum
}

// rank puts what takes away before what adds.
func (r Remedy) rank() int {
	sum := 0
	for _, f := range r {
		sum += rankOf(f.Action)
	}
	return sum
}
