package invites

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// lastMoment is the end of what every store, and RFC 3339, can write down.
var lastMoment = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)

// NewLink describes a link to be made.
type NewLink struct {
	// Tenant is where those who join will belong. If uuid.Nil it is the tenant to which the actor is narrowed, or his own home; for a platform-wide actor
	// the default tenant.
	Tenant    uuid.UUID
	Role      string    // the key of the role that they will have anywhere in their scope; "" for none
	Label     string    // what the maker calls them, where the role does not say it; kept as it is, for an API to show again
	MaxUses   *int64    // 1 to MaxUses; nil for no limit
	ExpiresAt time.Time // zero without an end
}

// IssuedLink is a link with its token, which is never seen again.
type IssuedLink struct {
	Link
	Token session.Token
}

// check checks the values of a link to be made.
func (in NewLink) check(now time.Time) *perms.InvalidError {
	all := &perms.InvalidError{}
	_ = collect(all, perms.CheckText("label", in.Label, 0, MaxLabel))
	if in.MaxUses != nil && (*in.MaxUses < 1 || *in.MaxUses > MaxUses) {
		all.Add("max_uses", perms.Range, fmt.Sprintf("must be 1 to %d", MaxUses))
	}
	if in.ExpiresAt.IsZero() {
		return all
	}
	if !in.ExpiresAt.After(now) || !in.ExpiresAt.Before(lastMoment) {
		all.Add("expires_at", perms.Range, "must be in the future, before the year 10000")
	}
	return all
}

// CreateLink makes a link. It takes invites.create in its tenant, and all that the role gives there, without an end. The errors are [perms.ErrForbidden],
// [perms.ErrInvalid] with the fields tenant, role, label, max_uses and expires_at, and [perms.ErrEscalation].
func (s *Service) CreateLink(ctx context.Context, actor perms.Actor, in NewLink) (IssuedLink, error) {
	var made IssuedLink
	err := s.admitted(ctx, s.write, actor, perms.InvitesCreate, func(tx Store, a *perms.Authority, _ perms.Sight) (err error) {
		made, err = createLink(ctx, tx, a, in)
		return err
	})
	if err != nil {
		return IssuedLink{}, fmt.Errorf("create link: %w", err)
	}
	return made, nil
}

func createLink(ctx context.Context, tx Store, a *perms.Authority, in NewLink) (IssuedLink, error) {
	var err error
	if in.Tenant == uuid.Nil {
		if in.Tenant, err = users.DefaultHome(ctx, tx, a); err != nil {
			return IssuedLink{}, err
		}
	}
	in.ExpiresAt = in.ExpiresAt.UTC().Truncate(time.Microsecond)
	all := in.check(a.Now)
	t, err := draft(ctx, tx, a, perms.TenantOf(in.Tenant), in.Role, all)
	if err != nil {
		return IssuedLink{}, err
	}
	if err := all.Or(); err != nil {
		return IssuedLink{}, err
	}
	if err := mayPromise(ctx, tx, a, t); err != nil {
		return IssuedLink{}, err
	}
	token := session.New(session.KindLink)
	l := Link{Digest: token.Digest(), Tenant: in.Tenant, Role: t.role.ID, Label: in.Label, CreatedAt: a.Now, CreatedBy: a.Actor.User(), ExpiresAt: in.ExpiresAt}
	if in.MaxUses != nil {
		l.MaxUses = *in.MaxUses
	}
	return IssuedLink{l, token}.insert(ctx, tx, a, t)
}

// insert gives a link its identity, stores it and writes the journal.
func (l IssuedLink) insert(ctx context.Context, tx Store, a *perms.Authority, t terms) (IssuedLink, error) {
	var err error
	if l.ID, err = uuid.NewV7(); err != nil {
		return IssuedLink{}, fmt.Errorf("mint id: %w", err)
	}
	if l.Number, err = tx.NextNumber(ctx, perms.KindLink); err != nil {
		return IssuedLink{}, fmt.Errorf("number link: %w", err)
	}
	if err := tx.InsertLink(ctx, l.Link); err != nil {
		return IssuedLink{}, err
	}
	entry := l.entry(a, perms.LinkCreate)
	entry.After = l.record(t.role.Key)
	return l, journal(ctx, tx, entry)
}

