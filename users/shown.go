package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// shown returns the user as the actor may see him: without the tenants, assignments and overrides that belong to tenants outside the actor's scope.
func (s *Service) shown(ctx context.Context, tx Store, a *perms.Authority, u User) (User, error) {
	list := []User{u}
	err := showAll(ctx, tx, a, list)
	return list[0], err
}

func showAll(ctx context.Context, tx Store, a *perms.Authority, list []User) error {
	if a.System() || a.Subject.Staff() {
		return nil
	}
	held, err := rolesOf(ctx, tx, list...)
	if err != nil {
		return err
	}
	for i := range list {
		list[i] = visiblePart(a, list[i], held)
	}
	return hideMakers(ctx, tx, a, list)
}

// hideMakers takes from the users, and from their overrides, who made them where the actor has no tenant in common with him. Staff belongs to no tenant
// and is told.
func hideMakers(ctx context.Context, tx Store, a *perms.Authority, list []User) error {
	var makers []uuid.UUID
	told := map[uuid.UUID]bool{uuid.Nil: true, a.Actor.User(): true}
	ask := func(id uuid.UUID) {
		if _, asked := told[id]; !asked {
			told[id] = false
			makers = append(makers, id)
		}
	}
	for i := range list {
		eachMaker(&list[i], func(id *uuid.UUID) { ask(*id) })
	}
	if len(makers) > 0 {
		found, err := tx.Subjects(ctx, makers)
		if err != nil {
			return fmt.Errorf("read makers: %w", err)
		}
		for _, m := range found {
			told[m.User] = m.Staff() || slices.ContainsFunc(m.Tenants, a.Reaches)
		}
	}
	for i := range list {
		list[i].Overrides = slices.Clone(list[i].Overrides)
		eachMaker(&list[i], func(id *uuid.UUID) {
			if !told[*id] {
				*id = uuid.Nil
			}
		})
	}
	return nil
}

// eachMaker calls fn with who made a user, and each of his overrides.
func eachMaker(u *User, fn func(id *uuid.UUID)) {
	fn(&u.CreatedBy)
	for i := range u.Overrides {
		fn(&u.Overrides[i].SetBy)
	}
}

// visiblePart drops from a user what belongs to tenants outside the actor's scope.
func visiblePart(a *perms.Authority, u User, held map[uuid.UUID]roles.Role) User {
	role := func(r perms.Assignment) bool { return hidden(a, r, held) }
	override := func(o perms.Override) bool { return !a.ReachesScope(o.Scope) }
	object := func(o perms.ObjectGrant) bool { return !a.Reaches(perms.TenantOf(o.Tenant)) }
	if a.Within(u.Tenants) && !slices.ContainsFunc(u.Roles, role) && !slices.ContainsFunc(u.Overrides, override) && !slices.ContainsFunc(u.Objects, object) {
		return u
	}
	u = u.Clone()
	u.Tenants = slices.DeleteFunc(u.Tenants, func(t perms.Tenancy) bool { return !a.Reaches(t) })
	u.Roles = slices.DeleteFunc(u.Roles, role)
	u.Overrides = slices.DeleteFunc(u.Overrides, override)
	u.Objects = slices.DeleteFunc(u.Objects, object)
	return u
}

// hidden reports whether an assignment belongs to a tenant outside the actor's scope.
func hidden(a *perms.Authority, r perms.Assignment, held map[uuid.UUID]roles.Role) bool {
	return !a.ReachesScope(r.Scope) || !a.ReachesScope(held[r.Role].Scope)
}

// rolesOf returns the roles that any of the users holds.
func rolesOf(ctx context.Context, tx Store, list ...User) (map[uuid.UUID]roles.Role, error) {
	held := map[uuid.UUID]roles.Role{}
	var ids []uuid.UUID
	for _, u := range list {
		for _, r := range u.Roles {
			if _, seen := held[r.Role]; !seen {
				held[r.Role] = roles.Role{}
				ids = append(ids, r.Role)
			}
		}
	}
	if len(ids) == 0 {
		return held, nil
	}
	found, err := tx.RolesByID(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	for _, r := range found {
		held[r.ID] = r
	}
	return held, nil
}
