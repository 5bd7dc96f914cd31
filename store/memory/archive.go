package memory

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// HeadAt implements [perms.Store].
func (s *Store) HeadAt(ctx context.Context, at time.Time) (perms.Head, error) {
	return read(ctx, s, func(t *tables) (perms.Head, error) {
		first := int(t.archived.Revision) + 1
		later := sort.Search(int(t.head.Revision)+1-first, func(i int) bool {
			e, _ := t.journal.get(perms.Revision(first + i))
			return e.At.After(at)
		})
		if later > 0 {
			e, _ := t.journal.get(perms.Revision(first + later - 1))
			return perms.Head{Revision: e.Revision, At: e.At}, nil
		}
		if t.archived.At.After(at) {
			return perms.Head{}, nil
		}
		return t.archived, nil
	})
}

// Archived implements [perms.Store].
func (s *Store) Archived(ctx context.Context) (perms.Head, error) {
	return read(ctx, s, func(t *tables) (perms.Head, error) { return t.archived, nil })
}

// ArchiveJournal implements [perms.Store].
func (s *Store) ArchiveJournal(ctx context.Context, until perms.Revision, baselines map[uuid.UUID]perms.Members) error {
	return s.write(ctx, func(t *tables) error {
		last, ok := t.journal.get(until)
		if !ok {
			return errUnknown("entry", until)
		}
		for id, m := range baselines {
			if len(m) == 0 {
				t.baselines = t.baselines.without(id)
				continue
			}
			kept, err := recorded(m)
			if err != nil {
				return fmt.Errorf("memory: baseline of %s: %w", id, err)
			}
			t.baselines = t.baselines.with(id, kept)
		}
		for r := t.archived.Revision + 1; r <= until; r++ {
			e, _ := t.journal.get(r)
			t.persons = t.persons.without(numbered{e.Person, int64(r)})
			for _, id := range e.About() {
				t.about = t.about.without(numbered{id, int64(r)})
			}
			t.journal = t.journal.without(r)
		}
		t.archived = perms.Head{Revision: last.Revision, At: last.At}
		return nil
	})
}

// Baselines implements [perms.Store].
func (s *Store) Baselines(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.Members, error) {
	return read(ctx, s, func(t *tables) (map[uuid.UUID]perms.Members, error) {
		found := map[uuid.UUID]perms.Members{}
		for _, id := range ids {
			if m, ok := t.baselines.get(id); ok {
				found[id] = copyMembers(m)
			}
		}
		return found, nil
	})
}

// RoleIDs implements [perms.Store].
func (s *Store) RoleIDs(ctx context.Context, keys []string) (map[string]uuid.UUID, error) {
	return read(ctx, s, func(t *tables) (map[string]uuid.UUID, error) {
		found := map[string]uuid.UUID{}
		for _, key := range keys {
			if id, ok := t.roleKeys.get(key); ok {
				found[key] = id
			}
		}
		return found, nil
	})
}
