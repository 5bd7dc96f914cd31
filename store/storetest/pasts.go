package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Pasts lets trusted code do random things, remembers after each step what everybody held, and asks for it later: what the journal tells of an instant is
// what was so then, of users, roles and groups that are gone too. Then it archives the journal's beginning, in two steps, and asks again.
func Pasts(t *testing.T, open func(t *testing.T) store.Store, seeds, steps int) {
	done := map[string]int{}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, open(t), uint64(1000+seed))
			h.done = done
			h.ops = append(h.ops, h.retype(), h.grow())
			moments := h.remember(steps)
			h.recall(moments, time.Time{})
			for _, part := range []int{4, 2} {
				h.recall(moments, h.archive(moments[len(moments)/part].at))
			}
		})
	}
	for _, name := range []string{"change a tenant's type", "add a key", "purge", "delete role", "delete group", "share with group", "add member"} {
		if done[name] == 0 {
			t.Errorf("%s never succeeded: the histories show nothing of it", name)
		}
	}
}

// moment is what everybody held at an instant.
type moment struct {
	at   time.Time
	held map[uuid.UUID]map[perms.Scope]string
}

// scopes are where the histories ask what somebody holds.
func (h *history) scopes() []perms.Scope {
	return []perms.Scope{perms.Home, perms.Anywhere, perms.In(h.tenants[0]), perms.In(h.tenants[1])}
}

func (h *history) retype() operation {
	return operation{"change a tenant's type", func(ctx context.Context, by perms.Actor) error {
		_, err := h.book.Tenants.Update(ctx, by, pick(h, h.tenants), users.TenantUpdate{Type: new(pick(h, perms.TenantTypes()))})
		return err
	}}
}

func (h *history) grow() operation {
	return operation{"add a key", func(ctx context.Context, _ perms.Actor) error {
		h.made++
		return h.book.Seed(ctx, perms.System("history"), roles.Preset{Keys: []perms.Key{{Permission: perms.Permission(fmt.Sprintf("assets.key%d", h.made))}}})
	}}
}

// remember does the steps and notes what each of them has left. Of several at one instant it is what the last has left.
func (h *history) remember(steps int) []moment {
	h.t.Helper()
	var moments []moment
	for range steps {
		op := pick(h, h.ops)
		if op.do(h.t.Context(), perms.System("history")) == nil { // who may do anything, so that much happens
			h.done[op.name]++
		}
		if last := len(moments) - 1; last >= 0 && moments[last].at.Equal(h.now) {
			moments = moments[:last]
		}
		moments = append(moments, moment{h.now, h.holdings()})
		h.now = h.now.Add(time.Duration(h.rand.IntN(50)) * time.Minute)
	}
	return moments
}

// holdings returns what everybody holds now, from the tables.
func (h *history) holdings() map[uuid.UUID]map[perms.Scope]string {
	h.t.Helper()
	held := map[uuid.UUID]map[perms.Scope]string{}
	h.must(h.s.View(h.t.Context(), func(tx store.Store) error {
		for _, id := range h.people {
			s, err := tx.Subject(h.t.Context(), id)
			if errors.Is(err, perms.ErrNoSubject) {
				continue
			}
			h.must(err)
			held[id] = map[perms.Scope]string{}
			for _, scope := range h.scopes() {
				at, err := perms.Locate(h.t.Context(), tx, &s, scope)
				h.must(err)
				computed, effective := perms.Resolve(h.book.Catalog(), &s, at, h.now)
				d := perms.Decide(h.book.Catalog(), &s, sharedDashboard(at), h.now)
				held[id][scope] = fmt.Sprint(s.Revision, s.Status, computed, effective, d)
			}
		}
		return nil
	}))
	return held
}

// sharedDashboard asks for an object that the histories share.
func sharedDashboard(at perms.Place) perms.Question {
	return perms.Question{Permission: "dashboards.view", At: at, Object: perms.Object{Type: "dashboards", ID: 2}}
}

// recall asks for each moment again, of everybody in one scope. Those from before what is left of the journal are refused.
func (h *history) recall(moments []moment, archived time.Time) {
	h.t.Helper()
	for _, m := range moments {
		for _, id := range h.people {
			scope := pick(h, h.scopes())
			want, there := m.held[id][scope]
			past, err := h.book.Journal.AsOf(h.t.Context(), perms.System("history"), id, scope, m.at)
			q := sharedDashboard(perms.Place{})
			got := fmt.Sprint(past.Revision, past.Status(), past.Computed(), past.Effective(), past.CheckObject(q.Permission, q.Object))
			switch {
			case m.at.Before(archived):
				if !errors.Is(err, perms.ErrArchived) {
					h.t.Fatalf("%s as of %s, before %s: %v", id, m.at, archived, err)
				}
			case !there:
				if !errors.Is(err, perms.ErrNoSubject) {
					h.t.Fatalf("%s was not there at %s: %v", id, m.at, err)
				}
			case err != nil || got != want:
				h.t.Fatalf("%s in %s as of %s: %v\ngot  %s\nwant %s", id, scope, m.at, err, got, want)
			}
		}
	}
}

// archive archives what is from before an instant, and returns from when on the journal answers.
func (h *history) archive(before time.Time) time.Time {
	h.t.Helper()
	from, err := h.book.Journal.Archived(h.t.Context())
	h.must(err)
	var kept []perms.Revision
	head, err := h.book.Journal.Archive(h.t.Context(), perms.System("history"), before, func(page []perms.Entry) error {
		for _, e := range page {
			kept = append(kept, e.Revision)
			if !e.At.Before(before) {
				h.t.Errorf("archived entry %d of %s, not before %s", e.Revision, e.At, before)
			}
		}
		return nil
	})
	h.must(err)
	if len(kept) == 0 || kept[0] != from.Revision+1 || kept[len(kept)-1] != head.Revision || len(kept) != int(head.Revision-from.Revision) || !slices.IsSorted(kept) {
		h.t.Errorf("archived %v, from %d to %d", kept, from.Revision, head.Revision)
	}
	return head.At
}
