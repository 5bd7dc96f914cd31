package users

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// Numbers returns the numbers of the given users, deleted ones too; unknown and purged ones are left out. It is for an API that names people by number in
// what its caller may see anyway, and asks no permission.
func (s *Service) Numbers(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]int64, error) {
	found := make(map[uuid.UUID]int64, len(ids))
	err := s.view(ctx, func(tx Store) error {
		for _, id := range ids {
			u, err := tx.User(ctx, id)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found[id] = u.Number
		}
		return nil
	})
	return found, wrap("read user numbers", err)
}
