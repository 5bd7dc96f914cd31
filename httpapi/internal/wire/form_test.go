package wire_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

func newForm(t *testing.T, text string) *wire.Form {
	t.Helper()
	v, err := wire.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return wire.NewForm(v)
}

// problems renders what an error holds, one "field code" or "field code type" an
// entry.
func problems(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var invalid *wire.Invalid
	if !errors.As(err, &invalid) {
		t.Fatalf("got the error %v; want *Invalid", err)
	}
	var list []string
	for _, p := range invalid.Problems {
		if p.Text == "" {
			t.Errorf("%s has no text", p.Field)
		}
		entry := p.Field + " " + string(p.Code)
		if p.Want != wire.KindAbsent {
			entry += " " + p.Want.String()
		}
		list = append(list, entry)
	}
	return list
}

func TestAbsentNullAndSet(t *testing.T) {
	form := newForm(t, `{"null":null,"empty":"","set":"x"}`)
	tests := []struct {
		name    string
		rule    wire.Rule
		want    wire.Opt[string]
		problem string
	}{
		{"absent", wire.Optional, wire.Opt[string]{}, ""},
		{"null", wire.Optional, wire.Opt[string]{}, ""},
		{"empty", wire.Optional, wire.Some(""), ""},
		{"set", wire.Optional, wire.Some("x"), ""},
		{"absent", wire.Nullable, wire.Opt[string]{}, ""},
		{"null", wire.Nullable, wire.Opt[string]{Null: true}, ""},
		{"empty", wire.Nullable, wire.Some(""), ""},
		{"absent", wire.Required, wire.Opt[string]{}, "absent required"},
		{"null", wire.Required, wire.Opt[string]{}, "null required"},
		{"empty", wire.Required, wire.Some(""), ""},
		{"absent", wire.Required | wire.Nullable, wire.Opt[string]{}, "absent required"},
		{"null", wire.Required | wire.Nullable, wire.Opt[string]{Null: true}, ""},
	}
	for _, test := range tests {
		form := wire.NewForm(form.Value())
		if got := form.String(test.name, test.rule); got != test.want {
			t.Errorf("%s, rule %d: got %+v, want %+v", test.name, test.rule, got, test.want)
		}
		if got := strings.Join(problems(t, form.Err()), ","); got != test.problem {
			t.Errorf("%s, rule %d: got the problems %q, want %q", test.name, test.rule, got, test.problem)
		}
	}
}

func TestOpt(t *testing.T) {
	var absent wire.Opt[int]
	null, set := wire.Opt[int]{Null: true}, wire.Some(7)
	if absent.Or(3) != 3 || null.Or(3) != 3 || set.Or(3) != 7 {
		t.Error("Or is wrong")
	}
	if absent.Ptr() != nil || null.Ptr() != nil || *set.Ptr() != 7 {
		t.Error("Ptr is wrong")
	}
	if absent.Sent() || !null.Sent() || !set.Sent() {
		t.Error("Sent is wrong")
	}
}

// TestTypes reads every kind of value with every reader: what is not of the type
// is a problem and never a value, whatever it could be turned into (C-09, C-10).
func TestTypes(t *testing.T) {
	values := map[string]string{
		"1": "integer", "0": "integer", "-0": "integer", "-7": "integer", "9007199254740991": "integer", "-9007199254740991": "integer",
		"9007199254740992": "number", "-9007199254740992": "number", "99999999999999999999": "number", "1.0": "number", "1e0": "number", "1E2": "number",
		`"1"`: "string", `"true"`: "string", `""`: "string",
		"true": "boolean", "false": "boolean",
		"[1]": "array", "[]": "array", `{"id":1}`: "object", "{}": "object",
	}
	readers := map[string]func(*wire.Form) bool{
		"string":  func(f *wire.Form) bool { return f.String("m", wire.Required).Set },
		"boolean": func(f *wire.Form) bool { return f.Bool("m", wire.Required).Set },
		"integer": func(f *wire.Form) bool {
			return f.Int("m", wire.Required, -wire.MaxInteger, wire.MaxInteger).Set
		},
		"array":  func(f *wire.Form) bool { return f.Array("m", wire.Required).Set },
		"object": func(f *wire.Form) bool { return f.Object("m", wire.Required).Set },
	}
	for text, kind := range values {
		for want, read := range readers {
			form := newForm(t, `{"m":`+text+`}`)
			set, wrong := read(form), problems(t, form.Err())
			if set != (kind == want) {
				t.Errorf("%s as %s: set is %t", text, want, set)
			}
			if kind != want && !reflect.DeepEqual(wrong, []string{"m type " + want}) {
				t.Errorf("%s as %s: got the problems %q", text, want, wrong)
			}
			if kind == want && wrong != nil {
				t.Errorf("%s as %s: got the problems %q", text, want, wrong)
			}
		}
	}
}

