package httpapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

func TestNewRefusesAnAPIThatKnowsNobody(t *testing.T) {
	h := newHost(t)
	if _, err := httpapi.New(h.book, httpapi.Options{}); !errors.Is(err, httpapi.ErrNoAuthenticator) {
		t.Errorf("without an authenticator: %v", err)
	}
}

func TestCredentials(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")))
	ann := h.tokens["ann"]
	for name, row := range map[string]struct {
		headers []string
		status  int
	}{
		"none":                       {nil, 401},
		"empty":                      {[]string{""}, 401},
		"another scheme":             {[]string{"Basic YW5uOmFubg=="}, 401},
		"our token by another":       {[]string{"Token " + ann}, 401},
		"no token":                   {[]string{"Bearer"}, 401},
		"empty token":                {[]string{"Bearer "}, 401},
		"unknown token":              {[]string{"Bearer " + session.New(session.KindSession).Reveal()}, 401},
		"a token of another kind":    {[]string{"Bearer " + session.New(session.KindInvite).Reveal()}, 401},
		"the token without a scheme": {[]string{ann}, 401},
		"something behind it":        {[]string{"Bearer " + ann + "x"}, 401},
		"a space behind it":          {[]string{"Bearer " + ann + " "}, 401},
		"two in one header":          {[]string{"Bearer " + ann + ", Bearer " + ann}, 401},
		"two headers":                {[]string{"Bearer " + ann, "Bearer " + ann}, 401},
		"two headers, one of them":   {[]string{"Bearer " + ann, "Basic YW5uOmFubg=="}, 401},
		"good":                       {[]string{"Bearer " + ann}, 200},
		"good, in lower case":        {[]string{"bearer " + ann}, 200},
		"good, in upper case":        {[]string{"BEARER " + ann}, 200},
		"good, further on":           {[]string{"Bearer   " + ann}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/notes", nil)
			r.Header["Authorization"] = row.headers
			w := send(handler, r)
			if w.Code != row.status {
				t.Errorf("status %d, want %d", w.Code, row.status)
			}
			if asked := w.Header().Get("WWW-Authenticate"); (asked == "Bearer") != (w.Code == 401) {
				t.Errorf("status %d with WWW-Authenticate %q", w.Code, asked)
			}
		})
	}
}

// A guest learns nothing: whatever he asks for, he is told to sign in.
func TestGuestsLearnNothing(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{},
		httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")), httpapi.At("POST", "/open", httpapi.Public, says("hello")))
	want := ""
	for _, target := range []string{"/notes", "/nothing", "/", "/notes/", "/notes?x=%", "/open", "/%2e%2e/notes"} {
		for _, method := range []string{"GET", "PUT", "OPTIONS", "TRACE", "get", "PROPFIND"} {
			r := httptest.NewRequest(method, target, nil)
			r.Header.Set("X-Request-Id", "same")
			w := send(handler, r)
			if want == "" {
				want = w.Body.String()
			}
			if w.Code != 401 || w.Body.String() != want || w.Header().Get("Allow") != "" {
				t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
			}
		}
	}
}

func TestWhoIsNotActiveIsNobody(t *testing.T) {
	h := newHost(t)
	setup := perms.System("setup")
	var failure httpapi.Failure
	handler := h.api(httpapi.Options{}).Handler(httpapi.Dialect{
		Routes: []httpapi.Route{httpapi.At("GET", "/notes", httpapi.Anyone, says("hello"))},
		Fail: func(c *httpapi.Call, f httpapi.Failure) httpapi.Answer {
			failure = f
			return httpapi.Problem(c, f)
		},
	})
	status := func() int { return send(handler, h.as("ann", "GET", "/notes")).Code }
	if got := status(); got != 200 {
		t.Fatalf("active: %d", got)
	}
	for _, step := range []struct {
		verb  users.Verb
		state perms.Status
		want  int
	}{{users.Suspend, perms.Suspended, 401}, {users.Reactivate, perms.Active, 200}} {
		_, err := h.book.Users.Do(t.Context(), setup, h.users["ann"].ID, step.verb)
		h.must(err)
		failure = httpapi.Failure{}
		if got := status(); got != step.want {
			t.Errorf("%v: %d, want %d", step.state, got, step.want)
		}
		var inactive *httpapi.InactiveError
		if step.want == 401 && (!errors.As(failure.Err, &inactive) || inactive.Status != step.state || !errors.Is(failure.Err, httpapi.ErrBadCredentials)) {
			t.Errorf("%v: the dialect is told %v", step.state, failure.Err)
		}
	}
	h.advance(session.Lifetime)
	if got := status(); got != 401 {
		t.Errorf("at the end of the session: %d", got)
	}
}

