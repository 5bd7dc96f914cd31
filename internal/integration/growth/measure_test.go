package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/store"
)

// The sizes that are measured, by their users, and where databases are kept from one run to the next; without that they are made for the run alone. A kept
// PostgreSQL is named by all of its DSN but the database.
const (
	sizesVariable    = "ROLEBOOK_GROWTH_SIZES"
	folderVariable   = "ROLEBOOK_GROWTH_DIR"
	postgresVariable = "ROLEBOOK_GROWTH_POSTGRES"
)

// The size to which the others are compared, and how much longer something may take at a million where that is promised.
const (
	compared = 10_000
	promised = 2.0
)

// warmUp is how often something is asked before it counts, so that the pages of the database that it takes have been read.
const warmUp = 60

// BenchmarkGrowth asks databases of several sizes the same things by turns, and prints how long that took, and what times as long as at 10,000 users:
//
//	ROLEBOOK_GROWTH_SIZES=1000,10000,100000,1000000 go test -run '^$' -bench Growth ./growth
func BenchmarkGrowth(b *testing.B) {
	for _, kind := range []struct {
		name string
		open func(b *testing.B, s Spec) store.Store
	}{{"SQLite", keptSQLite}, {"PostgreSQL", keptPostgres}} {
		b.Run(kind.name, func(b *testing.B) {
			var beds []*bed
			for _, users := range sizes(b) {
				s := Spec{Users: users, Seed: 1}.complete()
				beds = append(beds, newBed(b, s, kind.open(b, s)))
			}
			for b.Loop() {
				fmt.Print(report(b, beds))
			}
			b.ReportMetric(0, "ns/op") // of a whole table, which tells nothing
		})
	}
}

func sizes(b *testing.B) []int {
	var list []int
	for word := range strings.SplitSeq(cmp.Or(os.Getenv(sizesVariable), "1000,10000"), ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			b.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// keptSQLite returns the store in a file that was filled now or in an earlier run.
func keptSQLite(b *testing.B, s Spec) store.Store {
	path := filepath.Join(cmp.Or(os.Getenv(folderVariable), b.TempDir()), fmt.Sprintf("%d.db", s.Users))
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		if err := run(b.Context(), path, "", s); err != nil {
			b.Fatal(err)
		}
	}
	return opened(b, path)
}

// keptPostgres is keptSQLite for a database growth_USERS.
func keptPostgres(b *testing.B, s Spec) store.Store {
	server := os.Getenv(postgresVariable)
	if server == "" {
		return openPostgres(b, filledPostgres(b, s))
	}
	db, err := sql.Open("pgx", fmt.Sprintf("%s dbname=growth_%d", server, s.Users))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxIdleConns(8)
	b.Cleanup(func() { db.Close() })
	return openPostgres(b, db)
}

// report returns what the operations took, as Markdown.
func report(b *testing.B, beds []*bed) string {
	var out strings.Builder
	line := func(first string, cell func(i int) string) {
		out.WriteString("| " + first + " |")
		for i := range beds {
			out.WriteString(" " + cell(i) + " |")
		}
		out.WriteString("\n")
	}
	line("µs, and how many times the figure at 10,000 users", func(i int) string { return fmt.Sprint(beds[i].spec.Users) })
	line("---", func(int) string { return "---" })
	for _, op := range operations() {
		medians := measure(b, beds, op)
		base := 0.0
		for i, bed := range beds {
			if bed.spec.Users == compared {
				base = medians[i]
			}
		}
		line(op.name, func(i int) string {
			times := medians[i] / base
			if op.promised && beds[i].spec.Users == 1_000_000 && times > promised {
				b.Errorf("%s takes %.1f times as long among a million users as among ten thousand", op.name, times)
			}
			return fmt.Sprintf("%.0f (%.2f)", medians[i], times)
		})
	}
	return "\n" + out.String()
}

// measure lets each database do something by turns, and returns the medians in microseconds.
func measure(b *testing.B, beds []*bed, op operation) []float64 {
	const (
		most   = 400
		budget = 6 * time.Second // for all sizes
	)
	took := make([][]float64, len(beds))
	start := time.Now()
	for round := 0; round < most && (round < 10 || time.Since(start) < budget); round++ {
		for i, bed := range beds {
			began := time.Now()
			if _, err := op.do(b.Context(), bed, bed.round+round); err != nil {
				b.Fatalf("%s among %d users: %v", op.name, bed.spec.Users, err)
			}
			took[i] = append(took[i], float64(time.Since(began).Nanoseconds())/1000)
		}
	}
	medians := make([]float64, len(beds))
	for i, bed := range beds {
		bed.round += most
		warm := took[i][min(warmUp, len(took[i])/2):]
		slices.Sort(warm)
		medians[i] = warm[len(warm)/2]
	}
	return medians
}

// What is measured works, and finds what it should, on both databases.
func TestOperations(t *testing.T) {
	s := Spec{Users: 1200}.complete()
	for name, st := range map[string]store.Store{"SQLite": opened(t, filled(t, s)), "PostgreSQL": openPostgres(t, filledPostgres(t, s))} {
		bed := newBed(t, s, st)
		for _, op := range operations() {
			for i := range 3 {
				found, err := op.do(context.Background(), bed, i)
				if err != nil || found == 0 && !op.mayBeEmpty {
					t.Errorf("%s: %s finds %d, %v", name, op.name, found, err)
				}
			}
		}
	}
}
