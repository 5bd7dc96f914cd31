package invites

import (
	"context"
	"fmt"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// LinkOffer is a link that can be used, with what it gives.
type LinkOffer struct {
	Link
	Role   roles.Role // zero for none
	Tenant users.Tenant
}

// Joining is what comes from whoever joins by a link. Tenant, role and status are the link's and its tenant's.
type Joining struct {
	Token    string
	Email    string
	Name     string
	Password string
}

// CheckLink returns what a token offers, to whoever has it, and uses nothing up. A token that is malformed, unknown or deleted is [ErrLinkNotFound]; one that
// cannot be used is [ErrUsed], [ErrExpired] or [ErrInvalidated].
func (s *Service) CheckLink(ctx context.Context, token string) (LinkOffer, error) {
	o, err := s.lookAtLink(ctx, token)
	if err != nil {
		return LinkOffer{}, fmt.Errorf("check link: %w", err)
	}
	return o, nil
}

func (s *Service) lookAtLink(ctx context.Context, token string) (o LinkOffer, err error) {
	d, err := digest(session.KindLink, token, ErrLinkNotFound)
	if err != nil {
		return o, err
	}
	err = s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, perms.Guest())
		if err != nil {
			return err
		}
		l, t, err := s.openLink(ctx, tx, a, d)
		o = LinkOffer{l, t.role, t.tenant}
		return err
	})
	return o, err
}

// openLink returns the link of a token, if it can be used now, with what it gives.
func (s *Service) openLink(ctx context.Context, tx Store, a *perms.Authority, d session.Digest) (Link, terms, error) {
	l, err := tx.LinkByDigest(ctx, d)
	if err != nil {
		return Link{}, terms{}, err
	}
	if err := l.usable(a.Now); err != nil {
		return Link{}, terms{}, err
	}
	t, err := s.kept(ctx, tx, l.promise())
	if t.tenant.RequireApproval {
		t.status = perms.Pending
	}
	return l, t, err
}

// Join makes a user of the link's tenant, with its role if it has one: pending if the tenant requires approval, otherwise active. No more join than the link
// has uses. The actor is [perms.Guest], with the request that he is part of: nothing is asked of him but the token.
//
// The errors are, in this order, those of [Service.CheckLink], [perms.ErrInvalid] for email, name and password, and [users.ErrAddressTaken]; none of them
// counts as a use.
func (s *Service) Join(ctx context.Context, actor perms.Actor, in Joining) (users.User, LinkOffer, error) {
	u, o, err := s.join(ctx, actor, in)
	if err != nil {
		return users.User{}, LinkOffer{}, fmt.Errorf("join: %w", err)
	}
	return u, o, nil
}

func (s *Service) join(ctx context.Context, actor perms.Actor, in Joining) (u users.User, o LinkOffer, err error) {
	first, err := s.lookAtLink(ctx, in.Token) // hashing is slow: ask before, and again inside the transaction
	if err != nil {
		return u, o, err
	}
	p := person{in.Email, in.Name, in.Password}
	h, err := s.check(ctx, &p)
	if err != nil {
		return u, o, err
	}
	err = s.write(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		l, t, err := s.openLink(ctx, tx, a, first.Digest)
		if err != nil {
			return err
		}
		entry := l.entry(a, perms.LinkJoin)
		entry.Before, entry.After = perms.Members{"uses": float64(l.Uses)}, perms.Members{"uses": float64(l.Uses + 1)}
		if u, err = s.enrol(ctx, tx, a, t, p, h, &entry); err != nil {
			return err
		}
		if err := tx.UseLink(ctx, l.ID, a.Now); err != nil {
			return err
		}
		l.Uses++
		o = LinkOffer{l, t.role, t.tenant}
		return journal(ctx, tx, entry)
	})
	return u, o, err
}
