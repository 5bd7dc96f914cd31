package perms_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
)

// follower reads a journal in a goroutine of its own and notes what it gets.
type follower struct {
	mu  sync.Mutex
	got []perms.Revision
	err error
}

func follow(ctx context.Context, h *perms.History, actor perms.Actor, after perms.Revision, o perms.FollowOptions) *follower {
	f := &follower{}
	go func() {
		for e, err := range h.Follow(ctx, actor, after, o) {
			f.note(e, err)
		}
	}()
	return f
}

func (f *follower) note(e perms.Entry, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err = err; err == nil {
		f.got = append(f.got, e.Revision)
	}
}

// so waits until the follower has nothing to do, and returns what it has got by then.
func (f *follower) so() ([]perms.Revision, error) {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got), f.err
}

func (f *follower) saw(t *testing.T, first, last perms.Revision) {
	t.Helper()
	var want []perms.Revision
	for r := first; r <= last; r++ {
		want = append(want, r)
	}
	if got, _ := f.so(); !slices.Equal(got, want) {
		t.Errorf("followed %v, want %d to %d", got, first, last)
	}
}

func appendTo(t *testing.T, st *fakeStore, n int) {
	t.Helper()
	st.mu.Lock()
	defer st.mu.Unlock()
	for range n {
		if _, err := st.Append(t.Context(), perms.Entry{Tenant: perms.In(acme)}); err != nil {
			t.Fatal(err)
		}
	}
}

// A commit of this process wakes followers at once; what others have written is found after the pause, and not before.
func TestFollowWakesAndPolls(t *testing.T) {
	for name, c := range map[string]struct {
		o     perms.FollowOptions
		pause time.Duration
	}{"by default": {pause: perms.FollowPoll}, "slower": {perms.FollowOptions{Poll: time.Minute}, time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			st := newStore()
			h := history(st)
			appendTo(t, st, perms.MaxEntries+3)
			f := follow(t.Context(), h, perms.System("test"), 0, c.o)
			f.saw(t, 1, perms.MaxEntries+3)
			started := time.Now()
			appendTo(t, st, 2)
			h.Committed(perms.Head{})
			f.saw(t, 1, perms.MaxEntries+5)
			if d := time.Since(started); d != 0 {
				t.Errorf("%s: woken after %v", name, d)
			}
			appendTo(t, st, 1)
			time.Sleep(c.pause - time.Nanosecond)
			f.saw(t, 1, perms.MaxEntries+5)
			time.Sleep(time.Nanosecond)
			f.saw(t, 1, perms.MaxEntries+6)
			h.Committed(perms.Head{}) // of nothing new
			f.saw(t, 1, perms.MaxEntries+6)
		})
	}
}

// Following ends with ctx, whose error comes last, and begins anew wherever the host wants.
func TestFollowEndsAndResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStore()
		h := history(st)
		appendTo(t, st, 5)
		ctx, cancel := context.WithCancel(t.Context())
		f := follow(ctx, h, perms.System("test"), 0, perms.FollowOptions{})
		f.saw(t, 1, 5)
		cancel()
		if _, err := f.so(); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		appendTo(t, st, 2)
		follow(t.Context(), h, perms.System("test"), 5, perms.FollowOptions{}).saw(t, 6, 7)
		for e, err := range h.Follow(t.Context(), perms.System("test"), 3, perms.FollowOptions{}) {
			if err != nil || e.Revision != 4 {
				t.Errorf("got %d, %v", e.Revision, err)
			}
			break
		}
	})
}

// A follower sees what it may see, and learns that it has missed something, or that the store fails.
func TestFollowRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newStore(of(member(role("auditor", "audit.read")), perms.TenantOf(beta)))
		h := history(st)
		appendTo(t, st, 3)
		st.journal[2].Tenant = perms.In(beta)
		follow(t.Context(), h, perms.As(ann), 0, perms.FollowOptions{}).saw(t, 3, 3)
		for _, c := range []struct {
			actor perms.Actor
			after perms.Revision
			want  error
		}{{perms.As(bob), 0, perms.ErrForbidden}, {perms.Actor{}, 0, perms.ErrNoActor}, {perms.System("test"), -1, perms.ErrInvalid}} {
			f := follow(t.Context(), h, c.actor, c.after, perms.FollowOptions{})
			if got, err := f.so(); !errors.Is(err, c.want) || len(got) > 0 {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
		}
		st.mu.Lock()
		st.archived = perms.Head{Revision: 2, At: noon}
		st.mu.Unlock()
		for after, archived := range []bool{true, true, false} {
			f := follow(t.Context(), h, perms.System("test"), perms.Revision(after), perms.FollowOptions{})
			_, err := f.so()
			var reach *perms.ArchivedError
			if errors.Is(err, perms.ErrArchived) != archived || errors.As(err, &reach) != archived || archived && reach.Archived.Revision != 2 {
				t.Errorf("after %d: %v", after, err)
			}
		}
		waiting := follow(t.Context(), h, perms.System("test"), 3, perms.FollowOptions{})
		synctest.Wait()
		st.mu.Lock()
		st.fails = errStore
		st.mu.Unlock()
		time.Sleep(perms.FollowPoll)
		if _, err := waiting.so(); !errors.Is(err, errStore) {
			t.Errorf("a store that fails: %v", err)
		}
	})
}
