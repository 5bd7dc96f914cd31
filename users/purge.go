package users

import (
	"context"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Purge erases a person for good and leaves a tombstone with his name for the host's history. It takes users.delete; with alsoDeleted it finds
// soft-deleted users too. A version other than 0 must be the user's present one.
func (s *Service) Purge(ctx context.Context, actor perms.Actor, ref Ref, alsoDeleted bool, version int64) (Tombstone, error) {
	op := Needs(perms.UsersDelete)
	if alsoDeleted {
		op = op.OrDeleted()
	}
	var t Tombstone
	err := s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		u, err := s.find(ctx, tx, a, op, ref)
		if err != nil {
			return err
		}
		t, err = s.purge(ctx, tx, a, u, version)
		return err
	})
	return t, wrap("purge user", err)
}

func (s *Service) purge(ctx context.Context, tx Store, a *perms.Authority, u User, version int64) (Tombstone, error) {
	if a.Self(u.ID) {
		return Tombstone{}, perms.ErrSelfStatus
	}
	held, err := rolesOf(ctx, tx, u)
	if err != nil {
		return Tombstone{}, err
	}
	before := u.Subject(held)
	places, err := a.Places(ctx, tx, &before)
	if err != nil {
		return Tombstone{}, err
	}
	if !a.Within(u.Tenants) {
		return Tombstone{}, perms.Beyond("")
	}
	if err := a.MayChange(&before, places); err != nil {
		return Tombstone{}, err
	}
	if version != 0 && version != u.Version {
		return Tombstone{}, ErrStale
	}
	t := Tombstone{ID: u.ID, Number: u.Number, Name: u.Name.Full, PurgedAt: a.Now}
	if err := tx.PurgeUser(ctx, u.ID, t); err != nil {
		return Tombstone{}, err
	}
	entry := a.Entry(perms.UserPurge, perms.Target{Kind: perms.KindUser, ID: u.ID}, touched(u, u))
	entry.After = perms.Members{"number": float64(u.Number), "history_name": t.Name}
	if err := s.journal(ctx, tx, entry, u, User{}); err != nil {
		return Tombstone{}, err
	}
	return t, a.Keep(ctx, tx, &before, &perms.Subject{})
}
