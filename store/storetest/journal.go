package storetest

import (
	"math"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

func journalCases() []testCase {
	return []testCase{
		{name: "EntryReadsBack", run: entryReadsBack},
		{name: "Actors", run: entryActors},
		{name: "Members", run: entryMembers},
		{name: "MembersThatAreNoJSON", run: membersThatAreNoJSON},
		{name: "RevisionsAreTheStores", run: revisionsAreTheStores},
		{name: "ClockNeverRunsBackwards", run: clockNeverRunsBackwards},
		{name: "RolledBack", run: journalRolledBack},
		{name: "OrderAndFilter", run: journalFilter},
		{name: "Limits", run: journalLimits},
		{name: "Copies", run: journalCopies},
	}
}

func (f *fixture) journal() []perms.Entry {
	f.Helper()
	return value[[]perms.Entry](f)(f.store.Journal(f.ctx, perms.JournalFilter{Limit: 1000}))
}

func entryReadsBack(f *fixture) {
	e := perms.Entry{
		At: noon, Actor: perms.As(newID()).Ref(), Action: perms.OverrideSet, Target: perms.Target{Kind: perms.KindUser, ID: newID()}, Tenant: perms.In(f.home),
		Before: perms.Members{"granted": nil}, After: perms.Members{"permission": "assets.delete", "granted": false},
		Person: newID(), PersonBefore: perms.Members{"name": "Ann", "phone": nil}, PersonAfter: perms.Members{"name": "Änn O'Brien \"%_\\", "phone": ""},
		Reason: "stock-taking; --", RequestID: "4f1c",
	}
	equal(f, f.append(e), perms.Head{Revision: 1, At: noon})
	e.Revision = 1
	equal(f, f.journal(), []perms.Entry{e})
	equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), perms.Head{Revision: 1, At: noon})
}

func entryActors(f *fixture) {
	var want []perms.Entry
	for i, actor := range []perms.Actor{perms.System("setup"), perms.Guest(), perms.As(newID())} {
		e := perms.Entry{At: noon, Actor: actor.Ref(), Action: perms.CatalogueUpdate, Target: perms.Target{Kind: perms.KindCatalogue}, Tenant: perms.Anywhere}
		f.append(e)
		e.Revision = perms.Revision(i + 1)
		want = append(want, e)
	}
	equal(f, f.journal(), want)
}

// Whatever went in, JSON values come out; and members that are empty are nil.
func entryMembers(f *fixture) {
	type word string
	e := entry(newID())
	e.Before = perms.Members{}
	e.After = perms.Members{"n": 7, "big": float64(1 << 53), "word": word("x"), "words": []word{"b", "a"}, "none": []any{}, "deep": map[string]any{"a": []any{nil, true, 1.5}}}
	e.PersonBefore = perms.Members{}
	f.append(e)
	got := f.journal()[0]
	equal(f, got.Before, nil)
	equal(f, got.PersonBefore, nil)
	equal(f, got.PersonAfter, nil)
	equal(f, got.After, perms.Members{"n": float64(7), "big": float64(1 << 53), "word": "x", "words": []any{"b", "a"}, "none": []any{},
		"deep": map[string]any{"a": []any{nil, true, 1.5}}})
}

func membersThatAreNoJSON(f *fixture) {
	for _, v := range []any{math.NaN(), make(chan int), func() {}} {
		for _, place := range []func(*perms.Entry) *perms.Members{
			func(e *perms.Entry) *perms.Members { return &e.Before },
			func(e *perms.Entry) *perms.Members { return &e.After },
			func(e *perms.Entry) *perms.Members { return &e.PersonBefore },
			func(e *perms.Entry) *perms.Members { return &e.PersonAfter },
		} {
			e := entry(newID())
			*place(&e) = perms.Members{"v": v}
			f.broken("an entry that is no JSON", func(tx store.Store) error {
				_, err := tx.Append(f.ctx, e)
				return err
			})
		}
	}
}

