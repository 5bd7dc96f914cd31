package matrix

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// Mounted checks that each API answers as documented where it is mounted: under a base address, by the name of the API. It asks over the network, because a
// path is escaped there and split by whatever router stands before the API.
func Mounted(t *testing.T, stage *transcript.Stage, bases map[string]string) {
	t.Helper()
	m := mounted{stage, bases}
	for _, route := range Routes() {
		path := param.ReplaceAllString(route.Path, "a%2Fb")
		if !route.Public {
			m.want(t, "guest", route.Method, route.Dialect, path, http.StatusUnauthorized)
		}
		_, header := m.want(t, "root", http.MethodOptions, route.Dialect, path, http.StatusMethodNotAllowed)
		if !slices.Contains(strings.Split(header.Get("Allow"), ", "), route.Method) {
			t.Errorf("%s: allows %q", route, header.Get("Allow"))
		}
		if route.Method == http.MethodGet && path == route.Path {
			m.want(t, "root", http.MethodGet, route.Dialect, path, http.StatusOK)
			m.want(t, "root", http.MethodHead, route.Dialect, path, http.StatusOK)
		}
	}
	m.unknownPaths(t)
	m.escapedSegments(t)
}

// param is a parameter of a pattern.
var param = regexp.MustCompile(`\{\w+\}`)

// errorMark is what shows by which API an error was written.
var errorMark = map[string]string{"msp": `{"detail":"`, "company": `{"detail":"`, "locator": `{"timestamp":"`, "teams": `{"error":1,`, "native": `{"type":"urn:rolebook:`}

// unknownPaths checks that a guest learns of none, and that whoever has a token is told in the API's own form, of the path without the prefix.
func (m mounted) unknownPaths(t *testing.T) {
	t.Helper()
	for api, mark := range errorMark {
		for _, path := range []string{"/", "/nothing", "/api", "/api/users/", "/auth/users/list/", "/v1"} {
			for who, status := range map[string]int{"guest": http.StatusUnauthorized, "ann": http.StatusNotFound} {
				if body, _ := m.want(t, who, http.MethodGet, api, path, status); !strings.HasPrefix(body, mark) {
					t.Errorf("%s %s as %s: %s", api, path, who, body)
				}
			}
		}
	}
	if body, _ := m.want(t, "ann", http.MethodGet, "locator", "/nothing", http.StatusNotFound); !strings.Contains(body, `"path":"/nothing"`) {
		t.Errorf("the path that the error names: %s", body)
	}
}

// escapedSegments checks that each segment is unescaped once, after the path was split.
func (m mounted) escapedSegments(t *testing.T) {
	t.Helper()
	const one, none = `[{"locator":`, `[]`
	for path, want := range map[string]string{
		"/auth/users/username/mia%40acme.io":   one,
		"/auth/users/username/mia@acme.io":     one,
		"/auth/users/username/m%69a%40acme.io": one,
		"/auth/users/username/mia%2540acme.io": none,
		"/auth/users/username/mia%2Facme.io":   none,
	} {
		if body, _ := m.want(t, "ann", http.MethodGet, "locator", path, http.StatusOK); !strings.HasPrefix(body, want) {
			t.Errorf("%s: %s", path, body)
		}
	}
	m.want(t, "ann", http.MethodGet, "locator", "/auth/users/username/mia/acme.io", http.StatusNotFound)
	if a := m.send(t, "root", http.MethodPost, "locator", "/auth/roles", `{"name":"In/Out","description":"","permissions":[]}`); a.StatusCode != http.StatusOK &&
		a.StatusCode != http.StatusConflict { // where it has been made by another mount
		t.Fatalf("the role In/Out: %d", a.StatusCode)
	}
	m.want(t, "root", http.MethodGet, "locator", "/auth/roles/In%2FOut", http.StatusOK)
	m.want(t, "root", http.MethodGet, "locator", "/auth/roles/In%252FOut", http.StatusNotFound)
	m.want(t, "root", http.MethodGet, "locator", "/auth/roles/In/Out", http.StatusNotFound)
	m.want(t, "root", http.MethodDelete, "msp", "/api/users/5/permissions/assets%2Eview", http.StatusOK)
	m.want(t, "ann", http.MethodGet, "company", "/api/v2/group/", http.StatusOK)
}

// mounted is a stage whose APIs are somewhere.
type mounted struct {
	stage *transcript.Stage
	bases map[string]string
}

// want sends a request without a body, and returns the answer, which must have the status and come from the API.
func (m mounted) want(t *testing.T, who, method, api, path string, status int) (string, http.Header) {
	t.Helper()
	a := m.send(t, who, method, api, path, "")
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	if a.StatusCode != status || a.Header.Get("X-Request-Id") == "" {
		t.Errorf("%s %s %s%s as %s: %d %q %.200s, want %d", method, api, m.bases[api], path, who, a.StatusCode, a.Header.Get("X-Request-Id"), body, status)
	}
	return string(body), a.Header
}

// send sends a request. Redirects are not followed: no API answers any.
func (m mounted) send(t *testing.T, who, method, api, path, body string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, m.bases[api]+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token := m.stage.Token(who); token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Body.Close() })
	return a
}

// Unmounted checks that an address under which nothing is mounted is answered by the host itself.
func Unmounted(t *testing.T, address string) {
	t.Helper()
	m := mounted{bases: map[string]string{"": address}, stage: &transcript.Stage{}}
	a := m.send(t, "guest", http.MethodGet, "", "", "")
	body, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != http.StatusNotFound || string(body) != "404 page not found\n" || a.Header.Get("X-Request-Id") != "" {
		t.Errorf("%s: %d %q %v", address, a.StatusCode, body, err)
	}
}
