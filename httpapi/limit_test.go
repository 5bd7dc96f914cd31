package httpapi_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
)

func TestRateLimit(t *testing.T) {
	h := newHost(t)
	handler := h.serve(httpapi.Options{RateLimit: &httpapi.RateLimit{Requests: 2, Window: time.Minute}},
		httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")), httpapi.At("GET", "/open", httpapi.Public, says("hello")))
	h.advance(20 * time.Second)
	ends := fmt.Sprint(begin.Add(time.Minute).Unix())
	for _, step := range []struct {
		as, addr, target string
		status           int
		left             string
	}{
		{"ann", "192.0.2.1", "/notes", 200, "1"},
		{"bob", "192.0.2.1", "/notes", 200, "1"},
		{"ann", "192.0.2.2", "/nothing", 404, "0"},
		{"ann", "192.0.2.1", "/notes", 429, "0"},
		{"ann", "192.0.2.3", "/nothing", 429, "0"},
		{"bob", "192.0.2.1", "/notes", 200, "0"},
		{"", "192.0.2.1", "/notes", 401, "1"},
		{"", "192.0.2.1", "/open", 200, "0"},
		{"", "192.0.2.1", "/notes", 429, "0"},
		{"ann", "192.0.2.1", "/open", 429, "0"},
		{"", "192.0.2.9", "/open", 200, "1"},
	} {
		r := h.as(step.as, "GET", step.target)
		r.RemoteAddr = step.addr + ":4711"
		w := send(handler, r)
		header := w.Header()
		if w.Code != step.status || header.Get("RateLimit-Limit") != "2" || header.Get("RateLimit-Remaining") != step.left || header.Get("RateLimit-Reset") != ends {
			t.Errorf("%s %s as %q: %d %v", step.addr, step.target, step.as, w.Code, header)
		}
		if again := header.Get("Retry-After"); (w.Code == 429) != (again == "40") {
			t.Errorf("status %d with Retry-After %q", w.Code, again)
		}
	}
	h.advance(40 * time.Second)
	if w := send(handler, h.as("ann", "GET", "/notes")); w.Code != 200 || w.Header().Get("RateLimit-Remaining") != "1" {
		t.Errorf("in the next window: %d %v", w.Code, w.Header())
	}
}

func TestRateLimitIsOffUnlessAskedFor(t *testing.T) {
	h := newHost(t)
	route := httpapi.At("GET", "/notes", httpapi.Anyone, says("hello"))
	if header := send(h.serve(httpapi.Options{}, route), h.as("ann", "GET", "/notes")).Header(); header.Get("RateLimit-Limit") != "" {
		t.Errorf("off: %v", header)
	}
	header := send(h.serve(httpapi.Options{RateLimit: &httpapi.RateLimit{}}, route), h.as("ann", "GET", "/notes")).Header()
	if header.Get("RateLimit-Limit") != "1000" || header.Get("RateLimit-Remaining") != "999" {
		t.Errorf("by default: %v", header)
	}
}
