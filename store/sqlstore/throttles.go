package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/users"
)

// throttleKey is under what a key's failures are stored: a key may hold an address, or whatever a stranger has typed.
type throttleKey [sha256.Size]byte

func keyOf(key string) throttleKey { return sha256.Sum256([]byte(key)) }

// Charge implements [users.Store]. It locks its keys in one order, so that no two calls wait for each other.
func (s *Store) Charge(ctx context.Context, keys []users.Throttle, now time.Time) (wait time.Duration, err error) {
	now = now.UTC().Truncate(time.Microsecond)
	err = s.apart(ctx, func(u *unit) error {
		wait = 0
		failures := map[throttleKey][]time.Time{}
		for _, k := range keys {
			failures[keyOf(k.Key)] = nil
		}
		for _, k := range slices.SortedFunc(maps.Keys(failures), func(a, b throttleKey) int { return bytes.Compare(a[:], b[:]) }) {
			if failures[k], err = u.lockThrottle(ctx, k, now); err != nil {
				return err
			}
		}
		for _, k := range keys {
			wait = max(wait, waitFor(k, failures[keyOf(k.Key)], now))
		}
		if wait > 0 {
			return nil
		}
		return u.count(ctx, keys, failures, now)
	})
	return wait, err
}

// Throttled implements [users.Store].
func (s *Store) Throttled(ctx context.Context, keys []users.Throttle, now time.Time) (wait time.Duration, err error) {
	const query = `
		select failures
		from rolebook_throttles
		where key = ?`
	now = now.UTC().Truncate(time.Microsecond)
	err = s.reading(ctx, func(u *unit) error {
		wait = 0
		for _, k := range keys {
			key := keyOf(k.Key)
			stored, err := scalar[text](ctx, u, nil, query, key[:])
			if err != nil {
				return err
			}
			failures, err := splitTimes(string(stored))
			if err != nil {
				return err
			}
			wait = max(wait, waitFor(k, failures, now))
		}
		return nil
	})
	return wait, err
}

// lockThrottle returns the failures under a key, and keeps others from it until the transaction ends.
func (u *unit) lockThrottle(ctx context.Context, k throttleKey, now time.Time) ([]time.Time, error) {
	const lock = `
		insert into rolebook_throttles (key, failures, expires_at)
		values (?, '', ?)
		on conflict (key) do update
		set key = excluded.key
		returning failures`
	stored, err := scalar[text](ctx, u, nil, lock, k[:], now)
	if err != nil {
		return nil, err
	}
	return splitTimes(string(stored))
}

// waitFor returns how long it takes until the key is below its limit.
func waitFor(k users.Throttle, failures []time.Time, now time.Time) time.Duration {
	in := within(failures, k.Window, now)
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

// count adds a failure under each key, and forgets those that no longer count.
func (u *unit) count(ctx context.Context, keys []users.Throttle, failures map[throttleKey][]time.Time, now time.Time) error {
	for _, k := range keys {
		key := keyOf(k.Key)
		in := slices.Clone(within(failures[key], k.Window, now))
		at, _ := slices.BinarySearchFunc(in, now, time.Time.Compare)
		in = slices.Insert(in, at, now)
		failures[key] = in
		if err := u.setThrottle(ctx, key, in, in[len(in)-1].Add(k.Window)); err != nil {
			return err
		}
	}
	return u.fade(ctx, now)
}

func (u *unit) setThrottle(ctx context.Context, k throttleKey, failures []time.Time, over time.Time) error {
	const update = `
		update rolebook_throttles
		set failures = ?, expires_at = ?
		where key = ?`
	_, err := u.exec(ctx, update, joinTimes(failures), over, k[:])
	return err
}

// fade forgets some keys under which nothing counts any longer: strangers make up as many as they like. It waits for nobody.
func (u *unit) fade(ctx context.Context, now time.Time) error {
	const remove = `
		delete from rolebook_throttles
		where key in (
			select key
			from rolebook_throttles
			where expires_at <= ?
			order by expires_at
			limit 20
			{free})`
	_, err := u.exec(ctx, remove, now)
	return err
}

// Refund implements [users.Store].
func (s *Store) Refund(ctx context.Context, keys []string) error {
	const (
		lock = `
			update rolebook_throttles
			set key = key
			where key = ?
			returning failures`
		update = `
			update rolebook_throttles
			set failures = ?
			where key = ?`
	)
	hashed := mapped(keys, keyOf)
	slices.SortFunc(hashed, func(a, b throttleKey) int { return bytes.Compare(a[:], b[:]) })
	return s.apart(ctx, func(u *unit) error {
		for _, k := range hashed {
			stored, err := scalar[text](ctx, u, nil, lock, k[:])
			if err != nil {
				return err
			}
			rest := string(stored[:max(strings.LastIndexByte(string(stored), ' '), 0)])
			if _, err := u.exec(ctx, update, rest, k[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Clear implements [users.Store].
func (s *Store) Clear(ctx context.Context, key string) error {
	const remove = `
		delete from rolebook_throttles
		where key = ?`
	k := keyOf(key)
	return s.alone(ctx, remove, k[:])
}

// joinTimes returns times as they are stored under a key.
func joinTimes(times []time.Time) string {
	var text []byte
	for i, t := range times {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(text, t.UnixMicro(), 10)
	}
	return string(text)
}

// splitTimes is the inverse of joinTimes.
func splitTimes(text string) ([]time.Time, error) {
	var times []time.Time
	for word := range strings.FieldsSeq(text) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, unexpected("time", word)
		}
		times = append(times, time.UnixMicro(n).UTC())
	}
	return times, nil
}
