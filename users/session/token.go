// Package session makes and reads opaque bearer tokens: those of sessions, of
// invites and of invite links.
//
// A [Token] is a prefix that names its [Kind] and 32 random bytes. It says
// nothing: who may do what, until when, and whether it was revoked, stands in
// the record that its [Digest] finds. The store keeps the Digest and never the
// Token, so a stolen database opens nothing and a lost token can not be shown
// again.
//
// The rule people get wrong: a token is read with the kind that the caller
// expects. The kind is part of the text and of the digest, so the token of a
// link never finds a session.
package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// ErrMalformed says that a text is not a token of the kind asked for. It never
// holds the text.
var ErrMalformed = errors.New("session: malformed token")

// Kind is what a token is for. The zero Kind is none.
type Kind uint8

// The kinds of tokens.
const (
	KindSession Kind = iota + 1 // rb_
	KindInvite                  // rbi_
	KindLink                    // rbl_
)

// String returns the name of k.
func (k Kind) String() string {
	switch k {
	case KindSession:
		return "session"
	case KindInvite:
		return "invite"
	case KindLink:
		return "link"
	}
	return "no kind"
}

// prefix returns what tokens of k begin with, "" if k is no kind.
func (k Kind) prefix() string {
	switch k {
	case KindSession:
		return "rb_"
	case KindInvite:
		return "rbi_"
	case KindLink:
		return "rbl_"
	}
	return ""
}

const (
	randomBytes = 32
	redacted    = "[redacted]"
)

// encoding refuses bits behind the last byte, so that a token has one text.
var encoding = base64.RawURLEncoding.Strict()

// Token is a bearer token, a secret. It prints, logs and marshals as
// "[redacted]", and can be compared by its methods only. The zero Token is
// none: it has no text and a zero [Digest], which equals nothing.
type Token struct {
	_    [0]func() // no ==, which would tell by its time how much is equal
	kind Kind
	// text is a pointer because package fmt prints an unexported field of
	// somebody's struct without asking its methods, and stops at pointers.
	text *string
}

// New returns a random token. It panics if kind is none of the constants.
func New(kind Kind) Token {
	if kind.prefix() == "" {
		panic("session: token of no kind")
	}
	var random [randomBytes]byte
	_, _ = rand.Read(random[:]) // never fails: it ends the process instead
	text := kind.prefix() + encoding.EncodeToString(random[:])
	return Token{kind: kind, text: &text}
}

// Parse reads a token of the given kind, exactly as [Token.Reveal] returned it.
// It returns [ErrMalformed] for everything else.
func Parse(kind Kind, s string) (Token, error) {
	prefix := kind.prefix()
	if prefix == "" || len(s) != len(prefix)+encoding.EncodedLen(randomBytes) || !strings.HasPrefix(s, prefix) {
		return Token{}, ErrMalformed
	}
	// Decoding passes over line breaks, and is short by them.
	random, err := encoding.DecodeString(s[len(prefix):])
	if err != nil || len(random) != randomBytes {
		return Token{}, ErrMalformed
	}
	return Token{kind: kind, text: &s}, nil
}

// IsZero reports whether t is the zero Token.
func (t Token) IsZero() bool { return t.text == nil }

// Equal reports in constant time whether t and other are the same token. The
// zero Token equals nothing.
func (t Token) Equal(other Token) bool {
	a, b := t.Digest(), other.Digest()
	return a.Equal(b)
}

// Reveal returns the token itself, for the one answer or message that hands it
// out. It is empty for the zero Token.
func (t Token) Reveal() string {
	if t.IsZero() {
		return ""
	}
	return *t.text
}

// Digest returns what the store keeps and finds t by.
func (t Token) Digest() Digest {
	if t.IsZero() {
		return Digest{}
	}
	return sha256.Sum256([]byte("rolebook " + t.kind.String() + "\x00" + *t.text))
}

// String returns "[redacted]".
func (t Token) String() string { return redacted }

// GoString returns "[redacted]".
func (t Token) GoString() string { return redacted }

// Format writes "[redacted]", whatever the verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (t Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", in JSON and XML too.
func (t Token) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Digest is the SHA-256 of a token and its kind. It is no secret: 32 random
// bytes can not be found from it.
type Digest [sha256.Size]byte

// IsZero reports whether d is the zero Digest, which no token has.
func (d Digest) IsZero() bool { return d == Digest{} }

// Equal reports in constant time whether d and other are the same. The zero
// Digest equals nothing, not even itself.
func (d Digest) Equal(other Digest) bool {
	return subtle.ConstantTimeCompare(d[:], other[:]) == 1 && !d.IsZero()
}
