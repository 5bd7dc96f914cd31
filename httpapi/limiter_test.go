package httpapi

import (
	"strconv"
	"testing"
	"time"
)

// However many callers there are, what is remembered of them is bounded: those beyond it share one count.
func TestLimiterRemembersABoundedNumberOfCallers(t *testing.T) {
	now := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	l := newLimiter(RateLimit{Requests: 1})
	left := func(caller int) int {
		n, _ := l.count(strconv.Itoa(caller), now)
		return n
	}
	for caller := range maxCallers {
		if n := left(caller); n != 0 {
			t.Fatalf("caller %d has %d left", caller, n)
		}
	}
	if first, second, known := left(maxCallers), left(maxCallers+1), left(7); first != 0 || second >= 0 || known >= 0 {
		t.Errorf("beyond the bound %d are left, then %d; of a known one %d", first, second, known)
	}
	if len(l.counts) > maxCallers+1 {
		t.Errorf("%d callers are remembered", len(l.counts))
	}
}
