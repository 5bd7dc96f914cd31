package httpapi

import (
	"strconv"
	"sync"
	"time"

	"github.com/seed-06a6a295/rolebook/users"
)

// RateLimit bounds the requests of each caller: the user, or the remote address of whoever is none. It counts in this process, in fixed windows.
type RateLimit struct {
	Requests int           // in a window; 0 is 1,000
	Window   time.Duration // in whole seconds; 0 is 15 minutes
}

// maxCallers bounds what a limiter remembers of one window. Who comes later shares one count with all who do.
const maxCallers = 1 << 16

// limiter counts requests. All windows begin and end together, so that a count is a number and forgetting is a new map.
type limiter struct {
	requests int
	window   int64 // in seconds

	mu     sync.Mutex
	ends   int64 // the Unix second at which the present window is over
	counts map[string]int
}

func newLimiter(l RateLimit) *limiter {
	if l.Requests <= 0 {
		l.Requests = 1000
	}
	seconds := int64(l.Window / time.Second)
	if seconds <= 0 {
		seconds = 15 * 60
	}
	return &limiter{requests: l.Requests, window: seconds}
}

// count counts a request of a caller. It returns how many he has left, below zero if this one was too many, and when the window ends.
func (l *limiter) count(caller string, now time.Time) (left int, ends int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if second := now.Unix(); second >= l.ends {
		l.ends = second - second%l.window + l.window
		l.counts = map[string]int{}
	}
	if _, known := l.counts[caller]; !known && len(l.counts) >= maxCallers {
		caller = ""
	}
	if l.counts[caller] <= l.requests {
		l.counts[caller]++
	}
	return l.requests - l.counts[caller], l.ends
}

// limit counts a call and says so in its answer; over the limit it is a [*users.TooManyError].
func (a *API) limit(c *Call, caller string) error {
	if a.limiter == nil {
		return nil
	}
	now := a.book.Now()
	left, ends := a.limiter.count(caller, now)
	header := c.Header()
	header.Set("RateLimit-Limit", strconv.Itoa(a.limiter.requests))
	header.Set("RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	header.Set("RateLimit-Reset", strconv.FormatInt(ends, 10))
	if left < 0 {
		return &users.TooManyError{Wait: time.Unix(ends, 0).Sub(now)}
	}
	return nil
}
