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

// Users implements [users.Store]. It is two statements, however many users there are, and three to find who has a role in a tenant.
func (s *Store) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	if err := bounded("limit", f.Limit, 0); err != nil {
		return nil, err
	}
	if err := bounded("offset", f.Offset, 0); err != nil {
		return nil, err
	}
	if searchFor(&f, false).hopeless {
		return []users.User{}, s.usable(ctx)
	}
	var found []users.User
	err := s.snapshot(ctx, func(u *unit) error {
		byRole, err := u.fewHold(ctx, &f)
		if err != nil {
			return err
		}
		q := searchFor(&f, byRole)
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

// fewHold reports whether those who have the filter's role are so few that it is best to begin with them, whatever tenant is meant.
func (u *unit) fewHold(ctx context.Context, f *users.Filter) (bool, error) {
	if f.Role == uuid.Nil || !settled(f) {
		return false, nil
	}
	assigned, err := scalar[int64](ctx, u, nil, countAssigned, array([]uuid.UUID{f.Role}), few)
	return assigned < few, err
}

// search is a statement in the making.
type search struct {
	strings.Builder
	args     []any
	hopeless bool // nobody can be found
	together bool // everybody is looked at, and no page
}

func (q *search) add(clause string, args ...any) {
	if q.together {
		clause = strings.ReplaceAll(clause, "{one by one}", "")
	}
	q.WriteString(clause)
	q.args = append(q.args, args...)
}

// searchFor returns the statement of a filter. Who is in a tenant, at home there, or in a group, names a type of tenants or has a role, is found by an index in
// the order of numbers, so that a page costs what it shows and not what the tenant or the group holds, or how many have the role. Of several tenants each has a part of the statement, unless they are many.
func searchFor(f *users.Filter, byRole bool) *search {
	const (
		and = `
			union all`
		page = `
			order by 2
			limit ? offset ?`
	)
	q, tenants := &search{}, residences(f)
	switch {
	case byRole || f.Role != uuid.Nil && !settled(f):
		q.holders(f)
		q.seen(f.Sight)
		q.inTenant(f.Tenant)
		q.narrow(f)
	case f.Group != uuid.Nil:
		q.members(f)
		q.seen(f.Sight)
		q.inTenant(f.Tenant)
		q.having(f)
		q.narrow(f)
	case f.Type != "" && !settled(f):
		q.residents(f, perms.TenantsOfType(f.Type), nil)
		q.seen(f.Sight)
		q.having(f)
		q.narrow(f)
	case len(tenants) == 0:
		q.everybody(f)
		q.sight(f.Sight, uuid.Nil)
		q.having(f)
		q.narrow(f)
	default:
		for i, tenant := range tenants {
			if i > 0 {
				q.add(and)
			}
			q.arm("t", len(tenants), func() {
				q.residents(f, perms.TenantOf(tenant), tenants[:i])
				q.sight(f.Sight, tenant)
				q.having(f)
				q.narrow(f)
			})
		}
	}
	q.add(page, limit(f.Limit), f.Offset)
	return q
}

func (q *search) everybody(f *users.Filter) {
	const everybody = selectUsers + `
			where u.number > ?`
	q.add(everybody, f.After)
}

// residents begins with who names a tenancy, and none of the other tenants.
func (q *search) residents(f *users.Filter, t perms.Tenancy, others []uuid.UUID) {
	const (
		residents = `
			select u.id, t.user_number as number,` + otherColumns + `
			from rolebook_tenancies t
			cross join rolebook_users u
			where t.tenancy = ? and t.user_number > ? and u.number = t.user_number and u.number > ?`
		elsewhere = `
			and not exists (select 1 from rolebook_tenancies o where o.user_number = u.number and o.tenancy {in ids})`
	)
	q.add(residents, t.String(), f.After, f.After)
	if len(others) > 0 {
		q.add(elsewhere, array(others))
	}
}

// members begins with who is in the group.
func (q *search) members(f *users.Filter) {
	const members = `
			select u.id, m.user_number as number,` + otherColumns + `
			from rolebook_memberships m
			cross join rolebook_users u
			where m.group_id = ? and m.user_number > ? and u.number = m.user_number and u.number > ?`
	q.add(members, f.Group, f.After, f.After)
}

// holders begins with who has the role in force, each once.
func (q *search) holders(f *users.Filter) {
	const holders = `
			select u.id, a.user_number as number,` + otherColumns + `
			from rolebook_assignments a
			cross join rolebook_users u
			where a.role_id = ? and a.user_number > ? and u.number = a.user_number and u.number > ?
				and (a.starts_at is null or a.starts_at <= ?) and (a.expires_at is null or a.expires_at > ?)
				and not exists (
					select 1
					from rolebook_assignments b
					where b.user_number = a.user_number and b.role_id = a.role_id and b.position < a.position
						and (b.starts_at is null or b.starts_at <= ?) and (b.expires_at is null or b.expires_at > ?))`
	now := micros(f.Now)
	q.add(holders, f.Role, f.After, f.After, now, now, now, now)
}

// having leaves out who does not have the role in force.
func (q *search) having(f *users.Filter) {
	const role = `
			and exists (
				select 1
				from rolebook_assignments r
				where r.user_number = u.number and r.role_id = ?
					and (r.starts_at is null or r.starts_at <= ?) and (r.expires_at is null or r.expires_at > ?))`
	if f.Role != uuid.Nil {
		now := micros(f.Now)
		q.add(role, f.Role, now, now)
	}
}

// inTenant leaves out who does not name a tenant.
func (q *search) inTenant(id uuid.UUID) {
	const tenant = `
			and exists (select 1 from rolebook_tenancies i where i.user_number = u.number and i.tenancy = ?)`
	if id != uuid.Nil {
		q.add(tenant, id.String())
	}
}

// narrow leaves out whom the rest of the filter does not choose.
func (q *search) narrow(f *users.Filter) {
	const home = `
			and u.home_tenant = ?`
	if f.Home != uuid.Nil {
		q.add(home, f.Home)
	}
	q.statuses(f.Statuses)
	q.belonging(f)
	q.texts(f)
}

// settled reports whether everybody whom the filter chooses is in a few tenants, or at home there.
func settled(f *users.Filter) bool {
	return len(residences(f)) > 0 || f.Home != uuid.Nil || f.Sight != nil && !f.Sight.All && f.Sight.Homes
}

// residences returns tenants of which everybody whom the filter chooses names one, if there are a few to begin with.
func residences(f *users.Filter) []uuid.UUID {
	switch s := f.Sight; {
	case f.Tenant != uuid.Nil:
		return []uuid.UUID{f.Tenant}
	case f.Home == uuid.Nil && s != nil && !s.All && !s.Homes && len(s.Tenants) <= arms:
		return unique(s.Tenants)
	}
	return nil
}

// noStaff leaves out those whose scope is every tenant.
const noStaff = `
			and not exists (select 1 from rolebook_tenancies e where e.tenancy = 'any' and e.user_number = u.number)`

// except leaves out who is in nothing but tenants that a sight of everything does not show.
func (q *search) except(s *perms.Sight) {
	const elsewhere = `
			and exists (select 1 from rolebook_tenancies s where s.user_number = u.number and not s.tenancy {in ids})`
	if s != nil && len(s.Except) > 0 {
		q.add(elsewhere, array(unique(s.Except)))
	}
}

// sight leaves out whom an actor does not see: staff above all, unless he sees everything. Everybody who is left of them names the tenant that is known.
func (q *search) sight(s *perms.Sight, known uuid.UUID) {
	const (
		home = `
			and u.home_tenant = ?`
		homes = `
			and u.home_tenant {in ids}`
		anywhere = `
			and u.number in (select s.user_number from rolebook_tenancies s where s.tenancy {in ids})`
	)
	if s == nil || s.All {
		q.except(s)
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

// belonging adds groups, tenants by their type, and who may hold a permission.
func (q *search) belonging(f *users.Filter) {
	const (
		group = `
			and exists (select 1 from rolebook_memberships g where g.user_number = u.number and g.group_id = ?)`
		typ = `
			and exists (select 1 from rolebook_tenancies y where y.user_number = u.number and y.tenancy = ?)`
		numbers = `
			and u.number {in numbers}`
	)
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
