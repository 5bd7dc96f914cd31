package storetest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// chosen names, in the environment of a process of its own, the broken store that the suite is run over.
const chosen = "ROLEBOOK_BROKEN_STORE"

// broken are stores that each break one promise, and the topic that has to tell.
func broken() map[string]func(store.Store) store.Store {
	return map[string]func(store.Store) store.Store{
		"Transactions": func(s store.Store) store.Store { return forgiving{s} },
		"Views":        func(s store.Store) store.Store { return unsteady{s} },
		"Search":       func(s store.Store) store.Store { return backwards{s} },
		"Purge":        func(s store.Store) store.Store { return unforgetting{s} },
		"Invites":      func(s store.Store) store.Store { return generous{s} },
		"Listeners":    func(s store.Store) store.Store { return deaf{s} },
		"Isolation":    func(s store.Store) store.Store { return hasty{s} },
		"Throttles":    func(s store.Store) store.Store { return tolerant{s} },
		"Differences":  func(s store.Store) store.Store { return mending{s} },
	}
}

// forgiving commits what has failed.
type forgiving struct{ store.Store }

func (s forgiving) InTx(ctx context.Context, fn func(store.Store) error) (err error) {
	if failed := s.Store.InTx(ctx, func(tx store.Store) error {
		err = fn(forgiving{tx})
		return nil
	}); failed != nil {
		return failed
	}
	return err
}

// unsteady shows what is committed while one looks.
type unsteady struct{ store.Store }

func (s unsteady) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(store.Store) error { return fn(s) })
}

// backwards lists the newest first.
type backwards struct{ store.Store }

func (s backwards) Users(ctx context.Context, f users.Filter) ([]users.User, error) {
	out, err := s.Store.Users(ctx, f)
	slices.Reverse(out)
	return out, err
}

// unforgetting purges nobody.
type unforgetting struct{ store.Store }

func (s unforgetting) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(unforgetting{tx}) })
}

func (unforgetting) PurgeUser(context.Context, uuid.UUID, users.Tombstone) error { return nil }

// generous lets invites be used for ever.
type generous struct{ store.Store }

func (s generous) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(generous{tx}) })
}

func (s generous) UseInvite(ctx context.Context, id, user uuid.UUID, now time.Time) error {
	err := s.Store.UseInvite(ctx, id, user, now)
	if err == invites.ErrUsed {
		return nil
	}
	return err
}

// deaf keeps what happens to itself.
type deaf struct{ store.Store }

func (deaf) OnCommit(func(perms.Head)) {}

// hasty lets a second writer in at once, on a store of his own.
type hasty struct{ store.Store }

func (s hasty) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(store.Store) error { return memory.New().InTx(ctx, fn) })
}

// tolerant counts nothing.
type tolerant struct{ store.Store }

func (tolerant) Charge(context.Context, []users.Throttle, time.Time) (time.Duration, error) {
	return 0, nil
}

// mending makes a text of what is none.
type mending struct{ store.Store }

func (s mending) InTx(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.InTx(ctx, func(tx store.Store) error { return fn(mending{tx}) })
}

func (s mending) UpdateGroup(ctx context.Context, g users.Group) error {
	g.Description = strings.ReplaceAll(strings.ToValidUTF8(g.Description, "\ufffd"), "\x00", "")
	return s.Store.UpdateGroup(ctx, g)
}

// The suite fails where it should. That is looked at from outside, for a test cannot fail and pass.
func TestSuiteFails(t *testing.T) {
	if name := os.Getenv(chosen); name != "" {
		storetest.Run(t, storetest.Harness{Open: func(_ *testing.T, c storetest.Config) store.Store {
			return broken()[name](memory.NewWith(memory.Options{LockWait: min(c.LockWait, time.Second)}))
		}})
		return
	}
	for topic := range broken() {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuiteFails$/^"+topic+"$")
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s", chosen, topic))
			out, err := cmd.CombinedOutput()
			if _, failed := err.(*exec.ExitError); !failed {
				t.Errorf("the broken store passes (%v):\n%s", err, out)
			}
		})
	}
}
