package memory

import (
	"strconv"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/users"
)

// Strangers make up keys. What no longer counts takes no room.
func TestThrottlesFade(t *testing.T) {
	s := NewWith(Options{})
	now := time.Date(2041, 3, 1, 12, 0, 0, 0, time.UTC)
	kept := func(want int) {
		t.Helper()
		held := s.db.committed.Load()
		if held.throttles.size != want || held.fading.size != want {
			t.Errorf("%d keys, %d of them fading; want %d", held.throttles.size, held.fading.size, want)
		}
	}
	charge := func(key string, at time.Time) {
		t.Helper()
		if _, err := s.Charge(t.Context(), []users.Throttle{{Key: key, Limit: 5, Window: time.Hour}}, at); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		charge(strconv.Itoa(i), now)
	}
	charge("later", now.Add(time.Minute))
	charge("0", now.Add(time.Minute))
	kept(101)
	charge("last", now.Add(time.Hour))
	kept(3) // later, 0 and last
	if err := s.Refund(t.Context(), []string{"0", "0", "last"}); err != nil {
		t.Fatal(err)
	}
	kept(1)
	if err := s.Clear(t.Context(), "later"); err != nil {
		t.Fatal(err)
	}
	kept(0)
}
