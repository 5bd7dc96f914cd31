package users

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Permissions is a view of what a user holds at one place.
type Permissions struct {
	Scope     perms.Scope // In a tenant, or Anywhere
	FromRoles perms.Set
	Overrides []perms.Override // those in force that count anywhere, by permission
	Computed  perms.Set        // whatever the user's status
	Effective perms.Set        // nothing unless he is active
	At        time.Time        // the instant
	Revision  perms.Revision
}

// Permissions returns what a user holds in a scope, to whoever is admitted to the operation on him. The zero Scope asks for the default view: in the
// user's home tenant; if the actor may not see that one, in the first that he may see; without a home tenant what counts anywhere
// (wire/README.md, section 4.2). A tenant that the actor may not see is as one that does not exist: nobody holds anything there.
func (s *Service) Permissions(ctx context.Context, actor perms.Actor, op Operation, ref Ref, scope perms.Scope) (Permissions, error) {
	var out Permissions
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, op, ref)
		if err != nil {
			return err
		}
		if scope == (perms.Scope{}) {
			scope = defaultView(a, u)
		}
		out, err = s.permissions(ctx, tx, a, u, scope)
		return err
	})
	return out, err
}

func (s *Service) permissions(ctx context.Context, tx Store, a *perms.Authority, u User, scope perms.Scope) (Permissions, error) {
	subject, err := tx.Subject(ctx, u.ID)
	if err != nil {
		return Permissions{}, fmt.Errorf("read permissions: %w", err)
	}
	at, err := perms.Locate(ctx, tx, &subject, scope)
	if err != nil {
		return Permissions{}, err
	}
	if id, one := scope.Tenant(); one && !a.ReachesScope(scope) {
		at = perms.PlaceOf(id, "")
	}
	out := Permissions{Scope: at.Scope(), FromRoles: perms.FromRoles(a.Catalog(), &subject, at, a.Now), At: a.Now, Revision: subject.Revision}
	out.Computed, out.Effective = perms.Resolve(a.Catalog(), &subject, at, a.Now)
	for _, o := range u.Overrides {
		if o.Scope == perms.Anywhere && o.Open(a.Now) {
			out.Overrides = append(out.Overrides, o)
		}
	}
	return out, nil
}

// defaultView returns the scope in which a view without a tenant is asked.
func defaultView(a *perms.Authority, u User) perms.Scope {
	home, ok := u.Home()
	if !ok || a.Self(u.ID) || a.Reaches(perms.TenantOf(home)) {
		return perms.Home
	}
	for _, t := range u.Tenants {
		if id, ok := t.Tenant(); ok && a.Reaches(t) {
			return perms.In(id)
		}
	}
	return perms.Home
}
