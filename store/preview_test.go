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

// A rehearsed change is reported to somebody as far as his scope goes; what it reads is real, and so is what it refuses.
func TestRehearse(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	staff, err := o.Users.Create(ctx, setup, users.New{Email: "staff@example.com", Name: "Staff", Roles: []string{o.clerk.Key}, Tenants: []perms.Tenancy{perms.EveryTenant}})
	o.must(err)
	narrow := func(b *store.Book) error {
		_, err := b.Roles.Update(ctx, setup, o.clerk.ID, roles.Update{Remove: []string{"bills.*"}, Add: []string{"bills.pay", "bills.read"}})
		if got, err := b.Roles.Get(ctx, setup, o.clerk.ID); err != nil || !slices.Equal(got.Patterns, o.clerk.Patterns) {
			t.Errorf("the Book reads %v, %v", got.Patterns, err)
		}
		return err
	}
	for what, row := range map[string]struct {
		to   perms.Actor
		want []uuid.UUID
	}{
		"system": {setup, []uuid.UUID{o.ann.ID, o.bob.ID, staff.ID}},
		"staff":  {perms.As(staff.ID), []uuid.UUID{o.ann.ID, o.bob.ID, staff.ID}},
		"ann":    {perms.As(o.ann.ID), []uuid.UUID{o.ann.ID, o.bob.ID}},
		"guest":  {perms.Guest(), nil},
	} {
		report, err := o.Rehearse(ctx, row.to, narrow)
		o.must(err)
		var who []uuid.UUID
		for _, h := range report.Loses {
			who = append(who, h.User)
		}
		if !slices.Equal(who, row.want) || report.Lost != len(row.want) {
			t.Errorf("%s is told of %v, %d; want %v", what, who, report.Lost, row.want)
		}
	}
	_, err = o.Rehearse(ctx, setup, func(b *store.Book) error {
		_, err := b.Users.Create(ctx, setup, users.New{Email: "ann@example.com", Name: "Another"})
		return err
	})
	if !errors.Is(err, users.ErrAddressTaken) {
		t.Errorf("got %v", err)
	}
}

// Of a user whom somebody sees he is told nothing in tenants that are none of his.
func TestRehearseTellsNothingOfOtherTenants(t *testing.T) {
	o := newOffice(t, 1)
	ctx := t.Context()
	away, err := o.Tenants.Create(ctx, setup, users.NewTenant{Name: "Away", Slug: "away"})
	o.must(err)
	both, err := o.Users.Create(ctx, setup, users.New{Email: "both@example.com", Name: "Both", Tenants: []perms.Tenancy{perms.TenantOf(away.ID), perms.TenantOf(o.in)}})
	o.must(err)
	for to, want := range map[perms.Actor]int{setup: 2, perms.As(o.ann.ID): 1} {
		report, err := o.Rehearse(ctx, to, func(b *store.Book) error { return b.Users.SetOverride(ctx, setup, both.ID, perms.Grant("bills.print")) })
		o.must(err)
		if report.Gained != want || len(report.Gains) != want || want == 1 && report.Gains[0].Scope != perms.In(o.in) {
			t.Errorf("%v is told of %+v", to, report.Gains)
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
	o.must(guess("ann-river-2041"))
	for range users.FailuresPerAccount {
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
