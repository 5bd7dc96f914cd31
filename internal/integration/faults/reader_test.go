package faults

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// A view that stays open keeps the write-ahead log from being used anew, and sees all the while what it saw at first. Writers go on, and the log grows by the
// pages that each of them writes. With the view's end all of it goes into the file, and the log is as short again as it may be.
func TestLongReader(t *testing.T) {
	t.Parallel()
	const rate, perWrite, limit = 500, 32 << 10, 16 << 20
	many := rate * full(2, 60) // seconds
	path := newFile(t)
	s := openFile(t, path, sqlite.Options{})
	b := connectBook(t, s, 0)
	ann := person(t, b, "ann")
	writes := 0
	write := func() {
		writes++
		if writes%2 == 0 {
			must(t, appendOne(t.Context(), s, fmt.Sprint(writes)))
			return
		}
		given := perms.Grant(view)
		given.Reason = fmt.Sprint(writes)
		must(t, b.Users.SetOverride(t.Context(), system, ann, given))
	}
	for range 500 { // the control: without a reader the log stays as it is
		write()
	}
	usual := size(t, path)
	r := startReader(t, s)
	began := time.Now()
	for n := range many {
		write()
		time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / rate)))
	}
	took, grown := time.Since(began), size(t, path)
	reads := r.stop()
	released := time.Now()
	write() // whoever commits next brings the log home
	if busy, log, done := checkpoint(t, s); busy != 0 || log != done || time.Since(released) > 5*time.Second {
		t.Errorf("%v after the view's end, %d of %d pages of the log are in the file; busy: %d", time.Since(released), done, log, busy)
	}
	recovered := time.Since(released)
	for range 500 {
		write()
	}
	t.Logf("%d writes in %v beside one view that read %d times: the log has grown from %d to %d KiB; all of it was in the file %v later, and it has %d KiB then",
		many, took.Round(time.Millisecond), reads, usual>>10, grown>>10, recovered, size(t, path)>>10)
	if grown-usual > perWrite*int64(many) {
		t.Errorf("that is more than %d KiB a write", perWrite>>10)
	}
	if after := size(t, path); after > limit {
		t.Errorf("in the end it still has %d KiB", after>>10)
	}
	if grown < 2*usual {
		t.Error("the view was in nobody's way")
	}
	sound(t, s)
}

// size returns how long the log is.
func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	must(t, err)
	return info.Size()
}

// checkpoint brings the log into the file, as far as nobody reads it: it returns how many pages it has, and how many of them are in the file.
func checkpoint(t *testing.T, s *sqlite.Store) (busy, log, done int) {
	t.Helper()
	must(t, s.DB().QueryRowContext(t.Context(), "pragma wal_checkpoint").Scan(&busy, &log, &done))
	return busy, log, done
}

// longReader is a view that stays open, and reads again and again.
type longReader struct {
	t     *testing.T
	end   chan struct{}
	done  sync.WaitGroup
	reads int
}

// startReader opens a view, and returns when it has read.
func startReader(t *testing.T, s store.Store) *longReader {
	t.Helper()
	r := &longReader{t: t, end: make(chan struct{})}
	opened := make(chan struct{})
	r.done.Go(func() {
		err := s.View(t.Context(), func(tx store.Store) error {
			first, err := r.read(tx)
			close(opened)
			for ; err == nil; r.reads++ {
				select {
				case <-r.end:
					return nil
				case <-time.After(10 * time.Millisecond):
				}
				var again string
				if again, err = r.read(tx); again != first {
					t.Errorf("a view has shown %s, and then %s", first, again)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-opened
	return r
}

// read returns what a view shows: its revision, how many entries the journal has, and what the users hold.
func (r *longReader) read(tx store.Store) (string, error) {
	ctx := r.t.Context()
	head, err := tx.Head(ctx)
	if err != nil {
		return "", err
	}
	last, err := tx.Journal(ctx, perms.JournalFilter{After: head.Revision - 1, Limit: 10})
	if err != nil {
		return "", err
	}
	all, err := tx.Users(ctx, users.Filter{})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(head, len(last), last[0].Reason, all), nil
}

// stop ends the view, and returns how often it has read.
func (r *longReader) stop() int {
	r.t.Helper()
	close(r.end)
	r.done.Wait()
	return r.reads
}
