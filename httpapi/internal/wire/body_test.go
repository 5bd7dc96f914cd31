package wire_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// request returns a request with the body and headers, the latter as "Name: value".
func request(body string, headers ...string) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	return r
}

func TestMediaTypes(t *testing.T) {
	tests := []struct {
		name    string
		headers []string
		want    error
	}{
		{"missing", nil, nil},
		{"empty", []string{"Content-Type: "}, nil},
		{"JSON", []string{"Content-Type: application/json"}, nil},
		{"upper case", []string{"Content-Type: Application/JSON"}, nil},
		{"a charset", []string{"Content-Type: application/json; charset=latin1"}, nil},
		{"a bad parameter", []string{"Content-Type: application/json ;;="}, nil},
		{"a suffix", []string{"Content-Type: application/merge-patch+json"}, nil},
		{"a suffix and a parameter", []string{"Content-Type: application/vnd.x+json;v=1"}, nil},
		{"a suffix alone", []string{"Content-Type: application/+json"}, wire.ErrMediaType},
		{"a suffix behind another", []string{"Content-Type: application/x, application/y+json"}, wire.ErrMediaType},
		{"a longer name", []string{"Content-Type: application/jsonp"}, wire.ErrMediaType},
		{"another type", []string{"Content-Type: text/json"}, wire.ErrMediaType},
		{"another type with the suffix", []string{"Content-Type: image/svg+json"}, wire.ErrMediaType},
		{"no type", []string{"Content-Type: json"}, wire.ErrMediaType},
		{"no type but the suffix", []string{"Content-Type: x+json"}, wire.ErrMediaType},
		{"plain text", []string{"Content-Type: text/plain"}, wire.ErrMediaType},
		{"a form", []string{"Content-Type: application/x-www-form-urlencoded"}, wire.ErrMediaType},
		{"two", []string{"Content-Type: application/json", "Content-Type: text/plain"}, wire.ErrMediaType},
		{"two with a parameter", []string{"Content-Type: application/json;a=b", "Content-Type: text/plain"}, wire.ErrMediaType},
		{"identity", []string{"Content-Encoding: identity"}, nil},
		{"identity in upper case", []string{"Content-Encoding: IDENTITY"}, nil},
		{"an empty encoding", []string{"Content-Encoding: "}, nil},
		{"gzip", []string{"Content-Encoding: gzip"}, wire.ErrMediaType},
		{"gzip behind identity", []string{"Content-Encoding: identity, gzip"}, wire.ErrMediaType},
		{"gzip in a second line", []string{"Content-Encoding: identity", "Content-Encoding: gzip"}, wire.ErrMediaType},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			form, err := wire.ReadObject(request(`{"a":1}`, test.headers...))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if err == nil && form.Number("a", wire.Required).Value != 1 {
				t.Error("the body was not read")
			}
		})
	}
}

func TestMediaTypeOfAnEmptyBody(t *testing.T) {
	if _, err := wire.ReadObject(request("", "Content-Type: text/plain")); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed: nothing has that media type", err)
	}
	if _, err := wire.ReadOptional(request("", "Content-Type: text/plain")); err != nil {
		t.Errorf("got %v for an empty optional body", err)
	}
	if _, err := wire.ReadOptional(request("{}", "Content-Type: text/plain")); !errors.Is(err, wire.ErrMediaType) {
		t.Errorf("got %v for a body in plain text, want ErrMediaType", err)
	}
	chunked := request("")
	chunked.Body, chunked.ContentLength = io.NopCloser(strings.NewReader("x")), -1
	chunked.Header.Set("Content-Type", "text/plain")
	if _, err := wire.ReadObject(chunked); !errors.Is(err, wire.ErrMediaType) {
		t.Errorf("got %v for a body without a length, want ErrMediaType", err)
	}
}

func TestBodyOfTheWrongType(t *testing.T) {
	for _, body := range []string{``, `null`, `true`, `7`, `"x"`, `[]`, `{} {}`, `{}garbage`, "\ufeff{}"} {
		form, err := wire.ReadObject(request(body))
		if !errors.Is(err, wire.ErrMalformed) || form != nil {
			t.Errorf("%q as an object: got %v, want ErrMalformed", body, err)
		}
		form, err = wire.ReadOptional(request(body))
		if (body == "") != (err == nil) {
			t.Errorf("%q as an optional object: got %v", body, err)
		}
		if err == nil && (form.String("reason", wire.Optional).Sent() || form.Err() != nil) {
			t.Errorf("%q has members", body)
		}
	}
	for _, body := range []string{``, `null`, `{}`, `"x"`} {
		if _, err := wire.ReadArray(request(body)); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%q as an array: got %v, want ErrMalformed", body, err)
		}
	}
	form, err := wire.ReadArray(request(`[1,2]`))
	if err != nil {
		t.Fatal(err)
	}
	if elements, ok := form.Elements(); !ok || len(elements) != 2 {
		t.Errorf("got %d elements", len(elements))
	}
}

