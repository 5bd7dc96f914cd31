package wire_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
)

func TestParseQueryRefuses(t *testing.T) {
	for raw, name := range map[string]string{
		"tenant_id=2&tenant_id=3":     "tenant_id",
		"tenant_id=2&tenant_id=2":     "tenant_id",
		"tenant_id=2&tenant%5fid=3":   "tenant_id",
		"a=1&b&b":                     "b",
		"a=1&q=%zz":                   "q",
		"q=%":                         "q",
		"q=%4":                        "q",
		"q=%ff":                       "q",
		"q=a%00b":                     "q",
		"q=\xff":                      "q",
		"%zz=1":                       "%zz",
		"%00=1":                       "%00",
		"%c0%af=1":                    "%c0%af",
		"ok=1&limit=1&q=2&limit=%zz":  "limit",
		"=1&=2":                       "",
		"dry_run=true&dry%5Frun=true": "dry_run",
	} {
		q, err := wire.ParseQuery(raw)
		var param *wire.ParamError
		if !errors.As(err, &param) || q != nil {
			t.Errorf("%q: got %v; want *ParamError", raw, err)
			continue
		}
		if param.In != wire.InQuery || param.Name != name || param.Reason == "" {
			t.Errorf("%q: got %+v; want the name %q", raw, *param, name)
		}
	}
}

func TestQueryValues(t *testing.T) {
	q, err := wire.ParseQuery("&q=a+b%2Bc%26&empty=&bare&tenant_id[]=5&s=1;t=2&eq=a=b&")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]wire.Opt[string]{
		"q": wire.Some("a b+c&"), "empty": wire.Some(""), "bare": wire.Some(""), "absent": {}, "tenant_id": {}, "s": wire.Some("1;t=2"), "t": {},
		"eq": wire.Some("a=b"), "Q": {},
	} {
		if got := q.String(name); got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	if got := q.Unknown("q", "s", "bare", "absent"); !reflect.DeepEqual(got, []string{"empty", "tenant_id[]", "eq"}) {
		t.Errorf("got the unknown parameters %q", got)
	}
	if got := q.Unknown("q", "empty", "bare", "tenant_id[]", "s", "eq"); got != nil {
		t.Errorf("got the unknown parameters %q, want none", got)
	}
	if err := q.Err(); err != nil {
		t.Error(err)
	}
}

func TestTypedParameters(t *testing.T) {
	q, err := wire.ParseQuery("n=7&zero=0&yes=true&no=false&id=0197A1C2-0000-7000-8000-00000000000A&at=2026-05-01T10:00:00%2B02:00&past=0001-01-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	if q.Number("n") != wire.Some[int64](7) || q.Int("n", 7, 7) != wire.Some[int64](7) || q.Int("zero", 0, 5) != wire.Some[int64](0) {
		t.Error("an integer is wrong")
	}
	if q.Bool("yes") != wire.Some(true) || q.Bool("no") != wire.Some(false) || q.Bool("none") != (wire.Opt[bool]{}) {
		t.Error("a boolean is wrong")
	}
	if q.UUID("id") != wire.Some(uuid.MustParse("0197a1c2-0000-7000-8000-00000000000a")) {
		t.Error("the uuid is wrong")
	}
	if got := q.Time("at"); got != wire.Some(time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)) {
		t.Errorf("got the time %v", got.Value)
	}
	if got := q.Time("past"); !got.Set {
		t.Error("the zero time is no time in a query")
	}
	if q.Int("absent", 1, 5).Set || q.Number("absent").Set || q.UUID("absent").Set || q.Time("absent").Set {
		t.Error("an absent parameter is set")
	}
	if err := q.Err(); err != nil {
		t.Error(err)
	}
}

func TestMistypedParameters(t *testing.T) {
	number := func(q *wire.Query) bool { return q.Number("p").Sent() }
	integer := func(q *wire.Query) bool { return q.Int("p", 0, 100).Sent() }
	boolean := func(q *wire.Query) bool { return q.Bool("p").Sent() }
	tests := []struct {
		raw  string
		read func(*wire.Query) bool
	}{
		{"p=", number}, {"p=0", number}, {"p=05", number}, {"p=%2B5", number}, {"p=-1", number}, {"p=5%20", number}, {"p=5;x=1", number},
		{"p=%D9%A5", number}, {"p=5+OR+1=1", number}, {"p=9007199254740992", number}, {"p=999999999999999999999999999999", number}, {"p=1e3", number},
		{"p=", integer}, {"p=-5", integer}, {"p=00", integer}, {"p=1.0", integer}, {"p=9223372036854775808", integer},
		{"p=", boolean}, {"p=TRUE", boolean}, {"p=1", boolean}, {"p=yes", boolean},
		{"p=", func(q *wire.Query) bool { return q.UUID("p").Sent() }},
		{"p=2026-05-01", func(q *wire.Query) bool { return q.Time("p").Sent() }},
	}
	for _, test := range tests {
		q, err := wire.ParseQuery(test.raw)
		if err != nil {
			t.Fatalf("%s: %v", test.raw, err)
		}
		if test.read(q) {
			t.Errorf("%s: the parameter is set", test.raw)
		}
		var param *wire.ParamError
		if err := q.Err(); !errors.As(err, &param) || param.Name != "p" || param.In != wire.InQuery || param.Reason == "" {
			t.Errorf("%s: got %v; want a *ParamError of p", test.raw, err)
		}
	}
}

// TestRefusedParameters keeps two faults apart: a parameter that is not of its
// type, which comes first and alone, and those that are and are refused.
func TestRefusedParameters(t *testing.T) {
	q, err := wire.ParseQuery("status=away&limit=201&after=0&tenant=x&dry_run=maybe")
	if err != nil {
		t.Fatal(err)
	}
	q.String("status")
	if q.Int("limit", 1, 200).Sent() || q.Int("after", 1, 5).Sent() {
		t.Error("an integer out of range is set")
	}
	q.Fail("status", wire.CodeUnknown, "is unknown")
	q.Fail("permission", wire.CodeRequired, "is required")
	q.Fail("permission", wire.CodeFormat, "must be a key")
	want := []string{"status unknown", "limit range", "after range", "permission required"}
	if got := problems(t, q.Err()); !reflect.DeepEqual(got, want) {
		t.Errorf("got the problems %q, want %q", got, want)
	}
	var invalid *wire.Invalid
	if errors.As(q.Err(), &invalid); invalid.In != wire.InQuery {
		t.Errorf("got problems in the %s", invalid.In)
	}
	q.UUID("tenant")
	q.Bool("dry_run")
	var param *wire.ParamError
	if err := q.Err(); !errors.As(err, &param) || param.Name != "tenant" {
		t.Errorf("got %v; want a *ParamError of tenant", err)
	}
	if want := `wire: query parameter "tenant": must be a uuid`; param.Error() != want {
		t.Errorf("got %q, want %q", param, want)
	}
}
