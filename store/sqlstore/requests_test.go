package sqlstore

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/store"
)

// A request takes so many statements, those that begin and end transactions included: over a network each of them is a round trip.
func TestRequestsTakeFewStatements(t *testing.T) {
	var f *faulty
	stage := matrix.Host("sqlite", func(testing.TB, func() time.Time) store.Store {
		s, _, counts := openFaulty(t)
		f = counts
		return s
	}).Start(t)
	vic, err := stage.Store.UserByAddress(t.Context(), "vic@acme.io")
	must(t, err)
	names := strings.NewReplacer("{id}", vic.ID.String(), "{number}", strconv.FormatInt(vic.Number, 10))
	for _, r := range []struct {
		name, who, method, path, body string
		status                        int
		want                          int64
	}{
		{"msp create", "root", "POST", "/msp/api/users", `{"name":"New","email":"new1@acme.io","password":"new-river-1","role_id":5,"tenant_id":2}`, http.StatusCreated, 36},
		{"msp update", "root", "PUT", "/msp/api/users/{number}", `{"name":"Victor","email":"vic@acme.io","role_id":5}`, http.StatusOK, 23},
		{"company create", "ann", "POST", "/company/api/v2/user", `{"email":"new2@acme.io","password":"new-river-2","first_name":"New","groups":[5]}`, http.StatusCreated, 30},
		{"locator update", "root", "PATCH", "/locator/auth/users/{id}", `{"firstName":"Vic","lastName":"Viewer"}`, http.StatusOK, 15},
		{"locator update by ann", "ann", "PATCH", "/locator/auth/users/{id}", `{"firstName":"Victor","lastName":"Viewer"}`, http.StatusOK, 20},
		{"native patch", "root", "PATCH", "/native/v1/users/{id}", `{"name":"Vic Again"}`, http.StatusOK, 19},
		{"locator get", "root", "GET", "/locator/auth/users/{id}", "", http.StatusOK, 7},
		{"native get", "root", "GET", "/native/v1/users/{id}", "", http.StatusOK, 6},
	} {
		const ample = 1000
		f.after.Store(ample)
		stage.As(r.who).Must(t, r.status, r.method, names.Replace(r.path), r.body)
		took := ample - f.after.Load()
		f.after.Store(-1)
		if took != r.want {
			t.Errorf("%s: %d statements; want %d", r.name, took, r.want)
		}
	}
}
