package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
)

// Question asks what a user may do.
type Question struct {
	User       uuid.UUID
	Permission perms.Permission
	Scope      perms.Scope  // In a tenant, or Anywhere; the zero Scope is his home tenant, or the first that the actor sees; the platform where there is none
	Object     perms.Object // the zero Object asks for no single one
}

// explaining is the operation of asking about others.
var explaining = Needs(perms.AccessExplain).OrSelf().OrDeleted()

// Check answers questions, all as of one revision: about oneself always, about others to whoever holds access.explain where they are. A tenant in which the
// actor does not hold it, or for questions about himself one outside his own scope, is like one that does not exist. A user who does not exist, or whom the
// actor does not see, is [ErrNotFound].
func (s *Service) Check(ctx context.Context, actor perms.Actor, list ...Question) ([]perms.Decision, perms.Revision, error) {
	out := make([]perms.Decision, len(list))
	var head perms.Head
	err := s.view(ctx, func(tx Store) error {
		q, err := s.inquire(ctx, tx, actor, list)
		if err != nil {
			return err
		}
		if head, err = tx.Head(ctx); err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		for i := range list {
			out[i] = perms.Decide(q.a.Catalog(), q.subject(list[i]), q.question(list[i]), q.a.Now)
		}
		return nil
	})
	return out, head.Revision, wrap("check", err)
}

// Explain answers one question as [Service.Check] does, and says why, where it was asked, and what would allow what is denied. What belongs to tenants outside
// the actor's scope is left out; nothing of that counts where he may ask.
func (s *Service) Explain(ctx context.Context, actor perms.Actor, asked Question) (perms.Explanation, perms.Scope, error) {
	var (
		out   perms.Explanation
		scope perms.Scope
	)
	err := s.view(ctx, func(tx Store) error {
		q, err := s.inquire(ctx, tx, actor, []Question{asked})
		if err != nil {
			return err
		}
		subject, question := q.shown(q.subject(asked)), q.question(asked)
		out, scope = perms.Explain(q.a.Catalog(), subject, question, q.a.Now), question.At.Scope()
		return out.Advise(ctx, tx, q.a.Catalog(), subject, question, q.a.Now)
	})
	return out, scope, wrap("explain", err)
}

// inquiry is what it takes to answer an actor's questions.
type inquiry struct {
	a        *perms.Authority
	sight    perms.Sight
	subjects map[uuid.UUID]*perms.Subject
	types    map[uuid.UUID]perms.TenantType
}

// inquire reads all that bears on the questions, in a few reads however many they are, and refuses those that the actor may not ask.
func (s *Service) inquire(ctx context.Context, tx Store, actor perms.Actor, list []Question) (*inquiry, error) {
	a, err := s.env.Authorize(ctx, tx, actor)
	if err != nil {
		return nil, err
	}
	q := &inquiry{a: a, sight: a.Sight(explaining.anyOf...), subjects: map[uuid.UUID]*perms.Subject{}}
	var others []uuid.UUID
	for _, asked := range list {
		if q.self(asked.User) {
			q.subjects[asked.User] = &a.Subject
		} else {
			others = append(others, asked.User)
		}
	}
	if len(others) > 0 {
		if err := q.read(ctx, tx, others); err != nil {
			return nil, err
		}
	}
	return q, q.locate(ctx, tx, list)
}

func (q *inquiry) self(user uuid.UUID) bool {
	return q.a.Self(user) && q.a.Subject.Status == perms.Active
}

// read reads the users about whom the actor asks, unless he may not ask about one of them.
func (q *inquiry) read(ctx context.Context, tx Store, ids []uuid.UUID) error {
	if q.sight.Blind() {
		return perms.Forbid(perms.AccessExplain)
	}
	found, err := tx.Subjects(ctx, ids)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	for i := range found {
		if q.sight.ShowsUser(found[i].Tenants) {
			q.subjects[found[i].User] = &found[i]
		}
	}
	if slices.ContainsFunc(ids, func(id uuid.UUID) bool { return q.subjects[id] == nil }) {
		return ErrNotFound
	}
	return nil
}

