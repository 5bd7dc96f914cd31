package teams_test

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

// counted is a store that counts what is read of users, groups, roles and tenants.
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

func (s counted) UserByNumber(ctx context.Context, number int64) (users.User, error) {
	s.reads.Add(1)
	return s.Store.UserByNumber(ctx, number)
}

func (s counted) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	s.reads.Add(1)
	return s.Store.Users(ctx, f)
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

func (s counted) TenantTypes(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.TenantType, error) {
	s.reads.Add(1)
	return s.Store.TenantTypes(ctx, ids)
}

func (s counted) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	s.reads.Add(1)
	return s.Store.Subject(ctx, id)
}

// Every list takes as many reads for fifty as for one.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory()
	open := host.Open
	host.Open = func(tb testing.TB, clock func() time.Time) store.Store { return counted{open(tb, clock), &reads} }
	stage := host.Start(t)
	paths := []string{"/teams/api/users", "/teams/api/groups", "/teams/api/groups/1/members", "/teams/api/invite-links", "/teams/api/users/5/dashboards"}
	readsOf := func(who, path string) int64 {
		t.Helper()
		if who == "root" {
			path += "?organization_id=2"
		}
		before := reads.Load()
		stage.As(who).Must(t, http.StatusOK, "GET", path, "")
		return reads.Load() - before
	}
	fill(t, stage, 0)
	few := map[string]int64{}
	for _, who := range []string{"root", "ann"} {
		for _, path := range paths {
			few[who+path] = readsOf(who, path)
		}
	}
	for n := 1; n <= 50; n++ {
		fill(t, stage, n)
	}
	for _, who := range []string{"root", "ann"} {
		for _, path := range paths {
			if many := readsOf(who, path); few[who+path] == 0 || many != few[who+path] {
				t.Errorf("%s as %s takes %d reads, and %d for many", path, who, few[who+path], many)
			}
		}
	}
}

// fill adds a user, a group with vic in it and something shared with it, a member of the first group, and a link.
func fill(t *testing.T, stage *transcript.Stage, n int) {
	t.Helper()
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/teams/api/users",
		fmt.Sprintf(`{"user_email":"u%d@acme.io","user_name":"U","user_password":"securepassword123"}`, n))
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/groups", fmt.Sprintf(`{"group_name":"G%d"}`, n))
	stage.Must(t, http.StatusOK, "POST", fmt.Sprintf("/teams/api/groups/%d/members", n+1), joining)
	stage.Must(t, http.StatusOK, "PUT", fmt.Sprintf("/teams/api/groups/%d/dashboards", n+1), shared)
	stage.Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", fmt.Sprintf(`{"user_ids":[%d]}`, n+7))
	stage.Must(t, http.StatusCreated, "POST", "/teams/api/invite-links", `{}`)
}
