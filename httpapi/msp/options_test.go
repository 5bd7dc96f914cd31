package msp_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/internal/transcript"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// onMemoryWith returns the server with other options of the API.
func onMemoryWith(o httpapi.Options) transcript.Host {
	host := onMemory()
	host.Mount = transcript.Mount(o, mount)
	return host
}

// foreign is a host's own authenticator, in front of the same sessions.
type foreign struct{ httpapi.Authenticator }

// Beside a host's own authenticator the answer to an acceptance has a token only if the host makes one. The account is made in any case.
func TestIssue(t *testing.T) {
	for _, c := range []struct {
		name  string
		issue func(context.Context, uuid.UUID) (string, error)
		want  string
	}{
		{"without Issue", nil, `Z"}`},
		{"with Issue", func(context.Context, uuid.UUID) (string, error) { return "made-here", nil }, `Z","access_token":"made-here","token_type":"bearer"}`},
		{"with one that fails", func(context.Context, uuid.UUID) (string, error) { return "", context.DeadlineExceeded }, `Z"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := onMemory()
			host.Mount = func(book *store.Book) (http.Handler, error) {
				return transcript.Mount(httpapi.Options{Authenticator: foreign{httpapi.Sessions(book)}, Issue: c.issue}, mount)(book)
			}
			stage := host.Start(t)
			var made struct{ Token string }
			stage.As("ann").Must(t, http.StatusCreated, "POST", "/msp/api/invites", `{"email":"new@acme.io","role_id":5}`).Decode(t, &made)
			answer := stage.As("guest").Must(t, http.StatusCreated, "POST", "/msp/api/invites/accept", accept(made.Token))
			if !strings.HasSuffix(answer.Body, c.want) {
				t.Errorf("%s", answer.Body)
			}
		})
	}
}

// A caller who is not staff acts in his current tenant: the host's choice, within his scope.
func TestCurrentTenant(t *testing.T) {
	var current uuid.UUID
	stage := onMemoryWith(httpapi.Options{CurrentTenant: func(*http.Request, users.User) uuid.UUID { return current }}).Start(t)
	stage.Overwrite(t, 3, func(u *users.User) { u.Tenants = append(u.Tenants, perms.TenantOf(stage.Tenant(t, 3))) })
	shows := func(want ...string) {
		t.Helper()
		body := stage.As("ann").Must(t, http.StatusOK, "GET", "/msp/api/users", "").Body
		if strings.Count(body, `"id":`)/2 != len(want) {
			t.Errorf("%s, want %v", body, want)
		}
		for _, email := range want {
			if !strings.Contains(body, email) {
				t.Errorf("%s, want %v", body, want)
			}
		}
	}
	current = stage.Tenant(t, 2)
	shows("ann@acme.io", "mia@acme.io", "vic@acme.io")
	current = stage.Tenant(t, 3)
	shows("bea@beta.io")
	stage.Must(t, http.StatusNotFound, "PUT", "/msp/api/users/5", vicIs)
	stage.Must(t, http.StatusForbidden, "POST", "/msp/api/users", newcomer)
	stage.Must(t, http.StatusOK, "GET", "/msp/api/users/3/permissions", "") // herself, wherever she is
	var made struct {
		TenantID int64 `json:"tenant_id"`
	}
	stage.Must(t, http.StatusCreated, "POST", "/msp/api/users", replaced(newcomer, "tenant_id", "3")).Decode(t, &made)
	if made.TenantID != 3 {
		t.Errorf("created in %d", made.TenantID)
	}
	for _, current = range []uuid.UUID{stage.Tenant(t, 1), uuid.Nil} {
		stage.Must(t, http.StatusForbidden, "GET", "/msp/api/users", "")
		stage.Must(t, http.StatusForbidden, "POST", "/msp/api/users", newcomer)
	}
	stage.As("root").Must(t, http.StatusOK, "PUT", "/msp/api/users/5", vicIs) // staff acts everywhere
}

// Failures count under the address that the host names.
func TestClientAddr(t *testing.T) {
	addr := "203.0.113.1"
	stage := onMemoryWith(httpapi.Options{ClientAddr: func(*http.Request) string { return addr }}).Start(t)
	stage.As("guest")
	for i := range 100 {
		stage.Must(t, http.StatusNotFound, "GET", validate+unknown(i), "")
	}
	stage.Must(t, http.StatusTooManyRequests, "GET", validate+unknown(1000), "")
	addr = "203.0.113.2"
	stage.Must(t, http.StatusNotFound, "GET", validate+unknown(1000), "")
}