func TestBodyTooLarge(t *testing.T) {
	fill := func(size int) string { return `{"a":"` + strings.Repeat("x", size-8) + `"}` }
	if _, err := wire.ReadObject(request(fill(wire.MaxBody))); err != nil {
		t.Errorf("the largest body: %v", err)
	}
	if _, err := wire.ReadObject(request(fill(wire.MaxBody + 1))); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("a byte more: got %v, want ErrTooLarge", err)
	}
	chunked := request("")
	chunked.Body, chunked.ContentLength = io.NopCloser(strings.NewReader(fill(wire.MaxBody+1))), -1
	if _, err := wire.ReadObject(chunked); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("without a length: got %v, want ErrTooLarge", err)
	}
	declared := request("")
	declared.Body, declared.ContentLength = io.NopCloser(iotest.ErrReader(errors.New("read"))), wire.MaxBody+1
	if _, err := wire.ReadObject(declared); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("declared too large: got %v, want ErrTooLarge before the first read", err)
	}
	var read counter
	endless := request("")
	endless.Body, endless.ContentLength = io.NopCloser(io.LimitReader(&read, 16*wire.MaxBody)), -1
	if _, err := wire.ReadObject(endless); !errors.Is(err, wire.ErrTooLarge) || read > wire.MaxBody+1 {
		t.Errorf("endless: got %v after %d bytes, want ErrTooLarge", err, read)
	}
	limited := request(fill(100))
	limited.Body = http.MaxBytesReader(httptest.NewRecorder(), limited.Body, 10)
	if _, err := wire.ReadObject(limited); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("under the host's own limit: got %v, want ErrTooLarge", err)
	}
	if _, err := wire.ReadObject(request(fill(wire.MaxBody+1), "Content-Type: text/plain")); !errors.Is(err, wire.ErrMediaType) {
		t.Errorf("of another media type: got %v, want ErrMediaType", err)
	}
	if _, err := wire.ReadObject(request("{}" + strings.Repeat("x", wire.MaxBody))); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("malformed, too: got %v, want ErrTooLarge", err)
	}
}

// counter is an endless body that counts how much of it is read.
type counter int64

func (c *counter) Read(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func TestBodyThatBreaksOff(t *testing.T) {
	r := request("")
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{}`), iotest.ErrReader(io.ErrUnexpectedEOF)))
	r.ContentLength = 10
	if _, err := wire.ReadObject(r); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("got %v, want ErrMalformed", err)
	}
	without := request("")
	without.Body = nil
	if _, err := wire.ReadObject(without); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("no body: got %v, want ErrMalformed", err)
	}
}

func TestReadString(t *testing.T) {
	tests := []struct {
		name, body, mediaType string
		want                  string
		err                   error
	}{
		{"JSON", `"heron-lake-77"`, "application/json", "heron-lake-77", nil},
		{"JSON without a media type", ` "heron\u002dlake-77" `, "", "heron-lake-77", nil},
		{"an empty JSON string", `""`, "", "", nil},
		{"plain", ` heron "lake" `, "text/plain", ` heron "lake" `, nil},
		{"plain with a charset", "hé", "Text/Plain; charset=utf-8", "hé", nil},
		{"plain with quotes", `"heron"`, "text/plain", `"heron"`, nil},
		{"bare without a media type", `heron`, "", "", wire.ErrMalformed},
		{"an object", `{"password":"heron-lake-77"}`, "", "", wire.ErrMalformed},
		{"an array", `["heron-lake-77"]`, "", "", wire.ErrMalformed},
		{"null", `null`, "", "", wire.ErrMalformed},
		{"empty", ``, "", "", wire.ErrMalformed},
		{"empty of a third media type", ``, "image/png", "", wire.ErrMalformed},
		{"plain and empty", ``, "text/plain", "", wire.ErrMalformed},
		{"plain in Latin-1", "h\xe9", "text/plain; charset=latin1", "", wire.ErrMalformed},
		{"plain with NUL", "a\x00b", "text/plain", "", wire.ErrMalformed},
		{"a third media type", `"heron"`, "text/html", "", wire.ErrMediaType},
		{"too large", strings.Repeat("x", wire.MaxBody+1), "text/plain", "", wire.ErrTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(test.body)
			if test.mediaType != "" {
				r.Header.Set("Content-Type", test.mediaType)
			}
			got, err := wire.ReadString(r)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, test.want, test.err)
			}
		})
	}
}

func TestReadBytes(t *testing.T) {
	got, err := wire.ReadBytes(request("image", "Content-Type: image/png"), 5)
	if string(got) != "image" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := wire.ReadBytes(request("images"), 5); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	if _, err := wire.ReadBytes(request("image", "Content-Encoding: br"), 5); !errors.Is(err, wire.ErrMediaType) {
		t.Errorf("got %v, want ErrMediaType", err)
	}
}
