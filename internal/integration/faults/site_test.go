package faults

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
)

// site is a store, a book over it, and those who use the store at the same time: in this process, or in two others.
type site struct {
	t     *testing.T
	store store.Store
	book  *store.Book
	home  users.Tenant
	ask   []func(o order) answer
}

// kind is a kind of site: where its store is, and how others connect to it; not at all if they are in this process.
type kind struct {
	name string
	open func(t *testing.T) (s store.Store, elsewhere connection)
}

var (
	patient      = sqlite.Options{LockWait: time.Minute}
	twoProcesses = []kind{
		{"SQLite, two processes", func(t *testing.T) (store.Store, connection) {
			path := newFile(t)
			return openFile(t, path, patient), connection{File: path, Wait: patient.LockWait}
		}},
		{"PostgreSQL, two processes", func(t *testing.T) (store.Store, connection) {
			dsn := newSchemas(t).next(t)
			return migrate(t, open(t, dsn), sqlstore.Options{LockWait: patient.LockWait}), connection{DSN: dsn, Wait: patient.LockWait}
		}},
	}
	everySite = append([]kind{
		{"memory", func(*testing.T) (store.Store, connection) {
			return memory.NewWith(memory.Options{LockWait: patient.LockWait}), connection{}
		}},
		{"SQLite, one process", func(t *testing.T) (store.Store, connection) { return openFile(t, newFile(t), patient), connection{} }},
	}, twoProcesses...)
)

// onSites runs a test on several kinds of sites.
func onSites(t *testing.T, kinds []kind, run func(t *testing.T, s *site)) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			st, elsewhere := k.open(t)
			s := &site{t: t, store: st, book: connectBook(t, st, store.Always)}
			seed(t, s.book)
			var err error
			s.home, err = st.TenantByNumber(t.Context(), users.DefaultTenant)
			must(t, err)
			if elsewhere == (connection{}) {
				here := &party{book: s.book, store: st}
				s.ask = append(s.ask, func(o order) answer { return here.obey(context.Background(), o) })
			} else {
				s.ask = append(s.ask, spawn(t, elsewhere).obey, spawn(t, elsewhere).obey)
			}
			run(t, s)
		})
	}
}

func newFile(t *testing.T) string { return filepath.Join(t.TempDir(), "book.db") }

func openFile(t *testing.T, path string, o sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, o)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// all lets everybody obey at the same time, each an order of his own, and returns what came of it together.
func (s *site) all(each func(i int) order) (sum answer) {
	s.t.Helper()
	answers := make([]answer, len(s.ask))
	var wg sync.WaitGroup
	for i, ask := range s.ask {
		wg.Go(func() { answers[i] = ask(each(i)) })
	}
	wg.Wait()
	for _, a := range answers {
		sum.Calls = append(sum.Calls, a.Calls...)
		sum.Edits = append(sum.Edits, a.Edits...)
		sum.Strange = append(sum.Strange, a.Strange...)
		if a.Err != "" {
			sum.Strange = append(sum.Strange, a.Err)
		}
	}
	if len(sum.Strange) > 0 {
		s.t.Fatal(sum.Strange)
	}
	return sum
}

// tenancy is that of the tenant that every store is born with.
func (s *site) tenancy() perms.Tenancy { return perms.TenantOf(s.home.ID) }
