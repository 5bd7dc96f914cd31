package msp_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// A list takes as many reads for a hundred users as for three, and so does that of the invites.
func TestListsReadOnce(t *testing.T) {
	var reads atomic.Int64
	host := onMemory().Counting(&reads)
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
