package native_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// fields returns the fields of an answer's problems, each with its code.
func fields(t *testing.T, w *world, who, method, path, body string) []string {
	t.Helper()
	var got struct {
		Errors []struct{ Field, Code string }
	}
	w.As(who).Must(t, http.StatusUnprocessableEntity, method, path, body).Decode(t, &got)
	var out []string
	for _, e := range got.Errors {
		out = append(out, e.Field+" "+e.Code)
	}
	return out
}

// A form of a name that was derived is wrong because of the one that was sent, and of no other; and nothing else is wrong because of that.
func TestProblemsOfNames(t *testing.T) {
	w := newWorld(t)
	vic := "/native/v1/users/" + people(t, w.Stage)["vic"].ID.String()
	long := strings.Repeat("x", 300)
	for body, want := range map[string][]string{
		`{"name":"L"}`:                       {"name too_long"},
		`{"first_name":"L"}`:                 {"first_name too_long"},
		`{"last_name":"L"}`:                  {"last_name too_long"},
		`{"first_name":"L","last_name":"L"}`: {"first_name too_long", "last_name too_long"},
		`{"name":"L","first_name":"a"}`:      {"name too_long"},
		`{"name":"L","last_name":"a"}`:       {"name too_long"},
		`{"name":"a","first_name":"L"}`:      {"first_name too_long"},
		`{"name":"a","last_name":"L"}`:       {"last_name too_long"},
		`{"name":"a","phone":"L"}`:           {"phone too_long"},
		`{"first_name":"a","phone":"L"}`:     {"phone too_long"},
		`{"last_name":"a","phone":"L"}`:      {"phone too_long"},
	} {
		if got := fields(t, w, "ann", http.MethodPatch, vic, strings.ReplaceAll(body, "L", long)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", body, got, want)
		}
	}
}

// Whoever sends a name in two forms gets both as they are, and keeps the third.
func TestNamesInTwoForms(t *testing.T) {
	w := newWorld(t)
	vic := "/native/v1/users/" + people(t, w.Stage)["vic"].ID.String()
	for _, row := range []struct{ body, name, first, last string }{
		{`{"name":"The Viewer","first_name":"Victor"}`, "The Viewer", "Victor", "Viewer"},
		{`{"name":"The Other","last_name":"View"}`, "The Other", "Victor", "View"},
		{`{"name":"Ada King"}`, "Ada King", "Ada", "King"},
	} {
		var u struct {
			Name  string
			First string `json:"first_name"`
			Last  string `json:"last_name"`
		}
		w.As("ann").Must(t, http.StatusOK, http.MethodPatch, vic, row.body).Decode(t, &u)
		if u.Name != row.name || u.First != row.first || u.Last != row.last {
			t.Errorf("%s: %+v", row.body, u)
		}
	}
}

// What is as it was is no change, whoever sends it, and need not satisfy the rules of today.
func TestSendingBackWhatWasRead(t *testing.T) {
	w := newWorld(t)
	w.Overwrite(t, 5, func(u *users.User) { u.Username, u.Phone = "vic", strings.Repeat("0", 60) })
	for who, name := range map[string]string{"root": "vic", "ann": "both", "bea": "bea"} {
		path := "/native/v1/users/" + people(t, w.Stage)[name].ID.String()
		read := w.As(who).Must(t, http.StatusOK, http.MethodGet, path, "")
		if again := w.As(who).Must(t, http.StatusOK, http.MethodPatch, path, read.Body); again.Body != read.Body {
			t.Errorf("as %s: %s\nbecomes %s", who, read.Body, again.Body)
		}
	}
}

