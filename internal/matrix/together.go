package matrix

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

// creations are the requests that make a user of a name, one an API.
var creations = []struct {
	status     int
	path, body string
}{
	{http.StatusCreated, "/msp/api/users", `{"name":"%[1]s","email":"%[1]s@acme.io","password":"kestrel-77-lake","role_id":5}`},
	{http.StatusCreated, "/company/api/v2/user", `{"first_name":"%[1]s","email":"%[1]s@acme.io","password":"kestrel-77-lake","groups":[5]}`},
	{http.StatusOK, "/locator/auth/users", `{"firstName":"%[1]s","lastName":"","userName":"%[1]s@acme.io","email":"%[1]s@acme.io","password":"kestrel-77-lake",` +
		`"temporaryPassword":false,"roles":["client_viewer"]}`},
	{http.StatusCreated, "/teams/api/users", `{"user_name":"%[1]s","user_email":"%[1]s@acme.io","user_password":"kestrel-77-lake","user_type":3}`},
}

// Together makes 1,000 users, 80 in short mode, by eight clients at once through msp, company, locator and teams. Each request succeeds, ids and numbers are
// distinct, and each API lists every user once, whichever made him.
func Together(t *testing.T, host transcript.Host) {
	const clients = 8
	many := 1000
	if testing.Short() {
		many = 80
	}
	stage := host.Start(t).As("ann")
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			for n := client; n < many; n += clients {
				make := creations[n/clients%len(creations)]
				a := stage.Send(t, http.MethodPost, make.path, fmt.Sprintf(make.body, fmt.Sprint("user", n)))
				if a.Status != make.status {
					t.Errorf("%s: %d %s", make.path, a.Status, a.Body)
				}
			}
		})
	}
	wait.Wait()
	distinct(t, stage, many)
	for name, list := range map[string]func(*testing.T, *transcript.Stage) []string{"msp": listMSP, "locator": listLocator, "teams": listTeams} {
		listed := map[string]int{}
		for _, email := range list(t, stage) {
			listed[email]++
		}
		for n := range many {
			if email := fmt.Sprintf("user%d@acme.io", n); listed[email] != 1 {
				t.Errorf("%s lists %s %d times", name, email, listed[email])
			}
		}
	}
}

// distinct checks that there are so many users beside the fixture's, and that no two share an id or a number.
func distinct(t *testing.T, stage *transcript.Stage, many int) {
	list, err := stage.Book.Users.List(t.Context(), perms.System("test"), users.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	ids, numbers := map[uuid.UUID]bool{}, map[int64]bool{}
	for _, u := range list {
		ids[u.ID], numbers[u.Number] = true, true
	}
	if want := many + 6; len(list) != want || len(ids) != want || len(numbers) != want {
		t.Errorf("%d users, %d ids, %d numbers, want %d", len(list), len(ids), len(numbers), want)
	}
}

func listMSP(t *testing.T, stage *transcript.Stage) (emails []string) {
	var list []struct{ Email string }
	stage.Must(t, http.StatusOK, http.MethodGet, "/msp/api/users", "").Decode(t, &list)
	for _, u := range list {
		emails = append(emails, u.Email)
	}
	return emails
}

func listLocator(t *testing.T, stage *transcript.Stage) (emails []string) {
	for {
		var page struct {
			ListCompleted bool
			Items         []struct{ UserName string }
		}
		stage.Must(t, http.StatusOK, http.MethodGet, fmt.Sprint("/locator/auth/users/list?offset=", len(emails)), "").Decode(t, &page)
		for _, u := range page.Items {
			emails = append(emails, u.UserName)
		}
		if page.ListCompleted || len(page.Items) == 0 {
			return emails
		}
	}
}

func listTeams(t *testing.T, stage *transcript.Stage) (emails []string) {
	var list struct {
		Data []struct {
			UserEmail string `json:"user_email"`
		}
	}
	stage.Must(t, http.StatusOK, http.MethodGet, "/teams/api/users", "").Decode(t, &list)
	for _, u := range list.Data {
		emails = append(emails, u.UserEmail)
	}
	return emails
}
