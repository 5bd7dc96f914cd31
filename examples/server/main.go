// Server runs every API of this module over one store: on an SQLite file, or in memory.
//
//	go run ./examples/server
//
// The first start makes an administrator and prints his password; every start prints where it listens, and that line comes last. What is printed for
// people goes to standard output, the access log to standard error. A server that cannot start says why in one line on standard error and ends with
// exit status 1; SIGINT and SIGTERM let the requests in hand finish and end it with 0.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program: it ends when ctx does, or cannot start, and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := start(ctx, args, stdout, stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) || errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return 0
	}
	fmt.Fprintf(stderr, "server: %s\n", strings.Join(strings.Fields(err.Error()), " ")) // one line, whatever is in it
	return 1
}

func start(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stdout)
	if err != nil {
		return err
	}
	if o.reset != nil {
		return resetPassword(ctx, o, stdout)
	}
	return serve(ctx, o, stdout, stderr)
}
