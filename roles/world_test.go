package roles_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

var (
	noon   = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	system = perms.System("test")
)

// world is a store in memory with two tenants and the people who make roles:
//
//	root   staff, holds everything
//	ann    of acme, holds everything there
//	bea    of beta, holds everything there
//	both   of acme and beta; reads roles in both, edits those of acme
//	vic    of acme, holds assets.view
type world struct {
	*testing.T
	ctx   context.Context
	store *memory.Store
	*roles.Service
	book                      *store.Book
	now                       time.Time
	acme, beta                uuid.UUID
	root, ann, bea, both, vic perms.Actor
	admin                     roles.Role // global, gives everything
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, ctx: t.Context(), store: memory.New(), now: noon}
	book, err := store.Connect(w.ctx, w.store, store.Options{
		Catalog: perms.NewCatalog("assets.view", "assets.edit", "assets.delete", "reports.view"),
		Clock:   func() time.Time { return w.now },
	})
	w.ok(err)
	w.book, w.Service = book, book.Roles
	home, err := w.store.TenantByNumber(w.ctx, users.DefaultTenant)
	w.ok(err)
	w.acme, w.beta = home.ID, w.addTenant("beta")
	w.admin = w.create(system, "Admin", "*.*")
	viewer := w.create(system, "Viewer", "assets.view")
	editor := w.createIn(system, w.acme, "Role Editor", "roles.*", "assets.*")
	reader := w.create(system, "Role Reader", "roles.read", "roles.list")
	w.root = w.add([]perms.Tenancy{perms.EveryTenant}, w.admin)
	w.ann = w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, w.admin)
	w.bea = w.add([]perms.Tenancy{perms.TenantOf(w.beta)}, w.admin)
	w.both = w.add([]perms.Tenancy{perms.TenantOf(w.acme), perms.TenantOf(w.beta)}, editor, reader)
	w.vic = w.add([]perms.Tenancy{perms.TenantOf(w.acme)}, viewer)
	return w
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// is fails unless err is the wanted error, and nil if that is nil.
func (w *world) is(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Errorf("%v, want %v", err, want)
	}
}

// refused fails unless what fn does is refused with the wanted error and changes nothing.
func (w *world) refused(want error, fn func() error) {
	w.Helper()
	before := w.state()
	w.is(fn(), want)
	if after := w.state(); !reflect.DeepEqual(before, after) {
		w.Errorf("what was refused has changed the store\nbefore %+v\nafter  %+v", before, after)
	}
}

// state is everything that a role's change could touch.
func (w *world) state() any {
	w.Helper()
	all, err := w.store.Roles(w.ctx, roles.Filter{All: true})
	w.ok(err)
	keys, err := w.store.Keys(w.ctx)
	w.ok(err)
	return struct {
		Roles   []roles.Role
		Keys    []perms.Key
		Entries []perms.Entry
	}{all, keys, w.entries(0)}
}

// entries are the journal's entries after a revision.
func (w *world) entries(after perms.Revision) []perms.Entry {
	w.Helper()
	list, err := w.store.Journal(w.ctx, perms.JournalFilter{After: after, Limit: 500})
	w.ok(err)
	return list
}

// entry is the one journal entry that fn leaves.
func (w *world) entry(fn func()) perms.Entry {
	w.Helper()
	head, err := w.store.Head(w.ctx)
	w.ok(err)
	fn()
	list := w.entries(head.Revision)
	if len(list) != 1 {
		w.Fatalf("left %d entries, want one: %+v", len(list), list)
	}
	return list[0]
}

func (w *world) addTenant(slug string) uuid.UUID {
	w.Helper()
	tenant := users.Tenant{ID: uuid.Must(uuid.NewV7()), Slug: slug, Name: slug, Type: perms.TestTenant, CreatedAt: noon, Version: 1}
	w.ok(w.store.InTx(w.ctx, func(tx store.Store) (err error) {
		if tenant.Number, err = tx.NextNumber(w.ctx, perms.KindTenant); err != nil {
			return err
		}
		return tx.InsertTenant(w.ctx, tenant)
	}))
	return tenant.ID
}

// add puts an active user with global assignments of the roles into the store.
func (w *world) add(tenants []perms.Tenancy, held ...roles.Role) perms.Actor {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	u := users.User{ID: id, Username: id.String(), Name: users.FullName("Somebody"), Status: perms.Active, Tenants: tenants, CreatedAt: noon, UpdatedAt: noon, Version: 1}
	for _, r := range held {
		u.Roles = append(u.Roles, perms.Assignment{Role: r.ID, Scope: perms.Anywhere})
	}
	w.ok(w.store.InTx(w.ctx, func(tx store.Store) (err error) {
		if u.Number, err = tx.NextNumber(w.ctx, perms.KindUser); err != nil {
			return err
		}
		return tx.InsertUser(w.ctx, u)
	}))
	return perms.As(id)
}

// change edits a user in the store.
func (w *world) change(actor perms.Actor, edit func(*users.User)) {
	w.Helper()
	w.ok(w.store.InTx(w.ctx, func(tx store.Store) error {
		old, err := tx.User(w.ctx, actor.User())
		if err != nil {
			return err
		}
		u := old.Clone()
		edit(&u)
		u.Version++
		return tx.UpdateUser(w.ctx, old, u)
	}))
}

func (w *world) create(actor perms.Actor, name string, patterns ...string) roles.Role {
	w.Helper()
	r, err := w.Create(w.ctx, actor, roles.New{Name: name, Permissions: patterns})
	w.ok(err)
	return r
}

func (w *world) createIn(actor perms.Actor, tenant uuid.UUID, name string, patterns ...string) roles.Role {
	w.Helper()
	r, err := w.Create(w.ctx, actor, roles.New{Name: name, Permissions: patterns, Scope: perms.In(tenant)})
	w.ok(err)
	return r
}

// invalid fails unless err lists exactly these fields with their codes, as "field code".
func (w *world) invalid(err error, want ...string) {
	w.Helper()
	var bad *perms.InvalidError
	if !errors.As(err, &bad) {
		w.Errorf("%v, want an invalid %q", err, want)
		return
	}
	var got []string
	for _, f := range bad.Fields {
		got = append(got, f.Field+" "+string(f.Code))
	}
	if !reflect.DeepEqual(got, want) {
		w.Errorf("invalid are %q, want %q", got, want)
	}
}