// A host's own authenticator says who asks; the store says whether that is somebody.
func TestOwnAuthenticator(t *testing.T) {
	h := newHost(t)
	who := httpapi.Principal{}
	var err error
	own := authenticator(func(*http.Request) (httpapi.Principal, error) { return who, err })
	var got httpapi.Principal
	handler := h.serve(httpapi.Options{Authenticator: own}, httpapi.At("GET", "/notes", httpapi.Anyone, func(c *httpapi.Call) error {
		got = c.Principal
		token, err := c.Issue(c.User.ID)
		if token != "" || err != nil {
			t.Errorf("beside a host's own authenticator a token is issued: %q, %v", token, err)
		}
		return c.Empty(http.StatusNoContent)
	}))
	_, e := h.book.Users.Do(t.Context(), perms.System("setup"), h.users["bob"].ID, users.Delete)
	h.must(e)
	for name, row := range map[string]struct {
		who    httpapi.Principal
		err    error
		status int
	}{
		"a user":            {httpapi.Principal{User: h.users["ann"].ID, ExpiresAt: begin.Add(time.Hour)}, nil, 204},
		"nobody":            {httpapi.Principal{}, nil, 401},
		"a stranger":        {httpapi.Principal{User: uuid.New()}, nil, 401},
		"a deleted user":    {httpapi.Principal{User: h.users["bob"].ID}, nil, 401},
		"no credentials":    {httpapi.Principal{}, httpapi.ErrNoCredentials, 401},
		"bad credentials":   {httpapi.Principal{User: h.users["ann"].ID}, httpapi.ErrBadCredentials, 401},
		"a fault of theirs": {httpapi.Principal{User: h.users["ann"].ID}, errors.New("ldap://secret is down"), 500},
	} {
		t.Run(name, func(t *testing.T) {
			who, err, got = row.who, row.err, httpapi.Principal{}
			w := send(handler, httptest.NewRequest("GET", "/notes", nil))
			if w.Code != row.status {
				t.Errorf("status %d, want %d", w.Code, row.status)
			}
			if w.Code == 204 && got != row.who {
				t.Errorf("the handler is told %+v", got)
			}
			if strings.Contains(w.Body.String(), "ldap") {
				t.Errorf("the cause is told: %s", w.Body)
			}
		})
	}
}

func TestSessionsIssueTokensThatTheyAccept(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{},
		httpapi.At("POST", "/open", httpapi.Public, func(c *httpapi.Call) error {
			token, err := c.Issue(h.users["bob"].ID)
			if err != nil {
				return err
			}
			return c.JSON(http.StatusCreated, token)
		}),
		httpapi.At("GET", "/who", httpapi.Anyone, func(c *httpapi.Call) error { return c.JSON(http.StatusOK, c.User.Name.Full) }))
	token := strings.Trim(send(handler, h.as("", "POST", "/open")).Body.String(), `"`)
	r := httptest.NewRequest("GET", "/who", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	if w := send(handler, r); w.Body.String() != `"bob"` {
		t.Errorf("with the token: %d %s", w.Code, w.Body)
	}
}
