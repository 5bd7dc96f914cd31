package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// table is a table of text, a contestant a row.
type table struct {
	title   string
	columns []string
	order   []string
	rows    map[string][]string
}

func newTable(title string, columns ...string) *table {
	return &table{title: title, columns: columns, rows: map[string][]string{}}
}

// add adds cells to a row.
func (t *table) add(row string, cells ...string) {
	if _, ok := t.rows[row]; !ok {
		t.order = append(t.order, row)
	}
	t.rows[row] = append(t.rows[row], cells...)
}

// write writes the table in Markdown, which reads as text, too.
func (t *table) write(w io.Writer) {
	lines := [][]string{append([]string{""}, t.columns...)}
	for _, name := range t.order {
		lines = append(lines, append([]string{name}, t.rows[name]...))
	}
	widths := make([]int, len(t.columns)+1)
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	fmt.Fprintf(w, "\n### %s\n\n", t.title)
	for i, line := range lines {
		for len(line) < len(widths) {
			line = append(line, "")
		}
		for j, cell := range line {
			fmt.Fprintf(w, "| %s ", pad(cell, widths[j], j == 0))
		}
		fmt.Fprintln(w, "|")
		if i == 0 {
			for j, width := range widths {
				fmt.Fprintf(w, "|%s%s", strings.Repeat("-", width+1), []string{":", "-"}[min(1, max(0, 1-j))])
			}
			fmt.Fprintln(w, "|")
		}
	}
}

func pad(cell string, width int, left bool) string {
	space := strings.Repeat(" ", width-len([]rune(cell)))
	if left {
		return cell + space
	}
	return space + cell
}

// nanoseconds returns a time in the unit that reads best.
func nanoseconds(ns float64) string {
	for _, u := range []struct {
		name string
		ns   float64
	}{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}} {
		if ns >= u.ns {
			return number(ns/u.ns) + " " + u.name
		}
	}
	return number(ns) + " ns"
}

// times returns a ratio.
func times(ratio float64) string { return number(ratio) + "×" }

// number returns a number with two or three digits that mean something, and commas.
func number(v float64) string {
	switch {
	case v < 10:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	case v < 1000:
		return fmt.Sprintf("%.0f", v)
	}
	digits := []rune(fmt.Sprintf("%.0f", v))
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = slices.Insert(digits, i, ',')
	}
	return string(digits)
}

// progress tells what is being done, apart from the tables.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
