package native_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func signIn(t *testing.T, s *transcript.Stage, email, password string) transcript.Answer {
	t.Helper()
	return s.As("guest").Send(t, http.MethodPost, "/native/v1/sessions", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
}

// Whatever is wrong, the answer is the same to the byte.
func TestSignInTellsNothing(t *testing.T) {
	s := onMemory().Start(t)
	ctx, setup := t.Context(), perms.System("test")
	for name, verb := range map[string]users.Verb{"mia": users.Suspend, "vic": users.Delete} {
		_, err := s.Book.Users.Do(ctx, setup, people(t, s)[name].ID, verb)
		must(t, err)
	}
	_, err := s.Book.Users.Create(ctx, setup, users.New{Email: "pending@acme.io", Name: "P", Password: "pending-river-2041", Status: perms.Pending})
	must(t, err)
	_, err = s.Book.Users.Create(ctx, setup, users.New{Email: "empty@acme.io", Name: "E"})
	must(t, err)
	_, err = s.Book.Users.Purge(ctx, setup, users.ByID(people(t, s)["bea"].ID), false, 0)
	must(t, err)

	want := signIn(t, s, "nobody@acme.io", "nobody-river-2041")
	if want.Status != http.StatusUnauthorized {
		t.Fatalf("%d %s", want.Status, want.Body)
	}
	for _, who := range [][2]string{
		{"mia@acme.io", "mia-river-2041"}, {"vic@acme.io", "vic-river-2041"}, {"pending@acme.io", "pending-river-2041"}, {"empty@acme.io", ""},
		{"bea@beta.io", "bea-river-2041"}, {"ann@acme.io", "wrong"}, {"ann@acme.io", strings.Repeat("x", 300)}, {strings.Repeat("x", 10_000), "x"},
	} {
		got := signIn(t, s, who[0], who[1])
		if got.Status != want.Status || got.Body != want.Body || fmt.Sprint(got.Header) != fmt.Sprint(want.Header) {
			t.Errorf("%.30s: %d %v %s", who[0], got.Status, got.Header, got.Body)
		}
	}
}

func TestSignInIsBoundedPerAccount(t *testing.T) {
	s := onMemory().Start(t)
	for range users.FailuresPerAccount {
		if a := signIn(t, s, "ann@acme.io", "wrong"); a.Status != http.StatusUnauthorized {
			t.Fatalf("within the limit: %d", a.Status)
		}
	}
	a := signIn(t, s, "ann@acme.io", "ann-river-2041")
	if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "900" || !strings.Contains(a.Body, `"code":"rate_limited"`) {
		t.Errorf("over the limit: %d %v %s", a.Status, a.Header, a.Body)
	}
	if a := s.As("ann").Send(t, http.MethodPut, "/native/v1/me/password", `{"current_password":"ann-river-2041","new_password":"new-river-2041"}`); a.Status != http.StatusTooManyRequests {
		t.Errorf("changing the password meanwhile: %d", a.Status)
	}
	if a := signIn(t, s, "vic@acme.io", "vic-river-2041"); a.Status != http.StatusCreated {
		t.Errorf("another account: %d", a.Status)
	}
	s.Advance(users.FailureWindow)
	if a := signIn(t, s, "ann@acme.io", "ann-river-2041"); a.Status != http.StatusCreated {
		t.Errorf("a quarter of an hour later: %d", a.Status)
	}
}

// From an address with too many failures no body is read any more, on none of the routes that take a secret.
func TestSecretsAreBoundedPerAddress(t *testing.T) {
	s := onMemory().Start(t)
	for i := range users.FailuresPerAddress {
		if a := signIn(t, s, fmt.Sprintf("guess-%d@acme.io", i), "wrong"); a.Status != http.StatusUnauthorized {
			t.Fatalf("within the limit: %d", a.Status)
		}
	}
	for _, route := range []struct{ as, method, path string }{
		{"guest", "POST", "/native/v1/sessions"}, {"guest", "POST", "/native/v1/links/join"}, {"ann", "PUT", "/native/v1/me/password"},
	} {
		a := s.As(route.as).Send(t, route.method, route.path, "nonsense")
		if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", route.path, a.Status, a.Body)
		}
	}
	if a := s.As("ann").Get(t, "/native/v1/me"); a.Status != http.StatusOK {
		t.Errorf("who is signed in: %d", a.Status)
	}
	s.Advance(users.FailureWindow)
	if a := s.As("guest").Send(t, "POST", "/native/v1/sessions", "nonsense"); a.Status != http.StatusBadRequest {
		t.Errorf("a quarter of an hour later: %d", a.Status)
	}
}

// link makes a link of acme's as ann does.
func link(t *testing.T, s *transcript.Stage, in invites.NewLink) invites.IssuedLink {
	t.Helper()
	made, err := s.Book.Invites.CreateLink(t.Context(), perms.As(people(t, s)["ann"].ID), in)
	must(t, err)
	return made
}

func join(t *testing.T, s *transcript.Stage, token, email, name, password string) transcript.Answer {
	t.Helper()
	return s.As("guest").Send(t, http.MethodPost, "/native/v1/links/join",
		fmt.Sprintf(`{"token":%q,"email":%q,"name":%q,"password":%q,"status":"active","tenants":["any"],"roles":[{"role":"msp_admin"}]}`, token, email, name, password))
}

