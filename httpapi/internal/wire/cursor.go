package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// cursorBytes is the length of a cursor before base64: the number and as many
// bytes of the fingerprint.
const cursorBytes = 8 + 8

// Cursor returns the opaque cursor of the page that follows the object with the
// number after, in a list with these filters. It reveals and grants nothing that
// the list itself does not, so it is not signed.
func Cursor(after int64, filters ...string) string {
	b := make([]byte, 0, cursorBytes+sha256.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(after))
	b = append(b, fingerprint(filters)...)
	return base64.RawURLEncoding.EncodeToString(b[:cursorBytes])
}

// ParseCursor returns the number in a cursor. It refuses every text that
// [Cursor] does not make for the same filters.
func ParseCursor(s string, filters ...string) (after int64, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != cursorBytes {
		return 0, false
	}
	after = int64(binary.BigEndian.Uint64(b))
	if after < 0 || after > MaxInteger || Cursor(after, filters...) != s {
		return 0, false
	}
	return after, true
}

// fingerprint hashes the filters, each with its length, so that no two lists of
// filters read alike.
func fingerprint(filters []string) []byte {
	hash := sha256.New()
	for _, filter := range filters {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(filter)))
		hash.Write(length[:])
		hash.Write([]byte(filter))
	}
	return hash.Sum(nil)
}
