// Package rate holds rolebook's HTTP against handlers without it, on copies of one database.
package rate_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"sync"

	"github.com/mattn/go-sqlite3"
)

// statement is one statement as the driver got it; as are begin and commit.
type statement struct {
	text string
	args []any
	rows bool // it returns rows
}

// recorder is the SQLite driver, and writes down every statement while it is on.
type recorder struct {
	driver.Driver
	mu   sync.Mutex
	on   bool
	list []statement
}

// theRecorder is the driver "sqlite3-recorded". A driver is global by nature.
var theRecorder = &recorder{Driver: &sqlite3.SQLiteDriver{}}

func init() { sql.Register("sqlite3-recorded", theRecorder) }

// take returns what has been written down since the last take, and goes on.
func (r *recorder) take() []statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.list
	r.list, r.on = nil, true
	return list
}

func (r *recorder) note(text string, args []driver.NamedValue, rows bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.on {
		return
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	r.list = append(r.list, statement{text, values, rows})
}

func (r *recorder) Open(name string) (driver.Conn, error) {
	c, err := r.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return &recordedConn{c.(*sqlite3.SQLiteConn), r}, nil
}

type recordedConn struct {
	*sqlite3.SQLiteConn
	r *recorder
}

func (c *recordedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.r.note(text, args, true)
	return c.SQLiteConn.QueryContext(ctx, text, args)
}

func (c *recordedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.r.note(text, args, false)
	return c.SQLiteConn.ExecContext(ctx, text, args)
}

func (c *recordedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	s, err := c.SQLiteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &recordedStmt{s.(*sqlite3.SQLiteStmt), text, c.r}, nil
}

type recordedStmt struct {
	*sqlite3.SQLiteStmt
	text string
	r    *recorder
}

func (s *recordedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.r.note(s.text, args, true)
	return s.SQLiteStmt.QueryContext(ctx, args)
}

func (s *recordedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.r.note(s.text, args, false)
	return s.SQLiteStmt.ExecContext(ctx, args)
}
