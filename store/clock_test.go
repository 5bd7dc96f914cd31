package store_test

import (
	"testing"
	"time"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/store/memory"
	"github.com/seed-06a6a295/rolebook/users"
)

// What was over when something was changed is over for good, however far the clock is set back: for every question, with a memory or without.
func TestNothingRevivesWhenTheClockIsSetBack(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	catalog := perms.NewCatalog("assets.view")
	s := memory.New()
	book, err := store.Connect(ctx, s, store.Options{Catalog: catalog, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	ann, err := book.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Ann"})
	if err != nil {
		t.Fatal(err)
	}
	change := func(o perms.Override) {
		t.Helper()
		if err := book.Users.SetOverride(ctx, setup, ann.ID, o); err != nil {
			t.Fatal(err)
		}
	}
	answers := func(what string, want bool) {
		t.Helper()
		is := func(who string, got bool, err error) {
			t.Helper()
			if err != nil || got != want {
				t.Errorf("%s, %s answers %t, %v", what, who, got, err)
			}
		}
		ask := func(who string, a *perms.Authorizer) {
			t.Helper()
			d, err := a.Check(ctx, ann.ID, "assets.view", perms.Home)
			is(who+"Check", d.Allowed, err)
			set, err := a.Effective(ctx, ann.ID, perms.Home)
			is(who+"Effective", set.Has("assets.view"), err)
			held, err := a.Resolve(ctx, ann.ID, perms.Home)
			is(who+"Resolve", held.Can(a.Handle("assets.view")), err)
			why, err := a.Explain(ctx, ann.ID, "assets.view", perms.Home, perms.Object{})
			is(who+"Explain", why.Decision.Allowed, err)
			page, err := a.Holders(ctx, perms.HolderQuery{Permission: "assets.view", Limit: 1})
			is(who+"Holders", len(page.Holders) == 1, err)
			count, _, err := a.CountHolders(ctx, "assets.view", perms.Scope{})
			is(who+"CountHolders", count == 1, err)
		}
		ask("", book.Perms)
		fresh, err := store.Connect(ctx, s, store.Options{Catalog: catalog, Clock: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		ask("a fresh ", fresh.Perms)
		if err := book.View(ctx, func(b *store.Book) error {
			ask("a view's ", b.Perms)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	change(perms.Override{Permission: "assets.view", Granted: true, Scope: perms.Anywhere, Window: perms.Window{ExpiresAt: now.Add(time.Hour)}})
	answers("while the grant is open", true)
	now = now.Add(2 * time.Hour)
	answers("when it is over", false)
	if _, err := book.Users.Create(ctx, setup, users.New{Email: "bob@example.com", Name: "Bob"}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-2 * time.Hour)
	answers("when the clock is set back", false)
}
