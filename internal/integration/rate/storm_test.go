package rate_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// peakHours is a server that hashes as by default, with people who have a password.
type peakHours struct {
	hasher *password.Hasher
	server *httptest.Server
	token  string
}

// people are who sign in, each by a client of his own.
const people = 8

func newPeakHours(b *testing.B) *peakHours {
	hasher, err := password.New(password.Options{})
	if err != nil {
		b.Fatal(err)
	}
	s := open(b, "sqlite3", b.TempDir()+"/peak.db")
	handler := rolebook(b, s, hasher)
	book, err := store.Connect(b.Context(), s, store.Options{Hasher: hasher})
	if err != nil {
		b.Fatal(err)
	}
	w := &world{}
	p := &peakHours{hasher: hasher, server: serve(b, handler)}
	p.token = w.signedIn(b, book, users.New{Email: "root@example.com", Name: "Root", Tenants: []perms.Tenancy{perms.EveryTenant}})
	for n := range people {
		in := users.New{Email: fmt.Sprintf("person%d@example.com", n), Name: "Person", Password: "heron-lake-77"}
		if _, err := book.Users.Create(b.Context(), perms.System("build"), in); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

func (p *peakHours) signIn(b *testing.B, n int) {
	send(b, p.server, request{p.token, "POST", "/native/v1/sessions", fmt.Sprintf(`{"email":"person%d@example.com","password":"heron-lake-77"}`, n)})
}

// whoami returns how long requests take that hash nothing, in ascending order.
func (p *peakHours) whoami(b *testing.B, n int) []time.Duration {
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		send(b, p.server, request{p.token, "GET", "/locator/auth/users/whoami", ""})
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took
}

// all does something by several goroutines at once, some times each, and returns how often a second.
func all(goroutines, times int, do func(goroutine int)) float64 {
	began := time.Now()
	var wait sync.WaitGroup
	for g := range goroutines {
		wait.Go(func() {
			for range times {
				do(g)
			}
		})
	}
	wait.Wait()
	return float64(goroutines*times) / time.Since(began).Seconds()
}

// BenchmarkSignIn measures sign-ins beside what the processors can hash at all, in alternating rounds.
func BenchmarkSignIn(b *testing.B) {
	p := newPeakHours(b)
	for b.Loop() {
		var ratios, per []float64
		for range rounds {
			limit := all(runtime.GOMAXPROCS(0), 6, func(int) {
				if _, err := p.hasher.Hash(b.Context(), "heron-lake-77"); err != nil {
					b.Error(err)
				}
			})
			ours := all(people, 2, func(n int) { p.signIn(b, n) })
			ratios, per = append(ratios, ours/limit), append(per, ours)
		}
		b.ReportMetric(median(ratios), "of-limit")
		b.ReportMetric(median(per), "sign-ins/s")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkStorm measures how long others wait while more people sign in than there are processors: the 99th percentile beside that of a server at rest.
func BenchmarkStorm(b *testing.B) {
	const asked = 200
	p := newPeakHours(b)
	p99 := func(took []time.Duration) float64 { return took[len(took)*99/100].Seconds() * 1e6 }
	for b.Loop() {
		idle := p99(p.whoami(b, asked))
		over := make(chan struct{})
		var storm sync.WaitGroup
		for n := range people {
			storm.Go(func() {
				for {
					select {
					case <-over:
						return
					default:
						p.signIn(b, n)
					}
				}
			})
		}
		busy := p.whoami(b, asked)
		close(over)
		storm.Wait()
		b.ReportMetric(idle, "idle-p99-µs")
		b.ReportMetric(p99(busy), "storm-p99-µs")
		b.ReportMetric(busy[asked/2].Seconds()*1e6, "storm-p50-µs")
		b.ReportMetric(p99(busy)/idle, "of-idle")
		b.ReportMetric(0, "ns/op")
	}
}
