package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// hashing is a server of every API that hashes as by default, and a token of somebody who may do everything.
type hashing struct {
	handler http.Handler
	token   string
}

func newHashing(t *testing.T) *hashing {
	host := allOnMemory()
	book, err := store.Connect(t.Context(), host.Open(t, nil), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	setup := perms.System("setup")
	if err := book.Seed(t.Context(), setup, host.Preset); err != nil {
		t.Fatal(err)
	}
	root, err := book.Users.Create(t.Context(), setup, users.New{Email: "root@example.com", Name: "Root", Password: "heron-lake-77", Roles: []string{"msp_admin"},
		Tenants: []perms.Tenancy{perms.EveryTenant}})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := book.Sessions.Issue(t.Context(), root.ID)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := host.Mount(book)
	if err != nil {
		t.Fatal(err)
	}
	return &hashing{handler, token.Reveal()}
}

// post sends a request and returns its status.
func (h *hashing) post(path, body string) int {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+h.token)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code
}

const signsIn = `{"email":%q,"password":%q}`

// Whoever is created or signs in costs one hash, and so does whoever fails to. A hash is known by its memory, beside which a request needs next to none.
func TestOneHashPerRequest(t *testing.T) {
	h := newHashing(t)
	ofOne := uint64(password.Default().Memory) << 10
	for _, c := range []struct {
		name, path, body string
		status           int
	}{
		{"msp", "/msp/api/users", `{"name":"M","email":"m@example.com","password":"kestrel-77-lake","role_id":5,"tenant_id":1}`, http.StatusCreated},
		{"company", "/company/api/v2/user", `{"email":"c@example.com","password":"kestrel-77-lake","groups":[5]}`, http.StatusCreated},
		{"locator", "/locator/auth/users", `{"firstName":"L","lastName":"","userName":"l@example.com","password":"kestrel-77-lake","temporaryPassword":false}`, http.StatusOK},
		{"teams", "/teams/api/users", `{"user_name":"T","user_email":"t@example.com","user_password":"kestrel-77-lake"}`, http.StatusCreated},
		{"native", "/native/v1/users", `{"name":"N","email":"n@example.com","password":"kestrel-77-lake"}`, http.StatusCreated},
		{"sign-in", "/native/v1/sessions", fmt.Sprintf(signsIn, "root@example.com", "heron-lake-77"), http.StatusCreated},
		{"wrong password", "/native/v1/sessions", fmt.Sprintf(signsIn, "root@example.com", "heron-lake-78"), http.StatusUnauthorized},
		{"nobody", "/native/v1/sessions", fmt.Sprintf(signsIn, "nobody@example.com", "heron-lake-77"), http.StatusUnauthorized},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		status := h.post(c.path, c.body)
		runtime.ReadMemStats(&after)
		if hashes := float64(after.TotalAlloc-before.TotalAlloc) / float64(ofOne); status != c.status || hashes < 1 || hashes >= 2 {
			t.Errorf("%s: %d, want %d; the memory of %.2f hashes, want one", c.name, status, c.status, hashes)
		}
	}
}

// However many sign in at once, there are no more hashes at a time than processors.
func TestHashesAtOnce(t *testing.T) {
	h := newHashing(t)
	const clients = 8
	var wait sync.WaitGroup
	for n := range clients {
		wait.Go(func() {
			if status := h.post("/native/v1/sessions", fmt.Sprintf(signsIn, fmt.Sprintf("nobody%d@example.com", n), "heron-lake-77")); status != http.StatusUnauthorized {
				t.Errorf("client %d: %d", n, status)
			}
		})
	}
	over := make(chan struct{})
	go func() {
		wait.Wait()
		close(over)
	}()
	most := 0
	for stacks := make([]byte, 1<<20); ; {
		most = max(most, strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "argon2.IDKey("))
		select {
		case <-over:
			if most == 0 || most > runtime.GOMAXPROCS(0) {
				t.Errorf("%d hashes at once, want 1 to %d", most, runtime.GOMAXPROCS(0))
			}
			return
		default:
		}
	}
}
