// Package use uses the clients that are generated from the OpenAPI documents. It is compiled with them, and not without: see TestGeneratedClients.
package use

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/internal/integration/client/testdata/use/native"
	"github.com/seed-06a6a295/rolebook/internal/matrix"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
)

// TestClients lets each client do what a host does first, on a server of its own.
func TestClients(t *testing.T) {
	for name, do := range map[string]func(*testing.T, server){
		"msp": useMSP, "company": useCompany, "locator": useLocator, "teams": useTeams, "native": useNative,
	} {
		t.Run(name, func(t *testing.T) { do(t, start(t)) })
	}
}

// server is a server of all the APIs, with the people of the transcripts.
type server struct{ url string }

func start(t *testing.T) server {
	t.Helper()
	host := matrix.Host("server", func(_ testing.TB, clock func() time.Time) store.Store {
		return memory.NewWith(memory.Options{Clock: clock})
	})
	var apis http.Handler
	mount := host.Mount
	host.Mount = func(book *store.Book) (_ http.Handler, err error) {
		apis, err = mount(book)
		return apis, err
	}
	host.Start(t)
	s := httptest.NewServer(apis)
	t.Cleanup(s.Close)
	return server{s.URL}
}

// token signs somebody of the transcripts in.
func (s server) token(t *testing.T, name, email string) string {
	t.Helper()
	guest, err := native.NewClientWithResponses(s.url + "/native")
	if err != nil {
		t.Fatal(err)
	}
	return got(guest.SignInWithResponse(t.Context(), native.Credentials{Email: email, Password: name + "-river-2041"})).of(t, 201).JSON201.Token
}

// header returns what puts a header into every request of a client.
func header(name, value string) func(context.Context, *http.Request) error {
	return func(_ context.Context, r *http.Request) error {
		r.Header.Set(name, value)
		return nil
	}
}

// answer is what the generated clients return: a body decoded by its status, or not at all.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// outcome is an answer or an error.
type outcome[A answer] struct {
	answer A
	err    error
}

func got[A answer](a A, err error) outcome[A] { return outcome[A]{a, err} }

// of returns the answer, which must have a status.
func (o outcome[A]) of(t *testing.T, status int) A {
	t.Helper()
	if o.err != nil {
		t.Fatal(o.err)
	}
	if o.answer.StatusCode() != status {
		t.Fatalf("answered %d %s, want %d", o.answer.StatusCode(), o.answer.GetBody(), status)
	}
	return o.answer
}

func equal[T comparable](t *testing.T, what string, is, want T) {
	t.Helper()
	if is != want {
		t.Errorf("%s is %v, want %v", what, is, want)
	}
}
