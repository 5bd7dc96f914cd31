package perms

import (
	"context"
	"fmt"
	"slices"

	"github.com/seed-06a6a295/rolebook/internal/fault"
)

// Invariant is what a host wants to stay true of its users: at least so many active ones effectively hold all of the permissions in the scope. No change
// makes it false, at present or at any later instant at which it would have been true without the change: who holds something until a time, or from a time
// on, counts then alone. That time passes is no change, and what was not true need not become it.
type Invariant struct {
	Name        string // for people; it stands in the error
	AtLeast     int
	Permissions []Permission
	Scope       Scope // In one tenant, or Anywhere for platform-wide
}

// InvariantError says which of a host's invariants a change would have broken. It wraps [ErrInvariant].
type InvariantError struct{ Name string }

// Error returns the text of ErrInvariant and the name.
func (e *InvariantError) Error() string { return ErrInvariant.Error() + ": " + e.Name }

// Unwrap returns ErrInvariant.
func (e *InvariantError) Unwrap() error { return ErrInvariant }

// FaultKind returns the kind of ErrInvariant.
func (e *InvariantError) FaultKind() fault.Kind { return fault.KindOf(ErrInvariant) }

// CheckInvariants refuses invariants that say nothing, or nothing clear, as an [*InvalidError].
func CheckInvariants(list []Invariant) error {
	all := &InvalidError{}
	names := map[string]bool{}
	for i, v := range list {
		field := fmt.Sprintf("invariants[%d]", i)
		switch {
		case v.Name == "" || names[v.Name]:
			all.Add(field+".name", Required, "must be given, and of its own")
		case v.AtLeast < 1:
			all.Add(field+".at_least", Range, "must be positive")
		case len(v.Permissions) == 0:
			all.Add(field+".permissions", Required, "must not be empty")
		case !v.Scope.Bindable():
			all.Add(field+".scope", Required, "must be Anywhere or In a tenant")
		}
		names[v.Name] = true
		for _, p := range v.Permissions {
			if _, err := ParsePermission(string(p)); err != nil {
				all.Add(field+".permissions", Format, "must be permissions")
			}
		}
	}
	return all.Or()
}

// Keep refuses a change of one user, after it has been written, that breaks an invariant: with [ErrLockout] where no administrator would be left, with an
// [*InvariantError] for one of the host's. It reads nothing unless there is a time at which the user no longer holds what an invariant asks for.
func (a *Authority) Keep(ctx context.Context, tx Store, before, after *Subject) error {
	if before.Status != Active || alike(before, after) {
		return nil
	}
	for _, g := range a.guards() {
		at, err := g.place(ctx, tx)
		if err != nil {
			return err
		}
		had, has := g.spans(a.catalog, before, at, a.Now), g.spans(a.catalog, after, at, a.Now)
		lost := had.minus(has)
		if len(lost) == 0 {
			continue
		}
		left, err := g.holders(ctx, tx, a, at, lost)
		if err != nil {
			return err
		}
		if g.breaks(append(slices.Clone(left), lost), left) {
			return g.broken
		}
	}
	return nil
}

// alike reports whether both subjects hold the same: their roles say the same before and after a change of one user.
func alike(a, b *Subject) bool {
	return a.Status == b.Status && slices.Equal(a.Tenants, b.Tenants) && slices.EqualFunc(a.Overrides, b.Overrides, Override.SameRule) &&
		slices.EqualFunc(a.Roles, b.Roles, func(x, y Held) bool { return x.Assignment.Equal(y.Assignment) })
}

// KeepAll makes a change of many users at once and refuses it, as [Authority.Keep] does, if it breaks an invariant that it touches.
func (a *Authority) KeepAll(ctx context.Context, tx Store, touches func(Invariant) bool, change func() error) error {
	guards := slices.DeleteFunc(a.guards(), func(g guard) bool { return !touches(g.Invariant) })
	before, err := a.keepers(ctx, tx, guards)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := a.keepers(ctx, tx, guards)
	if err != nil {
		return err
	}
	for i, g := range guards {
		if g.breaks(before[i], after[i]) {
			return g.broken
		}
	}
	return nil
}

// Touches reports whether the invariant asks for any of the permissions, given by something that counts in a scope.
func (v Invariant) Touches(lost Set, scope Scope) bool {
	return (scope == Anywhere || scope == v.Scope) && slices.ContainsFunc(v.Permissions, lost.Has)
}
