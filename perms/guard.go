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

// reached returns until when each of the guards is satisfied.
func (a *Authority) reached(ctx context.Context, tx Store, guards []guard) ([]Term, error) {
	out := make([]Term, len(guards))
	for i, g := range guards {
		at, err := g.place(ctx, tx)
		if err != nil {
			return nil, err
		}
		terms, err := g.longest(ctx, tx, a.catalog, at, a.Now, uuid.Nil)
		if err != nil {
			return nil, err
		}
		out[i] = g.reached(terms)
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

// term returns for how long a subject holds all of the permissions from now on.
func (g *guard) term(c *Catalog, s *Subject, at Place, now time.Time) Term {
	shortest := Endless
	for _, p := range g.Permissions {
		held := Lasting(s, p, at, now)
		if !c.Has(p) || !held.Holds() {
			return Term{}
		}
		if !held.Outlasts(shortest) {
			shortest = held
		}
	}
	return shortest
}

// reached returns until when the invariant is satisfied: as long as the holder of the least term lasts, of as many as it needs.
func (g *guard) reached(terms []Term) Term {
	if len(terms) < g.AtLeast {
		return Term{}
	}
	sorted := slices.SortedFunc(slices.Values(terms), func(a, b Term) int {
		switch {
		case !b.Outlasts(a):
			return -1
		case !a.Outlasts(b):
			return 1
		}
		return 0
	})
	return sorted[g.AtLeast-1]
}

// breaks reports whether a change shortens what it may not.
func (g *guard) breaks(before, after Term) bool {
	if g.endless {
		return before == Endless && after != Endless
	}
	return !after.Outlasts(before)
}

// longest returns the terms of those who hold the permissions, without one user's. It ends once enough hold them without an end.
func (g *guard) longest(ctx context.Context, tx Store, c *Catalog, at Place, now time.Time, without uuid.UUID) ([]Term, error) {
	var (
		terms   []Term
		endless int
	)
	err := g.each(ctx, tx, c, now, func(s *Subject) bool {
		t := g.term(c, s, at, now)
		if s.User == without || !t.Holds() {
			return true
		}
		terms = append(terms, t)
		if t == Endless {
			endless++
		}
		return endless < g.AtLeast
	})
	return terms, err
}

// each yields everybody who may hold the permissions in the scope, until yield returns false.
func (g *guard) each(ctx context.Context, tx Store, c *Catalog, now time.Time, yield func(*Subject) bool) error {
	if g.Scope == Anywhere {
		return eachStaff(ctx, tx, yield)
	}
	survey, err := NewSurvey(ctx, tx, c, HolderQuery{Permission: g.Permissions[0], Scope: g.Scope}, now)
	if err != nil {
		return err
	}
	f, hopeless := survey.Candidates()
	f.Limit = 100
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
	terms, err := administrators.longest(ctx, st, c, Platform, now, uuid.Nil)
	return administrators.reached(terms) == Endless, err
}
