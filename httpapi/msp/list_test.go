package msp_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// counted is a store that counts what is read of users, roles and tenants.
type counted struct {
	store.Store
	reads *atomic.Int64
}

func (s counted) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(counted{tx, s.reads}) })
}

func (s counted) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	s.reads.Add(1)
	return s.Store.User(ctx, id)
}

func (s counted) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	s.reads.Add(1)
	return s.Store.Users(ctx, f)
}

func (s counted) Role(ctx context.Context, id uuid.UUID) (roles.Role, error) {
	s.reads.Add(1)
	return s.Store.Role(ctx, id)
}

func (s counted) RolesByID(ctx context.Context, ids []uuid.UUID) ([]roles.Role, error) {
	s.reads.Add(1)
	return s.Store.RolesByID(ctx, ids)
}

func (s counted) Roles(ctx context.Context, f roles.Filter) ([]roles.Role, error) {
	s.reads.Add(1)
	return s.Store.Roles(ctx, f)
}

func (s counted) Tenant(ctx context.Context, id uuid.UUID) (users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.Tenant(ctx, id)
}

func (s counted) Tenants(ctx context.Context, f users.TenantFilter) ([]users.Tenant, error) {
	s.reads.Add(1)
	return s.Store.Tenants(ctx, f)
}

func (s counted) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	s.reads.Add(1)
	return s.Store.TenantTypes(ctx, ids)
}

func (s counted) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	s.reads.Add(1)
	return s.Store.Subject(ctx, id)
}

// A list takes as many reads for a hundred users as for three, and so does that of the invites.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory()
	open := host.Open
	host.Open = func(tb testing.TB, clock func() time.Time) store.Store { return counted{open(tb, clock), &reads} }
	stage := host.Start(t)
	for _, who := range []string{"root", "ann"} {
		for _, path := range []string{"/msp/api/users", "/msp/api/invites"} {
			few := readsOf(t, stage.As(who), path, &reads)
			for i := range 50 {
				fill(t, stage, fmt.Sprintf("%s%d", who+strings.ReplaceAll(path, "/", ""), i))
			}
			if many := readsOf(t, stage.As(who), path, &reads); few == 0 || many != few && path == "/msp/api/users" || many > few+6 {
				t.Errorf("%s as %s takes %d reads, and %d for many", path, who, few, many)
			}
		}
	}
}

func readsOf(t *testing.T, stage *transcript.Stage, path string, reads *atomic.Int64) int64 {
	t.Helper()
	before := reads.Load()
	stage.Must(t, http.StatusOK, "GET", path, "")
	return reads.Load() - before
}

// fill adds a user and an invite of acme.
func fill(t *testing.T, stage *transcript.Stage, name string) {
	t.Helper()
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/msp/api/users",
		fmt.Sprintf(`{"name":%q,"email":"%s@acme.io","password":"securepassword123","role_id":5}`, name, name))
	stage.Must(t, http.StatusCreated, "POST", "/msp/api/invites", fmt.Sprintf(`{"email":"invited-%s@acme.io","role_id":4}`, name))
}
