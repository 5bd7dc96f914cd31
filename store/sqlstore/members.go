package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
)

// AddMembers implements [users.Store].
func (s *Store) AddMembers(ctx context.Context, group uuid.UUID, members []uuid.UUID) ([]uuid.UUID, error) {
	const insert = `
		insert into rolebook_memberships (user_number, group_id)
		values `
	u, err := s.writing(ctx)
	if err != nil {
		return nil, err
	}
	found, err := u.candidates(ctx, group, members)
	if err != nil {
		return nil, err
	}
	var (
		added []uuid.UUID
		rows  [][]any
	)
	for _, id := range unique(members) {
		c, ok := found[id]
		if !ok {
			return nil, users.ErrNotFound
		}
		if c.Member == 0 {
			added = append(added, id)
			rows = append(rows, []any{c.Number, group})
		}
	}
	return added, u.insert(ctx, insert, rows, "")
}

// RemoveMembers implements [users.Store].
func (s *Store) RemoveMembers(ctx context.Context, group uuid.UUID, members []uuid.UUID) ([]uuid.UUID, error) {
	const remove = `
		delete from rolebook_memberships
		where group_id = ? and user_number {in numbers}`
	u, err := s.writing(ctx)
	if err != nil {
		return nil, err
	}
	found, err := u.candidates(ctx, group, members)
	if err != nil {
		return nil, err
	}
	var (
		removed []uuid.UUID
		numbers []int64
	)
	for _, id := range unique(members) {
		if c := found[id]; c.Member != 0 {
			removed = append(removed, id)
			numbers = append(numbers, c.Number)
		}
	}
	if len(removed) == 0 {
		return nil, nil
	}
	_, err = u.exec(ctx, remove, group, array(numbers))
	return removed, err
}

// candidate is a user whose membership is in question.
type candidate struct {
	ID     uuid.UUID `db:"id"`
	Number int64     `db:"number"`
	Member number    `db:"member"` // his number again if he is a member
}

// candidates returns those of the users who exist, by their id. A missing group is ErrGroupNotFound.
func (u *unit) candidates(ctx context.Context, group uuid.UUID, ids []uuid.UUID) (map[uuid.UUID]candidate, error) {
	const query = `
		select u.id, u.number, m.user_number as member
		from rolebook_users u
		left join rolebook_memberships m on m.user_number = u.number and m.group_id = ?
		where u.id {in ids}`
	if _, err := u.groupTenant(ctx, group); err != nil {
		return nil, err
	}
	rows, err := list[candidate](ctx, u, query, group, array(unique(ids)))
	found := make(map[uuid.UUID]candidate, len(rows))
	for _, c := range rows {
		found[c.ID] = c
	}
	return found, err
}

// MemberCounts implements [users.Store].
func (s *Store) MemberCounts(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID]int, error) {
	const query = `
		select m.group_id, count(*) as members
		from rolebook_memberships m
		join rolebook_users u on u.number = m.user_number
		where m.group_id {in ids} and u.status <> 'deleted'
		group by m.group_id`
	counts := map[uuid.UUID]int{}
	err := s.reading(ctx, func(u *unit) error {
		rows, err := list[struct {
			Group   uuid.UUID `db:"group_id"`
			Members int       `db:"members"`
		}](ctx, u, query, array(unique(groups)))
		for _, r := range rows {
			counts[r.Group] = r.Members
		}
		return err
	})
	return counts, err
}
