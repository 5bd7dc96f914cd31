package memory

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// userRecord returns a user as he is kept: a copy with his lists in order and his times in UTC, none of whose references leads nowhere.
func (t *tables) userRecord(u users.User) (*users.User, error) {
	var err error
	u.UpdatedAt, u.DeletedAt = utc(u.UpdatedAt), utc(u.DeletedAt)
	if u.Tenants, err = t.tenancies(u.Tenants); err != nil {
		return nil, err
	}
	if u.Roles, err = t.assignments(u.Roles); err != nil {
		return nil, err
	}
	if u.Overrides, err = t.overrides(u.Overrides); err != nil {
		return nil, err
	}
	if u.Groups, err = t.memberships(u.Groups); err != nil {
		return nil, err
	}
	u.Objects, err = t.grants(u.Objects)
	return &u, err
}

func (t *tables) tenancies(list []perms.Tenancy) ([]perms.Tenancy, error) {
	for _, place := range list {
		if tenant, ok := place.Tenant(); ok && !t.tenants.has(tenant) {
			return nil, errUnknown("tenant", tenant)
		}
	}
	return cloned(list), nil
}

func (t *tables) assignments(list []perms.Assignment) ([]perms.Assignment, error) {
	out := cloned(list)
	for i := range out {
		a := &out[i]
		if !t.roles.has(a.Role) {
			return nil, errUnknown("role", a.Role)
		}
		if err := t.inScope(a.Scope); err != nil {
			return nil, err
		}
		a.Window = window(a.Window)
	}
	return out, nil
}

func (t *tables) overrides(list []perms.Override) ([]perms.Override, error) {
	out := cloned(list)
	for i := range out {
		o := &out[i]
		if err := t.inScope(o.Scope); err != nil {
			return nil, err
		}
		o.Window, o.SetAt = window(o.Window), utc(o.SetAt)
	}
	slices.SortFunc(out, compareOverrides)
	for i := 1; i < len(out); i++ {
		if compareOverrides(out[i-1], out[i]) == 0 {
			return nil, errExists("override of", out[i].Permission)
		}
	}
	return out, nil
}

func compareOverrides(a, b perms.Override) int {
	return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Scope.String(), b.Scope.String()))
}

// inScope returns an error if the scope is that of a tenant that does not exist.
func (t *tables) inScope(s perms.Scope) error {
	if tenant, ok := s.Tenant(); ok && !t.tenants.has(tenant) {
		return errUnknown("tenant", tenant)
	}
	return nil
}

func window(w perms.Window) perms.Window {
	return perms.Window{StartsAt: utc(w.StartsAt), ExpiresAt: utc(w.ExpiresAt)}
}

func (t *tables) memberships(list []uuid.UUID) ([]uuid.UUID, error) {
	for i, group := range list {
		if !t.groups.has(group) {
			return nil, errUnknown("group", group)
		}
		if slices.Contains(list[:i], group) {
			return nil, errExists("membership of", group)
		}
	}
	return t.byNumber(cloned(list)), nil
}

func (t *tables) grants(list []perms.ObjectGrant) ([]perms.ObjectGrant, error) {
	out := cloned(list)
	slices.SortFunc(out, compareGrants)
	for i, g := range out {
		if !t.tenants.has(g.Tenant) {
			return nil, errUnknown("tenant", g.Tenant)
		}
		if i > 0 && out[i-1] == g {
			return nil, errExists("grant of", g.Object)
		}
	}
	return out, nil
}

func compareGrants(a, b perms.ObjectGrant) int {
	return cmp.Or(compareIDs(a.Tenant, b.Tenant), cmp.Compare(a.Object.Type, b.Object.Type), cmp.Compare(a.Object.ID, b.Object.ID))
}
