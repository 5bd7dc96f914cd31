package main

import (
	"fmt"
	"io"
)

// targets measures what rolebook has set itself.
func (o *options) targets(w io.Writer) error {
	progress("loading %d users", o.users)
	s, err := newStage(realistic(o.users))
	if err != nil {
		return err
	}
	defer s.close()
	progress("checks")
	found := allocationFindings(s.warmLanes())
	found = append(found, s.checkFindings(closeRounds)...)
	found = append(found, s.sumFindings()...)
	found = append(found, s.setFindings()...)
	for _, part := range []struct {
		name string
		find func() ([]finding, error)
	}{
		{"edits", s.editFindings},
		{"memory", func() ([]finding, error) { return memoryFindings(o.users) }},
		{"loading", s.loadFindings},
		{"growth", func() ([]finding, error) { return growthFindings(o.many) }},
	} {
		progress("%s", part.name)
		more, err := part.find()
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		found = append(found, more...)
	}
	targetTable(found).write(w)
	return nil
}

func targetTable(found []finding) *table {
	t := newTable("Targets", "what", "wanted", "measured", "", "of")
	for i, f := range found {
		sign, verdict := "≤ ", "met"
		if f.least {
			sign = "≥ "
		}
		if !f.met() {
			verdict = "missed"
		}
		if f.unlike != "" {
			verdict += ", but " + f.unlike
		}
		unit := f.unit
		if unit == "" {
			unit = "×"
		}
		t.add(fmt.Sprintf("%s (%d)", f.target, i+1), f.what, sign+fmt.Sprint(f.reach)+unit, number(f.got)+unit, verdict, f.note)
	}
	return t
}

// tables compares all contestants.
func (o *options) tables(w io.Writer) error {
	for _, make := range []func() (*table, error){
		func() (*table, error) { return sizesTable(o.contestants()) },
		func() (*table, error) { return realisticTable(o.contestants(), o.users) },
		func() (*table, error) { return realisticTable(o.slowLoaders(), fewUsers) },
	} {
		t, err := make()
		if err != nil {
			return err
		}
		t.write(w)
	}
	return nil
}

// fewUsers is how many those can load in a reasonable time whose loading is quadratic.
const fewUsers = 10_000

// slowLoaders returns who can be measured with few users alone, and whom to compare them with.
func (o *options) slowLoaders() []entry {
	var out []entry
	for _, e := range o.contestants() {
		if e.maxUsers > 0 || e.name == "limit-map+bitset" || e.name == "rolebook" {
			out = append(out, e)
		}
	}
	return out
}
