package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

func archiveCases() []testCase {
	return []testCase{
		{name: "EntriesAbout", run: entriesAbout},
		{name: "HeadAt", run: headAt},
		{name: "NothingArchived", run: nothingArchived},
		{name: "Archive", run: archiveJournal},
		{name: "ArchiveEverything", run: archiveEverything},
		{name: "ArchiveWhatIsNotThere", run: archiveWhatIsNotThere},
		{name: "ArchiveRolledBack", run: archiveRolledBack},
		{name: "Baselines", run: baselines},
		{name: "RoleIDs", run: roleIDs},
	}
}

// idTexts returns the ids as a list of the journal.
func idTexts(ids ...uuid.UUID) []any {
	out := []any{}
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

// someEntry returns an entry of some kind that concerns some of the ids.
func someEntry(random *rand.Rand, ids []uuid.UUID) perms.Entry {
	some := func() uuid.UUID { return ids[random.IntN(len(ids))] }
	e := entry(some())
	switch random.IntN(6) {
	case 0:
		e.Action, e.Target = perms.GroupMembers, perms.Target{Kind: perms.KindGroup, ID: some()}
		e.After = perms.Members{"added": idTexts(ids[:2]...), "removed": idTexts(ids[random.IntN(len(ids))])}
	case 1:
		e.Action, e.Target = perms.GroupMembers, perms.Target{Kind: perms.KindGroup, ID: some()}
		e.After = perms.Members{"added": idTexts(), "removed": idTexts(some())}
	case 2:
		e.Action, e.Target = perms.CatalogueUpdate, perms.Target{Kind: perms.KindCatalogue}
	case 3:
		e.Action, e.Target, e.Person = perms.InviteAccept, perms.Target{Kind: perms.KindInvite, ID: newID()}, some()
		e.PersonAfter = perms.Members{"name": "Ann"}
	case 4:
		e.Action, e.Target = perms.RoleUpdate, perms.Target{Kind: perms.KindRole, ID: some()}
	}
	return e
}

// The entries about some are just those that say so themselves, from whatever position to whatever other.
func entriesAbout(f *fixture) {
	random := rand.New(rand.NewPCG(1, 2))
	ids := []uuid.UUID{newID(), newID(), newID(), newID(), newID()}
	f.write(func(tx store.Store) error {
		for range 120 {
			f.must1(tx.Append(f.ctx, someEntry(random, ids)))
		}
		return nil
	})
	all := f.journal()
	equal(f, len(all), 120)
	asked := append(slices.Clone(ids), uuid.Nil, newID())
	for range 200 {
		filter := perms.JournalFilter{Limit: 1 + random.IntN(150)}
		for range 1 + random.IntN(3) {
			filter.About = append(filter.About, asked[random.IntN(len(asked))])
		}
		if random.IntN(3) > 0 {
			filter.After = perms.Revision(random.IntN(130))
		}
		if random.IntN(3) > 0 {
			filter.Until = perms.Revision(1 + random.IntN(130))
		}
		if random.IntN(4) == 0 {
			filter.About = nil
		}
		f.chooses(filter, all)
	}
}

// chooses checks that a filter chooses of all entries those that say so themselves.
func (f *fixture) chooses(filter perms.JournalFilter, all []perms.Entry) {
	f.Helper()
	want := []perms.Entry{}
	for _, e := range all {
		concerned := len(filter.About) == 0 || slices.ContainsFunc(e.About(), func(id uuid.UUID) bool { return slices.Contains(filter.About, id) })
		if concerned && e.Revision > filter.After && (filter.Until == 0 || e.Revision <= filter.Until) && len(want) < filter.Limit {
			want = append(want, e)
		}
	}
	equal(f, append([]perms.Entry{}, value[[]perms.Entry](f)(f.store.Journal(f.ctx, filter))...), want)
}

// The revision of an instant is that of the last entry at or before it, to the microsecond.
func headAt(f *fixture) {
	equal(f, value[perms.Head](f)(f.store.HeadAt(f.ctx, noon)), perms.Head{})
	random := rand.New(rand.NewPCG(3, 4))
	at, times := noon, []time.Time{}
	for range 40 {
		at = at.Add(time.Duration(random.IntN(3)) * time.Microsecond)
		e := entry(newID())
		e.At = at
		f.append(e)
		times = append(times, at)
	}
	check := func(archived int) {
		f.Helper()
		for t := noon.Add(-2 * time.Microsecond); !t.After(at.Add(2 * time.Microsecond)); t = t.Add(time.Microsecond) {
			var want perms.Head
			for i, entered := range times {
				if !entered.After(t) && i+1 >= archived {
					want = perms.Head{Revision: perms.Revision(i + 1), At: entered}
				}
			}
			equal(f, value[perms.Head](f)(f.store.HeadAt(f.ctx, t)), want)
		}
	}
	check(0)
	for _, until := range []int{1, 2, 17, 40} {
		f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, perms.Revision(until), nil) })
		check(until)
	}
	equal(f, value[perms.Head](f)(f.store.HeadAt(f.ctx, at.Add(time.Nanosecond))).Revision, 40)
}

