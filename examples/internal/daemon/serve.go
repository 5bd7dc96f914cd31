package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/store"
)

// grace is how long requests in hand may take to finish when the server is told to end.
const grace = 10 * time.Second

// serve answers requests until ctx ends.
func (p Program) serve(ctx context.Context, o options, stdout, stderr io.Writer) (err error) {
	listener, err := net.Listen("tcp", o.addr) // first: a busy port must not cost the password that the first start prints
	if err != nil {
		return err
	}
	defer listener.Close()
	data, book, err := p.open(ctx, o.db, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	fmt.Fprintf(stdout, "data in %s\n", data.Name)
	if err := prepare(ctx, book, o, stdout); err != nil {
		return err
	}
	home := "http://" + listener.Addr().String()
	logs := slog.NewTextHandler(stderr, nil)
	host, err := newHost(book, home, o, slog.New(logs))
	if err != nil {
		return err
	}
	host.mount(o.root, stdout)
	if data.Extend != nil {
		running, end := context.WithCancel(context.WithoutCancel(ctx))
		defer end()
		if err := data.Extend(running, host); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "listening on %s\n", home)
	return answerUntil(ctx, listener, newServer(host.Mux, logs), grace)
}

// prepare puts into the store what a server begins with.
func prepare(ctx context.Context, book *store.Book, o options, stdout io.Writer) error {
	if err := bootstrap(ctx, book, o, stdout); err != nil {
		return err
	}
	if !o.demo {
		return nil
	}
	if err := fill(ctx, book, stdout); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// newServer returns a server that no slow or talkative client can occupy.
func newServer(h http.Handler, logs slog.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ErrorLog:          slog.NewLogLogger(logs, slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
}

// mount is an API under its prefix.
type mount struct {
	prefix string
	api    http.Handler
}

// newHost returns a server at an address, without anything mounted.
func newHost(book *store.Book, home string, o options, log *slog.Logger) (*Host, error) {
	invites := home + "/invite/"
	if o.inviteBase != nil {
		invites = *o.inviteBase
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book), InviteURL: invites, Logger: log})
	return &Host{Book: book, API: api, Mux: http.NewServeMux(), Log: log}, err
}

// mount mounts the APIs by prefix, some of them by their own paths too, and lists the prefixes at the root.
func (h *Host) mount(root []string, stdout io.Writer) {
	apis := []mount{
		{"/msp", msp.Handler(h.API, nil)},
		{"/company", company.Handler(h.API, nil)},
		{"/locator", locator.Handler(h.API, nil)},
		{"/teams", teams.Handler(h.API, &teams.Options{BaseURL: "/teams"})},
		{"/native", native.Handler(h.API, nil)},
	}
	h.Mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		for _, m := range apis {
			fmt.Fprintln(w, m.prefix)
		}
	})
	for _, m := range apis {
		fmt.Fprintf(stdout, "mounted %s\n", m.prefix)
		h.Mux.Handle(m.prefix+"/", http.StripPrefix(m.prefix, m.api))
		if name := strings.TrimPrefix(m.prefix, "/"); slices.Contains(root, name) {
			h.Mux.Handle(rootPaths[name], m.api)
		}
	}
	for _, name := range root {
		fmt.Fprintf(stdout, "mounted /%s at %s\n", name, rootPaths[name])
	}
}

// answerUntil runs the server until ctx ends, and then lets the requests in hand finish.
func answerUntil(ctx context.Context, listener net.Listener, server *http.Server, grace time.Duration) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return errors.Join(fmt.Errorf("requests were cut off: %w", err), server.Close())
	}
	return nil
}
