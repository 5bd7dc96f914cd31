package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/internal/wire"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Each error has one kind, and each kind one status and one code (wire/README.md, section 4.5).
func TestFailures(t *testing.T) {
	h := newHost(t)
	for _, row := range []struct {
		err    error
		kind   httpapi.Kind
		status int
		code   string
	}{
		{errors.New("unknown"), httpapi.Internal, 500, "internal"},
		{store.ErrReadOnly, httpapi.Internal, 500, "internal"},
		{httpapi.ErrNoCredentials, httpapi.Unauthenticated, 401, "unauthenticated"},
		{httpapi.ErrBadCredentials, httpapi.Unauthenticated, 401, "unauthenticated"},
		{&httpapi.InactiveError{Status: perms.Suspended}, httpapi.Unauthenticated, 401, "unauthenticated"},
		{users.ErrNoSession, httpapi.Unauthenticated, 401, "unauthenticated"},
		{users.ErrBadCredentials, httpapi.Unauthenticated, 401, "invalid_credentials"},
		{perms.Forbid(notesList), httpapi.Forbidden, 403, "forbidden"},
		{perms.ErrNoActor, httpapi.Forbidden, 403, "forbidden"},
		{perms.Beyond(notesList), httpapi.Escalation, 403, "escalation"},
		{perms.ErrSelfRights, httpapi.SelfRights, 403, "self_change"},
		{perms.ErrSelfStatus, httpapi.SelfStatus, 403, "self_change"},
		{users.ErrNotFound, httpapi.NotFound, 404, "not_found"},
		{perms.ErrNoSubject, httpapi.NotFound, 404, "not_found"},
		{&wire.ParamError{In: wire.InPath, Name: "id"}, httpapi.BadPath, 400, "malformed"},
		{&wire.ParamError{In: wire.InQuery, Name: "limit"}, httpapi.BadQuery, 400, "malformed"},
		{&wire.SyntaxError{Reason: "no value"}, httpapi.Malformed, 400, "malformed"},
		{wire.ErrTooLarge, httpapi.TooLarge, 413, "too_large"},
		{wire.ErrMediaType, httpapi.BadMediaType, 415, "unsupported_media_type"},
		{&wire.Invalid{In: wire.InBody, Problems: []wire.Problem{{Field: "email", Code: wire.CodeRequired}}}, httpapi.Invalid, 422, "invalid"},
		{perms.Invalid("email", perms.Format, "is none"), httpapi.Invalid, 422, "invalid"},
		{perms.ErrUnknownPermission, httpapi.Invalid, 422, "invalid"},
		{users.ErrAddressTaken, httpapi.Duplicate, 409, "duplicate"},
		{users.ErrStale, httpapi.Stale, 412, "version_changed"},
		{roles.ErrStale, httpapi.Stale, 412, "version_changed"},
		{users.ErrStatus, httpapi.Conflict, 409, "conflict"},
		{perms.ErrLockout, httpapi.Lockout, 409, "lockout"},
		{invites.ErrExpired, httpapi.Gone, 410, "gone"},
		{users.ErrTooMany, httpapi.TooMany, 429, "rate_limited"},
		{store.ErrBusy, httpapi.Unavailable, 503, "unavailable"},
		{users.ErrHashing, httpapi.Unavailable, 503, "unavailable"},
		{context.Canceled, httpapi.Unavailable, 503, "unavailable"},
		{context.DeadlineExceeded, httpapi.Unavailable, 503, "unavailable"},
	} {
		t.Run(row.err.Error(), func(t *testing.T) {
			wrapped := fmt.Errorf("doing something to /var/lib/secret: %w", row.err)
			if f := httpapi.FailureOf(wrapped); f.Kind != row.kind || !errors.Is(f.Err, row.err) {
				t.Errorf("kind %d, want %d", f.Kind, row.kind)
			}
			w := send(h.serve(httpapi.Options{}, httpapi.At("GET", "/x", httpapi.Anyone, fails(wrapped))), h.as("ann", "GET", "/x"))
			var body struct{ Code string }
			h.must(json.Unmarshal(w.Body.Bytes(), &body))
			if w.Code != row.status || body.Code != row.code {
				t.Errorf("%d %s, want %d %s", w.Code, body.Code, row.status, row.code)
			}
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "doing") {
				t.Errorf("the cause is told: %s", w.Body)
			}
			if again := w.Header().Get("Retry-After"); (w.Code == 503) != (again != "") {
				t.Errorf("status %d with Retry-After %q", w.Code, again)
			}
		})
	}
}

