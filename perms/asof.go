package perms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Past is what one user might do at one place and one instant of the past. It is a value: its methods read nothing. The zero Past denies everything.
type Past struct {
	User     uuid.UUID
	At       time.Time
	Revision Revision // the last one at or before the instant
	Scope    Scope    // the place: In a tenant, or Anywhere

	subject Subject
	place   Place
	catalog *Catalog
}

// Check decides as [Authorizer.Check] would have done then.
func (p *Past) Check(permission Permission) Decision { return p.CheckObject(permission, Object{}) }

// CheckObject decides as [Authorizer.CheckObject] would have done then.
func (p *Past) CheckObject(permission Permission, object Object) Decision {
	return Decide(p.catalog, &p.subject, Question{permission, p.place, object}, p.At)
}

// Explain says why, as of then. What belonged to tenants that the asking actor may not see is left out; nothing of that counted at the place.
func (p *Past) Explain(permission Permission, object Object) Explanation {
	return Explain(p.catalog, &p.subject, Question{permission, p.place, object}, p.At)
}

// Status returns the state of the account then.
func (p *Past) Status() Status { return p.subject.Status }

// Computed returns what the user held, whatever his status.
func (p *Past) Computed() Set {
	computed, _ := Resolve(p.catalog, &p.subject, p.place, p.At)
	return computed
}

// Effective returns what checks would have allowed: the computed set if the user was active, otherwise nothing.
func (p *Past) Effective() Set {
	_, effective := Resolve(p.catalog, &p.subject, p.place, p.At)
	return effective
}

// AsOf returns what a user might do in a scope at an instant, folded from the journal: by the tenants, assignments, overrides, windows, roles, groups and the
// catalogue of then. Users, roles and groups that have been deleted or purged since were there then. All changes of the very instant have happened.
//
// It takes audit.read where the user is, or was last if he is purged; the user himself may always ask. Home is his home tenant of then; if the actor may not
// see that one, the first that he may see; without any, what counted anywhere. A tenant that the actor may not see is as one that does not exist: nobody held
// anything there.
//
// It reads what the journal has about this user, his roles and his groups, and never the rest of it. The errors are [ErrForbidden]; [ErrNoSubject] for a user
// who did not exist then or whom the actor may not see; [ErrInvalid] for an instant in the future; [ErrArchived] for one from before what is left of the
// journal.
func (h *History) AsOf(ctx context.Context, actor Actor, user uuid.UUID, scope Scope, at time.Time) (Past, error) {
	out := Past{User: user, At: at.UTC().Truncate(time.Microsecond)}
	if scope == (Scope{}) {
		return Past{}, Invalid("scope", Required, "must be Home, Anywhere or In a tenant")
	}
	err := h.view(ctx, func(tx Store) error {
		a, err := h.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		self, err := admitToPast(ctx, tx, a, user)
		if err != nil {
			return err
		}
		if out.At.After(a.Now) {
			return Invalid("as_of", Range, "lies in the future")
		}
		p, err := pastAt(ctx, tx, out.At)
		if err != nil {
			return err
		}
		return out.read(ctx, p, scope, viewer{a, self})
	})
	if err != nil {
		return Past{}, fmt.Errorf("read the past: %w", err)
	}
	return out, nil
}

// admitToPast refuses an actor who may not ask for a user's past, and reports whether he asks for his own.
func admitToPast(ctx context.Context, tx Store, a *Authority, user uuid.UUID) (self bool, err error) {
	now, err := tx.Subject(ctx, user)
	gone := errors.Is(err, ErrNoSubject)
	if err != nil && !gone {
		return false, fmt.Errorf("read user: %w", err)
	}
	if a.Self(user) && now.Status == Active {
		return true, nil
	}
	sight, err := a.Gate(AuditRead)
	if err != nil || sight.ShowsAll() {
		return false, err
	}
	if gone {
		if now.Tenants, err = lastTenants(ctx, tx, user); err != nil {
			return false, err
		}
	}
	if !sight.ShowsUser(now.Tenants) {
		return false, ErrNoSubject
	}
	return false, nil
}

// lastTenants returns the tenants that a purged user had in the end: [ErrNoSubject] for somebody who was never there.
func lastTenants(ctx context.Context, tx Store, user uuid.UUID) ([]Tenancy, error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	purged := head.Revision
	err = eachAbout(ctx, tx, JournalFilter{About: []uuid.UUID{user}}, func(e *Entry, _ uuid.UUID) {
		if e.Action == UserPurge {
			purged = e.Revision - 1
		}
	})
	if err != nil {
		return nil, err
	}
	archived, err := tx.Archived(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what is archived: %w", err)
	}
	p := &past{tx: tx, until: purged, archived: archived.Revision, known: map[uuid.UUID]Members{}}
	s, _, err := p.subject(ctx, user)
	return s.Tenants, err
}

// viewer is who looks at somebody's past.
type viewer struct {
	a    *Authority
	self bool
}

// sees reports whether what is bound to a scope may be seen.
func (v viewer) sees(s Scope) bool { return v.self || v.a.ReachesScope(s) }

// place returns the scope in which the viewer asks, and whether he may know what was held there.
func (v viewer) place(s *Subject, scope Scope) (Scope, bool) {
	everywhere := v.self || v.a.Platformwide()
	if scope == Home {
		scope = Anywhere
		for _, t := range s.Tenants {
			if id, ok := t.Tenant(); ok && v.sees(In(id)) {
				return In(id), true
			}
		}
	}
	if scope == Anywhere {
		return scope, everywhere
	}
	return scope, v.sees(scope)
}

// read fills in what the past tells, as the viewer may know it.
func (p *Past) read(ctx context.Context, from *past, scope Scope, v viewer) error {
	s, r, err := from.subject(ctx, p.User)
	if err != nil {
		return err
	}
	var known bool
	p.Scope, known = v.place(&s, scope)
	tenant, _ := p.Scope.Tenant()
	var typ TenantType
	if p.catalog, typ, err = from.complete(ctx, &s, r, tenant); err != nil {
		return err
	}
	switch {
	case !known:
		p.place = PlaceOf(tenant, "")
	case p.Scope == Anywhere:
		p.place = Platform
	default:
		p.place = PlaceOf(tenant, typ)
	}
	s.Roles = slices.DeleteFunc(s.Roles, func(h Held) bool { return !v.sees(h.Assignment.Scope) || !v.sees(h.Rule.Scope) })
	s.Overrides = slices.DeleteFunc(s.Overrides, func(o Override) bool { return !v.sees(o.Scope) })
	s.Objects = slices.DeleteFunc(s.Objects, func(g ObjectGrant) bool { return !v.sees(In(g.Tenant)) })
	p.subject, p.Revision = s, from.until
	return nil
}
