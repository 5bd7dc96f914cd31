// Package sqlite opens a store in a SQLite file, by the driver mattn/go-sqlite3. It is the one package of the module that needs cgo.
//
// [Open] sees to what a store needs of SQLite and what is easily forgotten: a write-ahead log, so that readers and the writer are not in each other's
// way; foreign keys; transactions that take the write lock when they begin; one connection that writes, and several that can only read. It migrates the
// file unless it is told not to. A host with a *sql.DB of its own takes package sqlstore instead.
//
// While a view is open, the log cannot be used anew, and grows by some 20 KiB a change: views are for as long as it takes to read.
//
// The rule people get wrong: the file is not alone. SQLite keeps a "-wal" and a "-shm" file beside it, so the folder has to be writable, a backup is
// "vacuum into" and no copy of the file, and a network file system is no place for it.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// Durability says what a commit waits for.
type Durability string

// The durabilities.
const (
	// Full: a commit is on the disk when InTx returns.
	Full Durability = "full"
	// Normal: faster, and the last commits may be lost when the machine fails. They are not when only the process ends, and the file stays sound.
	Normal Durability = "normal"
)

// Options are what a host may decide about its file. The zero Options work.
type Options struct {
	LockWait   time.Duration // how long a writer waits for the one before it; 0 for store.LockWait
	Durability Durability    // "" for Full
	Readers    int           // connections that read; 0 for four
	NoMigrate  bool          // refuse a file that has not been migrated, or is not there, instead of migrating it
}

// ErrNoCgo says that the program was built without cgo, and so without the driver.
var ErrNoCgo = errors.New("sqlite: built without cgo; set CGO_ENABLED=1, or take sqlstore with a driver in pure Go")

// Store is a store in a file.
type Store struct {
	*sqlstore.Store
	write, read *sql.DB
}

var _ store.Store = (*Store)(nil)

// Open opens the store in the file of a path, which any character may be in, and makes the file if it is not there. A file of a newer version of this
// library is [store.ErrSchemaTooNew]; a program without cgo can open none, [ErrNoCgo].
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if !driven {
		return nil, ErrNoCgo
	}
	if o.LockWait <= 0 {
		o.LockWait = store.LockWait
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.Durability == "" {
		o.Durability = Full
	}
	file, err := locate(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %q: %w", path, err)
	}
	s, err := open(ctx, file, o)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %q: %w", path, err)
	}
	return s, nil
}

// locate returns the absolute path of a database file, since connections are made later too.
func locate(path string) (string, error) {
	switch {
	case path == "", path == ":memory:":
		return "", errors.New("not a path; package memory has a store without a file")
	case strings.ContainsRune(path, 0):
		return "", errors.New("the path has a NUL")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("not a file")
	}
	return filepath.Abs(path)
}

func open(ctx context.Context, file string, o Options) (_ *Store, err error) {
	s := &Store{}
	if s.write, err = sql.Open(driver, dsn(file, o, false)); err != nil {
		return nil, err
	}
	if s.read, err = sql.Open(driver, dsn(file, o, true)); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	limit(s.write, 1)
	limit(s.read, o.Readers)
	if err := checkMode(ctx, s.write); err != nil {
		return nil, err
	}
	if err := limitLog(ctx, s.write); err != nil {
		return nil, err
	}
	if !o.NoMigrate {
		if err := sqlstore.Migrate(ctx, s.write, sqlstore.SQLite); err != nil {
			return nil, err
		}
	}
	s.Store, err = sqlstore.New(ctx, s.write, sqlstore.SQLite, sqlstore.Options{Read: s.read, LockWait: o.LockWait})
	return s, err
}

// limit keeps up to n connections, and keeps them open.
func limit(db *sql.DB, n int) {
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
}

// dsn returns the name by which the driver opens a file. Statements that have been prepared once stay so, on each connection.
func dsn(file string, o Options, readOnly bool) string {
	mode := "rwc"
	if o.NoMigrate {
		mode = "rw"
	}
	q := url.Values{
		"mode":             {mode},
		"_cache_size":      {"-16384"}, // KiB, for each connection
		"_busy_timeout":    {strconv.FormatInt(o.LockWait.Milliseconds(), 10)},
		"_foreign_keys":    {"on"},
		"_stmt_cache_size": {"200"},
	}
	if readOnly {
		q.Set("_query_only", "on")
	} else {
		q.Set("_txlock", "immediate")
		q.Set("_journal_mode", "wal")
		q.Set("_synchronous", string(o.Durability))
	}
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// checkMode connects, and makes sure of the write-ahead log: on some file systems SQLite goes without it.
func checkMode(ctx context.Context, db *sql.DB) error {
	var mode string
	if err := db.QueryRowContext(ctx, "pragma journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("no write-ahead log in this folder: journal mode is %s", mode)
	}
	return nil
}

// limitLog lets the write-ahead log shrink again to 16 MiB, four times what it usually needs, when a long reader that made it grow is gone. The driver's
// names have no word for it.
func limitLog(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, "pragma journal_size_limit = 16777216")
	return err
}

// DB returns the connection that writes, for transactions of the host's with its own tables in the same file, and for [sqlstore.Store.Join]. They begin
// immediate. There is a single connection: what is not given back keeps everybody waiting.
func (s *Store) DB() *sql.DB { return s.write }

// Close closes the file: from now on, everything is [store.ErrClosed]. A transaction that is under way may still commit.
func (s *Store) Close() error {
	errRead := s.read.Close()
	if err := s.write.Close(); err != nil { // the last one out tidies up the log
		return fmt.Errorf("sqlite: close: %w", err)
	}
	if errRead != nil {
		return fmt.Errorf("sqlite: close: %w", errRead)
	}
	return nil
}
