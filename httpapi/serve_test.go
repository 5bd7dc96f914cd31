package httpapi_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/users"
)

func jsonRequest(body string) *http.Request {
	r := httptest.NewRequest("POST", "/x", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestCommonHeaders(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{}, httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")), httpapi.At("GET", "/void", httpapi.Anyone,
		func(c *httpapi.Call) error { return c.Empty(http.StatusNoContent) }))
	for _, target := range []string{"/notes", "/void", "/nothing"} {
		for _, name := range []string{"ann", ""} {
			header := send(handler, h.as(name, "GET", target)).Header()
			for key, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
				if got := header.Get(key); got != want {
					t.Errorf("%s as %q: %s is %q", target, name, key, got)
				}
			}
			if len(header.Get("X-Request-Id")) == 0 || len(header.Values("Set-Cookie")) != 0 {
				t.Errorf("%s as %q: %v", target, name, header)
			}
		}
	}
}

func TestPanicsStayInside(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{},
		httpapi.At("GET", "/panic", httpapi.Anyone, func(*httpapi.Call) error { panic("dsn=postgres://secret") }),
		httpapi.At("GET", "/abort", httpapi.Anyone, func(*httpapi.Call) error { panic(http.ErrAbortHandler) }),
		httpapi.At("POST", "/half", httpapi.Anyone, func(c *httpapi.Call) error {
			_ = c.JSON(http.StatusOK, "half an answer")
			return errors.New("and then this")
		}))
	w := send(handler, h.as("ann", "GET", "/panic"))
	if w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if log := h.log.String(); !strings.Contains(log, "secret") || !strings.Contains(log, "serve_test.go") || !strings.Contains(log, w.Header().Get("X-Request-Id")) {
		t.Errorf("the log does not tell the cause: %s", log)
	}
	for target, method := range map[string]string{"/abort": "GET", "/half": "POST"} {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%s: the connection is not cut: %v", target, p)
				}
			}()
			send(handler, h.as("ann", method, target))
		}()
	}
}

// An answer that is no JSON is our fault, and nothing of it is sent.
func TestAnswersThatCannotBeEncoded(t *testing.T) {
	h := newHost(t)
	bad := httpapi.At("GET", "/bad", httpapi.Anyone, func(c *httpapi.Call) error { return c.JSON(http.StatusOK, func() {}) })
	if w := send(h.serve(httpapi.Options{}, bad), h.as("ann", "GET", "/bad")); w.Code != 500 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	speechless := h.api(httpapi.Options{}).Handler(httpapi.Dialect{Routes: []httpapi.Route{bad}, Fail: func(*httpapi.Call, httpapi.Failure) httpapi.Answer {
		return httpapi.Answer{Status: 418, Body: func() {}}
	}})
	if w := send(speechless, h.as("ann", "GET", "/bad")); w.Code != 500 || w.Body.Len() != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestLog(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{},
		httpapi.At("GET", "/invites/{token}", httpapi.Public, says("hello")),
		httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")),
		httpapi.At("GET", "/canceled", httpapi.Anyone, func(c *httpapi.Call) error { return canceled(c.Context()).Err() }))
	for _, row := range []struct {
		as, target, route string
		status            float64
		user              string
	}{
		{"", "/invites/rbi_canary", "/invites/{token}", 200, ""},
		{"ann", "/notes?token=canary", "/notes", 200, h.users["ann"].ID.String()},
		{"", "/notes", "/notes", 401, ""},
		{"ann", "/nothing/canary", "none", 404, h.users["ann"].ID.String()},
	} {
		h.log.clear()
		send(handler, h.as(row.as, "GET", row.target))
		lines := strings.Split(strings.TrimSpace(h.log.String()), "\n")
		var line struct {
			API, Method, Route, Request, User string
			Status                            float64
		}
		h.must(json.Unmarshal([]byte(lines[len(lines)-1]), &line))
		if line.API != "notes" || line.Method != "GET" || line.Route != row.route || line.Status != row.status || line.User != row.user || line.Request == "" {
			t.Errorf("%s: %s", row.target, lines[len(lines)-1])
		}
		if log := h.log.String(); strings.Contains(log, "canary") || strings.Contains(log, "rb_") || strings.Contains(log, `"ERROR"`) {
			t.Errorf("%s is logged: %s", row.target, log)
		}
	}
	h.log.clear()
	if w := send(handler, h.as("ann", "GET", "/canceled")); w.Code != 503 {
		t.Errorf("canceled: %d", w.Code)
	}
	if log := h.log.String(); strings.Contains(log, `"WARN"`) || strings.Contains(log, `"ERROR"`) {
		t.Errorf("a client that has gone is no fault: %s", log)
	}
}

