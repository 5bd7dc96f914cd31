package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// preview runs real methods, and compares the store before and after, to the byte.
func preview(t *testing.T, s store.Store) {
	b := connect(t, s)
	u, err := b.Users.Create(t.Context(), perms.System("test"), users.New{Email: "ann@example.com", Name: "Ann", Password: "ann-river-2041", Roles: []string{seededRole(t, b)}})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	s.OnCommit(func(perms.Head) { told++ })
	before := dump(t, s)
	var seen bool
	report, err := b.Preview(t.Context(), func(b *store.Book) error {
		ctx, system := t.Context(), perms.System("preview")
		if _, err := b.Users.Create(ctx, system, users.New{Email: "bob@example.com", Name: "Bob"}); err != nil {
			return err
		}
		if err := b.Users.SetOverride(ctx, system, u.ID, perms.Revoke("assets.view")); err != nil {
			return err
		}
		if err := b.Users.SetPassword(ctx, system, u.ID, "another-river-2042", true); err != nil {
			return err
		}
		if _, err := b.Roles.Create(ctx, system, roles.New{Name: "Auditor", Permissions: []string{"assets.*"}}); err != nil {
			return err
		}
		seen = !b.Perms.Can(ctx, u.ID, "assets.view", perms.Home)
		return b.Seed(ctx, system, roles.Preset{Keys: []perms.Key{{Permission: "previews.only"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []store.Holding{{User: u.ID, Number: u.Number, Permission: "assets.view", Scope: perms.In(home(u))}}
	if !slices.Equal(report.Loses, want) || report.Lost != 1 || len(report.Gains) != 0 || report.Gained != 0 || report.Cut {
		t.Errorf("report %+v, want one loss", report)
	}
	if len(report.Made) != 2 {
		t.Errorf("%d things were made, want a user and a role", len(report.Made))
	}
	if !seen {
		t.Error("the preview did not see its own changes")
	}
	if after := dump(t, s); after != before {
		t.Errorf("a preview left its trace:\n%s\n%s", before, after)
	}
	if told != 0 {
		t.Errorf("listeners heard of a preview %d times", told)
	}
	if b.Catalog().Has("previews.only") {
		t.Error("the Book knows a permission that was only previewed")
	}
	if !b.Perms.Can(t.Context(), u.ID, "assets.view", perms.Home) {
		t.Error("a previewed revoke is in force")
	}
	refused := errors.New("refused")
	if _, err := b.Preview(t.Context(), func(*store.Book) error { return refused }); err != refused {
		t.Errorf("got %v, want the function's own error", err)
	}
}

func home(u users.User) uuid.UUID {
	id, _ := u.Home()
	return id
}

// Previews lets random people do random things as in [Histories], and previews something before each step: what the report says must be what a recount of
// everybody's permissions says, and nothing may be left of it.
func Previews(t *testing.T, open func(t *testing.T) store.Store, seeds, steps int) {
	told := 0
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			h := newHistory(t, open(t), uint64(1000+seed))
			h.ops = append(h.ops, h.upheavals()...)
			for range steps {
				told += h.previewed()
				_, _ = h.step()
			}
		})
	}
	if told == 0 {
		t.Error("nobody ever gained or lost anything: the previews show nothing")
	}
}

// upheavals are what changes the permissions of people who are not themselves touched.
func (h *history) upheavals() []operation {
	b := h.book
	return []operation{
		{"retype tenant", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Tenants.Update(ctx, by, pick(h, h.tenants), users.TenantUpdate{Type: new(pick(h, perms.TenantTypes()))})
			return err
		}},
		{"create tenant", func(ctx context.Context, by perms.Actor) error {
			h.made++
			_, err := b.Tenants.Create(ctx, by, users.NewTenant{Name: "New", Slug: fmt.Sprint("new", h.made), Type: perms.TestTenant})
			return err
		}},
		{"narrow role", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Roles.Update(ctx, by, pick(h, h.roles), roles.Update{Remove: []string{pick(h, []string{"assets.view", "assets.edit", "assets.*"})}})
			return err
		}},
		{"widen role", func(ctx context.Context, by perms.Actor) error {
			_, err := b.Roles.Update(ctx, by, pick(h, h.roles), roles.Update{Add: []string{"assets.*"}})
			return err
		}},
		{"seed", func(ctx context.Context, by perms.Actor) error {
			h.made++
			keys := []perms.Key{{Permission: perms.Permission(fmt.Sprintf("assets.key%d", h.made))}}
			return b.Seed(ctx, by, roles.Preset{Keys: keys})
		}},
	}
}

// previewed previews up to three steps at once, and returns how much the report told.
func (h *history) previewed() int {
	t := h.t
	before, dumped := recount(t, h.book), dump(t, h.s)
	known := tenantsOf(t, h.book)
	var after map[store.Holding]bool
	report, err := h.book.Preview(t.Context(), func(b *store.Book) error {
		inner := *h
		inner.book, inner.people, inner.roles = b, slices.Clone(h.people), slices.Clone(h.roles)
		inner.ops = append(inner.operations(), inner.upheavals()...)
		for range 1 + h.rand.IntN(3) {
			_, _ = inner.step()
		}
		after = recount(t, b)
		for _, id := range tenantsOf(t, b) {
			if !slices.Contains(known, id) {
				foresee(before, id)
			}
		}
		return nil
	})
	h.must(err)
	if dump(t, h.s) != dumped {
		t.Fatal("a preview left its trace")
	}
	gains, loses := fewer(before, after), fewer(after, before)
	sameHoldings(t, "gains", report.Gains, report.Gained, gains)
	sameHoldings(t, "losses", report.Loses, report.Lost, loses)
	return len(gains) + len(loses)
}

func sameHoldings(t *testing.T, what string, got []store.Holding, counted int, want []store.Holding) {
	t.Helper()
	if counted != len(want) {
		t.Fatalf("%d %s, want %d", counted, what, len(want))
	}
	want = want[:min(len(want), store.MaxHoldings)]
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s: %v stands where %v is wanted", what, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d %s are listed, want %d", len(got), what, len(want))
	}
}

