package rate_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/httpapi"
	"github.com/seed-06a6a295/rolebook/httpapi/company"
	"github.com/seed-06a6a295/rolebook/httpapi/locator"
	"github.com/seed-06a6a295/rolebook/httpapi/msp"
	"github.com/seed-06a6a295/rolebook/httpapi/native"
	"github.com/seed-06a6a295/rolebook/httpapi/teams"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/sqlstore"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// The size of the database: 100,000 users, most of them in tenants of 1,000, and the rest of them in one of 50.
const (
	allUsers    = 100_000
	tenantUsers = 1_000
	smallUsers  = 50
)

// world is a database that has been built: a file to be copied, and what a client knows of it.
type world struct {
	dir, path string
	root, ann string      // tokens: of who may do everything everywhere, and of the admin of the small tenant
	ids       []uuid.UUID // of the first users, by their number less the first one
	first     int64       // number of a user of the first tenant of 1,000, which is the second tenant of all
	copies    int
}

func cheap(b *testing.B) *password.Hasher {
	h, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

// databases opens a file as sqlite.Open does: one connection that writes, several that read, every commit on the disk.
func databases(b *testing.B, driver, path string) (write, read *sql.DB) {
	base := url.Values{"_busy_timeout": {"5000"}, "_foreign_keys": {"on"}, "_stmt_cache_size": {"200"}, "_cache_size": {"-65536"}, "mode": {"rwc"}}
	w := url.Values{"_txlock": {"immediate"}, "_journal_mode": {"wal"}, "_synchronous": {"full"}}
	for k, v := range base {
		w[k] = v
	}
	base.Set("_query_only", "on")
	write, err := sql.Open(driver, "file:"+path+"?"+w.Encode())
	if err != nil {
		b.Fatal(err)
	}
	write.SetMaxOpenConns(1)
	if read, err = sql.Open(driver, "file:"+path+"?"+base.Encode()); err != nil {
		b.Fatal(err)
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	b.Cleanup(func() { write.Close(); read.Close() })
	return write, read
}

func open(b *testing.B, driver, path string) store.Store {
	write, read := databases(b, driver, path)
	if err := sqlstore.Migrate(b.Context(), write, sqlstore.SQLite); err != nil {
		b.Fatal(err)
	}
	s, err := sqlstore.New(b.Context(), write, sqlstore.SQLite, sqlstore.Options{Read: read})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// rolebook is all of the APIs over a store.
func rolebook(b *testing.B, s store.Store, hasher *password.Hasher) http.Handler {
	book, err := store.Connect(b.Context(), s, store.Options{Hasher: hasher})
	if err != nil {
		b.Fatal(err)
	}
	api, err := httpapi.New(book, httpapi.Options{Authenticator: httpapi.Sessions(book)})
	if err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	for name, h := range map[string]http.Handler{
		"/msp": msp.Handler(api, nil), "/company": company.Handler(api, nil), "/locator": locator.Handler(api, nil), "/teams": teams.Handler(api, nil),
		"/native": native.Handler(api, nil),
	} {
		mux.Handle(name+"/", http.StripPrefix(name, h))
	}
	return mux
}

// copyOf returns a copy of the built database.
func (w *world) copyOf(b *testing.B) string {
	w.copies++
	to := filepath.Join(w.dir, fmt.Sprintf("copy%d.db", w.copies))
	data, err := os.ReadFile(w.path)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.Remove(to) })
	return to
}

// build fills a database.
func build(b *testing.B) *world {
	dir := b.TempDir()
	w := &world{dir: dir, path: filepath.Join(dir, "built.db")}
	ctx, system := context.Background(), perms.System("build")
	write, _ := databases(b, "sqlite3", w.path)
	s := open(b, "sqlite3", w.path)
	book, err := store.Connect(ctx, s, store.Options{Hasher: cheap(b)})
	if err != nil {
		b.Fatal(err)
	}
	if err := book.Seed(ctx, system, msp.Preset()); err != nil {
		b.Fatal(err)
	}
	viewer, err := book.Roles.Find(ctx, system, roles.ByKey("client_viewer"), perms.RolesRead)
	if err != nil {
		b.Fatal(err)
	}
	w.root = w.signedIn(b, book, users.New{Email: "root@example.com", Given: "Root", Roles: []string{"msp_admin"}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	for left := allUsers; left > 0; left -= tenantUsers {
		w.tenant(b, book, s, viewer.ID, tenantUsers)
	}
	small := w.tenant(b, book, s, viewer.ID, smallUsers-1)
	w.ann = w.signedIn(b, book, users.New{Email: "ann@example.com", Given: "Ann", Roles: []string{"client_admin"}, Tenants: []perms.Tenancy{perms.TenantOf(small)}})
	if _, err := write.Exec("pragma wal_checkpoint(truncate)"); err != nil {
		b.Fatal(err)
	}
	return w
}

// signedIn adds a user and returns a token of his.
func (w *world) signedIn(b *testing.B, book *store.Book, in users.New) string {
	made, err := book.Users.Create(b.Context(), perms.System("build"), in)
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := book.Sessions.Issue(b.Context(), made.ID)
	if err != nil {
		b.Fatal(err)
	}
	return token.Reveal()
}

// tenant adds a tenant with n users who hold a role.
func (w *world) tenant(b *testing.B, book *store.Book, s store.Store, role uuid.UUID, n int) uuid.UUID {
	name := fmt.Sprint("tenant-", len(w.ids)/tenantUsers)
	t, err := book.Tenants.Create(b.Context(), perms.System("build"), users.NewTenant{Name: name, Slug: name})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.InTx(b.Context(), func(tx store.Store) error { return w.fill(b.Context(), tx, t.ID, role, n) }); err != nil {
		b.Fatal(err)
	}
	return t.ID
}

func (w *world) fill(ctx context.Context, tx store.Store, tenant, role uuid.UUID, n int) error {
	now := time.Now().UTC().Truncate(time.Microsecond)
	for range n {
		number, err := tx.NextNumber(ctx, perms.KindUser)
		if err != nil {
			return err
		}
		if len(w.ids) == 0 {
			w.first = number
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		w.ids = append(w.ids, id)
		email := fmt.Sprintf("person%d@example.com", number)
		err = tx.InsertUser(ctx, users.User{ID: id, Number: number, Email: email, Username: email, Name: users.PartsName("Person", fmt.Sprint(number)),
			Status: perms.Active, Tenants: []perms.Tenancy{perms.TenantOf(tenant)}, Roles: []perms.Assignment{{Role: role, Scope: perms.Anywhere}},
			CreatedAt: now, UpdatedAt: now, Version: 1})
		if err != nil {
			return err
		}
	}
	return nil
}
