package structure

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// api describes the exported names of a package in sorted lines.
func api(pkg *types.Package) []string {
	d := describer{pkg: pkg}
	for _, name := range pkg.Scope().Names() {
		if token.IsExported(name) {
			d.object(pkg.Scope().Lookup(name))
		}
	}
	slices.Sort(d.lines)
	return d.lines
}

type describer struct {
	pkg   *types.Package
	lines []string
}

func (d *describer) add(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *describer) text(t types.Type) string {
	return types.TypeString(t, func(other *types.Package) string {
		if other == d.pkg {
			return ""
		}
		return other.Name()
	})
}

// compilerName is what the compiler calls a result without a name in a function that returns out of a loop over a function.
var compilerName = regexp.MustCompile(`#rv[0-9]+ `)

// signature is a function's type without the word func.
func (d *describer) signature(f types.Object) string {
	return compilerName.ReplaceAllString(strings.TrimPrefix(d.text(f.Type()), "func"), "")
}

func (d *describer) object(object types.Object) {
	switch o := object.(type) {
	case *types.Const:
		d.add("const %s %s = %s", o.Name(), d.text(o.Type()), o.Val().ExactString())
	case *types.Var:
		d.add("var %s %s", o.Name(), d.text(o.Type()))
	case *types.Func:
		d.add("func %s%s", o.Name(), d.signature(o))
	case *types.TypeName:
		if o.IsAlias() {
			d.add("type %s = %s", o.Name(), d.text(types.Unalias(o.Type())))
			return
		}
		d.named(o.Name(), o.Type())
	}
}

func (d *describer) named(name string, t types.Type) {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		d.add("type %s struct", d.text(t))
		d.fields(name, u)
	case *types.Interface:
		d.add("type %s interface", d.text(t))
	default:
		d.add("type %s %s", d.text(t), d.text(u))
	}
	d.methods(name, t)
}

func (d *describer) fields(name string, s *types.Struct) {
	for i := range s.NumFields() {
		field := s.Field(i)
		switch {
		case field.Embedded() && field.Exported():
			d.add("type %s struct, embedded %s", name, d.text(field.Type()))
		case field.Exported():
			d.add("type %s struct, %s %s%s", name, field.Name(), d.text(field.Type()), tag(s.Tag(i)))
		}
	}
}

func tag(text string) string {
	if text == "" {
		return ""
	}
	return " `" + text + "`"
}

// methods describes those of the value and, under *, those that only a pointer has, promoted ones included.
func (d *describer) methods(name string, t types.Type) {
	value := types.NewMethodSet(t)
	all := value
	if !types.IsInterface(t) {
		all = types.NewMethodSet(types.NewPointer(t))
	}
	for method := range all.Methods() {
		receiver := name
		if value.Lookup(method.Obj().Pkg(), method.Obj().Name()) == nil {
			receiver = "*" + name
		}
		switch {
		case method.Obj().Exported():
			d.add("method (%s) %s%s", receiver, method.Obj().Name(), d.signature(method.Obj()))
		case types.IsInterface(t):
			d.add("method (%s) unexported: nobody else can implement it", name)
		}
	}
}

func TestDescriber(t *testing.T) {
	const source = `package p

const Max = 1 << 3
const hidden = 1

var Default *Set

type Name string
type Same = Name
type Set struct {
	Names []Name ` + "`json:\"names\"`" + `
	inner
	hidden int
}
type inner struct{}
type Reader interface{ Read(p []byte) (n int, err error) }
type Sealed interface{ sealed() }
type List[T any] []T

func (Set) Has(n Name) bool { return false }
func (*Set) Add(n ...Name)  {}
func (inner) Promoted()     {}
func (inner) hidden()       {}
func New[T any](of T) *List[T] { return nil }
`
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", files, []*ast.File{parsed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimPrefix(`
const Max untyped int = 8
func New[T any](of T) *List[T]
method (*Set) Add(n ...Name)
method (Reader) Read(p []byte) (n int, err error)
method (Sealed) unexported: nobody else can implement it
method (Set) Has(n Name) bool
method (Set) Promoted()
type List[T any] []T
type Name string
type Reader interface
type Same = Name
type Sealed interface
type Set struct
type Set struct, Names []Name `+"`json:\"names\"`"+`
var Default *Set`, "\n")
	if changes := diff(want, strings.Join(api(pkg), "\n")); changes != "" {
		t.Error(changes)
	}
}
