package structure

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	uuid    = "github.com/google/uuid"
	sqlx    = "github.com/jmoiron/sqlx"
	sqlite3 = "github.com/mattn/go-sqlite3"
	crypto  = "golang.org/x/crypto"
)

// layer says what a package may import besides the standard library.
type layer struct {
	on      []string // packages of this module; what these stand on is allowed too
	modules []string // modules of others, for this package alone
}

// layers is the whole module, from the ground up. Arrows point down only; a package that is not here has no place yet.
var layers = map[string]layer{
	"internal/fault": {},
	"perms":          {on: []string{"internal/fault"}, modules: []string{uuid}},
	"roles":          {on: []string{"perms"}, modules: []string{uuid}},
	"users/password": {on: []string{"internal/fault"}, modules: []string{crypto}},
	"users/session":  {on: []string{"perms"}, modules: []string{uuid}},
	"users":          {on: []string{"roles", "users/password", "users/session"}, modules: []string{uuid}},
	"invites":        {on: []string{"users"}, modules: []string{uuid}},

	"store":           {on: []string{"invites"}, modules: []string{uuid}},
	"store/memory":    {on: []string{"store"}, modules: []string{uuid}},
	"store/sqlstore":  {on: []string{"store"}, modules: []string{uuid, sqlx}},
	"store/sqlite":    {on: []string{"store/sqlstore"}, modules: []string{sqlite3}},
	"store/storetest": {on: []string{"store"}, modules: []string{uuid}},

	// The dialects stand side by side: none imports another, nor a concrete store.
	"httpapi/internal/wire": {modules: []string{uuid}},
	"httpapi":               {on: []string{"store", "httpapi/internal/wire"}, modules: []string{uuid}},
	"httpapi/msp":           {on: []string{"httpapi"}, modules: []string{uuid}},
	"httpapi/company":       {on: []string{"httpapi"}, modules: []string{uuid}},
	"httpapi/locator":       {on: []string{"httpapi"}, modules: []string{uuid}},
	"httpapi/teams":         {on: []string{"httpapi"}, modules: []string{uuid}},
	"httpapi/native":        {on: []string{"httpapi"}, modules: []string{uuid}},

	// Tests of the dialects play transcripts, here and in the nested module.
	"internal/transcript": {on: []string{"httpapi", "store/storetest"}, modules: []string{uuid}},
	// The same is asked of every API at once.
	"internal/matrix":    {on: []string{"internal/transcript", "httpapi/msp", "httpapi/company", "httpapi/locator", "httpapi/teams", "httpapi/native"}, modules: []string{uuid}},
	"internal/structure": {},
}

// below returns every package of this module that pkg may import.
func below(pkg string) map[string]bool {
	found := map[string]bool{}
	for _, direct := range layers[pkg].on {
		found[direct] = true
		maps.Copy(found, below(direct))
	}
	return found
}

// allowed reports whether a package may import path outside its tests. A program under examples shows everything.
func allowed(pkg, imported string) bool {
	if strings.HasPrefix(pkg, "examples/") {
		return allowedInTests(imported)
	}
	if inside, ok := strings.CutPrefix(imported, module+"/"); ok {
		return below(pkg)[inside]
	}
	return standard(imported) || within(imported, layers[pkg].modules)
}

// allowedInTests reports whether a test of the root module may import path. A host's go mod tidy follows the tests of what it
// imports, so they bring no module that the root does not have.
func allowedInTests(imported string) bool {
	return standard(imported) || within(imported, []string{module, uuid, sqlx, sqlite3, crypto})
}

// standard leaves out cgo: the only C in the house is behind the SQLite driver.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && imported != "C"
}

func within(imported string, modules []string) bool {
	return slices.ContainsFunc(modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
}

func TestImports(t *testing.T) {
	for pkg, files := range packages(t) {
		if _, ok := layers[pkg]; !ok && !strings.HasPrefix(pkg, "examples/") {
			t.Errorf("package %s is not in the table: say in layers what it may import", pkg)
			continue
		}
		for file, imports := range files {
			for _, imported := range imports {
				if isTest(file) && !allowedInTests(imported) || isCode(file) && !allowed(pkg, imported) {
					t.Errorf("%s must not import %s", path.Join(pkg, file), imported)
				}
			}
		}
	}
}

// The table answers what the design says in words.
func TestLayers(t *testing.T) {
	for _, row := range []struct {
		pkg, imported string
		want          bool
	}{
		{"perms", "context", true},
		{"perms", "C", false},
		{"perms", uuid, true},
		{"perms", module + "/internal/fault", true},
		{"perms", module + "/roles", false},
		{"internal/fault", uuid, false},
		{"users", module + "/perms", true},
		{"users", module + "/store", false},
		{"users", crypto + "/argon2", false},
		{"users/password", crypto + "/argon2", true},
		{"store", module + "/store/memory", false},
		{"store/sqlstore", sqlx, true},
		{"store/sqlstore", sqlite3, false},
		{"store/sqlite", sqlite3, true},
		{"httpapi/msp", module + "/httpapi/internal/wire", true},
		{"httpapi/msp", module + "/httpapi/company", false},
		{"httpapi/msp", module + "/store/memory", false},
		{"examples/server", module + "/store/sqlite", true},
		{"examples/server", "github.com/go-chi/chi/v5", false},
	} {
		if got := allowed(row.pkg, row.imported); got != row.want {
			t.Errorf("%s may import %s: %t, want %t", row.pkg, row.imported, got, row.want)
		}
	}
}

// packages returns the imports of every Go file of the root module, by package and file name, whatever its build constraints.
func packages(t *testing.T) map[string]map[string][]string {
	t.Helper()
	found := map[string]map[string][]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && foreign(name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		pkg := path.Dir(name)
		if found[pkg] == nil {
			found[pkg] = map[string][]string{}
		}
		found[pkg][path.Base(name)], err = imports(path.Join(root, name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// foreign reports whether a folder is no part of the root module: hidden, test data, or a module of its own.
func foreign(dir string) bool {
	if dir == "." {
		return false
	}
	_, err := os.Stat(path.Join(root, dir, "go.mod"))
	return err == nil || path.Base(dir) == "testdata" || strings.HasPrefix(path.Base(dir), ".")
}

func isTest(file string) bool { return strings.HasSuffix(file, "_test.go") }
func isCode(file string) bool { return !isTest(file) }

func fileNames(files map[string][]string) []string { return slices.Collect(maps.Keys(files)) }

func imports(file string) ([]string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		paths = append(paths, imported)
	}
	return paths, nil
}
