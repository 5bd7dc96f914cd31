package structure

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

const readme = "README.md"

func TestReadmeIsShort(t *testing.T) {
	if n := len(readLines(t, readme)); n > 250 {
		t.Errorf("%s has %d lines, more than 250: details belong in the package comments", readme, n)
	}
}

// Every block of Go in the README stands word for word, indentation apart, in code that the tests run: in an Example with
// output, or in a program under examples whose folder has a test.
func TestReadmeCodeRuns(t *testing.T) {
	sources, blocks := executed(t), goBlocks(readLines(t, readme))
	if len(blocks) == 0 {
		t.Errorf("%s shows no Go", readme)
	}
	for _, block := range blocks {
		if !slices.ContainsFunc(sources, func(source []string) bool { return contains(source, block) }) {
			t.Errorf("%s: no Example with output and no tested program has\n%s", readme, strings.Join(block, "\n"))
		}
	}
}

func readLines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(path.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// nested are the tests of a module of its own, whose Examples run there: what a host does with a router that this module does not know.
const nested = "internal/integration/*_test.go"

// executed returns the pieces of source that the tests run and compare: the Examples with output and the tested programs.
func executed(t *testing.T) [][]string {
	t.Helper()
	var sources [][]string
	for pkg, files := range packages(t) {
		tested := slices.ContainsFunc(fileNames(files), isTest)
		for name := range files {
			file := path.Join(pkg, name)
			switch {
			case isTest(name):
				sources = append(sources, examples(t, file)...)
			case tested && strings.HasPrefix(pkg, "examples/"):
				sources = append(sources, readLines(t, file))
			}
		}
	}
	files, err := fs.Glob(os.DirFS(root), nested)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v", nested, err)
	}
	for _, file := range files {
		sources = append(sources, examples(t, file)...)
	}
	return sources
}

// examples returns the lines of each Example with output in a test file.
func examples(t *testing.T, file string) [][]string {
	t.Helper()
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, path.Join(root, file), nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]bool{}
	for _, example := range doc.Examples(parsed) {
		runs["Example"+example.Name] = example.Output != "" || example.EmptyOutput
	}
	lines := readLines(t, file)
	var sources [][]string
	for _, decl := range parsed.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && runs[f.Name.Name] {
			sources = append(sources, lines[positions.Position(f.Pos()).Line-1:positions.Position(f.End()).Line])
		}
	}
	return sources
}

// goBlocks returns the lines inside each fence that begins with ```go.
func goBlocks(lines []string) [][]string {
	var blocks [][]string
	inside := false
	for _, line := range lines {
		switch {
		case !inside && strings.TrimSpace(line) == "```go":
			inside = true
			blocks = append(blocks, nil)
		case strings.HasPrefix(strings.TrimSpace(line), "```"):
			inside = false
		case inside:
			blocks[len(blocks)-1] = append(blocks[len(blocks)-1], line)
		}
	}
	return blocks
}

// contains reports whether the block stands in source, every line of it indented by the same further tabs.
func contains(source, block []string) bool {
	if len(block) == 0 {
		return false
	}
	for i := range len(source) - len(block) + 1 {
		indent, found := strings.CutSuffix(source[i], block[0])
		if found && strings.Trim(indent, "\t") == "" && slices.EqualFunc(source[i:i+len(block)], block, indented(indent)) {
			return true
		}
	}
	return false
}

func indented(indent string) func(source, line string) bool {
	return func(source, line string) bool { return source == indent+line || line == "" && source == "" }
}

func TestGoBlocks(t *testing.T) {
	text := "Text\n```go\na()\n\nb()\n```\n```sh\nmake\n```\n```go\nc()\n```"
	blocks := goBlocks(strings.Split(text, "\n"))
	if len(blocks) != 2 || strings.Join(blocks[0], "|") != "a()||b()" || strings.Join(blocks[1], "|") != "c()" {
		t.Errorf("blocks %q", blocks)
	}
}

func TestContains(t *testing.T) {
	source := strings.Split("func Example() {\n\tif a {\n\t\tb()\n\t}\n\n\tc()\n}", "\n")
	for _, row := range []struct {
		block string
		want  bool
	}{
		{"if a {\n\tb()\n}\n\nc()", true},
		{"b()", true},
		{"\tif a {\n\t\tb()", true},
		{"if a {\nb()\n}", false},
		{"b()\nc()", false},
		{"c()\n}\nd()", false},
		{"d()", false},
	} {
		if got := contains(source, strings.Split(row.block, "\n")); got != row.want {
			t.Errorf("contains %q: %t, want %t", row.block, got, row.want)
		}
	}
}
