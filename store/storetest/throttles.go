package storetest

import (
	"time"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

func throttleCases() []testCase {
	return []testCase{
		{name: "Limit", run: throttleLimit},
		{name: "SlidingWindow", run: throttleWindow},
		{name: "AllOrNothing", run: throttleAllOrNothing},
		{name: "LongestWait", run: throttleLongestWait},
		{name: "Refund", run: throttleRefund},
		{name: "Clear", run: throttleClear},
		{name: "ClockBackwards", run: throttleClockBackwards},
		{name: "InTransaction", run: throttleRolledBack},
	}
}

// five is a throttle of five failures in an hour.
func five(key string) users.Throttle { return users.Throttle{Key: key, Limit: 5, Window: hour} }

// charges checks how long one has to wait at that time after noon; 0 for a count. Asking beforehand says the same, and counts nothing.
func (f *fixture) charges(at, wait time.Duration, keys ...users.Throttle) {
	f.Helper()
	for range 2 {
		equal(f, value[time.Duration](f)(f.store.Throttled(f.ctx, keys, noon.Add(at))), wait)
	}
	equal(f, value[time.Duration](f)(f.store.Charge(f.ctx, keys, noon.Add(at))), wait)
}

func throttleLimit(f *fixture) {
	for range 5 {
		f.charges(0, 0, five("account:a"))
	}
	for range 3 {
		f.charges(time.Minute, 59*time.Minute, five("account:a"))
	}
	for _, other := range []string{"account:A", "account:a ", "account:", "address:a", "accountXa", "account:ä", "%"} {
		f.charges(time.Minute, 0, five(other))
	}
	f.charges(0, 0)
	once := users.Throttle{Key: "once", Limit: 1, Window: hour}
	f.must1(f.store.Charge(f.ctx, []users.Throttle{once}, eastern(noon)))
	f.charges(0, hour, once)
}

// A failure counts for the window from its own time, and what was refused does not count.
func throttleWindow(f *fixture) {
	k := users.Throttle{Key: "k", Limit: 2, Window: hour}
	f.charges(0, 0, k)
	f.charges(40*time.Minute, 0, k)
	f.charges(50*time.Minute, 10*time.Minute, k)
	f.charges(hour-time.Microsecond, time.Microsecond, k)
	f.charges(hour, 0, k)
	f.charges(hour, 40*time.Minute, k)
	f.charges(100*time.Minute, 0, k)
	f.charges(10*hour, 0, k)
	f.charges(10*hour, 0, k)
	f.charges(10*hour, hour, k)
}

func throttleAllOrNothing(f *fixture) {
	narrow := users.Throttle{Key: "narrow", Limit: 1, Window: time.Minute}
	f.charges(0, 0, five("wide"), narrow)
	for range 10 {
		f.charges(0, time.Minute, five("wide"), narrow)
		f.charges(0, time.Minute, narrow, five("wide"))
	}
	for range 4 {
		f.charges(0, 0, five("wide"))
	}
	f.charges(0, hour, five("wide"))
}

// All keys have to pass at the moment that is named.
func throttleLongestWait(f *fixture) {
	short := users.Throttle{Key: "short", Limit: 1, Window: time.Minute}
	long := users.Throttle{Key: "long", Limit: 2, Window: hour}
	f.charges(0, 0, long)
	f.charges(30*time.Minute, 0, long, short)
	f.charges(30*time.Minute, 30*time.Minute, short, long)
	f.charges(hour-time.Microsecond, time.Microsecond, short, long)
	f.charges(hour, 0, short, long)
	// A limit that is lowered counts from the failure that has to be forgotten.
	f.charges(hour, hour, users.Throttle{Key: "long", Limit: 1, Window: hour})
}

func throttleRefund(f *fixture) {
	k := users.Throttle{Key: "k", Limit: 2, Window: hour}
	f.must(f.store.Refund(f.ctx, []string{"k", "unknown"}))
	f.must(f.store.Refund(f.ctx, nil))
	f.charges(0, 0, k)
	f.charges(20*time.Minute, 0, k)
	f.must(f.store.Refund(f.ctx, []string{"unknown", "k"})) // the one of minute 20
	f.charges(30*time.Minute, 0, k)
	f.charges(30*time.Minute, 30*time.Minute, k)
	f.charges(hour, 0, k)
	f.charges(hour, 30*time.Minute, k)
	f.must(f.store.Refund(f.ctx, []string{"k"}))
	f.must(f.store.Refund(f.ctx, []string{"k"}))
	f.must(f.store.Refund(f.ctx, []string{"k"}))
	f.charges(hour, 0, k)
	f.charges(hour, 0, k)
	f.charges(hour, hour, k)
}

func throttleClear(f *fixture) {
	for range 5 {
		f.charges(0, 0, five("a"), five("b"))
	}
	f.must(f.store.Clear(f.ctx, "a"))
	f.must(f.store.Clear(f.ctx, "unknown"))
	f.charges(0, hour, five("b"))
	for range 5 {
		f.charges(0, 0, five("a"))
	}
	f.charges(0, hour, five("a"))
}

// The failure of another process whose clock is ahead counts, and is the newest.
func throttleClockBackwards(f *fixture) {
	k := users.Throttle{Key: "k", Limit: 2, Window: hour}
	f.charges(time.Minute, 0, k)
	f.charges(0, 0, k)
	f.charges(0, hour, k)
	f.must(f.store.Refund(f.ctx, []string{"k"}))
	f.charges(0, 0, k)
	f.charges(hour, 0, k)
	f.charges(hour, 0, k)
}

func throttleRolledBack(f *fixture) {
	k := users.Throttle{Key: "k", Limit: 2, Window: hour}
	f.charges(0, 0, k)
	err := f.store.InTx(f.ctx, func(tx store.Store) error {
		equal(f, value[time.Duration](f)(tx.Charge(f.ctx, []users.Throttle{k}, noon)), 0)
		equal(f, value[time.Duration](f)(tx.Charge(f.ctx, []users.Throttle{k}, noon)), hour)
		f.must(tx.Refund(f.ctx, []string{"k"}))
		f.must(tx.Clear(f.ctx, "k"))
		return errOops
	})
	f.fails(err, errOops)
	f.charges(0, 0, k)
	f.charges(0, hour, k)
}
