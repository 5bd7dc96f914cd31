package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/internal/fault"
	"github.com/seed-06a6a295/rolebook/invites"
	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
	"github.com/seed-06a6a295/rolebook/users/password"
)

// Histories lets random people of a new store do random things to each other, most of which they may not, once for each seed, and then checks what must
// hold whatever was done: an administrator is left, a failed operation has left no journal entry and an effective one exactly one, and folding the journal
// gives the tables. The same seed does the same things on every store.
func Histories(t *testing.T, open func(t *testing.T) store.Store, seeds, steps int) {
	done := map[string]int{}
	var ops []operation
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, open(t), uint64(seed))
			h.done, ops = done, h.ops
			h.live(steps)
		})
	}
	for _, op := range ops {
		if done[op.name] == 0 {
			t.Errorf("%s never succeeded: the histories show nothing of it", op.name)
		}
	}
}

// live does the steps and checks what they left.
func (h *history) live(steps int) {
	t := h.t
	for i := range steps {
		before := h.head()
		what, err := h.step()
		if err != nil && fault.KindOf(err) == fault.Internal {
			t.Fatalf("step %d, %s: %v", i, what, err)
		}
		switch moved := h.head() - before; {
		case err != nil && moved != 0:
			t.Fatalf("step %d, %s failed with %v and left %d entries", i, what, err, moved)
		case moved > 1:
			t.Fatalf("step %d, %s left %d entries", i, what, moved)
		case err == nil:
			h.done[what]++
		}
		h.now = h.now.Add(time.Duration(h.rand.IntN(50)) * time.Minute)
		if i%250 == 0 {
			h.checkHolders()
		}
	}
	h.checkHolders()
	left, err := perms.AnyAdministrator(t.Context(), h.s, h.book.Catalog(), h.now)
	if err != nil || !left {
		t.Errorf("an administrator is left: %t, %v", left, err)
	}
	CheckFold(t, h.s)
}

// operation is one kind of thing that people do.
type operation struct {
	name string
	do   func(ctx context.Context, by perms.Actor) error
}

// history is a book in the hands of random people.
type history struct {
	t    *testing.T
	book *store.Book
	s    store.Store
	rand *rand.Rand
	now  time.Time
	made int
	ops  []operation
	done map[string]int

	people  []uuid.UUID
	tenants []uuid.UUID
	roles   []uuid.UUID
	groups  []uuid.UUID
	tokens  []string
	links   []string
}

func newHistory(t *testing.T, s store.Store, seed uint64) *history {
	t.Helper()
	h := &history{t: t, s: s, rand: rand.New(rand.NewPCG(seed, 1)), now: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), done: map[string]int{}}
	ctx, system := t.Context(), perms.System("history")
	var err error
	h.book, err = store.Connect(ctx, s, store.Options{Hasher: cheapHasher(t), Clock: func() time.Time { return h.now }})
	h.must(err)
	h.must(h.book.Seed(ctx, system, historyPreset()))
	for _, slug := range []string{"north", "south"} {
		made, err := h.book.Tenants.Create(ctx, system, users.NewTenant{Name: slug, Slug: slug, Type: perms.TestTenant})
		h.must(err)
		h.tenants = append(h.tenants, made.ID)
	}
	for _, key := range []string{"root", "admin", "clerk", "viewer"} {
		r, err := h.book.Roles.Find(ctx, system, roles.ByKey(key), perms.RolesRead)
		h.must(err)
		h.roles = append(h.roles, r.ID)
	}
	for i := range 8 {
		h.must(h.person(ctx, system, []string{"root", "admin", "clerk", "viewer"}[i%4], i%4 == 0))
	}
	h.ops = h.operations()
	return h
}

func historyPreset() roles.Preset {
	return roles.Preset{
		Keys: []perms.Key{{Permission: "assets.view"}, {Permission: "assets.edit"}},
		Roles: []roles.PresetRole{
			{Key: "root", Name: "Root", Patterns: []perms.Pattern{perms.AllPattern}},
			{Key: "admin", Name: "Admin", Patterns: []perms.Pattern{"users.*", "overrides.*", "invites.*", "groups.*", "grants.*", "features.*", "tenants.update", "assets.*"}},
			{Key: "clerk", Name: "Clerk", Patterns: []perms.Pattern{"users.list", "users.update", "assets.*"}},
			{Key: "viewer", Name: "Viewer", Patterns: []perms.Pattern{"assets.view"}},
		},
	}
}

func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) head() perms.Revision {
	h.t.Helper()
	head, err := h.s.Head(h.t.Context())
	h.must(err)
	return head.Revision
}

// instant returns the instant by which everything is judged: the clock's, or the newest entry's if the clock has run back.
func (h *history) instant() time.Time {
	h.t.Helper()
	_, now, err := perms.Env{Catalog: h.book.Catalog, Clock: func() time.Time { return h.now }}.Grounds(h.t.Context(), h.s)
	h.must(err)
	return now
}

