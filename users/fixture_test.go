package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// preset are the roles of the tests, from everything to almost nothing.
var preset = roles.Preset{
	Keys: []perms.Key{{Permission: "assets.view"}, {Permission: "assets.edit"}, {Permission: "assets.delete"}},
	Roles: []roles.PresetRole{
		{Key: "root", Name: "Root", Patterns: []perms.Pattern{"*.*"}},
		{Key: "admin", Name: "Admin", Patterns: []perms.Pattern{"users.*", "overrides.*", "roles.read", "tenants.read", "features.*", "groups.*", "grants.*", "assets.view", "assets.edit"}},
		{Key: "helpdesk", Name: "Helpdesk", Patterns: []perms.Pattern{"users.read", "users.update", "users.password-reset", "assets.view"}},
		{Key: "editor", Name: "Editor", Patterns: []perms.Pattern{"users.update", "assets.view"}},
		{Key: "assigner", Name: "Assigner", Patterns: []perms.Pattern{"users.assign", "assets.view"}},
		{Key: "maker", Name: "Maker", Patterns: []perms.Pattern{"users.create", "assets.view"}},
		{Key: "approver", Name: "Approver", Patterns: []perms.Pattern{"users.update", "users.approve", "assets.view"}},
		{Key: "viewer", Name: "Viewer", Patterns: []perms.Pattern{"assets.view"}},
	},
}

// world is a book with two tenants and people in every role.
type world struct {
	*store.Book
	db   store.Store
	t    *testing.T
	ctx  context.Context
	now  time.Time
	who  map[string]users.User
	acme uuid.UUID
	beta uuid.UUID
}

var system = perms.System("test")

// newWorld returns a world with root, of every tenant; ann (admin), ada (admin), hal (helpdesk), vic (viewer) of acme; bea (admin) of beta; and zoe
// (viewer) of both.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), who: map[string]users.User{}}
	w.db = memory.New()
	var err error
	w.Book, err = store.Connect(w.ctx, w.db, store.Options{Hasher: cheapHasher(t), Clock: func() time.Time { return w.now }})
	w.must(err)
	w.must(w.Seed(w.ctx, system, preset))
	w.acme, w.beta = w.tenant("acme"), w.tenant("beta")
	w.add("root", "root", perms.EveryTenant)
	w.add("ann", "admin", perms.TenantOf(w.acme))
	w.add("ada", "admin", perms.TenantOf(w.acme))
	w.add("hal", "helpdesk", perms.TenantOf(w.acme))
	w.add("vic", "viewer", perms.TenantOf(w.acme))
	w.add("bea", "admin", perms.TenantOf(w.beta))
	w.add("zoe", "viewer", perms.TenantOf(w.acme), perms.TenantOf(w.beta))
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) tenant(slug string) uuid.UUID {
	w.t.Helper()
	made, err := w.Tenants.Create(w.ctx, system, users.NewTenant{Name: slug, Slug: slug})
	w.must(err)
	return made.ID
}

func (w *world) add(name, role string, in ...perms.Tenancy) users.User {
	w.t.Helper()
	u, err := w.Users.Create(w.ctx, system, users.New{Email: name + "@example.com", Name: name, Password: name + "-river-2041", Roles: []string{role}, Tenants: in})
	w.must(err)
	w.who[name] = u
	return u
}

// as returns the actor that a named user is; "system" is trusted code.
func (w *world) as(name string) perms.Actor {
	if name == "system" {
		return system
	}
	return perms.As(w.who[name].ID)
}

func (w *world) id(name string) uuid.UUID { return w.who[name].ID }

func (w *world) role(key string) uuid.UUID {
	w.t.Helper()
	r, err := w.Roles.Find(w.ctx, system, roles.ByKey(key), perms.RolesRead)
	w.must(err)
	return r.ID
}

// read returns a user as he is now.
func (w *world) read(name string) users.User {
	w.t.Helper()
	u, err := w.Users.Get(w.ctx, system, w.id(name))
	w.must(err)
	return u
}

// holds reports whether a named user holds a permission in acme.
func (w *world) holds(name string, p perms.Permission) bool {
	w.t.Helper()
	d, err := w.Perms.Check(w.ctx, w.id(name), p, perms.In(w.acme))
	w.must(err)
	return d.Allowed
}

// entries returns the journal after a revision.
func (w *world) entries(after perms.Revision) []perms.Entry {
	w.t.Helper()
	list, _, err := w.Journal.Entries(w.ctx, system, after, perms.MaxEntries)
	w.must(err)
	return list
}

// head returns the newest revision.
func (w *world) head() perms.Revision {
	list := w.entries(0)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1].Revision
}

// bcryptOfVic is "imported-river-9" as bcrypt has it, at cost 4.
const bcryptOfVic password.Hash = "$2a$04$hah2vvuDp5III9BlUFKO9uYHo4JVFlHug9kTDY/HlVJAbcFuoNtQK"

// importHash puts a stored hash in the place of a user's, as an import does.
func (w *world) importHash(name string, h password.Hash) {
	w.t.Helper()
	w.must(w.db.InTx(w.ctx, func(tx store.Store) error { return tx.SetCredential(w.ctx, w.id(name), h) }))
}

func (w *world) storedHash(name string) password.Hash {
	w.t.Helper()
	h, err := w.db.Credential(w.ctx, w.id(name))
	w.must(err)
	return h
}

func newRole(name string, tenant uuid.UUID) roles.New {
	return roles.New{Name: name, Permissions: []string{"assets.view"}, Scope: perms.In(tenant)}
}

// cheapHasher returns a hasher whose hashes cost next to nothing.
func cheapHasher(t *testing.T) *password.Hasher {
	t.Helper()
	h, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
