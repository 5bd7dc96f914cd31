package perms

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Authorizer answers what users may do. It is safe for any number of goroutines.
type Authorizer struct {
	store Store
	view  func(context.Context, func(Store) error) error
	env   Env
}

// NewAuthorizer returns an Authorizer over a store and its snapshots. Hosts get theirs as store.Book.Perms.
func NewAuthorizer(st Store, view func(context.Context, func(Store) error) error, env Env) *Authorizer {
	return &Authorizer{st, view, env}
}

// Check decides whether a user may do something in a scope. An unknown user, permission or tenant is a denial, not an error; with an error the
// decision is the zero one, which denies.
func (a *Authorizer) Check(ctx context.Context, user uuid.UUID, p Permission, scope Scope) (Decision, error) {
	return a.CheckObject(ctx, user, p, scope, Object{})
}

// CheckObject is [Authorizer.Check] for one object: the permission, or a grant of the object if p is its [Object.View], suffices.
func (a *Authorizer) CheckObject(ctx context.Context, user uuid.UUID, p Permission, scope Scope, object Object) (Decision, error) {
	s, at, err := a.read(ctx, user, scope)
	if errors.Is(err, ErrNoSubject) {
		return Decision{Code: InactiveUser}, nil
	}
	if err != nil {
		return Decision{}, err
	}
	return Decide(a.env.Catalog(), &s, Question{p, at, object}, a.env.Now()), nil
}

// Can is [Authorizer.Check] without the reason. It is false whenever Check fails.
func (a *Authorizer) Can(ctx context.Context, user uuid.UUID, p Permission, scope Scope) bool {
	d, err := a.Check(ctx, user, p, scope)
	return err == nil && d.Allowed
}

// Effective returns what a user effectively holds in a scope: nothing if he is not active. An unknown user is [ErrNoSubject].
func (a *Authorizer) Effective(ctx context.Context, user uuid.UUID, scope Scope) (Set, error) {
	s, at, err := a.read(ctx, user, scope)
	if err != nil {
		return Set{}, err
	}
	_, effective := Resolve(a.env.Catalog(), &s, at, a.env.Now())
	return effective, nil
}

// Explain answers as [Authorizer.CheckObject] does, and says why. An unknown user is [ErrNoSubject].
func (a *Authorizer) Explain(ctx context.Context, user uuid.UUID, p Permission, scope Scope, object Object) (Explanation, error) {
	s, at, err := a.read(ctx, user, scope)
	if err != nil {
		return Explanation{}, err
	}
	return Explain(a.env.Catalog(), &s, Question{p, at, object}, a.env.Now()), nil
}

// read loads a subject and finds the place of a question about him.
func (a *Authorizer) read(ctx context.Context, user uuid.UUID, scope Scope) (Subject, Place, error) {
	s, err := a.store.Subject(ctx, user)
	if err != nil {
		return Subject{}, Place{}, fmt.Errorf("check: %w", err)
	}
	at, err := Locate(ctx, a.store, &s, scope)
	return s, at, err
}

// Locate returns the place that a scope means for a subject. Home is the platform for a user without a home tenant. An unknown tenant is the zero
// Place, where nobody holds anything; the zero Scope is an error.
func Locate(ctx context.Context, st Store, s *Subject, scope Scope) (Place, error) {
	if scope == Home {
		id, ok := s.Home()
		if !ok {
			return Platform, nil
		}
		scope = In(id)
	}
	if scope == Anywhere {
		return Platform, nil
	}
	id, ok := scope.Tenant()
	if !ok {
		return Place{}, Invalid("scope", Required, "must be Home, Anywhere or In a tenant")
	}
	types, err := st.TenantTypes(ctx, []uuid.UUID{id})
	if err != nil {
		return Place{}, fmt.Errorf("read tenant: %w", err)
	}
	return PlaceOf(id, types[id]), nil
}