// step lets somebody do something: mostly a person, sometimes trusted code.
func (h *history) step() (string, error) {
	op := pick(h, h.ops)
	by := perms.As(pick(h, h.people))
	switch h.rand.IntN(6) {
	case 0:
		by = perms.System("history")
	case 1, 2:
		by = perms.As(h.people[0]) // root, as long as he is
	case 3:
		by = by.In(pick(h, h.tenants))
	}
	return op.name, op.do(h.t.Context(), by)
}

func pick[T any](h *history, from []T) T { return from[h.rand.IntN(len(from))] }

// place returns a tenancy list: one tenant, sometimes two, seldom every one.
func (h *history) place() []perms.Tenancy {
	switch h.rand.IntN(8) {
	case 0:
		return []perms.Tenancy{perms.TenantOf(h.tenants[0]), perms.TenantOf(h.tenants[1])}
	case 1:
		return []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}
	case 2:
		return []perms.Tenancy{perms.EveryTenant}
	}
	return []perms.Tenancy{perms.TenantOf(pick(h, h.tenants))}
}

func (h *history) scope() perms.Scope {
	if h.rand.IntN(3) == 0 {
		return perms.In(pick(h, h.tenants))
	}
	return perms.Anywhere
}

// window returns none, mostly; otherwise one that begins or ends soon.
func (h *history) window() perms.Window {
	soon := h.now.Add(time.Duration(1+h.rand.IntN(500)) * time.Minute)
	switch h.rand.IntN(6) {
	case 0:
		return perms.Window{ExpiresAt: soon}
	case 1:
		return perms.Window{StartsAt: soon}
	}
	return perms.Window{}
}

func (h *history) assignments() []perms.Assignment {
	var list []perms.Assignment
	for range h.rand.IntN(3) {
		a := perms.Assignment{Role: pick(h, h.roles), Scope: h.scope(), Window: h.window()}
		if !slices.ContainsFunc(list, func(b perms.Assignment) bool { return a.Role == b.Role && a.Scope == b.Scope }) {
			list = append(list, a)
		}
	}
	return list
}

// person creates somebody with a role.
func (h *history) person(ctx context.Context, by perms.Actor, role string, staff bool) error {
	h.made++
	in := users.New{Email: fmt.Sprintf("person%d@example.com", h.made), Name: fmt.Sprintf("Person %d", h.made), Roles: []string{role}, Tenants: h.place()}
	if staff {
		in.Tenants = []perms.Tenancy{perms.EveryTenant}
	}
	u, err := h.book.Users.Create(ctx, by, in)
	if err == nil {
		h.people = append(h.people, u.ID)
	}
	return err
}

// operations returns everything that people do. None creates more than one entry.
func (h *history) operations() []operation {
	b := h.book
	someone := func() users.Ref { return users.ByID(pick(h, h.people)) }
	key := func() perms.Permission {
		return pick(h, []perms.Permission{"assets.view", "assets.edit", perms.UsersAssign, perms.FeaturesAI})
	}
	return []operation{
		{"create user", func(ctx context.Context, by perms.Actor) error {
			return h.person(ctx, by, h.roleKey(), false)
		}},
		{"rename", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.Update(ctx, by, someone(), users.Update{Name: new(users.FullName(fmt.Sprint("Name ", h.rand.IntN(5))))})
			return err
		}},
		{"readdress", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.Update(ctx, by, someone(), users.Update{Email: new(fmt.Sprintf("person%d@example.com", h.rand.IntN(30)))})
			return err
		}},
		{"set roles", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.SetRoles(ctx, by, pick(h, h.people), h.assignments())
			return err
		}},
		{"move", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.Update(ctx, by, someone(), users.Update{Tenants: new(h.place())})
			return err
		}},
		{"set override", func(ctx context.Context, by perms.Actor) error {
			o := perms.Override{Permission: key(), Granted: h.rand.IntN(2) == 0, Scope: h.scope(), Window: h.window()}
			return b.Users.SetOverride(ctx, by, pick(h, h.people), o)
		}},
		{"clear override", func(ctx context.Context, by perms.Actor) error {
			return b.Users.ClearOverride(ctx, by, pick(h, h.people), key(), h.scope())
		}},
		{"several at once", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.Update(ctx, by, someone(), users.Update{Phone: new(fmt.Sprint(h.rand.IntN(9))), Roles: new(h.assignments()), Active: new(h.rand.IntN(2) == 0)})
			return err
		}},
		{"move status", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.Do(ctx, by, pick(h, h.people), pick(h, []users.Verb{users.Approve, users.Reject, users.Suspend, users.Reactivate, users.Reactivate, users.Delete}))
			return err
		}},
		{"purge", func(ctx context.Context, by perms.Actor) error {
			if h.rand.IntN(4) > 0 {
				return users.ErrNotFound // people must not run out
			}
			_, err := b.Users.Purge(ctx, by, someone(), true, 0)
			return err
		}},
		{"set password", func(ctx context.Context, by perms.Actor) error {
			return b.Users.SetPassword(ctx, by, pick(h, h.people), fmt.Sprintf("random-river-%d", h.rand.IntN(9)), true)
		}},
		{"create role", func(ctx context.Context, by perms.Actor) error {
			h.made++
			r, err := b.Roles.Create(ctx, by, roles.New{Name: fmt.Sprintf("Role %d", h.made), Permissions: []string{"assets.view", string(key())}, Scope: h.scope()})
			if err == nil {
				h.roles = append(h.roles, r.ID)
			}
			return err
		}},
		{"edit role", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Roles.Update(ctx, by, pick(h, h.roles), roles.Update{Add: []string{string(key())}, Description: new(fmt.Sprint(h.rand.IntN(4)))})
			return err
		}},
		{"delete role", func(ctx context.Context, by perms.Actor) error {
			return b.Roles.Delete(ctx, by, pick(h, h.roles), 0)
		}},
		{"create group", func(ctx context.Context, by perms.Actor) error {
			h.made++
			g, err := b.Groups.Create(ctx, by, users.NewGroup{Tenant: pick(h, h.tenants), Name: fmt.Sprintf("Group %d", h.made)})
			if err == nil {
				h.groups = append(h.groups, g.ID)
			}
			return err
		}},
		{"add member", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Groups.AddMembers(ctx, by, h.group(), []users.Ref{someone()})
			return err
		}},
		{"remove member", h.removeMember},
		{"share with group", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Groups.SetObjects(ctx, by, h.group(), "dashboards", []int64{1 + h.rand.Int64N(3)})
			return err
		}},
		{"share with user", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Users.SetObjects(ctx, by, someone(), pick(h, h.tenants), "dashboards", []int64{1 + h.rand.Int64N(3)})
			return err
		}},
		{"delete group", func(ctx context.Context, by perms.Actor) error {
			if h.rand.IntN(3) > 0 {
				return users.ErrGroupNotFound
			}
			return b.Groups.Delete(ctx, by, h.group())
		}},
		{"edit tenant", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Tenants.Update(ctx, by, pick(h, h.tenants), users.TenantUpdate{Name: new(fmt.Sprint("Tenant ", h.rand.IntN(4))), RequireApproval: new(h.rand.IntN(2) == 0)})
			return err
		}},
		{"invite", h.invite},
		{"accept", h.accept},
		{"link", h.link},
		{"join", h.join},
	}
}

