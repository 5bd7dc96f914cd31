// External is a host that had accounts and sessions of its own before rolebook came: its table says who may sign in, rolebook says who may do what.
//
// The two meet in one value: a user of rolebook's has the id of the host's account as External. The host's [host.Authenticate] translates it, so that the APIs
// and the guarded routes know the host's sessions; [host.may] asks by it. An account and its user are made and deleted in one transaction.
//
// The rule people get wrong: no right is written down twice. The host's table has no column for administrators, and nobody has a password in rolebook.
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
)

// system is in whose name the host acts where no user asks.
var system = perms.System("host")

// host is what there was before: accounts in a table, sessions by a cookie.
type host struct {
	store    *sqlite.Store
	book     *store.Book
	sessions sync.Map // account ids (int64), by token
}

// open opens the host's database, with rolebook's tables beside its own.
func open(ctx context.Context, file string) (*host, error) {
	const accounts = `create table if not exists accounts (id integer primary key autoincrement, email text not null unique)`
	s, err := sqlite.Open(ctx, file, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if _, err := s.DB().ExecContext(ctx, accounts); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	book, err := store.Connect(ctx, s, store.Options{Catalog: perms.NewCatalog("reports.read")})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &host{store: s, book: book}, nil
}

// register makes an account, and its user with some roles. The e-mail is in both: the host's signs in, rolebook's is what administrators see.
func (h *host) register(ctx context.Context, email string, roles ...string) (account int64, err error) {
	const insert = `
		insert into accounts (email)
		values (?)
		returning id`
	err = h.inTx(ctx, func(tx *sql.Tx, book *store.Book) error {
		if err := tx.QueryRowContext(ctx, insert, email).Scan(&account); err != nil {
			return err
		}
		_, err := book.Users.Create(ctx, system, users.New{External: external(account), Email: email, Name: email, Roles: roles})
		return err
	})
	return account, err
}

// remove deletes an account, and its user.
func (h *host) remove(ctx context.Context, account int64) error {
	const remove = `
		delete from accounts
		where id = ?`
	return h.inTx(ctx, func(tx *sql.Tx, book *store.Book) error {
		if _, err := tx.ExecContext(ctx, remove, account); err != nil {
			return err
		}
		u, err := userOf(ctx, book, account)
		if err != nil {
			return err
		}
		_, err = book.Users.Do(ctx, system, u.ID, users.Delete)
		return err
	})
}

// external is how rolebook writes the id of an account.
func external(account int64) string { return strconv.FormatInt(account, 10) }

// userOf returns the user of an account: one look-up by an index. A host that wants to save it keeps the user's ID beside the account.
func userOf(ctx context.Context, book *store.Book, account int64) (users.User, error) {
	found, err := book.Users.Search(ctx, system, users.Search{External: external(account), Limit: 1})
	if err != nil {
		return users.User{}, err
	}
	if len(found) == 0 {
		return users.User{}, users.ErrNotFound
	}
	return found[0], nil
}

// may is a check by the host's own id. Nobody may do anything without a user.
func (h *host) may(ctx context.Context, account int64, p perms.Permission) (bool, error) {
	u, err := userOf(ctx, h.book, account)
	if errors.Is(err, users.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	d, err := h.book.Perms.Check(ctx, u.ID, p, perms.Home)
	return d.Allowed, err
}

// cookie is where a browser keeps the token of a session.
const cookie = "session"

// signIn returns the cookie of a new session. How the host has made sure who it is, by a password or by a provider of identities, is its own affair.
func (h *host) signIn(account int64) *http.Cookie {
	token := rand.Text()
	h.sessions.Store(token, account)
	return &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode}
}

// Authenticate implements [httpapi.Authenticator]: it says whose session a request belongs to. Whether the user is active is asked behind it, each time.
func (h *host) Authenticate(r *http.Request) (httpapi.Principal, error) {
	sent, err := r.Cookie(cookie)
	if err != nil {
		return httpapi.Principal{}, httpapi.ErrNoCredentials
	}
	account, ok := h.sessions.Load(sent.Value)
	if !ok {
		return httpapi.Principal{}, httpapi.ErrBadCredentials
	}
	u, err := userOf(r.Context(), h.book, account.(int64))
	if errors.Is(err, users.ErrNotFound) {
		return httpapi.Principal{}, httpapi.ErrBadCredentials
	}
	return httpapi.Principal{User: u.ID}, err
}

// handler has a route of the host's and the API that administers rights. A browser sends the cookie whoever makes it ask: requests that come from the pages of
// others are refused.
func (h *host) handler() (http.Handler, error) {
	api, err := httpapi.New(h.book, httpapi.Options{Authenticator: h})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /reports", api.Require("reports.read", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "all is well")
	})))
	mux.Handle("/admin/", http.StripPrefix("/admin", native.Handler(api, nil)))
	return http.NewCrossOriginProtection().Handler(mux), nil
}

func main() {
	dir, err := os.MkdirTemp("", "external")
	check(err)
	defer os.RemoveAll(dir)
	ctx := context.Background()
	h, err := open(ctx, filepath.Join(dir, "host.db"))
	check(err)
	defer h.store.Close()
	reader, err := h.book.Roles.Create(ctx, system, roles.New{Name: "reader", Permissions: []string{"reports.read"}})
	check(err)

	ann, err := h.register(ctx, "ann@example.com", reader.Key)
	check(err)
	ok, err := h.may(ctx, ann, "reports.read")
	fmt.Println(ok, err)
	check(h.remove(ctx, ann))
	ok, err = h.may(ctx, ann, "reports.read")
	fmt.Println(ok, err)
}

// inTx runs fn in a transaction of the host's, with the book inside it (see examples/hosttx).
func (h *host) inTx(ctx context.Context, fn func(tx *sql.Tx, book *store.Book) error) error {
	tx, err := h.store.DB().BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	joined := h.store.Join(tx)
	if err := fn(tx, h.book.On(joined)); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if err := joined.Committed(context.WithoutCancel(ctx)); err != nil {
		log.Printf("not visible at once: %v", err)
	}
	return nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
