package wire_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

func TestCursor(t *testing.T) {
	for _, after := range []int64{0, 1, 50, wire.MaxInteger} {
		for _, filters := range [][]string{nil, {""}, {"active", ""}, {strings.Repeat("x", 10000)}} {
			cursor := wire.Cursor(after, filters...)
			if len(cursor) > 512 || strings.ContainsAny(cursor, "+/=&?# ") {
				t.Errorf("got the cursor %q, which does not fit a query", cursor)
			}
			if got, ok := wire.ParseCursor(cursor, filters...); !ok || got != after {
				t.Errorf("after %d: got %d, %t", after, got, ok)
			}
		}
	}
}

func TestCursorOfOtherFilters(t *testing.T) {
	lists := [][]string{nil, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}}
	for i, made := range lists {
		for j, asked := range lists {
			if _, ok := wire.ParseCursor(wire.Cursor(7, made...), asked...); ok != (i == j) {
				t.Errorf("made for %q, asked with %q: accepted is %t", made, asked, ok)
			}
		}
	}
}

func TestCursorRefused(t *testing.T) {
	good := wire.Cursor(7, "f")
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte{}, raw...)
	flipped[len(flipped)-1] ^= 1
	for name, cursor := range map[string]string{
		"empty":                "",
		"a number":             "7",
		"cut":                  good[:len(good)-1],
		"longer":               good + "A",
		"with a newline":       good[:10] + "\n" + good[10:],
		"a newline for a byte": good[:21] + "\n",
		"other alphabet":       strings.Repeat("+", len(good)),
		"newlines alone":       strings.Repeat("\n", len(good)),
		"no base64":            strings.Repeat("*", len(good)),
		"padded":               good + "==",
		"loose last bits":      good[:len(good)-1] + string(good[len(good)-1]+1),
		"another fingerprint":  base64.RawURLEncoding.EncodeToString(flipped),
		"negative":             wire.Cursor(-1, "f"),
		"too great":            wire.Cursor(wire.MaxInteger+1, "f"),
		"very long":            strings.Repeat("A", 1<<20),
	} {
		if after, ok := wire.ParseCursor(cursor, "f"); ok {
			t.Errorf("%s: got %d", name, after)
		}
	}
}
