package perms

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Holder is a user who effectively holds a permission.
type Holder struct {
	User   uuid.UUID
	Number int64
	// Where is where a check answers allowed. [Anywhere] is platform-wide: alone it stands for every tenant, too; beside tenants for those alone, because
	// something bound to a tenant takes the permission from him elsewhere. Tenants are in ascending order of their ids.
	Where []Scope
}

// HolderQuery asks who holds a permission.
type HolderQuery struct {
	Permission Permission
	Scope      Scope  // only who holds it there: In a tenant, or Anywhere for platform-wide; the zero Scope is anywhere at all
	Sight      *Sight // only users whom it shows, and only tenants that it shows; nil shows all
	After      int64  // only users with a greater number
	Limit      int    // at most so many; positive
}

// HolderPage is a page of the answer, in ascending order of number.
type HolderPage struct {
	Holders  []Holder
	Revision Revision
}

// Holders returns who holds a permission: exactly the users for whom [Authorizer.Check] answers allowed at this revision, by reading only those who have a
// role or an override that gives it. The next page begins after the last holder's number.
func (a *Authorizer) Holders(ctx context.Context, q HolderQuery) (HolderPage, error) {
	var page HolderPage
	err := a.view(ctx, func(tx Store) (err error) {
		catalog, now, err := a.env.Grounds(ctx, tx)
		if err != nil {
			return err
		}
		page, err = FindHolders(ctx, tx, catalog, q, now)
		return err
	})
	return page, err
}

// CountHolders returns how many users hold a permission in a scope, as in [HolderQuery], and as of which revision.
func (a *Authorizer) CountHolders(ctx context.Context, p Permission, scope Scope) (int64, Revision, error) {
	var (
		count int64
		head  Head
	)
	err := a.view(ctx, func(tx Store) (err error) {
		if head, err = tx.Head(ctx); err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		catalog, now, err := a.env.Grounds(ctx, tx)
		if err != nil {
			return err
		}
		count, err = countHolders(ctx, tx, catalog, HolderQuery{Permission: p, Scope: scope}, now)
		return err
	})
	return count, head.Revision, err
}

// batch is the greatest number of candidates that are read at once.
const batch = 1024

// FindHolders is [Authorizer.Holders] inside a transaction, for services.
func FindHolders(ctx context.Context, tx Store, c *Catalog, q HolderQuery, now time.Time) (HolderPage, error) {
	page := HolderPage{Holders: []Holder{}}
	if q.Limit < 1 {
		return page, Invalid("limit", Range, "must be positive")
	}
	head, err := tx.Head(ctx)
	if err != nil {
		return page, fmt.Errorf("read head: %w", err)
	}
	page.Revision = head.Revision
	s, err := NewSurvey(ctx, tx, c, q, now)
	if err != nil {
		return page, err
	}
	f := s.candidates
	f.After, f.Limit = q.After, min(q.Limit, batch)
	err = s.each(ctx, f, func(h Holder) bool {
		page.Holders = append(page.Holders, h)
		return len(page.Holders) < q.Limit
	})
	return page, err
}

// countHolders counts the plain candidates where they are kept, and decides on the others.
func countHolders(ctx context.Context, tx Store, c *Catalog, q HolderQuery, now time.Time) (int64, error) {
	s, err := NewSurvey(ctx, tx, c, q, now)
	if err != nil || s.hopeless {
		return 0, err
	}
	f := s.candidates
	if f.Within, err = s.inhabited(ctx, f.Within); err != nil {
		return 0, err
	}
	count, err := tx.CountPlain(ctx, f)
	if err != nil {
		return 0, fmt.Errorf("count holders: %w", err)
	}
	f.Doubtful, f.Limit = true, batch
	err = s.each(ctx, f, func(Holder) bool {
		count++
		return true
	})
	return count, err
}

// each yields the holders among the candidates, by number, until yield returns false.
func (s *Survey) each(ctx context.Context, f Candidates, yield func(Holder) bool) error {
	f.Lean = true
	for !s.hopeless {
		found, next, err := s.tx.Candidates(ctx, f)
		if err != nil {
			return fmt.Errorf("look for holders: %w", err)
		}
		subjects := make([]*Subject, len(found))
		for i := range found {
			subjects[i] = &found[i].Subject
			if found[i].Lean {
				subjects[i].Roles = s.plain
			}
		}
		where, err := s.Where(ctx, subjects...)
		if err != nil {
			return err
		}
		for i := range found {
			if len(where[i]) > 0 && !yield(Holder{found[i].Subject.User, found[i].Number, where[i]}) {
				return nil
			}
		}
		if next == 0 {
			return nil
		}
		f.After, f.Limit = next, min(2*f.Limit, batch)
	}
	return nil
}
