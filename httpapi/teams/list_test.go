package teams_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Every list takes as many reads for fifty as for one.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory().Counting(&reads)
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
