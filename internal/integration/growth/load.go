package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// target is a kind of database.
type target interface {
	driver() string
	dialect() sqlstore.Dialect
	// begin returns where rows go, on the one connection that fills the database.
	begin(ctx context.Context, conn *sql.Conn) (sink, error)
}

// sink is where rows go.
type sink interface {
	write(ctx context.Context, t *table) error
	exec(ctx context.Context, text string, args ...any) error
	// end makes the indexes that were left out, and commits.
	end(ctx context.Context) error
}

// Fill migrates an empty database, and fills it.
func Fill(ctx context.Context, db *sql.DB, to target, s Spec) error {
	db.SetMaxOpenConns(1)
	if err := sqlstore.Migrate(ctx, db, to.dialect()); err != nil {
		return err
	}
	w, err := newWorld(s.complete())
	if err != nil {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	sink, err := to.begin(ctx, conn)
	if err != nil {
		return err
	}
	if err := w.fill(ctx, sink); err != nil {
		return err
	}
	return sink.end(ctx)
}

// loader is what both databases have in common.
type loader struct {
	conn    *sql.Conn
	indexes []string // the statements that make them
}

func (l *loader) exec(ctx context.Context, text string, args ...any) error {
	if _, err := l.conn.ExecContext(ctx, text, args...); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

// drop drops the indexes that a query names, and remembers how to make them.
func (l *loader) drop(ctx context.Context, query string) error {
	rows, err := l.conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return err
		}
		names, l.indexes = append(names, name), append(l.indexes, text)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, name := range names {
		if err := l.exec(ctx, "drop index "+name); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (l *loader) finish(ctx context.Context, last ...string) error {
	for _, text := range slices.Concat(l.indexes, last) {
		if err := l.exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// sqliteFile is a new SQLite database.
type sqliteFile struct{}

func (sqliteFile) driver() string            { return "sqlite3" }
func (sqliteFile) dialect() sqlstore.Dialect { return sqlstore.SQLite }

// sqliteDSN returns the name of a file that nobody else uses, and that need not outlive a crash.
func sqliteDSN(file string) string {
	q := url.Values{"_journal_mode": {"off"}, "_synchronous": {"off"}, "_foreign_keys": {"off"}, "_cache_size": {"-262144"}, "_stmt_cache_size": {"100"}}
	return "file:" + file + "?" + q.Encode()
}

func (sqliteFile) begin(ctx context.Context, conn *sql.Conn) (sink, error) {
	s := &sqliteSink{loader{conn: conn}}
	if err := s.exec(ctx, "begin"); err != nil {
		return nil, err
	}
	return s, s.drop(ctx, "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name like 'rolebook_%'")
}

type sqliteSink struct{ loader }

// write puts as many rows into a statement as it takes to make the statement itself cheap.
func (s *sqliteSink) write(ctx context.Context, t *table) error {
	most := 480 / len(t.columns)
	list := "(?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
	for chunk := range slices.Chunk(t.rows, most) {
		text := "insert into " + t.name + " (" + strings.Join(t.columns, ", ") + ") values " + list + strings.Repeat(", "+list, len(chunk)-1)
		if _, err := s.conn.ExecContext(ctx, text, slices.Concat(chunk...)...); err != nil {
			return fmt.Errorf("fill %s: %w", t.name, err)
		}
	}
	return nil
}

func (s *sqliteSink) end(ctx context.Context) error {
	return s.finish(ctx, "commit", "pragma journal_mode = wal")
}

// postgresServer is an empty PostgreSQL database, and a connection that may do anything there.
type postgresServer struct{}

func (postgresServer) driver() string            { return "pgx" }
func (postgresServer) dialect() sqlstore.Dialect { return sqlstore.Postgres }

func (postgresServer) begin(ctx context.Context, conn *sql.Conn) (sink, error) {
	const indexes = `
		select indexname, indexdef
		from pg_indexes
		where schemaname = current_schema() and tablename like 'rolebook\_%'
			and indexname not in (select conname from pg_constraint where contype in ('p', 'u'))`
	s := &postgresSink{loader{conn: conn}}
	for _, text := range []string{"begin", "set local session_replication_role = replica", "set local maintenance_work_mem = '512MB'"} {
		if err := s.exec(ctx, text); err != nil {
			return nil, err
		}
	}
	return s, s.drop(ctx, indexes)
}

type postgresSink struct{ loader }

func (s *postgresSink) write(ctx context.Context, t *table) error {
	err := s.conn.Raw(func(c any) error {
		_, err := c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows))
		return err
	})
	if err != nil {
		return fmt.Errorf("fill %s: %w", t.name, err)
	}
	return nil
}

func (s *postgresSink) end(ctx context.Context) error {
	return s.finish(ctx, "commit", "vacuum analyze")
}
