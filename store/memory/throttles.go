package memory

import (
	"context"
	"slices"
	"time"

	"github.com/seed-06a6a295/rolebook/users"
)

// throttle is what is counted under one key.
type throttle struct {
	failures []time.Time // in ascending order, never changed
	over     time.Time   // when the last of them leaves the window
}

// Charge implements [users.Store].
func (s *Store) Charge(ctx context.Context, keys []users.Throttle, now time.Time) (wait time.Duration, err error) {
	now = utc(now)
	err = s.writeAlone(ctx, func(t *tables) error {
		t.fade(now)
		for _, k := range keys {
			wait = max(wait, t.wait(k, now))
		}
		if wait > 0 {
			return nil
		}
		for _, k := range keys {
			t.count(k, now)
		}
		return nil
	})
	return wait, err
}

// Throttled implements [users.Store].
func (s *Store) Throttled(ctx context.Context, keys []users.Throttle, now time.Time) (time.Duration, error) {
	return read(ctx, s, func(t *tables) (wait time.Duration, _ error) {
		for _, k := range keys {
			wait = max(wait, t.wait(k, utc(now)))
		}
		return wait, nil
	})
}

// wait returns how long it takes until the key is below its limit.
func (t *tables) wait(k users.Throttle, now time.Time) time.Duration {
	in := within(t.failuresOf(k.Key), k.Window, now)
	if len(in) < k.Limit {
		return 0
	}
	return in[len(in)-k.Limit].Add(k.Window).Sub(now)
}

// within returns the failures that still count.
func within(failures []time.Time, window time.Duration, now time.Time) []time.Time {
	i := 0
	for i < len(failures) && !failures[i].Add(window).After(now) {
		i++
	}
	return failures[i:]
}

func (t *tables) failuresOf(key string) []time.Time {
	stored, _ := t.throttles.get(key)
	return stored.failures
}

// count adds a failure, and forgets those that no longer count.
func (t *tables) count(k users.Throttle, now time.Time) {
	in := within(t.failuresOf(k.Key), k.Window, now)
	i, _ := slices.BinarySearchFunc(in, now, time.Time.Compare)
	in = inserted(in, i, now)
	t.setThrottle(k.Key, throttle{in, in[len(in)-1].Add(k.Window)})
}

func (t *tables) setThrottle(key string, n throttle) {
	t.clear(key)
	t.throttles = t.throttles.with(key, n)
	t.fading = t.fading.with(timed{n.over, key}, struct{}{})
}

func (t *tables) clear(key string) {
	if stored, ok := t.throttles.get(key); ok {
		t.throttles = t.throttles.without(key)
		t.fading = t.fading.without(timed{stored.over, key})
	}
}

// fade forgets the keys under which nothing counts any longer: strangers make up as many as they like.
func (t *tables) fade(now time.Time) {
	for k := range t.fading.all() {
		if k.over.After(now) {
			return
		}
		t.clear(k.key)
	}
}

// Refund implements [users.Store].
func (s *Store) Refund(ctx context.Context, keys []string) error {
	return s.writeAlone(ctx, func(t *tables) error {
		for _, key := range keys {
			stored, _ := t.throttles.get(key)
			switch n := len(stored.failures); n {
			case 0:
			case 1:
				t.clear(key)
			default:
				t.setThrottle(key, throttle{stored.failures[:n-1], stored.over})
			}
		}
		return nil
	})
}

// Clear implements [users.Store].
func (s *Store) Clear(ctx context.Context, key string) error {
	return s.writeAlone(ctx, func(t *tables) error {
		t.clear(key)
		return nil
	})
}
