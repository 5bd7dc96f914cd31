package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

const (
	public = "https://people.example.com/app"
	local  = "127.0.0.0/8,::1/128" // where the proxies of the tests are
	annAt  = "203.0.113.7"
	evilAt = "198.51.100.9"
)

// newHost returns the address of a host, to which the proxies in some places are its own.
func newHost(t *testing.T, trusted string) *url.URL {
	t.Helper()
	s, err := parseSite(public, trusted)
	must(t, err)
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	must(t, err)
	book, err := open(t.Context(), store.Options{Hasher: hasher}, "ann@example.com", "ann-river-2041")
	must(t, err)
	h, err := s.handler(book)
	must(t, err)
	return serve(t, h)
}

func serve(t *testing.T, h http.Handler) *url.URL {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	must(t, err)
	return address
}

// newProxy returns the address of a proxy before a host, to which all who come by it come from one place. It appends to X-Forwarded-For as nginx and most
// others do, whatever is in it.
func newProxy(t *testing.T, host *url.URL, from string) *url.URL {
	t.Helper()
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(host)
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.SetXForwarded()
	}}
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if from != "" {
			r.RemoteAddr = from + ":40000"
		}
		proxy.ServeHTTP(w, r)
	}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client is somebody, by the address that he knows.
type client struct {
	t     *testing.T
	via   *url.URL
	forge string // what he sends as X-Forwarded-For
	token string
}

func (c *client) send(method, path, mediaType string, body []byte) (int, []byte) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.via.JoinPath(path).String(), bytes.NewReader(body))
	must(c.t, err)
	r.Header.Set("Content-Type", mediaType)
	r.Header.Set("X-Forwarded-Host", "evil.example")
	if c.forge != "" {
		r.Header.Set("X-Forwarded-For", c.forge)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(r)
	must(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(c.t, err)
	return response.StatusCode, text
}

func (c *client) signIn(password string) int {
	c.t.Helper()
	status, text := c.send("POST", "/app/native/v1/sessions", "application/json", fmt.Appendf(nil, `{"email":"ann@example.com","password":%q}`, password))
	var in struct{ Token string }
	must(c.t, json.Unmarshal(text, &in))
	c.token = in.Token
	return status
}

// guess guesses ann's password until he is stopped, and returns how often he could. With forge he says each time that he is somebody else.
func (c *client) guess(forge func(i int) string) int {
	c.t.Helper()
	for i := range 3 * users.FailuresPerAccount {
		if forge != nil {
			c.forge = forge(i)
		}
		if c.signIn("wrong") == http.StatusTooManyRequests {
			return i
		}
	}
	return 3 * users.FailuresPerAccount
}

// Who guesses is stopped, and nobody else; a header that he makes up takes nobody's place, and gives him no new one.
func TestOneClientDoesNotLockOutOthers(t *testing.T) {
	for name, forge := range map[string]func(int) string{
		"no header":          nil,
		"ann's address":      func(int) string { return annAt },
		"another each time":  func(i int) string { return fmt.Sprintf("192.0.2.%d", i) },
		"a proxy each time":  func(i int) string { return fmt.Sprintf("192.0.2.%d, 127.0.0.%d", i, i+2) },
		"what is no address": func(int) string { return "unknown, _hidden, ;" },
	} {
		t.Run(name, func(t *testing.T) {
			host := newHost(t, local)
			ann := &client{t: t, via: newProxy(t, host, annAt)}
			evil := &client{t: t, via: newProxy(t, host, evilAt)}
			if n := evil.guess(forge); n != users.FailuresPerAccount {
				t.Errorf("he guesses %d times, want %d", n, users.FailuresPerAccount)
			}
			if status := ann.signIn("ann-river-2041"); status != http.StatusCreated {
				t.Errorf("ann is answered with %d", status)
			}
			evil.forge = ""
			if status := evil.signIn("ann-river-2041"); status != http.StatusTooManyRequests {
				t.Errorf("he is answered with %d", status)
			}
		})
	}
}

// The same by two proxies, one behind the other.
func TestTwoProxies(t *testing.T) {
	inner := newProxy(t, newHost(t, local), "")
	evil := &client{t: t, via: newProxy(t, inner, evilAt)}
	if n := evil.guess(func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }); n != users.FailuresPerAccount {
		t.Errorf("he guesses %d times", n)
	}
	ann := &client{t: t, via: newProxy(t, inner, annAt)}
	if status := ann.signIn("ann-river-2041"); status != http.StatusCreated {
		t.Errorf("ann is answered with %d", status)
	}
}

