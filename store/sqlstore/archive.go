package sqlstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// headAt halves the part of the journal in which the instant lies: revisions have no gaps, and their times never run backwards.
const headAt = `
	with recursive search (low, high) as (
		select a.revision, h.revision + 1
		from rolebook_archived a
		join rolebook_head h on h.id = 1
		where a.id = 1
		union all
		select case when j.at > ? then s.low else j.revision end, case when j.at > ? then j.revision else s.high end
		from search s
		join rolebook_journal j on j.revision = (s.low + s.high) / 2
		where s.high - s.low > 1
	)
	select s.low as revision, coalesce(j.at, a.at) as at
	from search s
	join rolebook_archived a on a.id = 1
	left join rolebook_journal j on j.revision = s.low
	where s.high - s.low = 1`

// HeadAt implements [perms.Store].
func (s *Store) HeadAt(ctx context.Context, t time.Time) (perms.Head, error) {
	var row headRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[headRow](ctx, u, nil, headAt, t.UnixMicro(), t.UnixMicro())
		return err
	})
	if head := row.head(); err == nil && !head.At.After(t) {
		return head, nil
	}
	return perms.Head{}, err
}

// Archived implements [perms.Store].
func (s *Store) Archived(ctx context.Context) (perms.Head, error) {
	const query = `
		select revision, at
		from rolebook_archived`
	var row headRow
	err := s.reading(ctx, func(u *unit) (err error) {
		row, err = one[headRow](ctx, u, nil, query)
		return err
	})
	return row.head(), err
}

// ArchiveJournal implements [perms.Store].
func (s *Store) ArchiveJournal(ctx context.Context, until perms.Revision, baselines map[uuid.UUID]perms.Members) error {
	const advance = `
		update rolebook_archived
		set revision = ?, at = (select at from rolebook_journal where revision = ?)
		where exists (select 1 from rolebook_journal where revision = ?)`
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	n, err := u.exec(ctx, advance, int64(until), int64(until), int64(until))
	if err != nil {
		return err
	}
	if n == 0 {
		return errUnknown("entry")
	}
	for _, remove := range []string{
		"delete from rolebook_personal where revision <= ?",
		"delete from rolebook_journal_members where revision <= ?",
		"delete from rolebook_journal where revision <= ?",
	} {
		if _, err := u.exec(ctx, remove, int64(until)); err != nil {
			return err
		}
	}
	u.archived = until
	return u.writeBaselines(ctx, baselines)
}

func (u *unit) writeBaselines(ctx context.Context, baselines map[uuid.UUID]perms.Members) error {
	const (
		remove = `
			delete from rolebook_baselines
			where id {in ids}`
		insert = `
			insert into rolebook_baselines (id, members)
			values `
	)
	ids := slices.SortedFunc(maps.Keys(baselines), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	if _, err := u.exec(ctx, remove, array(ids)); err != nil {
		return err
	}
	var rows [][]any
	for _, id := range ids {
		m := baselines[id]
		if len(m) == 0 {
			continue
		}
		text, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("sqlstore: baseline of %s: %w", id, err)
		}
		rows = append(rows, []any{id.String(), string(text)}) // of the catalogue, too, whose id would be NULL
	}
	return u.insert(ctx, insert, rows, "")
}

type baselineRow struct {
	ID      uuid.UUID `db:"id"`
	Members members   `db:"members"`
}

// Baselines implements [perms.Store].
func (s *Store) Baselines(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]perms.Members, error) {
	const query = `
		select id, members
		from rolebook_baselines
		where id {in ids}`
	found := map[uuid.UUID]perms.Members{}
	if len(ids) == 0 {
		return found, nil
	}
	err := s.reading(ctx, func(u *unit) error {
		rows, err := list[baselineRow](ctx, u, query, array(ids))
		for _, r := range rows {
			found[r.ID] = r.Members.Members
		}
		return err
	})
	return found, err
}

// RoleIDs implements [perms.Store].
func (s *Store) RoleIDs(ctx context.Context, keys []string) (map[string]uuid.UUID, error) {
	const query = `
		select id
		from rolebook_roles
		where key = ?`
	found := map[string]uuid.UUID{}
	err := s.snapshot(ctx, func(u *unit) error {
		for _, key := range keys {
			id, err := scalar[uuid.UUID](ctx, u, roles.ErrNotFound, query, key)
			if errors.Is(err, roles.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			found[key] = id
		}
		return nil
	})
	return found, err
}
