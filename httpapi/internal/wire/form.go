package wire

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// MaxElements is how many elements an array of a request may have.
const MaxElements = 1000

// Rule says whether a member must be sent and what null means for it. Required
// and Nullable may be combined: the member must be sent and may be null.
type Rule uint8

// The rules of a member.
const (
	Optional Rule = 0         // absent and null are the same
	Required Rule = 1 << iota // absent and null are a problem
	Nullable                  // null is a value: Opt.Null
)

// Form reads a value of a body, most often an object, member by member, and
// collects what is wrong. Its readers never fail: a bad member gives an Opt that
// is not set, and a [Problem]. A member of which a problem is known gets no
// second one. Forms of one body share one collection.
//
// Members nobody asks for are ignored.
type Form struct {
	value    Value
	parent   *Form
	name     string // in the parent, unless it is an array
	index    int    // in the parent, if it is an array
	problems *problems
}

// NewForm returns a form over value, for which nothing has been asked.
func NewForm(value Value) *Form {
	return &Form{value: value, problems: &problems{in: InBody}}
}

// Value returns the value that the form reads.
func (f *Form) Value() Value { return f.value }

// Err returns nil, or an *[Invalid] of the problems up to now: those of the whole
// body, whichever of its forms is asked. They are in the order in which the
// members of the body were first asked for, so a problem that is added late, by
// [Form.Fail], takes the place of its member.
func (f *Form) Err() error { return f.problems.err() }

// Fail adds a problem of the member called name, or of the form's own value when
// name is empty. A path such as "roles[2]" may stand for the name.
func (f *Form) Fail(name string, code Code, text string) {
	f.problems.add(Problem{Field: f.path(name), Code: code, Text: text})
}

// Has reports whether a problem of the member called name is known.
func (f *Form) Has(name string) bool { return f.problems.has(f.path(name)) }

// String reads a string.
func (f *Form) String(name string, rule Rule) Opt[string] {
	v, opt := ask[string](f, name, rule, KindString)
	if opt.Set {
		opt.Value = v.Text()
	}
	return opt
}

// Bool reads a boolean.
func (f *Form) Bool(name string, rule Rule) Opt[bool] {
	v, opt := ask[bool](f, name, rule, KindBool)
	if opt.Set {
		opt.Value = v.Bool()
	}
	return opt
}

// Int reads an integer between least and most.
func (f *Form) Int(name string, rule Rule, least, most int64) Opt[int64] {
	v, opt := ask[int64](f, name, rule, KindInteger)
	if !opt.Set {
		return opt
	}
	n, _ := v.Int()
	if n < least || n > most {
		f.Fail(name, CodeRange, fmt.Sprintf("must be between %d and %d", least, most))
		return Opt[int64]{}
	}
	return Some(n)
}

// Number reads a number that names something: an integer from 1.
func (f *Form) Number(name string, rule Rule) Opt[int64] {
	return f.Int(name, rule, 1, MaxInteger)
}

// UUID reads a string that is a uuid, see [UUID].
func (f *Form) UUID(name string, rule Rule) Opt[uuid.UUID] {
	return parsed(f, name, rule, UUID, "must be a uuid")
}

// Time reads a string that is a time, see [Time]. The zero time is refused, so
// that no caller can send what a time.Time uses for "never".
func (f *Form) Time(name string, rule Rule) Opt[time.Time] {
	return parsed(f, name, rule, func(s string) (time.Time, bool) {
		t, ok := Time(s)
		return t, ok && !t.IsZero()
	}, "must be a time as in RFC 3339")
}

// Strings reads an array of strings. Of equal ones the first stays.
func (f *Form) Strings(name string, rule Rule) Opt[[]string] {
	return elements(f, name, rule, KindString, Value.Text)
}

// Ints reads an array of integers. Of equal ones the first stays.
func (f *Form) Ints(name string, rule Rule) Opt[[]int64] {
	return elements(f, name, rule, KindInteger, func(v Value) int64 {
		n, _ := v.Int()
		return n
	})
}

// Object reads an object, as a form of its own; its problems are named by their
// path from the body. The value is nil unless set.
func (f *Form) Object(name string, rule Rule) Opt[*Form] {
	v, opt := ask[*Form](f, name, rule, KindObject)
	if opt.Set {
		opt.Value = &Form{value: v, parent: f, name: name, problems: f.problems}
	}
	return opt
}

