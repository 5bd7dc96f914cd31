package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/users"
)

func Example() {
	main()
	// Output:
	// true <nil>
	// false <nil>
}

// world is a host with an administrator and somebody who reads reports. Both are signed in.
type world struct {
	*host
	t         *testing.T
	handler   http.Handler
	boss, ann int64
	cookies   map[int64]*http.Cookie
}

func newWorld(t *testing.T) *world {
	t.Helper()
	h, err := open(t.Context(), filepath.Join(t.TempDir(), "host.db"))
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	w := &world{host: h, t: t, cookies: map[int64]*http.Cookie{}}
	w.handler, err = h.handler()
	must(t, err)
	w.boss = w.join("boss@example.com", "*.*")
	w.ann = w.join("ann@example.com", "reports.*")
	return w
}

// join registers somebody with a role of his own, and signs him in.
func (w *world) join(email, permissions string) int64 {
	w.t.Helper()
	role, err := w.book.Roles.Create(w.t.Context(), system, roles.New{Name: email, Permissions: []string{permissions}})
	must(w.t, err)
	account, err := w.register(w.t.Context(), email, role.Key)
	must(w.t, err)
	w.cookies[account] = w.signIn(account)
	return account
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send sends a request in a session of the host's; of account 0, without one.
func (w *world) send(account int64, method, path, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if c := w.cookies[account]; c != nil {
		r.AddCookie(c)
	}
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

func (w *world) want(status int, account int64, method, path, body string, header ...string) {
	w.t.Helper()
	if got := w.send(account, method, path, body, header...); got.Code != status {
		w.t.Errorf("%s %s of account %d: %d, want %d: %s", method, path, account, got.Code, status, got.Body)
	}
}

func (w *world) user(account int64) users.User {
	w.t.Helper()
	u, err := userOf(w.t.Context(), w.book, account)
	must(w.t, err)
	return u
}

func (w *world) mayRead(account int64) bool {
	w.t.Helper()
	ok, err := w.may(w.t.Context(), account, "reports.read")
	must(w.t, err)
	return ok
}

// The host's sessions open the guarded route and the API, to whom rolebook lets in.
func TestHostSessions(t *testing.T) {
	w := newWorld(t)
	const nobody = 0
	w.want(http.StatusUnauthorized, nobody, "GET", "/reports", "")
	w.want(http.StatusOK, w.ann, "GET", "/reports", "")
	w.want(http.StatusUnauthorized, nobody, "GET", "/admin/v1/users", "")
	w.want(http.StatusForbidden, w.ann, "GET", "/admin/v1/users", "")
	w.want(http.StatusOK, w.boss, "GET", "/admin/v1/users", "")

	w.cookies[w.ann].Value = "forged"
	w.want(http.StatusUnauthorized, w.ann, "GET", "/reports", "")
}

// What the administrator does by the API, the host's checks and sessions heed at once.
func TestRightsAreRolebooks(t *testing.T) {
	w := newWorld(t)
	ann := "/admin/v1/users/" + w.user(w.ann).ID.String()
	w.want(http.StatusOK, w.boss, "PUT", ann+"/overrides/reports.read", `{"granted":false}`)
	if w.mayRead(w.ann) {
		t.Error("the host's check allows what the API has revoked")
	}
	w.want(http.StatusForbidden, w.ann, "GET", "/reports", "")
	w.want(http.StatusNoContent, w.boss, "DELETE", ann+"/overrides/reports.read", "")
	w.want(http.StatusOK, w.ann, "GET", "/reports", "")

	w.want(http.StatusOK, w.boss, "POST", ann+"/suspend", "")
	if w.mayRead(w.ann) {
		t.Error("the host's check allows who is suspended")
	}
	w.want(http.StatusUnauthorized, w.ann, "GET", "/reports", "") // though the session is the host's
}

// An account and its user come and go together.
func TestTogether(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	if u := w.user(w.ann); u.External != fmt.Sprint(w.ann) {
		t.Errorf("ann's external id is %q, her account %d", u.External, w.ann)
	}
	for _, email := range []string{"ann@example.com", "no e-mail"} { // the first is the host's refusal, the second rolebook's
		if _, err := w.register(ctx, email); err == nil {
			t.Errorf("%s has been registered", email)
		}
	}
	if _, err := w.register(ctx, "zoe@example.com", uuid.NewString()); err == nil { // of a role that is not there
		t.Error("a user has an unknown role")
	}
	if n := w.accounts(); n != 2 {
		t.Errorf("%d accounts, want the first two", n)
	}

	must(t, w.remove(ctx, w.ann))
	w.want(http.StatusUnauthorized, w.ann, "GET", "/reports", "")
	if n := w.accounts(); n != 1 || w.mayRead(w.ann) {
		t.Errorf("ann's account is among %d, or she may still read", n)
	}
	again, err := w.register(ctx, "ann@example.com")
	must(t, err)
	if again == w.ann || w.mayRead(again) {
		t.Errorf("who takes a free address has account %d, and what ann had", again)
	}
	w.want(http.StatusUnauthorized, w.ann, "GET", "/reports", "")
}

// What rolebook refuses to delete stays an account, too: two refusals are one.
func TestRemovalIsUndone(t *testing.T) {
	w := newWorld(t)
	u := w.user(w.ann)
	_, err := w.book.Users.Do(t.Context(), system, u.ID, users.Delete) // behind the host's back
	must(t, err)
	if err := w.remove(t.Context(), w.ann); err == nil {
		t.Error("a user was deleted twice")
	}
	if n := w.accounts(); n != 2 {
		t.Errorf("%d accounts, want both", n)
	}
}

func (w *world) accounts() (n int) {
	w.t.Helper()
	must(w.t, w.store.DB().QueryRowContext(w.t.Context(), `select count(*) from accounts`).Scan(&n))
	return n
}

// With a cookie, who asks is not enough: the page that makes a browser ask counts, too.
func TestOtherSites(t *testing.T) {
	w := newWorld(t)
	path := "/admin/v1/users/" + w.user(w.ann).ID.String() + "/suspend"
	w.want(http.StatusForbidden, w.boss, "POST", path, "", "Sec-Fetch-Site", "cross-site")
	w.want(http.StatusOK, w.ann, "GET", "/reports", "")
	w.want(http.StatusOK, w.boss, "POST", path, "", "Sec-Fetch-Site", "same-origin")
}

// Nobody signs in behind the host's back: rolebook has no password to compare.
func TestNoSecondDoor(t *testing.T) {
	w := newWorld(t)
	w.want(http.StatusUnauthorized, 0, "POST", "/admin/v1/sessions", `{"email":"boss@example.com","password":""}`)
	w.want(http.StatusUnauthorized, 0, "POST", "/admin/v1/sessions", `{"email":"boss@example.com","password":"boss-river-2041"}`)
}
