package native_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
)

// rehearsing is a server that gets every change of its transcripts twice: as a dry run, and for real. The dry run must leave nothing behind, fail as the
// real call fails, and say what that answers.
type rehearsing struct {
	transcript.Host
	t     *testing.T
	clock func() time.Time
	store store.Store
	next  http.Handler
	done  map[string]int // successes and failures, by route
}

func (r *rehearsing) host() transcript.Host {
	host := r.Host
	host.Open = func(tb testing.TB, clock func() time.Time) store.Store {
		r.clock, r.store = clock, r.Host.Open(tb, clock)
		return r.store
	}
	host.Mount = func(book *store.Book) (http.Handler, error) {
		next, err := r.Host.Mount(book)
		r.next = next
		return r, err
	}
	return host
}

// changes are the paths of the routes that take dry_run.
var changes = regexp.MustCompile(`^(PATCH|POST|PUT|DELETE) /native/v1/(me|tenants|users|roles)(/.*)?$`)

func (r *rehearsing) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	if !changes.MatchString(q.Method+" "+q.URL.Path) || q.URL.Query().Has("dry_run") || r.guesses(q) {
		r.next.ServeHTTP(w, q)
		return
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	before := r.dump()
	dry := r.play(q, body, true)
	if r.dump() != before {
		r.t.Errorf("%s %s: a dry run left its trace", q.Method, q.URL)
	}
	real := r.play(q, body, false)
	r.compare(q, before, dry, real)
	maps.Copy(w.Header(), real.Header())
	w.WriteHeader(real.Code)
	_, _ = w.Write(real.Body.Bytes())
}

// guesses reports whether a request may count as a failure to guess a password: a dry run of it does too.
func (r *rehearsing) guesses(q *http.Request) bool { return q.URL.Path == "/native/v1/me/password" }

func (r *rehearsing) dump() string {
	text, err := storetest.Dump(r.t.Context(), r.store)
	if err != nil {
		r.t.Fatal(err)
	}
	return text
}

func (r *rehearsing) play(q *http.Request, body []byte, dry bool) *httptest.ResponseRecorder {
	sent := q.Clone(q.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	if dry {
		sent.URL.RawQuery = strings.TrimPrefix(q.URL.RawQuery+"&dry_run=true", "&")
	}
	w := httptest.NewRecorder()
	r.next.ServeHTTP(w, sent)
	return w
}

func (r *rehearsing) compare(q *http.Request, before string, dry, real *httptest.ResponseRecorder) {
	t, what := r.t, q.Method+" "+q.URL.String()
	if real.Code >= 400 {
		r.done["failure"]++
		if dry.Code != real.Code || dry.Body.String() != real.Body.String() {
			t.Errorf("%s: the dry run failed with %d %s\nthe real call with %d %s", what, dry.Code, dry.Body, real.Code, real.Body)
		}
		return
	}
	r.done["success"]++
	var answer struct {
		Would struct {
			Status int
			Body   any
		}
	}
	if err := json.Unmarshal(dry.Body.Bytes(), &answer); err != nil {
		t.Errorf("%s: %d %s: %v", what, dry.Code, dry.Body, err)
		return
	}
	want := real.Code
	if want == http.StatusNoContent {
		want = http.StatusOK
	}
	if dry.Code != want || answer.Would.Status != real.Code {
		t.Errorf("%s: the dry run answered %d and would %d, the real call %d", what, dry.Code, answer.Would.Status, real.Code)
	}
	if dry.Header().Get("ETag") != "" || dry.Header().Get("Location") != "" {
		t.Errorf("%s: the dry run has the headers of a change: %v", what, dry.Header())
	}
	var body any
	if real.Body.Len() > 0 {
		if err := json.Unmarshal(real.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
	}
	r.same(what, before, "", answer.Would.Body, body)
}

// same compares what a dry run says with the real answer, member by member. Ids, numbers and times that were not given before are null.
func (r *rehearsing) same(what, before, name string, would, real any) {
	switch real := real.(type) {
	case map[string]any:
		members, _ := would.(map[string]any)
		if !slices.Equal(slices.Sorted(maps.Keys(members)), slices.Sorted(maps.Keys(real))) {
			r.t.Errorf("%s: members %v, want %v", what, would, real)
		}
		for name, value := range real {
			if name == "number" && (members["id"] == nil && real["id"] != nil || members["role"] == nil && real["role"] != nil) {
				if members["number"] != nil {
					r.t.Errorf("%s: the number of what has no id yet is %v", what, members["number"])
				}
				continue
			}
			r.same(what, before, name, members[name], value)
		}
	case []any:
		list, _ := would.([]any)
		if len(list) != len(real) {
			r.t.Errorf("%s: %v, want %v", what, would, real)
			return
		}
		for i, value := range real {
			r.same(what, before, name, list[i], value)
		}
	default:
		r.sameValue(what, before, name, would, real)
	}
}

// sameValue compares what is no object and no list.
func (r *rehearsing) sameValue(what, before, name string, would, real any) {
	text, _ := real.(string)
	minted := (name == "id" || name == "role") && !strings.Contains(before, text)
	// The clock stands still, so a time of now can be that of the change as well as of one before it.
	stamped := would == nil && strings.HasSuffix(name, "_at") && name != "starts_at" && name != "expires_at" && text == r.clock().UTC().Format(time.RFC3339Nano)
	if minted || stamped {
		real = nil
	}
	if !reflect.DeepEqual(would, real) {
		r.t.Errorf("%s: %s would be %v, and is %v", what, name, would, real)
	}
}

// Every change of the transcripts is rehearsed before it is made, and the transcripts still come out the same.
func TestDryRunsForetell(t *testing.T) {
	for _, host := range []transcript.Host{onMemory(), onSQLite()} {
		r := &rehearsing{Host: host, t: t, done: map[string]int{}}
		transcript.Run(t, "testdata/*.txt", r.host())
		if r.done["success"] < 50 || r.done["failure"] < 50 {
			t.Errorf("%v were rehearsed: too few to show anything", r.done)
		}
	}
}

// A dry run is no way to guess a password uncounted, and holds nobody up while it compares one.
func TestDryRunCountsGuesses(t *testing.T) {
	stage := onSQLite().Start(t)
	guess := transcript.Request{
		Method: http.MethodPut, Path: "/native/v1/me/password?dry_run=true",
		Body: `{"current_password":"a-wrong-guess","new_password":"another-river-2042"}`,
	}
	stage.As("vic")
	for i := range 10 {
		if a := stage.Do(t, guess); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d: %d %s", i+1, a.Status, a.Body)
		}
	}
	guess.Body = `{"current_password":"vic-river-2041","new_password":"another-river-2042"}`
	if a := stage.Do(t, guess); a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("the right password after ten guesses: %d %s", a.Status, a.Body)
	}
	stage.Must(t, http.StatusTooManyRequests, http.MethodPost, "/native/v1/sessions", `{"email":"vic@acme.io","password":"vic-river-2041"}`)
}

