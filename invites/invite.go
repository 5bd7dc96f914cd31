package invites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// New describes an invite to be made. An e-mail and a role are required.
type New struct {
	Email string
	Name  string // of the person, if it is known
	Role  string // the key of the role that he will have anywhere in his scope
	// Tenant is where he will belong: a tenant, or [perms.EveryTenant] for staff. If zero it is the tenant to which the actor is narrowed, or the actor's
	// own home; platform-wide actors have to name one.
	Tenant   perms.Tenancy
	Lifetime time.Duration // DefaultLifetime if 0
}

// Issued is an invite with its token, which is never seen again.
type Issued struct {
	Invite
	Token session.Token
}

// Validate checks the values of an invite to be made, apart from what only the store knows. It returns nil or an [*perms.InvalidError] whose fields are
// email, name, role, tenant and lifetime.
func (s *Service) Validate(in New) error {
	all := &perms.InvalidError{}
	if err := s.checkPerson(all, in.Email, strings.TrimSpace(in.Name), 0); err != nil {
		return err
	}
	if in.Role == "" {
		all.Add("role", perms.Required, "must not be empty")
	}
	if _, typed := in.Tenant.Type(); typed {
		all.Add("tenant", perms.Format, "must be one tenant, or every tenant")
	}
	if in.Lifetime != 0 && (in.Lifetime < MinLifetime || in.Lifetime > MaxLifetime) {
		all.Add("lifetime", perms.Range, fmt.Sprintf("must be 1 to %d hours", MaxLifetime/time.Hour))
	}
	return all.Or()
}

// Create makes an invite, in place of an unused one for the same address and tenant. It takes invites.create where the new user will be, and all that the
// role gives him, without an end. The errors are [perms.ErrForbidden], [perms.ErrInvalid], [perms.ErrEscalation] and [users.ErrAddressTaken].
func (s *Service) Create(ctx context.Context, actor perms.Actor, in New) (Issued, error) {
	var made Issued
	err := s.admitted(ctx, s.write, actor, perms.InvitesCreate, func(tx Store, a *perms.Authority, _ perms.Sight) (err error) {
		made, err = s.create(ctx, tx, a, in)
		return err
	})
	if err != nil {
		return Issued{}, fmt.Errorf("create invite: %w", err)
	}
	return made, nil
}

func (s *Service) create(ctx context.Context, tx Store, a *perms.Authority, in New) (Issued, error) {
	all := &perms.InvalidError{}
	if err := collect(all, s.Validate(in)); err != nil {
		return Issued{}, err
	}
	t, err := invited(ctx, tx, a, in, all)
	if err != nil {
		return Issued{}, err
	}
	if err := all.Or(); err != nil {
		return Issued{}, err
	}
	if err := mayPromise(ctx, tx, a, t); err != nil {
		return Issued{}, err
	}
	if in.Lifetime == 0 {
		in.Lifetime = DefaultLifetime
	}
	token := session.New(session.KindInvite)
	i := Invite{Digest: token.Digest(), Email: strings.TrimSpace(in.Email), Name: strings.TrimSpace(in.Name), Role: t.role.ID, Tenant: t.tenancy,
		CreatedAt: a.Now, CreatedBy: a.Actor.User(), ExpiresAt: a.Now.Add(in.Lifetime)}
	return Issued{i, token}.insert(ctx, tx, a, t)
}

// invited returns what an invite asks for.
func invited(ctx context.Context, tx Store, a *perms.Authority, in New, all *perms.InvalidError) (terms, error) {
	if in.Tenant == (perms.Tenancy{}) {
		if a.Platformwide() {
			all.Add("tenant", perms.Required, "must not be empty")
			return terms{}, nil
		}
		home, err := users.DefaultHome(ctx, tx, a)
		if err != nil {
			return terms{}, err
		}
		in.Tenant = perms.TenantOf(home)
	}
	return draft(ctx, tx, a, in.Tenant, in.Role, all)
}

