package msp_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
)

// together sends many requests at once, and counts the statuses.
func together(t *testing.T, n int, send func(i int) transcript.Answer) map[int]int {
	t.Helper()
	var (
		all    sync.WaitGroup
		mu     sync.Mutex
		counts = map[int]int{}
		start  = make(chan struct{})
	)
	for i := range n {
		all.Go(func() {
			<-start
			a := send(i)
			mu.Lock()
			defer mu.Unlock()
			counts[a.Status]++
		})
	}
	close(start)
	all.Wait()
	return counts
}

func onBoth(t *testing.T, test func(t *testing.T, host transcript.Host)) {
	for _, host := range []transcript.Host{onMemory(), onSQLite()} {
		t.Run(host.Name, func(t *testing.T) { test(t, host) })
	}
}

// Of parallel acceptances exactly one succeeds, the others answer 410.
func TestAcceptingTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, host transcript.Host) {
		stage := host.Start(t)
		var made struct{ Token string }
		stage.As("ann").Must(t, http.StatusCreated, "POST", "/msp/api/invites", `{"email":"new@acme.io","role_id":5}`).Decode(t, &made)
		const racers = 64
		counts := together(t, racers, func(int) transcript.Answer {
			return stage.Send(t, "POST", "/msp/api/invites/accept", accept(made.Token))
		})
		if counts[http.StatusCreated] != 1 || counts[http.StatusGone] != racers-1 {
			t.Errorf("statuses %v", counts)
		}
	})
}

// An address goes to one of those who ask for it.
func TestCreatingTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, host transcript.Host) {
		stage := host.Start(t)
		stage.As("ann")
		const racers = 16
		counts := together(t, racers, func(i int) transcript.Answer {
			return stage.Send(t, "POST", "/msp/api/users", fmt.Sprintf(`{"name":"N%d","email":"new@acme.io","password":"securepassword123","role_id":5}`, i))
		})
		if counts[http.StatusCreated] != 1 || counts[http.StatusConflict] != racers-1 {
			t.Errorf("statuses %v", counts)
		}
	})
}

// Two bodies that each change something else do not undo one another: what a body does not change is what is there, not what was there when it came.
func TestUpdatingTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, host transcript.Host) {
		stage := host.Start(t)
		stage.As("root")
		counts := together(t, 8, func(i int) transcript.Answer {
			if i%2 == 0 {
				return stage.Send(t, "PUT", "/msp/api/users/5", `{"name":"Vic Viewer","email":"vic@acme.io","role_id":5,"active":false}`)
			}
			return stage.Send(t, "PUT", "/msp/api/users/5", fmt.Sprintf(`{"name":"Vic %d","email":"vic@acme.io","role_id":5}`, i))
		})
		if counts[http.StatusOK] != 8 {
			t.Errorf("statuses %v", counts)
		}
		if u := stage.Person(t, 5); u.Status.String() != "suspended" {
			t.Errorf("status %v: a later body has brought back what it read", u.Status)
		}
	})
}
