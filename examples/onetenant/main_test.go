package main

import (
	"encoding/json"
	"go/scanner"
	"go/token"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// world is a running host.
type world struct {
	t     *testing.T
	book  *store.Book
	url   string
	admin string // his token
}

func newWorld(t *testing.T) *world {
	t.Helper()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	must(t, err)
	book, err := open(t.Context(), store.Options{Hasher: hasher}, "admin@example.com", "admin-river-2041")
	must(t, err)
	h, err := handler(book)
	must(t, err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	w := &world{t: t, book: book, url: server.URL}
	w.admin = w.signIn("admin@example.com", "admin-river-2041")
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send sends a request, in which there is no tenant, and returns the status and what the answer says.
func (w *world) send(token, method, path, body string) (status int, answer map[string]any) {
	w.t.Helper()
	if mentions(path) || mentions(body) {
		w.t.Fatalf("%s %s mentions a tenant", path, body)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	must(w.t, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(r)
	must(w.t, err)
	defer response.Body.Close()
	_ = json.NewDecoder(response.Body).Decode(&answer) // some answers are no object
	return response.StatusCode, answer
}

func (w *world) want(status int, token, method, path, body string) map[string]any {
	w.t.Helper()
	got, answer := w.send(token, method, path, body)
	if got != status {
		w.t.Fatalf("%s %s %s: %d, want %d: %v", method, path, body, got, status, answer)
	}
	return answer
}

func (w *world) signIn(email, password string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, "", "POST", "/native/v1/sessions", `{"email":"`+email+`","password":"`+password+`"}`)["token"].(string)
}

func (w *world) notes(token string, read, write int) {
	w.t.Helper()
	w.want(read, token, "GET", "/notes", "")
	w.want(write, token, "POST", "/notes", "")
}

func mentions(text string) bool { return strings.Contains(strings.ToLower(text), "tenant") }

// The administrator makes a role and people, by the library's own API, and changes and removes them.
func TestNative(t *testing.T) {
	w := newWorld(t)
	reader := w.want(http.StatusCreated, w.admin, "POST", "/native/v1/roles", `{"name":"reader","permissions":["notes.read"]}`)["role"].(string)
	vic := w.want(http.StatusCreated, w.admin, "POST", "/native/v1/users",
		`{"email":"vic@example.com","name":"Vic","password":"vic-river-2041","roles":[{"role":"`+reader+`"}]}`)
	path := "/native/v1/users/" + vic["id"].(string)
	token := w.signIn("vic@example.com", "vic-river-2041")
	w.notes(token, http.StatusOK, http.StatusForbidden)

	w.want(http.StatusOK, w.admin, "PUT", path+"/roles", `[{"role":"author"}]`)
	w.notes(token, http.StatusOK, http.StatusOK)
	w.want(http.StatusOK, w.admin, "PUT", path+"/overrides/notes.read", `{"granted":false}`)
	w.notes(token, http.StatusForbidden, http.StatusOK)
	if id := uuid.MustParse(vic["id"].(string)); w.book.Perms.Can(t.Context(), id, "notes.read", perms.Home) || !w.book.Perms.Can(t.Context(), id, "notes.write", perms.Home) {
		t.Error("the book and the routes disagree")
	}
	w.want(http.StatusForbidden, token, "GET", "/native/v1/users", "")
	w.want(http.StatusOK, w.admin, "GET", "/native/v1/users?role="+reader, "")
	w.want(http.StatusOK, w.admin, "PATCH", "/native/v1/roles/"+reader, `{"add":["notes.write"],"version":1}`)

	w.want(http.StatusOK, w.admin, "POST", path+"/suspend", "")
	w.notes(token, http.StatusUnauthorized, http.StatusUnauthorized)
	w.want(http.StatusNoContent, w.admin, "DELETE", path, "")
	w.want(http.StatusOK, w.admin, "GET", "/native/v1/journal", "")
}

// The same by the documented API: a user, an override, an invite.
func TestMSP(t *testing.T) {
	w := newWorld(t)
	const author = `"role_id":2`
	w.want(http.StatusCreated, w.admin, "POST", "/msp/api/users", `{"name":"Ann","email":"ann@example.com","password":"ann-river-2041",`+author+`}`)
	ann := w.signIn("ann@example.com", "ann-river-2041")
	w.notes(ann, http.StatusOK, http.StatusOK)
	w.want(http.StatusOK, w.admin, "PUT", "/msp/api/users/2/permissions", `{"permission_key":"notes.write","granted":false}`)
	w.notes(ann, http.StatusOK, http.StatusForbidden)
	w.want(http.StatusOK, w.admin, "DELETE", "/msp/api/users/2/permissions/notes.write", "")
	w.want(http.StatusOK, w.admin, "PUT", "/msp/api/users/2", `{"name":"Ann Author","email":"ann@example.com",`+author+`,"active":true}`)
	w.notes(ann, http.StatusOK, http.StatusOK)

	invite := w.want(http.StatusCreated, w.admin, "POST", "/msp/api/invites", `{"email":"bob@example.com",`+author+`}`)["token"].(string)
	w.want(http.StatusCreated, "", "POST", "/msp/api/invites/accept", `{"token":"`+invite+`","name":"Bob","password":"bob-river-2041"}`)
	w.notes(w.signIn("bob@example.com", "bob-river-2041"), http.StatusOK, http.StatusOK)
	w.want(http.StatusForbidden, ann, "POST", "/msp/api/users", `{"name":"Eve","email":"eve@example.com","password":"eve-river-2041",`+author+`}`)
}

// Nobody is staff, not even the administrator, and he may not make anybody so.
func TestNobodyIsStaff(t *testing.T) {
	w := newWorld(t)
	me := w.want(http.StatusOK, w.admin, "GET", "/native/v1/me", "")
	if staff, told := me["user"].(map[string]any)["staff"].(bool); staff || !told {
		t.Errorf("the administrator is staff: %v", me)
	}
	status, _ := w.send(w.admin, "POST", "/msp/api/users", `{"name":"Eve","email":"eve@example.com","password":"eve-river-2041","role_id":1,"is_msp_staff":true}`)
	if status != http.StatusForbidden && status != http.StatusUnprocessableEntity {
		t.Errorf("making staff is answered with %d", status)
	}
}

// No name and no text in the program has a tenant in it.
func TestCodeMentionsNone(t *testing.T) {
	text, err := os.ReadFile("main.go")
	must(t, err)
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("main.go", -1, len(text)), text, nil, 0) // which leaves comments out
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return
		}
		if mentions(literal) {
			t.Errorf("%s: %s", fset.Position(pos), literal)
		}
	}
}
