package transcript

import (
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
	"time"
)

// step is one piece of a file: an exchange, a directive, or text that says nothing to the machine.
type step struct {
	line   int // in the file, from 1
	text   []string
	sent   []string // of an exchange, without the leading >
	answer []string // of an exchange, without the leading <
}

// parse cuts a file into steps. What each step does is found out when it is played.
func parse(text string) ([]step, error) {
	var steps []step
	for i, line := range strings.Split(text, "\n") {
		last := len(steps) - 1
		switch {
		case strings.HasPrefix(line, ">"):
			if last < 0 || steps[last].sent == nil || steps[last].answer != nil {
				steps = append(steps, step{line: i + 1})
				last++
			}
			steps[last].sent = append(steps[last].sent, unmark(line))
		case strings.HasPrefix(line, "<"):
			if last < 0 || steps[last].sent == nil {
				return nil, fmt.Errorf("line %d: an answer without a request", i+1)
			}
			steps[last].answer = append(steps[last].answer, unmark(line))
		default:
			steps = append(steps, step{line: i + 1, text: []string{line}})
		}
	}
	return steps, nil
}

// unmark takes the mark, and the space behind it, off a line.
func unmark(line string) string { return strings.TrimPrefix(line[1:], " ") }

// mark puts a mark before a line.
func mark(mark, line string) string { return strings.TrimSuffix(mark+" "+line, " ") }

// render returns the file of which steps were made, with the answers that they hold now.
func render(steps []step) string {
	var lines []string
	for _, s := range steps {
		lines = append(lines, s.text...)
		for _, line := range s.sent {
			lines = append(lines, mark(">", line))
		}
		for _, line := range s.answer {
			lines = append(lines, mark("<", line))
		}
	}
	return strings.Join(lines, "\n")
}

// play does what the step says, and puts the answer into it.
func (s *step) play(tb testing.TB, stage *Stage) error {
	tb.Helper()
	if s.sent == nil {
		return stage.direct(strings.Join(s.text, ""))
	}
	request, err := readRequest(stage.names, s.sent)
	if err != nil {
		return err
	}
	answer := stage.Do(tb, request)
	s.answer = strings.Split(stage.names.hide(answer.text()), "\n")
	return nil
}

// direct obeys a directive.
func (s *Stage) direct(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "", strings.HasPrefix(line, "#"):
		return nil
	case word == "as":
		if _, known := s.tokens[rest]; !known {
			return fmt.Errorf("nobody is called %q", rest)
		}
		s.as = rest
		return nil
	case word == "advance":
		d, err := time.ParseDuration(rest)
		s.Advance(d)
		return err
	}
	return fmt.Errorf("what is %q?", line)
}

// header matches a header line of a request.
var header = regexp.MustCompile(`^([A-Z][A-Za-z-]*): ?(.*)$`)

// readRequest reads the lines that are sent.
func readRequest(names *names, lines []string) (Request, error) {
	text, err := names.reveal(strings.Join(lines, "\n"))
	if err != nil {
		return Request{}, err
	}
	lines = strings.Split(text, "\n")
	method, path, ok := strings.Cut(lines[0], " ")
	if !ok {
		return Request{}, fmt.Errorf("%q is no request line", lines[0])
	}
	r := Request{Method: method, Path: path, Header: map[string][]string{}}
	for i, line := range lines[1:] {
		m := header.FindStringSubmatch(line)
		if m == nil {
			r.Body = strings.TrimPrefix(strings.Join(lines[i+1:], "\n"), "\n")
			break
		}
		name := textproto.CanonicalMIMEHeaderKey(m[1])
		r.Header[name] = append(r.Header[name], m[2])
	}
	return r, nil
}
