package transcript

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// Counting returns the host over a store that counts what is read of sessions, users, groups, roles and tenants: a list that takes more reads the longer it
// is has a statement for each of its elements.
func (h Host) Counting(reads *atomic.Int64) Host {
	open := h.Open
	h.Open = func(tb testing.TB, clock func() time.Time) store.Store { return counted{open(tb, clock), reads} }
	return h
}

// counted is the store of [Host.Counting].
type counted struct {
	store.Store
	reads *atomic.Int64
}

func (s counted) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(counted{tx, s.reads}) })
}

func (s counted) Group(ctx context.Context, id uuid.UUID) (users.Group, error) {
	s.reads.Add(1)
	return s.Store.Group(ctx, id)
}

func (s counted) GroupByNumber(ctx context.Context, number int64) (users.Group, error) {
	s.reads.Add(1)
	return s.Store.GroupByNumber(ctx, number)
}

func (s counted) GroupsByID(ctx context.Context, ids []uuid.UUID) ([]users.Group, error) {
	s.reads.Add(1)
	return s.Store.GroupsByID(ctx, ids)
}

func (s counted) MemberCounts(ctx context.Context, groups []uuid.UUID) (map[uuid.UUID]int, error) {
	s.reads.Add(1)
	return s.Store.MemberCounts(ctx, groups)
}

func (s counted) Role(ctx context.Context, id uuid.UUID) (roles.Role, error) {
	s.reads.Add(1)
	return s.Store.Role(ctx, id)
}

func (s counted) Roles(ctx context.Context, f roles.Filter) ([]roles.Role, error) {
	s.reads.Add(1)
	return s.Store.Roles(ctx, f)
}

func (s counted) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	s.reads.Add(1)
	return s.Store.RolesByID(ctx, ids)
}

func (s counted) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	s.reads.Add(1)
	return s.Store.Subject(ctx, id)
}

func (s counted) Subjects(ctx context.Context, ids []uuid.UUID) ([]perms.Subject, error) {
	s.reads.Add(1)
	return s.Store.Subjects(ctx, ids)
}

func (s counted) Tenant(ctx context.Context, id uuid.UUID) (users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.Tenant(ctx, id)
}

func (s counted) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	s.reads.Add(1)
	return s.Store.TenantTypes(ctx, ids)
}

func (s counted) Tenants(ctx context.Context, f users.TenantFilter) ([]users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.Tenants(ctx, f)
}

func (s counted) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	s.reads.Add(1)
	return s.Store.User(ctx, id)
}

func (s counted) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	s.reads.Add(1)
	return s.Store.UserByNumber(ctx, number)
}

func (s counted) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	s.reads.Add(1)
	return s.Store.Users(ctx, f)
}

func (s counted) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(counted{tx, s.reads}) })
}

func (s counted) RoleByKey(ctx context.Context, key string) (roles.Role, error) {
	s.reads.Add(1)
	return s.Store.RoleByKey(ctx, key)
}

func (s counted) RoleByNumber(ctx context.Context, number int64) (roles.Role, error) {
	s.reads.Add(1)
	return s.Store.RoleByNumber(ctx, number)
}

func (s counted) TenantByNumber(ctx context.Context, number int64) (users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.TenantByNumber(ctx, number)
}

func (s counted) TenantsByID(ctx context.Context, ids []uuid.UUID) ([]users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.TenantsByID(ctx, ids)
}

func (s counted) Head(ctx context.Context) (perms.Head, error) {
	s.reads.Add(1)
	return s.Store.Head(ctx)
}

func (s counted) Session(ctx context.Context, d session.Digest) (session.Session, users.User, error) {
	s.reads.Add(1)
	return s.Store.Session(ctx, d)
}
