package daemon

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// open opens the data that -db names, and returns them with the seeded book over them.
func (p Program) open(ctx context.Context, db string, create bool) (*Data, *store.Book, error) {
	data, err := p.Open(ctx, db, create)
	if err != nil {
		return nil, nil, err
	}
	book, err := store.Connect(ctx, data.Store, store.Options{})
	if err == nil {
		err = book.Seed(ctx, perms.System("server"), msp.Preset())
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%s: %w", data.Name, err), data.Close())
	}
	return data, book, nil
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
func (p Program) resetPassword(ctx context.Context, o options, stdout io.Writer) (err error) {
	data, book, err := p.open(ctx, o.db, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
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
