package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// InvariantDuels takes from the last two holders of a permission what they hold, at the same moment, in every pair of ways, rounds times each: however it
// comes out, one of them holds it, because a host's invariant says so. The store must be new.
func InvariantDuels(t *testing.T, s store.Store, rounds int) {
	d := newEditors(t, s)
	ways := d.ways()
	for i, first := range ways {
		for _, second := range ways[i:] {
			t.Run(first.name+" and "+second.name, func(t *testing.T) {
				d.t = t
				for range rounds {
					d.round(first, second)
				}
			})
		}
	}
}

// editors are two users who may edit in a tenant, each by a role of his own.
type editors struct {
	t     *testing.T
	b     *store.Book
	in    uuid.UUID // the tenant
	away  uuid.UUID // another
	roles [2]roles.Role
	left  [2]users.User
	made  int
}

func newEditors(t *testing.T, s store.Store) *editors {
	t.Helper()
	d := &editors{t: t, b: connect(t, s)}
	ctx, system := t.Context(), perms.System("editors")
	in, err := d.b.Tenants.Default(ctx)
	d.must(err)
	away, err := d.b.Tenants.Create(ctx, system, users.NewTenant{Name: "Away", Slug: "away"})
	d.must(err)
	d.in, d.away = in.ID, away.ID
	d.b, err = store.Connect(ctx, s, store.Options{Hasher: cheapHasher(t), Invariants: []perms.Invariant{
		{Name: "an editor", AtLeast: 1, Permissions: []perms.Permission{"assets.edit"}, Scope: perms.In(d.in)},
	}})
	d.must(err)
	for i := range d.roles {
		d.roles[i], err = d.b.Roles.Create(ctx, system, roles.New{Name: fmt.Sprint("Editor ", i), Permissions: []string{"assets.edit"}})
		d.must(err)
	}
	return d
}

func (d *editors) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// way is one in which an editor loses what he holds.
type way struct {
	name string
	do   func(ctx context.Context, i int) error
}

func (d *editors) ways() []way {
	system := perms.System("editors")
	update := func(up users.Update) func(context.Context, int) error {
		return func(ctx context.Context, i int) error {
			_, err := d.b.Users.Update(ctx, system, users.ByID(d.left[i].ID), up)
			return err
		}
	}
	soon := perms.Window{ExpiresAt: time.Now().Add(time.Hour)}
	return []way{
		{"demote", update(users.Update{Roles: &[]perms.Assignment{}})},
		{"limit", func(ctx context.Context, i int) error {
			_, err := d.b.Users.SetRoles(ctx, system, d.left[i].ID, []perms.Assignment{{Role: d.roles[i].ID, Scope: perms.Anywhere, Window: soon}})
			return err
		}},
		{"revoke", update(users.Update{Set: []perms.Override{perms.Revoke("assets.edit").In(d.in)}})},
		{"suspend", update(users.Update{Verb: users.Suspend})},
		{"move", update(users.Update{Tenants: &[]perms.Tenancy{perms.TenantOf(d.away)}})},
		{"purge", func(ctx context.Context, i int) error {
			_, err := d.b.Users.Purge(ctx, system, users.ByID(d.left[i].ID), false, 0)
			return err
		}},
		{"narrow", func(ctx context.Context, i int) error {
			_, err := d.b.Roles.Update(ctx, system, d.roles[i].ID, roles.Update{Remove: []string{"assets.edit"}})
			return err
		}},
	}
}

func (d *editors) round(first, second way) {
	d.t.Helper()
	d.restore()
	var errs [2]error
	together(2, func(i int) { errs[i] = []way{first, second}[i].do(d.t.Context(), i) })
	for i, err := range errs {
		if err != nil && (!errors.Is(err, perms.ErrInvariant) || errs[1-i] != nil) {
			d.t.Fatalf("the ways ended in %v and %v", errs[0], errs[1])
		}
	}
	if errs[0] == nil && errs[1] == nil {
		d.t.Fatal("nobody is left")
	}
	if !d.edits(0) && !d.edits(1) {
		d.t.Fatalf("nobody is left: %v, %v", errs[0], errs[1])
	}
}

func (d *editors) edits(i int) bool {
	return d.b.Perms.Can(d.t.Context(), d.left[i].ID, "assets.edit", perms.In(d.in))
}

// restore gives both editors again what they have lost.
func (d *editors) restore() {
	d.t.Helper()
	ctx, system := d.t.Context(), perms.System("editors")
	for i, role := range d.roles {
		_, err := d.b.Roles.Update(ctx, system, role.ID, roles.Update{Add: []string{"assets.edit"}})
		d.must(err)
		up := users.Update{
			Tenants: &[]perms.Tenancy{perms.TenantOf(d.in)}, Roles: &[]perms.Assignment{{Role: role.ID, Scope: perms.Anywhere}},
			Clear: []perms.Override{perms.Revoke("assets.edit").In(d.in)}, Active: new(true),
		}
		_, err = d.b.Users.Update(ctx, system, users.ByID(d.left[i].ID), up)
		if errors.Is(err, users.ErrNotFound) {
			d.made++
			d.left[i], err = d.b.Users.Create(ctx, system, users.New{
				Email: fmt.Sprintf("editor%d@example.com", d.made), Name: "Editor", Tenants: *up.Tenants, Assigned: *up.Roles})
		}
		d.must(err)
	}
}

