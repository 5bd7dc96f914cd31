package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/mattn/go-sqlite3"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/storetest"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/session"
)

// faulty is a connector to SQLite whose statements fail on demand.
type faulty struct {
	dsn   string
	after atomic.Int64 // statements that may still succeed; negative for all
	err   error        // of the one that may not
	lost  bool         // the statement is executed before it fails
}

func (f *faulty) Connect(context.Context) (driver.Conn, error) {
	c, err := f.Driver().Open(f.dsn)
	if err != nil {
		return nil, err
	}
	return &faultyConn{c.(*sqlite3.SQLiteConn), f}, nil
}

func (f *faulty) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// fails reports whether the next statement is the one that fails.
func (f *faulty) fails() bool { return f.after.Load() >= 0 && f.after.Add(-1) == -1 }

type faultyConn struct {
	*sqlite3.SQLiteConn
	f *faulty
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	fails := c.f.fails()
	if fails && !c.f.lost {
		return nil, c.f.err
	}
	result, err := c.SQLiteConn.ExecContext(ctx, query, args)
	if fails {
		return nil, c.f.err
	}
	return result, err
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.f.fails() {
		return nil, c.f.err
	}
	return c.SQLiteConn.QueryContext(ctx, query, args)
}

// openFaulty returns a store over one connection, and what makes its statements fail.
func openFaulty(t *testing.T) (*Store, *sql.DB, *faulty) {
	t.Helper()
	f := &faulty{dsn: "file:" + filepath.Join(t.TempDir(), "book.db") + "?_journal_mode=wal&_foreign_keys=on&_synchronous=off"}
	f.after.Store(-1)
	db := sql.OpenDB(f)
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if err := Migrate(t.Context(), db, SQLite); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), db, SQLite, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, db, f
}