// group returns a group, or one that does not exist while there is none.
func (h *history) group() users.Ref {
	if len(h.groups) == 0 {
		return users.ByNumber(1)
	}
	return users.ByID(pick(h, h.groups))
}

// roleKey returns the key of a system role.
func (h *history) roleKey() string { return pick(h, []string{"root", "admin", "clerk", "viewer"}) }

func (h *history) removeMember(ctx context.Context, by perms.Actor) error {
	if len(h.groups) == 0 {
		return users.ErrGroupNotFound
	}
	group := pick(h, h.groups)
	members, err := h.s.Users(ctx, users.Filter{Group: group})
	if err != nil || len(members) == 0 {
		return users.ErrNotFound
	}
	return h.book.Groups.RemoveMembers(ctx, by, users.ByID(group), []users.Ref{users.ByID(pick(h, members).ID)})
}

func (h *history) invite(ctx context.Context, by perms.Actor) error {
	made, err := h.book.Invites.Create(ctx, by, invites.New{Email: fmt.Sprintf("guest%d@example.com", h.rand.IntN(9)), Role: h.roleKey(), Tenant: h.place()[0]})
	if err == nil {
		h.tokens = append(h.tokens, made.Token.Reveal())
	}
	return err
}

func (h *history) accept(ctx context.Context, _ perms.Actor) error {
	if len(h.tokens) == 0 {
		return invites.ErrNotFound
	}
	u, _, err := h.book.Invites.Accept(ctx, perms.Guest(), invites.Acceptance{Token: pick(h, h.tokens), Name: "Guest", Password: "guest-river-2041"})
	if err == nil {
		h.people = append(h.people, u.ID)
	}
	return err
}

func (h *history) link(ctx context.Context, by perms.Actor) error {
	made, err := h.book.Invites.CreateLink(ctx, by, invites.NewLink{Tenant: pick(h, h.tenants), Role: h.roleKey(), Label: "guests", MaxUses: new(int64(3))})
	if err == nil {
		h.links = append(h.links, made.Token.Reveal())
	}
	return err
}

func (h *history) join(ctx context.Context, _ perms.Actor) error {
	if len(h.links) == 0 {
		return invites.ErrLinkNotFound
	}
	h.made++
	u, _, err := h.book.Invites.Join(ctx, perms.Guest(), invites.Joining{
		Token: pick(h, h.links), Email: fmt.Sprintf("joined%d@example.com", h.made), Name: "Joined", Password: "joined-river-2041",
	})
	if err == nil {
		h.people = append(h.people, u.ID)
	}
	return err
}

// cheapHasher returns a hasher whose hashes cost next to nothing.
func cheapHasher(t *testing.T) *password.Hasher {
	t.Helper()
	hasher, err := password.New(password.Options{Params: password.Insecure()})
	if err != nil {
		t.Fatal(err)
	}
	return hasher
}
