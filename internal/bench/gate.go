package main

import (
	"fmt"
	"io"
)

// What the gate asks for: its limit is three times the target's, so that it is about mistakes and not about machines.
const (
	spare    = 3
	attempts = 4 // a ratio that is too great is measured again
	gateSize = 10_000
)

// gate reports whether warm checks allocate nothing and are within the limits.
func gate(w io.Writer) error {
	s, err := newStage(realistic(gateSize))
	if err != nil {
		return err
	}
	defer s.close()
	failed := judge(w, func() []finding { return allocationFindings(s.warmLanes()) }, 1)
	failed += judge(w, func() []finding { return s.checkFindings(11) }, spare)
	if failed > 0 {
		return fmt.Errorf("%d of the limits are exceeded", failed)
	}
	return nil
}

// judge measures until everything was within its limit once, and returns how many findings never were.
func judge(w io.Writer, measure func() []finding, spare float64) int {
	var best []finding
	for range attempts {
		failed := 0
		for i, f := range measure() {
			if i == len(best) {
				best = append(best, f)
			} else if f.got < best[i].got {
				best[i] = f
			}
			if best[i].got > best[i].reach*spare {
				failed++
			}
		}
		if failed == 0 {
			break
		}
	}
	failed := 0
	for _, f := range best {
		verdict := "ok  "
		if f.got > f.reach*spare {
			verdict = "FAIL"
			failed++
		}
		fmt.Fprintf(w, "%s %-60s %8.3f, at most %.2f  %s\n", verdict, f.what, f.got, f.reach*spare, f.note)
	}
	return failed
}
