package invites

import (
	"context"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Offer is an invite that can be accepted, with what it gives.
type Offer struct {
	Invite
	Role   roles.Role
	Tenant users.Tenant // zero for staff
}

// Acceptance is what comes from whoever accepts an invite. What he will be called, and his password, are all that he may choose.
type Acceptance struct {
	Token    string
	Name     string // the invite's, if empty
	Password string
}

// Check returns what a token offers, to whoever has it, and uses nothing up. A token that is malformed, unknown, revoked or replaced is [ErrNotFound]; one
// that cannot be accepted is [ErrUsed], [ErrExpired] or [ErrInvalidated].
func (s *Service) Check(ctx context.Context, token string) (Offer, error) {
	o, err := s.look(ctx, token)
	if err != nil {
		return Offer{}, fmt.Errorf("check invite: %w", err)
	}
	return o, nil
}

func (s *Service) look(ctx context.Context, token string) (o Offer, err error) {
	d, err := digest(session.KindInvite, token, ErrNotFound)
	if err != nil {
		return o, err
	}
	err = s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, perms.Guest())
		if err != nil {
			return err
		}
		i, t, err := s.open(ctx, tx, a, d)
		o = offer(i, t)
		return err
	})
	return o, err
}

func offer(i Invite, t terms) Offer { return Offer{i, t.role, t.tenant} }

// digest returns by what a token of a kind is found, or the error for one that is none.
func digest(kind session.Kind, token string, unknown error) (session.Digest, error) {
	t, err := session.Parse(kind, token)
	if err != nil {
		return session.Digest{}, unknown
	}
	return t.Digest(), nil
}

// open returns the invite of a token, if it can be accepted now, with what it gives.
func (s *Service) open(ctx context.Context, tx Store, a *perms.Authority, d session.Digest) (Invite, terms, error) {
	i, err := tx.InviteByDigest(ctx, d)
	switch {
	case err != nil:
		return Invite{}, terms{}, err
	case !i.AcceptedAt.IsZero():
		return Invite{}, terms{}, ErrUsed
	case !a.Now.Before(i.ExpiresAt):
		return Invite{}, terms{}, ErrExpired
	}
	t, err := s.kept(ctx, tx, i.promise())
	return i, t, err
}

// Accept makes the user who was invited: active, with the invite's address, role and tenant. Of concurrent acceptances one succeeds. The actor is
// [perms.Guest], with the request that he is part of: nothing is asked of him but the token.
//
// The errors are, in this order, those of [Service.Check], [perms.ErrInvalid] for name and password, and [users.ErrAddressTaken]; after each of them the
// token is as usable as before.
func (s *Service) Accept(ctx context.Context, actor perms.Actor, in Acceptance) (users.User, Offer, error) {
	u, o, err := s.accept(ctx, actor, in)
	if err != nil {
		return users.User{}, Offer{}, fmt.Errorf("accept invite: %w", err)
	}
	return u, o, nil
}

func (s *Service) accept(ctx context.Context, actor perms.Actor, in Acceptance) (u users.User, o Offer, err error) {
	first, err := s.look(ctx, in.Token) // hashing is slow: ask before, and again inside the transaction
	if err != nil {
		return u, o, err
	}
	p := person{first.Email, in.Name, in.Password}
	if p.name == "" {
		p.name = first.Name
	}
	h, err := s.check(ctx, &p)
	if err != nil {
		return u, o, err
	}
	err = s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		i, t, err := s.open(ctx, tx, a, first.Digest)
		if err != nil {
			return err
		}
		entry := a.Entry(perms.InviteAccept, perms.Target{Kind: perms.KindInvite, ID: i.ID}, i.Scope())
		entry.After = perms.Members{}
		if u, err = s.enrol(ctx, tx, a, t, p, h, &entry); err != nil {
			return err
		}
		entry.After["accepted_by"] = u.ID.String()
		if err := tx.UseInvite(ctx, i.ID, u.ID, a.Now); err != nil {
			return err
		}
		o = offer(i, t)
		return journal(ctx, tx, entry)
	})
	return u, o, err
}
