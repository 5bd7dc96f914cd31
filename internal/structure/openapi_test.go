package structure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// documented are the APIs that have a document.
var documented = []struct {
	name    string
	routes  []httpapi.RouteInfo
	handler func(*httpapi.API) http.Handler
}{
	{"msp", msp.Routes(), func(api *httpapi.API) http.Handler { return msp.Handler(api, nil) }},
	{"company", company.Routes(), func(api *httpapi.API) http.Handler { return company.Handler(api, nil) }},
	{"native", native.Routes(), func(api *httpapi.API) http.Handler { return native.Handler(api, nil) }},
	{"locator", locator.Routes(), func(api *httpapi.API) http.Handler { return locator.Handler(api, nil) }},
	{"teams", teams.Routes(), func(api *httpapi.API) http.Handler { return teams.Handler(api, nil) }},
}

// document is what the tests look at of an OpenAPI document.
type document struct {
	OpenAPI  string
	Servers  []struct{ URL string }
	Tags     []struct{ Name string }
	Security []map[string][]string
	Paths    map[string]map[string]json.RawMessage
	all      map[string]any
}

type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Security    *[]map[string][]string
	Parameters  []parameter
	RequestBody map[string]any
	Responses   map[string]any
}

type parameter struct {
	Ref      string `json:"$ref"`
	Name, In string
	Required bool
}

func TestDocuments(t *testing.T) {
	for _, api := range documented {
		t.Run(api.name, func(t *testing.T) {
			text, err := os.ReadFile(path.Join(root, "httpapi", api.name, "openapi.json"))
			if err != nil {
				t.Fatal(err)
			}
			checkFormat(t, text)
			doc := readDocument(t, text)
			doc.checkOperations(t, api.routes)
			doc.checkReferences(t)
			doc.checkClosed(t)
			checkServed(t, text, api.routes, api.handler)
		})
	}
}

