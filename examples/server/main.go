// Server runs every API of this module over one store: on an SQLite file, or in memory.
//
//	go run ./examples/server
//
// The first start makes an administrator and prints his password; every start prints where it listens, and that line comes last. What is printed for
// people goes to standard output, the access log to standard error. A server that cannot start says why in one line on standard error and ends with
// exit status 1; SIGINT and SIGTERM let the requests in hand finish and end it with 0.
//
// Where the data is kept is here; the rest it shares with examples/postgres, in examples/internal/daemon.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed-06a6a295/rolebook/examples/internal/daemon"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
)

// inMemory is the value of -db for a store without a file.
const inMemory = "memory:"

func main() { program().Main() }

func program() daemon.Program {
	return daemon.Program{DB: "rolebook.db", Help: "keep the data in this SQLite `file`, or in " + inMemory, Open: open}
}

// open opens the store in a file, or in memory.
func open(ctx context.Context, db string, create bool) (*daemon.Data, error) {
	if db == inMemory {
		return &daemon.Data{Store: memory.New(), Name: db, Close: func() error { return nil }}, nil
	}
	if err := reserve(db, create); err != nil {
		return nil, err
	}
	s, err := sqlite.Open(ctx, db, sqlite.Options{})
	if errors.Is(err, sqlite.ErrNoCgo) {
		return nil, fmt.Errorf("this program was built without cgo, which SQLite needs: build it with CGO_ENABLED=1, or use -db %s", inMemory)
	}
	if err != nil {
		return nil, err
	}
	return &daemon.Data{Store: s, Name: db, Close: s.Close}, nil
}

// reserve makes sure of the file: one that SQLite makes, everybody on the machine could read.
func reserve(file string, create bool) error {
	flags := 0
	if create {
		flags = os.O_CREATE
	}
	f, err := os.OpenFile(file, flags, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
