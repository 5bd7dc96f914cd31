package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// How a replica is dealt with.
const (
	replicaLag   = time.Second            // what Options.ReplicaLag is by default
	replicaWait  = 250 * time.Millisecond // how long it may take to say how far it has come
	replicaPause = time.Second            // for which one that could not say so is left alone
)

// errBehind: the replica has not come as far as it has to.
var errBehind = errors.New("sqlstore: replica is behind")

// replica is a copy of the database that follows it, with what has to be known to read from it. A read there has to show everything that the store has
// told of before, and everything that had been committed when the database itself was last asked, which is at most lag ago.
type replica struct {
	pool *sql.DB
	lag  time.Duration

	mu        sync.Mutex
	told      mark      // the furthest that the store has told of
	asked     time.Time // when the database itself was last asked how far it has come; zero for never
	askedWall int64     // the same by the wall clock, in nanoseconds
	shun      time.Time // until when the replica is left alone
}

func newReplica(o Options) *replica {
	if o.Replica == nil {
		return nil
	}
	if o.ReplicaLag <= 0 {
		o.ReplicaLag = replicaLag
	}
	return &replica{pool: o.Replica, lag: o.ReplicaLag}
}

// mark is how far a database has come: its journal's newest entry, and the newest that has been archived.
type mark struct {
	Revision int64 `db:"revision"`
	Archived int64 `db:"archived"`
}

// and returns the further of each.
func (m mark) and(n mark) mark {
	return mark{max(m.Revision, n.Revision), max(m.Archived, n.Archived)}
}

// tells hears of a revision that the store tells of. Without a replica it does nothing.
func (r *replica) tells(to perms.Revision) { r.shows(mark{Revision: int64(to)}) }

// shows hears how far a database has come that the store has read.
func (r *replica) shows(m mark) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = r.told.and(m)
}

// hears hears how far the database itself has come, which was asked at a time.
func (r *replica) hears(m mark, asked time.Time) {
	r.shows(m)
	r.mu.Lock()
	defer r.mu.Unlock()
	if asked.After(r.asked) {
		r.asked, r.askedWall = asked, asked.UnixNano()
	}
}

// doubts makes the next read ask the database itself for its revision: a commit may have happened or not.
func (r *replica) doubts() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = time.Time{}
}

// avoid leaves the replica alone for a while.
func (r *replica) avoid() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.shun = time.Now().Add(replicaPause)
}

// wanted returns what the replica has to show now. The database itself has to be asked first if it was not lately, by either clock: the one stands still
// while the machine sleeps, and the other one is set.
func (r *replica) wanted() (least mark, ask, shunned bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	ask = now.Sub(r.asked) >= r.lag || now.UnixNano()-r.askedWall >= int64(r.lag)
	return r.told, ask, now.Before(r.shun)
}

// abroad returns a connection to the replica, opened by a statement or by none, on which everything shows that has to; nil if it does not, or the replica
// is left alone.
func (s *Store) abroad(ctx context.Context, opening string) (*unit, error) {
	r := s.db.replica
	least, ask, shunned := r.wanted()
	if shunned {
		return nil, nil
	}
	if ask {
		var now mark
		asked := time.Now()
		err := s.reading(ctx, func(u *unit) (err error) {
			now, err = u.mark(ctx)
			return err
		})
		if err != nil {
			return nil, err
		}
		r.hears(now, asked)
		least = least.and(now)
	}
	wait, cancel := context.WithTimeout(ctx, min(replicaWait, s.db.lockWait))
	defer cancel()
	u, err := s.db.connect(wait, wait, r.pool, func(u *unit) error { return u.openAbroad(wait, opening, least) })
	if err == nil {
		return u, nil
	}
	if !errors.Is(err, errBehind) {
		r.avoid()
	}
	return nil, nil
}

// mark returns how far the database has come.
func (u *unit) mark(ctx context.Context) (mark, error) {
	const query = `
		select h.revision, a.revision as archived
		from rolebook_head h
		cross join rolebook_archived a`
	return one[mark](ctx, u, nil, query)
}

// openAbroad opens a connection to the replica, which has to have come as far as the mark least.
func (u *unit) openAbroad(ctx context.Context, opening string, least mark) error {
	if opening != "" {
		if err := u.control(ctx, opening); err != nil {
			return err
		}
	}
	there, err := u.mark(ctx)
	if err != nil {
		return err
	}
	if there.and(least) != there {
		return errBehind
	}
	u.db.replica.shows(there)
	return nil
}

// viewing is snapshot, on the replica if that shows what it has to.
func (s *Store) viewing(ctx context.Context, fn func(u *unit) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.unit != nil || s.db.replica == nil {
		return s.snapshot(ctx, fn)
	}
	u, err := s.abroad(ctx, s.db.dialect.beginView())
	if err != nil {
		return err
	}
	if u == nil {
		return s.snapshot(ctx, func(u *unit) error {
			there, err := u.mark(ctx)
			if err != nil {
				return err
			}
			s.db.replica.shows(there)
			return fn(u)
		})
	}
	defer u.release()
	defer u.rollback(ctx)
	return fn(u)
}

// following is reading, on the replica if that shows what it has to. What fails there runs once more, on the database itself.
func (s *Store) following(ctx context.Context, fn func(u *unit) error) error {
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.unit != nil || s.db.replica == nil {
		return s.reading(ctx, fn)
	}
	u, err := s.abroad(ctx, "")
	if err != nil {
		return err
	}
	if u != nil {
		err := fn(u)
		u.release()
		if !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrBusy) {
			return err
		}
	}
	return s.reading(ctx, fn)
}
