// Package daemon is what the example servers share: the flags, the first administrator, the demonstration, the APIs, and how the process begins and ends.
//
// A [Program] adds what makes it another server: where the data is kept, and what it has beside the APIs.
//
// The rule people get wrong: what -db says may hold a password. Only [Data.Name] is printed.
package daemon

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/store"
)

// Program is one of the servers.
type Program struct {
	DB   string // what -db is by default; "" if it has to be given
	Help string // about -db
	// Open opens the store that -db names, with the schema that this version needs. Unless create says so, it makes no new database.
	Open func(ctx context.Context, db string, create bool) (*Data, error)
}

// Data is where a server keeps its data.
type Data struct {
	Store store.Store
	Name  string       // what is printed of it
	Close func() error // is called in the end
	// Extend adds what a program has beside the APIs, before the server listens; nil for nothing. The ctx ends after the last request, before Close.
	Extend func(ctx context.Context, h *Host) error
}

// Host is what a program can extend.
type Host struct {
	Book *store.Book
	API  *httpapi.API
	Mux  *http.ServeMux
	Log  *slog.Logger
}

// Main runs the program until a signal ends it. It does not return.
func (p Program) Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(p.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Run is the program: it ends when ctx does, or cannot start, and returns the exit status.
func (p Program) Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := p.start(ctx, args, stdout, stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return 0
	}
	fmt.Fprintf(stderr, "server: %s\n", strings.Join(strings.Fields(err.Error()), " ")) // one line, whatever is in it
	return 1
}

func (p Program) start(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := p.parse(args, stdout)
	if err != nil {
		return err
	}
	if o.reset != nil {
		return p.resetPassword(ctx, o, stdout)
	}
	return p.serve(ctx, o, stdout, stderr)
}
