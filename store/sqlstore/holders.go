package sqlstore

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

var subjectsByIDs = inquire(byIDs, selfFacts, tenancyFacts, assignmentFacts, ruleFacts, overrideFacts, objectFacts, groupObjectFacts)

// Subjects implements [perms.Store]. It is one statement for a few. The numbers of many are looked up once, and not by each part of that.
func (s *Store) Subjects(ctx context.Context, ids []uuid.UUID) ([]perms.Subject, error) {
	const (
		aFew    = 50
		numbers = `
			select number
			from rolebook_users
			where id {in ids}`
	)
	ids = unique(ids)
	var found []perms.Subject
	if len(ids) <= aFew {
		err := s.reading(ctx, func(u *unit) (err error) {
			found, err = u.subjects(ctx, subjectsByIDs, array(ids))
			return err
		})
		return found, err
	}
	err := s.snapshot(ctx, func(u *unit) error {
		known, err := scalars[int64](ctx, u, numbers, array(ids))
		if err != nil {
			return err
		}
		found, err = u.subjects(ctx, subjectsByNumbers, array(known))
		return err
	})
	return found, err
}

// Rules implements [perms.Store].
func (s *Store) Rules(ctx context.Context, scopes ...perms.Scope) ([]perms.Rule, error) {
	const (
		query = `
			select id, key, name, scope, patterns
			from rolebook_roles`
		bound = `
			where scope {among ids}`
		order = `
			order by number`
	)
	q := &search{}
	q.add(query)
	if len(scopes) > 0 {
		q.add(bound, array(mapped(scopes, perms.Scope.String)))
	}
	q.add(order)
	var rows []roleRow
	err := s.reading(ctx, func(u *unit) (err error) {
		rows, err = list[roleRow](ctx, u, q.String(), q.args...)
		return err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return mapped(rows, func(r roleRow) perms.Rule { return r.role().Rule() }), nil
}

// Candidates implements [perms.Store].
func (s *Store) Candidates(ctx context.Context, f perms.Candidates) (found []perms.Candidate, next int64, err error) {
	if err := bounded("limit", f.Limit, 1); err != nil {
		return nil, 0, err
	}
	if nobody(&f) {
		return nil, 0, s.usable(ctx)
	}
	err = s.snapshot(ctx, func(u *unit) (err error) {
		var numbers []int64
		if numbers, next, err = u.page(ctx, f); err == nil && len(numbers) > 0 {
			found, err = u.peruse(ctx, slices.Compact(numbers), &f)
		}
		return err
	})
	return found, next, err
}

// CountPlain implements [perms.Store].
func (s *Store) CountPlain(ctx context.Context, f perms.Candidates) (count int64, err error) {
	if nobody(&f) {
		return 0, s.usable(ctx)
	}
	err = s.snapshot(ctx, func(u *unit) error {
		from, err := u.begin(ctx, &f, unbounded)
		if err != nil {
			return err
		}
		counts, err := u.numbers(ctx, countPlainFrom(from, &f))
		if err == nil {
			count = counts[0]
		}
		return err
	})
	return count, err
}

// nobody reports whether the filter chooses nobody whatever there is.
func nobody(f *perms.Candidates) bool {
	return !f.Anywhere && len(f.Within) == 0 || f.Sight != nil && f.Sight.Blind()
}

// numbers returns the rows of a statement that may look through whole tables.
func (u *unit) numbers(ctx context.Context, q *search) ([]int64, error) {
	var found []int64
	err := u.longQuery(ctx, func(rows *sql.Rows) error {
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			found = append(found, n)
		}
		return nil
	}, q.String(), q.args...)
	return found, err
}

// beginning is the table with which a statement about candidates begins.
type beginning uint8

const (
	fromRoles     beginning = iota // who has the roles
	fromTenancies                  // who is in the tenants
	fromUsers                      // everybody
)

const (
	few  = 2000 // rows that it does not hurt to look at for nothing
	arms = 16   // as many roles or tenancies have a part of the statement each, and so keep the order of numbers
)

// countAssigned counts who has one of some roles, up to a limit.
const countAssigned = `
	select count(*)
	from (select 1 from rolebook_assignments where role_id {out of ids} limit ?) h`

// begin chooses the beginning: the roles while those who have them are few or everybody can be meant, else the tenants if there are fewer in them. It counts
// up to most.
func (u *unit) begin(ctx context.Context, f *perms.Candidates, most int64) (beginning, error) {
	const residents = `
			select count(*)
			from (select 1 from rolebook_tenancies where tenancy {in ids} limit ?) r`
	everywhere := f.Anywhere || len(f.Within) > arms
	if everywhere && len(f.Global)+len(f.Bound) <= arms {
		return fromRoles, nil
	}
	assigned, err := scalar[int64](ctx, u, nil, countAssigned, array(rolesOf(f)), most)
	if err != nil || assigned < few {
		return fromRoles, err
	}
	if !everywhere {
		present, err := scalar[int64](ctx, u, nil, residents, array(tenanciesOf(f)), most)
		if err != nil || present <= assigned {
			return fromTenancies, err
		}
	}
	if len(f.Global)+len(f.Bound) <= arms {
		return fromRoles, nil
	}
	return fromUsers, nil
}

func rolesOf(f *perms.Candidates) []uuid.UUID { return slices.Concat(f.Global, f.Bound) }

func tenanciesOf(f *perms.Candidates) []string { return mapped(f.Within, perms.Tenancy.String) }

// candidatesFrom returns the statement for a page of candidates: their numbers in ascending order, some of them twice. Each part of it reads an index in
// that order, so that the statement reads no more than the page. Both tables of a part are told where the page begins: a planner that joins two orders reads
// the second one from there, and not from its own beginning.
func candidatesFrom(from beginning, f *perms.Candidates) *search {
	const (
		residents = `
			select t.user_number
			from rolebook_tenancies t
			cross join rolebook_users u
			where t.tenancy = ? and t.user_number > ? and u.number = t.user_number and u.number > ?`
		and = `
			union all`
		page = `
			order by 1
			limit ?`
	)
	q := &search{}
	switch from {
	case fromUsers:
		return candidatesUntil(math.MaxInt64, f)
	case fromTenancies:
		for i, t := range f.Within {
			if i > 0 {
				q.add(and)
			}
			q.arm("t", len(f.Within), func() {
				q.add(residents, t, f.After, f.After)
				q.admitted(f, false)
				q.holding(f)
			})
		}
	default:
		global := parts(f.Global)
		all := slices.Concat(global, parts(f.Bound))
		q.arm("o", 1+len(all), func() { q.overridden(f) })
		for i, roles := range all {
			q.add(and)
			order := "a"
			if len(roles) > 1 {
				order = "few"
			}
			q.arm(order, 1+len(all), func() { q.assigned(f, roles, f.Doubtful && i < len(global)) })
		}
	}
	q.add(page, f.Limit)
	return q
}

// arm adds one of the parts of a union, in the order in which an index of its first table has the users. What is no union has its order at the end.
func (q *search) arm(table string, parts int, write func()) {
	if parts == 1 {
		write()
		return
	}
	q.add(`
			{arm}`)
	write()
	q.add(`
			{in order of ` + table + `}`)
}

// parts returns roles one by one, or all at once if they are too many for that.
func parts(roles []uuid.UUID) [][]uuid.UUID {
	if len(roles) > arms {
		return [][]uuid.UUID{roles}
	}
	return slices.Collect(slices.Chunk(roles, 1))
}

// countPlainFrom returns the statement that counts the plain candidates.
func countPlainFrom(from beginning, f *perms.Candidates) *search {
	const (
		count = `
			select count(*)
			from (`
		holders = `
				select a.user_number as number
				from rolebook_assignments a
				where a.role_id {in ids} and a.scope = 'any'`
		byUser = `
				group by a.user_number`
		residents = `
				select distinct t.user_number as number
				from rolebook_tenancies t
				where t.tenancy {in ids}`
		join = `
			) h
			cross join rolebook_users u
			where u.number = h.number`
	)
	q := &search{together: true}
	q.add(count)
	if from == fromTenancies {
		q.add(residents, array(tenanciesOf(f)))
		q.add(join)
		q.admitted(f, false)
		q.add(`
			and `)
		q.plain(f)
		return q
	}
	q.add(holders, array(f.Global))
	q.open("a", f)
	q.add(byUser) // so that they are looked up in their order
	q.add(join)
	q.admitted(f, true)
	q.unruled(f)
	return q
}

// assigned adds the part of the statement that begins with who has a role in force; if elsewhere is set, only who has it in one tenant alone.
func (q *search) assigned(f *perms.Candidates, roles []uuid.UUID, elsewhere bool) {
	const (
		one = `
			select a.user_number
			from rolebook_assignments a
			cross join rolebook_users u
			where a.role_id = ? and a.user_number > ? and u.number = a.user_number and u.number > ?`
		several = `
			select a.user_number
			from (
				select user_number, scope, starts_at, expires_at
				from rolebook_assignments
				where role_id {in ids} and user_number > ?{one by one}) a
			cross join rolebook_users u
			where u.number = a.user_number and u.number > ?`
		inTenant = `
			and a.scope <> 'any'`
	)
	if len(roles) == 1 {
		q.add(one, roles[0], f.After, f.After)
	} else {
		q.add(several, array(roles), f.After, f.After)
	}
	if elsewhere {
		q.add(inTenant)
	}
	q.open("a", f)
	q.admitted(f, true)
	q.doubtful(f)
}

// overridden adds the part of the statement that begins with who has an override in force: one that grants; or any one, of the doubtful, whose role it may
// take from them in one tenant alone.
func (q *search) overridden(f *perms.Candidates) {
	const (
		ruled = `
			select o.user_number
			from rolebook_overrides o
			cross join rolebook_users u
			where o.permission = ? and o.user_number > ? and u.number = o.user_number and u.number > ?`
		granted = `
			and o.granted`
	)
	q.add(ruled, string(f.Permission), f.After, f.After)
	q.open("o", f)
	q.admitted(f, true)
	if f.Doubtful {
		q.holding(f)
		return
	}
	q.add(granted)
}

// admitted leaves out who is not active or not seen, and, unless the statement begins with them, who is in none of the tenants.
func (q *search) admitted(f *perms.Candidates, within bool) {
	const (
		active = `
			and u.status = 'active'`
		in = `
			and exists (select 1 from rolebook_tenancies w where w.user_number = u.number and {each} w.tenancy {among ids}{one by one})`
		inAny = `
			and exists (
				select 1 from rolebook_tenancies w
				where w.user_number = u.number and ({each} w.tenancy {among ids}
					or exists (select 1 from rolebook_tenants x where x.id = w.tenancy and x.type not in ('retired', 'deleted'){one by one})){one by one})`
	)
	q.add(active)
	q.seen(f.Sight)
	switch {
	case !within:
	case f.Anywhere:
		q.add(inAny, array(tenanciesOf(f)))
	default:
		q.add(in, array(tenanciesOf(f)))
	}
}

// seen is sight for a statement that begins with those who may hold the permission: it asks of each of them, and never for all whom the actor sees.
func (q *search) seen(s *perms.Sight) {
	const somewhere = `
			and exists (select 1 from rolebook_tenancies s where s.user_number = u.number and {each} s.tenancy {among ids}{one by one})`
	if s == nil || s.All || s.Homes || s.Blind() {
		q.sight(s, uuid.Nil)
		return
	}
	q.add(noStaff)
	q.add(somewhere, array(unique(s.Tenants)))
}

// holding leaves out who has neither a role nor an override that gives the permission.
func (q *search) holding(f *perms.Candidates) {
	const (
		role = `
			and (exists (
				select 1 from rolebook_assignments a
				where a.user_number = u.number and {each} a.role_id {among ids}`
		override = `{one by one})
			or exists (
				select 1 from rolebook_overrides o
				where o.user_number = u.number and o.permission = ? and o.granted`
		end = `{one by one}))`
	)
	q.add(role, array(rolesOf(f)))
	q.open("a", f)
	q.add(override, string(f.Permission))
	q.open("o", f)
	q.add(end)
	q.doubtful(f)
}

// doubtful leaves out the plain ones, if the filter does.
func (q *search) doubtful(f *perms.Candidates) {
	if f.Doubtful {
		q.add(`
			and not `)
		q.plain(f)
	}
}

// plain is the condition that a user has a role that gives the permission everywhere, and no override that rules it.
func (q *search) plain(f *perms.Candidates) {
	const (
		role = `(exists (
				select 1 from rolebook_assignments p
				where p.user_number = u.number and {each} p.role_id {among ids} and p.scope = 'any'`
		end = `{one by one})`
	)
	q.add(role, array(f.Global))
	q.open("p", f)
	q.add(end)
	q.unruled(f)
	q.add(`)`)
}

// unruled leaves out who has an override in force of the permission.
func (q *search) unruled(f *perms.Candidates) {
	const (
		override = `
			and not exists (
				select 1 from rolebook_overrides r
				where r.user_number = u.number and r.permission = ?`
		end = `{one by one})`
	)
	q.add(override, string(f.Permission))
	q.open("r", f)
	q.add(end)
}

// open leaves out the rows of a table that are not in force, but for those that will be if the filter wants them.
func (q *search) open(table string, f *perms.Candidates) {
	const window = `
			and (@.starts_at is null or @.starts_at <= ?) and (@.expires_at is null or @.expires_at > ?)`
	now, begun := micros(f.Now), micros(f.Now)
	if f.Coming {
		begun = math.MaxInt64
	}
	q.add(strings.ReplaceAll(window, "@", table), begun, now)
}
