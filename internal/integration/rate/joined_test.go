package rate_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// atMost is how many times as long a joined change may take as its statements do by themselves, in the same transaction of the host's.
const atMost = 1.3

// host is a program with tables of its own, which changes users inside its transactions.
type host struct {
	db    *sql.DB
	store *sqlstore.Store
	book  *store.Book
}

func newHost(b *testing.B, driver, path string) *host {
	write, read := databases(b, driver, path)
	s, err := sqlstore.New(b.Context(), write, sqlstore.SQLite, sqlstore.Options{Read: read})
	if err != nil {
		b.Fatal(err)
	}
	book, err := store.Connect(b.Context(), s, store.Options{Hasher: cheap(b)})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := write.ExecContext(b.Context(), "create table orders (id integer primary key, what text not null) strict"); err != nil {
		b.Fatal(err)
	}
	return &host{write, s, book}
}

// order writes an order, and does something more in the same transaction.
func (h *host) order(b *testing.B, i int, more func(tx *sql.Tx) error) {
	tx, err := h.db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(b.Context(), "insert into orders (what) values (?)", fmt.Sprint("order ", i)); err != nil {
		b.Fatal(err)
	}
	if err := more(tx); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkJoined measures changes that are joined to the host's transaction beside the statements that they make, in the same transaction without them.
func BenchmarkJoined(b *testing.B) {
	w := build(b)
	who := perms.System("host")
	for _, change := range []struct {
		name string
		do   func(book *store.Book, i int) error
	}{
		{"update", func(book *store.Book, i int) error {
			_, err := book.Users.Update(b.Context(), who, users.ByID(w.ids[i]), users.Update{Phone: new(fmt.Sprintf("+49 30 %07d", i))})
			return err
		}},
		{"override", func(book *store.Book, i int) error {
			return book.Users.SetOverride(b.Context(), who, w.ids[i], perms.Revoke("users.list"))
		}},
		{"create", func(book *store.Book, i int) error {
			_, err := book.Users.Create(b.Context(), who, users.New{Email: fmt.Sprintf("joined%d@example.com", i), Name: "Joined"})
			return err
		}},
	} {
		b.Run(change.name, func(b *testing.B) {
			for b.Loop() {
				w.measureJoined(b, change.do)
			}
			b.ReportMetric(0, "ns/op") // of a whole measurement, which tells nothing
		})
	}
}

func (w *world) measureJoined(b *testing.B, change func(book *store.Book, i int) error) {
	const n = 60
	seen := newHost(b, "sqlite3-recorded", w.copyOf(b))
	var recorded [][]statement
	for i := range rounds * n {
		seen.order(b, i, func(tx *sql.Tx) error {
			theRecorder.take()
			err := change(seen.book.On(seen.store.Join(tx)), i)
			recorded = append(recorded, theRecorder.take())
			return err
		})
	}
	ours, byHand := newHost(b, "sqlite3", w.copyOf(b)), newHost(b, "sqlite3", w.copyOf(b))
	var ratios, each []float64
	for round := range rounds {
		var joined, plain spent
		for i := round * n; i < (round+1)*n; i++ {
			plain.add(b, func() {
				byHand.order(b, i, func(tx *sql.Tx) error {
					for _, s := range recorded[i] {
						if err := one(b.Context(), tx, s); err != nil {
							return err
						}
					}
					return nil
				})
			})
			joined.add(b, func() {
				ours.order(b, i, func(tx *sql.Tx) error { return change(ours.book.On(ours.store.Join(tx)), i) })
			})
		}
		ratios, each = append(ratios, min(joined.wall/plain.wall, joined.cpu/plain.cpu)), append(each, joined.wall*1e6/n)
	}
	b.ReportMetric(median(ratios), "of-statements")
	b.ReportMetric(median(each), "µs/change")
	b.ReportMetric(float64(len(recorded[0])), "statements")
	if times := median(ratios); times > atMost {
		b.Errorf("a joined change takes %.2f times as long as its statements, at most %.2f are promised", times, atMost)
	}
}

func (s *spent) add(b *testing.B, fn func()) {
	start, used := time.Now(), processor(b)
	fn()
	s.wall += time.Since(start).Seconds()
	s.cpu += processor(b) - used
}
