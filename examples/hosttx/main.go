// Hosttx is a shop whose orders and whose users are one database. A first order makes two rows of the shop's and a user of rolebook's, in one transaction:
// all of them come into being, or none does.
//
// [shop.inTx] is what another host can copy: it begins a transaction, joins the store to it, hands both out, and tells the store of the commit.
//
// The rule people get wrong: rolebook's first change keeps every other writer waiting until the transaction ends. The host's own statements come first where
// they can, and nothing slow (a payment, a mail) is inside.
package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

var errSoldOut = errors.New("sold out")

// shop is the host.
type shop struct {
	store *sqlite.Store
	book  *store.Book
	buyer string // the key of the role that a buyer has
}

// inTx runs fn in a transaction of the shop's, with the book inside it. If fn fails, or the commit does, nothing of either has happened.
func (s *shop) inTx(ctx context.Context, fn func(tx *sql.Tx, book *store.Book) error) error {
	tx, err := s.store.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit it does nothing
	joined := s.store.Join(tx)
	if err := fn(tx, s.book.On(joined)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	// The change stands, whatever comes of this: it makes it visible here at once, which would else take up to store.Options.MaxStaleness.
	if err := joined.Committed(context.WithoutCancel(ctx)); err != nil {
		log.Printf("not visible at once: %v", err)
	}
	return nil
}

// order sells an item to somebody new.
func (s *shop) order(ctx context.Context, email, item string) (buyer users.User, err error) {
	err = s.inTx(ctx, func(tx *sql.Tx, book *store.Book) error {
		if err := take(ctx, tx, item); err != nil {
			return err
		}
		in := users.New{Email: email, Name: email, Roles: []string{s.buyer}}
		if buyer, err = book.Users.Create(ctx, perms.System("shop").Because("first order"), in); err != nil {
			return err
		}
		return add(ctx, tx, buyer, item)
	})
	if err != nil {
		return users.User{}, fmt.Errorf("order %s: %w", item, err)
	}
	return buyer, nil
}

// take takes one of an item from the stock.
func take(ctx context.Context, tx *sql.Tx, item string) error {
	const statement = `
		update stock
		set remaining = remaining - 1
		where item = ? and remaining > 0`
	result, err := tx.ExecContext(ctx, statement, item)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errSoldOut)
	}
	return nil
}

// add adds an order.
func add(ctx context.Context, tx *sql.Tx, buyer users.User, item string) error {
	const statement = `
		insert into orders (buyer, item)
		values (?, ?)`
	_, err := tx.ExecContext(ctx, statement, buyer.ID.String(), item)
	return err
}

// open opens the shop in a file: its own tables beside rolebook's. None of them refers to a rolebook table: who is purged is gone there, and his orders stay.
func open(ctx context.Context, file string, o store.Options) (*shop, error) {
	const tables = `
		create table if not exists stock (item text primary key, remaining integer not null);
		create table if not exists orders (buyer text not null, item text not null references stock (item));
		insert into stock values ('tent', 2) on conflict do nothing`
	s, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := s.DB().ExecContext(ctx, tables); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	o.Catalog = perms.NewCatalog("orders.view", "orders.refund")
	book, err := store.Connect(ctx, s, o)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	role, err := book.Roles.Create(ctx, perms.System("setup"), roles.New{Name: "buyer", Permissions: []string{"orders.view"}})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &shop{s, book, role.Key}, nil
}

func main() {
	dir, err := os.MkdirTemp("", "shop")
	check(err)
	defer os.RemoveAll(dir)
	ctx := context.Background()
	s, err := open(ctx, filepath.Join(dir, "shop.db"), store.Options{})
	check(err)
	defer s.store.Close()

	ann, err := s.order(ctx, "ann@example.com", "tent")
	check(err)
	fmt.Println("ann may view orders:", s.book.Perms.Can(ctx, ann.ID, "orders.view", perms.Home))

	_, err = s.order(ctx, "ann@example.com", "tent") // rolebook refuses: the tent is back in the stock
	fmt.Println("ann again:", errors.Is(err, users.ErrAddressTaken))
	_, err = s.order(ctx, "bob@example.com", "tent")
	check(err)
	_, err = s.order(ctx, "eve@example.com", "tent") // the shop refuses: there is no user eve
	fmt.Println("eve:", errors.Is(err, errSoldOut))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
