package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// open returns the seeded book that -db names, and a function that closes its store.
func open(ctx context.Context, db string) (*store.Book, func() error, error) {
	s, closeStore, err := openStore(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	book, err := store.Connect(ctx, s, store.Options{})
	if err == nil {
		err = book.Seed(ctx, perms.System("server"), msp.Preset())
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", db, err), closeStore())
	}
	return book, closeStore, nil
}

// openStore opens the store that -db names, with the schema that this version needs.
func openStore(ctx context.Context, db string) (store.Store, func() error, error) {
	if db == inMemory {
		return memory.New(), func() error { return nil }, nil
	}
	file, err := os.OpenFile(db, os.O_CREATE, 0o600) // SQLite would let everybody on the machine read it
	if err != nil {
		return nil, nil, err
	}
	if err := file.Close(); err != nil {
		return nil, nil, err
	}
	s, err := sqlite.Open(ctx, db, sqlite.Options{})
	if errors.Is(err, sqlite.ErrNoCgo) {
		return nil, nil, fmt.Errorf("this program was built without cgo, which SQLite needs: build it with CGO_ENABLED=1, or use -db %s", inMemory)
	}
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// bootstrap makes the first administrator of a store without users, and prints the password if it has been generated.
func bootstrap(ctx context.Context, book *store.Book, o options, stdout io.Writer) error {
	name, _, _ := strings.Cut(o.adminEmail, "@")
	admin := users.New{Email: o.adminEmail, Name: name, Password: rand.Text(), Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant}}
	printed := " password " + admin.Password
	if o.adminPassword != nil {
		admin.Password, printed = *o.adminPassword, ""
	}
	if err := book.Users.Validate(admin); err != nil { // on every start, not only on the one that uses it
		return fmt.Errorf("administrator: %w", err)
	}
	_, created, err := book.Bootstrap(ctx, admin)
	if err != nil {
		return err
	}
	if created {
		fmt.Fprintf(stdout, "administrator %s%s\n", admin.Email, printed)
	}
	return nil
}

// resetPassword gives a user a new password, which ends his sessions, and prints it. It is the way back for an administrator who has lost his.
func resetPassword(ctx context.Context, o options, stdout io.Writer) (err error) {
	if _, err := os.Stat(o.db); o.db != inMemory && err != nil { // opening would make it
		return err
	}
	book, closeStore, err := open(ctx, o.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	system := perms.System("server -reset-password")
	u, err := book.Users.Lookup(ctx, system, users.Needs(perms.UsersRead), *o.reset)
	if errors.Is(err, users.ErrNotFound) {
		return fmt.Errorf("no user has the e-mail %q", *o.reset)
	}
	if err != nil {
		return err
	}
	password := rand.Text()
	if err := book.Users.SetPassword(ctx, system, u.ID, password, false); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "user %s password %s\n", u.Email, password)
	return nil
}
