package native_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// A dry run that concerns more users than it lists says so and counts them all; one whose time is over says so too, and counts nobody.
func TestDryRunOfManyIsTruncated(t *testing.T) {
	stage := onMemory().Start(t)
	role, err := stage.Book.Roles.Create(t.Context(), perms.System("test"), roles.New{Name: "Crowd", Permissions: []string{"assets.view"}})
	must(t, err)
	must(t, stage.Store.InTx(t.Context(), func(tx store.Store) error {
		for i := range store.MaxHoldings + 1 {
			number, err := tx.NextNumber(t.Context(), perms.KindUser)
			if err != nil {
				return err
			}
			err = tx.InsertUser(t.Context(), users.User{
				ID: uuid.New(), Number: number, Username: fmt.Sprintf("crowd%d@acme.io", i), Name: users.FullName("Crowd"), Status: perms.Active, Version: 1,
				Tenants: []perms.Tenancy{perms.TenantOf(stage.Tenant(t, 2))}, Roles: []perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}},
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	slow, err := store.Connect(t.Context(), stage.Store, store.Options{Clock: stage.Now, PreviewTime: time.Nanosecond})
	must(t, err)
	for _, row := range []struct {
		book         *store.Book
		body         string
		gains, loses int // listed
		truncated    bool
		counts       string
	}{
		{stage.Book, `{"add":["assets.edit"]}`, 1000, 0, true, "&{1001 0}"},
		{stage.Book, `{"remove":["assets.view"]}`, 0, 1000, true, "&{0 1001}"},
		{stage.Book, `{"name":"Throng"}`, 0, 0, false, "&{0 0}"},
		{slow, `{"add":["assets.edit"]}`, 0, 0, true, "<nil>"},
	} {
		api, err := httpapi.New(row.book, httpapi.Options{Authenticator: httpapi.Sessions(row.book)})
		must(t, err)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/v1/roles/"+role.Key+"?dry_run=true", strings.NewReader(row.body))
		r.Header.Set("Authorization", "Bearer "+stage.Token("root"))
		w := httptest.NewRecorder()
		native.Handler(api, nil).ServeHTTP(w, r)
		var got struct {
			Gains, Loses []any
			Truncated    bool
			Counts       *struct{ Gains, Loses int }
		}
		must(t, json.Unmarshal(w.Body.Bytes(), &got))
		if w.Code != http.StatusOK || len(got.Gains) != row.gains || len(got.Loses) != row.loses || got.Truncated != row.truncated || fmt.Sprint(got.Counts) != row.counts {
			t.Errorf("%s: %d, %d gains and %d losses, truncated %t, counts %v", row.body, w.Code, len(got.Gains), len(got.Loses), got.Truncated, got.Counts)
		}
	}
}

// Somebody is told of whom he sees before the change or after it, and of nothing in tenants that are none of his.
func TestDryRunTellsOfWhoComesAndGoes(t *testing.T) {
	w := newWorld(t)
	both := "/native/v1/users/" + people(t, w.Stage)["both"].ID.String()
	vic := "/native/v1/users/" + people(t, w.Stage)["vic"].ID.String()
	for _, row := range []struct {
		who, method, path, body string
		gains, loses            bool
	}{
		{"ann", http.MethodPost, "/native/v1/users", `{"email":"new@acme.io","name":"New","roles":[{"role":"client_viewer"}]}`, true, false},
		{"ann", http.MethodPost, vic + "/purge", "", false, true},
		{"ann", http.MethodPatch, both, `{"tenants":[]}`, false, true}, // those that they are shown
		{"bea", http.MethodPatch, both, `{"tenants":[]}`, false, true},
	} {
		a := w.As(row.who).Must(t, map[bool]int{true: 201, false: 200}[row.gains], row.method, row.path+"?dry_run=true", row.body)
		var got struct{ Gains, Loses []struct{ Tenant string } }
		a.Decode(t, &got)
		if (len(got.Gains) > 0) != row.gains || (len(got.Loses) > 0) != row.loses {
			t.Errorf("%s %s %s: %s", row.who, row.method, row.path, a.Body)
		}
		own := map[string]uuid.UUID{"ann": w.acme, "bea": w.beta}[row.who].String()
		for _, h := range slices.Concat(got.Gains, got.Loses) {
			if h.Tenant != own {
				t.Errorf("%s is told of %s: %s", row.who, h.Tenant, a.Body)
			}
		}
	}
}
