package memory

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Users implements [users.Store].
func (s *Store) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	return read(ctx, s, func(t *tables) ([]users.User, error) {
		if err := bounded("limit", f.Limit, 0); err != nil {
			return nil, err
		}
		if err := bounded("offset", f.Offset, 0); err != nil {
			return nil, err
		}
		f.Contains = users.Canonical(f.Contains)
		skip, out := f.Offset, []users.User{}
		for u := range t.candidates(&f) {
			switch {
			case !chosen(&f, u), f.Holding != nil && !t.mayHold(f.Holding, u):
			case skip > 0:
				skip--
			default:
				out = append(out, u.Clone())
			}
			if f.Limit > 0 && len(out) == f.Limit {
				break
			}
		}
		return out, nil
	})
}

// candidates yields the users among whom those of a filter are, by number: a table that knows the fewest of them.
func (t *tables) candidates(f *users.Filter) iter.Seq[*users.User] {
	switch {
	case f.External != "" && onlyPresent(f.Statuses):
		return t.external(f)
	case f.Group != uuid.Nil:
		return t.owned(t.members, f.Group, f.After)
	case f.Role != uuid.Nil:
		return t.owned(t.holders, f.Role, f.After)
	case f.Home != uuid.Nil:
		return t.owned(t.residents, f.Home, f.After)
	case f.Tenant != uuid.Nil:
		return t.owned(t.residents, f.Tenant, f.After)
	case f.Sight != nil && !f.Sight.All && len(f.Sight.Tenants) == 1:
		return t.owned(t.residents, f.Sight.Tenants[0], f.After)
	}
	return func(yield func(*users.User) bool) {
		for _, id := range t.userNumbers.after(f.After) {
			if u, _ := t.users.get(id); !yield(u) {
				return
			}
		}
	}
}

// owned yields the users of an index that belong to owner and have a greater number than after, by number.
func (t *tables) owned(index tree[numbered, uuid.UUID], owner uuid.UUID, after int64) iter.Seq[*users.User] {
	return func(yield func(*users.User) bool) {
		for k, id := range index.after(numbered{owner, after}) {
			if k.owner != owner {
				return
			}
			if u, _ := t.users.get(id); !yield(u) {
				return
			}
		}
	}
}

// external yields the one user who is not deleted and has the filter's external id.
func (t *tables) external(f *users.Filter) iter.Seq[*users.User] {
	return func(yield func(*users.User) bool) {
		id, _ := t.externals.get(f.External)
		if u, ok := t.users.get(id); ok && u.Number > f.After {
			yield(u)
		}
	}
}

// onlyPresent reports whether a filter with these statuses leaves the deleted out.
func onlyPresent(statuses []perms.Status) bool { return !slices.Contains(statuses, perms.Deleted) }

// chosen reports whether a filter chooses u. What it contains is canonical.
func chosen(f *users.Filter, u *users.User) bool {
	switch {
	case len(f.Statuses) == 0 && u.Status == perms.Deleted,
		len(f.Statuses) > 0 && !slices.Contains(f.Statuses, u.Status),
		f.External != "" && u.External != f.External,
		f.Home != uuid.Nil && !atHome(u, f.Home),
		f.Tenant != uuid.Nil && !slices.Contains(u.Tenants, perms.TenantOf(f.Tenant)),
		f.Type != "" && !slices.Contains(u.Tenants, perms.TenantsOfType(f.Type)),
		f.Group != uuid.Nil && !slices.Contains(u.Groups, f.Group),
		len(f.Numbers) > 0 && !slices.Contains(f.Numbers, u.Number),
		f.Role != uuid.Nil && !holds(f, u),
		f.Sight != nil && !f.Sight.ShowsUser(u.Tenants):
		return false
	}
	return f.Contains == "" || slices.ContainsFunc([]string{u.Name.Full, u.Username, u.Email},
		func(text string) bool { return strings.Contains(users.Canonical(text), f.Contains) })
}

// mayHold reports whether a filter of candidates chooses u.
func (t *tables) mayHold(f *perms.Candidates, u *users.User) bool {
	s := t.subject(u)
	return f.Chooses(&s, t.typeOf)
}

func atHome(u *users.User, tenant uuid.UUID) bool {
	home, ok := u.Home()
	return ok && home == tenant
}

func holds(f *users.Filter, u *users.User) bool {
	return slices.ContainsFunc(u.Roles, func(a perms.Assignment) bool { return a.Role == f.Role && a.Open(f.Now) })
}
