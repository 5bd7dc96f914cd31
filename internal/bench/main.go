// Command bench measures rolebook, other libraries and the limits of the machine on the same data, in one run.
//
// A contestant's answers are compared with an oracle before it is timed. Whatever is compared runs in turns, a few milliseconds each, and what counts is the
// processor time of the process: a machine that is busy with something else changes little. Ratios within one run mean something; nanoseconds of two runs do
// not.
//
// The rule people get wrong: other libraries take part only in a program that was built with the tag "peers", since compiling them takes minutes.
//
//	go run .                  the targets
//	go run . -gate            what every change has to pass, in seconds
//	go run -tags peers . -all the targets, and the tables with the other libraries
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	var o options
	flag.BoolVar(&o.gate, "gate", false, "only see to it that warm checks allocate nothing and are not slow")
	flag.BoolVar(&o.tablesOnly, "tables", false, "only the tables with all contestants")
	flag.BoolVar(&o.all, "all", false, "the targets, and the tables with all contestants")
	flag.IntVar(&o.users, "users", 100_000, "how many users the targets are measured with")
	flag.IntVar(&o.many, "many", 200_000, "how many users are many: in what is measured as it grows")
	flag.StringVar(&o.only, "only", "", "only contestants with this in their name")
	flag.Parse()
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	gate, all   bool
	tablesOnly  bool
	users, many int
	only        string
}

func (o *options) run() error {
	if o.gate {
		return gate(os.Stdout)
	}
	fmt.Print(versions())
	if !o.tablesOnly {
		if err := o.targets(os.Stdout); err != nil {
			return err
		}
	}
	if !o.tablesOnly && !o.all {
		return nil
	}
	return o.tables(os.Stdout)
}

// contestants returns those who are wanted.
func (o *options) contestants() []entry {
	var out []entry
	for _, e := range entries() {
		if strings.Contains(e.name, o.only) {
			out = append(out, e)
		}
	}
	return out
}
