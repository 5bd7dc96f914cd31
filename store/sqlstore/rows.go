package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"github.com/seed-06a6a295/rolebook/perms"
)

// list returns the rows of a statement as values of T, whose fields are tagged with the columns' names.
func list[T any](ctx context.Context, u *unit, text string, args ...any) ([]T, error) {
	var found []T
	err := u.query(ctx, func(rows *sql.Rows) error { return sqlx.StructScan(rows, &found) }, text, args...)
	return found, err
}

// one returns the only row of a statement, or the error missing.
func one[T any](ctx context.Context, u *unit, missing error, text string, args ...any) (T, error) {
	found, err := list[T](ctx, u, text, args...)
	return only(found, missing, err)
}

// scan reads the only row of a statement into what the pointers lead to, one for each column, or returns the error missing.
func (u *unit) scan(ctx context.Context, missing error, columns []any, text string, args ...any) error {
	found := false
	err := u.query(ctx, func(rows *sql.Rows) error {
		if found = rows.Next(); !found {
			return nil
		}
		return rows.Scan(columns...)
	}, text, args...)
	if err == nil && !found || errors.Is(err, errText) {
		return missing
	}
	return err
}

// scalars returns the rows of a statement with a single column.
func scalars[T any](ctx context.Context, u *unit, text string, args ...any) ([]T, error) {
	var found []T
	err := u.query(ctx, func(rows *sql.Rows) error {
		for rows.Next() {
			var v T
			if err := rows.Scan(&v); err != nil {
				return err
			}
			found = append(found, v)
		}
		return nil
	}, text, args...)
	return found, err
}

// scalar returns the only row of a statement with a single column, or the error missing.
func scalar[T any](ctx context.Context, u *unit, missing error, text string, args ...any) (T, error) {
	found, err := scalars[T](ctx, u, text, args...)
	return only(found, missing, err)
}

// only returns the one row that was found. A text that cannot be stored equals no stored one.
func only[T any](found []T, missing, err error) (T, error) {
	if err == nil && len(found) > 0 {
		return found[0], nil
	}
	var none T
	if err == nil || errors.Is(err, errText) {
		return none, missing
	}
	return none, err
}

// mapped returns what convert makes of each row; never nil.
func mapped[Row, T any](rows []Row, convert func(Row) T) []T {
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = convert(r)
	}
	return out
}

// insert runs a statement for rows: head, which ends in "values", a list for each row, and tail. A few rows at a time go into one statement, so that
// there are few different ones to prepare.
func (u *unit) insert(ctx context.Context, head string, rows [][]any, tail string) error {
	const most = 16
	for chunk := range slices.Chunk(rows, most) {
		list := "(" + strings.Repeat("?, ", len(chunk[0])-1) + "?)"
		text := head + strings.Repeat(list+", ", len(chunk)-1) + list + tail
		if _, err := u.exec(ctx, text, slices.Concat(chunk...)...); err != nil {
			return err
		}
	}
	return nil
}

// unique returns the ids, each once, in the order given.
func unique(ids []uuid.UUID) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(ids))
	out := make([]uuid.UUID, 0, len(ids))
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// unbounded is the limit of a statement without one. It can be added to an offset.
const unbounded = 1 << 62

func limit(n int) int64 {
	if n <= 0 {
		return unbounded
	}
	return int64(n)
}

// none returns the error taken unless a statement counts zero.
func (u *unit) none(ctx context.Context, taken error, text string, args ...any) error {
	n, err := scalar[int64](ctx, u, nil, text, args...)
	if err != nil || n == 0 {
		return err
	}
	return taken
}

// bounded returns an error for limits and offsets below least: databases make something of them, each its own.
func bounded(field string, n, least int) error {
	if n >= least {
		return nil
	}
	return perms.Invalid(field, perms.Range, fmt.Sprintf("must be at least %d", least))
}