// GuardedHistories lets random people do random things as in [Histories], to a book with invariants. Each step is first previewed on a book without any,
// where a recount of everybody tells whether it would break one: just then it must be refused.
func GuardedHistories(t *testing.T, open func(t *testing.T) store.Store, seeds, steps int) {
	refused := map[string]int{}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, open(t), uint64(2000+seed))
			g := newGuarded(h)
			for i := range steps {
				if i%10 == 0 {
					g.arm()
				}
				g.step(uint64(seed*steps+i), refused)
				h.now = h.now.Add(time.Duration(h.rand.IntN(50)) * time.Minute)
			}
		})
	}
	for _, v := range invariantsOf(uuid.Nil) {
		if refused[v.Name] == 0 {
			t.Errorf("%q was never about to be broken: the histories show nothing of it", v.Name)
		}
	}
}

// guarded is a history with invariants.
type guarded struct {
	*history
	free   *store.Book // without the invariants
	guards []perms.Invariant
}

func invariantsOf(tenant uuid.UUID) []perms.Invariant {
	return []perms.Invariant{
		{Name: "see", Permissions: []perms.Permission{"assets.view"}, Scope: perms.In(tenant)},
		{Name: "edit and assign", Permissions: []perms.Permission{"assets.edit", perms.UsersAssign}, Scope: perms.In(tenant)},
		{Name: "edit everywhere", Permissions: []perms.Permission{"assets.edit"}, Scope: perms.Anywhere},
	}
}

func newGuarded(h *history) *guarded {
	h.ops = h.dangers()
	return &guarded{history: h, free: h.book, guards: invariantsOf(h.tenants[0])}
}

// arm connects a Book whose invariants are as tight as can be: all who hold something at present are needed, or all but one.
func (g *guarded) arm() {
	for i, all := range g.recount(g.free) {
		g.guards[i].AtLeast = max(1, all.holders(g.now)-g.rand.IntN(2))
	}
	var err error
	g.book, err = store.Connect(g.t.Context(), g.s, store.Options{
		Hasher: cheapHasher(g.t), Clock: func() time.Time { return g.now }, Invariants: slices.Clone(g.guards),
	})
	g.must(err)
	g.ops = g.dangers()
}

// step previews a step and then takes the same one.
func (g *guarded) step(seed uint64, refused map[string]int) {
	t := g.t
	before := g.recount(g.free)
	var after []census
	_, previewed := g.free.Preview(t.Context(), func(b *store.Book) error {
		inner := *g.history
		inner.rand, inner.book, inner.people, inner.roles = rand.New(rand.NewPCG(seed, 3)), b, slices.Clone(g.people), slices.Clone(g.roles)
		inner.ops = inner.dangers()
		_, err := inner.step()
		after = g.recount(b)
		return err
	})
	g.rand = rand.New(rand.NewPCG(seed, 3))
	what, err := g.history.step()
	var broken *perms.InvariantError
	errors.As(err, &broken)
	switch wanted := g.broken(before, after); {
	case previewed != nil:
		if err == nil || broken != nil {
			t.Fatalf("%s: %v, and without invariants %v", what, err, previewed)
		}
	case wanted == "" && err != nil:
		t.Fatalf("%s breaks nothing and is refused: %v", what, err)
	case wanted != "" && (broken == nil || broken.Name != wanted):
		t.Fatalf("%s breaks %q, and the answer is %v", what, wanted, err)
	case wanted != "":
		refused[wanted]++
	}
}

// dangers are the operations, without those by which one Book comes to know what another does not.
func (h *history) dangers() []operation {
	return slices.DeleteFunc(append(h.operations(), h.upheavals()...), func(op operation) bool { return op.name == "seed" })
}

// broken returns the first of the invariants that would be true at some instant from now on, and no longer is.
func (g *guarded) broken(before, after []census) string {
	for i, v := range g.guards {
		if len(after) == 0 {
			break
		}
		for _, at := range append(before[i].instants(), append(after[i].instants(), g.now)...) {
			if !at.Before(g.now) && before[i].holders(at) >= v.AtLeast && after[i].holders(at) < v.AtLeast {
				return v.Name
			}
		}
	}
	return ""
}

// census is everybody who could hold what an invariant asks for.
type census struct {
	all     []perms.Permission
	place   perms.Place
	catalog *perms.Catalog
	people  []perms.Subject
}

// holders returns how many hold all of it at an instant, if nothing changes.
func (c census) holders(at time.Time) (count int) {
	for _, s := range c.people {
		lacks := func(p perms.Permission) bool {
			return !perms.Decide(c.catalog, &s, perms.Question{Permission: p, At: c.place}, at).Allowed
		}
		if !slices.ContainsFunc(c.all, lacks) {
			count++
		}
	}
	return count
}

// instants returns when anything of theirs begins or ends.
func (c census) instants() (out []time.Time) {
	for _, s := range c.people {
		for _, h := range s.Roles {
			out = append(out, h.StartsAt, h.ExpiresAt)
		}
		for _, o := range s.Overrides {
			out = append(out, o.StartsAt, o.ExpiresAt)
		}
	}
	return out
}

// recount takes a census for each of the invariants.
func (g *guarded) recount(b *store.Book) []census {
	t, ctx, system := g.t, g.t.Context(), perms.System("recount")
	t.Helper()
	everyone, err := b.Users.List(ctx, system, users.Filter{Statuses: []perms.Status{perms.Active}})
	g.must(err)
	list, err := b.Roles.List(ctx, system, 0, 0)
	g.must(err)
	tenant, err := b.Tenants.Get(ctx, system, g.tenants[0])
	g.must(err)
	held := map[uuid.UUID]roles.Role{}
	for _, r := range list {
		held[r.ID] = r
	}
	out := make([]census, len(g.guards))
	for i, v := range g.guards {
		out[i] = census{all: v.Permissions, place: perms.Platform, catalog: b.Catalog()}
		if _, one := v.Scope.Tenant(); one {
			out[i].place = perms.PlaceOf(tenant.ID, tenant.Type)
		}
		for _, u := range everyone {
			out[i].people = append(out[i].people, u.Subject(held))
		}
	}
	return out
}