func TestScalarReaders(t *testing.T) {
	form := newForm(t, `{"s":"a\"b","t":true,"f":false,"i":-7,"n":3,
		"u":"0197A1C2-0000-7000-8000-00000000000A","at":"2026-05-01T12:00:00.5+02:00"}`)
	if got := form.String("s", wire.Required).Value; got != `a"b` {
		t.Errorf("got the string %q", got)
	}
	if got := form.Bool("t", wire.Required); got != wire.Some(true) {
		t.Errorf("got %v for true", got)
	}
	if got := form.Bool("f", wire.Required); got != wire.Some(false) {
		t.Errorf("got %v for false", got)
	}
	if got := form.Int("i", wire.Required, -7, -7); got != wire.Some[int64](-7) {
		t.Errorf("got the integer %v", got)
	}
	if got := form.Number("n", wire.Required); got != wire.Some[int64](3) {
		t.Errorf("got the number %v", got)
	}
	if got := form.UUID("u", wire.Required); got != wire.Some(uuid.MustParse("0197a1c2-0000-7000-8000-00000000000a")) {
		t.Errorf("got the uuid %v", got)
	}
	at := form.Time("at", wire.Required)
	if want := time.Date(2026, 5, 1, 10, 0, 0, 5e8, time.UTC); !at.Set || at.Value != want {
		t.Errorf("got the time %v, want %v in UTC", at, want)
	}
	if err := form.Err(); err != nil {
		t.Error(err)
	}
}

func TestScalarProblems(t *testing.T) {
	form := newForm(t, `{"low":0,"high":721,"zero":0,"id":"{0197a1c2-0000-7000-8000-00000000000a}",
		"at":"2026-05-01","never":"0001-01-01T00:00:00Z","until":null,"kept":null}`)
	low := form.Int("low", wire.Optional, 1, 720)
	high := form.Int("high", wire.Optional, 1, 720)
	zero := form.Number("zero", wire.Optional)
	id := form.UUID("id", wire.Optional)
	at := form.Time("at", wire.Optional)
	never := form.Time("never", wire.Optional)
	if low.Sent() || high.Sent() || zero.Sent() || id.Sent() || at.Sent() || never.Sent() {
		t.Error("a bad member is set")
	}
	if until := form.Time("until", wire.Nullable); until.Set || !until.Null {
		t.Errorf("got %+v for a null that is a value", until)
	}
	if kept := form.UUID("kept", wire.Optional); kept.Sent() {
		t.Errorf("got %+v for a null that is none", kept)
	}
	want := []string{"low range", "high range", "zero range", "id format", "at format", "never format"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
}

func TestNamesMatchExactly(t *testing.T) {
	form := newForm(t, `{"ROLE_ID":1,"Role_Id":1,"role_id":5,"invite_max_uſes":1,"asK":1,"x":{"role_id":9}}`)
	if got := form.Number("role_id", wire.Required); got.Value != 5 {
		t.Errorf("got role_id %d, want 5", got.Value)
	}
	if form.Number("invite_max_uses", wire.Optional).Set || form.Number("ask", wire.Optional).Set {
		t.Error("a name that folds to another was read as it")
	}
	if err := form.Err(); err != nil {
		t.Error(err)
	}
	escaped := newForm(t, `{"\u0072ole_id":5}`)
	if got := escaped.Number("role_id", wire.Required); got.Value != 5 {
		t.Errorf("got role_id %d through an escape, want 5", got.Value)
	}
}

func TestArrays(t *testing.T) {
	form := newForm(t, `{"names":["b","a","b","\u0061"],"ids":[3,1,3,0],"empty":[],"null":null,"mixed":[4,"5",{"id":6},4]}`)
	if got := form.Strings("names", wire.Required).Value; !reflect.DeepEqual(got, []string{"b", "a"}) {
		t.Errorf("got the strings %q", got)
	}
	if got := form.Ints("ids", wire.Required).Value; !reflect.DeepEqual(got, []int64{3, 1, 0}) {
		t.Errorf("got the integers %v", got)
	}
	if got := form.Strings("empty", wire.Required); !got.Set || got.Value == nil || len(got.Value) != 0 {
		t.Errorf("got %#v for an empty array", got)
	}
	if got := form.Strings("null", wire.Nullable); got.Set || !got.Null {
		t.Errorf("got %+v for null", got)
	}
	mixed := form.Array("mixed", wire.Required).Value
	if len(mixed) != 4 {
		t.Fatalf("got %d elements, want 4", len(mixed))
	}
	if n, _ := mixed[0].Value().Int(); n != 4 || mixed[1].Value().Text() != "5" || mixed[2].Number("id", wire.Required).Value != 6 {
		t.Error("an element is not what was sent")
	}
	if err := form.Err(); err != nil {
		t.Error(err)
	}
	mixed[3].Fail("", wire.CodeUnknown, "names no role")
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, []string{"mixed[3] unknown"}) {
		t.Errorf("got the problems %q", got)
	}
}

