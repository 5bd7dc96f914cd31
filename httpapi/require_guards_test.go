package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

var admitted = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })

// unread is a store whose users cannot be read while it is closed.
type unread struct {
	store.Store
	closed *bool
}

var errUnread = errors.New("users cannot be read")

func (s unread) User(ctx context.Context, id uuid.UUID) (users.User, error) {
	if *s.closed {
		return users.User{}, errUnread
	}
	return s.Store.User(ctx, id)
}

func (s unread) Subject(ctx context.Context, id uuid.UUID) (perms.Subject, error) {
	if *s.closed {
		return perms.Subject{}, errUnread
	}
	return s.Store.Subject(ctx, id)
}

func (s unread) View(ctx context.Context, fn func(store.Store) error) error {
	return s.Store.View(ctx, func(tx store.Store) error { return fn(unread{tx, s.closed}) })
}

// A warm yes reads no store; a no, which depends on the account, does, and where that fails nobody is told that he may not, or who he is not.
func TestWarmRequireReadsNothing(t *testing.T) {
	closed := false
	book, err := store.Connect(t.Context(), unread{memory.New(), &closed}, store.Options{Catalog: perms.NewCatalog(notesList)})
	if err != nil {
		t.Fatal(err)
	}
	notes, err := book.Roles.Create(t.Context(), perms.System("setup"), roles.New{Name: "notes", Permissions: []string{"notes.*"}})
	if err != nil {
		t.Fatal(err)
	}
	who := map[string]uuid.UUID{}
	for name, keys := range map[string][]string{"ann": {notes.Key}, "bob": nil} {
		u, err := book.Users.Create(t.Context(), perms.System("setup"), users.New{Email: name + "@example.com", Name: name, Roles: keys})
		if err != nil {
			t.Fatal(err)
		}
		who[name] = u.ID
	}
	for _, row := range []struct {
		name   string
		closed bool
		want   int
	}{{"ann", false, 204}, {"ann", true, 204}, {"bob", false, 403}, {"bob", true, 500}} {
		closed = row.closed
		api, err := httpapi.New(book, httpapi.Options{Authenticator: &fixed{who[row.name]}})
		if err != nil {
			t.Fatal(err)
		}
		if w := send(api.Require(notesList, admitted), httptest.NewRequest("GET", "/", nil)); w.Code != row.want {
			t.Errorf("%s, closed %t: %d %s", row.name, row.closed, w.Code, w.Body)
		}
	}
}

// A host's own Authenticator changes nothing of where is asked, and of what.
func TestRequireAsksTheSameOfHostsAuthenticator(t *testing.T) {
	h := newHost(t)
	h.must(h.book.Seed(t.Context(), perms.System("setup"), roles.Preset{Keys: []perms.Key{{Permission: "dashboards.view"}}}))
	acme, err := h.book.Tenants.Create(t.Context(), perms.System("setup"), users.NewTenant{Name: "Acme", Slug: "acme"})
	h.must(err)
	ann, root := &fixed{h.users["ann"].ID}, &fixed{h.users["root"].ID}
	away := h.api(httpapi.Options{Authenticator: ann, CurrentTenant: func(*http.Request, users.User) uuid.UUID { return acme.ID }})
	if w := send(away.Require(notesList, admitted), h.as("", "GET", "/")); w.Code != 403 {
		t.Errorf("in a tenant that is none of his: %d", w.Code)
	}
	broken := errors.New("the index of dashboards is down")
	for _, row := range []struct {
		number int64
		err    error
		want   int
	}{{1, nil, 204}, {0, nil, 404}, {-1, nil, 404}, {0, broken, 500}, {7, broken, 500}, {7, httpapi.ErrNoObject, 404}} {
		guarded := h.api(httpapi.Options{Authenticator: root}).RequireObject("dashboards", func(*http.Request) (int64, error) { return row.number, row.err }, admitted)
		if w := send(guarded, h.as("", "GET", "/")); w.Code != row.want {
			t.Errorf("object %d, %v: %d", row.number, row.err, w.Code)
		}
	}
	failing := h.api(httpapi.Options{Authenticator: ann}).RequireObject("dashboards", func(*http.Request) (int64, error) { return 0, broken }, admitted)
	if w := send(failing, h.as("", "GET", "/")); w.Code != 500 {
		t.Errorf("whether an object is shared cannot be known: %d", w.Code)
	}
}

// A list that is changed after it was handed over changes no guard.
func TestRequireAnyKeepsItsList(t *testing.T) {
	h := newHost(t)
	list := []perms.Permission{notesList}
	guarded := h.api(httpapi.Options{}).RequireAny(list, admitted)
	list[0] = perms.UsersList
	if w := send(guarded, h.as("ann", "GET", "/")); w.Code != 204 {
		t.Errorf("got %d", w.Code)
	}
}

// An unknown session is an error of the caller's; that an account cannot be read is not.
func TestWhoseFaultItIs(t *testing.T) {
	h := newHost(t)
	r := h.as("", "GET", "/")
	r.Header.Set("Authorization", "Bearer "+session.New(session.KindSession).Reveal())
	if _, err := httpapi.Sessions(h.book).Authenticate(r); !errors.Is(err, httpapi.ErrBadCredentials) {
		t.Errorf("an unknown session: %v", err)
	}
	routes := h.serve(httpapi.Options{Authenticator: &fixed{h.users["ann"].ID}}, httpapi.At("GET", "/notes", httpapi.Anyone, says("hello")))
	if w := send(routes, h.as("", "GET", "/notes").WithContext(canceled(t.Context()))); w.Code < 499 {
		t.Errorf("an account that cannot be read: %d %s", w.Code, w.Body)
	}
}
