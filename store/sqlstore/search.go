package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Users implements [users.Store]. It is two statements, however many users there are.
func (s *Store) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	if err := bounded("limit", f.Limit, 0); err != nil {
		return nil, err
	}
	if err := bounded("offset", f.Offset, 0); err != nil {
		return nil, err
	}
	q := searchFor(&f)
	if q.hopeless {
		return []users.User{}, s.usable(ctx)
	}
	var found []users.User
	err := s.snapshot(ctx, func(u *unit) (err error) {
		var rows []userRow
		scan := func(r *sql.Rows) (err error) {
			rows, err = userRows(r)
			return err
		}
		if err := u.longQuery(ctx, scan, q.String(), q.args...); err != nil {
			return err
		}
		found, err = u.completeAll(ctx, rows)
		return err
	})
	if errors.Is(err, errText) { // no stored text equals or contains it
		return []users.User{}, nil
	}
	return found, err
}

// search is a statement in the making.
type search struct {
	strings.Builder
	args     []any
	hopeless bool // nobody can be found
}

func (q *search) add(clause string, args ...any) {
	q.WriteString(clause)
	q.args = append(q.args, args...)
}

// searchFor returns the statement of a filter. Who is in a tenant, or at home there, is found by an index in the order of numbers, so that a page costs
// what it shows and not what the tenant holds.
func searchFor(f *users.Filter) *search {
	const (
		everybody = selectUsers + `
			where u.number > ?`
		residents = `
			select` + userColumns + `
			from rolebook_tenancies t
			cross join rolebook_users u
			where t.tenancy = ? and t.user_number > ? and u.number = t.user_number and u.number > ?`
		home = `
			and u.home_tenant = ?`
		byNumber = `
			order by u.number`
		byResidence = `
			order by t.user_number`
		page = `
			limit ? offset ?`
	)
	q, order := &search{}, byNumber
	tenant := residence(f)
	if tenant != uuid.Nil {
		order = byResidence
		q.add(residents, tenant.String(), f.After, f.After)
	} else {
		q.add(everybody, f.After)
	}
	if f.Home != uuid.Nil {
		q.add(home, f.Home)
	}
	q.sight(f.Sight, tenant)
	q.statuses(f.Statuses)
	q.belonging(f)
	q.texts(f)
	q.add(order+page, limit(f.Limit), f.Offset)
	return q
}

// residence returns the one tenant that everybody whom the filter chooses names, if there is one to begin with.
func residence(f *users.Filter) uuid.UUID {
	switch s := f.Sight; {
	case f.Tenant != uuid.Nil:
		return f.Tenant
	case f.Home == uuid.Nil && s != nil && !s.All && !s.Homes && len(s.Tenants) == 1:
		return s.Tenants[0]
	}
	return uuid.Nil
}

// sight leaves out whom an actor does not see: staff above all, unless he sees everything. Everybody who is left of them names the tenant that is known.
func (q *search) sight(s *perms.Sight, known uuid.UUID) {
	const (
		noStaff = `
			and not exists (select 1 from rolebook_tenancies e where e.tenancy = 'any' and e.user_number = u.number)`
		home = `
			and u.home_tenant = ?`
		homes = `
			and u.home_tenant {in ids}`
		anywhere = `
			and u.number in (select s.user_number from rolebook_tenancies s where s.tenancy {in ids})`
	)
	if s == nil || s.All {
		return
	}
	q.add(noStaff)
	switch {
	case s.Blind():
		q.hopeless = true
	case s.Homes && len(s.Tenants) == 1: // in the order of the index
		q.add(home, s.Tenants[0])
	case s.Homes:
		q.add(homes, array(unique(s.Tenants)))
	case known == uuid.Nil || !s.Shows(perms.In(known)):
		q.add(anywhere, array(unique(s.Tenants)))
	}
}

func (q *search) statuses(wanted []perms.Status) {
	const (
		present = `
			and u.status <> 'deleted'` // as the index of external ids says it
		some = `
			and u.status in (`
	)
	deleted := false
	for _, w := range wanted {
		deleted = deleted || w == perms.Deleted
	}
	if !deleted {
		q.add(present)
	}
	if len(wanted) > 0 {
		q.add(some + "?" + strings.Repeat(", ?", len(wanted)-1) + ")")
		for _, w := range wanted {
			q.args = append(q.args, w)
		}
	}
}

// belonging adds roles in force, groups, tenants by their type, and who may hold a permission.
func (q *search) belonging(f *users.Filter) {
	const (
		role = `
			and u.number in (
				select user_number
				from rolebook_assignments
				where role_id = ? and (starts_at is null or starts_at <= ?) and (expires_at is null or expires_at > ?))`
		group = `
			and u.number in (select user_number from rolebook_memberships where group_id = ?)`
		typ = `
			and u.number in (select user_number from rolebook_tenancies where tenancy = ?)`
		numbers = `
			and u.number {in numbers}`
	)
	if f.Role != uuid.Nil {
		now := micros(f.Now)
		q.add(role, f.Role, now, now)
	}
	if f.Group != uuid.Nil {
		q.add(group, f.Group)
	}
	if f.Type != "" {
		q.add(typ, perms.TenantsOfType(f.Type).String())
	}
	if len(f.Numbers) > 0 {
		q.add(numbers, array(f.Numbers))
	}
	if f.Holding != nil {
		q.hopeless = q.hopeless || nobody(f.Holding)
		q.admitted(f.Holding, true)
		q.holding(f.Holding)
	}
}

// micros is how a time is stored, also the zero one.
func micros(t time.Time) int64 { return t.UnixMicro() }

func (q *search) texts(f *users.Filter) {
	const (
		external = `
			and u.external = ?`
		contains = `
			and {find}(u.search, ?) > 0`
	)
	if f.External != "" {
		q.add(external, f.External)
	}
	if f.Contains != "" {
		q.hopeless = q.hopeless || strings.Contains(f.Contains, searchSeparator)
		q.add(contains, users.Canonical(f.Contains))
	}
}

// searchSeparator stands between the texts in which a filter searches. No text has it.
const searchSeparator = "\n"

// searchText returns the texts of a user in which a filter searches.
func searchText(u *users.User) string {
	return users.Canonical(strings.Join([]string{u.Name.Full, u.Username, u.Email}, searchSeparator))
}
