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
	found := allocationFindings(s.warmLanes())
	found = append(found, s.checkFindings(closeRounds)...)
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
		unit := f.unit
		if unit == "" {
			unit = "×"
		}
		t.add(fmt.Sprintf("%s%c", f.target, 'a'+i), f.what, sign+fmt.Sprint(f.reach)+unit, number(f.got)+unit, verdict, f.note)
	}
	return t
}

// tables compares all contestants.
func (o *options) tables(w io.Writer) error {
	for _, make := range []func() (*table, error){
		func() (*table, error) { return sizesTable(o.contestants()) },
		func() (*table, error) { return realisticTable(o.contestants(), o.users) },
	} {
		t, err := make()
		if err != nil {
			return err
		}
		t.write(w)
	}
	return nil
}
