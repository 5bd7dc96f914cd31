package perms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// patience is how long a load or a round goes on when nobody who waits for it says otherwise.
const patience = 5 * time.Second

// loadKey says what is loaded: one user, or the type of one tenant.
type loadKey struct{ user, tenant uuid.UUID }

// load is one reading of the store on behalf of all who wait for it.
type load struct {
	done     chan struct{}
	revision Revision
	nobody   bool // there was no such user, or tenant, as of the revision
	err      error
}

// wait returns how a load has ended.
func (l *load) wait(ctx context.Context) (nobody bool, err error) {
	select {
	case <-l.done:
		return l.nobody, l.err
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// join returns the load of something that is under way, or begins one. It does not belong to any caller: who began it may go away. The mutex is held.
func (c *cache) join(key loadKey) *load {
	if l, ok := c.loads[key]; ok {
		return l
	}
	l := &load{done: make(chan struct{})}
	c.loads[key] = l
	go c.run(key, l)
	return l
}

func (c *cache) run(key loadKey, l *load) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := c.load(ctx, key, l)
	c.mu.Lock()
	defer c.mu.Unlock()
	l.err = err
	delete(c.loads, key)
	close(l.done)
}

// load reads until what it has read is as of what the cache is as of, and keeps that. Neither an older answer nor a newer one is kept: what is kept is
// changed by the journal's entries after applied, and by these alone.
func (c *cache) load(ctx context.Context, key loadKey, l *load) error {
	for range patientTries {
		r, err := c.read(ctx, key)
		l.revision, l.nobody = r.revision, errors.Is(err, ErrNoSubject)
		if err != nil && !l.nobody {
			return fmt.Errorf("check: %w", err)
		}
		if l.nobody {
			return nil
		}
		if kept, err := c.learn(ctx, &r); kept || err != nil {
			return err
		}
	}
	return nil // who waits for it reads for himself
}

// learn keeps what was read if it is as of applied; it first catches up with it if it is newer.
func (c *cache) learn(ctx context.Context, r *reading) (kept bool, err error) {
	if err := c.reach(ctx, r.revision); err != nil {
		return false, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if Revision(c.applied.Load()) != r.revision {
		return false, nil
	}
	c.makeRoom()
	c.keepTypes(r.types)
	if r.found {
		c.know(c.resolver(), &r.subject)
	}
	return true, nil
}

// reading is what was read of the store as of one revision.
type reading struct {
	revision Revision
	found    bool
	subject  Subject
	types    map[uuid.UUID]TenantType
}

// read reads what a load is for: a user by one statement, if nothing is missing beside him, and otherwise by one snapshot.
func (c *cache) read(ctx context.Context, key loadKey) (r reading, err error) {
	if key.user != uuid.Nil {
		r.subject, err = c.store.Subject(ctx, key.user)
		if err == nil && c.knowsTenants(&r.subject) {
			r.found, r.revision = true, r.subject.Revision
			return r, nil
		}
		if err != nil && !errors.Is(err, ErrNoSubject) {
			return r, err
		}
	}
	err = c.view(ctx, func(tx Store) (err error) {
		if key.user == uuid.Nil {
			r, err = readTenant(ctx, tx, key.tenant)
			return err
		}
		r, err = readAll(ctx, tx, &query{user: key.user, scope: Home})
		return err
	})
	return r, err
}

// readTenant reads the type of a tenant. One that is not there is [ErrNoSubject].
func readTenant(ctx context.Context, tx Store, id uuid.UUID) (r reading, err error) {
	head, err := tx.Head(ctx)
	if err != nil {
		return r, err
	}
	r.revision = head.Revision
	r.types, err = tx.TenantTypes(ctx, []uuid.UUID{id})
	if err == nil && len(r.types) == 0 {
		err = ErrNoSubject
	}
	return r, err
}

// readAll reads a user, the types of the tenants that anything of his names, and that of the one that is asked for. For a user who is not there it is
// [ErrNoSubject], as of a revision.
func readAll(ctx context.Context, tx Store, q *query) (r reading, err error) {
	r.subject, err = tx.Subject(ctx, q.user)
	if errors.Is(err, ErrNoSubject) {
		head, headErr := tx.Head(ctx)
		if headErr != nil {
			return r, headErr
		}
		r.revision = head.Revision
		return r, err
	}
	if err != nil {
		return r, err
	}
	r.found, r.revision = true, r.subject.Revision
	ids := r.subject.MentionedTenants()
	if id, ok := q.scope.Tenant(); ok {
		ids = append(ids, id)
	}
	r.types, err = tx.TenantTypes(ctx, ids)
	return r, err
}

// standing resolves what was read, by the rules that stand in it.
func (r *reading) standing(n *names, now time.Time, scope Scope) standing {
	by := resolver{names: n, now: now, set: n.apart, types: func(id uuid.UUID) TenantType { return r.types[id] }}
	e := by.entry(&r.subject)
	at := Platform
	id, ok := scope.Tenant()
	if scope == Home {
		id, ok = e.home, e.housed
	}
	if ok {
		at = by.place(id)
	}
	v := by.view(&r.subject, at)
	s := standing{who: &e, at: &v, revision: r.revision}
	if v.roles != nil {
		s.roles = v.roles.verdicts.Load()
	}
	return s
}
