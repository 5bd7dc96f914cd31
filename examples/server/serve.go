package main

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
func serve(ctx context.Context, o options, stdout, stderr io.Writer) (err error) {
	listener, err := net.Listen("tcp", o.addr) // first: a busy port must not cost the password that the first start prints
	if err != nil {
		return err
	}
	defer listener.Close()
	book, closeStore, err := open(ctx, o.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	fmt.Fprintf(stdout, "data in %s\n", o.db)
	if err := bootstrap(ctx, book, o, stdout); err != nil {
		return err
	}
	if o.demo {
		if err := fill(ctx, book, stdout); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	home := "http://" + listener.Addr().String()
	invites := home + "/invite/"
	if o.inviteBase != nil {
		invites = *o.inviteBase
	}
	logs := slog.NewTextHandler(stderr, nil)
	apis, err := mounts(book, httpapi.Options{
		Authenticator: httpapi.Sessions(book),
		InviteURL:     invites,
		Logger:        slog.New(logs),
	})
	if err != nil {
		return err
	}
	for _, m := range apis {
		fmt.Fprintf(stdout, "mounted %s\n", m.prefix)
	}
	for _, name := range o.root {
		fmt.Fprintf(stdout, "mounted /%s at %s\n", name, rootPaths[name])
	}
	fmt.Fprintf(stdout, "listening on %s\n", home)
	return answerUntil(ctx, listener, newServer(handler(apis, o.root), logs), grace)
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

// mounts returns the APIs that the server has.
func mounts(book *store.Book, o httpapi.Options) ([]mount, error) {
	api, err := httpapi.New(book, o)
	if err != nil {
		return nil, err
	}
	return []mount{
		{"/msp", msp.Handler(api, nil)},
		{"/company", company.Handler(api, nil)},
		{"/locator", locator.Handler(api, nil)},
		{"/teams", teams.Handler(api, &teams.Options{BaseURL: "/teams"})},
		{"/native", native.Handler(api, nil)},
	}, nil
}

// handler routes to the APIs by prefix, to some of them by their own paths too, and lists the prefixes at the root.
func handler(apis []mount, root []string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		for _, m := range apis {
			fmt.Fprintln(w, m.prefix)
		}
	})
	for _, m := range apis {
		mux.Handle(m.prefix+"/", http.StripPrefix(m.prefix, m.api))
		if name := strings.TrimPrefix(m.prefix, "/"); slices.Contains(root, name) {
			mux.Handle(rootPaths[name], m.api)
		}
	}
	return mux
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
