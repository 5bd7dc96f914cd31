package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/seed-06a6a295/rolebook/store"
)

// trouble is a kind of error of a driver.
type trouble uint8

const (
	unclear     trouble = iota
	busy                // somebody else holds a lock
	unavailable         // the database cannot be reached, or cannot write
)

// errText is the error for a text that PostgreSQL cannot store, and SQLite shall not.
var errText = errors.New("sqlstore: text is not valid UTF-8 without NUL")

// failed says what the error of a driver means to the caller.
func (db *database) failed(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("sqlstore: %w", ended)
	}
	switch db.dialect.trouble(err) {
	case busy:
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	case unavailable:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	switch {
	case isClosed(err):
		return fmt.Errorf("%w: %w", store.ErrClosed, err)
	case errors.Is(err, driver.ErrBadConn):
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return fmt.Errorf("sqlstore: %w", err)
}

// waited says why waiting for a turn or a connection has failed: because ctx ended, because the wait did, or for a reason of the driver's.
func (db *database) waited(ctx context.Context, err error) error {
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", store.ErrBusy, err)
	}
	return db.failed(ctx, err)
}

// unreached says why there is no connection. A driver that cannot connect has many words for it.
func (db *database) unreached(ctx context.Context, err error) error {
	said := db.waited(ctx, err)
	if ctx.Err() != nil || errors.Is(said, store.ErrBusy) || errors.Is(said, store.ErrUnavailable) || errors.Is(said, store.ErrClosed) {
		return said
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// isClosed reports whether the host has closed the database, or ended its transaction. Package sql has no error to compare the first with.
func isClosed(err error) bool {
	return err.Error() == "sql: database is closed" || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone)
}
