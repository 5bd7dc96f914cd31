package wire_test

import (
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

func TestNumber(t *testing.T) {
	for s, want := range map[string]int64{"1": 1, "5": 5, "10": 10, "9007199254740991": wire.MaxInteger} {
		if got, ok := wire.Number(s); !ok || got != want {
			t.Errorf("%q: got %d, %t", s, got, ok)
		}
	}
	for _, s := range []string{"", "0", "05", "+5", "-1", " 5", "5 ", "5\n", "5;x=1", "٥", "1_0", "0x1", "1e3", "1.0", "abc",
		"9007199254740992", "9223372036854775807", "9223372036854775808", "999999999999999999999999999999", "5\x00"} {
		if got, ok := wire.Number(s); ok {
			t.Errorf("%q: got %d", s, got)
		}
	}
}

func TestUUID(t *testing.T) {
	const want = "0197a1c2-0000-7000-8000-00000000000a"
	for _, s := range []string{want, "0197A1C2-0000-7000-8000-00000000000A", "0197a1C2-0000-7000-8000-00000000000A"} {
		if got, ok := wire.UUID(s); !ok || got.String() != want {
			t.Errorf("%q: got %s, %t", s, got, ok)
		}
	}
	if _, ok := wire.UUID("00000000-0000-0000-0000-000000000000"); !ok {
		t.Error("the nil uuid is refused")
	}
	for _, s := range []string{"", "{" + want + "}", "urn:uuid:" + want, "0197a1c2000070008000000000000000", "0197a1c2-0000-7000-8000-00000000000",
		want + "0", " " + want, "0197a1c2-0000-7000-8000-00000000000g", "0197a1c20-000-7000-8000-00000000000a", "0197a1c2_0000_7000_8000_00000000000a"} {
		if got, ok := wire.UUID(s); ok {
			t.Errorf("%q: got %s", s, got)
		}
	}
}

func TestTime(t *testing.T) {
	for s, want := range map[string]string{
		"2026-05-01T10:00:00Z":                "2026-05-01T10:00:00Z",
		"2026-05-01T10:00:00.5+02:00":         "2026-05-01T08:00:00.5Z",
		"2026-05-01T10:00:00.123456Z":         "2026-05-01T10:00:00.123456Z",
		"2024-02-29T23:59:59-23:59":           "2024-03-01T23:58:59Z",
		"9999-12-31T23:59:59Z":                "9999-12-31T23:59:59Z",
		"0001-01-01T00:00:00Z":                "0001-01-01T00:00:00Z",
		"2026-05-01T10:00:00.123456789012Z":   "2026-05-01T10:00:00.123456Z",
		"2026-05-01T10:00:00.000000000+00:00": "2026-05-01T10:00:00Z",
	} {
		got, ok := wire.Time(s)
		if !ok || wire.FormatTime(got) != want || got.Location() != time.UTC {
			t.Errorf("%q: got %s, %t; want %s", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "2026-05-01", "2026-05-01T10:00:00", "2026-05-01 10:00:00Z", "2026-05-01t10:00:00z", "2026-05-01T10:00Z",
		"2026-05-01T1:00:00Z", "2026-05-01T10:00:00,5Z", "2026-05-01T10:00:00.Z", "2026-05-01T24:00:00Z", "2026-05-01T10:00:60Z",
		"2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z", "2026-05-01T10:00:00+24:00", "2026-05-01T10:00:00+02:60", "2026-05-01T10:00:00+0200",
		"26-05-01T10:00:00Z", "+2026-05-01T10:00:00Z", "12026-05-01T10:00:00Z", " 2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z ",
		"0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "1777629600"} {
		if got, ok := wire.Time(s); ok {
			t.Errorf("%q: got %s", s, got)
		}
	}
}

func TestFormatTime(t *testing.T) {
	at := time.Date(2026, 5, 1, 12, 0, 0, 120_000_999, time.FixedZone("", 7200))
	if got := wire.FormatTime(at); got != "2026-05-01T10:00:00.12Z" {
		t.Errorf("got %s", got)
	}
	if got := wire.FormatTimeOrNull(at); got == nil || *got != "2026-05-01T10:00:00.12Z" {
		t.Errorf("got %v", got)
	}
	if got := wire.FormatTimeOrNull(time.Time{}); got != nil {
		t.Errorf("got %s for the zero time", *got)
	}
}
