package transcript

import "testing"

// Call gives a uuid or a token a name, by which transcripts and [Stage.Reveal] know it.
func (s *Stage) Call(value, name string) { s.names.call(value, name) }

// Reveal puts the values in the place of names such as U(vic) and rbi_(1) in a text.
func (s *Stage) Reveal(tb testing.TB, text string) string {
	tb.Helper()
	revealed, err := s.names.reveal(text)
	must(tb, err)
	return revealed
}

// Token returns the session token of a person who is known by a short name, "" for guest.
func (s *Stage) Token(name string) string { return s.tokens[name] }
