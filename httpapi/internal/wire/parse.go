package wire

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested in a document.
const MaxDepth = 16

// Parse checks that text is one JSON document as the wire wants it, and returns
// its value. The error is a *[SyntaxError]: for what RFC 8259 refuses, a byte
// order mark and empty text included, and for a member named twice in one
// object, invalid UTF-8, a lone surrogate, U+0000, nesting deeper than
// [MaxDepth], and anything behind the value. The time is linear in the text.
func Parse(text []byte) (Value, error) {
	c := checker{text: string(text)}
	if !utf8.ValidString(c.text) {
		return Value{}, &SyntaxError{Reason: "invalid UTF-8"}
	}
	c.space()
	start := c.at
	if err := c.value(); err != nil {
		return Value{}, err
	}
	end := c.at
	c.space()
	if c.at < len(c.text) {
		return Value{}, c.fail("unexpected data behind the value")
	}
	return Value{c.text[start:end]}, nil
}

// checker walks a text once, value by value, and stops at the first thing that
// the wire refuses.
type checker struct {
	text  string
	at    int
	depth int
}

func (c *checker) fail(reason string) error {
	return &SyntaxError{Reason: reason, Offset: c.at}
}

// peek returns the byte at hand, and 0, which no token begins with, at the end.
func (c *checker) peek() byte {
	if c.at < len(c.text) {
		return c.text[c.at]
	}
	return 0
}

// take steps over b if it is the byte at hand.
func (c *checker) take(b byte) bool {
	if c.peek() != b {
		return false
	}
	c.at++
	return true
}

func (c *checker) space() {
	for isSpace(c.peek()) {
		c.at++
	}
}

func (c *checker) value() error {
	switch c.peek() {
	case '{':
		return c.nested(c.object)
	case '[':
		return c.nested(c.array)
	case '"':
		_, err := c.str()
		return err
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

// nested walks what the opening bracket at hand begins.
func (c *checker) nested(inside func() error) error {
	if c.depth == MaxDepth {
		return c.fail("nested too deep")
	}
	c.depth++
	c.at++
	c.space()
	err := inside()
	c.depth--
	return err
}

func (c *checker) object() error {
	if c.take('}') {
		return nil
	}
	var seen names
	for {
		name, err := c.str()
		if err != nil {
			return err
		}
		if !seen.add(name) {
			return c.fail("duplicate member")
		}
		c.space()
		if !c.take(':') {
			return c.fail("expected a colon")
		}
		c.space()
		if err := c.value(); err != nil {
			return err
		}
		more, err := c.more('}')
		if !more {
			return err
		}
	}
}

func (c *checker) array() error {
	if c.take(']') {
		return nil
	}
	for {
		if err := c.value(); err != nil {
			return err
		}
		more, err := c.more(']')
		if !more {
			return err
		}
	}
}

// more steps over what stands behind an element: a comma, after which there is
// more, or the closing bracket.
func (c *checker) more(closing byte) (bool, error) {
	c.space()
	if c.take(closing) {
		return false, nil
	}
	if !c.take(',') {
		return false, c.fail("expected a comma or the end of the array or object")
	}
	c.space()
	return true, nil
}

// str walks a string and returns its content.
func (c *checker) str() (string, error) {
	if !c.take('"') {
		return "", c.fail("expected a string")
	}
	start := c.at
	for {
		switch b := c.peek(); {
		case b == '"':
			c.at++
			return unescape(c.text[start : c.at-1]), nil
		case b == '\\':
			if err := c.escape(); err != nil {
				return "", err
			}
		case b < ' ': // the end of the text, too
			return "", c.fail("unescaped control character or unfinished string")
		default:
			c.at++
		}
	}
}

// escape walks one escape, or the two of a pair of surrogates.
func (c *checker) escape() error {
	c.at++
	if c.peek() != 'u' {
		if strings.IndexByte(`"\/bfnrt`, c.peek()) < 0 {
			return c.fail("unknown escape")
		}
		c.at++
		return nil
	}
	r, ok := c.unit()
	switch {
	case !ok:
		return c.fail("unknown escape")
	case r == 0:
		return c.fail("U+0000")
	case !utf16.IsSurrogate(r):
		return nil
	}
	if !c.take('\\') {
		return c.fail("lone surrogate")
	}
	low, _ := c.unit() // 0, which is no low surrogate, if there is none
	if utf16.DecodeRune(r, low) == utf8.RuneError {
		return c.fail("lone surrogate")
	}
	return nil
}

// unit steps over the u and the four hex digits of an escape and returns the
// UTF-16 code unit that they stand for.
func (c *checker) unit() (rune, bool) {
	if !c.take('u') || len(c.text)-c.at < 4 {
		return 0, false
	}
	for i := range 4 {
		if !isHex(c.text[c.at+i]) {
			return 0, false
		}
	}
	r := codeUnit(c.text[c.at:])
	c.at += 4
	return r, true
}

func (c *checker) word(word string) error {
	if !strings.HasPrefix(c.text[c.at:], word) {
		return c.fail("expected a value")
	}
	c.at += len(word)
	return nil
}

// number walks -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
func (c *checker) number() error {
	c.take('-')
	if !c.take('0') && !c.digits() {
		return c.fail("expected a value")
	}
	if c.take('.') && !c.digits() {
		return c.fail("expected a digit")
	}
	if !c.take('e') && !c.take('E') {
		return nil
	}
	if !c.take('+') {
		c.take('-')
	}
	if !c.digits() {
		return c.fail("expected a digit")
	}
	return nil
}

// digits steps over digits and reports whether there was one.
func (c *checker) digits() bool {
	start := c.at
	for isDigit(c.peek()) {
		c.at++
	}
	return c.at > start
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isHex(b byte) bool {
	return isDigit(b) || 'a' <= b|0x20 && b|0x20 <= 'f'
}

// names is the set of the names of one object. Most objects have a handful of
// members, for which comparing each is cheaper than a map; a hostile one may
// have a hundred thousand.
type names struct {
	few  [8]string
	used int
	many map[string]struct{}
}

// add puts name into the set and reports whether it was not there before.
func (n *names) add(name string) bool {
	for _, known := range n.few[:n.used] {
		if known == name {
			return false
		}
	}
	if n.used < len(n.few) {
		n.few[n.used] = name
		n.used++
		return true
	}
	if _, known := n.many[name]; known {
		return false
	}
	if n.many == nil {
		n.many = make(map[string]struct{})
	}
	n.many[name] = struct{}{}
	return true
}
