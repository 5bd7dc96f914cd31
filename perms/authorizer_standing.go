package perms

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// standing is how a user stands at one place, as of one revision. What it refers to is never changed.
type standing struct {
	who      *entry    // nil for a user who is not there
	at       *view     // may be nil if the place is not in his scope
	roles    *verdicts // is nil then
	revision Revision
}

// decide answers for a permission by its number.
func (s *standing) decide(number uint32) Decision {
	switch {
	case s.roles == nil || s.at.overrides != nil || !s.who.active || number == unnumbered:
		return s.weigh(number, false, false)
	case s.roles.granted.has(number):
		return Decision{true, GrantedByRole, s.revision}
	case s.roles.expired.has(number):
		return Decision{false, Expired, s.revision}
	}
	return Decision{false, NotGranted, s.revision}
}

// decideAll answers for permissions; ok is unset if the names do not know them all.
func (s *standing) decideAll(n *names, permissions []Permission) (out []Decision, ok bool) {
	out = make([]Decision, len(permissions))
	for i, p := range permissions {
		number, known := n.index[p]
		if !known {
			return nil, false
		}
		out[i] = s.decide(number)
	}
	return out, true
}

// decideObject answers for a permission and an object to which a grant of it admits.
func (s *standing) decideObject(number uint32, scope *Scope, object Object) Decision {
	granted := false
	if s.who != nil && s.who.more != nil {
		tenant, there := s.tenant(scope)
		granted = there && slices.Contains(s.who.more.objects, ObjectGrant{tenant, object})
	}
	return s.weigh(number, true, granted)
}

// tenant returns the tenant of the place that a scope means.
func (s *standing) tenant(scope *Scope) (uuid.UUID, bool) {
	if scope.kind == home {
		return s.who.home, s.who.housed
	}
	return scope.Tenant()
}

// weigh is the package's [weigh] over what is resolved already: what the roles say, what the overrides say, and the grant of the object that is asked for.
func (s *standing) weigh(number uint32, asked, granted bool) Decision {
	code := NotGranted
	switch {
	case number == unnumbered:
		code = UnknownPermission
	case s.who == nil || !s.who.active:
		code = InactiveUser
	case s.roles == nil:
		code = TenantOutOfScope
	default:
		t := tally{byRole: s.roles.granted.has(number), expired: s.roles.expired.has(number), asked: asked, byGrant: granted}
		list := s.at.rulings()
		if i, ok := slices.BinarySearchFunc(list, number, compareNumber); ok {
			t.hear(list[i])
		}
		code = t.code()
	}
	return Decision{code.Allows(), code, s.revision}
}

func compareNumber(r ruling, number uint32) int { return cmp.Compare(r.number(), number) }

// bits returns what the user effectively holds. The caller must not change it.
func (s *standing) bits() bitset {
	if s.roles == nil || !s.who.active {
		return nil
	}
	if s.at.overrides == nil {
		return s.roles.granted
	}
	b := slices.Clone(s.roles.granted)
	for _, r := range *s.at.overrides {
		if s.decide(r.number()).Allowed {
			b.set(r.number())
		} else {
			b.clear(r.number())
		}
	}
	return b
}

// held returns, by number, what the user effectively holds. The caller must not change it.
func (s *standing) held() []bool {
	switch {
	case s.roles == nil || !s.who.active:
		return nil
	case s.at.overrides == nil:
		return s.roles.each()
	}
	return s.bits().each(len(s.roles.names.keys))
}

// effective returns what the user effectively holds as a set.
func (s *standing) effective() Set {
	switch {
	case s.roles == nil || !s.who.active:
		return Set{}
	case s.at.overrides == nil:
		return s.roles.set()
	}
	return s.roles.names.list(s.bits())
}

// standing returns how a user stands in a scope. An unknown user is [ErrNoSubject].
func (c *cache) standing(ctx context.Context, user uuid.UUID, scope Scope) (standing, error) {
	c.currentNames() // those that are known at once
	if s, ok := c.peek(&user, &scope); ok {
		return s, nil
	}
	s, _, err := c.find(ctx, query{user: user, scope: scope})
	if err == nil && s.who == nil {
		err = ErrNoSubject
	}
	return s, err
}

// shared returns the objects that are shared with a user at the place of a scope, and what decides on them.
func (a *Authorizer) shared(ctx context.Context, user uuid.UUID, scope Scope) ([]Object, func(Permission, Object) Decision, error) {
	if a.cache == nil {
		s, at, by, err := a.read(ctx, user, scope)
		if err != nil {
			return nil, nil, ignoreNobody(err)
		}
		decide := func(p Permission, o Object) Decision { return Decide(by.catalog, &s, Question{p, at, o}, by.now) }
		return objectsIn(s.Objects, at.tenant), decide, nil
	}
	s, n, err := a.cache.find(ctx, query{user, scope, true})
	if err != nil || s.who == nil || s.who.more == nil {
		return nil, nil, err
	}
	decide := func(p Permission, o Object) Decision { return s.decideObject(n.number(p), &scope, o) }
	tenant, _ := s.tenant(&scope)
	return objectsIn(s.who.more.objects, tenant), decide, nil
}

func ignoreNobody(err error) error {
	if errors.Is(err, ErrNoSubject) {
		return nil
	}
	return err
}

func objectsIn(list []ObjectGrant, tenant uuid.UUID) []Object {
	var out []Object
	for _, g := range list {
		if g.Tenant == tenant {
			out = append(out, g.Object)
		}
	}
	return out
}
