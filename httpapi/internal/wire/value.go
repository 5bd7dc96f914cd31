package wire

import (
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"
)

// MaxInteger is the greatest integer on the wire, 2^53-1; the least is its
// negative. Every implementation of JSON keeps the integers between exactly.
const MaxInteger = 1<<53 - 1

// Kind is the JSON type of a value.
type Kind uint8

// The kinds of a value. KindInteger is a number without fraction and exponent
// within ±[MaxInteger], KindNumber any other number. KindAbsent is the kind of
// the zero Value.
const (
	KindAbsent Kind = iota
	KindNull
	KindBool
	KindInteger
	KindNumber
	KindString
	KindArray
	KindObject
)

// String returns the name of the kind in JSON's own words, such as "boolean".
func (k Kind) String() string {
	switch k {
	case KindNull:
		return "null"
	case KindBool:
		return "boolean"
	case KindInteger:
		return "integer"
	case KindNumber:
		return "number"
	case KindString:
		return "string"
	case KindArray:
		return "array"
	case KindObject:
		return "object"
	}
	return "absent"
}

// Value is one value of a document that [Parse] has accepted. It is the value's
// own piece of the text, read when asked: a document costs no more memory than
// its text, however many values it holds. The zero Value is absent.
type Value struct {
	text string // well formed, without white space around it
}

// Kind returns the value's kind.
func (v Value) Kind() Kind {
	if v.text == "" {
		return KindAbsent
	}
	switch v.text[0] {
	case 'n':
		return KindNull
	case 't', 'f':
		return KindBool
	case '"':
		return KindString
	case '[':
		return KindArray
	case '{':
		return KindObject
	}
	if _, ok := v.Int(); ok {
		return KindInteger
	}
	return KindNumber
}

// Raw returns the value as it stands in the document.
func (v Value) Raw() string { return v.text }

// Bool reports whether the value is true.
func (v Value) Bool() bool { return v.text == "true" }

// Int returns the value of an integer; ok is false for every other kind.
func (v Value) Int() (n int64, ok bool) {
	n, err := strconv.ParseInt(v.text, 10, 64)
	return n, err == nil && -MaxInteger <= n && n <= MaxInteger
}

// Text returns the content of a string, and "" for every other kind.
func (v Value) Text() string {
	if v.Kind() != KindString {
		return ""
	}
	return unescape(v.text[1 : len(v.text)-1])
}

// Items yields the elements of an array in their order, and nothing for every
// other kind.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != KindArray {
			return
		}
		for at := next(v.text, 1); v.text[at] != ']'; {
			end := valueEnd(v.text, at)
			if !yield(Value{v.text[at:end]}) {
				return
			}
			at = next(v.text, end)
		}
	}
}

// Members yields the members of an object in their order, and nothing for every
// other kind. No name comes twice.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.Kind() != KindObject {
			return
		}
		for at := next(v.text, 1); v.text[at] != '}'; {
			nameEnd := stringEnd(v.text, at)
			name := unescape(v.text[at+1 : nameEnd-1])
			start := next(v.text, nameEnd)
			end := valueEnd(v.text, start)
			if !yield(name, Value{v.text[start:end]}) {
				return
			}
			at = next(v.text, end)
		}
	}
}

// Member returns the member of an object that has exactly this name, letter
// case included; it is absent when there is none.
func (v Value) Member(name string) Value {
	for n, value := range v.Members() {
		if n == name {
			return value
		}
	}
	return Value{}
}

// The functions below walk text that Parse has accepted, so they check nothing.

// next returns the index of the next token at or behind at, over white space and
// the separators, which say nothing once the text is known to be good. It is used
// inside arrays and objects alone, so there is one.
func next(text string, at int) int {
	for isSpace(text[at]) || text[at] == ',' || text[at] == ':' {
		at++
	}
	return at
}

// valueEnd returns the index behind the element or member value that begins at
// at.
func valueEnd(text string, at int) int {
	switch text[at] {
	case '"':
		return stringEnd(text, at)
	case '[', '{':
		return nestEnd(text, at)
	}
	for b := text[at]; !isSpace(b) && b != ',' && b != ']' && b != '}'; b = text[at] {
		at++
	}
	return at
}

// stringEnd returns the index behind the string that begins at at.
func stringEnd(text string, at int) int {
	for at++; text[at] != '"'; at++ {
		if text[at] == '\\' {
			at++
		}
	}
	return at + 1
}

// nestEnd returns the index behind the array or object that begins at at.
func nestEnd(text string, at int) int {
	for depth := 0; ; at++ {
		switch text[at] {
		case '"':
			at = stringEnd(text, at) - 1
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
}

// unescape returns what stands between the quotes of a string with its escapes
// resolved. Parse has made sure that surrogates come in pairs.
func unescape(s string) string {
	at := strings.IndexByte(s, '\\')
	if at < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for ; at >= 0; at = strings.IndexByte(s, '\\') {
		b.WriteString(s[:at])
		escape := s[at+1]
		s = s[at+2:]
		if escape != 'u' {
			b.WriteByte(escaped(escape))
			continue
		}
		r := codeUnit(s)
		s = s[4:]
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, codeUnit(s[2:]))
			s = s[6:]
		}
		b.WriteRune(r)
	}
	b.WriteString(s)
	return b.String()
}

// escaped returns the character that a backslash and c stand for.
func escaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// codeUnit returns the UTF-16 code unit that the first four bytes of s, hex
// digits, stand for.
func codeUnit(s string) rune {
	n, _ := strconv.ParseUint(s[:4], 16, 16)
	return rune(n)
}