func tenantsOf(t *testing.T, b *store.Book) []uuid.UUID {
	t.Helper()
	list, err := b.Tenants.List(t.Context(), perms.System("recount"), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]uuid.UUID, len(list))
	for i, tenant := range list {
		ids[i] = tenant.ID
	}
	return ids
}

// foresee adds what is held in a tenant that does not exist yet: what is held platform-wide.
func foresee(held map[store.Holding]bool, tenant uuid.UUID) {
	for h := range maps.Clone(held) {
		if h.Scope == perms.Anywhere {
			h.Scope = perms.In(tenant)
			held[h] = true
		}
	}
}

// recount returns everything that anybody effectively holds, platform-wide and in every tenant.
func recount(t *testing.T, b *store.Book) map[store.Holding]bool {
	t.Helper()
	ctx, system := t.Context(), perms.System("recount")
	everyone, err := b.Users.List(ctx, system, users.Filter{Statuses: []perms.Status{perms.Active}})
	if err != nil {
		t.Fatal(err)
	}
	scopes := []perms.Scope{perms.Anywhere}
	for _, id := range tenantsOf(t, b) {
		scopes = append(scopes, perms.In(id))
	}
	held := map[store.Holding]bool{}
	for _, u := range everyone {
		for _, scope := range scopes {
			set, err := b.Perms.Effective(ctx, u.ID, scope)
			if err != nil {
				t.Fatal(err)
			}
			for p := range set.All() {
				held[store.Holding{User: u.ID, Number: u.Number, Permission: p, Scope: scope}] = true
			}
		}
	}
	return held
}

// fewer returns what is held in more and not in less, in a report's order. What differs platform-wide stands for the tenants too.
func fewer(less, more map[store.Holding]bool) []store.Holding {
	var out []store.Holding
	for h := range maps.Keys(more) {
		everywhere := h
		everywhere.Scope = perms.Anywhere
		if !less[h] && (h == everywhere || less[everywhere] || !more[everywhere]) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b store.Holding) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), strings.Compare(string(a.Permission), string(b.Permission)), strings.Compare(a.Scope.String(), b.Scope.String()))
	})
	return out
}