// insert gives an invite its identity, stores it and writes the journal.
func (i Issued) insert(ctx context.Context, tx Store, a *perms.Authority, t terms) (Issued, error) {
	_, err := tx.UserByAddress(ctx, users.Canonical(i.Email))
	if err == nil {
		return Issued{}, users.ErrAddressTaken
	}
	if !errors.Is(err, users.ErrNotFound) {
		return Issued{}, fmt.Errorf("read user: %w", err)
	}
	if i.ID, err = uuid.NewV7(); err != nil {
		return Issued{}, fmt.Errorf("mint id: %w", err)
	}
	if i.Number, err = tx.NextNumber(ctx, perms.KindInvite); err != nil {
		return Issued{}, fmt.Errorf("number invite: %w", err)
	}
	replaced, err := tx.InsertInvite(ctx, i.Invite)
	if err != nil {
		return Issued{}, err
	}
	gone := make([]any, len(replaced))
	for n, r := range replaced {
		gone[n] = r.ID.String()
	}
	entry := i.entry(a, perms.InviteCreate)
	entry.After, entry.PersonAfter = i.record(t.role.Key)
	entry.After["replaced"] = gone
	return i, journal(ctx, tx, entry)
}

// Pending returns the invites that can still be used, in ascending order of number: of the tenants in which the actor holds invites.list; those of staff to
// whoever holds it platform-wide.
func (s *Service) Pending(ctx context.Context, actor perms.Actor) ([]Invite, error) {
	var list []Invite
	err := s.admitted(ctx, s.view, actor, perms.InvitesList, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		all, err := tx.PendingInvites(ctx, Filter{All: sight.All, Except: sight.Except, Tenants: sight.Tenants}, a.Now)
		if err != nil {
			return err
		}
		keeper := s.keeper(tx)
		list = slices.DeleteFunc(all, func(i Invite) bool {
			k, failed := keeper.ask(ctx, i.promise())
			err = errors.Join(err, failed)
			return !k.valid
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list invites: %w", err)
	}
	return list, nil
}

// Revoke removes an unused invite: its token is unknown from then on. It takes invites.revoke in the invite's tenant, for staff platform-wide. An invite that
// is unknown, used or not to be seen is [ErrNotFound].
func (s *Service) Revoke(ctx context.Context, actor perms.Actor, number int64) error {
	err := s.admitted(ctx, s.write, actor, perms.InvitesRevoke, func(tx Store, a *perms.Authority, sight perms.Sight) error {
		i, err := tx.Invite(ctx, number)
		if err != nil {
			return err
		}
		if !sight.Shows(i.Scope()) {
			return ErrNotFound
		}
		if err := tx.DeleteInvite(ctx, i.ID); err != nil {
			return err
		}
		key, err := roleKey(ctx, tx, i.Role)
		if err != nil {
			return err
		}
		entry := i.entry(a, perms.InviteRevoke)
		entry.Before, entry.PersonBefore = i.record(key)
		return journal(ctx, tx, entry)
	})
	if err != nil {
		return fmt.Errorf("revoke invite: %w", err)
	}
	return nil
}

// roleKey returns the key of a role, "" for none, also for one that is no longer there.
func roleKey(ctx context.Context, tx Store, id uuid.UUID) (string, error) {
	found, err := tx.RolesByID(ctx, []uuid.UUID{id})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0].Key, nil
}

// entry returns a journal entry about the invite. The personal values are the invited person's, who has no other id yet.
func (i Invite) entry(a *perms.Authority, action perms.Action) perms.Entry {
	e := a.Entry(action, perms.Target{Kind: perms.KindInvite, ID: i.ID}, i.Scope())
	e.Person = i.ID
	return e
}

// record returns the members of an invite as the journal has them.
func (i Invite) record(role string) (plain, personal perms.Members) {
	plain = perms.Members{"number": float64(i.Number), "role": role, "tenant": i.Tenant.String(), "expires_at": stamp(i.ExpiresAt)}
	return plain, perms.Members{"email": i.Email, "name": i.Name}
}