func TestArrayProblems(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`"a",`, wire.MaxElements+1), ",")
	most := strings.TrimSuffix(strings.Repeat(`"a",`, wire.MaxElements), ",")
	form := newForm(t, `{"most":[`+most+`],"many":[`+many+`],"names":["a",1,null],"ids":[1,"2",2.5],"objects":[{},[],{}]}`)
	if !form.Strings("most", wire.Required).Set {
		t.Errorf("%d elements were refused", wire.MaxElements)
	}
	if form.Strings("many", wire.Required).Set || form.Strings("names", wire.Required).Set ||
		form.Ints("ids", wire.Required).Set || form.Objects("objects", wire.Required).Set {
		t.Error("a bad array is set")
	}
	want := []string{"many too_long", "names[1] type string", "names[2] type string",
		"ids[1] type integer", "ids[2] type integer", "objects[1] type object"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
}

func TestPaths(t *testing.T) {
	form := newForm(t, `{"checks":[{"permission":"a.b"},{"permission":7,"object":{"id":"x","list":[{"deep":1}]}}]}`)
	for _, check := range form.Objects("checks", wire.Required).Value {
		check.String("permission", wire.Required)
		object := check.Object("object", wire.Optional)
		if !object.Set {
			continue
		}
		object.Value.Number("id", wire.Required)
		object.Value.Fail("type", wire.CodeFormat, "must be a word")
		for _, element := range object.Value.Objects("list", wire.Required).Value {
			element.String("deep", wire.Required)
		}
	}
	want := []string{"checks[1].permission type string", "checks[1].object.id type integer",
		"checks[1].object.type format", "checks[1].object.list[0].deep type string"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
}

func TestPathsOfABodyThatIsAnArray(t *testing.T) {
	form := newForm(t, `[{"role":"a"},5,{}]`)
	elements, ok := form.Elements()
	if !ok || len(elements) != 3 {
		t.Fatalf("got %d elements, %t", len(elements), ok)
	}
	for _, element := range elements {
		if element.Is(wire.KindObject) {
			element.String("role", wire.Required)
		}
	}
	elements[0].Fail("role", wire.CodeUnknown, "names no role")
	want := []string{"[0].role unknown", "[1] type object", "[2].role required"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}

	form = newForm(t, `[`+strings.Repeat("1,", wire.MaxElements)+`1]`)
	if elements, ok := form.Elements(); ok || elements != nil {
		t.Errorf("got %d elements", len(elements))
	}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, []string{" too_long"}) {
		t.Errorf("got the problems %q", got)
	}
}

