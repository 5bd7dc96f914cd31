// Postgres is examples/server on PostgreSQL, by the driver pgx, with the same flags. Any number of its processes may run over one database.
//
//	cd examples/postgres && go run . -db postgres://app:password@localhost/app
//
// It has two things more, which a host does in its own database. POST /orders (order.go) takes an order and makes the account of whoever orders, in one
// transaction. And the processes tell each other of their commits by NOTIFY (notify.go), so that a right that is taken away in one of them is gone in all of
// them some milliseconds later, instead of store.Options.MaxStaleness.
//
// The rule people get wrong: PostgreSQL tells nobody of what he missed. Nothing here relies on a notification; it only makes them look sooner.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/seed-06a6a295/rolebook/examples/internal/daemon"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// maxConns is how many connections a process has to the database, beside the one that listens.
const maxConns = 16

func main() { program().Main() }

func program() daemon.Program {
	return daemon.Program{Help: "keep the data in this PostgreSQL `database`, postgres://user:password@host/name", Open: open}
}

// open opens a database, with rolebook's tables beside the host's.
func open(ctx context.Context, name string, create bool) (*daemon.Data, error) {
	config, err := pgx.ParseConfig(name)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	s, err := openStore(ctx, db, create)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	n := &network{store: s, db: db, config: config}
	return &daemon.Data{
		Store: s,
		Name:  fmt.Sprintf("database %s at %s", config.Database, config.Host), // and not the password
		Close: func() error { n.running.Wait(); return db.Close() },
		Extend: func(ctx context.Context, h *daemon.Host) error {
			n.start(ctx, h.Book, h.Log)
			desk := &desk{store: s, db: db, book: h.Book, log: h.Log}
			h.Mux.Handle("POST /orders", h.API.Require(takesOrders, desk))
			return nil
		},
	}, nil
}

// openStore opens the store in a database. Several processes may do so at once.
func openStore(ctx context.Context, db *sql.DB, create bool) (*sqlstore.Store, error) {
	if create {
		if err := sqlstore.Migrate(ctx, db, sqlstore.Postgres); err != nil {
			return nil, err
		}
		if err := createOrders(ctx, db); err != nil {
			return nil, err
		}
	}
	return sqlstore.New(ctx, db, sqlstore.Postgres, sqlstore.Options{})
}
