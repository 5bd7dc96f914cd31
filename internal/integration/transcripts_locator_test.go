package integration_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// The transcripts of the locator API, answer for answer, on PostgreSQL.
func TestLocatorTranscripts(t *testing.T) {
	schemas := newSchemas(t)
	transcript.Run(t, "../../httpapi/locator/testdata/*.txt", transcript.Host{
		Name: "postgres", Preset: msp.Preset(),
		Mount: transcript.Mount(httpapi.Options{}, transcript.Prefixes{
			"/company": func(api *httpapi.API) http.Handler { return company.Handler(api, nil) },
			"/locator": func(api *httpapi.API) http.Handler { return locator.Handler(api, nil) },
			"/msp":     func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
			"/native":  func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
		}),
		Open: func(tb testing.TB, _ func() time.Time) store.Store {
			return openPostgres(tb.(*testing.T), schemas.next(tb.(*testing.T)), storetest.Config{})
		},
	})
}