func revisionsAreTheStores(f *fixture) {
	e := entry(newID())
	e.Revision = 99
	equal(f, f.append(e).Revision, 1)
	f.write(func(tx store.Store) error {
		for want := perms.Revision(2); want < 5; want++ {
			head, err := tx.Append(f.ctx, entry(newID()))
			f.must(err)
			equal(f, head.Revision, want)
			equal(f, value[perms.Head](f)(tx.Head(f.ctx)), head)
		}
		return nil
	})
	for i, e := range f.journal() {
		equal(f, e.Revision, perms.Revision(i+1))
	}
}

func clockNeverRunsBackwards(f *fixture) {
	for _, step := range []struct{ at, want time.Time }{
		{noon, noon},
		{noon.Add(-time.Hour), noon},
		{noon, noon},
		{noon.Add(time.Microsecond), noon.Add(time.Microsecond)},
		{time.Time{}, noon.Add(time.Microsecond)},
		{noon.Add(time.Hour).In(time.FixedZone("CET", 3600)).Add(999), noon.Add(time.Hour)},
	} {
		e := entry(newID())
		e.At = step.at
		head := f.append(e)
		equal(f, head.At, step.want)
		equal(f, value[perms.Head](f)(f.store.Head(f.ctx)), head)
		entries := f.journal()
		equal(f, entries[len(entries)-1].At, step.want)
	}
}

func journalRolledBack(f *fixture) {
	f.append(entry(newID()))
	before := f.dump()
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		e := entry(newID())
		e.At = noon.Add(time.Hour)
		equal(f, value[perms.Head](f)(tx.Append(f.ctx, e)), perms.Head{Revision: 2, At: noon.Add(time.Hour)})
		return errOops
	})
	f.fails(err, errOops)
	f.unchanged(before)
	equal(f, f.append(entry(newID())), perms.Head{Revision: 2, At: noon})
}

func journalFilter(f *fixture) {
	const n = 25
	f.write(func(tx store.Store) error {
		for range n {
			f.must1(tx.Append(f.ctx, entry(newID())))
		}
		return nil
	})
	for _, row := range []struct {
		after       perms.Revision
		limit       int
		first, last perms.Revision
	}{
		{0, 100, 1, 25}, {0, 1, 1, 1}, {0, 24, 1, 24}, {0, 25, 1, 25}, {10, 5, 11, 15}, {24, 5, 25, 25}, {25, 5, 0, 0}, {26, 5, 0, 0},
		{math.MaxInt64, 5, 0, 0}, {-3, 2, 1, 2},
	} {
		entries := value[[]perms.Entry](f)(f.store.Journal(f.ctx, perms.JournalFilter{After: row.after, Limit: row.limit}))
		var want []perms.Revision
		for r := row.first; r <= row.last && r > 0; r++ {
			want = append(want, r)
		}
		var got []perms.Revision
		for _, e := range entries {
			got = append(got, e.Revision)
		}
		equal(f, got, want)
	}
}

func journalLimits(f *fixture) {
	for _, limit := range []int{0, -1} {
		_, err := f.store.Journal(f.ctx, perms.JournalFilter{Limit: limit})
		f.fails(err, perms.ErrInvalid)
	}
}

func journalCopies(f *fixture) {
	inner := map[string]any{"k": "v"}
	list, deep := []any{"a", inner}, map[string]any{"k": "v"}
	e := entry(newID())
	e.Before, e.PersonAfter = perms.Members{"list": list}, perms.Members{"deep": deep}
	f.append(e)
	before := f.dump()
	list[0], inner["k"], deep["k"], e.Before["new"], e.PersonAfter["new"] = "changed", "changed", "changed", true, true
	f.unchanged(before)
	got := f.journal()[0]
	got.Before["list"].([]any)[0] = "changed"
	got.Before["list"].([]any)[1].(map[string]any)["k"] = "changed"
	got.PersonAfter["deep"].(map[string]any)["k"] = "changed"
	got.Before["new"], got.PersonAfter["new"] = true, true
	f.unchanged(before)
}
