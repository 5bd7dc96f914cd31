package locator_test

import (
	"context"
	"fmt"
	"net/http"
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

func (s counted) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	s.reads.Add(1)
	return s.Store.TenantTypes(ctx, ids)
}

func (s counted) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	s.reads.Add(1)
	return s.Store.Subject(ctx, id)
}

// A list takes as many reads for fifty users, or roles, as for a few, whatever it shows of each.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory()
	open := host.Open
	host.Open = func(tb testing.TB, clock func() time.Time) store.Store { return counted{open(tb, clock), &reads} }
	stage := host.Start(t)
	lists := []struct{ who, path string }{
		{"root", "/locator/auth/users/list"}, {"ann", "/locator/auth/users/list"}, {"vic", "/locator/auth/users/list"},
		{"root", "/locator/auth/users/basic/list"}, {"vic", "/locator/auth/users/basic/list"}, {"root", "/locator/auth/roles/list"},
	}
	few := make([]int64, len(lists))
	for i, l := range lists {
		few[i] = readsOf(t, stage.As(l.who), l.path, &reads)
	}
	for i := range 50 {
		made := newRole(t, stage, fmt.Sprint("Role ", i), perms.Anywhere, "assets.view")
		stage.As("root").Must(t, http.StatusOK, "POST", "/locator/auth/users", fmt.Sprintf(
			`{"firstName":"N","lastName":"","userName":"n%d@acme.io","password":"securepassword123","temporaryPassword":false,"roles":[%q],"tenants":[%q]}`,
			i, made.Key, stage.Tenant(t, 2)))
	}
	for i, l := range lists {
		if many := readsOf(t, stage.As(l.who), l.path, &reads); many != few[i] || many == 0 {
			t.Errorf("%s as %s takes %d reads for few, and %d for many", l.path, l.who, few[i], many)
		}
	}
}

func readsOf(t *testing.T, stage *transcript.Stage, path string, reads *atomic.Int64) int64 {
	t.Helper()
	before := reads.Load()
	stage.Must(t, http.StatusOK, "GET", path, "")
	return reads.Load() - before
}
