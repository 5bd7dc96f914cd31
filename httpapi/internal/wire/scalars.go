package wire

import (
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Number reads a number of a path or a query: [1-9][0-9]* up to [MaxInteger]. No
// sign, no leading zero, no other script's digits.
func Number(s string) (int64, bool) {
	n, ok := integer(s)
	return n, ok && n > 0
}

// integer reads 0 | [1-9][0-9]* up to MaxInteger.
func integer(s string) (int64, bool) {
	if s == "" || len(s) > 1 && s[0] == '0' || !isDigit(s[0]) {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= MaxInteger
}

// UUID reads a uuid: 8-4-4-4-12 hexadecimal digits of either case, without
// braces or a prefix.
func UUID(s string) (uuid.UUID, bool) {
	if len(s) != 36 {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(s)
	return id, err == nil
}

// Time reads a time as RFC 3339 writes it, strictly: two digits for the hour, a
// full stop before the fraction, an offset that exists. The answer is in UTC.
func Time(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || s[len("2006-01-02T15")] != ':' || s[len("2006-01-02T15:04:05")] == ',' {
		return time.Time{}, false // time.Parse takes a short hour, and a comma
	}
	if offset := s[len(s)-len("07:00"):]; s[len(s)-1] != 'Z' && (offset[:2] > "23" || offset[3:] > "59") {
		return time.Time{}, false // and any offset
	}
	t = t.UTC()
	return t, 0 <= t.Year() && t.Year() <= 9999
}

// FormatTime writes a time as every answer does: RFC 3339 in UTC with a Z, down
// to microseconds, without trailing zeros.
func FormatTime(t time.Time) string {
	return t.UTC().Format("2006-01-02T15:04:05.999999Z")
}

// FormatTimeOrNull is [FormatTime] for a member that may be null: the zero time
// gives nil.
func FormatTimeOrNull(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := FormatTime(t)
	return &s
}
