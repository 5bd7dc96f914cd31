package invites_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// preset are the roles of the tests.
var preset = roles.Preset{
	Keys: []perms.Key{{Permission: "assets.view"}, {Permission: "assets.edit"}},
	Roles: []roles.PresetRole{
		{Key: "root", Name: "Root", Patterns: []perms.Pattern{"*.*"}},
		{Key: "admin", Name: "Admin", Patterns: []perms.Pattern{"users.*", "invites.*", "assets.*"}},
		{Key: "clerk", Name: "Clerk", Patterns: []perms.Pattern{"invites.*"}},
		{Key: "viewer", Name: "Viewer", Patterns: []perms.Pattern{"assets.view"}},
	},
}

var system = perms.System("test")

const chosen = "chosen-river-2041" // the password of whoever accepts or joins

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

// newWorld returns a world with root, of every tenant; ann and ada (admins), cai (clerk) and vic (viewer) of acme; and bea (admin) of beta.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), who: map[string]users.User{}}
	w.db = memory.New()
	var err error
	w.Book, err = store.Connect(w.ctx, w.db, store.Options{Hasher: w.hasher(), Clock: w.clock})
	w.must(err)
	w.must(w.Seed(w.ctx, system, preset))
	w.acme, w.beta = w.tenant("acme"), w.tenant("beta")
	w.add("root", "root", perms.EveryTenant)
	w.add("ann", "admin", perms.TenantOf(w.acme))
	w.add("ada", "admin", perms.TenantOf(w.acme))
	w.add("cai", "clerk", perms.TenantOf(w.acme))
	w.add("vic", "viewer", perms.TenantOf(w.acme))
	w.add("bea", "admin", perms.TenantOf(w.beta))
	return w
}

func (w *world) clock() time.Time { return w.now }

// hasher returns one with room for everybody who comes at once.
func (w *world) hasher() *password.Hasher {
	w.t.Helper()
	h, err := password.New(password.Options{Params: password.Insecure(), Queue: 1000, Wait: time.Minute})
	w.must(err)
	return h
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// fails checks an error that is to be expected, nil for none.
func (w *world) fails(err, want error) {
	w.t.Helper()
	if want == nil && err != nil || !errors.Is(err, want) {
		w.t.Errorf("got %v, want %v", err, want)
	}
}

func (w *world) tenant(slug string) uuid.UUID {
	w.t.Helper()
	made, err := w.Tenants.Create(w.ctx, system, users.NewTenant{Name: slug, Slug: slug})
	w.must(err)
	return made.ID
}

func (w *world) add(name, role string, in ...perms.Tenancy) {
	w.t.Helper()
	u, err := w.Users.Create(w.ctx, system, users.New{Email: name + "@example.com", Name: name, Roles: []string{role}, Tenants: in})
	w.must(err)
	w.who[name] = u
}

func (w *world) as(name string) perms.Actor {
	if name == "system" {
		return system
	}
	return perms.As(w.who[name].ID)
}

func (w *world) id(name string) uuid.UUID { return w.who[name].ID }

// custom adds a role with a key that is its id.
func (w *world) custom(name string, scope perms.Scope, permissions ...string) roles.Role {
	w.t.Helper()
	r, err := w.Roles.Create(w.ctx, system, roles.New{Name: name, Permissions: permissions, Scope: scope})
	w.must(err)
	return r
}

// entries returns the journal after a revision, head the newest one.
func (w *world) entries(after perms.Revision) []perms.Entry {
	w.t.Helper()
	list, _, err := w.Journal.Entries(w.ctx, system, after, perms.MaxEntries)
	w.must(err)
	return list
}

func (w *world) head() perms.Revision {
	w.t.Helper()
	head, err := w.db.Head(w.ctx)
	w.must(err)
	return head.Revision
}

// entry returns the one entry after a revision.
func (w *world) entry(after perms.Revision) perms.Entry {
	w.t.Helper()
	list := w.entries(after)
	if len(list) != 1 {
		w.t.Fatalf("%d entries, want one: %+v", len(list), list)
	}
	return list[0]
}

// field returns the first field that an error names as unacceptable.
func field(err error) string {
	var invalid *perms.InvalidError
	if !errors.As(err, &invalid) {
		return ""
	}
	return invalid.Fields[0].Field
}

// invite makes an invite of new@example.com into acme.
func (w *world) invite(maker, role string) invites.Issued {
	w.t.Helper()
	i, err := w.Invites.Create(w.ctx, w.as(maker), invites.New{Email: "new@example.com", Name: "Nia New", Role: role, Tenant: perms.TenantOf(w.acme)})
	w.must(err)
	return i
}

func (w *world) accept(i invites.Issued) (users.User, error) {
	u, _, err := w.Invites.Accept(w.ctx, perms.Guest(), invites.Acceptance{Token: i.Token.Reveal(), Password: chosen})
	return u, err
}

func (w *world) check(i invites.Issued) error {
	_, err := w.Invites.Check(w.ctx, i.Token.Reveal())
	return err
}

// link makes a link into acme.
func (w *world) link(maker, role string, uses *int64) invites.IssuedLink {
	w.t.Helper()
	l, err := w.Invites.CreateLink(w.ctx, w.as(maker), invites.NewLink{Tenant: w.acme, Role: role, MaxUses: uses})
	w.must(err)
	return l
}

func (w *world) join(l invites.IssuedLink, email string) (users.User, error) {
	u, _, err := w.Invites.Join(w.ctx, perms.Guest(), invites.Joining{Token: l.Token.Reveal(), Email: email, Name: "Jo Joiner", Password: chosen})
	return u, err
}

// everybody returns all users, deleted ones too.
func (w *world) everybody() []users.User {
	w.t.Helper()
	list, err := w.Users.List(w.ctx, system, users.Filter{Statuses: []perms.Status{perms.Active, perms.Pending, perms.Suspended, perms.Deleted}})
	w.must(err)
	return list
}

// halting returns a service like w.Invites in which something happens between the first look at a token and the change.
func (w *world) halting(meanwhile func()) *invites.Service {
	env := perms.Env{Catalog: func() *perms.Catalog { return perms.NewCatalog("assets.view", "assets.edit") }, Clock: w.clock}
	write := func(ctx context.Context, fn func(invites.Store) error) error {
		meanwhile()
		return w.db.InTx(ctx, func(tx store.Store) error { return fn(tx) })
	}
	view := func(ctx context.Context, fn func(invites.Store) error) error {
		return w.db.View(ctx, func(tx store.Store) error { return fn(tx) })
	}
	return invites.NewService(write, view, env, users.NewPasswords(w.hasher(), password.Policy{}), w.Users)
}
