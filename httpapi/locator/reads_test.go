package locator_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
)

// A list takes as many reads for fifty users, or roles, as for a few, whatever it shows of each.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory().Counting(&reads)
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
