package sqlstore

import (
	"context"

	"github.com/seed-06a6a295/rolebook/perms"
)

type keyRow struct {
	Permission  string `db:"permission"`
	Description string `db:"description"`
	Feature     flag   `db:"feature"`
}

// Keys implements [perms.Store].
func (s *Store) Keys(ctx context.Context) ([]perms.Key, error) {
	const query = `
		select permission, description, feature
		from rolebook_keys
		order by permission`
	var found []keyRow
	err := s.reading(ctx, func(u *unit) (err error) {
		found, err = list[keyRow](ctx, u, query)
		return err
	})
	return mapped(found, func(k keyRow) perms.Key {
		return perms.Key{Permission: perms.Permission(k.Permission), Description: k.Description, Feature: bool(k.Feature)}
	}), err
}

// PutKeys implements [perms.Store].
func (s *Store) PutKeys(ctx context.Context, keys []perms.Key) error {
	const (
		insert = `
			insert into rolebook_keys (permission, description, feature)
			values `
		replace = `
			on conflict (permission) do update
			set description = excluded.description, feature = excluded.feature`
	)
	u, err := s.writing(ctx)
	if err != nil {
		return err
	}
	last := map[perms.Permission]perms.Key{} // a statement may not touch a row twice
	for _, k := range keys {
		last[k.Permission] = k
	}
	var rows [][]any
	for _, k := range keys {
		if last[k.Permission] == k {
			rows = append(rows, []any{string(k.Permission), k.Description, k.Feature})
			delete(last, k.Permission)
		}
	}
	return u.insert(ctx, insert, rows, replace)
}

// NextNumber implements [perms.Store].
func (s *Store) NextNumber(ctx context.Context, kind perms.Kind) (int64, error) {
	const next = `
		insert into rolebook_counters (kind, last)
		values (?, 1)
		on conflict (kind) do update
		set last = rolebook_counters.last + 1
		returning last`
	u, err := s.writing(ctx)
	if err != nil {
		return 0, err
	}
	return scalar[int64](ctx, u, nil, next, string(kind))
}
