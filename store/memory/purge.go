package memory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// PurgeUser implements [users.Store].
func (s *Store) PurgeUser(ctx context.Context, id uuid.UUID, stone users.Tombstone) error {
	return s.write(ctx, func(t *tables) error {
		u, ok := t.users.get(id)
		if !ok {
			return users.ErrNotFound
		}
		t.unindexUser(u)
		t.credentials = t.credentials.without(id)
		t.avatars = t.avatars.without(id)
		t.endSessions(id, session.Digest{})
		t.forget(id)
		for i := range t.invites.values() {
			if i.AcceptedBy == id && !i.AcceptedAt.IsZero() {
				nameless := *i
				nameless.Email, nameless.Name = "", ""
				t.invites = t.invites.with(i.ID, &nameless)
				t.forget(i.ID)
			}
		}
		if err := storable(stone); err != nil {
			return err
		}
		stone.PurgedAt = utc(stone.PurgedAt)
		t.tombstones = t.tombstones.with(stone.Number, stone)
		return nil
	})
}

// Tombstone implements [users.Store].
func (s *Store) Tombstone(ctx context.Context, number int64) (users.Tombstone, error) {
	return read(ctx, s, func(t *tables) (users.Tombstone, error) {
		stone, ok := t.tombstones.get(number)
		if !ok {
			return users.Tombstone{}, users.ErrNotFound
		}
		return stone, nil
	})
}

// Tombstones implements [users.Store].
func (s *Store) Tombstones(ctx context.Context) ([]users.Tombstone, error) {
	return read(ctx, s, func(t *tables) ([]users.Tombstone, error) { return slices.Collect(t.tombstones.values()), nil })
}