func readDocument(t *testing.T, text []byte) document {
	t.Helper()
	var doc document
	for _, into := range []any{&doc, &doc.all} {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || len(doc.Security) == 0 {
		t.Errorf("version %q, security %v", doc.OpenAPI, doc.Security)
	}
	if len(doc.Servers) != 1 || doc.Servers[0].URL != "." {
		t.Errorf("servers are %v, not the place of the document", doc.Servers)
	}
	return doc
}

// checkFormat holds the text to the one form that diffs well.
func checkFormat(t *testing.T, text []byte) {
	t.Helper()
	var compact, want bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if !bytes.Equal(text, want.Bytes()) {
		t.Errorf("not indented by two spaces: %s", diff(want.String(), string(text)))
	}
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

// checkOperations compares the operations with the routes, both ways: method, path, whether a token is needed, parameters.
func (doc document) checkOperations(t *testing.T, routes []httpapi.RouteInfo) {
	t.Helper()
	want, got, ids := map[string]bool{}, map[string]bool{}, map[string]string{}
	for _, r := range routes {
		query := slices.Sorted(slices.Values(r.Query))
		want[fmt.Sprintf("%s %s public %t query %q", r.Method, r.Path, r.Public, query)] = true
	}
	for at, item := range doc.Paths {
		shared := decode[[]parameter](t, item["parameters"])
		for method, raw := range item {
			if method == "parameters" {
				continue
			}
			name, op := strings.ToUpper(method)+" "+at, decode[operation](t, raw)
			public := op.Security != nil && len(*op.Security) == 0
			params := doc.parameters(t, append(slices.Clone(shared), op.Parameters...))
			got[fmt.Sprintf("%s public %t query %q", name, public, params["query"])] = true
			var named []string
			for _, match := range inPath.FindAllStringSubmatch(at, -1) {
				named = append(named, match[1])
			}
			if slices.Sort(named); !slices.Equal(named, params["path"]) {
				t.Errorf("%s: parameters of the path are %q", name, params["path"])
			}
			doc.checkOperation(t, name, op, ids)
		}
	}
	if changes := diff(lines(want), lines(got)); changes != "" {
		t.Errorf("the operations are not the routes:\n%s", changes)
	}
}

func (doc document) checkOperation(t *testing.T, name string, op operation, ids map[string]string) {
	t.Helper()
	if other, taken := ids[op.OperationID]; taken || op.OperationID == "" {
		t.Errorf("%s: the id %q is that of %s too", name, op.OperationID, other)
	}
	ids[op.OperationID] = name
	if op.Summary == "" || len(op.Tags) != 1 || !slices.ContainsFunc(doc.Tags, func(tag struct{ Name string }) bool { return tag.Name == op.Tags[0] }) {
		t.Errorf("%s: summary %q, tags %q", name, op.Summary, op.Tags)
	}
	checkStatuses(t, name, op)
}

// checkStatuses looks for the statuses that come by the sort of the operation: everybody can be too many, whoever needs a token can lack it, and a body can be
// none that is read.
func checkStatuses(t *testing.T, name string, op operation) {
	t.Helper()
	statuses := slices.Sorted(maps.Keys(op.Responses))
	if len(statuses) == 0 || statuses[0][0] != '2' {
		t.Errorf("%s: no success in %q", name, statuses)
	}
	want := []string{"429", "500", "503"}
	if op.Security == nil {
		want = append(want, "401")
	}
	for _, status := range []string{"413", "415"} {
		if op.RequestBody != nil {
			want = append(want, status)
		} else if slices.Contains(statuses, status) {
			t.Errorf("%s: %s without a body", name, status)
		}
	}
	for _, status := range want {
		if !slices.Contains(statuses, status) {
			t.Errorf("%s: %s is missing", name, status)
		}
	}
}

// parameters returns the names of parameters, sorted, by where they stand.
func (doc document) parameters(t *testing.T, list []parameter) map[string][]string {
	t.Helper()
	names := map[string][]string{"query": {}}
	for _, p := range list {
		if p.Ref != "" {
			text, err := json.Marshal(doc.find(p.Ref))
			if err != nil {
				t.Fatal(err)
			}
			p = decode[parameter](t, text)
		}
		if p.In == "path" && !p.Required {
			t.Errorf("the parameter %s of a path is not required", p.Name)
		}
		names[p.In] = append(names[p.In], p.Name)
	}
	for _, list := range names {
		slices.Sort(list)
	}
	return names
}

// checkServed compares what a guest is answered with the file. Wherever it is served, the server's address is where the API is mounted.
func checkServed(t *testing.T, text []byte, routes []httpapi.RouteInfo, handler func(*httpapi.API) http.Handler) {
	t.Helper()
	book, err := store.Connect(t.Context(), memory.New(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		t.Fatal(err)
	}
	mounted := http.StripPrefix("/prefix", handler(api))
	served := 0
	for _, r := range routes {
		if path.Base(r.Path) != "openapi.json" {
			continue
		}
		served++
		w := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/prefix"+r.Path, nil)
		mounted.ServeHTTP(w, request)
		server := strings.TrimSuffix(strings.Repeat("../", strings.Count(r.Path, "/")-1), "/")
		if server == "" {
			server = "."
		}
		if base, err := request.URL.Parse(server); err != nil || base.Path != "/prefix/" {
			t.Errorf("%s: the server is at %v, %v", r.Path, base, err)
		}
		want := strings.Replace(string(text), `"url": "."`, `"url": "`+server+`"`, 1)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" || w.Body.String() != want {
			t.Errorf("%s: %d %v, or not the file", r.Path, w.Code, w.Header())
		}
	}
	if served == 0 {
		t.Error("the document is not served")
	}
}

func decode[T any](t *testing.T, raw json.RawMessage) T {
	t.Helper()
	var v T
	if len(raw) == 0 {
		return v
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func lines(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), "\n") + "\n"
}
