package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// MaxBytes is the length of the longest password, in bytes.
const MaxBytes = 256

// maxBcrypt is the number of bytes of a password that bcrypt looks at. x/crypto
// compares the first 72 of a longer candidate, so they are counted here.
const maxBcrypt = 72

// A credential is a stored hash that has been read.
type credential interface {
	// matches does the whole work of a comparison, whatever the candidate, and
	// says whether the candidate is the password.
	matches(candidate string) bool
	// outdated reports whether the hash is other than a new one would be.
	outdated(present Params) bool
}

type argon2Credential struct {
	params    Params
	salt, tag []byte
}

func (c argon2Credential) matches(candidate string) bool {
	work, possible := bounded(candidate, MaxBytes)
	tag := c.params.derive(work, c.salt, len(c.tag))
	return subtle.ConstantTimeCompare(tag, c.tag) == 1 && possible
}

func (c argon2Credential) outdated(present Params) bool {
	return c.params.Memory != present.Memory || c.params.Time != present.Time ||
		c.params.Threads != present.Threads || len(c.salt) != saltLength || len(c.tag) != tagLength
}

type pbkdf2Credential struct {
	iterations int
	salt, tag  []byte
}

// matches refuses a candidate that is not text: HMAC pads a short password
// with NULs and puts its digest in the place of a long one, so that others
// than the password match too. Hardly any digest is UTF-8.
func (c pbkdf2Credential) matches(candidate string) bool {
	work, possible := bounded(candidate, MaxBytes)
	tag, err := pbkdf2.Key(sha256.New, work, c.salt, c.iterations, len(c.tag))
	return err == nil && subtle.ConstantTimeCompare(tag, c.tag) == 1 && possible && isText(candidate)
}

func (pbkdf2Credential) outdated(Params) bool { return true }

type bcryptCredential string

// matches refuses a candidate that is not text: bcrypt repeats the password and
// the NUL that ends it, so "a" and "a\x00a" are one to it.
func (c bcryptCredential) matches(candidate string) bool {
	work, possible := bounded(candidate, maxBcrypt)
	err := bcrypt.CompareHashAndPassword([]byte(c), []byte(work))
	return err == nil && possible && isText(candidate)
}

func (bcryptCredential) outdated(Params) bool { return true }

// bounded returns at most limit bytes of candidate, to do the work on, and
// whether candidate can be a password at all: it is neither empty nor longer.
func bounded(candidate string, limit int) (string, bool) {
	if len(candidate) > limit {
		return candidate[:limit], false
	}
	return candidate, candidate != ""
}

// isText reports whether s is UTF-8 without a NUL.
func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

const (
	saltLength = 16
	tagLength  = 32
)

// derive is Argon2id.
func (p Params) derive(plain string, salt []byte, length int) []byte {
	return argon2.IDKey([]byte(plain), salt, p.Time, p.Memory, p.Threads, uint32(length))
}

// encode returns salt and tag in the PHC notation.
func (p Params) encode(salt, tag []byte) Hash {
	b64 := base64.RawStdEncoding
	return Hash(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.Memory, p.Time, p.Threads, b64.EncodeToString(salt), b64.EncodeToString(tag)))
}
