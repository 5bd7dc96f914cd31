// Package suite is what every database under sqlstore has to pass: the contract of a store, alone and joined to a transaction of the host's; what the
// services promise over it; and the transcripts of every API, whose answers are the same to the byte on each of them.
//
// A [Database] says how an empty one is made. [Run] does the rest.
//
// The rule people get wrong: a driver is a database too. The same server behind another driver is another run.
package suite

import (
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// Database is a kind of database behind a driver.
type Database struct {
	Name    string
	Dialect sqlstore.Dialect
	// Connect connects to a new database that holds nothing, and closes it when the test ends. Of two pools the second one reads.
	Connect func(t *testing.T, c storetest.Config) (write, read *sql.DB)
}

// Store is a store in a database of its own.
type Store struct {
	*sqlstore.Store
	write, read *sql.DB
}

// Close closes the store's database.
func (s *Store) Close() error { return errors.Join(s.write.Close(), s.read.Close()) }

// Open returns a store in a new database.
func (d Database) Open(t *testing.T, c storetest.Config) *Store {
	t.Helper()
	s := &Store{}
	s.write, s.read = d.Connect(t, c)
	if err := sqlstore.Migrate(t.Context(), s.write, d.Dialect); err != nil {
		t.Fatal(err)
	}
	var err error
	s.Store, err = sqlstore.New(t.Context(), s.write, d.Dialect, sqlstore.Options{Read: s.read, LockWait: c.LockWait})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// join returns a store inside a transaction of the host's on a new database.
func (d Database) join(t *testing.T, c storetest.Config) store.Store {
	t.Helper()
	outer := d.Open(t, c)
	tx, err := outer.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tx.Rollback() })
	return outer.Join(tx)
}

// Run checks everything over a database. The root is the path to the root module's folder, where the transcripts are.
func Run(t *testing.T, d Database, root string, effort storetest.Effort) {
	Contract(t, d, root)
	t.Run("Book", func(t *testing.T) {
		storetest.RunBook(t, func(t *testing.T) store.Store { return d.Open(t, storetest.Config{}) }, effort)
	})
}

// Contract is what of [Run] depends on the driver: every statement and every answer, once. What many do at the same time is up to the server.
func Contract(t *testing.T, d Database, root string) {
	t.Run("Store", func(t *testing.T) {
		storetest.Run(t, storetest.Harness{
			Open:  func(t *testing.T, c storetest.Config) store.Store { return d.Open(t, c) },
			Close: func(s store.Store) error { return s.(*Store).Close() },
		})
	})
	t.Run("Joined", func(t *testing.T) { storetest.Run(t, storetest.Harness{Open: d.join, Joined: true}) })
	t.Run("Transcripts", func(t *testing.T) { play(t, d.Host(), filepath.Join(root, "httpapi")) })
}

// Host is a server of every API, each stage in a database of its own.
func (d Database) Host() transcript.Host {
	host := matrix.Host(d.Name, func(tb testing.TB, _ func() time.Time) store.Store {
		return d.Open(tb.(*testing.T), storetest.Config{})
	})
	apis := matrix.Every()
	apis["/partial"] = func(api *httpapi.API) http.Handler {
		return company.Handler(api, &company.Options{PartialUpdate: true})
	}
	host.Mount = transcript.Mount(httpapi.Options{}, apis)
	return host
}

// play plays the transcripts of each API, and those that need several.
func play(t *testing.T, host transcript.Host, folder string) {
	t.Helper()
	for _, api := range []string{"msp", "company", "locator", "teams", "native", "."} {
		t.Run(api, func(t *testing.T) { transcript.Run(t, filepath.Join(folder, api, "testdata", "*.txt"), host) })
	}
}
