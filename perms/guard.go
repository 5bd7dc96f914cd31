package perms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// guard is an invariant at work. The lockout rule is one of them: there a holder is an administrator, who holds without an end or not at all.
type guard struct {
	Invariant
	endless bool  // only what is held without an end counts
	broken  error // what it is to break it
}

var administrators = guard{
	Invariant: Invariant{Name: "administrators", AtLeast: 1, Permissions: Critical(), Scope: Anywhere}, endless: true, broken: ErrLockout,
}

// guards returns everything that no change may break.
func (a *Authority) guards() []guard {
	all := []guard{administrators}
	for _, v := range a.invariants {
		all = append(all, guard{Invariant: v, broken: &InvariantError{v.Name}})
	}
	return all
}

// keepers returns for each of the guards who holds its permissions, and when: as many as it takes to know that it is satisfied for ever, or everybody.
func (a *Authority) keepers(ctx context.Context, tx Store, guards []guard) ([][]spans, error) {
	out := make([][]spans, len(guards))
	for i, g := range guards {
		at, err := g.place(ctx, tx)
		if err != nil {
			return nil, err
		}
		if out[i], err = g.holders(ctx, tx, a, at, always(a.Now)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// place returns where the permissions are to be held.
func (g *guard) place(ctx context.Context, tx Store) (Place, error) {
	id, one := g.Scope.Tenant()
	if !one {
		return Platform, nil
	}
	types, err := tx.TenantTypes(ctx, []uuid.UUID{id})
	if err != nil {
		return Place{}, fmt.Errorf("read tenant: %w", err)
	}
	return PlaceOf(id, types[id]), nil
}

// spans returns when a subject holds all of the permissions, from now on.
func (g *guard) spans(c *Catalog, s *Subject, at Place, now time.Time) spans {
	switch {
	case g.endless && Administrator(c, s, now):
		return always(now)
	case g.endless, s.Status != Active, slices.ContainsFunc(g.Permissions, func(p Permission) bool { return !c.Has(p) }):
		return nil
	}
	var instants []time.Time
	for _, p := range g.Permissions {
		instants = append(instants, turns(p, now, s)...)
	}
	return spansWhere(instants, func(t time.Time) bool {
		return !slices.ContainsFunc(g.Permissions, func(p Permission) bool { return !wouldHold(s, p, at, t, false) })
	})
}

// breaks reports whether there is an instant at which there are enough of some holders, and not of others.
func (g *guard) breaks(before, after []spans) bool {
	var steps []step
	for _, s := range before {
		steps = s.steps(steps, step{before: 1})
	}
	for _, s := range after {
		steps = s.steps(steps, step{after: 1})
	}
	slices.SortFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	var sum step
	for i, next := range steps {
		sum.before, sum.after = sum.before+next.before, sum.after+next.after
		last := i == len(steps)-1 || !steps[i+1].at.Equal(next.at)
		if last && sum.after < g.AtLeast && g.AtLeast <= sum.before {
			return true
		}
	}
	return false
}

// holders returns when each of those holds the permissions who does at all. It ends once there are enough who do throughout some spans.
func (g *guard) holders(ctx context.Context, tx Store, a *Authority, at Place, throughout spans) ([]spans, error) {
	var (
		found  []spans
		enough int
	)
	err := g.each(ctx, tx, a.catalog, a.Now, func(s *Subject) bool {
		held := g.spans(a.catalog, s, at, a.Now)
		if len(held) == 0 {
			return true
		}
		found = append(found, held)
		if len(throughout.minus(held)) == 0 {
			enough++
		}
		return enough < g.AtLeast
	})
	return found, err
}

// each yields everybody who may hold the permissions in the scope, now or later, until yield returns false.
func (g *guard) each(ctx context.Context, tx Store, c *Catalog, now time.Time, yield func(*Subject) bool) error {
	if g.Scope == Anywhere {
		return eachStaff(ctx, tx, yield)
	}
	survey, err := NewSurvey(ctx, tx, c, HolderQuery{Permission: g.Permissions[0], Scope: g.Scope}, now)
	if err != nil {
		return err
	}
	f, hopeless := survey.Candidates()
	f.Coming, f.Limit = true, 100
	for !hopeless {
		found, next, err := tx.Candidates(ctx, f)
		if err != nil {
			return fmt.Errorf("look for holders: %w", err)
		}
		for i := range found {
			if !yield(&found[i].Subject) {
				return nil
			}
		}
		if f.After = next; next == 0 {
			return nil
		}
	}
	return nil
}

// eachStaff is each for what is held platform-wide: staff alone can.
func eachStaff(ctx context.Context, tx Store, yield func(*Subject) bool) error {
	const page = 100
	for after := int64(0); ; {
		staff, last, err := tx.StaffSubjects(ctx, after, page)
		if err != nil {
			return fmt.Errorf("look for staff: %w", err)
		}
		for i := range staff {
			if !yield(&staff[i]) {
				return nil
			}
		}
		if len(staff) < page {
			return nil
		}
		after = last
	}
}

// AnyAdministrator reports whether the store has an administrator.
func AnyAdministrator(ctx context.Context, st Store, c *Catalog, now time.Time) (bool, error) {
	found := false
	err := eachStaff(ctx, st, func(s *Subject) bool {
		found = Administrator(c, s, now)
		return !found
	})
	return found, err
}
