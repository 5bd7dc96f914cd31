package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/fault"
)

// A sentinel keeps its kind however often it is wrapped.
func ExampleKindOf() {
	taken := fault.New(fault.Duplicate, "users: address in use")
	err := fmt.Errorf("create user: %w", taken)
	fmt.Println(err)
	fmt.Println(fault.KindOf(err) == fault.Duplicate, errors.Is(err, taken))
	// Output:
	// create user: users: address in use
	// true true
}

func TestKindOf(t *testing.T) {
	gone := fault.New(fault.Gone, "gone")
	for _, c := range []struct {
		err  error
		want fault.Kind
	}{
		{nil, fault.Internal},
		{errors.New("unknown"), fault.Internal},
		{gone, fault.Gone},
		{errors.Join(errors.New("unknown"), gone), fault.Gone},
		{fmt.Errorf("first: %w, second: %w", fault.New(fault.Stale, "stale"), gone), fault.Stale},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("%v: kind %d, want %d", c.err, got, c.want)
		}
	}
}
