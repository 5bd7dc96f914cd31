package rate_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	rounds  = 9
	clients = 4
	warmUp  = 8 // requests before the first round, so that connections and statements are there
)

// BenchmarkRates measures requests of every API over SQLite in a database of 100,000 users, side by side in alternating rounds of one run with two handlers
// that answer the same, on copies of the same database, with the same session look-up and durability:
//
//	of-replay   does the statements that rolebook has been seen to do, and knows the answer beforehand;
//	of-hand     is how somebody would write it who needed this route alone, with statements of his own.
//
// It fails where rolebook reaches less of the first one's rate than is promised, by the clock and by the processor's time (cpu-…), that of the client included.
// The second one shows what the statements themselves cost.
func BenchmarkRates(b *testing.B) {
	w := build(b)
	for _, k := range w.kinds() {
		b.Run(k.name, func(b *testing.B) {
			for b.Loop() {
				measure(b, w, k)
			}
		})
	}
}

func measure(b *testing.B, w *world, k kind) {
	recorded, answers := record(b, w, k)
	byHand := compare(b, w, k, answers)
	replays := func(i int) request { return request{k.make(i).who, "POST", fmt.Sprint("/", i), k.make(i).body} }
	ours := serve(b, rolebook(b, open(b, "sqlite3", w.copyOf(b)), cheap(b)))
	hand := serve(b, k.byHand(newHand(b, "sqlite3", w.copyOf(b))))
	replay := serve(b, newReplay(b, w.copyOf(b), k, recorded, answers))
	var ofReplay, ofHand, cpuOfReplay, cpuOfHand, per []float64
	for round := -1; round < rounds; round++ {
		first, n := warmUp+round*k.n, k.n
		if round < 0 {
			first, n = 0, warmUp
		}
		other, theirs, mine := timed(b, hand, first, n, k.make), timed(b, replay, first, n, replays), timed(b, ours, first, n, k.make)
		if round < 0 {
			continue
		}
		ofReplay, cpuOfReplay = append(ofReplay, theirs.wall/mine.wall), append(cpuOfReplay, theirs.cpu/mine.cpu)
		ofHand, cpuOfHand = append(ofHand, other.wall/mine.wall), append(cpuOfHand, other.cpu/mine.cpu)
		per = append(per, mine.wall*1e6/float64(n))
	}
	b.ReportMetric(median(ofReplay), "of-replay")
	b.ReportMetric(median(ofHand), "of-hand")
	b.ReportMetric(median(cpuOfReplay), "cpu-of-replay")
	b.ReportMetric(median(cpuOfHand), "cpu-of-hand")
	b.ReportMetric(median(per), "µs/request")
	b.ReportMetric(float64(len(recorded[warmUp])), "statements")
	b.ReportMetric(float64(byHand), "by-hand")
	b.ReportMetric(0, "ns/op")                                                    // of a whole measurement, which tells nothing
	if reached := max(median(ofReplay), median(cpuOfReplay)); reached < k.least { // others on the machine disturb the clock
		b.Errorf("%s: %.2f of the handler that does the same statements, want %.2f", k.name, reached, k.least)
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// record sends the requests one by one, and returns the statements and the answer of each.
func record(b *testing.B, w *world, k kind) ([][]statement, [][]byte) {
	s := serve(b, rolebook(b, open(b, "sqlite3-recorded", w.copyOf(b)), cheap(b)))
	theRecorder.take()
	var (
		lists   [][]statement
		answers [][]byte
	)
	for i := range warmUp + rounds*k.n {
		answers = append(answers, send(b, s, k.make(i)))
		lists = append(lists, theRecorder.take())
	}
	return lists, answers
}

// compare sees to it that the handler by hand answers as rolebook has done, and returns how many statements it takes.
func compare(b *testing.B, w *world, k kind, answers [][]byte) (statements int) {
	s := serve(b, k.byHand(newHand(b, "sqlite3-recorded", w.copyOf(b))))
	theRecorder.take()
	for i := range 3 {
		got, want := k.fixed(b, send(b, s, k.make(i))), k.fixed(b, answers[i])
		if !reflect.DeepEqual(got, want) {
			b.Fatalf("%s: by hand it is\n%v, want\n%v", k.name, got, want)
		}
		statements = len(theRecorder.take())
	}
	return statements
}

// fixed returns an answer without what nothing determines.
func (k kind) fixed(b *testing.B, answer []byte) any {
	var v any
	if err := json.Unmarshal(answer, &v); err != nil {
		b.Fatal(err)
	}
	for _, name := range k.volatile {
		delete(v.(map[string]any), name)
	}
	return v
}

// spent is what requests took, in seconds.
type spent struct{ wall, cpu float64 }

// timed sends n requests by several clients, and returns what they took.
func timed(b *testing.B, s *httptest.Server, first, n int, make func(i int) request) spent {
	start, used := time.Now(), processor(b)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := first + c; i < first+n; i += clients {
				send(b, s, make(i))
			}
		})
	}
	wg.Wait()
	return spent{time.Since(start).Seconds(), processor(b) - used}
}

// processor returns the seconds that the process has computed.
func processor(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func send(b *testing.B, s *httptest.Server, r request) []byte {
	req, err := http.NewRequest(r.method, s.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		b.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+r.who)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.Client().Do(req)
	if err != nil {
		b.Error(err)
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		b.Errorf("%s %s: %d %s %v", r.method, r.path, resp.StatusCode, body, err)
	}
	return body
}

func serve(b *testing.B, h http.Handler) *httptest.Server {
	s := httptest.NewServer(h)
	s.Client().Transport.(*http.Transport).MaxIdleConnsPerHost = clients
	b.Cleanup(s.Close)
	return s
}
