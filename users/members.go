package users

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Members returns the members of a group who are not deleted, in ascending order of number, as the actor may see them: also those whom he sees nowhere else
// because their home is another tenant. It takes groups.read in the group's tenant.
func (s *Groups) Members(ctx context.Context, actor perms.Actor, group Ref) ([]User, error) {
	var list []User
	err := admitted(ctx, s.view, s.env, actor, []perms.Permission{perms.GroupsRead}, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		g, err := findGroup(ctx, tx, sight, group)
		if err != nil {
			return err
		}
		list, err = members(ctx, tx, a, g)
		return err
	})
	return list, wrap("list members", err)
}

func members(ctx context.Context, tx Store, a *perms.Authority, g Group) ([]User, error) {
	list, err := tx.Users(ctx, Filter{Group: g.ID})
	if err != nil {
		return nil, err
	}
	return list, showAll(ctx, tx, a, list)
}

// MemberCounts returns how many members who are not deleted each of the given groups has, for those in the tenants of which the actor holds groups.read or
// groups.write.
func (s *Groups) MemberCounts(ctx context.Context, actor perms.Actor, groups []Group) (map[uuid.UUID]int, error) {
	var counts map[uuid.UUID]int
	needs := []perms.Permission{perms.GroupsRead, perms.GroupsWrite}
	err := admitted(ctx, s.view, s.env, actor, needs, func(tx Store, _ *perms.Authority, sight perms.Sight) error {
		var ids []uuid.UUID
		for _, g := range groups {
			ids = append(ids, g.ID)
		}
		stored, err := tx.GroupsByID(ctx, ids)
		if err != nil {
			return err
		}
		ids = ids[:0]
		for _, g := range stored {
			if sight.Shows(perms.In(g.Tenant)) {
				ids = append(ids, g.ID)
			}
		}
		counts, err = tx.MemberCounts(ctx, ids)
		return err
	})
	return counts, wrap("count members", err)
}

// AddMembers makes users members of a group, all or none, and returns the members there are then, as [Groups.Members] does. It takes groups.write in the
// group's tenant. A user who is unknown or deleted, or does not list that tenant, is [ErrNotFound]; adding oneself is [perms.ErrSelfRights]. Who is a
// member already stays one.
func (s *Groups) AddMembers(ctx context.Context, actor perms.Actor, group Ref, list []Ref) ([]User, error) {
	var now []User
	_, err := s.change(ctx, actor, perms.GroupsWrite, "add members", group, func(tx Store, a *perms.Authority, g Group) (Group, error) {
		joining, err := chosen(ctx, tx, list, func(u User) bool { return slices.Contains(u.Tenants, perms.TenantOf(g.Tenant)) })
		if err != nil {
			return g, err
		}
		joining = slices.DeleteFunc(joining, func(u User) bool { return slices.Contains(u.Groups, g.ID) })
		if err := changeMembers(ctx, tx, a, g, joining, "added", tx.AddMembers); err != nil {
			return g, err
		}
		now, err = members(ctx, tx, a, g)
		return g, err
	})
	return now, err
}

// RemoveMembers ends the memberships of users, all or none. It takes groups.write in the group's tenant. A user who is no member is [ErrNotFound]; removing
// oneself is [perms.ErrSelfRights].
func (s *Groups) RemoveMembers(ctx context.Context, actor perms.Actor, group Ref, list []Ref) error {
	_, err := s.change(ctx, actor, perms.GroupsWrite, "remove members", group, func(tx Store, a *perms.Authority, g Group) (Group, error) {
		leaving, err := chosen(ctx, tx, list, func(u User) bool { return slices.Contains(u.Groups, g.ID) })
		if err != nil {
			return g, err
		}
		return g, changeMembers(ctx, tx, a, g, leaving, "removed", tx.RemoveMembers)
	})
	return err
}

// chosen returns the users of a list. One who is deleted or does not qualify is not found.
func chosen(ctx context.Context, tx Store, list []Ref, qualifies func(User) bool) ([]User, error) {
	if len(list) > MaxMembers {
		return nil, perms.Invalid("members", perms.TooLong, fmt.Sprintf("must have at most %d elements", MaxMembers))
	}
	var out []User
	for _, ref := range list {
		u, err := ref.read(ctx, tx)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("read user: %w", err)
		}
		if err != nil || u.Status == perms.Deleted || !qualifies(u) {
			return nil, ErrNotFound
		}
		out = append(out, u)
	}
	return out, nil
}

// changeMembers adds or removes users, unless the actor is among them, and writes the journal.
func changeMembers(ctx context.Context, tx Store, a *perms.Authority, g Group, list []User, what string,
	change func(context.Context, uuid.UUID, []uuid.UUID) ([]uuid.UUID, error)) error {
	if slices.ContainsFunc(list, func(u User) bool { return a.Self(u.ID) }) {
		return perms.ErrSelfRights
	}
	if len(list) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(list))
	for i, u := range list {
		ids[i] = u.ID
	}
	changed, err := change(ctx, g.ID, ids)
	if err != nil {
		return err
	}
	after := perms.Members{"added": []any{}, "removed": []any{}}
	after[what] = texts(changed)
	return journalGroup(ctx, tx, a, perms.GroupMembers, g, nil, after)
}
