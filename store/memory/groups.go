package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Group implements [users.Store].
func (s *Store) Group(ctx context.Context, id uuid.UUID) (users.Group, error) {
	return read(ctx, s, func(t *tables) (users.Group, error) { return t.group(id) })
}

// GroupByNumber implements [users.Store].
func (s *Store) GroupByNumber(ctx context.Context, number int64) (users.Group, error) {
	return read(ctx, s, func(t *tables) (users.Group, error) {
		id, _ := t.groupNumbers.get(number)
		return t.group(id)
	})
}

func (t *tables) group(id uuid.UUID) (users.Group, error) {
	g, ok := t.groups.get(id)
	if !ok {
		return users.Group{}, users.ErrGroupNotFound
	}
	return copyGroup(g), nil
}

func copyGroup(g *users.Group) users.Group {
	c := *g
	c.Objects = slices.Clone(g.Objects)
	return c
}

// GroupsByID implements [users.Store].
func (s *Store) GroupsByID(ctx context.Context, ids []uuid.UUID) ([]users.Group, error) {
	return read(ctx, s, func(t *tables) ([]users.Group, error) {
		var out []users.Group
		for _, id := range unique(ids) {
			if g, ok := t.groups.get(id); ok {
				out = append(out, copyGroup(g))
			}
		}
		slices.SortFunc(out, func(a, b users.Group) int { return cmp.Compare(a.Number, b.Number) })
		return out, nil
	})
}

// Groups implements [users.Store].
func (s *Store) Groups(ctx context.Context, tenant uuid.UUID) ([]users.Group, error) {
	return read(ctx, s, func(t *tables) ([]users.Group, error) {
		out := []users.Group{}
		for k, id := range t.tenantGroups.from(numbered{owner: tenant}) {
			if k.owner != tenant {
				break
			}
			g, _ := t.groups.get(id)
			out = append(out, copyGroup(g))
		}
		return out, nil
	})
}

// InsertGroup implements [users.Store].
func (s *Store) InsertGroup(ctx context.Context, g users.Group) error {
	return s.write(ctx, func(t *tables) error {
		switch {
		case t.groupNames.has(groupName(&g)):
			return users.ErrGroupNameTaken
		case !t.tenants.has(g.Tenant):
			return errUnknown("tenant", g.Tenant)
		case t.groups.has(g.ID):
			return errExists("group", g.ID)
		case t.groupNumbers.has(g.Number):
			return errExists("group number", g.Number)
		}
		g.CreatedAt = utc(g.CreatedAt)
		return t.putGroup(g)
	})
}

func groupName(g *users.Group) named { return named{perms.FoldName(g.Name), g.Tenant} }

func (t *tables) putGroup(g users.Group) (err error) {
	if err := storable(g); err != nil {
		return err
	}
	if g.Objects, err = t.grants(g.Objects); err != nil {
		return err
	}
	t.groups = t.groups.with(g.ID, &g)
	t.groupNumbers = t.groupNumbers.with(g.Number, g.ID)
	t.groupNames = t.groupNames.with(groupName(&g), g.ID)
	t.tenantGroups = t.tenantGroups.with(numbered{g.Tenant, g.Number}, g.ID)
	return nil
}

// UpdateGroup implements [users.Store].
func (s *Store) UpdateGroup(ctx context.Context, g users.Group) error {
	return s.write(ctx, func(t *tables) error {
		stored, ok := t.groups.get(g.ID)
		if !ok {
			return users.ErrGroupNotFound
		}
		g.Number, g.Tenant, g.CreatedAt = stored.Number, stored.Tenant, stored.CreatedAt
		t.groupNames = t.groupNames.without(groupName(stored))
		if t.groupNames.has(groupName(&g)) {
			return users.ErrGroupNameTaken
		}
		return t.putGroup(g)
	})
}

// DeleteGroup implements [users.Store].
func (s *Store) DeleteGroup(ctx context.Context, id uuid.UUID) error {
	return s.write(ctx, func(t *tables) error {
		g, ok := t.groups.get(id)
		if !ok {
			return users.ErrGroupNotFound
		}
		for u := range t.owned(t.members, id, 0) {
			t.leave(u, id)
		}
		t.groups = t.groups.without(id)
		t.groupNumbers = t.groupNumbers.without(g.Number)
		t.groupNames = t.groupNames.without(groupName(g))
		t.tenantGroups = t.tenantGroups.without(numbered{g.Tenant, g.Number})
		return nil
	})
}

// AddMembers implements [users.Store].
func (s *Store) AddMembers(ctx context.Context, group uuid.UUID, members []uuid.UUID) (added []uuid.UUID, err error) {
	err = s.write(ctx, func(t *tables) error {
		g, ok := t.groups.get(group)
		if !ok {
			return users.ErrGroupNotFound
		}
		for _, id := range unique(members) {
			u, ok := t.users.get(id)
			switch {
			case !ok:
				added = nil
				return users.ErrNotFound
			case !t.members.has(numbered{group, u.Number}):
				t.enter(u, g)
				added = append(added, id)
			}
		}
		return nil
	})
	return added, err
}

// RemoveMembers implements [users.Store].
func (s *Store) RemoveMembers(ctx context.Context, group uuid.UUID, members []uuid.UUID) (removed []uuid.UUID, err error) {
	err = s.write(ctx, func(t *tables) error {
		if !t.groups.has(group) {
			return users.ErrGroupNotFound
		}
		for _, id := range unique(members) {
			if u, ok := t.users.get(id); ok && t.members.has(numbered{group, u.Number}) {
				t.leave(u, group)
				removed = append(removed, id)
			}
		}
		return nil
	})
	return removed, err
}

// enter makes u a member of g.
func (t *tables) enter(u *users.User, g *users.Group) {
	c := *u
	c.Groups = t.byNumber(append(slices.Clone(u.Groups), g.ID))
	t.users = t.users.with(c.ID, &c)
	t.members = t.members.with(numbered{g.ID, u.Number}, u.ID)
}

// leave ends u's membership of a group.
func (t *tables) leave(u *users.User, group uuid.UUID) {
	c := *u
	c.Groups = cloned(slices.DeleteFunc(slices.Clone(u.Groups), func(id uuid.UUID) bool { return id == group }))
	t.users = t.users.with(c.ID, &c)
	t.members = t.members.without(numbered{group, u.Number})
}

// byNumber sorts groups that exist by their numbers.
func (t *tables) byNumber(groups []uuid.UUID) []uuid.UUID {
	number := func(id uuid.UUID) int64 {
		g, _ := t.groups.get(id)
		return g.Number
	}
	slices.SortFunc(groups, func(a, b uuid.UUID) int { return cmp.Compare(number(a), number(b)) })
	return groups
}

// MemberCounts implements [users.Store].
func (s *Store) MemberCounts(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID]int, error) {
	return read(ctx, s, func(t *tables) (map[uuid.UUID]int, error) {
		counts := map[uuid.UUID]int{}
		for _, id := range unique(groups) {
			for u := range t.owned(t.members, id, 0) {
				if u.Status != perms.Deleted {
					counts[id]++
				}
			}
		}
		return counts, nil
	})
}
