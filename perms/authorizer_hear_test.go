package perms_test

import (
	"context"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// reread is a ledger whose journal's readings are counted.
type reread struct {
	*ledger
	journals int
}

func (r *reread) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	r.journals++
	return r.ledger.Journal(ctx, f)
}

// TestAppended: what a commit has written is known to the next check without the journal, if it goes on from where the Authorizer is. If it does not, the
// journal is read.
func TestAppended(t *testing.T) {
	for name, c := range map[string]struct {
		shared bool
		change func(after *perms.Head, list []perms.Entry) []perms.Entry
		reads  int
	}{
		"in memory": {false, func(_ *perms.Head, list []perms.Entry) []perms.Entry { return list }, 0},
		"shared":    {true, func(_ *perms.Head, list []perms.Entry) []perms.Entry { return list }, 0},
		"a position of another time": {true, func(after *perms.Head, list []perms.Entry) []perms.Entry {
			after.At = after.At.Add(time.Microsecond)
			return list
		}, 1},
		"a later position": {true, func(after *perms.Head, list []perms.Entry) []perms.Entry {
			after.Revision++
			return list
		}, 1},
		"a later commit": {true, func(after *perms.Head, list []perms.Entry) []perms.Entry {
			after.Revision++
			list[0].Revision++
			return list
		}, 1},
		"an entry left out": {true, func(_ *perms.Head, list []perms.Entry) []perms.Entry { return list[:0] }, 1},
		"a later entry": {true, func(_ *perms.Head, list []perms.Entry) []perms.Entry {
			list[0].Revision++
			return list
		}, 1},
		"new keys": {true, func(_ *perms.Head, list []perms.Entry) []perms.Entry {
			list[0].Action = perms.CatalogueUpdate
			return list
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			l, _ := newLedger(perms.CacheOptions{})
			store := &reread{ledger: l}
			view := func(_ context.Context, fn func(perms.Store) error) error { return fn(store) }
			a := perms.NewCachedAuthorizer(store, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }},
				perms.CacheOptions{Shared: c.shared, MaxStaleness: time.Hour})
			allowed := func(want bool) {
				t.Helper()
				got, err := a.Check(t.Context(), ann, "assets.view", perms.Home)
				if err != nil || got.Allowed != want || got.Revision != l.now.Load().head.Revision {
					t.Errorf("%+v, %v; want %t as of %d", got, err, want, l.now.Load().head.Revision)
				}
			}
			l.told = a.Committed
			l.set()
			allowed(true)
			after := l.now.Load().head
			l.told = func(h perms.Head) {
				entry := l.now.Load().journal[len(l.now.Load().journal)-1]
				a.Appended(after, c.change(&after, []perms.Entry{entry}))
				a.Committed(h)
			}
			store.journals = 0
			l.set(perms.Revoke("assets.view"))
			allowed(false)
			if store.journals != c.reads {
				t.Errorf("the journal was read %d times; want %d", store.journals, c.reads)
			}
		})
	}
}

// interrupted is a ledger in which something happens once while the journal is read.
type interrupted struct {
	*ledger
	during func()
}

func (i *interrupted) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	list, err := i.ledger.Journal(ctx, f)
	if fn := i.during; fn != nil {
		i.during = nil
		fn()
	}
	return list, err
}

// TestAppendedWhileTheJournalIsRead: what is told then is left to the next reading, for this one would go back behind it: an answer would name a revision that
// does not say so.
func TestAppendedWhileTheJournalIsRead(t *testing.T) {
	l, _ := newLedger(perms.CacheOptions{})
	l.told = func(perms.Head) {}
	store := &interrupted{ledger: l}
	view := func(_ context.Context, fn func(perms.Store) error) error { return fn(store) }
	a := perms.NewCachedAuthorizer(store, view, perms.Env{Catalog: func() *perms.Catalog { return office }, Clock: func() time.Time { return noon }},
		perms.CacheOptions{Shared: true, MaxStaleness: perms.Always})
	wants := func(want perms.Decision) {
		t.Helper()
		got, err := a.Check(t.Context(), ann, "assets.view", perms.Home)
		if err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	newest := func() *perms.Entry {
		list := l.now.Load().journal
		return &list[len(list)-1]
	}
	l.set()
	wants(perms.Decision{Allowed: true, Code: perms.GrantedByRole, Revision: 1})
	l.set()
	newest().Action = perms.UserPassword
	store.during = func() {
		a.Appended(perms.Head{Revision: 1}, []perms.Entry{*newest()})
		l.edit("dashboards.view")
		a.Appended(perms.Head{Revision: 2}, []perms.Entry{*newest()})
	}
	wants(perms.Decision{Allowed: true, Code: perms.GrantedByRole, Revision: 2})
	wants(perms.Decision{Allowed: false, Code: perms.NotGranted, Revision: 3})
}