// Each statement of each operation fails in turn, until all succeed: what failed has done nothing, in the transaction either, and nothing is left open.
func TestEveryStatementFails(t *testing.T) {
	for name, op := range operations() {
		t.Run(name, func(t *testing.T) {
			s, db, f := openFaulty(t)
			f.err = errors.New("database or disk is full")
			w := newWorld(t, s)
			before := dump(t, s)
			for k := int64(0); ; k++ {
				f.after.Store(k)
				err := s.InTx(t.Context(), func(tx store.Store) error {
					_ = op(t.Context(), tx, w) // an error that is swallowed must not be committed either
					return nil
				})
				untouched := f.after.Load() >= 0
				f.after.Store(-1)
				if open := db.Stats().InUse; open != 0 {
					t.Fatalf("statement %d: %d connections in use", k, open)
				}
				if untouched {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if !errors.Is(err, store.ErrUnavailable) {
					t.Fatalf("statement %d: error is %v", k, err)
				}
				if after := dump(t, s); after != before {
					t.Fatalf("statement %d left\n%s\nof\n%s", k, after, before)
				}
			}
			if dump(t, s) == before {
				t.Error("the operation does nothing")
			}
		})
	}
}

// world is what the operations find.
type world struct {
	tenant users.Tenant
	user   users.User
	role   uuid.UUID
	group  uuid.UUID
	invite invites.Invite
	link   invites.Link
}

var noon = time.Date(2041, 3, 1, 12, 0, 0, 0, time.UTC)

func newWorld(t *testing.T, s *Store) *world {
	t.Helper()
	ctx := t.Context()
	w := &world{role: uuid.New(), group: uuid.New()}
	must(t, s.InTx(ctx, func(tx store.Store) (err error) {
		if w.tenant, err = tx.TenantByNumber(ctx, users.DefaultTenant); err != nil {
			return err
		}
		w.user = w.newUser(1, "ann")
		w.invite = w.newInvite(1, "bob")
		w.link = invites.Link{ID: uuid.New(), Number: 1, Digest: session.Digest{2}, Tenant: w.tenant.ID, CreatedAt: noon}
		role := roles.Role{ID: w.role, Number: 1, Key: "viewer", Name: "Viewer", Scope: perms.Anywhere, CreatedAt: noon, Version: 1}
		group := users.Group{ID: w.group, Number: 1, Tenant: w.tenant.ID, Name: "crew", CreatedAt: noon}
		for _, err := range []error{tx.InsertRole(ctx, role), tx.InsertGroup(ctx, group), tx.InsertUser(ctx, w.user), tx.InsertLink(ctx, w.link)} {
			if err != nil {
				return err
			}
		}
		_, err = tx.InsertInvite(ctx, w.invite)
		return err
	}))
	return w
}

// newUser returns a user with something in every list.
func (w *world) newUser(number int64, name string) users.User {
	return users.User{
		ID: uuid.New(), Number: number, External: name, Email: name + "@example.com", Username: name, Name: users.FullName(name), Status: perms.Active,
		Tenants:   []perms.Tenancy{perms.TenantOf(w.tenant.ID)},
		Roles:     []perms.Assignment{{Role: w.role, Scope: perms.Anywhere}},
		Overrides: []perms.Override{perms.Revoke("assets.delete")},
		Groups:    []uuid.UUID{w.group},
		Objects:   []perms.ObjectGrant{{Tenant: w.tenant.ID, Object: perms.Object{Type: "report", ID: number}}},
		CreatedAt: noon, UpdatedAt: noon, Version: 1,
	}
}

func (w *world) newInvite(number int64, name string) invites.Invite {
	return invites.Invite{ID: uuid.New(), Number: number, Digest: session.Digest{byte(number), 1}, Email: name + "@example.com", Role: w.role,
		Tenant: perms.TenantOf(w.tenant.ID), CreatedAt: noon, ExpiresAt: noon.Add(time.Hour)}
}

// operations are methods that take several statements.
func operations() map[string]func(ctx context.Context, tx store.Store, w *world) error {
	return map[string]func(ctx context.Context, tx store.Store, w *world) error{
		"InsertUser": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.InsertUser(ctx, w.newUser(2, "cy"))
		},
		"UpdateUser": func(ctx context.Context, tx store.Store, w *world) error {
			u := w.newUser(1, "dee")
			u.ID, u.Version, u.Overrides = w.user.ID, 2, nil
			return tx.UpdateUser(ctx, w.user, u)
		},
		"PurgeUser": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.PurgeUser(ctx, w.user.ID, users.Tombstone{ID: w.user.ID, Number: 1, Name: "ann", PurgedAt: noon})
		},
		"SetCredential": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.SetCredential(ctx, w.user.ID, "$argon2id$")
		},
		"SetAvatar": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.SetAvatar(ctx, w.user.ID, users.Avatar{Tag: "t", MediaType: "image/png", Image: []byte{1}})
		},
		"InsertGroup": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.InsertGroup(ctx, users.Group{ID: uuid.New(), Number: 2, Tenant: w.tenant.ID, Name: "new", Objects: w.user.Objects, CreatedAt: noon})
		},
		"UpdateGroup": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.UpdateGroup(ctx, users.Group{ID: w.group, Name: "other", Objects: w.user.Objects})
		},
		"DeleteGroup": func(ctx context.Context, tx store.Store, w *world) error { return tx.DeleteGroup(ctx, w.group) },
		"RemoveMembers": func(ctx context.Context, tx store.Store, w *world) error {
			_, err := tx.RemoveMembers(ctx, w.group, []uuid.UUID{w.user.ID})
			return err
		},
		"InsertInvite": func(ctx context.Context, tx store.Store, w *world) error {
			_, err := tx.InsertInvite(ctx, w.newInvite(2, "bob"))
			return err
		},
		"UseInvite": func(ctx context.Context, tx store.Store, w *world) error {
			return tx.UseInvite(ctx, w.invite.ID, w.user.ID, noon)
		},
		"UseLink": func(ctx context.Context, tx store.Store, w *world) error { return tx.UseLink(ctx, w.link.ID, noon) },
		"DeleteRole": func(ctx context.Context, tx store.Store, w *world) error {
			u := w.user.Clone()
			u.Version, u.Roles = 2, nil
			if err := tx.UpdateUser(ctx, w.user, u); err != nil {
				return err
			}
			return tx.DeleteRole(ctx, w.role, noon.Add(24*time.Hour))
		},
		"Append": func(ctx context.Context, tx store.Store, w *world) error {
			_, err := tx.Append(ctx, perms.Entry{At: noon, Actor: perms.System("test").Ref(), Action: perms.UserUpdate, Tenant: perms.Anywhere,
				Person: w.user.ID, PersonAfter: perms.Members{"email": "ann@example.com"}})
			return err
		},
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dump(t *testing.T, s store.Store) string {
	t.Helper()
	text, err := storetest.Dump(t.Context(), s)
	must(t, err)
	return text
}

// A nested transaction that fails by a statement is undone alone, if the database can go on.
func TestNestedFailure(t *testing.T) {
	s, _, f := openFaulty(t)
	f.err = errors.New("constraint failed")
	w := newWorld(t, s)
	ctx := t.Context()
	kept := w.newUser(2, "cy")
	must(t, s.InTx(ctx, func(tx store.Store) error {
		must(t, tx.InsertUser(ctx, kept))
		err := tx.InTx(ctx, func(tx store.Store) error {
			f.after.Store(3)
			return tx.InsertUser(ctx, w.newUser(3, "dee"))
		})
		if !errors.Is(err, f.err) {
			t.Errorf("the nested transaction ends in %v", err)
		}
		_, err = tx.User(ctx, kept.ID)
		return err
	}))
	found, err := s.Users(ctx, users.Filter{})
	must(t, err)
	if len(found) != 2 || found[1].ID != kept.ID {
		t.Errorf("there are %d users", len(found))
	}
}

