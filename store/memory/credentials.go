package memory

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Credential implements [users.Store].
func (s *Store) Credential(ctx context.Context, user uuid.UUID) (password.Hash, error) {
	return read(ctx, s, func(t *tables) (password.Hash, error) {
		if !t.users.has(user) {
			return "", users.ErrNotFound
		}
		h, _ := t.credentials.get(user)
		return h, nil
	})
}

// SetCredential implements [users.Store].
func (s *Store) SetCredential(ctx context.Context, user uuid.UUID, h password.Hash) error {
	return s.write(ctx, func(t *tables) error {
		if !t.users.has(user) {
			return users.ErrNotFound
		}
		return t.setCredential(user, h)
	})
}

// SwapCredential implements [users.Store].
func (s *Store) SwapCredential(ctx context.Context, user uuid.UUID, old, h password.Hash) (swapped bool, err error) {
	err = s.writeAlone(ctx, func(t *tables) error {
		stored, _ := t.credentials.get(user)
		if swapped = t.users.has(user) && stored == old; swapped {
			return t.setCredential(user, h)
		}
		return nil
	})
	return swapped && err == nil, err
}

func (t *tables) setCredential(user uuid.UUID, h password.Hash) error {
	if h == "" {
		t.credentials = t.credentials.without(user)
		return nil
	}
	t.credentials = t.credentials.with(user, h)
	return storable(h)
}

// Avatar implements [users.Store].
func (s *Store) Avatar(ctx context.Context, user uuid.UUID) (users.Avatar, error) {
	return read(ctx, s, func(t *tables) (users.Avatar, error) {
		a, ok := t.avatars.get(user)
		if !ok {
			return users.Avatar{}, users.ErrNoAvatar
		}
		a.Image = bytes.Clone(a.Image)
		return a, nil
	})
}

// SetAvatar implements [users.Store].
func (s *Store) SetAvatar(ctx context.Context, user uuid.UUID, a users.Avatar) error {
	return s.write(ctx, func(t *tables) error {
		if !t.users.has(user) {
			return users.ErrNotFound
		}
		if err := storable(a); err != nil {
			return err
		}
		t.avatars = t.avatars.without(user)
		if len(a.Image) > 0 {
			a.Image = bytes.Clone(a.Image)
			t.avatars = t.avatars.with(user, a)
		}
		return nil
	})
}
