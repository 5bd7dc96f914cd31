package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

// nested returns depth arrays inside each other.
func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

var refused = []struct{ name, text, reason string }{
	{"empty", ``, "expected a value"},
	{"white space alone", " \t\r\n", "expected a value"},
	{"byte order mark", "\ufeff{}", "expected a value"},
	{"other white space", "\u00a0{}", "expected a value"},
	{"form feed", "\f{}", "expected a value"},
	{"word", `garbage`, "expected a value"},
	{"capital word", `True`, "expected a value"},
	{"cut word", `nul`, "expected a value"},
	{"long word", `nullx`, "behind the value"},
	{"NaN", `NaN`, "expected a value"},
	{"single quotes", `{'a':1}`, "expected a string"},
	{"bare name", `{a:1}`, "expected a string"},
	{"comment", `{/**/}`, "expected a string"},
	{"cut object", `{"email":`, "expected a value"},
	{"no colon", `{"a" 1}`, "expected a colon"},
	{"comma at the end of an object", `{"a":1,}`, "expected a string"},
	{"comma at the end of an array", `[1,]`, "expected a value"},
	{"comma at the start", `[,1]`, "expected a value"},
	{"no comma", `[1 2]`, "expected a comma"},
	{"wrong bracket", `[1}`, "expected a comma"},
	{"wrong brace", `{"a":1]`, "expected a comma"},
	{"open array", `[1`, "expected a comma"},
	{"second document", `{} {}`, "behind the value"},
	{"trailing data", `{}garbage`, "behind the value"},
	{"trailing NUL", "{}\x00", "behind the value"},

	{"duplicate", `{"role_id":5,"role_id":1}`, "duplicate"},
	{"duplicate by an escape", `{"role_id":5,"\u0072ole_id":1}`, "duplicate"},
	{"duplicate by a pair of escapes", `{"😀":5,"\ud83d\ude00":1}`, "duplicate"},
	{"duplicate deep down", `[{"a":{"b":[{"c":1,"c":1}]}}]`, "duplicate"},
	{"duplicate empty name", `{"":1,"":1}`, "duplicate"},
	{"duplicate behind many", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"i":1}`, "duplicate"},
	{"duplicate of the first of many", `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"a":1}`, "duplicate"},

	{"invalid UTF-8", "{\"a\":\"\xff\"}", "UTF-8"},
	{"overlong UTF-8", "\"\xc0\xaf\"", "UTF-8"},
	{"surrogate in UTF-8", "\"\xed\xa0\x80\"", "UTF-8"},
	{"cut UTF-8", "\"\xe2\x82\"", "UTF-8"},
	{"lone high surrogate", `"\ud800"`, "lone surrogate"},
	{"lone low surrogate", `"\udc00"`, "lone surrogate"},
	{"two high surrogates", `"\ud800\ud800"`, "lone surrogate"},
	{"high surrogate and a letter", `"\ud800a\udc00"`, "lone surrogate"},
	{"high surrogate and an escape", `"\ud800\n"`, "lone surrogate"},
	{"high surrogate and another character", `"\ud800\u0041"`, "lone surrogate"},
	{"high surrogate and a low one without its backslash", `"\ud800udc00"`, "lone surrogate"},
	{"high surrogate and a low one without its u", `"\ud800\dc00"`, "lone surrogate"},
	{"high surrogate and a cut escape", `"\ud800\udc"`, "lone surrogate"},
	{"lone surrogate in a name", `{"\uDFFF":1}`, "lone surrogate"},
	{"escaped NUL", `{"name":"a\u0000b"}`, "U+0000"},
	{"escaped NUL in a name", `{"\u0000":1}`, "U+0000"},
	{"raw NUL", "\"\x00\"", "control"},
	{"raw newline", "\"\n\"", "control"},
	{"raw unit separator", "\"\x1f\"", "control"},
	{"open string", `"abc`, "unfinished"},
	{"open escape", `"abc\`, "unknown escape"},
	{"escape of NUL", "\"\\\x00\"", "unknown escape"},
	{"unknown escape", `"\x41"`, "unknown escape"},
	{"cut unicode escape", `"\u12`, "unknown escape"},
	{"bad hex digit", `"\u12g4"`, "unknown escape"},
	{"signed hex digits", `"\u+123"`, "unknown escape"},
	{"capital U", `"\U0041"`, "unknown escape"},

	{"leading zero", `01`, "behind the value"},
	{"plus", `+1`, "expected a value"},
	{"minus alone", `-`, "expected a value"},
	{"no digit before the point", `.5`, "expected a value"},
	{"no digit behind the point", `1.`, "expected a digit"},
	{"no digit in the exponent", `1e`, "expected a digit"},
	{"no digit behind the sign", `1e+`, "expected a digit"},
	{"two signs", `1e+-1`, "expected a digit"},
	{"hexadecimal", `0x10`, "behind the value"},
	{"other digits", `٥`, "expected a value"},

	{"too deep", nested(wire.MaxDepth + 1), "too deep"},
	{"too deep through objects", strings.Repeat(`{"a":`, 17) + `1` + strings.Repeat(`}`, 17), "too deep"},
	{"5,000 deep and open", strings.Repeat("[", 5000), "too deep"},
}

