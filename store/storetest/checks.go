package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
)

// Checks lets random people do random things, and asks a Book's Authorizer after each step what somebody may do, everywhere: it answers what perms.Decide
// does about what the tables say at that moment, as of their revision. Then it asks again at the instants at which his windows begin and end, and just
// before, with the clock running back and forth: as far back as the newest entry of the journal.
func Checks(t *testing.T, open func(t *testing.T) store.Store, seeds, steps int) {
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, open(t), uint64(2000+seed))
			h.ops = append(h.ops, h.retype(), h.grow())
			early := h.book.Perms.Handle("dashboards.view") // not in the catalogue yet
			h.must(h.book.Seed(t.Context(), perms.System("history"), roles.Preset{Keys: []perms.Key{{Permission: "dashboards.view"}}}))
			for range steps {
				by := perms.System("history")
				if h.rand.IntN(4) == 0 {
					by = perms.As(h.people[0])
				}
				_ = pick(h, h.ops).do(t.Context(), by)
				h.checkEverybody()
				h.now = h.now.Add(time.Duration(h.rand.IntN(30)) * time.Minute)
				h.checkAt(pick(h, h.people), early)
			}
			for _, user := range append(h.people, uuid.New(), uuid.Nil) {
				h.checkAt(user, early)
			}
		})
	}
}

// checkEverybody asks about everybody, at home: what was known before a change must not be known after it.
func (h *history) checkEverybody() {
	h.t.Helper()
	for _, id := range h.people {
		s, err := h.s.Subject(h.t.Context(), id)
		if errors.Is(err, perms.ErrNoSubject) {
			continue
		}
		h.must(err)
		at, err := perms.Locate(h.t.Context(), h.s, &s, perms.Home)
		h.must(err)
		for _, q := range []perms.Question{{Permission: "assets.view", At: at}, {Permission: "assets.edit", At: at}, sharedDashboard(at), {Permission: perms.UsersAssign, At: at}} {
			want := perms.Decide(h.book.Catalog(), &s, q, h.instant())
			if d, err := h.book.Perms.CheckObject(h.t.Context(), id, q.Permission, perms.Home, q.Object); err != nil || d != want {
				h.differs(&s, perms.Home, string(q.Permission), d, want, err)
			}
		}
	}
}

// checkAt asks about a user now, and about every instant at which a window of his begins or ends.
func (h *history) checkAt(user uuid.UUID, early perms.Handle) {
	h.t.Helper()
	s, err := h.s.Subject(h.t.Context(), user)
	if errors.Is(err, perms.ErrNoSubject) {
		h.checkNobody(user)
		return
	}
	h.must(err)
	now := h.now
	instants := []time.Time{now}
	for _, r := range s.Roles {
		instants = append(instants, r.StartsAt, r.ExpiresAt)
	}
	for _, o := range s.Overrides {
		instants = append(instants, o.StartsAt, o.ExpiresAt)
	}
	for _, at := range append(instants, now) {
		for _, h.now = range []time.Time{at, at.Add(-time.Microsecond)} {
			if !at.IsZero() {
				h.checkUser(&s, early)
			}
		}
	}
	h.now = now
}

// checkNobody asks about a user who is not there.
func (h *history) checkNobody(user uuid.UUID) {
	h.t.Helper()
	d, err := h.book.Perms.Check(h.t.Context(), user, "assets.view", perms.Home)
	if err != nil || d.Allowed || d.Code != perms.InactiveUser || d.Revision != h.head() {
		h.t.Fatalf("nobody: %+v, %v", d, err)
	}
	if _, err := h.book.Perms.Effective(h.t.Context(), user, perms.Home); !errors.Is(err, perms.ErrNoSubject) {
		h.t.Fatalf("nobody's set: %v", err)
	}
}

// checkUser compares every answer about a user with the decision on his subject.
func (h *history) checkUser(s *perms.Subject, early perms.Handle) {
	h.t.Helper()
	ctx, a, now := h.t.Context(), h.book.Perms, h.instant()
	for _, scope := range append(h.scopes(), perms.In(uuid.New()), perms.In(uuid.Nil)) {
		at, err := perms.Locate(ctx, h.s, s, scope)
		h.must(err)
		want := func(p perms.Permission, o perms.Object) perms.Decision {
			return perms.Decide(h.book.Catalog(), s, perms.Question{Permission: p, At: at, Object: o}, now)
		}
		_, effective := perms.Resolve(h.book.Catalog(), s, at, now)
		got, err := a.Effective(ctx, s.User, scope)
		if err != nil || !got.Equal(effective) {
			h.differs(s, scope, "effective", got, effective, err)
		}
		held, err := a.Resolve(ctx, s.User, scope)
		h.must(err)
		keys := []perms.Permission{"assets.nothing"}
		for _, k := range h.book.Catalog().Keys() {
			keys = append(keys, k.Permission)
		}
		all, err := a.CheckAll(ctx, s.User, scope, keys...)
		h.must(err)
		for i, p := range keys {
			d, err := a.Check(ctx, s.User, p, scope)
			if err != nil || d != want(p, perms.Object{}) || d != all[i] {
				h.differs(s, scope, string(p), d, want(p, perms.Object{}), err)
			}
			handle := a.Handle(p)
			if d, err := a.CheckHandle(ctx, s.User, handle, scope); err != nil || d != all[i] || held.Can(handle) != d.Allowed {
				h.differs(s, scope, "handle of "+string(p), d, all[i], err)
			}
		}
		if held.Can(early) != effective.Has("dashboards.view") || held.Revision() != s.Revision {
			h.differs(s, scope, "early handle", held, effective, nil)
		}
		h.checkObjects(s, scope, want)
	}
}

func (h *history) checkObjects(s *perms.Subject, scope perms.Scope, want func(perms.Permission, perms.Object) perms.Decision) {
	h.t.Helper()
	ctx, a := h.t.Context(), h.book.Perms
	var shared []int64
	for id := range int64(5) {
		o := perms.Object{Type: "dashboards", ID: id}
		for _, p := range []perms.Permission{"dashboards.view", "assets.view"} {
			if d, err := a.CheckObject(ctx, s.User, p, scope, o); err != nil || d != want(p, o) {
				h.differs(s, scope, fmt.Sprint(p, " of ", o), d, want(p, o), err)
			}
		}
		at, err := perms.Locate(ctx, h.s, s, scope)
		h.must(err)
		in, _ := at.Scope().Tenant()
		if slices.Contains(s.Objects, perms.ObjectGrant{Tenant: in, Object: o}) && want(o.View(), o).Allowed {
			shared = append(shared, id)
		}
	}
	got, err := a.Objects(ctx, s.User, "dashboards", scope)
	if err != nil || !slices.Equal(got, shared) {
		h.differs(s, scope, "objects", got, shared, err)
	}
}

func (h *history) differs(s *perms.Subject, scope perms.Scope, what string, got, want any, err error) {
	h.t.Helper()
	h.t.Fatalf("%s in %s at %s: got %v, %v; want %v\nof %+v", what, scope, h.now, got, err, want, *s)
}
