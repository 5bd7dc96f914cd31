package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
)

// PurgeUser implements [users.Store].
func (s *Store) PurgeUser(ctx context.Context, id uuid.UUID, t users.Tombstone) error {
	const (
		find = `
			select number
			from rolebook_users
			where id = ?
			{lock}` // so that nobody inserts a session for him now
		forget = `
			delete from rolebook_personal
			where person in (select cast(? as text) union all select id from rolebook_invites where accepted_by = ?)` // an "or" would read all of it
		anonymise = `
			update rolebook_invites
			set email = '', canonical = '', name = ''
			where accepted_by = ?`
		bury = `
			insert into rolebook_tombstones (number, id, name, purged_at)
			values (?, ?, ?, ?)`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	number, err := scalar[int64](ctx, u, users.ErrNotFound, find, id)
	if err != nil {
		return err
	}
	if _, err := u.exec(ctx, forget, id, id); err != nil {
		return err
	}
	if _, err := u.exec(ctx, anonymise, id); err != nil {
		return err
	}
	if err := u.eraseUser(ctx, number); err != nil {
		return err
	}
	_, err = u.exec(ctx, bury, t.Number, t.ID, t.Name, t.PurgedAt)
	return err
}

// eraseUser deletes a user from every table, from his own at the end.
func (u *unit) eraseUser(ctx context.Context, number int64) error {
	deletions := []string{
		"delete from rolebook_addresses where user_number = ?",
		"delete from rolebook_tenancies where user_number = ?",
		"delete from rolebook_assignments where user_number = ?",
		"delete from rolebook_overrides where user_number = ?",
		"delete from rolebook_memberships where user_number = ?",
		"delete from rolebook_user_objects where user_number = ?",
		"delete from rolebook_credentials where user_number = ?",
		"delete from rolebook_avatars where user_number = ?",
		"delete from rolebook_sessions where user_number = ?",
		"delete from rolebook_users where number = ?",
	}
	for _, d := range deletions {
		if _, err := u.exec(ctx, d, number); err != nil {
			return err
		}
	}
	return nil
}

// userNumber returns the number of a user, or the error missing.
func (u *unit) userNumber(ctx context.Context, id uuid.UUID, missing error) (int64, error) {
	const query = `
		select number
		from rolebook_users
		where id = ?`
	return scalar[int64](ctx, u, missing, query, id)
}

type tombstoneRow struct {
	ID       uuid.UUID `db:"id"`
	Number   int64     `db:"number"`
	Name     string    `db:"name"`
	PurgedAt instant   `db:"purged_at"`
}

func (r tombstoneRow) tombstone() users.Tombstone {
	return users.Tombstone{ID: r.ID, Number: r.Number, Name: r.Name, PurgedAt: r.PurgedAt.Time}
}

// Tombstone implements [users.Store].
func (s *Store) Tombstone(ctx context.Context, number int64) (users.Tombstone, error) {
	const query = `
		select id, number, name, purged_at
		from rolebook_tombstones
		where number = ?`
	var row tombstoneRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[tombstoneRow](ctx, u, users.ErrNotFound, query, number)
		return err
	})
	return row.tombstone(), err
}

// Tombstones implements [users.Store].
func (s *Store) Tombstones(ctx context.Context) ([]users.Tombstone, error) {
	const query = `
		select id, number, name, purged_at
		from rolebook_tombstones
		order by number`
	var found []tombstoneRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[tombstoneRow](ctx, u, query)
		return err
	})
	return mapped(found, tombstoneRow.tombstone), err
}
