package memory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Subject implements [perms.Store].
func (s *Store) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	return read(ctx, s, func(t *tables) (perms.Subject, error) {
		u, ok := t.users.get(user)
		if !ok {
			return perms.Subject{}, perms.ErrNoSubject
		}
		return t.subject(u), nil
	})
}

func (t *tables) subject(u *users.User) perms.Subject {
	return t.copier().subject(u)
}

// subjects returns what bears on users. Of what a role says there is one copy, however many of them hold it.
func (t *tables) subjects(list []*users.User) []perms.Subject {
	if len(list) == 0 {
		return nil
	}
	out, c := make([]perms.Subject, len(list)), t.copier()
	for i, u := range list {
		out[i] = c.subject(u)
	}
	return out
}

// copier makes subjects, which refer to nothing of the tables.
type copier struct {
	*tables
	rules map[uuid.UUID]perms.Rule // copies
}

func (t *tables) copier() copier { return copier{t, map[uuid.UUID]perms.Rule{}} }

func (c copier) subject(u *users.User) (s perms.Subject) {
	c.copy(&s, u)
	return s
}

// copy makes a subject of a user, in memory that may have been another one's.
func (c copier) copy(s *perms.Subject, u *users.User) {
	*s = perms.Subject{
		User:      u.ID,
		Status:    u.Status,
		Tenants:   append(s.Tenants[:0], u.Tenants...),
		Roles:     slices.Grow(s.Roles[:0], len(u.Roles)),
		Overrides: append(s.Overrides[:0], u.Overrides...),
		Objects:   append(s.Objects[:0], u.Objects...),
		Revision:  c.head.Revision,
	}
	for _, a := range u.Roles {
		s.Roles = append(s.Roles, perms.Held{Rule: c.rule(a.Role), Assignment: a})
	}
	if len(u.Groups) == 0 {
		return
	}
	for _, id := range u.Groups {
		g, _ := c.groups.get(id)
		s.Objects = append(s.Objects, g.Objects...)
	}
	slices.SortFunc(s.Objects, compareGrants)
	s.Objects = slices.Compact(s.Objects)
}

func (c copier) rule(role uuid.UUID) perms.Rule {
	rule, ok := c.rules[role]
	if !ok {
		r, _ := c.roles.get(role)
		rule = r.Rule()
		rule.Patterns = slices.Clone(rule.Patterns)
		c.rules[role] = rule
	}
	return rule
}

// EachActive implements [perms.Store].
func (s *Store) EachActive(ctx context.Context, after int64, limit int, yield func(*perms.Subject)) (next int64, err error) {
	return read(ctx, s, func(t *tables) (int64, error) {
		if err := bounded("limit", limit, 1); err != nil {
			return 0, err
		}
		var again perms.Subject
		c := t.copier()
		for number, id := range t.userNumbers.after(after) {
			u, _ := t.users.get(id)
			if u.Status != perms.Active {
				continue
			}
			c.copy(&again, u)
			yield(&again)
			if limit--; limit == 0 {
				return number, nil
			}
		}
		return 0, nil
	})
}

// StaffSubjects implements [perms.Store].
func (s *Store) StaffSubjects(ctx context.Context, after int64, limit int) ([]perms.Subject, int64, error) {
	last := after
	subjects, err := read(ctx, s, func(t *tables) ([]perms.Subject, error) {
		if err := bounded("limit", limit, 1); err != nil {
			return nil, err
		}
		var out []perms.Subject
		for number, id := range t.staff.after(after) {
			if len(out) == limit {
				break
			}
			u, _ := t.users.get(id)
			out, last = append(out, t.subject(u)), number
		}
		return out, nil
	})
	return subjects, last, err
}

// TenantTypes implements [perms.Store].
func (s *Store) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	return read(ctx, s, func(t *tables) (map[uuid.UUID]perms.TenantType, error) {
		types := make(map[uuid.UUID]perms.TenantType, len(ids))
		for _, id := range ids {
			if tenant, ok := t.tenants.get(id); ok {
				types[id] = tenant.Type
			}
		}
		return types, nil
	})
}

// TenantsOfType implements [perms.Store].
func (s *Store) TenantsOfType(ctx context.Context, typ perms.TenantType) ([]uuid.UUID, error) {
	return read(ctx, s, func(t *tables) ([]uuid.UUID, error) {
		var out []uuid.UUID
		for id := range t.tenantNumbers.values() {
			if tenant, _ := t.tenants.get(id); tenant.Type == typ {
				out = append(out, id)
			}
		}
		return out, nil
	})
}
