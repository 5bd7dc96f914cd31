package perms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of texts, in code points (wire/README.md, section 3.5).
const (
	MaxDescription = 1000
	MaxReason      = 500
)

// CheckText returns an [*InvalidError] for field if s is not valid UTF-8, holds a control character, a line or paragraph separator or a
// bidirectional control, or has fewer than least or more than most code points. Every text is checked here once, before any store sees it.
func CheckText(field, s string, least, most int) error {
	if !utf8.ValidString(s) {
		return Invalid(field, Format, "is not valid UTF-8")
	}
	n := 0
	for _, r := range s {
		if unreadable(r) {
			return Invalid(field, Format, "contains a control character")
		}
		n++
	}
	switch {
	case n < least && n == 0:
		return Invalid(field, Required, "must not be empty")
	case n < least:
		return Invalid(field, TooShort, fmt.Sprintf("must have at least %d characters", least))
	case n > most:
		return Invalid(field, TooLong, fmt.Sprintf("must have at most %d characters", most))
	}
	return nil
}

// unreadable reports whether r breaks log lines or turns text around.
func unreadable(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// FoldName returns the form in which names that must be unique are compared: letter case apart. Stores keep it in a column of its own, so that no
// database's collation decides.
func FoldName(s string) string { return strings.ToLower(s) }
