package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/integration/pg"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// BenchmarkHead measures how many changes a second several writers make, who all wait for the one head row, with commits that reach the disk.
func BenchmarkHead(b *testing.B) {
	s := Spec{Users: 2000, Seed: 1}.complete()
	for _, writers := range []int{1, 2, 4, 8, 16} {
		b.Run(fmt.Sprintf("SQLite/%d", writers), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "head.db")
			if err := run(b.Context(), path, "", s); err != nil {
				b.Fatal(err)
			}
			changes(b, opened(b, path), writers)
		})
		b.Run(fmt.Sprintf("PostgreSQL/%d", writers), func(b *testing.B) {
			db := durable(b)
			if err := Fill(b.Context(), db, postgresServer{}, s); err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(20)
			db.SetMaxIdleConns(20)
			changes(b, openPostgres(b, db), writers)
		})
	}
}

// durable returns an empty database whose commits reach the disk.
func durable(b *testing.B) *sql.DB {
	db, err := sql.Open("pgx", pg.Start(b, pg.Options{Fsync: true}).Database(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// changes lets writers change users of their own, as fast as they can.
func changes(b *testing.B, st store.Store, writers int) {
	book := connect(b, st, born.Add(year))
	ids := make([][]uuid.UUID, writers)
	folk, err := st.Users(b.Context(), users.Filter{After: firsts, Limit: 20 * writers})
	if err != nil {
		b.Fatal(err)
	}
	for i, u := range folk {
		ids[i%writers] = append(ids[i%writers], u.ID)
	}
	race(b, writers, func(ctx context.Context, writer, i int) error {
		phone := fmt.Sprintf("+49 30 %07d", i)
		_, err := book.Users.Update(ctx, perms.System("head"), users.ByID(ids[writer][i%20]), users.Update{Phone: &phone})
		return err
	})
}

// race counts what writers get done, b.N times in all.
func race(b *testing.B, writers int, do func(ctx context.Context, writer, i int) error) {
	b.ResetTimer()
	start := time.Now()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := w; i < b.N; i += writers {
				if err := do(b.Context(), w, i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "changes/s")
}

// BenchmarkSplitHead measures what more than one head row would be worth: transactions by hand that lock a head, write a user and an entry of a journal, with
// one head for all and with one for each writer, as tenants with a journal of their own would have.
func BenchmarkSplitHead(b *testing.B) {
	const (
		heads   = `create table heads (id bigint primary key, revision bigint not null)`
		rows    = `insert into heads select n, 0 from generate_series(0, 15) n`
		entries = `create table entries (head bigint, revision bigint, what text not null, primary key (head, revision))`
		lock    = `select revision from heads where id = $1 for update`
		read    = `select version from rolebook_users where number = $1`
		write   = `update rolebook_users set phone = $1, version = version + 1 where number = $2`
		advance = `update heads set revision = revision + 1 where id = $1 returning revision`
		entry   = `insert into entries (head, revision, what) values ($1, $2, $3)`
	)
	for _, split := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d", split), func(b *testing.B) {
			db := durable(b)
			if err := Fill(b.Context(), db, postgresServer{}, Spec{Users: 2000, Seed: 1}); err != nil {
				b.Fatal(err)
			}
			db.SetMaxOpenConns(20)
			db.SetMaxIdleConns(20)
			for _, text := range []string{heads, rows, entries} {
				if _, err := db.ExecContext(b.Context(), text); err != nil {
					b.Fatal(err)
				}
			}
			race(b, 16, func(ctx context.Context, writer, i int) error {
				head, number := writer%split, firsts+1+writer*20+i/16%20
				tx, err := db.BeginTx(ctx, nil)
				if err != nil {
					return err
				}
				defer tx.Rollback()
				var revision int64
				if err := tx.QueryRowContext(ctx, lock, head).Scan(&revision); err != nil {
					return err
				}
				if err := tx.QueryRowContext(ctx, read, number).Scan(&revision); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, write, fmt.Sprint(i), number); err != nil {
					return err
				}
				if err := tx.QueryRowContext(ctx, advance, head).Scan(&revision); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, entry, head, revision, `{"phone":"+49 30 1234567"}`); err != nil {
					return err
				}
				return tx.Commit()
			})
		})
	}
}