// Listed is a link as lists show it.
type Listed struct {
	Link
	Role roles.Role // zero for none, and for one that is no longer there
	Live bool       // can still be used
}

// Links returns the links of a tenant, used-up and expired ones too, in ascending order of number. It takes invites.list in it, otherwise it is
// [users.ErrTenantNotFound]. The tenant uuid.Nil is the one that [NewLink] means by it.
func (s *Service) Links(ctx context.Context, actor perms.Actor, tenant uuid.UUID) ([]Listed, error) {
	var list []Listed
	err := s.admitted(ctx, s.view, actor, perms.InvitesList, func(tx Store, a *perms.Authority, sight perms.Sight) (err error) {
		list, err = s.links(ctx, tx, a, sight, tenant)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	return list, nil
}

func (s *Service) links(ctx context.Context, tx Store, a *perms.Authority, sight perms.Sight, tenant uuid.UUID) ([]Listed, error) {
	var err error
	if tenant == uuid.Nil {
		if tenant, err = users.DefaultHome(ctx, tx, a); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Tenant(ctx, tenant); err != nil {
		return nil, err
	}
	if !sight.Shows(perms.In(tenant)) {
		return nil, users.ErrTenantNotFound
	}
	links, err := tx.Links(ctx, Filter{Tenants: []uuid.UUID{tenant}})
	if err != nil {
		return nil, err
	}
	keeper, list := s.keeper(tx), make([]Listed, len(links))
	for n, l := range links {
		k, err := keeper.ask(ctx, l.promise())
		if err != nil {
			return nil, err
		}
		list[n] = Listed{l, k.terms.role, k.valid && l.usable(a.Now) == nil}
	}
	return list, nil
}

// usable returns why a link cannot be used at a moment, whatever has become of its maker.
func (l Link) usable(now time.Time) error {
	switch {
	case l.MaxUses > 0 && l.Uses >= l.MaxUses:
		return ErrUsed
	case !l.ExpiresAt.IsZero() && !now.Before(l.ExpiresAt):
		return ErrExpired
	}
	return nil
}

// DeleteLink removes a link: its token is unknown from then on. It takes invites.revoke in the link's tenant. A link that is unknown or not to be seen is
// [ErrLinkNotFound].
func (s *Service) DeleteLink(ctx context.Context, actor perms.Actor, number int64) error {
	err := s.admitted(ctx, s.write, actor, perms.InvitesRevoke, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		l, err := tx.Link(ctx, number)
		if err != nil {
			return err
		}
		if !sight.Shows(perms.In(l.Tenant)) {
			return ErrLinkNotFound
		}
		if err := tx.DeleteLink(ctx, l.ID); err != nil {
			return err
		}
		key, err := roleKey(ctx, tx, l.Role)
		if err != nil {
			return err
		}
		entry := l.entry(a, perms.LinkDelete)
		entry.Before = l.record(key)
		return journal(ctx, tx, entry)
	})
	if err != nil {
		return fmt.Errorf("delete link: %w", err)
	}
	return nil
}

func (l Link) entry(a *perms.Authority, action perms.Action) perms.Entry {
	return a.Entry(action, perms.Target{Kind: perms.KindLink, ID: l.ID}, perms.In(l.Tenant))
}

// record returns the members of a link as the journal has them.
func (l Link) record(role string) perms.Members {
	m := perms.Members{
		"number": float64(l.Number), "tenant": l.Tenant.String(), "role": nil, "label": l.Label, "max_uses": nil, "uses": float64(l.Uses),
		"expires_at": stamp(l.ExpiresAt),
	}
	if l.MaxUses > 0 {
		m["max_uses"] = float64(l.MaxUses)
	}
	if role != "" {
		m["role"] = role
	}
	return m
}