func TestParseRefuses(t *testing.T) {
	for _, test := range refused {
		t.Run(test.name, func(t *testing.T) {
			v, err := wire.Parse([]byte(test.text))
			if !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("got %q, %v; want ErrMalformed", v.Raw(), err)
			}
			if !strings.Contains(err.Error(), test.reason) {
				t.Errorf("got %q; want a reason with %q", err, test.reason)
			}
			if v != (wire.Value{}) {
				t.Errorf("got the value %q beside the error", v.Raw())
			}
		})
	}
}

func TestParseErrorTellsWhere(t *testing.T) {
	_, err := wire.Parse([]byte(`{"a":1,"a":2}`))
	var syntax *wire.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("got %T; want *SyntaxError", err)
	}
	if syntax.Reason != "duplicate member" || syntax.Offset != 10 {
		t.Errorf("got %+v", *syntax)
	}
	if errors.Is(err, wire.ErrTooLarge) {
		t.Error("a syntax error matches ErrTooLarge")
	}
}

var accepted = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `null`, `true`, `false`,
	" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n",
	`-12.5e+3`, `1E-2`, `0.10`, `99999999999999999999`,
	`"plain"`, `"\"\\\/\b\f\n\r\t"`, `"\u0041\u00e9\u20AC"`, `"\ud83d\uDE00"`, `"😀 é"`,
	"\"a literal \ufffd stays\"", `"\ufffd"`, "\"\ufeff inside\"", "\"\x7f\"",
	`{"role_id":5,"ROLE_ID":1}`, `{"ask":1,"aſk":2,"asK":3}`, `{"":1}`,
	`[{"a":1},{"a":1}]`, `{"a":{"a":{"a":1}}}`,
	`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":"]}","k":"\\"}`,
	`["\\\"]",[["}"]],{"x":"{\"[","y":[]}]`,
	nested(wire.MaxDepth),
}

