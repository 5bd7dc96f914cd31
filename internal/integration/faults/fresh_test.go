package faults

import (
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
)

// slack is by how much an answer may be older than is promised.
const slack = 50 * time.Millisecond

// two is a process here that writes, and another one that checks.
type two struct {
	t     *testing.T
	dsn   string
	store *sqlstore.Store
	book  *store.Book
	user  uuid.UUID
}

func newTwo(t *testing.T) *two {
	t.Helper()
	w := &two{t: t, dsn: newSchemas(t).next(t)}
	w.store = migrate(t, open(t, w.dsn), sqlstore.Options{})
	w.book = connectBook(t, w.store, 0)
	w.user = person(t, w.book, "ann")
	return w
}

// set grants or revokes, and returns when that was acknowledged.
func (w *two) set(granted bool) time.Time {
	w.t.Helper()
	_, err := set(w.t.Context(), w.book, w.store, w.user, granted)
	must(w.t, err)
	return time.Now()
}

// granted grants, and waits until another process knows.
func (w *two) granted(other *process) {
	w.t.Helper()
	w.set(true)
	head, err := w.store.Head(w.t.Context())
	must(w.t, err)
	other.ask(order{Do: "atleast", Many: int(head.Revision)})
	if !other.ask(order{Do: "check", User: w.user}).Allowed {
		w.t.Fatal("what was granted is not allowed")
	}
}

// age returns for how long after a revocation something was still allowed.
func age(a answer, revoked time.Time) time.Duration {
	if a.LastYes.IsZero() {
		return 0
	}
	return a.LastYes.Sub(revoked)
}

// A revocation in one process is known in another one within its bound, and with bound 0 to its next check.
func TestFreshness(t *testing.T) {
	w := newTwo(t)
	const bound = 100 * time.Millisecond
	other := spawn(t, connection{DSN: w.dsn, Stale: bound})
	rounds, longest, asked := full(20, 1000), time.Duration(0), 0
	for range rounds {
		w.granted(other)
		other.tell(order{Do: "watch", User: w.user, Limit: time.Minute})
		revoked := w.set(false)
		a := other.hear()
		if age(a, revoked) > bound+slack || a.FirstNo.IsZero() {
			t.Errorf("allowed %v after it was revoked", age(a, revoked))
		}
		if !a.LastYes.IsZero() {
			asked++
		}
		longest = max(longest, age(a, revoked))
	}
	t.Logf("%d trials, of which %d saw a yes; the last one was %v after; bound %v", rounds, asked, longest, bound)
	if asked < rounds/2 {
		t.Error("too few were watching when it happened")
	}
	always := spawn(t, connection{DSN: w.dsn, Stale: store.Always})
	for range full(50, 1000) {
		w.granted(always)
		w.set(false)
		if always.ask(order{Do: "check", User: w.user}).Allowed {
			t.Fatal("bound 0: allowed by the next check")
		}
	}
}

// The control: a process that may be stale for an hour is, and the watch sees it.
func TestStale(t *testing.T) {
	w := newTwo(t)
	other := spawn(t, connection{DSN: w.dsn, Stale: time.Hour})
	w.granted(other)
	const limit = 300 * time.Millisecond
	other.tell(order{Do: "watch", User: w.user, Limit: limit})
	revoked := w.set(false)
	if a := other.hear(); age(a, revoked) < limit/2 || !a.FirstNo.IsZero() {
		t.Errorf("allowed only %v after it was revoked", age(a, revoked))
	}
}

// A process that was stopped for longer than its bound knows of nothing when it goes on, and says so by asking.
func TestStoppedProcess(t *testing.T) {
	w := newTwo(t)
	bound, stop := full(200*time.Millisecond, 2*time.Second), full(time.Second, 10*time.Second)
	other := spawn(t, connection{DSN: w.dsn, Stale: bound})
	for range full(3, 10) {
		w.granted(other)
		other.tell(order{Do: "watch", User: w.user, Limit: time.Minute})
		time.Sleep(bound / 4) // it watches, or will
		must(t, other.Process.Signal(syscall.SIGSTOP))
		revoked := w.set(false)
		time.Sleep(stop)
		must(t, other.Process.Signal(syscall.SIGCONT))
		resumed := time.Now()
		if a := other.hear(); age(a, revoked) > bound+slack || a.FirstNo.Before(resumed.Add(-slack)) {
			t.Errorf("allowed %v after it was revoked; the first no came %v after it went on", age(a, revoked), a.FirstNo.Sub(resumed))
		}
	}
}

// A process that cannot reach the database answers for as long as its bound, and then no longer.
func TestPartition(t *testing.T) {
	w := newTwo(t)
	const bound = 300 * time.Millisecond
	n := newNetwork(t, w.dsn)
	other := spawn(t, connection{DSN: n.dsn, Stale: bound})
	for range full(2, 50) {
		n.heal()
		w.granted(other)
		other.tell(order{Do: "watch", User: w.user, Limit: 3 * bound})
		n.swallow()
		cut := time.Now()
		w.set(false)
		a := other.hear()
		if age(a, cut) > bound+slack {
			t.Errorf("allowed %v after it was cut off", age(a, cut))
		}
		if a.Errors == 0 || !a.FirstNo.IsZero() {
			t.Errorf("%d checks without an answer, an answer at %v: a process that is cut off cannot know", a.Errors, a.FirstNo)
		}
	}
	n.heal()
}
