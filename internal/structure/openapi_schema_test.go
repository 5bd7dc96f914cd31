package structure

import (
	"strings"
	"testing"
)

// find returns what a reference names, or nil.
func (doc document) find(ref string) any {
	var at any = doc.all
	for part := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		in, _ := at.(map[string]any)
		at = in[part]
	}
	return at
}

// checkReferences reports references to nothing, and components that nothing refers to.
func (doc document) checkReferences(t *testing.T) {
	t.Helper()
	used := map[string]bool{}
	walk(doc.all, func(in map[string]any) {
		if ref, ok := in["$ref"].(string); ok {
			used[ref] = true
			if !strings.HasPrefix(ref, "#/components/") || doc.find(ref) == nil {
				t.Errorf("%s refers to nothing", ref)
			}
		}
	})
	components, _ := doc.all["components"].(map[string]any)
	for kind, named := range components {
		for name := range named.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; !used[ref] && kind != "securitySchemes" {
				t.Errorf("nothing refers to %s", ref)
			}
		}
	}
}

// checkClosed holds every object of an answer to say whether it may have members that are not listed: a validator then sees what the document forgets.
func (doc document) checkClosed(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	var check func(where string, schema any)
	check = func(where string, schema any) {
		walk(schema, func(in map[string]any) {
			if ref, ok := in["$ref"].(string); ok && !seen[ref] {
				seen[ref] = true
				check(ref, doc.find(ref))
			}
			_, said := in["additionalProperties"]
			_, members := in["properties"].(map[string]any)
			if (members || in["type"] == "object") && !said {
				t.Errorf("%s: an object of an answer is not closed", where)
			}
		})
	}
	for at, item := range doc.Paths {
		for method, raw := range item {
			if method != "parameters" {
				check(method+" "+at, decode[map[string]any](t, raw)["responses"])
			}
		}
	}
}

// walk calls fn with every object of a JSON value, from the outside in.
func walk(value any, fn func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		fn(v)
		for _, inner := range v {
			walk(inner, fn)
		}
	case []any:
		for _, inner := range v {
			walk(inner, fn)
		}
	}
}
