package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Credential implements [users.Store].
func (s *Store) Credential(ctx context.Context, user uuid.UUID) (h password.Hash, err error) {
	err = s.reading(ctx, func(u *unit) error {
		h, err = u.credential(ctx, user)
		return err
	})
	return h, err
}

func (u *unit) credential(ctx context.Context, user uuid.UUID) (password.Hash, error) {
	const query = `
		select c.hash
		from rolebook_users u
		left join rolebook_credentials c on c.user_number = u.number
		where u.id = ?`
	hash, err := scalar[text](ctx, u, users.ErrNotFound, query, user)
	return password.Hash(hash), err
}

// SetCredential implements [users.Store].
func (s *Store) SetCredential(ctx context.Context, user uuid.UUID, h password.Hash) error {
	const (
		remove = `
			delete from rolebook_credentials
			where user_number = ?`
		put = `
			insert into rolebook_credentials (user_number, hash)
			select number, ?
			from rolebook_users
			where id = ?
			on conflict (user_number) do update
			set hash = excluded.hash`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	if h == "" {
		number, err := u.userNumber(ctx, user, users.ErrNotFound)
		if err != nil {
			return err
		}
		_, err = u.exec(ctx, remove, number)
		return err
	}
	written, err := u.exec(ctx, put, h.Reveal(), user)
	if err == nil && written == 0 {
		return users.ErrNotFound
	}
	return err
}

// SwapCredential implements [users.Store]. The comparison is part of the statement that writes.
func (s *Store) SwapCredential(ctx context.Context, user uuid.UUID, old, h password.Hash) (swapped bool, err error) {
	const (
		add = `
			insert into rolebook_credentials (user_number, hash)
			select number, ?
			from rolebook_users
			where id = ?
			on conflict do nothing`
		replace = `
			update rolebook_credentials
			set hash = ?
			where user_number = (select number from rolebook_users where id = ?) and hash = ?`
		remove = `
			delete from rolebook_credentials
			where user_number = (select number from rolebook_users where id = ?) and hash = ?`
	)
	err = s.apart(ctx, func(u *unit) error {
		var changed int64
		switch {
		case old == "" && h == "":
			stored, err := u.credential(ctx, user)
			swapped = err == nil && stored == ""
			if err == users.ErrNotFound {
				err = nil
			}
			return err
		case old == "":
			changed, err = u.exec(ctx, add, h.Reveal(), user)
		case h == "":
			changed, err = u.exec(ctx, remove, user, old.Reveal())
		default:
			changed, err = u.exec(ctx, replace, h.Reveal(), user, old.Reveal())
		}
		swapped = changed == 1
		return err
	})
	return swapped && err == nil, err
}

type avatarRow struct {
	Tag       string `db:"tag"`
	MediaType string `db:"media_type"`
	Image     []byte `db:"image"`
}

// Avatar implements [users.Store].
func (s *Store) Avatar(ctx context.Context, user uuid.UUID) (users.Avatar, error) {
	const query = `
		select a.tag, a.media_type, a.image
		from rolebook_users u
		join rolebook_avatars a on a.user_number = u.number
		where u.id = ?`
	var row avatarRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[avatarRow](ctx, u, users.ErrNoAvatar, query, user)
		return err
	})
	return users.Avatar(row), err
}

// SetAvatar implements [users.Store].
func (s *Store) SetAvatar(ctx context.Context, user uuid.UUID, a users.Avatar) error {
	const (
		remove = `
			delete from rolebook_avatars
			where user_number = ?`
		insert = `
			insert into rolebook_avatars (user_number, tag, media_type, image)
			values (?, ?, ?, ?)`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	number, err := u.userNumber(ctx, user, users.ErrNotFound)
	if err != nil {
		return err
	}
	if _, err := u.exec(ctx, remove, number); err != nil || len(a.Image) == 0 {
		return err
	}
	_, err = u.exec(ctx, insert, number, a.Tag, a.MediaType, a.Image)
	return err
}
