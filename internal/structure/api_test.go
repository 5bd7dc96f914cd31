package structure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const goldenAPI = "testdata/api"

// Every exported name of the public packages is pinned, a line for each, so that a change of the API is seen in review.
func TestAPI(t *testing.T) {
	stale := goldenFiles(t)
	for _, pkg := range publicPackages(t) {
		golden := path.Join(goldenAPI, strings.TrimPrefix(pkg.Path(), module+"/")+".txt")
		delete(stale, golden)
		got := strings.Join(api(pkg), "\n") + "\n"
		if *update {
			write(t, golden, got)
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if changes := diff(string(want), got); changes != "" {
			t.Errorf("the API of %s has changed; if it was meant: go test ./internal/structure -update\n%s", pkg.Path(), changes)
		}
	}
	for golden := range stale {
		if !*update {
			t.Errorf("%s: no such package; if it was meant: go test ./internal/structure -update", golden)
		} else if err := os.Remove(golden); err != nil {
			t.Fatal(err)
		}
	}
}

func goldenFiles(t *testing.T) map[string]bool {
	t.Helper()
	files := map[string]bool{}
	err := filepath.WalkDir(goldenAPI, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[filepath.ToSlash(name)] = true
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// publicPackages returns what a host can import, type-checked: read from the compiler's export data.
func publicPackages(t *testing.T) []*types.Package {
	t.Helper()
	list := json.NewDecoder(bytes.NewReader(
		goCommand(t, root, nil, "list", "-export", "-deps", "-json=ImportPath,Name,Export", "./...")))
	exports := map[string]string{}
	var public []string
	for {
		var pkg struct{ ImportPath, Name, Export string }
		if err := list.Decode(&pkg); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[pkg.ImportPath] = pkg.Export
		if isPublic(pkg.ImportPath) && pkg.Name != "main" && pkg.Export != "" {
			public = append(public, pkg.ImportPath)
		}
	}
	open := func(imported string) (io.ReadCloser, error) { return os.Open(exports[imported]) }
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", open)
	var found []*types.Package
	for _, imported := range public {
		pkg, err := compiled.Import(imported)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, pkg)
	}
	return found
}

func isPublic(imported string) bool {
	inside, ok := strings.CutPrefix(imported, module+"/")
	return ok && !strings.HasPrefix(inside, "examples/") && !slices.Contains(strings.Split(inside, "/"), "internal")
}

// diff returns the lines that only one of the two has.
func diff(want, got string) string {
	var changes strings.Builder
	before, after := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range before {
		if !slices.Contains(after, line) {
			fmt.Fprintf(&changes, "- %s\n", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			fmt.Fprintf(&changes, "+ %s\n", line)
		}
	}
	return changes.String()
}