// locate reads the types of the tenants in which the questions are asked.
func (q *inquiry) locate(ctx context.Context, tx Store, list []Question) error {
	var ids []uuid.UUID
	for _, asked := range list {
		if id, one := q.scope(asked).Tenant(); one {
			ids = append(ids, id)
		}
	}
	types, err := tx.TenantTypes(ctx, ids)
	if err != nil {
		return fmt.Errorf("read tenants: %w", err)
	}
	q.types = types
	return nil
}

func (q *inquiry) subject(asked Question) *perms.Subject { return q.subjects[asked.User] }

// scope returns where a question is asked.
func (q *inquiry) scope(asked Question) perms.Scope {
	if asked.Scope != (perms.Scope{}) && asked.Scope != perms.Home {
		return asked.Scope
	}
	for _, t := range q.subject(asked).Tenants {
		if id, one := t.Tenant(); one && q.sees(asked.User, perms.In(id)) {
			return perms.In(id)
		}
	}
	return perms.Anywhere
}

// sees reports whether the actor may know what the user holds in a scope, of himself wherever he is: that another tenant is there is not told to him either.
func (q *inquiry) sees(user uuid.UUID, scope perms.Scope) bool {
	if q.self(user) {
		return q.a.ReachesScope(scope)
	}
	return scope == perms.Anywhere || q.sight.Shows(scope)
}

// question returns the question at its place.
func (q *inquiry) question(asked Question) perms.Question {
	scope := q.scope(asked)
	out := perms.Question{Permission: asked.Permission, At: perms.Platform, Object: asked.Object}
	if id, one := scope.Tenant(); one {
		out.At = perms.PlaceOf(id, "")
		if q.sees(asked.User, scope) {
			out.At = perms.PlaceOf(id, q.types[id])
		}
	}
	return out
}

// shown returns the subject without what belongs to tenants outside the actor's scope, but for his list of tenants, which is not shown.
func (q *inquiry) shown(s *perms.Subject) *perms.Subject {
	if q.a.System() || q.a.Subject.Staff() {
		return s
	}
	part := *s
	part.Roles = slices.DeleteFunc(slices.Clone(s.Roles), func(h perms.Held) bool {
		return !q.a.ReachesScope(h.Rule.Scope) || !q.a.ReachesScope(h.Assignment.Scope)
	})
	part.Overrides = slices.DeleteFunc(slices.Clone(s.Overrides), func(o perms.Override) bool { return !q.a.ReachesScope(o.Scope) })
	part.Objects = slices.DeleteFunc(slices.Clone(s.Objects), func(g perms.ObjectGrant) bool { return !q.a.Reaches(perms.TenantOf(g.Tenant)) })
	return &part
}

// Holder is a user who effectively holds a permission, and where.
type Holder struct {
	User  User
	Where []perms.Scope // as in [perms.Holder]
}

// Holders returns the users whom the actor sees by access.explain and for whom [Service.Check] answers allowed in the scope, or, without one, anywhere where the
// actor may ask: in ascending order of number, those with a greater number than after, at most limit, which is positive. It says as of which revision.
func (s *Service) Holders(ctx context.Context, actor perms.Actor, p perms.Permission, scope perms.Scope, after int64, limit int) ([]Holder, perms.Revision, error) {
	out := []Holder{}
	var page perms.HolderPage
	err := s.view(ctx, func(tx Store) error {
		a, err := s.env.Authorize(ctx, tx, actor)
		if err != nil {
			return err
		}
		sight, err := a.Gate(explaining.anyOf...)
		if err != nil {
			return err
		}
		q := perms.HolderQuery{Permission: p, Scope: scope, Sight: &sight, After: after, Limit: limit}
		if page, err = perms.FindHolders(ctx, tx, a.Catalog(), q, a.Now); err != nil || len(page.Holders) == 0 {
			return err
		}
		f := Filter{}
		for _, h := range page.Holders {
			f.Numbers = append(f.Numbers, h.Number)
		}
		list, err := tx.Users(ctx, f)
		if err != nil {
			return fmt.Errorf("read holders: %w", err)
		}
		if err := showAll(ctx, tx, a, list); err != nil {
			return err
		}
		for i, u := range list {
			out = append(out, Holder{u, page.Holders[i].Where})
		}
		return nil
	})
	return out, page.Revision, wrap("find holders", err)
}