func TestJoin(t *testing.T) {
	s := onMemory().Start(t)
	two := int64(2)
	token := link(t, s, invites.NewLink{Role: "client_viewer", MaxUses: &two, ExpiresAt: s.Now().Add(time.Hour)}).Token.Reveal()
	for _, step := range []struct {
		name, token, email, full, password string
		status                             int
		holds                              string
	}{
		{"an unknown token", "rbl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "", "", 404, ""},
		{"an empty token", "", "new@acme.io", "New", "new-river-2041", 404, ""},
		{"a session's token", "rb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "new@acme.io", "New", "new-river-2041", 404, ""},
		{"bad values", token, "new", "", "short", 422, `"errors":[{"field":"email","code":"format"`},
		{"an address in use", token, "VIC@acme.io", "Vic", "new-river-2041", 409, `"code":"duplicate"`},
		{"one", token, "one@acme.io", "Ona One", "one-river-2041", 201, `"roles":[{"role":"client_viewer","name":"Client Viewer"`},
		{"the same again", token, "one@acme.io", "Ona One", "one-river-2041", 409, `"code":"duplicate"`},
		{"two", token, "two@acme.io", "Theo Two", "two-river-2041", 201, `"status":"active","staff":false`},
		{"a third", token, "three@acme.io", "T", "three-river-2041", 410, `"code":"gone"`},
		{"used up comes before bad values", token, "x", "", "x", 410, `"code":"gone"`},
	} {
		a := join(t, s, step.token, step.email, step.full, step.password)
		if a.Status != step.status || !strings.Contains(a.Body, step.holds) {
			t.Errorf("%s: %d %s", step.name, a.Status, a.Body)
		}
		if step.status == 201 && (strings.Contains(a.Body, "rb_") || a.Header.Get("ETag") != `"1"`) {
			t.Errorf("%s: %v %s", step.name, a.Header, a.Body)
		}
	}
	if a := signIn(t, s, "one@acme.io", "one-river-2041"); a.Status != 201 {
		t.Errorf("signing in afterwards: %d", a.Status)
	}
	if a := s.As("guest").Send(t, "POST", "/native/v1/links/join", `{"token":7,"email":null}`); a.Status != 422 || strings.Count(a.Body, `"field"`) != 4 {
		t.Errorf("wrong types: %d %s", a.Status, a.Body)
	}
}

func TestJoinWhereApprovalIsRequired(t *testing.T) {
	s := onMemory().Start(t)
	vic := people(t, s)["vic"]
	acme, _ := vic.Home()
	token := link(t, s, invites.NewLink{Role: "client_viewer"}).Token.Reveal()
	if a := s.As("ann").Send(t, "PATCH", "/native/v1/tenants/"+acme.String(), `{"require_approval":true}`); a.Status != 200 {
		t.Fatal(a.Status, a.Body)
	}
	a := join(t, s, token, "new@acme.io", "Nora New", "new-river-2041")
	var made struct{ ID, Status string }
	a.Decode(t, &made)
	if a.Status != 201 || made.Status != "pending" || !strings.Contains(a.Body, `"role":"client_viewer"`) {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	if a := signIn(t, s, "new@acme.io", "new-river-2041"); a.Status != 401 {
		t.Errorf("before approval: %d", a.Status)
	}
	if a := s.As("ann").Send(t, "POST", "/native/v1/users/"+made.ID+"/approve", ""); a.Status != 200 {
		t.Errorf("approval: %d %s", a.Status, a.Body)
	}
	if a := signIn(t, s, "new@acme.io", "new-river-2041"); a.Status != 201 {
		t.Errorf("after approval: %d", a.Status)
	}
}

// A link is its maker's promise, and time bounds it.
func TestJoinByALinkThatIsOver(t *testing.T) {
	s := onMemory().Start(t)
	expiring := link(t, s, invites.NewLink{ExpiresAt: s.Now().Add(time.Minute)}).Token.Reveal()
	promised := link(t, s, invites.NewLink{Role: "client_viewer"}).Token.Reveal()
	s.Advance(time.Minute)
	if a := join(t, s, expiring, "new@acme.io", "New", "new-river-2041"); a.Status != 410 {
		t.Errorf("expired: %d", a.Status)
	}
	_, err := s.Book.Users.Do(t.Context(), perms.System("test"), people(t, s)["ann"].ID, users.Suspend)
	must(t, err)
	if a := join(t, s, promised, "new@acme.io", "New", "new-river-2041"); a.Status != 410 {
		t.Errorf("its maker is suspended: %d", a.Status)
	}
}

func TestGuessingLinksIsBounded(t *testing.T) {
	s := onMemory().Start(t)
	const guess = "rbl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for range users.FailuresPerAccount {
		if a := join(t, s, guess, "new@acme.io", "New", "new-river-2041"); a.Status != 404 {
			t.Fatalf("within the limit: %d", a.Status)
		}
	}
	if a := join(t, s, guess, "new@acme.io", "New", "new-river-2041"); a.Status != 429 {
		t.Errorf("over the limit: %d", a.Status)
	}
}
