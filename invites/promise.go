package invites

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// promise is what an invite or link gives, and on whose word.
type promise struct {
	maker   uuid.UUID // uuid.Nil for the system
	tenancy perms.Tenancy
	role    uuid.UUID // uuid.Nil for none
}

func (i Invite) promise() promise { return promise{i.CreatedBy, i.Tenant, i.Role} }

func (l Link) promise() promise { return promise{l.CreatedBy, perms.TenantOf(l.Tenant), l.Role} }

// terms are what a promise means now.
type terms struct {
	tenancy perms.Tenancy
	tenant  users.Tenant // zero for staff
	role    roles.Role   // zero for none
	status  perms.Status // of the user to be
}

// place returns where the promise is given.
func (t terms) place() perms.Place {
	if t.tenant.ID == uuid.Nil {
		return perms.Platform
	}
	return perms.PlaceOf(t.tenant.ID, t.tenant.Type)
}

// subject returns what bears on the permissions of the user to be.
func (t terms) subject() perms.Subject {
	s := perms.Subject{Status: t.status, Tenants: []perms.Tenancy{t.tenancy}}
	if t.role.ID != uuid.Nil {
		s.Roles = []perms.Held{{Rule: t.role.Rule(), Assignment: perms.Assignment{Role: t.role.ID, Scope: perms.Anywhere}}}
	}
	return s
}

// read returns what the promise means now, or [ErrInvalidated] where its role or tenant is no longer to be had: what there still is of them, then.
func (p promise) read(ctx context.Context, tx Store) (terms, error) {
	t := terms{tenancy: p.tenancy, status: perms.Active}
	var err error
	if p.role != uuid.Nil {
		if t.role, err = tx.Role(ctx, p.role); errors.Is(err, roles.ErrNotFound) {
			return t, ErrInvalidated
		}
		if err != nil {
			return t, fmt.Errorf("read role: %w", err)
		}
	}
	if id, one := p.tenancy.Tenant(); one {
		if t.tenant, err = tx.Tenant(ctx, id); err != nil {
			return t, fmt.Errorf("read tenant: %w", err)
		}
		if t.tenant.Type.Lapsed() {
			return t, ErrInvalidated
		}
	}
	return t, nil
}

// mayPromise says whether an actor may give a promise: he may invite there, and holds all that it hands out, for ever. It is asked when the promise is
// given and, of its maker, when it is kept (wire/README.md, section 4.4).
func mayPromise(ctx context.Context, tx Store, a *perms.Authority, t terms) error {
	if !a.Holds(t.place(), perms.InvitesCreate) {
		return perms.Forbid(perms.InvitesCreate)
	}
	joiner := t.subject()
	places, err := a.Places(ctx, tx, &joiner)
	if err != nil {
		return err
	}
	return a.MayHandOut(&perms.Subject{}, &joiner, places)
}

// kept returns what the promise means now, or [ErrInvalidated] if it is one no longer.
func (s *Service) kept(ctx context.Context, tx Store, p promise) (terms, error) {
	t, err := p.read(ctx, tx)
	if err != nil || p.maker == uuid.Nil {
		return t, err
	}
	maker, err := s.env.Authorize(ctx, tx, perms.As(p.maker))
	if err != nil {
		return t, err
	}
	err = mayPromise(ctx, tx, maker, t)
	if errors.Is(err, perms.ErrForbidden) || errors.Is(err, perms.ErrEscalation) {
		return t, ErrInvalidated
	}
	return t, err
}

// keeper answers [Service.kept] for a list, in which the same promise comes many times, in one transaction.
type keeper struct {
	service *Service
	tx      Store
	known   map[promise]kept
}

type kept struct {
	terms terms
	valid bool
}

func (s *Service) keeper(tx Store) *keeper { return &keeper{s, tx, map[promise]kept{}} }

func (k *keeper) ask(ctx context.Context, p promise) (kept, error) {
	if known, ok := k.known[p]; ok {
		return known, nil
	}
	t, err := k.service.kept(ctx, k.tx, p)
	if err != nil && !errors.Is(err, ErrInvalidated) {
		return kept{}, err
	}
	k.known[p] = kept{t, err == nil}
	return k.known[p], nil
}

// draft returns what an input asks for, of what the actor may see, and adds what is wrong with it to all. Whoever asks for a tenant, or for staff, where he
// may not invite is refused before anything else, whether there is such a tenant or not.
func draft(ctx context.Context, tx Store, a *perms.Authority, tenancy perms.Tenancy, key string, all *perms.InvalidError) (terms, error) {
	t := terms{tenancy: tenancy, status: perms.Active}
	if !a.Reaches(tenancy) {
		return t, perms.Beyond("")
	}
	if id, one := tenancy.Tenant(); one {
		var err error
		if t.tenant, err = tx.Tenant(ctx, id); err != nil && !errors.Is(err, users.ErrTenantNotFound) {
			return t, fmt.Errorf("read tenant: %w", err)
		}
		switch {
		case err != nil:
			all.Add("tenant", perms.Unknown, "names no tenant")
		case t.tenant.Type.Lapsed():
			all.Add("tenant", perms.Range, "is "+string(t.tenant.Type))
		}
	}
	if !a.Holds(t.place(), perms.InvitesCreate) {
		return t, perms.Forbid(perms.InvitesCreate)
	}
	if key == "" {
		return t, nil
	}
	r, err := tx.RoleByKey(ctx, key)
	if err != nil && !errors.Is(err, roles.ErrNotFound) {
		return t, fmt.Errorf("read role: %w", err)
	}
	t.role = r
	switch {
	case err != nil || !a.ReachesScope(r.Scope):
		all.Add("role", perms.Unknown, "names no role")
	case r.Scope != perms.Anywhere && tenancy != perms.EveryTenant && r.Scope != tenancyScope(tenancy):
		all.Add("role", perms.Range, "belongs to another tenant")
	}
	return t, nil
}
