package faults

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
)

// distant is a store behind a network, and another one that is always reached.
type distant struct {
	*network
	store, near *sqlstore.Store
	book        *store.Book
	inUse       func() int
}

func newDistant(t *testing.T) *distant {
	t.Helper()
	dsn := newSchemas(t).next(t)
	d := &distant{near: migrate(t, open(t, dsn), sqlstore.Options{}), network: newNetwork(t, dsn)}
	db := open(t, d.dsn)
	var err error
	d.store, err = sqlstore.New(t.Context(), db, sqlstore.Postgres, sqlstore.Options{})
	must(t, err)
	d.book = connectBook(t, d.store, store.Always)
	d.inUse = func() int { return db.Stats().InUse }
	return d
}

// ops are changes of every kind of transaction, and reads.
func (d *distant) ops(t *testing.T) map[string]func(ctx context.Context, name string) error {
	ann := person(t, d.book, "ann")
	return map[string]func(ctx context.Context, name string) error{
		"append": func(ctx context.Context, name string) error { return appendOne(ctx, d.store, name) },
		"user": func(ctx context.Context, name string) error {
			_, err := d.book.Users.Create(ctx, system.Because(name), users.New{Email: name + "@example.com", Name: name})
			return err
		},
		"override": func(ctx context.Context, name string) error {
			return d.book.Users.SetOverride(ctx, system.Because(name), ann, perms.Override{Permission: view, Granted: true, Scope: perms.Anywhere, Reason: name})
		},
		"check": func(ctx context.Context, _ string) error {
			_, err := d.book.Perms.Check(ctx, ann, view, perms.Home)
			return err
		},
		"list": func(ctx context.Context, _ string) error {
			return d.store.View(ctx, func(tx store.Store) error {
				_, err := tx.Users(ctx, users.Filter{})
				return err
			})
		},
		"charge": func(ctx context.Context, name string) error {
			_, err := d.store.Charge(ctx, []users.Throttle{{Key: name, Limit: 5, Window: time.Hour}}, time.Now())
			return err
		},
	}
}

// A commit that is lost on its way, or whose answer is, has an unknown outcome. It is not repeated, and the journal tells who looks.
func TestLostCommit(t *testing.T) {
	d := newDistant(t)
	made := [2]int{}
	for name, op := range d.ops(t) {
		if name == "check" || name == "list" {
			continue
		}
		for i := range full(3, 50) {
			for side, after := range []bool{false, true} {
				reason := fmt.Sprintf("%s-%d-%t", name, i, after)
				d.change(func() { d.cut, d.after, d.cuts = "commit\x00", after, 0 })
				err := op(t.Context(), reason)
				if !errors.Is(err, store.ErrUnknownOutcome) || d.cuts != 1 {
					t.Errorf("%s: %v after %d cuts", reason, err, d.cuts)
				}
				if name == "charge" {
					continue
				}
				n := reasons(t, d.near)[reason]
				if want := map[bool]int{false: 0, true: 1}[after]; n != want {
					t.Errorf("%s is there %d times", reason, n)
				}
				made[side] += n
			}
		}
	}
	storetest.CheckFold(t, d.near)
	if made[0] != 0 || made[1] == 0 {
		t.Errorf("made before the commit arrived: %d; after: %d", made[0], made[1])
	}
	if err := appendOne(t.Context(), d.store, "afterwards"); err != nil {
		t.Error(err)
	}
}

// Wherever a connection is cut off, what was not acknowledged is whole or not there, and says which unless it was committing.
func TestCutAnywhere(t *testing.T) {
	d := newDistant(t)
	for name, op := range d.ops(t) {
		for _, text := range []string{"begin", "savepoint", "select", "insert", "update", "rolebook_head", "rolebook_journal", "rolebook_users"} {
			reason := name + "-" + text
			before := dump(t, d.near)
			d.change(func() { d.cut, d.after, d.cuts = text, false, 0 })
			err := op(t.Context(), reason)
			d.change(func() { d.cut = "" })
			switch {
			case errors.Is(err, store.ErrUnavailable):
				if dump(t, d.near) != before {
					t.Errorf("%s: left something, and %v", reason, err)
				}
			case err != nil:
				t.Errorf("%s: %v", reason, err)
			case d.cuts == 0, text == "begin", name == "check", name == "list", name == "charge":
			default:
				if n := reasons(t, d.near)[reason]; n != 1 {
					t.Errorf("%s: acknowledged, and there %d times", reason, n)
				}
			}
			if n := d.inUse(); n > 0 {
				t.Errorf("%s: %d connections in use", reason, n)
			}
		}
	}
	storetest.CheckFold(t, d.near)
}

// With a deadline, everything ends by it, however little arrives, and nobody stays behind.
func TestDeadlines(t *testing.T) {
	const deadline, slack = 300 * time.Millisecond, 100 * time.Millisecond
	d := newDistant(t)
	ops := d.ops(t)
	begun := runtime.NumGoroutine()
	for trouble, begin := range map[string]func(){
		"nothing arrives":                    func() { d.swallow() },
		"everything comes late":              func() { d.change(func() { d.delay = 3 * time.Second }) },
		"nothing arrives from the commit on": func() { d.change(func() { d.cut, d.after, d.mute, d.cuts = "commit\x00", false, true, 0 }) },
	} {
		for name, op := range ops {
			if err := op(t.Context(), name+"-before-"+dashed.Replace(trouble)); err != nil {
				t.Errorf("%s before %s: %v", name, trouble, err)
			}
			before := dump(t, d.near)
			begin()
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			began := time.Now()
			err := op(ctx, name+"-while-"+dashed.Replace(trouble))
			took := time.Since(began)
			cancel()
			d.heal()
			if took > deadline+slack {
				t.Errorf("%s while %s: took %v", name, trouble, took)
			}
			for wait := time.Now(); d.inUse() > 0; time.Sleep(time.Millisecond) { // what a check has begun may go on for those who ask the same
				if name != "check" || time.Since(wait) > 10*time.Second {
					t.Fatalf("%s while %s: %d connections in use", name, trouble, d.inUse())
				}
			}
			if d.committed(name, trouble) {
				if !errors.Is(err, store.ErrUnknownOutcome) || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s while %s: %v after %d cuts in %v", name, trouble, err, d.cuts, took)
				}
				continue
			}
			if err == nil && d.cut == "" {
				t.Errorf("%s while %s: it worked", name, trouble)
			}
			if dump(t, d.near) != before {
				t.Errorf("%s while %s: left something, and %v", name, trouble, err)
			}
			d.change(func() { d.cut = "" })
		}
	}
	for wait := time.Now(); runtime.NumGoroutine() > begun+10; time.Sleep(10 * time.Millisecond) {
		if time.Since(wait) > 10*time.Second {
			t.Fatalf("%d goroutines of %d are left", runtime.NumGoroutine()-begun, begun)
		}
	}
}

var dashed = strings.NewReplacer(" ", "-")

// committed reports whether an operation was at its commit when nothing arrived any more.
func (d *distant) committed(name, trouble string) bool {
	return trouble == "nothing arrives from the commit on" && name != "check" && name != "list"
}

// Packets of one byte each are slow, and all right.
func TestSlicedPackets(t *testing.T) {
	d := newDistant(t)
	ops := d.ops(t)
	d.change(func() { d.slice = 1 })
	for name, op := range ops {
		if err := op(t.Context(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func dump(t *testing.T, s store.Store) string {
	t.Helper()
	text, err := storetest.Dump(t.Context(), s)
	must(t, err)
	return text
}
