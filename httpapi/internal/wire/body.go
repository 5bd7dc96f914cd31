package wire

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// MaxBody is the greatest number of bytes of a JSON body.
const MaxBody = 1 << 20

// ReadObject reads a body that must be a JSON object, of at most [MaxBody] bytes.
// The errors are [ErrMediaType], [ErrTooLarge] and [ErrMalformed], in this order
// of precedence.
func ReadObject(r *http.Request) (*Form, error) { return readForm(r, KindObject) }

// ReadArray is [ReadObject] for a body that must be an array; see
// [Form.Elements].
func ReadArray(r *http.Request) (*Form, error) { return readForm(r, KindArray) }

// ReadOptional is [ReadObject] for a body that may be left out: an empty one
// reads as an object without members.
func ReadOptional(r *http.Request) (*Form, error) {
	text, err := readText(r, isJSON)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return NewForm(Value{}), nil
	}
	return formOf(text, KindObject)
}

// ReadString reads a body that is one JSON string or, as text/plain, the string
// itself, byte for byte; the media type says which. An empty body is malformed.
func ReadString(r *http.Request) (string, error) {
	text, err := readText(r, func(mediaType string) bool {
		return mediaType == "text/plain" || isJSON(mediaType)
	})
	if err != nil {
		return "", err
	}
	if MediaType(r) == "text/plain" {
		return plain(text)
	}
	form, err := formOf(text, KindString)
	if err != nil {
		return "", err
	}
	return form.value.Text(), nil
}

// ReadBytes reads a body of any media type, of at most limit bytes. The errors
// are [ErrMediaType], for a Content-Encoding, [ErrTooLarge], and [ErrMalformed]
// for a body that breaks off.
func ReadBytes(r *http.Request, limit int64) ([]byte, error) {
	if encoded(r) {
		return nil, ErrMediaType
	}
	if r.Body == nil {
		return nil, nil
	}
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	var tooLarge *http.MaxBytesError // the host's own limit
	switch {
	case errors.As(err, &tooLarge), int64(len(text)) > limit:
		return nil, ErrTooLarge
	case err != nil:
		return nil, &SyntaxError{Reason: "the body breaks off", Offset: len(text)}
	}
	return text, nil
}

// MediaType returns the request's media type in lower case without parameters.
// It is empty when none is sent; several at once are none that any route takes.
func MediaType(r *http.Request) string {
	sent := r.Header.Values("Content-Type")
	if len(sent) > 1 {
		return strings.ToLower(strings.Join(sent, ", "))
	}
	mediaType, _, _ := strings.Cut(strings.Join(sent, ""), ";")
	return strings.ToLower(strings.Trim(mediaType, " \t"))
}

func readForm(r *http.Request, want Kind) (*Form, error) {
	text, err := readText(r, isJSON)
	if err != nil {
		return nil, err
	}
	return formOf(text, want)
}

func formOf(text []byte, want Kind) (*Form, error) {
	value, err := Parse(text)
	if err != nil {
		return nil, err
	}
	if value.Kind() != want {
		return nil, &SyntaxError{Reason: "the body must be of type " + want.String()}
	}
	return NewForm(value), nil
}

// readText reads a body whose media type is accepted, or missing, or beside the
// point because the body is empty.
func readText(r *http.Request, accepted func(string) bool) ([]byte, error) {
	mediaType := MediaType(r)
	if mediaType == "" || accepted(mediaType) {
		return ReadBytes(r, MaxBody)
	}
	text, err := ReadBytes(r, 0)
	if errors.Is(err, ErrTooLarge) {
		return nil, ErrMediaType
	}
	return text, err
}

func isJSON(mediaType string) bool {
	name, found := strings.CutPrefix(mediaType, "application/")
	if !found {
		return false
	}
	prefix, suffixed := strings.CutSuffix(name, "+json")
	return name == "json" || suffixed && isToken(prefix)
}

// isToken reports whether s is a token as RFC 9110 has it.
func isToken(s string) bool {
	for i := range len(s) {
		b := s[i]
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && !isDigit(b) && strings.IndexByte("!#$%&'*+-.^_`|~", b) < 0 {
			return false
		}
	}
	return s != ""
}

// encoded reports whether the body is sent in any encoding but identity.
func encoded(r *http.Request) bool {
	for _, line := range r.Header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			coding = strings.Trim(coding, " \t")
			if coding != "" && !strings.EqualFold(coding, "identity") {
				return true
			}
		}
	}
	return false
}

// plain returns text as a string, if it is one that a JSON string could be.
func plain(text []byte) (string, error) {
	s := string(text)
	switch {
	case s == "":
		return "", &SyntaxError{Reason: "empty"}
	case !utf8.ValidString(s):
		return "", &SyntaxError{Reason: "invalid UTF-8"}
	case strings.IndexByte(s, 0) >= 0:
		return "", &SyntaxError{Reason: "U+0000", Offset: strings.IndexByte(s, 0)}
	}
	return s, nil
}
