//go:build !cgo

package cgofree

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/seed-06a6a295/rolebook/internal/integration/suite"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

func TestSQLite(t *testing.T) {
	suite.Run(t, suite.Database{Name: "sqlite without cgo", Dialect: sqlstore.SQLite, Connect: connect}, "../../..", storetest.Thorough())
}

// connect opens a new file as sqlite.Open does: one connection that writes, and several that can only read.
func connect(t *testing.T, c storetest.Config) (write, read *sql.DB) {
	t.Helper()
	if c.LockWait == 0 {
		c.LockWait = store.LockWait
	}
	file := filepath.Join(t.TempDir(), "book.db")
	write = open(t, file, 1, url.Values{
		"_txlock": {"immediate"}, "_pragma": {"journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)", fmt.Sprintf("busy_timeout(%d)", c.LockWait.Milliseconds())},
	})
	read = open(t, file, 4, url.Values{
		"_pragma": {"query_only(1)", "foreign_keys(1)", fmt.Sprintf("busy_timeout(%d)", c.LockWait.Milliseconds())},
	})
	return write, read
}

func open(t *testing.T, file string, connections int, options url.Values) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?"+options.Encode())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	t.Cleanup(func() { _ = db.Close() })
	return db
}