// Whose password a dry run changes still signs in with the one that he has, and with no other, and his sessions go on.
func TestDryRunKeepsPasswords(t *testing.T) {
	stage := onMemory().Start(t)
	stage.As("vic").Must(t, http.StatusOK, http.MethodPut, "/native/v1/me/password?dry_run=true", `{"current_password":"vic-river-2041","new_password":"another-river-2042"}`)
	stage.As("root").Must(t, http.StatusOK, http.MethodPut, "/native/v1/users/"+stage.Person(t, 4).ID.String()+"/password?dry_run=true", `{"password":"another-river-2042"}`)
	stage.As("mia").Must(t, http.StatusOK, http.MethodGet, "/native/v1/me", "")
	stage.As("guest").Must(t, http.StatusUnauthorized, http.MethodPost, "/native/v1/sessions", `{"email":"vic@acme.io","password":"another-river-2042"}`)
	stage.Must(t, http.StatusCreated, http.MethodPost, "/native/v1/sessions", `{"email":"vic@acme.io","password":"vic-river-2041"}`)
	stage.Must(t, http.StatusCreated, http.MethodPost, "/native/v1/sessions", `{"email":"mia@acme.io","password":"mia-river-2041"}`)
}

// The parameter is known on exactly the routes that change more than a session, the public ones apart.
func TestDryRunRoutes(t *testing.T) {
	var not []string
	for _, r := range native.Routes() {
		takes, changes := slices.Contains(r.Query, "dry_run"), r.Method != http.MethodGet
		if takes && !changes {
			t.Errorf("%s takes dry_run", r)
		}
		if changes && !takes {
			not = append(not, r.Method+" "+r.Path)
		}
	}
	want := []string{"POST /v1/sessions", "DELETE /v1/sessions/current", "POST /v1/check", "POST /v1/check/batch", "POST /v1/links/join"}
	for _, path := range not {
		if !slices.Contains(want, path) {
			t.Errorf("%s does not take dry_run", path)
		}
	}
}
