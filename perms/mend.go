package perms

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// FindFixes is [Fixes] inside a transaction: among the global roles and those of the tenant in which the question is asked.
func FindFixes(ctx context.Context, tx Store, c *Catalog, s *Subject, q Question, now time.Time) ([]Fix, error) {
	if Decide(c, s, q, now).Allowed {
		return nil, nil
	}
	roles, err := tx.Rules(ctx, Anywhere, q.At.Scope())
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return Fixes(c, s, q, roles, now), nil
}

// MayFix returns nil if the actor may make a fix of a user now, and otherwise what stands against it: the same as when he tries.
func (a *Authorizer) MayFix(ctx context.Context, actor Actor, user uuid.UUID, f Fix) error {
	return a.view(ctx, func(tx Store) error {
		authority, err := a.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		s, err := tx.Subject(ctx, user)
		if err != nil {
			return fmt.Errorf("read user: %w", err)
		}
		return authority.MayFix(ctx, tx, &s, f)
	})
}

// MayFix asks the rules of the change that the fix is (wire/README.md, sections 4.1, 4.3 and 4.4): the self rule, the operation's permission where the user
// is and where the change counts, what may be changed of a user who is also elsewhere, the target rule and the grant rule.
func (a *Authority) MayFix(ctx context.Context, st Store, s *Subject, f Fix) error {
	if a.Self(s.User) {
		if f.Action == Approve || f.Action == Reactivate {
			return ErrSelfStatus
		}
		return ErrSelfRights
	}
	anyOf := f.operation(a.catalog)
	sight := a.Sight(anyOf...)
	tenant, one := f.Scope.Tenant()
	added, named := f.Tenancy.Tenant()
	if !sight.ShowsUser(s.Tenants) || one && !sight.Shows(f.Scope) || named && !sight.Shows(In(added)) {
		return Forbid(first(anyOf))
	}
	if f.Action == ShareObject {
		return nil
	}
	after := f.Apply(s)
	places, err := a.Places(ctx, st, s, &after)
	if err != nil {
		return err
	}
	if !a.Within(s.Tenants) {
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