// Somebody who reaches the host without a proxy of its own is who he is, whatever he says.
func TestHeaderFromOutside(t *testing.T) {
	evil := &client{t: t, via: newHost(t, "10.0.0.0/8")}
	if n := evil.guess(func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }); n != users.FailuresPerAccount {
		t.Errorf("he guesses %d times", n)
	}
	if status := evil.signIn("ann-river-2041"); status != http.StatusTooManyRequests {
		t.Errorf("he is answered with %d", status)
	}
}

// What this example is about: a host that does not know its proxy takes everybody for the guesser.
func TestUnknownProxyLocksEverybodyOut(t *testing.T) {
	host := newHost(t, "10.0.0.0/8")
	(&client{t: t, via: newProxy(t, host, evilAt)}).guess(nil)
	ann := &client{t: t, via: newProxy(t, host, annAt)}
	if status := ann.signIn("ann-river-2041"); status != http.StatusTooManyRequests {
		t.Errorf("ann is answered with %d: the other tests show nothing", status)
	}
}

func TestClientAddr(t *testing.T) {
	s, err := parseSite(public, "10.0.0.0/8,fd00::/8")
	must(t, err)
	for _, row := range []struct{ peer, header, want string }{
		{"203.0.113.7:1", "", "203.0.113.7"},
		{"203.0.113.7:1", "198.51.100.9", "203.0.113.7"}, // no proxy
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "203.0.113.7", "203.0.113.7"},
		{"10.0.0.1:1", "198.51.100.9, 203.0.113.7", "203.0.113.7"},
		{"10.0.0.1:1", "198.51.100.9,203.0.113.7 , 10.0.0.2", "203.0.113.7"},
		{"10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:1", "203.0.113.7, unknown", "10.0.0.1"},
		{"10.0.0.1:1", "203.0.113.7, unknown, 10.0.0.2", "10.0.0.2"},
		{"10.0.0.1:1", "203.0.113.7\n198.51.100.9", "198.51.100.9"}, // two headers are one
		{"10.0.0.1:1", "::ffff:203.0.113.7", "203.0.113.7"},
		{"[::ffff:10.0.0.1]:1", "203.0.113.7", "203.0.113.7"},
		{"[fd00::1]:1", "2001:db8::7", "2001:db8::7"},
		{"@", "203.0.113.7", "@"}, // a Unix socket
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = row.peer
		if row.header != "" {
			r.Header["X-Forwarded-For"] = strings.Split(row.header, "\n")
		}
		if got := s.clientAddr(r); got != row.want {
			t.Errorf("from %s with %q: %s, want %s", row.peer, row.header, got, row.want)
		}
	}
}

// Addresses in answers are the site's, and lead back to it through the proxy.
func TestAddresses(t *testing.T) {
	ann := &client{t: t, via: newProxy(t, newHost(t, local), annAt)}
	ann.signIn("ann-river-2041")
	status, text := ann.send("POST", "/app/msp/api/invites", "application/json", []byte(`{"email":"bob@example.com","role_id":2}`))
	var invite struct {
		Token string
		URL   string `json:"invite_url"`
	}
	must(t, json.Unmarshal(text, &invite))
	if status != http.StatusCreated || invite.URL != public+"/invite/"+invite.Token {
		t.Errorf("an invite is %d %s", status, text)
	}

	var picture bytes.Buffer
	must(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))))
	status, text = ann.send("PUT", "/app/teams/api/users/1/avatar", "image/png", picture.Bytes())
	_, address, found := strings.Cut(string(text), `"user_avatar":"`+public)
	if status != http.StatusOK || !found {
		t.Fatalf("an avatar is %d %s", status, text)
	}
	path, _, _ := strings.Cut(address, `"`)
	path, query, _ := strings.Cut(path, "?")
	ann.via.RawQuery = query
	if status, text := ann.send("GET", "/app"+path, "", nil); status != http.StatusOK || !bytes.HasPrefix(text, []byte("\x89PNG")) {
		t.Errorf("%s is answered with %d", path, status)
	}
}

// What is not under the prefix is not there.
func TestPrefix(t *testing.T) {
	ann := &client{t: t, via: newProxy(t, newHost(t, local), annAt)}
	for path, want := range map[string]int{"/app/native/v1/me": 401, "/native/v1/me": 404, "/appnative/v1/me": 404, "/app": 404, "/app/elsewhere": 404} {
		if status, _ := ann.send("GET", path, "", nil); status != want {
			t.Errorf("%s is answered with %d, want %d", path, status, want)
		}
	}
}

func TestParseSite(t *testing.T) {
	for _, row := range [][2]string{{"/app", local}, {"example.com", local}, {"http://a b", local}, {public, ""}, {public, "10.0.0.1"}} {
		if _, err := parseSite(row[0], row[1]); err == nil {
			t.Errorf("%q is taken for a site", row)
		}
	}
	s, err := parseSite(public+"/", local)
	must(t, err)
	if s.public.String() != public {
		t.Errorf("the address is %s", s.public)
	}
}
