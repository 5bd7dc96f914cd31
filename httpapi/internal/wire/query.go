package wire

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Query reads the parameters of a query. As with a [Form], its readers never
// fail: they collect what is wrong, and [Query.Err] tells. A parameter without a
// value is set to "".
type Query struct {
	names    []string // in the order sent
	values   map[string]string
	bad      *ParamError // the first parameter not of its type
	problems problems
}

// ParseQuery reads a request's RawQuery. The error is a *[ParamError] that names
// the parameter: for one given twice, and for bad percent-encoding, invalid UTF-8
// or U+0000 in a name or a value.
func ParseQuery(raw string) (*Query, error) {
	q := &Query{values: make(map[string]string), problems: problems{in: InQuery}}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, ok := decode(rawName)
		if !ok {
			return nil, &ParamError{In: InQuery, Name: rawName, Reason: "badly encoded"}
		}
		value, ok := decode(rawValue)
		if !ok {
			return nil, &ParamError{In: InQuery, Name: name, Reason: "badly encoded"}
		}
		if _, repeated := q.values[name]; repeated {
			return nil, &ParamError{In: InQuery, Name: name, Reason: "given twice"}
		}
		q.names = append(q.names, name)
		q.values[name] = value
	}
	return q, nil
}

func decode(s string) (string, bool) {
	s, err := url.QueryUnescape(s)
	return s, err == nil && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// Unknown returns the parameters that are not among known, in the order sent.
func (q *Query) Unknown(known ...string) []string {
	var unknown []string
	for _, name := range q.names {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// Err returns a *[ParamError] for the first parameter that is not of its type;
// without one an *[Invalid] for those that are, and are refused all the same; or
// nil.
func (q *Query) Err() error {
	if q.bad != nil {
		return q.bad
	}
	return q.problems.err()
}

// Fail adds a problem of a parameter that is of its type and still refused.
func (q *Query) Fail(name string, code Code, text string) {
	q.problems.add(Problem{Field: name, Code: code, Text: text})
}

// String reads a parameter of any form.
func (q *Query) String(name string) Opt[string] {
	q.problems.ask(name)
	value, set := q.values[name]
	return Opt[string]{Value: value, Set: set}
}

// Bool reads true or false.
func (q *Query) Bool(name string) Opt[bool] {
	return param(q, name, "must be true or false", func(s string) (bool, bool) {
		return s == "true", s == "true" || s == "false"
	})
}

// Int reads digits without a sign or a leading zero. An integer that is not
// between least and most is a problem with [CodeRange].
func (q *Query) Int(name string, least, most int64) Opt[int64] {
	n := param(q, name, "must be an integer", integer)
	if n.Set && (n.Value < least || n.Value > most) {
		q.Fail(name, CodeRange, fmt.Sprintf("must be between %d and %d", least, most))
		return Opt[int64]{}
	}
	return n
}

// Number reads a number, see [Number].
func (q *Query) Number(name string) Opt[int64] {
	return param(q, name, "must be a number", Number)
}

// UUID reads a uuid, see [UUID].
func (q *Query) UUID(name string) Opt[uuid.UUID] {
	return param(q, name, "must be a uuid", UUID)
}

// Time reads a time, see [Time].
func (q *Query) Time(name string) Opt[time.Time] {
	return param(q, name, "must be a time as in RFC 3339", Time)
}

func param[T any](q *Query, name, reason string, parse func(string) (T, bool)) Opt[T] {
	s := q.String(name)
	if !s.Set {
		return Opt[T]{}
	}
	value, ok := parse(s.Value)
	if !ok {
		if q.bad == nil {
			q.bad = &ParamError{In: InQuery, Name: name, Reason: reason}
		}
		return Opt[T]{}
	}
	return Some(value)
}
