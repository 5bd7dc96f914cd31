package memory

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Link implements [invites.Store].
func (s *Store) Link(ctx context.Context, number int64) (invites.Link, error) {
	return read(ctx, s, func(t *tables) (invites.Link, error) {
		id, _ := t.linkNumbers.get(number)
		return t.link(id)
	})
}

// LinkByDigest implements [invites.Store].
func (s *Store) LinkByDigest(ctx context.Context, d session.Digest) (invites.Link, error) {
	return read(ctx, s, func(t *tables) (invites.Link, error) {
		id, _ := t.linkTokens.get(d)
		return t.link(id)
	})
}

func (t *tables) link(id uuid.UUID) (invites.Link, error) {
	l, ok := t.links.get(id)
	if !ok {
		return invites.Link{}, invites.ErrLinkNotFound
	}
	return *l, nil
}

// Links implements [invites.Store].
func (s *Store) Links(ctx context.Context, f invites.Filter) ([]invites.Link, error) {
	return read(ctx, s, func(t *tables) ([]invites.Link, error) {
		out := []invites.Link{}
		for id := range t.linkNumbers.values() {
			if l, _ := t.links.get(id); f.Chooses(perms.TenantOf(l.Tenant)) {
				out = append(out, *l)
			}
		}
		return out, nil
	})
}

// InsertLink implements [invites.Store].
func (s *Store) InsertLink(ctx context.Context, n invites.Link) error {
	return s.write(ctx, func(t *tables) error {
		switch {
		case !t.tenants.has(n.Tenant):
			return errUnknown("tenant", n.Tenant)
		case n.Role != uuid.Nil && !t.roles.has(n.Role):
			return errUnknown("role", n.Role)
		case t.links.has(n.ID):
			return errExists("link", n.ID)
		case t.linkNumbers.has(n.Number):
			return errExists("link number", n.Number)
		case t.linkTokens.has(n.Digest):
			return errExists("token of link", n.ID)
		}
		n.CreatedAt, n.ExpiresAt = utc(n.CreatedAt), utc(n.ExpiresAt)
		if err := storable(n); err != nil {
			return err
		}
		t.links = t.links.with(n.ID, &n)
		t.linkNumbers = t.linkNumbers.with(n.Number, n.ID)
		t.linkTokens = t.linkTokens.with(n.Digest, n.ID)
		return nil
	})
}

// UseLink implements [invites.Store].
func (s *Store) UseLink(ctx context.Context, id uuid.UUID, now time.Time) error {
	return s.write(ctx, func(t *tables) error {
		l, ok := t.links.get(id)
		if !ok {
			return invites.ErrLinkNotFound
		}
		if err := usable(l, now); err != nil {
			return err
		}
		used := *l
		used.Uses++
		t.links = t.links.with(id, &used)
		return nil
	})
}

// usable returns why a link cannot be used, if so.
func usable(l *invites.Link, now time.Time) error {
	switch {
	case l.MaxUses > 0 && l.Uses >= l.MaxUses:
		return invites.ErrUsed
	case !l.ExpiresAt.IsZero() && !now.Before(l.ExpiresAt):
		return invites.ErrExpired
	}
	return nil
}

// DeleteLink implements [invites.Store].
func (s *Store) DeleteLink(ctx context.Context, id uuid.UUID) error {
	return s.write(ctx, func(t *tables) error {
		l, ok := t.links.get(id)
		if !ok {
			return invites.ErrLinkNotFound
		}
		t.links = t.links.without(id)
		t.linkNumbers = t.linkNumbers.without(l.Number)
		t.linkTokens = t.linkTokens.without(l.Digest)
		return nil
	})
}
