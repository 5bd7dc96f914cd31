package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrFormat says that a stored hash can not be read: it is malformed, of
// another kind, or costs more or less than this [Hasher] accepts. Its text
// never holds any of the hash.
var ErrFormat = errors.New("password: stored hash not readable")

// The bounds of a stored hash. They are checked before anything is allocated
// for it, since a hash that was imported, or written into a stolen database,
// chooses its own price.
const (
	maxStored = 512 // bytes of the whole hash

	minMemory, maxMemory = 7168, 1 << 20 // KiB
	maxTime              = 10
	maxThreads           = 4

	minSalt, maxSalt = 8, 64
	minTag, maxTag   = 16, 64

	minIterations, maxIterations = 1_000, 10_000_000
	minCost, maxCost             = 4, 16
	bcryptLength                 = 60
)

// memoryRange is the range of Argon2id memory, in KiB, that a Hasher reads.
type memoryRange struct{ min, max uint32 }

// parse reads a stored hash in any of the accepted notations.
func parse(stored string, memory memoryRange) (credential, error) {
	if len(stored) > maxStored || strings.ContainsFunc(stored, notGraphic) {
		return nil, malformed("length or alphabet")
	}
	field := strings.Split(stored, "$")
	if len(field) > 1 && field[0] == "" {
		switch field[1] {
		case "argon2id":
			return parseArgon2id(field[2:], memory)
		case "2a", "2b", "2y":
			return parseBcrypt(stored, field[2:])
		case "pbkdf2-sha256":
			return parsePBKDF2(field[2:])
		}
	}
	if field[0] == "pbkdf2_sha256" {
		return parseDjango(field[1:])
	}
	return nil, malformed("unknown kind")
}

func notGraphic(r rune) bool { return r <= ' ' || r > '~' }

// malformed wraps ErrFormat with the part that is wrong, never its value.
func malformed(part string) error { return fmt.Errorf("%w: %s", ErrFormat, part) }

// parseArgon2id reads v=19, m=,t=,p=, the salt and the tag.
func parseArgon2id(field []string, memory memoryRange) (credential, error) {
	if len(field) != 4 || field[0] != "v=19" {
		return nil, malformed("argon2id fields or version")
	}
	costs := strings.Split(field[1], ",")
	if len(costs) != 3 {
		return nil, malformed("argon2id parameters")
	}
	m, okM := number(costs[0], "m=", uint64(memory.min), uint64(memory.max))
	t, okT := number(costs[1], "t=", 1, maxTime)
	p, okP := number(costs[2], "p=", 1, maxThreads)
	if !okM || !okT || !okP {
		return nil, malformed("argon2id parameters")
	}
	salt, okSalt := decode(base64.RawStdEncoding, field[2], minSalt, maxSalt)
	tag, okTag := decode(base64.RawStdEncoding, field[3], minTag, maxTag)
	if !okSalt || !okTag {
		return nil, malformed("argon2id salt or tag")
	}
	params := Params{Memory: uint32(m), Time: uint32(t), Threads: uint8(p)}
	return argon2Credential{params: params, salt: salt, tag: tag}, nil
}

// parseBcrypt reads the modular crypt format: two digits of cost, then 22
// characters of salt and 31 of hash in one field.
func parseBcrypt(stored string, field []string) (credential, error) {
	if len(stored) != bcryptLength || len(field) != 2 || len(field[0]) != 2 {
		return nil, malformed("bcrypt fields")
	}
	cost, err := strconv.ParseUint(field[0], 10, 8)
	if err != nil || cost < minCost || cost > maxCost {
		return nil, malformed("bcrypt cost")
	}
	if strings.ContainsFunc(field[1], notBcrypt) {
		return nil, malformed("bcrypt salt or hash")
	}
	return bcryptCredential(stored), nil
}

func notBcrypt(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '/')
}

// passlib is the base64 of passlib's PBKDF2 hashes: the standard one, with a
// full stop in the place of the plus sign.
var passlib = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789./").
	WithPadding(base64.NoPadding)

// parsePBKDF2 reads the PHC notation, whose iterations begin with i=, and
// passlib's, whose iterations are a bare number.
func parsePBKDF2(field []string) (credential, error) {
	if len(field) != 3 {
		return nil, malformed("pbkdf2 fields")
	}
	encoding, prefix := passlib, ""
	if strings.HasPrefix(field[0], "i=") {
		encoding, prefix = base64.RawStdEncoding, "i="
	}
	count, length, hasLength := strings.Cut(field[0], ",")
	iterations, okI := number(count, prefix, minIterations, maxIterations)
	if !okI || hasLength && prefix == "" {
		return nil, malformed("pbkdf2 iterations")
	}
	salt, okSalt := decode(encoding, field[1], minSalt, maxSalt)
	tag, okTag := decode(encoding, field[2], minTag, maxTag)
	if !okSalt || !okTag {
		return nil, malformed("pbkdf2 salt or hash")
	}
	if hasLength && length != "l="+strconv.Itoa(len(tag)) {
		return nil, malformed("pbkdf2 length")
	}
	return pbkdf2Credential{iterations: int(iterations), salt: salt, tag: tag}, nil
}

// parseDjango reads Django's PBKDF2 hashes, whose salt is text and whose hash
// is padded base64.
func parseDjango(field []string) (credential, error) {
	if len(field) != 3 {
		return nil, malformed("pbkdf2 fields")
	}
	iterations, ok := number(field[0], "", minIterations, maxIterations)
	if !ok {
		return nil, malformed("pbkdf2 iterations")
	}
	tag, ok := decode(base64.StdEncoding, field[2], minTag, maxTag)
	if !ok || len(field[1]) < minSalt || len(field[1]) > maxSalt {
		return nil, malformed("pbkdf2 salt or hash")
	}
	return pbkdf2Credential{iterations: int(iterations), salt: []byte(field[1]), tag: tag}, nil
}

// number reads prefix and then a decimal number in its one canonical form,
// within [low, high].
func number(s, prefix string, low, high uint64) (uint64, bool) {
	digits, ok := strings.CutPrefix(s, prefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || strconv.FormatUint(n, 10) != digits {
		return 0, false
	}
	return n, low <= n && n <= high
}

// decode reads base64 in its one canonical form, of low to high bytes.
func decode(encoding *base64.Encoding, s string, low, high int) ([]byte, bool) {
	b, err := encoding.Strict().DecodeString(s)
	return b, err == nil && low <= len(b) && len(b) <= high
}
