package memory

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
)

// What is kept of an entry is what JSON makes of it, by whatever way it is copied.
func TestRecordedIsWhatJSONMakesOfIt(t *testing.T) {
	deep := any("bottom")
	for range 2 * deepest {
		deep = []any{map[string]any{"in": deep}}
	}
	for _, v := range []any{
		nil, true, "", "a", "<\u2028>", "\xff", 1.5, 1e300, 7, int64(7), perms.Permission("a.b"), perms.Members{"a": 1.0}, json.Number("1"), &[]string{"a"},
		[]any(nil), []any{}, []any{"a", nil, 1.0, []any{false}}, []any{"\xff"}, []any{1}, []string{"a"},
		map[string]any(nil), map[string]any{}, map[string]any{"a": []any{"b"}, "c": nil}, map[string]any{"\xff": 1.0}, map[string]any{"a": []any{int8(1)}}, deep,
	} {
		m := perms.Members{"member": v}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var want perms.Members
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if got, err := recorded(m); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%#v is kept as %#v, %v, want %#v", m, got, err, want)
		}
	}
	loop := []any{nil}
	loop[0] = loop
	for _, v := range []any{math.NaN(), math.Inf(1), math.Inf(-1), func() {}, loop, []any{math.NaN()}} {
		if got, err := recorded(perms.Members{"member": v}); err == nil {
			t.Errorf("%T is kept as %v", v, got)
		}
	}
}

// Nothing of what was given is kept, but for what never changes.
func TestRecordedIsACopy(t *testing.T) {
	list, inner := []any{"a"}, map[string]any{"b": "c"}
	given := perms.Members{"list": list, "inner": inner}
	kept, err := recorded(given)
	if err != nil {
		t.Fatal(err)
	}
	list[0], inner["b"], given["new"] = "changed", "changed", 1.0
	if want := (perms.Members{"list": []any{"a"}, "inner": map[string]any{"b": "c"}}); !reflect.DeepEqual(kept, want) {
		t.Errorf("%v is kept, want %v", kept, want)
	}
}
