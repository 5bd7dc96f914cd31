package main

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// How long a process waits before it listens again after its connection was lost.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
)

// network is the processes over one database, as one of them sees it.
//
// After each commit it says so on a channel of the database, and when somebody else has, it looks how far the journal has come and tells its book. A notification
// carries nothing: anybody who can connect could have sent it, and it may get lost. The book believes the store alone.
type network struct {
	store   *sqlstore.Store
	db      *sql.DB
	config  *pgx.ConnConfig
	running sync.WaitGroup
}

// start announces and listens until ctx ends.
func (n *network) start(ctx context.Context, book *store.Book, log *slog.Logger) {
	commits := make(chan struct{}, 1)
	n.store.OnCommit(func(perms.Head) {
		select {
		case commits <- struct{}{}:
		default: // the one before has not been announced yet
		}
	})
	n.running.Go(func() { n.announce(ctx, commits, log) })
	n.running.Go(func() { n.listen(ctx, book, log) })
}

// announce tells the others of each commit; of several in a row, once. It is after the commits and beside them: none waits for it.
func (n *network) announce(ctx context.Context, commits <-chan struct{}, log *slog.Logger) {
	for {
		select {
		case <-commits:
		case <-ctx.Done():
			return
		}
		if _, err := n.db.ExecContext(ctx, `notify rolebook`); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "commit not announced", "error", err)
		}
	}
}

// listen hears the others, by one connection after the other.
func (n *network) listen(ctx context.Context, book *store.Book, log *slog.Logger) {
	pause := firstPause
	for {
		began := time.Now()
		err := n.hear(ctx, book)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > lastPause {
			pause = firstPause
		}
		log.WarnContext(ctx, "not listening", "error", err, "pause", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// hear listens on one connection until that is lost.
func (n *network) hear(ctx context.Context, book *store.Book) error {
	conn, err := pgx.ConnectConfig(ctx, n.config.Copy())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `listen rolebook`); err != nil {
		return err
	}
	for { // first of all there is what was committed while nobody listened
		if err := n.look(ctx, book); err != nil {
			return err
		}
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return err
		}
	}
}

// look tells the book how far the store has come: its next check is as of that, and whoever follows the journal wakes up.
func (n *network) look(ctx context.Context, book *store.Book) error {
	head, err := n.store.Head(ctx)
	if err != nil {
		return err
	}
	book.Perms.Committed(head)
	book.Journal.Committed(head)
	return nil
}
