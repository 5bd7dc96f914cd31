package memory

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// Subjects implements [perms.Store].
func (s *Store) Subjects(ctx context.Context, ids []uuid.UUID) ([]perms.Subject, error) {
	return read(ctx, s, func(t *tables) ([]perms.Subject, error) {
		found := make([]*users.User, 0, len(ids))
		for _, id := range ids {
			if u, ok := t.users.get(id); ok {
				found = append(found, u)
			}
		}
		slices.SortFunc(found, func(a, b *users.User) int { return cmp.Compare(a.Number, b.Number) })
		return t.subjects(slices.Compact(found)), nil
	})
}

// Rules implements [perms.Store].
func (s *Store) Rules(ctx context.Context, scopes ...perms.Scope) ([]perms.Rule, error) {
	return read(ctx, s, func(t *tables) ([]perms.Rule, error) {
		var out []perms.Rule
		for id := range t.roleNumbers.values() {
			r, _ := t.roles.get(id)
			if len(scopes) == 0 || slices.Contains(scopes, r.Scope) {
				rule := r.Rule()
				rule.Patterns = slices.Clone(rule.Patterns)
				out = append(out, rule)
			}
		}
		return out, nil
	})
}

// Candidates implements [perms.Store].
func (s *Store) Candidates(ctx context.Context, f perms.Candidates) (found []perms.Candidate, next int64, err error) {
	found, err = read(ctx, s, func(t *tables) ([]perms.Candidate, error) {
		if err := bounded("limit", f.Limit, 1); err != nil {
			return nil, err
		}
		var out []perms.Candidate
		for u := range t.concerned(&f) {
			if subject := t.subject(u); f.Chooses(&subject, t.typeOf) {
				out = append(out, f.Made(u.Number, subject))
			}
			if len(out) == f.Limit {
				next = u.Number
				break
			}
		}
		return out, nil
	})
	return found, next, err
}

// CountPlain implements [perms.Store].
func (s *Store) CountPlain(ctx context.Context, f perms.Candidates) (int64, error) {
	return read(ctx, s, func(t *tables) (count int64, err error) {
		f.After = 0
		for u := range t.concerned(&f) {
			if subject := t.subject(u); f.Plain(&subject, t.typeOf) {
				count++
			}
		}
		return count, nil
	})
}

func (t *tables) typeOf(tenant uuid.UUID) perms.TenantType {
	found, _ := t.tenants.get(tenant)
	return found.Type
}

// concerned yields the users who have one of the filter's roles, or an override of its permission, by number: each index is in that order.
func (t *tables) concerned(f *perms.Candidates) iter.Seq[*users.User] {
	return func(yield func(*users.User) bool) {
		lines := []iter.Seq[*users.User]{t.overridden(f.Permission, f.After)}
		for _, role := range slices.Concat(f.Global, f.Bound) {
			lines = append(lines, t.owned(t.holders, role, f.After))
		}
		heads := make([]head, len(lines))
		for i, line := range lines {
			next, stop := iter.Pull(line)
			defer stop()
			heads[i].next = next
			heads[i].advance()
		}
		for {
			first := slices.MinFunc(heads, func(a, b head) int { return cmp.Compare(a.number, b.number) })
			if first.user == nil || !yield(first.user) {
				return
			}
			for i := range heads {
				if heads[i].number == first.number {
					heads[i].advance()
				}
			}
		}
	}
}

// head is the first user of a line of them; nil, with a number beyond all others, at its end.
type head struct {
	next   func() (*users.User, bool)
	user   *users.User
	number int64
}

func (h *head) advance() {
	h.number = math.MaxInt64
	if u, ok := h.next(); ok {
		h.user, h.number = u, u.Number
		return
	}
	h.user = nil
}

// overridden yields the users who have an override of a permission and a greater number than after, by number.
func (t *tables) overridden(p perms.Permission, after int64) iter.Seq[*users.User] {
	return func(yield func(*users.User) bool) {
		for k, id := range t.exceptions.after(ruled{p, after}) {
			if k.permission != p {
				return
			}
			if u, _ := t.users.get(id); !yield(u) {
				return
			}
		}
	}
}
