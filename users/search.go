package users

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
)

// Search chooses users by what they are and by what they hold. Its fields combine by and; the zero Search chooses all who are not deleted. What the actor
// may not see is as if it were not there: a tenant, role or group outside of his scope chooses nobody.
type Search struct {
	Contains   string           // as in [Filter]
	External   string           // exactly this one
	Status     perms.Status     // 0 for all but deleted
	Role       string           // the key of a role that is assigned to them and in force
	Group      uuid.UUID        // of which they are members
	Permission perms.Permission // which they effectively hold, in Tenant or, without one, anywhere
	Tenant     uuid.UUID        // in their list; with Permission only where that is held
	After      int64            // only users with a greater number
	Limit      int              // at most so many; 0 is no limit
}

// searchBatch is how many users a search by what they hold reads at once.
const searchBatch = 200

// Search returns the users whom the actor sees by users.list or users.read, in ascending order of number, as he may see them.
func (s *Service) Search(ctx context.Context, actor perms.Actor, q Search) ([]User, error) {
	found := []User{}
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(perms.UsersList, perms.UsersRead)
		if err != nil {
			return err
		}
		f, some, err := q.filter(ctx, tx, a)
		if err != nil || !some {
			return err
		}
		f.Sight, f.Now = &sight, a.Now
		if found, err = s.sift(ctx, tx, a, q, f); err != nil || a.System() || a.Subject.Staff() {
			return err
		}
		return hideMakers(ctx, tx, a, found)
	})
	return found, wrap("search users", err)
}

// filter returns what the store looks at. Some is false when the search names something that the actor does not see.
func (q Search) filter(ctx context.Context, tx Store, a *perms.Authority) (f Filter, some bool, err error) {
	f = Filter{External: q.External, Contains: q.Contains, Group: q.Group, After: q.After}
	if q.Status != 0 {
		f.Statuses = []perms.Status{q.Status}
	}
	if q.Tenant != uuid.Nil && !reaches(a, q.Tenant) {
		return f, false, nil
	}
	if q.Permission == "" {
		f.Tenant = q.Tenant
	}
	if q.Role != "" {
		role, err := tx.RoleByKey(ctx, q.Role)
		if errors.Is(err, roles.ErrNotFound) {
			return f, false, nil
		}
		if err != nil {
			return f, false, fmt.Errorf("read role: %w", err)
		}
		f.Role = role.ID
	}
	if q.Group != uuid.Nil {
		g, err := tx.Group(ctx, q.Group)
		if errors.Is(err, ErrGroupNotFound) || err == nil && !reaches(a, g.Tenant) {
			return f, false, nil
		}
		if err != nil {
			return f, false, fmt.Errorf("read group: %w", err)
		}
	}
	return f, true, nil
}

// sift reads the users that the filter chooses, and keeps those of whom the actor sees why.
func (s *Service) sift(ctx context.Context, tx Store, a *perms.Authority, q Search, f Filter) ([]User, error) {
	survey, hopeless, err := q.survey(ctx, tx, a, &f)
	if err != nil || hopeless {
		return []User{}, err
	}
	found := []User{}
	f.Limit = searchBatch
	if survey == nil && q.Limit > 0 {
		f.Limit = q.Limit
	}
	for q.Limit == 0 || len(found) < q.Limit {
		batch, err := tx.Users(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		kept, err := keep(ctx, tx, a, survey, f, batch)
		if err != nil {
			return nil, err
		}
		found = append(found, kept...)
		if len(batch) < f.Limit {
			break
		}
		f.After = batch[len(batch)-1].Number
	}
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

// survey narrows the filter to those who may hold the permission of the search where the actor reaches, and returns what decides on them; nil for a search
// without one. Hopeless is true when nobody can hold it there.
func (q Search) survey(ctx context.Context, tx Store, a *perms.Authority, f *Filter) (survey *perms.Survey, hopeless bool, err error) {
	if q.Permission == "" {
		return nil, false, nil
	}
	reach := a.Reach()
	asked := perms.HolderQuery{Permission: q.Permission, Sight: &reach}
	if q.Tenant != uuid.Nil {
		asked.Scope = perms.In(q.Tenant)
	}
	if survey, err = perms.NewSurvey(ctx, tx, a.Catalog(), asked, a.Now); err != nil {
		return nil, false, err
	}
	holding, hopeless := survey.Candidates()
	holding.Sight = nil // the filter's own shows no more
	f.Holding = &holding
	return survey, hopeless, nil
}

// keep returns those of the users of whom the actor sees that they are what is searched for, as he may see them.
func keep(ctx context.Context, tx Store, a *perms.Authority, survey *perms.Survey, f Filter, batch []User) ([]User, error) {
	held, err := rolesOf(ctx, tx, batch...)
	if err != nil {
		return nil, err
	}
	where := make([][]perms.Scope, len(batch))
	if survey != nil {
		subjects := make([]*perms.Subject, len(batch))
		for i, u := range batch {
			s := u.Subject(held)
			subjects[i] = &s
		}
		if where, err = survey.Where(ctx, subjects...); err != nil {
			return nil, err
		}
	}
	var kept []User
	for i, u := range batch {
		if !a.System() && !a.Subject.Staff() {
			u = visiblePart(a, u, held)
		}
		assigned := func(r perms.Assignment) bool { return r.Role == f.Role && r.Open(f.Now) }
		if (survey == nil || len(where[i]) > 0) && (f.Role == uuid.Nil || slices.ContainsFunc(u.Roles, assigned)) {
			kept = append(kept, u)
		}
	}
	return kept, nil
}
