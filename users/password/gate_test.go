package password

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// jobs is work that ends when it is told to, and counts itself.
type jobs struct {
	running, most atomic.Int32
	end           chan struct{}
}

func (j *jobs) work() bool {
	if n := j.running.Add(1); n > j.most.Load() {
		j.most.Store(n) // all in one bubble, where only sleepers are overtaken
	}
	<-j.end
	j.running.Add(-1)
	return true
}

func TestGateBoundsWorkAndQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers, concurrency, queue, wait = 200, 3, 64, 2 * time.Second
		g := newGate(concurrency, queue, wait)
		j := &jobs{end: make(chan struct{})}
		var done, busy atomic.Int32
		for range callers {
			go func() {
				switch _, err := through(t.Context(), g, j.work); {
				case err == nil:
					done.Add(1)
				case errors.Is(err, ErrBusy):
					busy.Add(1)
				default:
					t.Error(err)
				}
			}()
		}
		expect := func(when string, wantRunning, wantDone, wantBusy int32) {
			t.Helper()
			synctest.Wait()
			if r, d, b := j.running.Load(), done.Load(), busy.Load(); r != wantRunning || d != wantDone || b != wantBusy {
				t.Errorf("%s: %d running, %d done, %d busy; want %d, %d, %d", when, r, d, b, wantRunning, wantDone, wantBusy)
			}
		}
		const refused = callers - concurrency - queue
		expect("at first", concurrency, 0, refused)
		j.end <- struct{}{}
		expect("after one ended", concurrency, 1, refused)
		time.Sleep(wait - time.Nanosecond)
		expect("before the wait is over", concurrency, 1, refused)
		time.Sleep(time.Nanosecond)
		expect("when the wait is over", concurrency, 1, callers-concurrency-1)
		close(j.end)
		expect("at the end", 0, concurrency+1, callers-concurrency-1)
		if most := j.most.Load(); most != concurrency {
			t.Errorf("%d at once; want %d", most, concurrency)
		}
		expectEmpty(t, g)
	})
}

// The permit belongs to the work: callers who leave do not make room for more.
// The bubble fails the test if a goroutine is left behind.
func TestGateKeepsPermitOfCancelledCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rounds, concurrency = 100, 2
		g := newGate(concurrency, 1, time.Second)
		j := &jobs{end: make(chan struct{})}
		for range rounds {
			for range concurrency {
				ctx, cancel := context.WithCancel(t.Context())
				go func() {
					synctest.Wait()
					cancel()
				}()
				if _, err := through(ctx, g, j.work); !errors.Is(err, context.Canceled) {
					t.Fatalf("cancelled caller got %v", err)
				}
			}
			if n := j.running.Load(); n != concurrency {
				t.Fatalf("%d still running; want %d", n, concurrency)
			}
			if _, err := through(t.Context(), g, j.work); !errors.Is(err, ErrBusy) {
				t.Fatalf("caller behind abandoned work got %v", err)
			}
			for range concurrency {
				j.end <- struct{}{}
			}
			synctest.Wait()
			expectEmpty(t, g)
		}
		if most := j.most.Load(); most != concurrency {
			t.Errorf("%d at once; want %d", most, concurrency)
		}
	})
}

func TestGateGivesUpWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 1, time.Minute)
		j := &jobs{end: make(chan struct{})}
		go through(t.Context(), g, j.work)
		synctest.Wait()

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := through(ctx, g, j.work); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting past the deadline: %v", err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v for a deadline of one second", waited)
		}
		close(j.end)
		synctest.Wait()
		expectEmpty(t, g)

		if _, err := through(ctx, g, func() bool { t.Error("work for a context that was over"); return true }); err == nil {
			t.Error("a context that was over got a result")
		}
	})
}

func expectEmpty(t *testing.T, g *gate) {
	t.Helper()
	if len(g.running) != 0 || len(g.waiting) != 0 {
		t.Errorf("%d permits and %d places not returned", len(g.running), len(g.waiting))
	}
}

// Every way into the hash function leads through the gate.
func TestHasherIsBehindItsGate(t *testing.T) {
	calls := map[string]func(context.Context, *Hasher) error{
		"hash":  func(ctx context.Context, h *Hasher) error { _, err := h.Hash(ctx, "correct horse"); return err },
		"waste": func(ctx context.Context, h *Hasher) error { return h.Waste(ctx, "correct horse") },
	}
	for name, stored := range map[string]Hash{
		"present":   "$argon2id$v=19$m=64,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
		"imported":  "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
		"empty":     "",
		"malformed": "$argon2id$",
	} {
		calls["verify "+name] = func(ctx context.Context, h *Hasher) error {
			_, _, err := h.Verify(ctx, "correct horse", stored)
			return err
		}
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, err := New(Options{Params: Insecure(), Concurrency: 1})
				if err != nil {
					t.Fatal(err)
				}
				h.gate.running <- struct{}{}
				start := time.Now()
				if err := call(t.Context(), h); !errors.Is(err, ErrBusy) {
					t.Errorf("got %v; want ErrBusy", err)
				}
				if waited := time.Since(start); waited != 2*time.Second {
					t.Errorf("waited %v; want the default of 2 s", waited)
				}
			})
		})
	}
}