// Array reads an array of whatever elements: a form for each, equal ones too.
func (f *Form) Array(name string, rule Rule) Opt[[]*Form] {
	v, opt := ask[[]*Form](f, name, rule, KindArray)
	if !opt.Set {
		return opt
	}
	list := &Form{value: v, parent: f, name: name, problems: f.problems}
	forms, ok := list.Elements()
	if !ok {
		return Opt[[]*Form]{}
	}
	return Some(forms)
}

// Objects reads an array of objects: a form for each. It is not set if one of
// them is something else.
func (f *Form) Objects(name string, rule Rule) Opt[[]*Form] {
	list := f.Array(name, rule)
	if !each(list.Value, KindObject) {
		return Opt[[]*Form]{}
	}
	return list
}

// Elements returns a form for each element of the array that f reads, which is
// how a body that is an array begins. More than [MaxElements] are a problem, and
// ok is then false.
func (f *Form) Elements() (forms []*Form, ok bool) {
	forms = []*Form{}
	for v := range f.value.Items() {
		if len(forms) == MaxElements {
			f.Fail("", CodeTooLong, fmt.Sprintf("must have at most %d elements", MaxElements))
			return nil, false
		}
		forms = append(forms, &Form{value: v, parent: f, index: len(forms), problems: f.problems})
	}
	return forms, true
}

// Is reports whether the form's own value is of the kind want, and adds a
// problem when it is not.
func (f *Form) Is(want Kind) bool {
	if f.value.Kind() == want {
		return true
	}
	f.mistyped("", want)
	return false
}

// path returns the path of the member called name, or of the form's own value
// when name is empty.
func (f *Form) path(name string) string {
	own := ""
	switch {
	case f.parent == nil:
	case f.parent.value.Kind() == KindArray:
		own = fmt.Sprintf("%s[%d]", f.parent.path(""), f.index)
	default:
		own = f.parent.path(f.name)
	}
	if own == "" || name == "" {
		return own + name
	}
	return own + "." + name
}

func (f *Form) mistyped(name string, want Kind) {
	f.problems.add(Problem{Field: f.path(name), Code: CodeType, Want: want, Text: "must be of type " + want.String()})
}

// ask looks a member up and applies its rule. The Opt is set, without a value
// yet, when the member is there and of the kind want.
func ask[T any](f *Form, name string, rule Rule, want Kind) (Value, Opt[T]) {
	if f.parent == nil {
		f.problems.ask(name)
	}
	v := f.value.Member(name)
	switch kind := v.Kind(); {
	case kind == want:
		return v, Opt[T]{Set: true}
	case kind == KindNull && rule&Nullable != 0:
		return v, Opt[T]{Null: true}
	case kind != KindAbsent && kind != KindNull:
		f.mistyped(name, want)
	case rule&Required != 0:
		f.Fail(name, CodeRequired, "is required")
	}
	return Value{}, Opt[T]{}
}

// parsed reads a string of a certain form.
func parsed[T any](f *Form, name string, rule Rule, parse func(string) (T, bool), text string) Opt[T] {
	s := f.String(name, rule)
	if !s.Set {
		return Opt[T]{Null: s.Null}
	}
	value, ok := parse(s.Value)
	if !ok {
		f.Fail(name, CodeFormat, text)
		return Opt[T]{}
	}
	return Some(value)
}

// elements reads an array of one kind, without repetitions.
func elements[T comparable](f *Form, name string, rule Rule, want Kind, read func(Value) T) Opt[[]T] {
	list := f.Array(name, rule)
	if !list.Set || !each(list.Value, want) {
		return Opt[[]T]{Null: list.Null}
	}
	values := make([]T, 0, len(list.Value))
	seen := make(map[T]bool, len(list.Value))
	for _, element := range list.Value {
		value := read(element.value)
		if !seen[value] {
			seen[value] = true
			values = append(values, value)
		}
	}
	return Some(values)
}

// each reports whether every form is of the kind want; those that are not get
// their problem.
func each(forms []*Form, want Kind) bool {
	all := true
	for _, form := range forms {
		all = form.Is(want) && all
	}
	return all
}
