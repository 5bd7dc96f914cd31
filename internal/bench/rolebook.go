package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/store/sqlite"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

var (
	background = context.Background()
	system     = perms.System("bench")
)

func ours() []entry {
	return []entry{
		{name: "rolebook", make: func() contestant { return &rolebook{warmed: true} }},
		{name: "rolebook-handle", make: func() contestant { return &byHandle{rolebook{warmed: true}} }},
		{name: "rolebook-sqlite", make: func() contestant { return &rolebook{onDisk: true, warmed: true} }},
	}
}

// rolebook asks a Book as hosts do: by the ids of the user and the tenant, and the permission's key. Its store is filled by the store's own methods, and
// what it remembers of users it has loaded because it was asked.
type rolebook struct {
	onDisk  bool
	warmed  bool // it knows everybody when it is loaded
	book    *store.Book
	store   store.Store
	data    *dataset
	roles   map[string]uuid.UUID
	handles []perms.Handle
	closing []func() error
}

func (c *rolebook) load(d *dataset) (err error) {
	c.data = d
	if err := c.open(); err != nil {
		return err
	}
	if c.roles, err = fill(c.store, d); err != nil {
		return err
	}
	if err := c.connect(); err != nil {
		return err
	}
	if c.warmed {
		c.warm()
	}
	return nil
}

// open opens an empty store.
func (c *rolebook) open() error {
	if !c.onDisk {
		c.store = memory.New()
		return nil
	}
	dir, err := os.MkdirTemp("", "rolebook-bench")
	if err != nil {
		return err
	}
	s, err := sqlite.Open(background, filepath.Join(dir, "bench.db"), sqlite.Options{})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	c.store = s
	c.closing = []func() error{s.Close, func() error { return os.RemoveAll(dir) }}
	return nil
}

// connect makes the Book, which remembers nobody yet.
func (c *rolebook) connect() error {
	keys := make([]perms.Permission, len(c.data.perms))
	for i, p := range c.data.perms {
		keys[i] = perms.Permission(p)
	}
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		return err
	}
	c.book, err = store.Connect(background, c.store, store.Options{Catalog: perms.NewCatalog(keys...), Hasher: hasher})
	if err != nil {
		return err
	}
	c.handles = nil
	for _, p := range keys {
		c.handles = append(c.handles, c.book.Perms.Handle(p))
	}
	return nil
}

func (c *rolebook) check(q *question) bool {
	return c.book.Perms.Can(background, q.user, perms.Permission(q.permission), perms.In(q.tenant))
}

func (c *rolebook) edit(role, permission string, on bool) error {
	up := roles.Update{Remove: []string{permission}}
	if on {
		up = roles.Update{Add: []string{permission}}
	}
	_, err := c.book.Roles.Update(background, system, c.roles[role], up)
	return err
}

func (c *rolebook) effective(q *question) int {
	set, err := c.book.Perms.Effective(background, q.user, perms.In(q.tenant))
	if err != nil {
		panic(err)
	}
	return set.Len()
}

func (c *rolebook) holders(permission string) int {
	n, _, err := c.book.Perms.CountHolders(background, perms.Permission(permission), perms.Scope{})
	if err != nil {
		panic(err)
	}
	return int(n)
}

func (c *rolebook) close() {
	for _, fn := range c.closing {
		_ = fn()
	}
}

// warm lets the Book get to know every user.
func (c *rolebook) warm() {
	if err := c.book.Perms.WarmAll(background); err != nil {
		panic(err)
	}
}

// byHandle is rolebook asked with the permission's handle.
type byHandle struct{ rolebook }

func (c *byHandle) check(q *question) bool {
	d, err := c.book.Perms.CheckHandle(background, q.user, c.handles[q.pid], perms.In(q.tenant))
	return err == nil && d.Allowed
}

// perTransaction is how many users a transaction of fill inserts.
const perTransaction = 10_000

// fill puts a dataset into a new store, and returns the ids of its roles.
func fill(s store.Store, d *dataset) (map[string]uuid.UUID, error) {
	f := &filler{data: d, roles: make([]uuid.UUID, len(d.roles)), now: time.Now().UTC().Truncate(time.Microsecond)}
	if err := s.InTx(background, f.foundation); err != nil {
		return nil, fmt.Errorf("fill: %w", err)
	}
	for f.done < len(d.users) {
		if err := s.InTx(background, f.people); err != nil {
			return nil, fmt.Errorf("fill: %w", err)
		}
	}
	ids := make(map[string]uuid.UUID, len(d.roles))
	for i, id := range f.roles {
		ids[d.roles[i].name] = id
	}
	return ids, nil
}

type filler struct {
	data  *dataset
	roles []uuid.UUID
	done  int // users
	now   time.Time
}

// foundation inserts the tenants and the roles.
func (f *filler) foundation(tx store.Store) error {
	for i, name := range f.data.tenants {
		number, err := tx.NextNumber(background, perms.KindTenant)
		if err != nil {
			return err
		}
		err = tx.InsertTenant(background, users.Tenant{ID: f.data.tenantIDs[i], Number: number, Slug: name, Name: name, Type: perms.ProductionTenant,
			CreatedAt: f.now, Version: 1})
		if err != nil {
			return err
		}
	}
	for i, r := range f.data.roles {
		number, err := tx.NextNumber(background, perms.KindRole)
		if err != nil {
			return err
		}
		f.roles[i] = uuid.Must(uuid.NewV7())
		patterns := make([]perms.Pattern, len(r.perms))
		for j, p := range r.perms {
			patterns[j] = perms.Pattern(f.data.perms[p])
		}
		err = tx.InsertRole(background, roles.Role{ID: f.roles[i], Number: number, Key: f.roles[i].String(), Name: r.name, Patterns: patterns,
			Scope: perms.Anywhere, CreatedAt: f.now, Version: 1})
		if err != nil {
			return err
		}
	}
	return nil
}

// people inserts the next users.
func (f *filler) people(tx store.Store) error {
	next := f.data.users[f.done:min(f.done+perTransaction, len(f.data.users))]
	for i := range next {
		number, err := tx.NextNumber(background, perms.KindUser)
		if err != nil {
			return err
		}
		if err := tx.InsertUser(background, f.user(&next[i], number)); err != nil {
			return err
		}
	}
	f.done += len(next)
	return nil
}

func (f *filler) user(u *userSpec, number int64) users.User {
	email := u.name + "@example.com"
	out := users.User{ID: u.id, Number: number, Email: email, Username: email, Name: users.FullName(u.name), Status: perms.Active,
		Tenants: []perms.Tenancy{perms.TenantOf(f.data.tenantIDs[u.tenant])}, CreatedAt: f.now, UpdatedAt: f.now, Version: 1}
	for _, r := range u.roles {
		out.Roles = append(out.Roles, perms.Assignment{Role: f.roles[r], Scope: perms.Anywhere})
	}
	for _, o := range u.overrides {
		ruling := perms.Grant(perms.Permission(f.data.perms[o.perm]))
		if o.deny {
			ruling = perms.Revoke(perms.Permission(f.data.perms[o.perm]))
		}
		ruling.SetAt = f.now
		out.Overrides = append(out.Overrides, ruling)
	}
	return out
}