func TestParseAcceptsWhatEncodingJSONReads(t *testing.T) {
	for _, text := range accepted {
		if _, err := wire.Parse([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		agree(t, []byte(text))
	}
}

// agree fails unless encoding/json reads the same value from a text that Parse
// accepts, and unless a text that only Parse refuses breaks one of the rules by
// which the wire is stricter.
func agree(t *testing.T, text []byte) {
	t.Helper()
	v, err := wire.Parse(text)
	if err != nil {
		var syntax *wire.SyntaxError
		if !errors.As(err, &syntax) {
			t.Fatalf("%q: got the error %T", text, err)
		}
		stricter := []string{"invalid UTF-8", "duplicate member", "nested too deep", "U+0000", "lone surrogate"}
		if json.Valid(text) && !slices.Contains(stricter, syntax.Reason) {
			t.Fatalf("%q: %v, but encoding/json accepts it", text, err)
		}
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var want any
	if err := decoder.Decode(&want); err != nil {
		t.Fatalf("%q: accepted, but encoding/json says %v", text, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("%q: accepted, but encoding/json finds more", text)
	}
	if got := plainGo(v); !reflect.DeepEqual(got, want) {
		t.Fatalf("%q: got %#v, want %#v", text, got, want)
	}
}

// plainGo turns a value into what encoding/json makes of it.
func plainGo(v wire.Value) any {
	switch v.Kind() {
	case wire.KindBool:
		return v.Bool()
	case wire.KindInteger, wire.KindNumber:
		return json.Number(v.Raw())
	case wire.KindString:
		return v.Text()
	case wire.KindArray:
		list := []any{}
		for item := range v.Items() {
			list = append(list, plainGo(item))
		}
		return list
	case wire.KindObject:
		object := map[string]any{}
		for name, member := range v.Members() {
			object[name] = plainGo(member)
		}
		return object
	}
	return nil
}

func FuzzParse(f *testing.F) {
	for _, text := range accepted {
		f.Add([]byte(text))
	}
	for _, test := range refused {
		f.Add([]byte(test.text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

func TestValueOfEachKind(t *testing.T) {
	tests := []struct {
		text string
		kind wire.Kind
		name string
	}{
		{`null`, wire.KindNull, "null"},
		{`true`, wire.KindBool, "boolean"},
		{`false`, wire.KindBool, "boolean"},
		{`9007199254740991`, wire.KindInteger, "integer"},
		{`-9007199254740991`, wire.KindInteger, "integer"},
		{`-0`, wire.KindInteger, "integer"},
		{`9007199254740992`, wire.KindNumber, "number"},
		{`-9007199254740992`, wire.KindNumber, "number"},
		{`99999999999999999999`, wire.KindNumber, "number"},
		{`1.0`, wire.KindNumber, "number"},
		{`1e0`, wire.KindNumber, "number"},
		{`"1"`, wire.KindString, "string"},
		{`[1]`, wire.KindArray, "array"},
		{`{"1":1}`, wire.KindObject, "object"},
	}
	for _, test := range tests {
		v, err := wire.Parse([]byte(test.text))
		if err != nil {
			t.Fatalf("%s: %v", test.text, err)
		}
		if v.Kind() != test.kind || v.Kind().String() != test.name {
			t.Errorf("%s: got the kind %s, want %s", test.text, v.Kind(), test.name)
		}
		if got := v.Text(); test.kind != wire.KindString && got != "" {
			t.Errorf("%s: got the text %q", test.text, got)
		}
		if _, ok := v.Int(); ok != (test.kind == wire.KindInteger) {
			t.Errorf("%s: Int reports %t", test.text, ok)
		}
		for range v.Items() {
			if test.kind != wire.KindArray {
				t.Errorf("%s: has items", test.text)
			}
		}
		for range v.Members() {
			if test.kind != wire.KindObject {
				t.Errorf("%s: has members", test.text)
			}
		}
	}
	var zero wire.Value
	if zero.Kind() != wire.KindAbsent || zero.Kind().String() != "absent" || zero.Member("a").Kind() != wire.KindAbsent {
		t.Error("the zero Value is there")
	}
}

func TestIterationStops(t *testing.T) {
	v, err := wire.Parse([]byte(`{"a":[1,2,3],"b":2}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, list := range v.Members() {
		if name != "a" {
			t.Errorf("got %s after the break", name)
		}
		for item := range list.Items() {
			if item.Raw() != "1" {
				t.Errorf("got %s after the break", item.Raw())
			}
			break
		}
		break
	}
}

// unpleasant are bodies of a given size that make naive parsers slow or large
// (C-08).
var unpleasant = map[string]func(size int) string{
	"names without end": func(size int) string {
		names := &strings.Builder{}
		for i := 0; names.Len() < size; i++ {
			fmt.Fprintf(names, `,"%x":0`, i)
		}
		return `{"z":0` + names.String() + `}`
	},
	"empty names":         func(size int) string { return `{` + strings.Repeat(`"":0,`, size/5) + `"":0}` },
	"one long name":       func(size int) string { return `{"` + strings.Repeat("k", size) + `":1}` },
	"one name of escapes": func(size int) string { return `{"` + strings.Repeat(`\u0041`, size/6) + `":1}` },
	"one long number":     func(size int) string { return `{"n":` + strings.Repeat("9", size) + `}` },
	"zeros":               func(size int) string { return `{"a":[` + strings.Repeat("0,", size/2) + `0]}` },
	"arrays in an array":  func(size int) string { return `{"a":[` + strings.Repeat("[[[]]],", size/7) + `0]}` },
	"deep nesting":        func(size int) string { return nested(size / 2) },
	"white space":         func(size int) string { return strings.Repeat(" ", size) + `{}` },
}

// TestUnpleasantBodies compares bodies with others sixteen times as large. Linear
// work takes sixteen times as long, quadratic 256 times. A slow run is repeated,
// for the machine may have been busy.
func TestUnpleasantBodies(t *testing.T) {
	const runs = 5
	for name, body := range unpleasant {
		t.Run(name, func(t *testing.T) {
			small := time.Hour
			for range runs {
				elapsed, _ := cost([]byte(body(wire.MaxBody / 16)))
				small = min(small, elapsed)
			}
			limit := 100 * max(small, 100*time.Microsecond)
			for run := 1; ; run++ {
				large, allocated := cost([]byte(body(wire.MaxBody)))
				if large <= limit && allocated <= 16*wire.MaxBody {
					return
				}
				if run == runs {
					t.Fatalf("took %v, and %v for a sixteenth; allocated %d bytes", large, small, allocated)
				}
			}
		})
	}
}

// cost returns the time and the memory that it takes to read a body.
func cost(text []byte) (elapsed time.Duration, allocated uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	v, _ := wire.Parse(text)
	form := wire.NewForm(v)
	form.Strings("a", wire.Optional)
	form.String("absent", wire.Optional)
	elapsed = time.Since(start)
	runtime.ReadMemStats(&after)
	return elapsed, after.TotalAlloc - before.TotalAlloc
}
