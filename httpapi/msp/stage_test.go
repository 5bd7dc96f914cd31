package msp_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

var mount = transcript.Prefixes{
	"/msp":    func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) },
	"/native": func(api *httpapi.API) http.Handler { return native.Handler(api, nil) },
}

func onMemory() transcript.Host {
	return transcript.Host{
		Name: "memory", Preset: msp.Preset(), Mount: transcript.Mount(httpapi.Options{}, mount),
		Open: func(_ testing.TB, clock func() time.Time) store.Store {
			return memory.NewWith(memory.Options{Clock: clock})
		},
	}
}

func TestTranscripts(t *testing.T) {
	transcript.Run(t, "testdata/*.txt", onMemory(), onSQLite())
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
