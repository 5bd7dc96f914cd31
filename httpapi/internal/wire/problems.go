package wire

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// problems collects what is wrong with one body or query, one problem a field.
type problems struct {
	in    Place
	asked []string // the names in the order in which they were asked for
	list  []Problem
	known map[string]bool // the fields in list
}

// ask notes that the reader has come to name.
func (p *problems) ask(name string) {
	p.asked = append(p.asked, name)
}

func (p *problems) has(field string) bool { return p.known[field] }

func (p *problems) add(problem Problem) {
	if p.known[problem.Field] {
		return
	}
	if p.known == nil {
		p.known = make(map[string]bool)
	}
	p.known[problem.Field] = true
	p.list = append(p.list, problem)
}

// err returns nil or an *Invalid. Problems are ordered by their first name as
// asked for, then by the index behind it, then as they were found.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	sorted := slices.Clone(p.list)
	slices.SortStableFunc(sorted, func(a, b Problem) int {
		aName, aIndex, _ := splitField(a.Field)
		bName, bIndex, _ := splitField(b.Field)
		return cmp.Or(cmp.Compare(p.rank(aName), p.rank(bName)), cmp.Compare(aIndex, bIndex))
	})
	return &Invalid{In: p.in, Problems: sorted}
}

// rank returns the place of a name among those asked for; the others come last.
func (p *problems) rank(name string) int {
	if at := slices.Index(p.asked, name); at >= 0 {
		return at
	}
	return len(p.asked)
}

// splitField takes the first name and the index behind it, -1 if there is none,
// off a path.
func splitField(field string) (name string, index int, rest string) {
	end := strings.IndexAny(field, ".[")
	if end < 0 {
		return field, -1, ""
	}
	name, rest = field[:end], field[end:]
	digits, after, found := strings.Cut(strings.TrimPrefix(rest, "["), "]")
	if n, err := strconv.Atoi(digits); found && err == nil {
		return name, n, after
	}
	return name, -1, rest
}
