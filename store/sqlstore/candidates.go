package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// page returns the numbers of the next candidates, some of them twice, and where to go on. Where everybody can be meant, it looks at the next few users
// first: if that was all it takes, it has not looked for who has each of the roles.
func (u *unit) page(ctx context.Context, f perms.Candidates) (numbers []int64, next int64, err error) {
	const nearby = 8 // times as many users as are wanted
	from, err := u.begin(ctx, &f, few)
	if err != nil {
		return nil, 0, err
	}
	if f.Anywhere && !f.Doubtful && len(f.Global)+len(f.Bound) <= arms {
		until := f.After + min(nearby*min(int64(f.Limit), few), math.MaxInt64-max(f.After, 0))
		numbers, err = u.numbers(ctx, candidatesUntil(until, &f))
		if err != nil || len(numbers) == f.Limit {
			return numbers, last(numbers), err
		}
		f.After, f.Limit = until, f.Limit-len(numbers)
	}
	more, err := u.numbers(ctx, candidatesFrom(from, &f))
	if len(more) == f.Limit {
		next = last(more)
	}
	return append(numbers, more...), next, err
}

// last returns the last of some numbers, zero if there are none.
func last(numbers []int64) int64 {
	if len(numbers) == 0 {
		return 0
	}
	return numbers[len(numbers)-1]
}

// peruse returns the candidates with the given numbers, which ascend. Of the plain ones it reads no more than the filter wants.
func (u *unit) peruse(ctx context.Context, numbers []int64, f *perms.Candidates) ([]perms.Candidate, error) {
	lean := map[int64]*perms.Subject{}
	if f.Lean && !f.Doubtful {
		if err := u.plainAmong(ctx, numbers, f, lean); err != nil {
			return nil, err
		}
	}
	doubtful := slices.DeleteFunc(slices.Clone(numbers), func(n int64) bool { return lean[n] != nil })
	var whole []perms.Subject
	if len(doubtful) > 0 {
		var err error
		if whole, err = u.subjects(ctx, subjectsByNumbers, array(doubtful)); err != nil {
			return nil, err
		}
	}
	found := make([]perms.Candidate, 0, len(numbers))
	for _, n := range numbers {
		if s := lean[n]; s != nil {
			found = append(found, perms.Candidate{Number: n, Subject: *s, Lean: true})
			continue
		}
		found, whole = append(found, perms.Candidate{Number: n, Subject: whole[0]}), whole[1:]
	}
	return found, nil
}

// plainAmong adds the plain candidates among those with the given numbers.
func (u *unit) plainAmong(ctx context.Context, numbers []int64, f *perms.Candidates, found map[int64]*perms.Subject) error {
	q := plainAmong(numbers, f)
	return u.query(ctx, func(rows *sql.Rows) error {
		for rows.Next() {
			var (
				n       int64
				id      uuid.UUID
				tenancy sql.RawBytes
			)
			if err := rows.Scan(&n, &id, &tenancy); err != nil {
				return err
			}
			t, err := perms.ParseTenancy(string(tenancy))
			if err != nil {
				return fmt.Errorf("sqlstore: user %d: %w", n, err)
			}
			if found[n] == nil {
				found[n] = &perms.Subject{User: id, Status: perms.Active}
			}
			found[n].Tenants = append(found[n].Tenants, t)
		}
		return nil
	}, q.String(), q.args...)
}

// plainAmong returns the statement for the tenancies of those among some candidates who are plain.
func plainAmong(numbers []int64, f *perms.Candidates) *search {
	const (
		tenancies = `
			select u.number, u.id, t.tenancy
			from rolebook_users u
			join rolebook_tenancies t on t.user_number = u.number
			where u.number {in numbers}
			and `
		order = `
			order by t.user_number, t.position`
	)
	q := &search{}
	q.add(tenancies, array(numbers))
	q.plain(f)
	q.add(order)
	return q
}

// candidatesUntil returns the statement for a page of those candidates whose numbers go no further than a given one. It begins with everybody.
func candidatesUntil(number int64, f *perms.Candidates) *search {
	const (
		everybody = `
			select u.number
			from rolebook_users u
			where u.number > ? and u.number <= ?`
		page = `
			order by 1
			limit ?`
	)
	q := &search{}
	q.add(everybody, f.After, number)
	q.admitted(f, true)
	q.holding(f)
	q.add(page, f.Limit)
	return q
}
