package memory

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Invite implements [invites.Store].
func (s *Store) Invite(ctx context.Context, number int64) (invites.Invite, error) {
	return read(ctx, s, func(t *tables) (invites.Invite, error) {
		id, _ := t.inviteNumbers.get(number)
		return t.invite(id)
	})
}

// InviteByDigest implements [invites.Store].
func (s *Store) InviteByDigest(ctx context.Context, d session.Digest) (invites.Invite, error) {
	return read(ctx, s, func(t *tables) (invites.Invite, error) {
		id, _ := t.inviteTokens.get(d)
		return t.invite(id)
	})
}

func (t *tables) invite(id uuid.UUID) (invites.Invite, error) {
	i, ok := t.invites.get(id)
	if !ok {
		return invites.Invite{}, invites.ErrNotFound
	}
	return *i, nil
}

// Invites implements [invites.Store].
func (s *Store) Invites(ctx context.Context) ([]invites.Invite, error) {
	return read(ctx, s, func(t *tables) ([]invites.Invite, error) {
		return t.invitesWhere(func(*invites.Invite) bool { return true }), nil
	})
}

// PendingInvites implements [invites.Store].
func (s *Store) PendingInvites(ctx context.Context, f invites.Filter, now time.Time) ([]invites.Invite, error) {
	return read(ctx, s, func(t *tables) ([]invites.Invite, error) {
		return t.invitesWhere(func(i *invites.Invite) bool {
			return pending(i, now) && f.Chooses(i.Tenant)
		}), nil
	})
}

// pending reports whether an invite is unused and unexpired.
func pending(i *invites.Invite, now time.Time) bool {
	return i.AcceptedAt.IsZero() && now.Before(i.ExpiresAt)
}

func (t *tables) invitesWhere(chosen func(*invites.Invite) bool) []invites.Invite {
	out := []invites.Invite{}
	for id := range t.inviteNumbers.values() {
		if i, _ := t.invites.get(id); chosen(i) {
			out = append(out, *i)
		}
	}
	return out
}

// promised reports whether an invite or link that can still be used gives a role.
func (t *tables) promised(role uuid.UUID, now time.Time) bool {
	for i := range t.invites.values() {
		if i.Role == role && pending(i, now) {
			return true
		}
	}
	for l := range t.links.values() {
		if l.Role == role && usable(l, now) == nil {
			return true
		}
	}
	return false
}

// InsertInvite implements [invites.Store].
func (s *Store) InsertInvite(ctx context.Context, n invites.Invite) (replaced []invites.Invite, err error) {
	err = s.write(ctx, func(t *tables) error {
		tenant, one := n.Tenant.Tenant()
		switch {
		case one && !t.tenants.has(tenant):
			return errUnknown("tenant", tenant)
		case !t.roles.has(n.Role):
			return errUnknown("role", n.Role)
		case t.invites.has(n.ID):
			return errExists("invite", n.ID)
		case t.inviteNumbers.has(n.Number):
			return errExists("invite number", n.Number)
		case t.inviteTokens.has(n.Digest):
			return errExists("token of invite", n.ID)
		}
		if id, ok := t.unused.get(inviteAddress(&n)); ok {
			old, _ := t.invites.get(id)
			t.dropInvite(old)
			replaced = []invites.Invite{*old}
		}
		n.CreatedAt, n.ExpiresAt, n.AcceptedAt = utc(n.CreatedAt), utc(n.ExpiresAt), utc(n.AcceptedAt)
		if err := storable(n); err != nil {
			return err
		}
		t.putInvite(&n)
		return nil
	})
	return replaced, err
}

func inviteAddress(i *invites.Invite) addressed {
	return addressed{users.Canonical(i.Email), i.Tenant.String()}
}

func (t *tables) putInvite(i *invites.Invite) {
	t.invites = t.invites.with(i.ID, i)
	t.inviteNumbers = t.inviteNumbers.with(i.Number, i.ID)
	t.inviteTokens = t.inviteTokens.with(i.Digest, i.ID)
	if i.AcceptedAt.IsZero() {
		t.unused = t.unused.with(inviteAddress(i), i.ID)
	}
}

// dropInvite removes an unused invite.
func (t *tables) dropInvite(i *invites.Invite) {
	t.invites = t.invites.without(i.ID)
	t.inviteNumbers = t.inviteNumbers.without(i.Number)
	t.inviteTokens = t.inviteTokens.without(i.Digest)
	t.unused = t.unused.without(inviteAddress(i))
}

// UseInvite implements [invites.Store].
func (s *Store) UseInvite(ctx context.Context, id, user uuid.UUID, now time.Time) error {
	return s.write(ctx, func(t *tables) error {
		i, ok := t.invites.get(id)
		switch {
		case !ok:
			return invites.ErrNotFound
		case !i.AcceptedAt.IsZero():
			return invites.ErrUsed
		case !pending(i, now):
			return invites.ErrExpired
		}
		used := *i
		used.AcceptedAt, used.AcceptedBy = utc(now), user
		t.invites = t.invites.with(id, &used)
		t.unused = t.unused.without(inviteAddress(i))
		return nil
	})
}

// DeleteInvite implements [invites.Store].
func (s *Store) DeleteInvite(ctx context.Context, id uuid.UUID) error {
	return s.write(ctx, func(t *tables) error {
		i, ok := t.invites.get(id)
		if !ok || !i.AcceptedAt.IsZero() {
			return invites.ErrNotFound
		}
		t.dropInvite(i)
		return nil
	})
}