func nothingArchived(f *fixture) {
	equal(f, value[perms.Head](f)(f.store.Archived(f.ctx)), perms.Head{})
	equal(f, value[map[uuid.UUID]perms.Members](f)(f.store.Baselines(f.ctx, nil)), map[uuid.UUID]perms.Members{})
	equal(f, value[map[uuid.UUID]perms.Members](f)(f.store.Baselines(f.ctx, []uuid.UUID{newID(), uuid.Nil})), map[uuid.UUID]perms.Members{})
}

// Archived entries are gone with all that belongs to them; the others, and the head, stay as they are.
func archiveJournal(f *fixture) {
	ids := []uuid.UUID{newID(), newID(), newID()}
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 10 {
		e := someEntry(random, ids)
		e.At = noon.Add(time.Duration(i) * time.Second)
		f.append(e)
	}
	all := f.journal()
	f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, 4, nil) })
	equal(f, value[perms.Head](f)(f.store.Archived(f.ctx)), perms.Head{Revision: 4, At: all[3].At})
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), perms.Head{Revision: 10, At: all[9].At})
	equal(f, f.journal(), all[4:])
	for _, id := range append(ids, uuid.Nil) {
		f.chooses(perms.JournalFilter{About: []uuid.UUID{id}, Limit: 100}, all[4:])
	}
	f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, 5, nil) })
	equal(f, f.journal(), all[5:])
	equal(f, f.append(entry(newID())).Revision, 11)
}

func archiveEverything(f *fixture) {
	e := entry(newID())
	e.Person, e.PersonAfter = e.Target.ID, perms.Members{"name": "Ann"}
	head := f.append(e)
	f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, 1, nil) })
	equal(f, len(f.journal()), 0)
	equal(f, value[perms.Head](f)(f.store.Archived(f.ctx)), head)
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), head)
	equal(f, f.append(entry(newID())).Revision, 2)
	equal(f, f.journal()[0].Revision, 2)
}

func archiveWhatIsNotThere(f *fixture) {
	f.append(entry(newID()))
	f.append(entry(newID()))
	f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, 1, nil) })
	for _, until := range []perms.Revision{-1, 0, 1, 3, math.MaxInt64} {
		f.broken(fmt.Sprint("archiving until ", until), func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, until, nil) })
	}
}

func archiveRolledBack(f *fixture) {
	id := newID()
	f.append(entry(id))
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		f.must(tx.ArchiveJournal(f.ctx, 1, map[uuid.UUID]perms.Members{id: {"status": "active"}}))
		return errOops
	})
	f.fails(err, errOops)
	f.unchanged(before)
	equal(f, len(value[map[uuid.UUID]perms.Members](f)(f.store.Baselines(f.ctx, []uuid.UUID{id}))), 0)
}

func baselines(f *fixture) {
	type known = map[uuid.UUID]perms.Members
	a, b := newID(), newID()
	read := func() known {
		return value[known](f)(f.store.Baselines(f.ctx, []uuid.UUID{a, b, uuid.Nil, a, newID()}))
	}
	revision := perms.Revision(0)
	put := func(k known) {
		f.append(entry(a))
		revision++
		f.write(func(tx store.Store) error { return tx.ArchiveJournal(f.ctx, revision, k) })
	}
	list := []any{"x", nil, 1.5, map[string]any{"deep": true}}
	given := known{a: {"status": "active", "list": list}, uuid.Nil: {"assets.view": map[string]any{"permission": "assets.view"}}}
	put(given)
	want := known{a: {"status": "active", "list": []any{"x", nil, 1.5, map[string]any{"deep": true}}}, uuid.Nil: {"assets.view": map[string]any{"permission": "assets.view"}}}
	list[0], given[a]["status"] = "changed", "changed"
	got := read()
	equal(f, got, want)
	got[a]["list"].([]any)[0] = "changed"
	equal(f, read(), want)

	put(known{a: {"status": "deleted"}, b: {"n": 7}, newID(): nil})
	equal(f, read(), known{a: {"status": "deleted"}, b: {"n": 7.0}, uuid.Nil: want[uuid.Nil]})
	put(known{a: nil, uuid.Nil: {}})
	equal(f, read(), known{b: {"n": 7.0}})
	f.append(entry(a))
	f.broken("a baseline that is no JSON", func(tx store.Store) error {
		return tx.ArchiveJournal(f.ctx, revision+1, known{a: {"v": math.NaN()}})
	})
}

func roleIDs(f *fixture) {
	viewer, clerk := f.addRole("viewer"), f.addRole("clerk")
	read := func(keys ...string) map[string]uuid.UUID {
		return value[map[string]uuid.UUID](f)(f.store.RoleIDs(f.ctx, keys))
	}
	equal(f, read(), map[string]uuid.UUID{})
	equal(f, read("nothing", `"}{,`, "\xff", "\x00", ""), map[string]uuid.UUID{})
	equal(f, read(viewer.Key, "nothing", clerk.Key, viewer.Key), map[string]uuid.UUID{viewer.Key: viewer.ID, clerk.Key: clerk.ID})
}