// Whoever lists everything learns what is wrong with his query; who may not list learns that first.
func TestQueriesThatAreRefused(t *testing.T) {
	w := newWorld(t)
	var page struct {
		Next string `json:"next_cursor"`
	}
	for _, list := range []string{"/native/v1/users", "/native/v1/roles", "/native/v1/tenants", "/native/v1/permissions/assets.view/holders"} {
		w.As("root").Must(t, http.StatusOK, http.MethodGet, list+"?limit=1", "").Decode(t, &page)
		for query, status := range map[string]int{"?limit=0": 422, "?cursor=x": 400, "?limit=201&cursor=" + page.Next: 422} {
			w.As("root").Must(t, status, http.MethodGet, list+query, "")
		}
	}
	w.As("vic").Must(t, http.StatusForbidden, http.MethodGet, "/native/v1/permissions/assets.view/holders?limit=0", "")
	none := w.As("root").Must(t, http.StatusOK, http.MethodGet, "/native/v1/users?group="+uuid.Nil.String(), "")
	if !strings.Contains(none.Body, `"items":[]`) {
		t.Errorf("a group that is none: %s", none.Body)
	}
}

// The answer is the override that was set, and not another one; a tenant that cannot be read clears none.
func TestOneOverrideOfSeveral(t *testing.T) {
	w := newWorld(t)
	mia := "/native/v1/users/" + people(t, w.Stage)["mia"].ID.String()
	for _, key := range []string{"assets.edit", "assets.create", "assets.view"} {
		set := w.As("root").Must(t, http.StatusOK, http.MethodPut, mia+"/overrides/"+key, `{"granted":false}`)
		if !strings.Contains(set.Body, `"permission":"`+key+`"`) {
			t.Errorf("%s: %s", key, set.Body)
		}
	}
	before := w.Dump(t)
	w.Must(t, http.StatusBadRequest, http.MethodDelete, mia+"/overrides/assets.edit?tenant=acme", "")
	if w.Dump(t) != before {
		t.Error("an override was cleared in a tenant that cannot be read")
	}
}

// A user may be created as what he would be anyway.
func TestCreatingActive(t *testing.T) {
	w := newWorld(t)
	a := w.As("root").Must(t, http.StatusCreated, http.MethodPost, "/native/v1/users", `{"email":"new@acme.io","name":"New","status":"active"}`)
	if !strings.Contains(a.Body, `"status":"active"`) {
		t.Errorf("%s", a.Body)
	}
}

// What would help is said of whatever it is: a revoke, or a tenant into which only its whole type leads.
func TestSummariesOfFixes(t *testing.T) {
	w := newWorld(t)
	lapsed, err := w.Book.Tenants.Create(t.Context(), perms.System("test"), users.NewTenant{Name: "Gamma", Slug: "gamma", Type: perms.RetiredTenant})
	must(t, err)
	all := people(t, w.Stage)
	must(t, w.Book.Users.SetOverride(t.Context(), perms.System("test"), all["vic"].ID, perms.Revoke("assets.view")))
	for query, want := range map[string]string{
		all["vic"].ID.String() + "/explain?permission=assets.view":                              "Clear the revoke of assets.view",
		all["mia"].ID.String() + "/explain?permission=assets.view&tenant=" + lapsed.ID.String(): "Give the user every tenant of type retired",
	} {
		a := w.As("root").Must(t, http.StatusOK, http.MethodGet, "/native/v1/users/"+query, "")
		if !strings.Contains(a.Body, `"summary":"`+want+`"`) {
			t.Errorf("%s: %s", query, a.Body)
		}
	}
}

// What somebody would gain in a tenant that a dry run has made up is in no tenant that has an id.
func TestDryRunOfTenant(t *testing.T) {
	w := newWorld(t)
	a := w.As("root").Must(t, http.StatusCreated, http.MethodPost, "/native/v1/tenants?dry_run=true", `{"name":"Gamma","slug":"gamma","type":"test"}`)
	var got struct {
		Gains []struct{ User, Tenant *string }
	}
	a.Decode(t, &got)
	if len(got.Gains) == 0 || slices.ContainsFunc(got.Gains, func(g struct{ User, Tenant *string }) bool { return g.User == nil || g.Tenant != nil }) {
		t.Errorf("%s", a.Body)
	}
}

