package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

var (
	subjectByID       = inquire(byID, selfFacts, tenancyFacts, heldFacts, overrideFacts, objectFacts, groupObjectFacts)
	subjectsInRange   = inquire(byRange, selfFacts, tenancyFacts, assignmentFacts, ruleFacts, overrideFacts, objectFacts, groupObjectFacts)
	subjectsByNumbers = inquire(byNumbers, selfFacts, tenancyFacts, assignmentFacts, ruleFacts, overrideFacts, objectFacts, groupObjectFacts)
)

// Subject implements [perms.Store]. It is one statement.
func (s *Store) Subject(ctx context.Context, user uuid.UUID) (perms.Subject, error) {
	var found []perms.Subject
	err := s.following(ctx, func(u *unit) (err error) {
		found, err = u.subjects(ctx, subjectByID, user)
		return err
	})
	if err == nil && len(found) == 0 {
		err = perms.ErrNoSubject
	}
	if err != nil {
		return perms.Subject{}, err
	}
	if s.unit == nil {
		s.db.replica.tells(found[0].Revision)
	}
	return found[0], nil
}

// StaffSubjects implements [perms.Store].
func (s *Store) StaffSubjects(ctx context.Context, after int64, limit int) ([]perms.Subject, int64, error) {
	const query = `
		select u.number
		from rolebook_tenancies t
		join rolebook_users u on u.number = t.user_number
		where t.tenancy = 'any' and t.user_number > ? and u.status = 'active'
		order by t.user_number
		limit ?`
	if err := bounded("limit", limit, 1); err != nil {
		return nil, after, err
	}
	var found []perms.Subject
	err := s.snapshot(ctx, func(u *unit) error {
		numbers, err := scalars[int64](ctx, u, query, after, limit)
		if err != nil || len(numbers) == 0 {
			return err
		}
		after = numbers[len(numbers)-1]
		found, err = u.subjects(ctx, subjectsByNumbers, array(numbers))
		return err
	})
	return found, after, err
}

// EachActive implements [perms.Store]. The limit is one of users of any status.
func (s *Store) EachActive(ctx context.Context, after int64, limit int, yield func(*perms.Subject)) (next int64, err error) {
	const page = `
		select number
		from rolebook_users
		where number > ?
		order by number
		limit ?`
	if err := bounded("limit", limit, 1); err != nil {
		return 0, err
	}
	err = s.snapshot(ctx, func(u *unit) error {
		numbers, err := scalars[int64](ctx, u, page, after, limit)
		if err != nil || len(numbers) == 0 {
			return err
		}
		end := numbers[len(numbers)-1]
		if len(numbers) == limit {
			next = end
		}
		var again perms.Subject
		return u.eachSubject(ctx, subjectsInRange, func() *perms.Subject { return &again }, func(s *perms.Subject) {
			if s.Status == perms.Active {
				yield(s)
			}
		}, numbers[0], end)
	})
	return next, err
}

// subjects returns the answer to an inquiry of all that bears on users' permissions, by their number.
func (u *unit) subjects(ctx context.Context, i inquiry, whose any) ([]perms.Subject, error) {
	var found []perms.Subject
	err := u.eachSubject(ctx, i, func() *perms.Subject { return &perms.Subject{} }, func(s *perms.Subject) { found = append(found, *s) }, whose)
	return found, err
}

// eachSubject yields the answer to an inquiry of all that bears on users' permissions, by their number, in the memory that it is given.
func (u *unit) eachSubject(ctx context.Context, i inquiry, memory func() *perms.Subject, yield func(*perms.Subject), whose ...any) error {
	facts, err := u.facts(ctx, i, whose...)
	if err != nil {
		return err
	}
	rules := map[uuid.UUID]perms.Rule{} // one copy, however many hold the role
	seen := false
	return perUser(facts, func(_ int64, facts []*fact) error {
		switch first := facts[0]; {
		case first.part == rulePart:
			for _, f := range facts {
				rules[f.ref] = f.rule()
			}
			return nil
		case first.part == selfPart && !seen:
			u.sees(perms.Head{Revision: perms.Revision(first.position), At: first.setAt.Time})
			seen = true
		}
		s := memory()
		if err := subjectOf(s, facts, rules); err != nil {
			return err
		}
		yield(s)
		return nil
	})
}

// subjectOf makes a subject, in memory that may have been another one's, of what the facts about a user come to, given the rules that have been read apart.
func subjectOf(s *perms.Subject, facts []*fact, rules map[uuid.UUID]perms.Rule) (err error) {
	*s = perms.Subject{Tenants: s.Tenants[:0], Roles: s.Roles[:0], Overrides: s.Overrides[:0], Objects: s.Objects[:0]}
	for _, f := range facts {
		switch f.part {
		case selfPart:
			s.User, s.Revision = f.ref, perms.Revision(f.position)
			err = parse(string(f.word), &s.Status, parseStatus)
		case tenancyPart:
			var t perms.Tenancy
			t, err = f.tenancy()
			s.Tenants = append(s.Tenants, t)
		case assignmentPart:
			s.Roles = append(s.Roles, f.held(rules))
		case overridePart:
			s.Overrides = append(s.Overrides, f.override())
		case objectPart:
			s.Objects = append(s.Objects, f.object())
		}
		if err != nil {
			return fmt.Errorf("sqlstore: user %d: %w", f.user, err)
		}
	}
	s.Objects = slices.Compact(s.Objects) // his own, and the same one of his groups
	return nil
}
