package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// crowd fills an office with people who hold its role, and returns how many do.
func (o *office) crowd(n int) int {
	o.Helper()
	o.must(o.store.InTx(o.Context(), func(tx store.Store) error {
		for i := range n {
			number, err := tx.NextNumber(o.Context(), perms.KindUser)
			if err != nil {
				return err
			}
			u := users.User{
				ID: uuid.New(), Number: number, Username: fmt.Sprintf("crowd%d@example.com", i), Name: users.FullName("Crowd"), Status: perms.Active,
				Tenants: []perms.Tenancy{perms.TenantOf(o.in)}, Roles: []perms.Assignment{{Role: o.clerk.ID, Scope: perms.Anywhere}}, Version: 1, CreatedAt: o.now, UpdatedAt: o.now,
			}
			if err := tx.InsertUser(o.Context(), u); err != nil {
				return err
			}
		}
		return nil
	}))
	return n + 2
}

// swap is an edit of the role by which everybody gains one permission and loses two.
func (o *office) swap(b *store.Book) error {
	_, err := b.Roles.Update(o.Context(), setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.print", string(perms.UsersList)}})
	return err
}

func TestPreviewListsAreCapped(t *testing.T) {
	o := newOffice(t, 1)
	o.Book = o.connect()
	everybody := o.crowd(1200)
	report, err := o.Preview(t.Context(), o.swap)
	o.must(err)
	if len(report.Gains) != store.MaxHoldings || len(report.Loses) != store.MaxHoldings {
		t.Errorf("%d gains and %d losses are listed", len(report.Gains), len(report.Loses))
	}
	if report.Gained != everybody || report.Lost != 2*everybody || report.Cut {
		t.Errorf("%d gained, %d lost, cut %t; want %d, %d and not cut", report.Gained, report.Lost, report.Cut, everybody, 2*everybody)
	}
}

// A preview inside a transaction compares with what that has written so far, and leaves it.
func TestPreviewInsideATransaction(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	o.must(o.InTx(ctx, func(b *store.Book) error {
		cid, err := b.Users.Create(ctx, setup, users.New{Email: "cid@example.com", Name: "Cid", Roles: []string{o.clerk.Key}, Tenants: []perms.Tenancy{perms.TenantOf(o.in)}})
		o.must(err)
		report, err := b.Preview(ctx, func(b *store.Book) error {
			_, err := b.Users.Do(ctx, setup, cid.ID, users.Suspend)
			return err
		})
		if err != nil || report.Lost != 3 || report.Loses[0].User != cid.ID {
			t.Errorf("report %+v, %v", report, err)
		}
		return err
	}))
	if list, err := o.Users.List(ctx, setup, users.Filter{Contains: "cid"}); err != nil || len(list) != 1 || list[0].Status != perms.Active {
		t.Errorf("cid after the transaction: %v, %v", list, err)
	}
}

// explainer is a role that may ask what others hold.
func (o *office) explainer() roles.Role {
	o.Helper()
	r, err := o.Roles.Create(o.Context(), setup, roles.New{Name: "Explainer", Permissions: []string{string(perms.AccessExplain)}})
	o.must(err)
	return r
}

// A rehearsed change is counted for somebody as far as his scope goes, and listed as far as he may ask who holds what; what it reads is real, and so is what
// it refuses.
func TestRehearse(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	explains := o.explainer().Key
	hire := func(name string, tenant perms.Tenancy, keys ...string) uuid.UUID {
		u, err := o.Users.Create(ctx, setup, users.New{Email: name + "@example.com", Name: name, Roles: append(keys, o.clerk.Key), Tenants: []perms.Tenancy{tenant}})
		o.must(err)
		return u.ID
	}
	lead := hire("lead", perms.TenantOf(o.in), explains)
	staff, deaf := hire("staff", perms.EveryTenant, explains), hire("deaf", perms.EveryTenant)
	narrow := func(b *store.Book) error {
		_, err := b.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.pay", "bills.read"}})
		if got, err := b.Roles.Get(ctx, setup, o.clerk.ID); err != nil || !slices.Equal(got.Patterns, o.clerk.Patterns) {
			t.Errorf("the Book reads %v, %v", got.Patterns, err)
		}
		return err
	}
	everybody := []uuid.UUID{o.ann.ID, o.bob.ID, lead, staff, deaf}
	for what, row := range map[string]struct {
		to     perms.Actor
		listed []uuid.UUID
		lost   int
	}{
		"system":        {setup, everybody, 5},
		"staff":         {perms.As(staff), everybody, 5},
		"deaf":          {perms.As(deaf), []uuid.UUID{deaf}, 5},
		"lead":          {perms.As(lead), []uuid.UUID{o.ann.ID, o.bob.ID, lead}, 3},
		"ann":           {perms.As(o.ann.ID), []uuid.UUID{o.ann.ID}, 3},
		"staff, inside": {perms.As(staff).In(o.in), []uuid.UUID{o.ann.ID, o.bob.ID, lead}, 3},
		"guest":         {perms.Guest(), nil, 0},
	} {
		report, err := o.Rehearse(ctx, row.to, narrow)
		o.must(err)
		var who []uuid.UUID
		for _, h := range report.Loses {
			who = append(who, h.User)
		}
		if !slices.Equal(who, row.listed) || report.Lost != row.lost || report.Cut {
			t.Errorf("%s is told of %v, %d; want %v, %d", what, who, report.Lost, row.listed, row.lost)
		}
	}
	_, err := o.Rehearse(ctx, setup, func(b *store.Book) error {
		_, err := b.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Another"})
		return err
	})
	if !errors.Is(err, users.ErrAddressTaken) {
		t.Errorf("got %v", err)
	}
}

// Of a user whom somebody sees he is told nothing in tenants that are none of his, and of nobody whom he does not see where he may ask.
func TestRehearseTellsNothingOfOtherTenants(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	explainer := o.explainer()
	away, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Away", Slug: "away", Type: perms.TestTenant})
	o.must(err)
	hire := func(name string, in perms.Scope, tenants ...perms.Tenancy) uuid.UUID {
		u, err := o.Users.Create(ctx, setup, users.New{Email: name + "@example.com", Name: name, Tenants: tenants, Assigned: []perms.Assignment{{Role: explainer.ID, Scope: in}}})
		o.must(err)
		return u.ID
	}
	here, there := perms.TenantOf(o.in), perms.TenantOf(away.ID)
	both, tester := hire("both", perms.Anywhere, there, here), hire("tester", perms.Anywhere, here, perms.TenantsOfType(perms.TestTenant))
	lead, scout := hire("lead", perms.Anywhere, here), hire("scout", perms.In(away.ID), here, there)
	at := func(ids ...uuid.UUID) (list []perms.Scope) {
		for _, id := range ids {
			list = append(list, perms.In(id))
		}
		return list
	}
	for _, row := range []struct {
		to      perms.Actor
		of      uuid.UUID
		counted int
		listed  []perms.Scope
	}{
		{setup, both, 2, at(o.in, away.ID)}, {perms.As(lead), both, 1, at(o.in)}, {perms.As(scout), both, 2, at(away.ID)}, {perms.As(o.ann.ID), both, 1, nil},
		{setup, tester, 2, at(o.in, away.ID)}, {perms.As(lead), tester, 1, at(o.in)}, {perms.As(scout), tester, 2, nil}, {perms.As(both), both, 2, at(o.in, away.ID)},
	} {
		report, err := o.Rehearse(ctx, row.to, func(b *store.Book) error { return b.Users.SetOverride(ctx, setup, row.of, perms.Grant("bills.print")) })
		o.must(err)
		var scopes []perms.Scope
		for _, h := range report.Gains {
			scopes = append(scopes, h.Scope)
		}
		if report.Gained != row.counted || !slices.Equal(scopes, row.listed) {
			t.Errorf("%v is told of %d, in %v; want %d, in %v", row.to, report.Gained, scopes, row.counted, row.listed)
		}
	}
}

// A guess at a password counts, whether the change it is for is made or not, and the hashing keeps nobody waiting.
func TestRehearseCountsGuesses(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	o.must(o.Users.SetPassword(ctx, setup, o.ann.ID, "ann-river-2041", false))
	guess := func(current string) error {
		_, err := o.Rehearse(ctx, perms.As(o.ann.ID), func(b *store.Book) error {
			return b.Users.ChangePassword(ctx, perms.As(o.ann.ID).From("192.0.2.1"), current, "another-river-2042", [32]byte{})
		})
		return err
	}
	for range users.FailuresPerAccount {
		o.must(guess("ann-river-2041")) // neither counts nor lets forget
		if err := guess("wrong"); !errors.Is(err, perms.ErrInvalid) {
			t.Fatalf("got %v", err)
		}
	}
	if err := guess("ann-river-2041"); !errors.Is(err, users.ErrTooMany) {
		t.Errorf("after too many guesses: %v", err)
	}
	if _, _, err := o.Sessions.SignIn(ctx, "ann@example.com", "ann-river-2041", "192.0.2.2"); err != nil {
		t.Errorf("the password is another: %v", err)
	}
}
