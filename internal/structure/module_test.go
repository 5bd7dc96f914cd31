package structure

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a host inherits when it requires the root module.
func TestRequires(t *testing.T) {
	var mod struct {
		Go, Toolchain string
		Require       []struct {
			Path, Version string
			Indirect      bool
		}
		Replace, Exclude []any
	}
	if err := json.Unmarshal(goCommand(t, root, nil, "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	if mod.Go != "1.26.0" || mod.Toolchain != "" {
		t.Errorf("go %s, toolchain %q: want go 1.26.0 and none, for a library imposes both on its hosts", mod.Go, mod.Toolchain)
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Error("replace and exclude have no effect on hosts: they hide what a host gets")
	}
	var direct, indirect []string
	for _, r := range mod.Require {
		if r.Indirect {
			indirect = append(indirect, r.Path)
			continue
		}
		direct = append(direct, r.Path)
	}
	slices.Sort(direct)
	if want := []string{uuid, sqlx, sqlite3, crypto}; !slices.Equal(direct, want) {
		t.Errorf("requires %q, want %q", direct, want)
	}
	if want := []string{"golang.org/x/sys"}; !slices.Equal(indirect, want) { // x/crypto asks it about the CPU
		t.Errorf("requires indirectly %q, want %q", indirect, want)
	}
}

// A host that only decides permissions downloads google/uuid and nothing else.
func TestConsumerOfPerms(t *testing.T) {
	absolute, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	host := t.TempDir()
	write(t, filepath.Join(host, "go.mod"), fmt.Sprintf(
		"module example.com/host\n\ngo 1.26.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", module, absolute))
	write(t, filepath.Join(host, "main.go"), fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", module+"/perms"))
	goCommand(t, host, []string{"GOFLAGS=-mod=mod"}, "mod", "tidy")
	goCommand(t, host, []string{"GOFLAGS=-mod=readonly"}, "vet", "./...")
	sums, err := os.ReadFile(filepath.Join(host, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sums)) {
		if !strings.HasPrefix(line, uuid+" ") {
			t.Errorf("go.sum of a host that imports perms: %s", line)
		}
	}
}

// Hosts without a C compiler can use everything but the SQLite store.
func TestWithoutCgo(t *testing.T) {
	var pure []string
	for pkg, files := range packages(t) {
		if pkg != "store/sqlite" && !strings.HasPrefix(pkg, "examples/") && slices.ContainsFunc(fileNames(files), isCode) {
			pure = append(pure, "./"+pkg)
		}
	}
	const cgo = `{{if and .CgoFiles (not .Standard)}}{{.ImportPath}} {{end}}`
	list := append([]string{"list", "-deps", "-f", cgo}, pure...)
	if found := strings.Fields(string(goCommand(t, root, []string{"CGO_ENABLED=1"}, list...))); len(found) > 0 {
		t.Errorf("cgo outside store/sqlite: %q", found)
	}
	goCommand(t, root, []string{"CGO_ENABLED=0"}, append([]string{"build"}, pure...)...)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
