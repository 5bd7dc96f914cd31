package perms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// FindRemedies is [Remedies] inside a transaction: among the global roles and those of the tenant in which the question is asked.
func FindRemedies(ctx context.Context, tx Store, c *Catalog, s *Subject, q Question, now time.Time) ([]Remedy, error) {
	if Decide(c, s, q, now).Allowed {
		return nil, nil
	}
	roles, err := tx.Rules(ctx, Anywhere, q.At.Scope())
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return Remedies(c, s, q, roles, now), nil
}

// FindFixes returns those of the remedies that [FindRemedies] finds which are a single change.
func FindFixes(ctx context.Context, tx Store, c *Catalog, s *Subject, q Question, now time.Time) ([]Fix, error) {
	found, err := FindRemedies(ctx, tx, c, s, q, now)
	return singles(found), err
}

// Advise adds to the explanation of a denial what would allow it ([FindRemedies]).
func (e *Explanation) Advise(ctx context.Context, tx Store, c *Catalog, s *Subject, q Question, now time.Time) (err error) {
	e.Remedies, err = FindRemedies(ctx, tx, c, s, q, now)
	e.Fixes = singles(e.Remedies)
	return err
}

// MayFix returns nil if the actor may make a fix of a user now, or the steps of a [Remedy] one after the other, by the service's plain methods, and otherwise
// what stands against it. Of several things he may be told another one first when he tries. A user whom he does not see is [ErrNoSubject].
func (a *Authorizer) MayFix(ctx context.Context, actor Actor, user uuid.UUID, steps ...Fix) error {
	return a.view(ctx, func(tx Store) error {
		authority, err := a.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		s, err := tx.Subject(ctx, user)
		if err != nil {
			return fmt.Errorf("read user: %w", err)
		}
		for _, f := range steps {
			if err := authority.MayFix(ctx, tx, &s, f); err != nil {
				return err
			}
			s = f.Apply(&s)
		}
		return nil
	})
}

// MayFix asks the rules of the change that the fix is (wire/README.md, sections 4.1, 4.3 and 4.4): the self rule, the operation's permissions where the user
// is and wherever the change counts, what may be changed of a user who is also elsewhere, the target rule and the grant rule.
func (a *Authority) MayFix(ctx context.Context, st Store, s *Subject, f Fix) error {
	for _, p := range append(f.besides(), f.operation()) {
		if err := a.sees(s, p); err != nil {
			return err
		}
	}
	if !a.ReachesScope(f.where()) {
		return Invalid("tenant", Unknown, "names no tenant that the actor sees")
	}
	after := f.Apply(s)
	places, err := a.Places(ctx, st, s, &after)
	if err != nil {
		return err
	}
	switch {
	case !a.mayFixThere(s, f, places):
		return Forbid(f.operation())
	case a.Self(s.User) && (f.Action == Approve || f.Action == Reactivate):
		return ErrSelfStatus
	case a.Self(s.User):
		return ErrSelfRights
	case f.Action == ShareObject:
		return nil
	}
	if !a.Within(s.Tenants) {
		tenant, one := f.Scope.Tenant()
		if !one { // in one, he sees it by the operation's permission, so that it lies in his scope
			return Beyond("")
		}
		places = slices.DeleteFunc(places, func(at Place) bool { return at.tenant != tenant })
	}
	if err := a.MayChange(s, places); err != nil {
		return err
	}
	return a.MayHandOut(s, &after, places)
}

// sees refuses an actor who does not see the user by a permission; nobody sees a deleted one.
func (a *Authority) sees(s *Subject, p Permission) error {
	sight, err := a.Gate(p)
	if err == nil && (s.Status == Deleted || !sight.ShowsUser(s.Tenants)) {
		err = ErrNoSubject
	}
	return err
}

// where returns where the change counts: in one tenant, or not in one alone.
func (f Fix) where() Scope {
	if added, one := f.Tenancy.Tenant(); one {
		return In(added)
	}
	return f.Scope
}

// mayFixThere reports whether the actor holds the operation's permission wherever the change counts; of a feature, where he sees the user by that, features.write
// does as well.
func (a *Authority) mayFixThere(s *Subject, f Fix, places []Place) bool {
	anyOf := []Permission{f.operation()}
	if f.operation() == OverridesWrite && a.catalog.Feature(f.Permission) {
		anyOf = append(anyOf, FeaturesWrite)
	}
	if _, one := f.where().Tenant(); one {
		return a.Sight(anyOf...).Shows(f.where())
	}
	switch f.Action {
	case Approve, Reactivate: // the account as a whole, which he sees
		return true
	case AddTenant:
		return a.HoldsThroughout([]Tenancy{f.Tenancy}, places, anyOf...)
	}
	return a.HoldsThroughout(s.Tenants, places, anyOf...)
}
