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
	for i, until := range g.recount(g.free) {
		held := slices.IndexFunc(until, time.Time.IsZero)
		if held < 0 {
			held = len(until)
		}
		g.guards[i].AtLeast = max(1, held-g.rand.IntN(2))
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
	var after [][]time.Time
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
	switch wanted := g.shortened(before, after); {
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

// shortened returns the first of the invariants that holds for less long than before.
func (g *guarded) shortened(before, after [][]time.Time) string {
	for i, v := range g.guards {
		if len(after) > 0 && nth(after[i], v.AtLeast).Before(nth(before[i], v.AtLeast)) {
			return v.Name
		}
	}
	return ""
}

// nth returns the n-th of a list, or the zero time.
func nth(list []time.Time, n int) time.Time {
	if n > len(list) {
		return time.Time{}
	}
	return list[n-1]
}

// ever is the end of what has none.
var ever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// recount returns for each of the invariants until when everybody holds what it asks for, if nothing changes, the longest first: by asking about everybody,
// at every instant at which anything begins or ends.
func (g *guarded) recount(b *store.Book) [][]time.Time {
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
	out := make([][]time.Time, len(g.guards))
	for i, v := range g.guards {
		at := perms.Platform
		if _, one := v.Scope.Tenant(); one {
			at = perms.PlaceOf(tenant.ID, tenant.Type)
		}
		for _, u := range everyone {
			s := u.Subject(held)
			out[i] = append(out[i], g.until(b.Catalog(), &s, v.Permissions, at))
		}
		slices.SortFunc(out[i], func(a, b time.Time) int { return b.Compare(a) })
	}
	return out
}

// until returns until when a subject holds all of the permissions without a break. What is to begin later does not count, but for revokes.
func (g *guarded) until(c *perms.Catalog, s *perms.Subject, all []perms.Permission, at perms.Place) time.Time {
	later := func(w perms.Window) bool { return w.StartsAt.After(g.now) }
	s.Roles = slices.DeleteFunc(slices.Clone(s.Roles), func(h perms.Held) bool { return later(h.Window) })
	s.Overrides = slices.DeleteFunc(slices.Clone(s.Overrides), func(o perms.Override) bool { return o.Granted && later(o.Window) })
	instants := []time.Time{g.now}
	for _, h := range s.Roles {
		instants = append(instants, h.ExpiresAt)
	}
	for _, o := range s.Overrides {
		instants = append(instants, o.StartsAt, o.ExpiresAt)
	}
	slices.SortFunc(instants, time.Time.Compare)
	for _, instant := range instants {
		if instant.Before(g.now) {
			continue
		}
		for _, p := range all {
			if !perms.Decide(c, s, perms.Question{Permission: p, At: at}, instant).Allowed {
				if instant.Equal(g.now) {
					return time.Time{}
				}
				return instant
			}
		}
	}
	return ever
}
