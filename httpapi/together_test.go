package httpapi_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/users"
)

// What one API does the others show.
func TestTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/*.txt", allOnMemory(), allOnSQLite())
}

// The name of somebody who is purged stays for the host's records.
func TestPurgedNameStays(t *testing.T) {
	for _, host := range []transcript.Host{allOnMemory(), allOnSQLite()} {
		t.Run(host.Name, func(t *testing.T) {
			stage := host.Start(t)
			stage.As("ann").Must(t, http.StatusNoContent, "DELETE", "/msp/api/users/5", "")
			if name, err := stage.Book.Users.HistoryName(t.Context(), 5); err != nil || name != "Vic Viewer" {
				t.Errorf("%q, %v", name, err)
			}
			if _, err := stage.Store.UserByNumber(t.Context(), 5); !errors.Is(err, users.ErrNotFound) {
				t.Errorf("vic: %v", err)
			}
		})
	}
}

// Users who are made through every API at once are distinct, and in every list.
func TestManyAtOnce(t *testing.T) {
	for _, host := range []transcript.Host{allOnMemory(), allOnSQLite()} {
		t.Run(host.Name, func(t *testing.T) { matrix.Together(t, host) })
	}
}
