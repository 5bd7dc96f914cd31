package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// shelf is a store that has a head and keys, and counts how often these are read.
type shelf struct {
	Store
	head  perms.Head
	keys  []perms.Key
	reads int
	fails error
}

func (s *shelf) Head(context.Context) (perms.Head, error) { return s.head, nil }

func (s *shelf) Keys(context.Context) ([]perms.Key, error) {
	s.reads++
	return s.keys, s.fails
}

// A transaction reads the keys if the journal is not where it was when they were known, and only then: behind it, ahead of it, or elsewhere.
func TestCatalogueReach(t *testing.T) {
	at := func(r perms.Revision, seconds int64) perms.Head {
		return perms.Head{Revision: r, At: time.Unix(seconds, 0)}
	}
	entry := func(r perms.Revision, seconds int64, action perms.Action) perms.Entry {
		return perms.Entry{Revision: r, At: time.Unix(seconds, 0), Action: action}
	}
	s := &shelf{keys: []perms.Key{{Permission: "first.key"}}}
	c := newCatalogue(nil, perms.Head{})
	steps := []struct {
		name  string
		told  []perms.Entry // of a commit after
		after perms.Head
		head  perms.Head
		reads int
	}{
		{name: "nothing has happened", head: perms.Head{}},
		{name: "others have written", head: at(5, 10), reads: 1},
		{name: "nothing since", head: at(5, 10)},
		{name: "its own change", after: at(5, 10), told: []perms.Entry{entry(6, 11, perms.UserUpdate), entry(7, 12, perms.UserUpdate)}, head: at(7, 12)},
		{name: "its own change of the catalogue", after: at(7, 12), told: []perms.Entry{entry(8, 13, perms.UserUpdate), entry(9, 13, perms.CatalogueUpdate)}, head: at(9, 13), reads: 1},
		{name: "its own change after one of others'", after: at(10, 13), told: []perms.Entry{entry(11, 15, perms.UserUpdate)}, head: at(11, 15), reads: 1},
		{name: "of another history", after: at(11, 14), told: []perms.Entry{entry(12, 15, perms.UserUpdate)}, head: at(12, 15), reads: 1},
		{name: "a commit that wrote nothing", after: at(12, 15), head: at(12, 15)},
		{name: "a snapshot from before", head: at(11, 15), reads: 1},
		{name: "which changes nothing", head: at(12, 15)},
		{name: "a database that was put back, and has come as far", head: at(12, 16), reads: 1},
		{name: "nothing since that", head: at(12, 16)},
	}
	for _, step := range steps {
		s.head, s.reads = step.head, 0
		if step.after != (perms.Head{}) {
			c.appended(step.after, step.told)
		}
		if err := c.reach(t.Context(), s, s.head); err != nil || s.reads != step.reads {
			t.Errorf("%s: the keys were read %d times, want %d; %v", step.name, s.reads, step.reads, err)
		}
	}
	if !c.known.Load().Has("first.key") {
		t.Error("the key is not known")
	}
	s.head, s.keys = at(20, 20), []perms.Key{{Permission: "second.key"}}
	inner := c.copied()
	if err := inner.reach(t.Context(), s, s.head); err != nil || !inner.known.Load().Has("second.key") || c.known.Load().Has("second.key") {
		t.Errorf("of a copy: %v", err)
	}
	s.fails = errors.New("no keys")
	if err := c.reach(t.Context(), s, s.head); !errors.Is(err, s.fails) {
		t.Errorf("without the keys: %v", err)
	}
}
