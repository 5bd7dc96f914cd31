package storetest

import (
	"sync"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

func listenerCases() []testCase {
	return []testCase{
		{name: "Commits", run: listenersHear, open: true},
		{name: "NotRollbacks", run: listenersHearNoRollbacks, open: true},
		{name: "NotIneffective", run: listenersHearEntriesOnly, open: true},
		{name: "Entries", run: listenersHearEntries, open: true},
		{name: "BesidePanics", run: listenersHearBesidePanics, open: true},
		{name: "InOrder", run: listenersHearInOrder, open: true, conf: patient},
		{name: "Shared", run: sharedEverywhere},
	}
}

// sharedEverywhere: whether others write to the database does not depend on where one asks.
func sharedEverywhere(f *fixture) {
	want := f.store.Shared()
	f.write(func(tx store.Store) error {
		equal(f, tx.Shared(), want)
		return nil
	})
	f.must(f.store.View(f.ctx, func(tx store.Store) error {
		equal(f, tx.Shared(), want)
		return nil
	}))
}

// ear is a listener that keeps what it was told.
type ear struct {
	mu    sync.Mutex
	heard []perms.Head
}

func (e *ear) listen(h perms.Head) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, h)
}

// take returns what has been heard since the last time.
func (e *ear) take() []perms.Head {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := e.heard
	e.heard = nil
	return heard
}

func listenersHear(f *fixture) {
	var a, b ear
	f.store.OnCommit(a.listen)
	f.store.OnCommit(b.listen)
	f.append(entry(newID()))
	for _, e := range []*ear{&a, &b} {
		equal(f, e.take(), []perms.Head{{Revision: 1, At: noon}}) // before InTx has returned
	}
	f.write(func(tx store.Store) error {
		f.inserts(tx, "ann")
		f.must(tx.InTx(f.ctx, func(inner store.Store) error {
			e := entry(newID())
			e.At = noon.Add(time.Minute)
			f.must1(inner.Append(f.ctx, e))
			return nil
		}))
		equal(f, len(a.take()), 0) // not before the commit
		return nil
	})
	for _, e := range []*ear{&a, &b} {
		equal(f, e.take(), []perms.Head{{Revision: 3, At: noon.Add(time.Minute)}}) // once
	}
}

func listenersHearNoRollbacks(f *fixture) {
	var e ear
	f.store.OnCommit(e.listen)
	f.fails(f.store.InTx(f.ctx, func(tx store.Store) error {
		f.inserts(tx, "ann")
		f.must(tx.InTx(f.ctx, func(inner store.Store) error {
			f.inserts(inner, "bob")
			return nil
		}))
		return errOops
	}), errOops)
	f.write(func(tx store.Store) error {
		f.fails(tx.InTx(f.ctx, func(inner store.Store) error {
			f.inserts(inner, "ann")
			return errOops
		}), errOops)
		return nil
	})
	panicking(func() {
		_ = f.store.InTx(f.ctx, func(tx store.Store) error {
			f.inserts(tx, "ann")
			panic("oops")
		})
	})
	equal(f, e.take(), nil)
}

// A listener that panics keeps nobody else from hearing of the commit, in the order of the listeners, nor the next transaction from its turn.
func listenersHearBesidePanics(f *fixture) {
	var heard []string
	hears := func(name string) func(perms.Head) { return func(perms.Head) { heard = append(heard, name) } }
	fails := true
	oops := func() {
		if fails {
			panic("oops")
		}
	}
	f.store.OnAppend(func(perms.Head, []perms.Entry) { oops() })
	f.store.OnCommit(hears("a"))
	f.store.OnCommit(func(perms.Head) { oops() })
	f.store.OnCommit(hears("b"))
	panicking(func() { f.append(entry(newID())) })
	equal(f, heard, []string{"a", "b"})
	equal(f, len(f.journal()), 1)
	fails = false
	f.append(entry(newID()))
	equal(f, heard, []string{"a", "b", "a", "b"})
}

// What writes no entry is no effective change.
func listenersHearEntriesOnly(f *fixture) {
	var e ear
	f.store.OnCommit(e.listen)
	ann := f.addUser("ann")
	f.write(func(store.Store) error { return nil })
	f.must(f.store.View(f.ctx, func(store.Store) error { return nil }))
	for _, write := range f.standAlone(ann) {
		f.must(write(f.store))
	}
	equal(f, e.take(), nil)
}

func listenersHearInOrder(f *fixture) {
	var e ear
	f.store.OnCommit(e.listen)
	const writers = 32
	errs := atOnce(writers, func(int) error {
		return f.store.InTx(f.ctx, func(tx store.Store) error {
			_, err := tx.Append(f.ctx, entry(newID()))
			return err
		})
	})
	f.counted(errs, writers, nil)
	var want []perms.Head
	for r := range perms.Revision(writers) {
		want = append(want, perms.Head{Revision: r + 1, At: noon})
	}
	equal(f, e.take(), want)
}

// Who hears of what was appended is told the entries that are in the journal, and from where they go on.
func listenersHearEntries(f *fixture) {
	var (
		before  []perms.Head
		entries []perms.Entry
		e       ear
	)
	f.store.OnCommit(e.listen)
	f.store.OnAppend(func(after perms.Head, list []perms.Entry) {
		equal(f, len(e.take()), 0) // not before he has
		before, entries = append(before, after), append(entries, list...)
	})
	appends := func(tx store.Store, reason string) {
		added := entry(newID())
		added.Reason, added.After = reason, perms.Members{"name": reason}
		f.must1(tx.Append(f.ctx, added))
	}
	for _, first := range []string{"a", "c"} {
		f.write(func(tx store.Store) error {
			f.must1(tx.Head(f.ctx))
			appends(tx, first)
			f.fails(tx.InTx(f.ctx, func(inner store.Store) error {
				appends(inner, "undone")
				return errOops
			}), errOops)
			f.must(tx.InTx(f.ctx, func(inner store.Store) error {
				appends(inner, "b")
				return nil
			}))
			return nil
		})
		equal(f, len(e.take()), 1)
	}
	f.fails(f.store.InTx(f.ctx, func(tx store.Store) error {
		f.must1(tx.Head(f.ctx))
		appends(tx, "undone")
		return errOops
	}), errOops)
	equal(f, before, []perms.Head{{}, {Revision: 2, At: noon}})
	equal(f, entries, f.journal())
}
