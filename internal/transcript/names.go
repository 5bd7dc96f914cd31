package transcript

import (
	"fmt"
	"regexp"
	"strconv"
)

// names gives what is random in answers, uuids and tokens, a name that is the same in every run.
type names struct {
	byValue map[string]string
	byName  map[string]string
	next    map[string]int // by kind
}

func newNames() *names {
	return &names{map[string]string{}, map[string]string{}, map[string]int{}}
}

var (
	random = regexp.MustCompile(`rb[il]?_[A-Za-z0-9_-]{43}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	named  = regexp.MustCompile(`(?:U|rb[il]?_)\([a-z0-9]+\)`)
	prefix = regexp.MustCompile(`^rb[il]?_`)
)

// call gives a value a name of one's own choice.
func (n *names) call(value, name string) {
	full := kind(value) + "(" + name + ")"
	n.byValue[value], n.byName[full] = full, value
}

// kind returns what stands before the parenthesis.
func kind(value string) string {
	if p := prefix.FindString(value); p != "" {
		return p
	}
	return "U"
}

// hide replaces random values by their names; new ones get the next number of their kind.
func (n *names) hide(text string) string {
	return random.ReplaceAllStringFunc(text, func(value string) string {
		if n.byValue[value] == "" {
			n.next[kind(value)]++
			n.call(value, strconv.Itoa(n.next[kind(value)]))
		}
		return n.byValue[value]
	})
}

// reveal is the inverse of hide.
func (n *names) reveal(text string) (string, error) {
	var unknown error
	text = named.ReplaceAllStringFunc(text, func(name string) string {
		value, ok := n.byName[name]
		if !ok {
			unknown = fmt.Errorf("nothing is called %s", name)
		}
		return value
	})
	return text, unknown
}