// TestProblemsStandInTheOrderOfAsking adds the problems that the domain finds
// when all members have been read: each takes its member's place in the table.
func TestProblemsStandInTheOrderOfAsking(t *testing.T) {
	form := newForm(t, `{"roles":[1,"x","y"],"email":"e","role_id":"3"}`)
	form.String("name", wire.Required)
	form.String("email", wire.Required)
	form.Strings("roles", wire.Required)
	form.Number("role_id", wire.Required)
	form.String("email", wire.Required) // asking again changes nothing
	form.Fail("elsewhere", wire.CodeUnknown, "is unknown")
	form.Fail("roles[10]", wire.CodeUnknown, "is unknown")
	form.Fail("roles[2]", wire.CodeUnknown, "is unknown")
	form.Fail("roles", wire.CodeTooShort, "is too short")
	form.Fail("email", wire.CodeFormat, "must be an e-mail address")
	want := []string{"name required", "email format", "roles too_short", "roles[0] type string", "roles[2] unknown",
		"roles[10] unknown", "role_id type integer", "elsewhere unknown"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
}

func TestNamesInsideAnObjectDoNotOrderTheBody(t *testing.T) {
	form := newForm(t, `{"object":{"name":1}}`)
	form.Object("object", wire.Required).Value.String("name", wire.Required)
	form.String("email", wire.Required)
	form.String("name", wire.Required)
	want := []string{"object.name type string", "email required", "name required"}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
}

func TestOneProblemAField(t *testing.T) {
	form := newForm(t, `{}`)
	if form.Err() != nil || form.Has("name") {
		t.Error("a new form has problems")
	}
	form.String("name", wire.Required)
	form.Fail("name", wire.CodeTooShort, "must not be empty")
	if !form.Has("name") {
		t.Error("the problem of name is not known")
	}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, []string{"name required"}) {
		t.Errorf("got the problems %q", got)
	}
}

func TestErrIsASnapshot(t *testing.T) {
	form := newForm(t, `{}`)
	form.String("token", wire.Required)
	first := form.Err()
	form.Fail("password", wire.CodeNotAllowed, "is too common")
	if got := problems(t, first); len(got) != 1 {
		t.Errorf("an error has grown to %q", got)
	}
	if got := problems(t, form.Err()); len(got) != 2 {
		t.Errorf("got the problems %q", got)
	}
	form = newForm(t, `{}`)
	form.String("name", wire.Optional)
	for _, name := range []string{"a", "b", "c"} {
		form.String(name, wire.Required)
	}
	before := form.Err()
	form.Fail("name", wire.CodeTooShort, "must not be empty")
	after := form.Err()
	if got := problems(t, before); !reflect.DeepEqual(got, []string{"a required", "b required", "c required"}) {
		t.Errorf("an error has changed to %q", got)
	}
	if got := problems(t, after); len(got) != 4 || got[0] != "name too_short" {
		t.Errorf("got the problems %q", got)
	}
	if want := "wire: invalid body: token is required"; first.Error() != want {
		t.Errorf("got %q, want %q", first, want)
	}
}

func TestProblemMember(t *testing.T) {
	for field, want := range map[string]string{
		"email": "email", "checks[3].permission": "checks", "object.id": "object", "[3].role": "", "": "",
	} {
		if got := (wire.Problem{Field: field}).Member(); got != want {
			t.Errorf("%q: got %q, want %q", field, got, want)
		}
	}
}

func TestProblemsOfAnElementKeepTheirOrder(t *testing.T) {
	form := newForm(t, `{}`)
	form.Array("a", wire.Optional)
	var want []string
	for i := range 100 {
		form.Fail(fmt.Sprintf("a[%d].y", 99-i), wire.CodeFormat, "is wrong")
		form.Fail(fmt.Sprintf("a[%d].x", 99-i), wire.CodeFormat, "is wrong")
		want = append(want, fmt.Sprintf("a[%d].y format", i), fmt.Sprintf("a[%d].x format", i))
	}
	if got := problems(t, form.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q", got)
	}
}

func TestManyProblems(t *testing.T) {
	form := newForm(t, `{"checks":[`+strings.Repeat(`{},`, wire.MaxElements-1)+`{}]}`)
	for _, check := range form.Objects("checks", wire.Required).Value {
		for i := range 5 {
			check.String(fmt.Sprintf("m%d", i), wire.Required)
		}
	}
	got := problems(t, form.Err())
	if len(got) != 5*wire.MaxElements || got[0] != "checks[0].m0 required" || got[len(got)-1] != "checks[999].m4 required" {
		t.Errorf("got %d problems, from %q to %q", len(got), got[0], got[len(got)-1])
	}
}