// Every 503 says when to come again, also where a dialect has made it of another kind of failure.
func TestEvery503SaysWhenToComeAgain(t *testing.T) {
	h := newHost(t)
	for _, err := range []error{users.ErrStale, users.ErrStatus, store.ErrBusy} {
		d := httpapi.Dialect{Name: "busy", Routes: []httpapi.Route{httpapi.At("GET", "/x", httpapi.Anyone, fails(err))},
			Fail: func(*httpapi.Call, httpapi.Failure) httpapi.Answer { return httpapi.Answer{Status: 503, Body: "busy"} }}
		w := send(h.api(httpapi.Options{}).Handler(d), h.as("ann", "GET", "/x"))
		if again := w.Header().Get("Retry-After"); w.Code != 503 || again != "1" {
			t.Errorf("%v: %d, Retry-After %q", err, w.Code, again)
		}
	}
}

func TestFailureSaysWhatIsWrong(t *testing.T) {
	for name, row := range map[string]struct {
		err        error
		in         wire.Place
		fields     []string
		permission perms.Permission
		wait       time.Duration
	}{
		"parameter":       {&wire.ParamError{In: wire.InPath, Name: "id", Reason: "must be a number"}, wire.InPath, []string{"id format must be a number"}, "", 0},
		"values":          {&wire.Invalid{In: wire.InQuery, Problems: []wire.Problem{{Field: "a", Code: "range", Text: "b"}}}, wire.InQuery, []string{"a range b"}, "", 0},
		"domain's values": {perms.Invalid("roles[2]", perms.Unknown, "names no role"), wire.InBody, []string{"roles[2] unknown names no role"}, "", 0},
		"permission":      {perms.Forbid(notesList), "", nil, notesList, 0},
		"escalation":      {perms.Beyond(notesCreate), "", nil, notesCreate, 0},
		"wait":            {&users.TooManyError{Wait: time.Minute}, "", nil, "", time.Minute},
		"busy":            {store.ErrBusy, "", nil, "", time.Second},
	} {
		f := httpapi.FailureOf(fmt.Errorf("wrapped: %w", row.err))
		var fields []string
		for _, p := range f.Problems {
			fields = append(fields, fmt.Sprintf("%s %s %s", p.Field, p.Code, p.Text))
		}
		if f.In != row.in || !slices.Equal(fields, row.fields) || f.Permission != row.permission || f.Wait != row.wait {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestProblemDetails(t *testing.T) {
	h := newHost(t)
	for _, row := range []struct {
		err  error
		want string
	}{
		{users.ErrNotFound, `{"type":"urn:rolebook:problem:not_found","title":"Not Found","status":404,` +
			`"detail":"There is no such thing, or you may not see it.","code":"not_found","instance":"urn:rolebook:request:r-1"}`},
		{perms.Forbid(notesList), `{"type":"urn:rolebook:problem:forbidden","title":"Forbidden","status":403,` +
			`"detail":"The permission notes.list is missing.","code":"forbidden","instance":"urn:rolebook:request:r-1","permission":"notes.list"}`},
		{perms.Invalid("email", perms.Required, "must be sent"), `{"type":"urn:rolebook:problem:invalid","title":"Unprocessable Entity","status":422,` +
			`"detail":"Some values are missing or not acceptable.","code":"invalid","instance":"urn:rolebook:request:r-1",` +
			`"errors":[{"field":"email","code":"required","detail":"must be sent"}]}`},
	} {
		r := h.as("ann", "GET", "/x")
		r.Header.Set("X-Request-Id", "r-1")
		w := send(h.serve(httpapi.Options{}, httpapi.At("GET", "/x", httpapi.Anyone, fails(row.err))), r)
		if got := w.Body.String(); got != row.want {
			t.Errorf("got  %s\nwant %s", got, row.want)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("content type %q", got)
		}
	}
}

func TestStrictQuery(t *testing.T) {
	h := newHost(t)
	route := httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")).Query("limit")
	strict := h.api(httpapi.Options{}).Handler(httpapi.Dialect{Fail: httpapi.Problem, Routes: []httpapi.Route{route}, StrictQuery: true})
	lenient := h.serve(httpapi.Options{}, route)
	for query, want := range map[string][2]int{
		"limit=1":         {200, 200},
		"dryrun=true":     {400, 200},
		"Limit=1":         {400, 200},
		"limit=1&limit=1": {400, 400},
		"x=1&x=2":         {400, 400},
		"limit=%":         {400, 400},
		"limit=%00":       {400, 400},
		"%ff=1":           {400, 400},
	} {
		for i, handler := range []*struct {
			name string
			got  int
		}{{"strict", send(strict, h.as("ann", "GET", "/notes?"+query)).Code}, {"lenient", send(lenient, h.as("ann", "GET", "/notes?"+query)).Code}} {
			if handler.got != want[i] {
				t.Errorf("%s ?%s: %d, want %d", handler.name, query, handler.got, want[i])
			}
		}
	}
	w := send(strict, h.as("ann", "GET", "/notes?dryrun=true"))
	if !strings.Contains(w.Body.String(), `"code":"unknown_parameter"`) || !strings.Contains(w.Body.String(), `"field":"dryrun"`) {
		t.Errorf("%s", w.Body)
	}
}

func TestCollect(t *testing.T) {
	rename := func(name string) string {
		return map[string]string{"email": "mail", "roles[0]": "role_id", "phone": ""}[name]
	}
	refused := &perms.InvalidError{}
	refused.Add("roles[0]", perms.Unknown, "names no role")
	refused.Add("email", perms.Format, "is no address")
	refused.Add("phone", perms.TooLong, "is not on this wire")
	form, err := wire.ReadObject(jsonRequest(`{"mail":"x","role_id":"7"}`))
	if err != nil {
		t.Fatal(err)
	}
	form.String("mail", wire.Required)
	form.Number("role_id", wire.Required)
	if err := httpapi.Collect(form, fmt.Errorf("wrapped: %w", refused), rename); err != nil {
		t.Fatal(err)
	}
	var all *wire.Invalid
	if !errors.As(form.Err(), &all) {
		t.Fatalf("nothing is wrong: %v", form.Err())
	}
	got := map[string]wire.Code{}
	for _, p := range all.Problems {
		got[p.Field] = p.Code
	}
	if want := map[string]wire.Code{"mail": "format", "role_id": "type"}; !maps.Equal(got, want) || all.Problems[0].Field != "mail" {
		t.Errorf("got %v", all.Problems)
	}
	for _, other := range []error{nil, users.ErrNotFound} {
		if err := httpapi.Collect(form, other, nil); err != other {
			t.Errorf("%v becomes %v", other, err)
		}
	}
}

func TestAttemptsAtATokenAreBounded(t *testing.T) {
	h := newHost(t)
	var outcome error
	handler := h.serve(httpapi.Options{}, httpapi.At("POST", "/open", httpapi.Public, func(c *httpapi.Call) error {
		err := c.Attempt("rbl_guess", func() error { return outcome })
		if err != nil {
			return err
		}
		return c.Empty(204)
	}))
	ask := func() *httptest.ResponseRecorder { return send(handler, h.as("", "POST", "/open")) }
	for _, neither := range []error{invites.ErrExpired, users.ErrAddressTaken, perms.Invalid("name", perms.Required, "")} {
		outcome = neither
		for range users.FailuresPerAccount + 1 {
			if w := ask(); w.Code == 429 {
				t.Fatalf("%v counts as a failure", neither)
			}
		}
	}
	outcome = invites.ErrLinkNotFound
	for range users.FailuresPerAccount - 1 {
		ask()
	}
	outcome = nil
	if w := ask(); w.Code != 204 {
		t.Fatalf("before the limit: %d", w.Code)
	}
	outcome = invites.ErrLinkNotFound
	for range users.FailuresPerAccount { // the success has forgotten the others
		if w := ask(); w.Code != 404 {
			t.Fatalf("within the limit: %d", w.Code)
		}
	}
	outcome = nil
	w := ask()
	if w.Code != 429 || w.Header().Get("Retry-After") != "900" {
		t.Errorf("over the limit: %d, Retry-After %q", w.Code, w.Header().Get("Retry-After"))
	}
	h.advance(users.FailureWindow)
	if w := ask(); w.Code != 204 {
		t.Errorf("a quarter of an hour later: %d", w.Code)
	}
}
