package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// Options are what a host decides about its API. Only the Authenticator is required; the zero value of everything else works.
type Options struct {
	// Authenticator says who asks: [Sessions], or the host's own.
	Authenticator Authenticator
	// Issue makes the token that an API answers to whom it has just given an account. Nil is that of [Sessions] where that is the Authenticator;
	// beside a host's own there is then no token in such answers.
	Issue func(ctx context.Context, user uuid.UUID) (token string, err error)
	// ClientAddr returns the remote address under which failed sign-ins count, for servers behind a proxy: otherwise all of them share the
	// proxy's. Nil is the connection's own.
	ClientAddr func(*http.Request) string
	// RateLimit bounds the requests of each caller; nil does not.
	RateLimit *RateLimit
	// CurrentTenant returns the tenant in which a caller who is not staff acts, for instance by the request's Host; nil is his home tenant. A
	// tenant outside of his scope, or [uuid.Nil], gives him no right. APIs in which a caller acts in all of his tenants do not ask.
	CurrentTenant func(*http.Request, users.User) uuid.UUID
	// InviteURL is what stands before the token in the address of an invite. The tenant's slug replaces "{slug}" in it, and "{slug}." goes where
	// there is no tenant. It is never taken from a request.
	InviteURL string
	// Logger gets one line for each request, and the causes of answers with status 500. Nil is silent.
	Logger *slog.Logger
}

// API serves one book. It is safe for any number of goroutines.
type API struct {
	book    *store.Book
	opts    Options
	log     *slog.Logger
	limiter *limiter
}

// ErrNoAuthenticator says that the API would have no way to know who asks.
var ErrNoAuthenticator = errors.New("httpapi: no authenticator")

// New returns the API of a book. Without an Authenticator it is [ErrNoAuthenticator].
func New(book *store.Book, o Options) (*API, error) {
	if o.Authenticator == nil {
		return nil, ErrNoAuthenticator
	}
	if own, ok := o.Authenticator.(*SessionAuthenticator); ok && o.Issue == nil {
		o.Issue = own.Issue
	}
	if o.ClientAddr == nil {
		o.ClientAddr = connectionAddr
	}
	a := &API{book: book, opts: o, log: o.Logger}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if o.RateLimit != nil {
		a.limiter = newLimiter(*o.RateLimit)
	}
	return a, nil
}

// connectionAddr returns the address of the connection, without its port.
func connectionAddr(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// currentTenant returns the tenant in which a caller acts who is not staff.
func (a *API) currentTenant(r *http.Request, u users.User) uuid.UUID {
	if a.opts.CurrentTenant != nil {
		return a.opts.CurrentTenant(r, u)
	}
	home, _ := u.Home()
	return home
}

// inviteURL returns the address at which a token is used.
func (a *API) inviteURL(slug, token string) string {
	base := a.opts.InviteURL
	if slug == "" {
		base = strings.ReplaceAll(base, "{slug}.", "")
	}
	return strings.ReplaceAll(base, "{slug}", slug) + token
}

// retryAfter is what an answer with status 503 tells the client to wait.
const retryAfter = time.Second
