package httpapi_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

// What a list reads depends on what it shows of each element, and not on how many there are: the session with its user, the head of the journal, who asks, and
// then each sort of thing for all elements at once. Whoever is not staff has further reads: the types of his tenants, and what of the users he may not see.
func TestReadsOfLists(t *testing.T) {
	var reads atomic.Int64
	stage := allOnMemory().Counting(&reads).Start(t)
	lists := []struct {
		who, path string
		want      int64
	}{
		{"root", "/msp/api/users?tenant_id=2", 8},
		{"ann", "/msp/api/users", 9},
		{"root", "/company/api/v2/group", 5},
		{"ann", "/company/api/v2/group", 5},
		{"root", "/locator/auth/users/list?count=50&extended=true", 6},
		{"ann", "/locator/auth/users/list?count=50&extended=true", 9},
		{"root", "/teams/api/users?organization_id=2", 10},
		{"ann", "/teams/api/users", 9},
		{"root", "/native/v1/users?limit=50", 7},
		{"ann", "/native/v1/users?limit=50", 9},
	}
	stage.As("ann").Must(t, http.StatusCreated, "POST", "/teams/api/groups", `{"group_name":"Joiners"}`)
	joined, maker := 0, uuid.Nil
	for _, many := range []int{5, 50} {
		for ; joined < many; joined++ {
			maker = joins(t, stage, joined, maker)
		}
		for _, l := range lists {
			before := reads.Load()
			stage.As(l.who).Must(t, http.StatusOK, "GET", l.path, "")
			if got := reads.Load() - before; got != l.want {
				t.Errorf("%s as %s takes %d reads, want %d", l.path, l.who, got, l.want)
			}
		}
	}
}

// joins adds a role, and a user of acme who holds it beside others, with an override of somebody's and a group.
func joins(t *testing.T, stage *transcript.Stage, n int, maker uuid.UUID) uuid.UUID {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	setup := perms.System("test")
	role, err := stage.Book.Roles.Create(t.Context(), setup, roles.New{Name: fmt.Sprint("Role ", n), Permissions: []string{"assets.view"}, Scope: perms.Anywhere})
	must(err)
	u, err := stage.Book.Users.Create(t.Context(), setup, users.New{Email: fmt.Sprintf("joiner%d@acme.io", n), Given: "Joiner",
		Roles: []string{"client_viewer", "client_manager", role.Key}, Tenants: []perms.Tenancy{perms.TenantOf(stage.Tenant(t, 2))}})
	must(err)
	must(stage.Book.Users.SetOverride(t.Context(), setup, u.ID, perms.Revoke("assets.view")))
	stage.As("ann").Must(t, http.StatusOK, "POST", "/teams/api/groups/1/members", fmt.Sprintf(`{"user_ids":[%d]}`, u.Number))
	stage.Overwrite(t, u.Number, func(u *users.User) { u.Overrides[0].SetBy = maker })
	return u.ID
}