// After an error that is not documented, a transaction can only be rolled back, whatever its callback makes of it.
func TestBrokenTransaction(t *testing.T) {
	s, _, f := openFaulty(t)
	f.err = errors.New("constraint failed")
	w := newWorld(t, s)
	ctx, before := t.Context(), dump(t, s)
	err := s.InTx(ctx, func(tx store.Store) error {
		must(t, tx.InsertUser(ctx, w.newUser(2, "cy")))
		f.after.Store(0)
		_, first := tx.Head(ctx)
		if _, again := tx.Head(ctx); again != first || first == nil {
			t.Errorf("errors are %v, then %v", first, again)
		}
		if err := tx.InTx(ctx, func(store.Store) error { return nil }); err != first {
			t.Errorf("a nested transaction is %v", err)
		}
		return nil
	})
	if !errors.Is(err, f.err) {
		t.Errorf("the transaction ends in %v", err)
	}
	if dump(t, s) != before {
		t.Error("it was committed")
	}
}

// A dead connection is replaced before anything is done on it, and not in the middle of a transaction.
func TestDeadConnection(t *testing.T) {
	s, _, f := openFaulty(t)
	f.err = driver.ErrBadConn
	ctx := t.Context()
	for name, use := range map[string]func() error{
		"Head":  func() error { _, err := s.Head(ctx); return err },
		"View":  func() error { return s.View(ctx, func(store.Store) error { return nil }) },
		"InTx":  func() error { return s.InTx(ctx, func(store.Store) error { return nil }) },
		"Clear": func() error { return s.Clear(ctx, "key") },
	} {
		f.after.Store(0)
		if err := use(); err != nil {
			t.Errorf("%s on a dead connection: %v", name, err)
		}
	}
	calls := 0
	err := s.InTx(ctx, func(tx store.Store) error {
		calls++
		f.after.Store(0)
		_, err := tx.Head(ctx)
		return err
	})
	if !errors.Is(err, store.ErrUnavailable) || calls != 1 {
		t.Errorf("a connection that dies in a transaction: %v, after %d calls", err, calls)
	}
}

// A transaction that cannot even be rolled back ends with its connection.
func TestFailedRollback(t *testing.T) {
	s, _, f := openFaulty(t)
	f.err = errors.New("disk I/O error")
	ctx, oops, before := t.Context(), errors.New("oops"), dump(t, s)
	for name, transact := range map[string]func(context.Context, func(tx store.Store) error) error{"InTx": s.InTx, "View": s.View} {
		err := transact(ctx, func(store.Store) error {
			f.after.Store(0)
			return oops
		})
		if err != oops {
			t.Errorf("%s: error is %v", name, err)
		}
		if f.after.Load() >= 0 {
			t.Errorf("%s: nothing was rolled back", name)
		}
		appendOne(t, s)
	}
	if dump(t, s) == before {
		t.Error("nothing was written afterwards")
	}
}

// An update costs what it changes: one statement for the user's row, and what it takes for the list that differs. What he must not have in common with others,
// and what has to be there, is asked by one more.
func TestUpdateWritesWhatDiffers(t *testing.T) {
	s, _, f := openFaulty(t)
	w := newWorld(t, s)
	const ample = 1000
	for name, row := range map[string]struct {
		edit       func(u *users.User)
		statements int64
	}{
		"name":      {func(u *users.User) { u.Name = users.FullName("Ann Lee") }, 1},
		"tenants":   {func(u *users.User) { u.Tenants = nil }, 2},
		"overrides": {func(u *users.User) { u.Overrides[0].Reason = "leaves" }, 3},
		"address":   {func(u *users.User) { u.Username = "" }, 4}, // it is checked
		"roles": {func(u *users.User) {
			u.Roles = append(u.Roles, perms.Assignment{Role: w.role, Scope: perms.In(w.tenant.ID)})
		}, 4},
	} {
		old, err := s.User(t.Context(), w.user.ID)
		must(t, err)
		u := old.Clone()
		u.Version++
		row.edit(&u)
		must(t, s.InTx(t.Context(), func(tx store.Store) error {
			f.after.Store(ample)
			err := tx.UpdateUser(t.Context(), old, u)
			if n := ample - f.after.Load(); n != row.statements {
				t.Errorf("%s: %d statements; want %d", name, n, row.statements)
			}
			f.after.Store(-1)
			return err
		}))
		if found, err := s.User(t.Context(), u.ID); err != nil || !reflect.DeepEqual(found, u) {
			t.Errorf("%s: found %+v, %v; want %+v", name, found, err, u)
		}
	}
}
