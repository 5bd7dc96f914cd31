package perms

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Authority is an actor as one transaction sees him: what he may do at each place, and the rules that no permission overrides. Every service asks
// it, inside the changing transaction, so that no path to an effect has a judgement of its own.
type Authority struct {
	Actor   Actor
	Subject Subject // zero for the system and for guests
	Now     time.Time

	catalog *Catalog
	types   map[uuid.UUID]TenantType // of the tenants that the subject names or reaches by their type, and of the one that the actor is narrowed to
	held    map[heldKey]Term

	invariants []Invariant // of the host's
}

type heldKey struct {
	p  Permission
	at Place
}

// Authorize reads who the actor is. An unknown user is an actor without any permission.
func Authorize(ctx context.Context, st Store, c *Catalog, actor Actor, now time.Time) (*Authority, error) {
	if err := actor.Check(); err != nil {
		return nil, err
	}
	a := &Authority{Actor: actor, Now: now, catalog: c, held: map[heldKey]Term{}}
	if actor.Kind() != UserActor {
		return a, nil
	}
	s, err := st.Subject(ctx, actor.User())
	if errors.Is(err, ErrNoSubject) {
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read actor: %w", err)
	}
	a.Subject = s
	a.types, err = knownTenants(ctx, st, &s, actor)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// knownTenants returns the tenants that the subject names, those that he reaches by their type, and the one to which the actor is narrowed.
func knownTenants(ctx context.Context, st Store, s *Subject, actor Actor) (map[uuid.UUID]TenantType, error) {
	named := s.MentionedTenants()
	if id, ok := actor.Narrowed(); ok {
		named = append(named, id)
	}
	types, err := st.TenantTypes(ctx, named)
	if err != nil {
		return nil, fmt.Errorf("read tenants of actor: %w", err)
	}
	if s.Staff() {
		return types, nil
	}
	for _, t := range s.Tenants {
		typ, ok := t.Type()
		if !ok {
			continue
		}
		ids, err := st.TenantsOfType(ctx, typ)
		if err != nil {
			return nil, fmt.Errorf("read tenants of type %s: %w", typ, err)
		}
		for _, id := range ids {
			types[id] = typ
		}
	}
	return types, nil
}

// System reports whether the actor is trusted code.
func (a *Authority) System() bool { return a.Actor.Kind() == SystemActor }

// Self reports whether the actor is the user.
func (a *Authority) Self(user uuid.UUID) bool {
	return a.Actor.Kind() == UserActor && a.Actor.User() == user
}

// Platformwide reports whether the actor's scope is every tenant and he is not narrowed to one.
func (a *Authority) Platformwide() bool {
	return a.System() || a.Subject.Staff() && !a.Actor.narrowed
}

// Term returns for how long the actor holds p effectively at a place.
func (a *Authority) Term(p Permission, at Place) Term {
	if a.System() {
		return Endless
	}
	if !a.catalog.Has(p) {
		return Term{}
	}
	key := heldKey{p, at}
	t, ok := a.held[key]
	if !ok {
		t = Lasting(&a.Subject, p, at, a.Now)
		a.held[key] = t
	}
	return t
}

// Holds reports whether the actor holds any of the permissions at a place. A narrowed actor holds nothing elsewhere.
func (a *Authority) Holds(at Place, anyOf ...Permission) bool {
	if a.System() {
		return true
	}
	if a.Actor.narrowed && (at.tenant == uuid.Nil || at.tenant != a.Actor.tenant) {
		return false
	}
	return slices.ContainsFunc(anyOf, func(p Permission) bool { return a.Term(p, at).Holds() })
}

// HoldsThroughout reports whether the actor holds any of the permissions at all those of the places to which both a list of tenants and his own reach, whether
// he is narrowed to one tenant or not: what counts in all of them is changed by nobody who may not change it in one of them.
func (a *Authority) HoldsThroughout(list []Tenancy, places []Place, anyOf ...Permission) bool {
	return a.System() || !slices.ContainsFunc(places, func(at Place) bool {
		return Covers(list, at, false) && Covers(a.Subject.Tenants, at, false) &&
			!slices.ContainsFunc(anyOf, func(p Permission) bool { return a.Term(p, at).Holds() })
	})
}

// Tenants returns the tenants in which the actor holds any of the permissions, in ascending order; those of platform-wide actors are not listed.
func (a *Authority) Tenants(anyOf ...Permission) []uuid.UUID {
	var out []uuid.UUID
	for id, typ := range a.types {
		if a.Holds(PlaceOf(id, typ), anyOf...) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

func compareIDs(x, y uuid.UUID) int { return slices.Compare(x[:], y[:]) }

// Sight is what an actor may see with a permission.
type Sight struct {
	All     bool        // everything
	Except  []uuid.UUID // but what belongs to these tenants alone: the permission is taken from him there
	Homes   bool        // a user is seen where his home is, not wherever he is
	Tenants []uuid.UUID // otherwise: what belongs to these
}

// Blind reports whether the sight shows nothing.
func (s Sight) Blind() bool { return !s.All && len(s.Tenants) == 0 }

// Shows reports whether something that belongs to the scope is seen.
func (s Sight) Shows(scope Scope) bool {
	id, ok := scope.Tenant()
	if s.All {
		return !ok || !slices.Contains(s.Except, id)
	}
	return ok && slices.Contains(s.Tenants, id)
}

// ShowsAll reports whether there is nothing that the sight does not show.
func (s Sight) ShowsAll() bool { return s.All && len(s.Except) == 0 }

// ShowsUser reports whether a user with this list of tenants is seen. Staff, and users scoped by type alone, are seen by those who see everything.
func (s Sight) ShowsUser(tenants []Tenancy) bool {
	if s.All {
		return len(s.Except) == 0 || slices.ContainsFunc(tenants, func(t Tenancy) bool {
			id, one := t.Tenant()
			return !one || !slices.Contains(s.Except, id)
		})
	}
	if slices.Contains(tenants, EveryTenant) {
		return false
	}
	if s.Homes {
		home, ok := HomeOf(tenants)
		return ok && slices.Contains(s.Tenants, home)
	}
	return slices.ContainsFunc(tenants, func(t Tenancy) bool {
		id, ok := t.Tenant()
		return ok && slices.Contains(s.Tenants, id)
	})
}

// Sight returns what the actor sees by any of the permissions. Who holds none of them anywhere is blind.
func (a *Authority) Sight(anyOf ...Permission) Sight {
	if a.Holds(Platform, anyOf...) {
		return Sight{All: true, Except: a.lacking(anyOf...)}
	}
	return Sight{Homes: a.Actor.narrowed, Tenants: a.Tenants(anyOf...)}
}

// lacking returns the tenants in which somebody who holds one of the permissions platform-wide holds none of them, in ascending order: overrides name them.
func (a *Authority) lacking(anyOf ...Permission) []uuid.UUID {
	var out []uuid.UUID
	for id, typ := range a.types {
		if !a.Holds(PlaceOf(id, typ), anyOf...) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

// Gate returns the sight of whoever holds any of the permissions somewhere, and [ErrForbidden] for the others.
func (a *Authority) Gate(anyOf ...Permission) (Sight, error) {
	sight := a.Sight(anyOf...)
	if sight.Blind() {
		return sight, Forbid(first(anyOf))
	}
	return sight, nil
}

func first(of []Permission) Permission {
	if len(of) == 0 {
		return ""
	}
	return slices.Min(of)
}

// Within reports whether each entry of a list of tenants lies in the actor's own scope.
func (a *Authority) Within(list []Tenancy) bool {
	return !slices.ContainsFunc(list, func(t Tenancy) bool { return !a.Reaches(t) })
}

// Reaches reports whether the entry lies in the actor's own scope.
func (a *Authority) Reaches(t Tenancy) bool {
	if a.System() || a.Subject.Staff() {
		return true
	}
	if typ, ok := t.Type(); ok {
		return slices.Contains(a.Subject.Tenants, TenantsOfType(typ))
	}
	id, _ := t.Tenant() // without one it is the zero Place, where nobody is
	return Covers(a.Subject.Tenants, PlaceOf(id, a.types[id]), true)
}

// ReachesScope reports whether a tenant's scope lies in the actor's own; what counts anywhere does for everybody.
func (a *Authority) ReachesScope(s Scope) bool {
	id, ok := s.Tenant()
	return !ok || a.Reaches(TenantOf(id))
}

// Reach returns what lies in the actor's own scope, whatever he holds there: what needs no permission to be named. Who is not active reaches nothing.
func (a *Authority) Reach() Sight {
	if a.System() {
		return Sight{All: true}
	}
	if a.Subject.Status != Active {
		return Sight{}
	}
	if a.Platformwide() {
		return Sight{All: true}
	}
	sight := Sight{Homes: a.Actor.narrowed}
	for id, typ := range a.types {
		if Covers(a.Subject.Tenants, PlaceOf(id, typ), false) && (!a.Actor.narrowed || id == a.Actor.tenant) {
			sight.Tenants = append(sight.Tenants, id)
		}
	}
	slices.SortFunc(sight.Tenants, compareIDs)
	return sight
}

// Places returns every place at which the sets of the subjects or of the actor can differ: the platform, an unnamed tenant of each type, and the
// tenants that any of them names.
func (a *Authority) Places(ctx context.Context, st Store, subjects ...*Subject) ([]Place, error) {
	if a.System() {
		return nil, nil
	}
	ids := a.Subject.MentionedTenants()
	for _, s := range subjects {
		ids = append(ids, s.MentionedTenants()...)
	}
	types, err := st.TenantTypes(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	return everywhere(types), nil
}

// everywhere returns the platform, an unnamed tenant of each type, and the given tenants.
func everywhere(named map[uuid.UUID]TenantType) []Place {
	types := TenantTypes()
	places := make([]Place, 0, 1+len(types)+len(named))
	places = append(places, Platform)
	for _, typ := range types {
		places = append(places, PlaceOfType(typ))
	}
	for id, typ := range named {
		places = append(places, PlaceOf(id, typ))
	}
	return places
}

// MayHandOut is the grant rule (wire/README.md, section 4.4): whatever the subject could come to hold after a change and not before it, for longer,
// or at other times, the actor holds himself, for at least as long. So at every later instant, whatever the subject holds because of the change the
// actor holds as well. A subject that becomes active is handed all that he could hold. Features are left out. Tenancies of every tenant or of a type
// are handed out only by those who have them.
func (a *Authority) MayHandOut(before, after *Subject, places []Place) error {
	for _, t := range after.Tenants {
		if _, one := t.Tenant(); !one && !slices.Contains(before.Tenants, t) && !a.Reaches(t) {
			return Beyond("")
		}
	}
	return a.lacks(places, func(p Permission, at Place) bool {
		held := a.Term(p, at)
		return held != Endless && !held.Outlasts(handedOut(before, after, p, at, a.Now)) // who holds it for ever need not know for how long it is handed out
	})
}

// MayAssign is the grant rule for permissions that are handed out without an end: what a role's edit adds to it. The place is where the role
// counts, and the platform stands for everywhere: what the actor lacks in a single tenant he does not add to a global role.
func (a *Authority) MayAssign(added Set, at Place) error {
	places := []Place{at}
	if at.platform {
		places = everywhere(a.types)
	}
	for _, p := range added.keys {
		for _, at := range places {
			if !a.catalog.Feature(p) && a.Term(p, at) != Endless {
				return Beyond(p)
			}
		}
	}
	return nil
}

// MayChange is the target rule: whatever the subject could come to hold at the given places, the actor holds himself, now. Features are left out.
func (a *Authority) MayChange(target *Subject, places []Place) error {
	return a.lacks(places, func(p Permission, at Place) bool {
		return Potential(target, p, at, a.Now).Holds() && !a.Term(p, at).Holds()
	})
}

// lacks returns ErrEscalation with the first permission, by bytes, that the test finds missing at any of the places.
func (a *Authority) lacks(places []Place, missing func(Permission, Place) bool) error {
	for _, k := range a.catalog.all() {
		if k.Feature {
			continue
		}
		for _, at := range places {
			if missing(k.Permission, at) {
				return Beyond(k.Permission)
			}
		}
	}
	return nil
}
