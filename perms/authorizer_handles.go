package perms

import (
	"context"
	"math"

	"github.com/google/uuid"
)

// Handle is a permission that an [Authorizer] need not look up again. It is valid for the process's life, on any Authorizer; on the one that made it, it is
// faster than the key. The zero Handle is no permission.
type Handle struct {
	permission Permission
	of         *cache
	number     int // noNumber for a key that was not in the catalogue
}

// noNumber is the number of no permission, as an index: beyond any catalogue, and an int on every machine.
const noNumber = math.MaxInt32

// Handle returns the handle of a permission. One that is not in the catalogue yet has a handle too: it is looked up whenever that is used.
func (a *Authorizer) Handle(p Permission) Handle {
	h := Handle{permission: p, of: a.cache, number: noNumber}
	if a.cache != nil {
		if _, number := a.cache.number(p); number != unnumbered {
			h.number = int(number)
		}
	}
	return h
}

// Permission returns the key behind the handle.
func (h Handle) Permission() Permission { return h.permission }

// CheckHandle is [Authorizer.Check] by a handle.
func (a *Authorizer) CheckHandle(ctx context.Context, user uuid.UUID, h Handle, scope Scope) (Decision, error) {
	if c := a.cache; c != nil && h.of == c && h.number != noNumber {
		if s, ok := c.peek(&user, &scope); ok {
			return s.decide(uint32(h.number)), nil
		}
	}
	return a.Check(ctx, user, h.permission, scope)
}

// Resolved is what a user effectively held in a scope as of its resolution, and stays that: a role that is taken from him, a suspension and the end of a window
// do not show. It is for one request, or less. The zero Resolved holds nothing.
type Resolved struct {
	held     []bool // by number
	of       *cache
	set      Set    // instead, of an Authorizer without a memory
	names    *names // of the numbers
	revision Revision
}

// Resolve returns what a user effectively holds in a scope, for several questions in a row: [Resolved.Can] is a look at one place. An unknown user is
// [ErrNoSubject].
func (a *Authorizer) Resolve(ctx context.Context, user uuid.UUID, scope Scope) (Resolved, error) {
	if a.cache != nil {
		s, err := a.cache.standing(ctx, user, scope)
		if err != nil {
			return Resolved{}, err
		}
		r := Resolved{held: s.held(), of: a.cache, revision: s.revision}
		if s.roles != nil {
			r.names = s.roles.names
		}
		return r, nil
	}
	s, at, by, err := a.read(ctx, user, scope)
	if err != nil {
		return Resolved{}, err
	}
	_, effective := Resolve(by.catalog, &s, at, by.now)
	return Resolved{set: effective, revision: s.Revision}, nil
}

// Revision returns the revision of the resolution.
func (r *Resolved) Revision() Revision { return r.revision }

// Can reports whether the user held the permission. It is small enough for the compiler to put it in the place of its call.
func (r *Resolved) Can(h Handle) bool {
	if h.of == r.of && h.number < len(r.held) {
		return r.held[h.number]
	}
	return r.can(h)
}

// can is Can for a handle that was made by another Authorizer, or before the catalogue held its key.
func (r *Resolved) can(h Handle) bool {
	if r.names == nil {
		return r.set.Has(h.permission)
	}
	number := r.names.number(h.permission)
	return number < uint32(len(r.held)) && r.held[number]
}
