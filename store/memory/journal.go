package memory

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Head implements [perms.Store].
func (s *Store) Head(ctx context.Context) (perms.Head, error) {
	return read(ctx, s, func(t *tables) (perms.Head, error) { return t.head, nil })
}

// Keys implements [perms.Store].
func (s *Store) Keys(ctx context.Context) ([]perms.Key, error) {
	return read(ctx, s, func(t *tables) ([]perms.Key, error) { return slices.Collect(t.keys.values()), nil })
}

// PutKeys implements [perms.Store].
func (s *Store) PutKeys(ctx context.Context, keys []perms.Key) error {
	return s.write(ctx, func(t *tables) error {
		if err := storable(keys); err != nil {
			return err
		}
		for _, k := range keys {
			t.keys = t.keys.with(k.Permission, k)
		}
		return nil
	})
}

// NextNumber implements [perms.Store].
func (s *Store) NextNumber(ctx context.Context, kind perms.Kind) (next int64, err error) {
	err = s.write(ctx, func(t *tables) error {
		last, _ := t.numbers.get(kind)
		next = last + 1
		t.numbers = t.numbers.with(kind, next)
		return nil
	})
	return next, err
}

// Append implements [perms.Store].
func (s *Store) Append(ctx context.Context, e perms.Entry) (head perms.Head, err error) {
	err = s.write(ctx, func(t *tables) error {
		if err := storable(e); err != nil {
			return err
		}
		e.Revision = t.head.Revision + 1
		if e.At = utc(e.At); e.At.Before(t.head.At) {
			e.At = t.head.At
		}
		for _, m := range []*perms.Members{&e.Before, &e.After, &e.PersonBefore, &e.PersonAfter} {
			if *m, err = recorded(*m); err != nil {
				return fmt.Errorf("memory: journal entry %s: %w", e.Action, err)
			}
		}
		t.journal = t.journal.with(e.Revision, &e)
		if e.PersonBefore != nil || e.PersonAfter != nil {
			t.persons = t.persons.with(numbered{e.Person, int64(e.Revision)}, struct{}{})
		}
		for _, id := range e.About() {
			t.about = t.about.with(numbered{id, int64(e.Revision)}, struct{}{})
		}
		t.head = perms.Head{Revision: e.Revision, At: e.At}
		head = t.head
		return nil
	})
	return head, err
}

// recorded returns a copy of m that consists of JSON values only, as if it had been to a database and back.
func recorded(m perms.Members) (perms.Members, error) {
	if len(m) == 0 {
		return nil, nil
	}
	if plain, ok := copyPlain(map[string]any(m), deepest); ok {
		return plain.(map[string]any), nil
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	var out perms.Members
	err = json.Unmarshal(text, &out)
	return out, err
}

// deepest is how deep a value may be for copyPlain: as deep as what a database would hand back can be written by hand.
const deepest = 16

// copyPlain returns a copy of a JSON value; ok is unset for what would be another value in a database, or none.
func copyPlain(v any, deep int) (plain any, ok bool) {
	switch known := v.(type) {
	case nil, bool:
		return v, true
	case string:
		return v, utf8.ValidString(known)
	case float64:
		return v, !math.IsNaN(known) && !math.IsInf(known, 0)
	case []any:
		return copyList(known, deep)
	case map[string]any:
		if known == nil || deep == 0 {
			return nil, false
		}
		out := make(map[string]any, len(known))
		for name, member := range known {
			if out[name], ok = copyPlain(member, deep-1); !ok || !utf8.ValidString(name) {
				return nil, false
			}
		}
		return out, true
	}
	return nil, false
}

func copyList(list []any, deep int) (plain any, ok bool) {
	if list == nil || deep == 0 {
		return nil, false
	}
	out := make([]any, len(list))
	for i, e := range list {
		if out[i], ok = copyPlain(e, deep-1); !ok {
			return nil, false
		}
	}
	return out, true
}

// Journal implements [perms.Store].
func (s *Store) Journal(ctx context.Context, f perms.JournalFilter) ([]perms.Entry, error) {
	return read(ctx, s, func(t *tables) ([]perms.Entry, error) {
		if err := bounded("limit", f.Limit, 1); err != nil {
			return nil, err
		}
		if len(f.About) > 0 {
			return t.entriesAbout(f), nil
		}
		var out []perms.Entry
		for r, e := range t.journal.after(f.After) {
			if len(out) == f.Limit || f.Until > 0 && r > f.Until {
				break
			}
			out = append(out, copyEntry(e))
		}
		return out, nil
	})
}

// entriesAbout returns the entries of a filter that names whom they are about.
func (t *tables) entriesAbout(f perms.JournalFilter) []perms.Entry {
	var revisions []int64
	for _, id := range unique(f.About) {
		for k := range t.about.after(numbered{id, int64(f.After)}) {
			if k.owner != id || f.Until > 0 && k.number > int64(f.Until) {
				break
			}
			revisions = append(revisions, k.number)
		}
	}
	slices.Sort(revisions)
	revisions = slices.Compact(revisions)
	var out []perms.Entry
	for _, r := range revisions[:min(len(revisions), f.Limit)] {
		e, _ := t.journal.get(perms.Revision(r))
		out = append(out, copyEntry(e))
	}
	return out
}

func copyEntry(e *perms.Entry) perms.Entry {
	c := *e
	c.Before, c.After = copyMembers(e.Before), copyMembers(e.After)
	c.PersonBefore, c.PersonAfter = copyMembers(e.PersonBefore), copyMembers(e.PersonAfter)
	return c
}

func copyMembers(m perms.Members) perms.Members {
	if m == nil {
		return nil
	}
	return copyJSON(map[string]any(m)).(map[string]any)
}

// copyJSON returns a deep copy of a JSON value.
func copyJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, member := range v {
			out[k] = copyJSON(member)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, member := range v {
			out[i] = copyJSON(member)
		}
		return out
	}
	return v
}

// forget drops the personal values of the entries about somebody.
func (t *tables) forget(person uuid.UUID) {
	for k := range t.persons.from(numbered{owner: person}) {
		if k.owner != person {
			break
		}
		stored, _ := t.journal.get(perms.Revision(k.number))
		e := *stored
		e.PersonBefore, e.PersonAfter = emptied(e.PersonBefore), emptied(e.PersonAfter)
		t.journal = t.journal.with(e.Revision, &e)
		t.persons = t.persons.without(k)
	}
}

// emptied returns members of the same names without values.
func emptied(m perms.Members) perms.Members {
	if m == nil {
		return nil
	}
	out := make(perms.Members, len(m))
	for k := range m {
		out[k] = nil
	}
	return out
}
