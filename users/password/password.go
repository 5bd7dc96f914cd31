// Package password turns passwords into stored credentials and compares them
// again, at a bounded cost.
//
// A [Hasher] writes Argon2id and reads, besides its own hashes, bcrypt and
// PBKDF2-SHA256 ones that a host brings along. It runs a few hashes at a time,
// lets a few more callers wait for a moment, and answers the rest with
// [ErrBusy]: every hash costs megabytes and milliseconds that a stranger may
// ask for. A [Policy] says which new passwords are taken.
//
// The rule people get wrong: every sign-in costs the same, whoever it is for.
// Where there is no account call [Hasher.Waste], and where there is one call
// [Hasher.Verify], also when the user is suspended or has no password; decide
// afterwards. Returning early tells a stranger which addresses exist.
package password

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a secret would have been printed.
const redacted = "[redacted]"

// Hash is a stored credential: a string as [Hasher.Hash] returns it or as it
// was imported. The empty Hash is that of a user without a password; nothing
// matches it.
//
// A Hash prints, logs and marshals as "[redacted]"; [Hash.Reveal] is for the
// store alone. Keep it in exported fields: package fmt does not ask an
// unexported field how it wants to be printed.
type Hash string

// Reveal returns the credential itself, for the store.
func (h Hash) Reveal() string { return string(h) }

// String returns "[redacted]".
func (h Hash) String() string { return redacted }

// GoString returns "[redacted]".
func (h Hash) GoString() string { return redacted }

// Format writes "[redacted]", whatever the verb.
func (h Hash) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (h Hash) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", in JSON and XML too.
func (h Hash) MarshalText() ([]byte, error) { return []byte(redacted), nil }
