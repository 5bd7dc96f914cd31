package integration_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// The transcripts of the teams API, answer for answer, on PostgreSQL.
func TestTeamsTranscripts(t *testing.T) {
	schemas := newSchemas(t)
	transcript.Run(t, "../../httpapi/teams/testdata/*.txt", transcript.Host{
		Name: "postgres", Preset: msp.Preset(),
		Mount: transcript.Mount(httpapi.Options{}, transcript.Prefixes{
			"/teams":  func(api *httpapi.API) http.Handler { return teams.Handler(api, &teams.Options{BaseURL: "/teams"}) },
			"/msp":    func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
			"/native": func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
		}),
		Open: func(tb testing.TB, _ func() time.Time) store.Store {
			return openPostgres(tb.(*testing.T), schemas.next(tb.(*testing.T)), storetest.Config{})
		},
	})
}