// In a dialect with a current tenant, a caller who is not staff acts there alone.
func TestCurrentTenant(t *testing.T) {
	h := newHost(t)
	ctx, setup := t.Context(), perms.System("setup")
	acme, err := h.book.Tenants.Create(ctx, setup, users.NewTenant{Name: "Acme", Slug: "acme"})
	h.must(err)
	home, err := h.book.Tenants.Default(ctx)
	h.must(err)
	h.add("zoe", users.New{Tenants: []perms.Tenancy{perms.TenantOf(acme.ID), perms.TenantOf(home.ID)}, Roles: h.rolesOf("ann")})
	chosen := func(id uuid.UUID) func(*http.Request, users.User) uuid.UUID {
		return func(*http.Request, users.User) uuid.UUID { return id }
	}
	for name, row := range map[string]struct {
		who      string
		narrow   bool
		current  func(*http.Request, users.User) uuid.UUID
		narrowed bool
		tenant   uuid.UUID
	}{
		"home":                 {"zoe", true, nil, true, acme.ID},
		"the host's choice":    {"zoe", true, chosen(home.ID), true, home.ID},
		"nowhere":              {"zoe", true, chosen(uuid.Nil), true, uuid.Nil},
		"staff":                {"root", true, chosen(home.ID), false, uuid.Nil},
		"a dialect without it": {"zoe", false, chosen(home.ID), false, uuid.Nil},
	} {
		var actor perms.Actor
		handler := h.api(httpapi.Options{CurrentTenant: row.current}).Handler(httpapi.Dialect{
			Fail: httpapi.Problem, CurrentTenant: row.narrow,
			Routes: []httpapi.Route{httpapi.At("GET", "/x", httpapi.Anyone, func(c *httpapi.Call) error {
				actor = c.Actor
				return c.Empty(http.StatusNoContent)
			})},
		})
		r := h.as(row.who, "GET", "/x")
		r.RemoteAddr = "192.0.2.7:4711"
		w := send(handler, r)
		tenant, narrowed := actor.Narrowed()
		if tenant != row.tenant || narrowed != row.narrowed {
			t.Errorf("%s: acts in %v, %t", name, tenant, narrowed)
		}
		if actor.User() != h.users[row.who].ID || actor.Address() != "192.0.2.7" || actor.Request() != w.Header().Get("X-Request-Id") {
			t.Errorf("%s: acts as %+v", name, actor)
		}
	}
}

// rolesOf returns the keys of a user's roles.
func (h *host) rolesOf(name string) []string {
	h.t.Helper()
	all, err := h.book.Roles.Names(h.t.Context(), perms.System("test"))
	h.must(err)
	var keys []string
	for _, label := range all {
		if slices.ContainsFunc(h.users[name].Roles, func(a perms.Assignment) bool { return a.Role == label.ID }) {
			keys = append(keys, label.Key)
		}
	}
	return keys
}

func TestAddress(t *testing.T) {
	h := newHost(t)
	proxied := func(r *http.Request) string { return r.Header.Get("X-Real-Ip") }
	for name, row := range map[string]struct {
		option func(*http.Request) string
		remote string
		want   string
	}{
		"the connection's":    {nil, "192.0.2.1:4711", "192.0.2.1"},
		"of version 6":        {nil, "[2001:db8::1]:4711", "2001:db8::1"},
		"of a socket":         {nil, "@", "@"},
		"what the proxy says": {proxied, "192.0.2.1:4711", "203.0.113.9"},
	} {
		got := ""
		handler := h.serve(httpapi.Options{ClientAddr: row.option}, httpapi.At("GET", "/x", httpapi.Public, func(c *httpapi.Call) error {
			got = c.Address()
			return c.Empty(http.StatusNoContent)
		}))
		r := httptest.NewRequest("GET", "/x", nil)
		r.RemoteAddr = row.remote
		r.Header.Set("X-Real-Ip", "203.0.113.9")
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		send(handler, r)
		if got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestInviteURL(t *testing.T) {
	h := newHost(t)
	for _, row := range []struct{ base, slug, want string }{
		{"", "acme", "TOKEN"},
		{"https://example.com/invite/", "acme", "https://example.com/invite/TOKEN"},
		{"https://{slug}.example.com/invite/", "acme", "https://acme.example.com/invite/TOKEN"},
		{"https://{slug}.example.com/invite/", "", "https://example.com/invite/TOKEN"},
		{"https://example.com/{slug}/", "", "https://example.com//TOKEN"},
	} {
		got := ""
		handler := h.serve(httpapi.Options{InviteURL: row.base}, httpapi.At("GET", "/x", httpapi.Public, func(c *httpapi.Call) error {
			got = c.InviteURL(row.slug, "TOKEN")
			return c.Empty(http.StatusNoContent)
		}))
		r := httptest.NewRequest("GET", "http://evil.example/x", nil)
		r.Header.Set("X-Forwarded-Host", "evil.example")
		send(handler, r)
		if got != row.want {
			t.Errorf("%s of %q: %s", row.base, row.slug, got)
		}
	}
}
