package perms_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// written makes the journal of a store one of so many entries, a second apart.
func written(st *fakeStore, first time.Time, n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.journal = nil
	for i := range n {
		st.journal = append(st.journal, perms.Entry{Revision: perms.Revision(i + 1), At: first.Add(time.Duration(i) * time.Second)})
	}
}

// Whoever follows from where the journal has not been learns so, instead of missing what comes until it has.
func TestFollowFromNoPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStore()
		h := history(st)
		written(st, noon, 5)
		st.archived = perms.Head{Revision: 2, At: noon.Add(time.Second)}
		st.journal = st.journal[2:]
		at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
		for _, c := range []struct {
			after perms.Revision
			at    time.Time
			want  error
		}{
			{5, time.Time{}, nil}, {5, at(4), nil}, {5, at(4).In(time.FixedZone("", 3600)), nil}, {3, at(2), nil}, {3, time.Time{}, nil}, {2, time.Time{}, nil}, {2, at(1), nil},
			{6, time.Time{}, perms.ErrNoPosition}, {6, at(4), perms.ErrNoPosition}, {1 << 40, time.Time{}, perms.ErrNoPosition},
			{5, at(5), perms.ErrNoPosition}, {3, at(4), perms.ErrNoPosition}, {2, at(2), perms.ErrNoPosition}, {1, at(0), perms.ErrArchived},
		} {
			f := follow(t.Context(), h, perms.System("test"), c.after, perms.FollowOptions{At: c.at})
			got, err := f.so()
			if !errors.Is(err, c.want) || c.want == nil && (err != nil || len(got) != int(5-c.after)) {
				t.Errorf("after %d, %s: %v, %v; want %v", c.after, c.at, got, err, c.want)
			}
			want := c.after
			if c.want == nil {
				want = min(5, c.after+1)
			}
			if _, next, err := h.Entries(t.Context(), perms.System("test"), c.after, 1); c.at.IsZero() && (!errors.Is(err, c.want) || next != want) {
				t.Errorf("entries after %d: up to %d, %v; want %v", c.after, next, err, c.want)
			}
		}
		_, _, err := h.Entries(t.Context(), perms.System("test"), 6, 1)
		if invalid := (*perms.InvalidError)(nil); !errors.As(err, &invalid) || invalid.Fields[0].Field != "after" || invalid.Fields[0].Code != perms.Range {
			t.Errorf("it is not told what is wrong: %v", err)
		}
	})
}

// A journal that is put back while it is followed is noticed, be it shorter than before, or as long and another.
func TestFollowNoticesAnotherJournal(t *testing.T) {
	for name, c := range map[string]struct {
		first   time.Time
		entries int
		want    error
	}{
		"shorter":            {noon, 2, perms.ErrNoPosition},
		"as long, others":    {noon.Add(time.Minute), 3, perms.ErrNoPosition},
		"longer, others":     {noon.Add(time.Minute), 9, perms.ErrNoPosition},
		"the same, and more": {noon, 9, nil},
	} {
		for after := range perms.Revision(4) {
			synctest.Test(t, func(t *testing.T) {
				st := newStore()
				h := history(st)
				written(st, noon, 3)
				f := follow(t.Context(), h, perms.System("test"), after, perms.FollowOptions{})
				f.saw(t, after+1, 3)
				written(st, c.first, c.entries)
				h.Committed(perms.Head{})
				if got, err := f.so(); !errors.Is(err, c.want) || c.want != nil && len(got) != int(3-after) {
					t.Errorf("%s, after %d: %v, %v", name, after, got, err)
				}
			})
		}
	}
}
