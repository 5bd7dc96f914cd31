package sqlstore

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// bind replaces the domain's values among the arguments of a statement by what is stored: times by microseconds since the epoch, scopes,
// tenancies and states by their text. A zero time, id or digest is NULL.
func bind(args []any) error {
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
				return errText
			}
		case uuid.UUID:
			args[i] = null(v == uuid.Nil, v.String)
		case session.Digest:
			args[i] = null(v.IsZero(), func() []byte { return v[:] })
		case time.Time:
			args[i] = null(v.IsZero(), v.UnixMicro)
		case perms.Scope:
			args[i] = v.String()
		case perms.Tenancy:
			args[i] = v.String()
		case perms.Status:
			args[i] = v.String()
		}
	}
	return nil
}

func null[T any](zero bool, value func() T) any {
	if zero {
		return nil
	}
	return value()
}

// array returns the JSON array that {in ids} and {in numbers} take.
func array[T uuid.UUID | int64 | string](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(values) // of ids, numbers and scopes, which do not fail
	return string(text)
}

// optional returns a text, or NULL for the empty one.
func optional(s string) any { return null(s == "", func() string { return s }) }

// The types of columns. Each scans what bind has written.
type (
	instant struct{ time.Time }
	scope   struct{ perms.Scope }
	tenancy struct{ perms.Tenancy }
	status  struct{ perms.Status }
	digest  struct{ session.Digest }
	text    string // "" for NULL
	flag    bool   // false for NULL
	number  int64  // 0 for NULL
)

// Scan implements sql.Scanner.
func (t *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		t.Time = time.Time{}
	case int64:
		t.Time = time.UnixMicro(v).UTC()
	default:
		return unexpected("time", src)
	}
	return nil
}

// Scan implements sql.Scanner.
func (s *scope) Scan(src any) (err error) {
	return parse(src, &s.Scope, perms.ParseScope)
}

// Scan implements sql.Scanner.
func (t *tenancy) Scan(src any) (err error) {
	return parse(src, &t.Tenancy, perms.ParseTenancy)
}

// Scan implements sql.Scanner.
func (s *status) Scan(src any) (err error) {
	return parse(src, &s.Status, parseStatus)
}

func parseStatus(word string) (perms.Status, error) {
	known, ok := perms.ParseStatus(word)
	if !ok {
		return 0, unexpected("status", word)
	}
	return known, nil
}

// Scan implements sql.Scanner.
func (d *digest) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || copy(d.Digest[:], b) != len(d.Digest) {
		return unexpected("digest", src)
	}
	return nil
}

// Scan implements sql.Scanner.
func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = text(v)
	case []byte:
		*t = text(v)
	default:
		return unexpected("text", src)
	}
	return nil
}

// Scan implements sql.Scanner.
func (f *flag) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*f = false
	case bool:
		*f = flag(v)
	case int64:
		*f = v != 0
	default:
		return unexpected("flag", src)
	}
	return nil
}

// Scan implements sql.Scanner.
func (n *number) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*n = 0
	case int64:
		*n = number(v)
	default:
		return unexpected("number", src)
	}
	return nil
}

// parse scans a text by the inverse of its String method; NULL is the zero value.
func parse[T any](src any, dest *T, inverse func(string) (T, error)) (err error) {
	var written text
	if err := written.Scan(src); err != nil {
		return err
	}
	var none T
	*dest = none
	if written != "" {
		*dest, err = inverse(string(written))
	}
	return err
}

func unexpected(what string, src any) error { return fmt.Errorf("a %s is stored as %T", what, src) }

// members is the type of columns with JSON objects, NULL for no members.
type members struct{ perms.Members }

// Scan implements sql.Scanner.
func (m *members) Scan(src any) error {
	return parse(src, &m.Members, func(text string) (all perms.Members, err error) {
		err = json.Unmarshal([]byte(text), &all)
		return all, err
	})
}