// A request that no server has read has no RequestURI: its URL says where the collection is.
func TestLocationWithoutRequestURI(t *testing.T) {
	w := newWorld(t)
	api, err := httpapi.New(w.Book, httpapi.Options{Authenticator: httpapi.Sessions(w.Book)})
	must(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/tenants", strings.NewReader(`{"name":"Gamma","slug":"gamma"}`))
	must(t, err)
	r.Header = http.Header{"Authorization": {"Bearer " + w.Token("root")}, "Content-Type": {"application/json"}}
	answer := httptest.NewRecorder()
	native.Handler(api, nil).ServeHTTP(answer, r)
	if got := answer.Header().Get("Location"); answer.Code != http.StatusCreated || !strings.HasPrefix(got, "/v1/tenants/") {
		t.Errorf("%d, Location %q", answer.Code, got)
	}
}

// interrupted is a store on which something else happens before its next transaction.
type interrupted struct {
	store.Store
	by *func()
}

func (s interrupted) InTx(ctx context.Context, fn func(store.Store) error) error {
	if by := *s.by; by != nil {
		*s.by = nil
		by()
	}
	return s.Store.InTx(ctx, fn)
}

// What happens between the reading of something and its change is not undone by what was not sent, and is a reason to refuse what asks for the version read.
func TestChangesInBetween(t *testing.T) {
	var by func()
	host := onMemory()
	open := host.Open
	host.Open = func(tb testing.TB, clock func() time.Time) store.Store { return interrupted{open(tb, clock), &by} }
	s := host.Start(t)
	s.As("root")
	setup := perms.System("test")
	role, err := s.Book.Roles.Create(t.Context(), setup, roles.New{Name: "Clerk", Permissions: []string{"assets.view"}})
	must(t, err)
	by = func() {
		_, err := s.Book.Roles.Update(t.Context(), setup, role.ID, roles.Update{Add: []string{"assets.edit"}})
		must(t, err)
	}
	a := s.Do(t, request(http.MethodPatch, "/native/v1/roles/"+role.Key, `{"name":"Scribe"}`, `"1"`))
	if a.Status != http.StatusPreconditionFailed || by != nil {
		t.Errorf("a role that has changed meanwhile: %d %s", a.Status, a.Body)
	}

	acme := s.Tenant(t, 2)
	by = func() {
		_, err := s.Book.Tenants.Update(t.Context(), setup, acme, users.TenantUpdate{Type: new(perms.ProductionTenant)})
		must(t, err)
	}
	a = s.Must(t, http.StatusOK, http.MethodPatch, "/native/v1/tenants/"+acme.String(), `{"name":"Acme Inc"}`)
	if !strings.Contains(a.Body, `"type":"production"`) || by != nil {
		t.Errorf("the type goes back to what was read: %s", a.Body)
	}
}

// What need not be looked at is not: the roles of who gets none, and, for a question about oneself, what is known already.
func TestReadsThatAreSpared(t *testing.T) {
	var reads atomic.Int64
	s := onMemory().Counting(&reads).Start(t)
	const check = `{"permission":"assets.view"}`
	s.As("vic").Must(t, http.StatusOK, http.MethodPost, "/native/v1/check", check)
	for _, row := range []struct {
		who, path, body string
		status          int
		want            int64
	}{
		{"root", "/native/v1/users", `{"email":"one@acme.io","name":"One"}`, http.StatusCreated, 7},
		{"root", "/native/v1/users", `{"email":"two@acme.io","name":"Two","roles":[]}`, http.StatusCreated, 7},
		{"vic", "/native/v1/check", check, http.StatusOK, 1}, // the session
	} {
		before := reads.Load()
		s.As(row.who).Must(t, row.status, http.MethodPost, row.path, row.body)
		if got := reads.Load() - before; got != row.want {
			t.Errorf("%s %s takes %d reads, want %d", row.path, row.body, got, row.want)
		}
	}
}

func request(method, path, body, match string) transcript.Request {
	return transcript.Request{Method: method, Path: path, Body: body, Header: http.Header{"If-Match": {match}}}
}
