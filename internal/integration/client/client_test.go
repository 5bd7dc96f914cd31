// Package client generates clients from the OpenAPI documents and uses them. The generator is a public one, in this module's go.mod alone.
package client_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/oapi-codegen/runtime"       // what the generated clients import
	_ "github.com/oapi-codegen/runtime/types" // likewise

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// use is where programs use the clients: one file an API.
const use = "testdata/use"

// A client that a public generator makes of an API's document creates, lists, updates and deletes. The clients are made of what the APIs answer, and are
// kept nowhere: they are laid over testdata/use for one run of the tests that stand there, which talk to a real server.
func TestGeneratedClients(t *testing.T) {
	readAll(t, "oapi-codegen.yaml", use+"/*.go")
	apis := serve(t)
	work, overlay := t.TempDir(), map[string]string{}
	for _, api := range []string{"msp", "company", "locator", "teams", "native"} {
		at, err := filepath.Abs(filepath.Join(use, api, "client.go"))
		if err != nil {
			t.Fatal(err)
		}
		overlay[at] = generate(t, work, api, document(t, apis, api))
	}
	replaced, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	tested := run(t, "test", "-count=1", "-vet=off", "-v", "-overlay="+write(t, work, "overlay.json", replaced), "./"+use)
	for at := range overlay {
		if api := filepath.Base(filepath.Dir(at)); !strings.Contains(tested, "--- PASS: TestClients/"+api+" ") {
			t.Errorf("nothing has used the client of %s:\n%s", api, tested)
		}
	}
}

// readAll reads what the go command is going to read: go test runs a test again when a file has changed that the test itself has read.
func readAll(t *testing.T, patterns ...string) {
	t.Helper()
	for _, pattern := range patterns {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", pattern, names, err)
		}
		for _, name := range names {
			if _, err := os.ReadFile(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// serve returns a handler of all the APIs.
func serve(t *testing.T) http.Handler {
	t.Helper()
	book, err := store.Connect(t.Context(), memory.New(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := transcript.Mount(httpapi.Options{}, matrix.Every())(book)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// document returns the document of an API, as it answers whoever asks.
func document(t *testing.T, apis http.Handler, api string) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	apis.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+api+"/openapi.json", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("%s: the document is not there: %d %s", api, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// generate makes a package of a document, and returns the name of its file.
func generate(t *testing.T, dir, api string, document []byte) string {
	t.Helper()
	out := filepath.Join(dir, api+".go")
	said := run(t, "tool", "oapi-codegen", "-config", "oapi-codegen.yaml", "-package", api, "-o", out, write(t, dir, api+".json", document))
	if said != "" {
		t.Errorf("%s: the generator says: %s", api, said)
	}
	return out
}

// run runs the go command and returns what it says.
func run(t *testing.T, args ...string) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, said)
	}
	return string(said)
}

func write(t *testing.T, dir, name string, text []byte) string {
	t.Helper()
	at := filepath.Join(dir, name)
	if err := os.WriteFile(at, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return at
}
