package teams_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

// mounted are the APIs of a stage, with other options of this one.
func mounted(o teams.Options) transcript.Prefixes {
	return transcript.Prefixes{
		"/teams":  func(api *httpapi.API) http.Handler { return teams.Handler(api, &o) },
		"/msp":    func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
		"/native": func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
	}
}

func onMemory() transcript.Host {
	return onMemoryWith(httpapi.Options{}, teams.Options{BaseURL: "/teams"})
}

func onMemoryWith(api httpapi.Options, o teams.Options) transcript.Host {
	return transcript.Host{
		Name: "memory", Preset: msp.Preset(), Mount: transcript.Mount(api, mounted(o)),
		Open: func(_ testing.TB, clock func() time.Time) store.Store {
			return memory.NewWith(memory.Options{Clock: clock})
		},
	}
}

func onSQLite() transcript.Host {
	host := onMemory()
	host.Name = "sqlite"
	host.Open = func(tb testing.TB, _ func() time.Time) store.Store {
		s, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "rolebook.db"), sqlite.Options{Durability: sqlite.Normal})
		if err != nil {
			tb.Fatal(err)
		}
		tb.Cleanup(func() { _ = s.Close() })
		return s
	}
	return host
}

func TestTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/*.txt", onMemory(), onSQLite())
}
