package faults

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// writing is goroutines that change a user, each change under a name of its own that the journal keeps as its reason. What they heard of each is kept here.
type writing struct {
	cancel func()
	done   sync.WaitGroup

	mu      sync.Mutex
	acked   map[string]bool // by the changes' names
	refused map[string]bool
	unknown map[string]bool
	strange []error
	gap     time.Duration // the longest time without an acknowledged change
	last    time.Time     // of an acknowledged change
}

func newWriting(cancel func()) *writing {
	return &writing{cancel: cancel, acked: map[string]bool{}, refused: map[string]bool{}, unknown: map[string]bool{}, last: time.Now()}
}

// startWriting starts so many goroutines.
func startWriting(t *testing.T, b *store.Book, s store.Store, user uuid.UUID, writers int) *writing {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	w := newWriting(cancel)
	for i := range writers {
		w.done.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				name := fmt.Sprintf("%d-%d", i, n)
				w.heard(name, w.change(ctx, b, s, user, name, n))
			}
		})
	}
	return w
}

// change is one change: of two tables and the journal, or of the journal alone.
func (w *writing) change(ctx context.Context, b *store.Book, s store.Store, user uuid.UUID, name string, n int) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if n%2 == 0 {
		return appendOne(ctx, s, name)
	}
	o := perms.Grant(view)
	o.Reason = name // another reason makes another override
	return b.Users.SetOverride(ctx, system.Because(name), user, o)
}

// heard keeps how a change has ended.
func (w *writing) heard(name string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		now := time.Now()
		w.gap = max(w.gap, now.Sub(w.last))
		w.last = now
		w.acked[name] = true
	case errors.Is(err, store.ErrUnknownOutcome):
		w.unknown[name] = true
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		w.refused[name] = true
	default:
		w.strange = append(w.strange, fmt.Errorf("%s: %w", name, err))
	}
}

// enough waits until so many more changes are acknowledged.
func (w *writing) enough(t *testing.T, more int) {
	t.Helper()
	w.mu.Lock()
	want := len(w.acked) + more
	w.mu.Unlock()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(2 * time.Millisecond) {
		w.mu.Lock()
		there, strange := len(w.acked), len(w.strange)
		w.mu.Unlock()
		if there >= want {
			return
		}
		if strange > 0 || time.Now().After(deadline) {
			t.Fatalf("%d changes of %d; %v", there, want, w.strange)
		}
	}
}

func (w *writing) stop(t *testing.T) {
	t.Helper()
	w.cancel()
	w.done.Wait()
	for _, err := range w.strange {
		t.Errorf("an error that says nothing of what happened: %v", err)
	}
}

// check holds what was heard against the store: what was acknowledged is there once, what was refused is not, and nobody knows the rest before he looks.
func (w *writing) check(t *testing.T, s store.Store) {
	t.Helper()
	known, made := reasons(t, s), 0
	for name := range w.acked {
		if known[name] != 1 {
			t.Errorf("change %s was acknowledged, and is there %d times", name, known[name])
		}
	}
	for name := range w.refused {
		if known[name] != 0 {
			t.Errorf("change %s was refused, and is there %d times", name, known[name])
		}
	}
	for name := range w.unknown {
		if known[name] > 1 {
			t.Errorf("change %s is there %d times", name, known[name])
		}
		made += known[name]
	}
	storetest.CheckFold(t, s)
	t.Logf("%d changes acknowledged, %d refused, %d unknown of which %d were made; the longest gap was %v", len(w.acked), len(w.refused), len(w.unknown), made, w.gap)
}

// reasons returns how often the journal has each reason.
func reasons(t *testing.T, s store.Store) map[string]int {
	t.Helper()
	found := map[string]int{}
	for after := perms.Revision(0); ; {
		entries, err := s.Journal(t.Context(), perms.JournalFilter{After: after, Limit: 1000})
		must(t, err)
		if len(entries) == 0 {
			return found
		}
		for _, e := range entries {
			if e.Reason != "" {
				found[e.Reason]++
			}
			after = e.Revision
		}
	}
}

// appendOne writes an entry that nothing else goes with.
func appendOne(ctx context.Context, s store.Store, reason string) error {
	return s.InTx(ctx, func(tx store.Store) error {
		_, err := tx.Append(ctx, perms.Entry{At: time.Now(), Actor: system.Ref(), Action: perms.InviteRevoke, Tenant: perms.Anywhere, Reason: reason})
		return err
	})
}
