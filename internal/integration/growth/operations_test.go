package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/roles"
	"github.com/seed-06a6a295/rolebook/store"
	"github.com/seed-06a6a295/rolebook/users"
)

// bed is a database in which things are asked, with whom and what they are asked about.
type bed struct {
	spec  Spec
	store store.Store
	book  *store.Book
	cold  *store.Book // which remembers one user
	now   time.Time

	root, admin perms.Actor  // staff, and of the big tenant
	big, small  uuid.UUID    // tenants
	folk        []users.User // of everybody, from the first to the last
	locals      []users.User // of the big tenant
	tokens      []string     // of some of them
	teams       [2]uuid.UUID // own roles, of the big tenant and of a small one
	round       int
}

// newBed looks around in a database that has been filled.
func newBed(tb testing.TB, s Spec, st store.Store) *bed {
	tb.Helper()
	w := &bed{spec: s, store: st, now: born.Add(year)}
	clock := func() time.Time { return w.now }
	w.book = connectWith(tb, st, store.Options{Clock: clock})
	w.cold = connectWith(tb, st, store.Options{Clock: clock, CachedUsers: 1})
	w.root, w.admin = perms.As(byNumber(tb, st, root+1).ID), perms.As(byNumber(tb, st, bigAdmin+1).ID)
	w.big = tenantOf(tb, st, 2)
	home, _ := byNumber(tb, st, smallAdmin+1).Home()
	w.small = home
	for i := range 600 {
		after := int64(firsts + i*(s.Users-firsts)/620)
		w.folk = append(w.folk, next(tb, st, users.Filter{After: after, Limit: 1, Statuses: []perms.Status{perms.Active}}))
		w.locals = append(w.locals, next(tb, st, users.Filter{After: after * 9 / 10, Limit: 1, Tenant: w.big, Statuses: []perms.Status{perms.Active}}))
	}
	for i := range 50 {
		token, _, err := w.book.Sessions.Issue(tb.Context(), w.folk[i*7].ID)
		if err != nil {
			tb.Fatal(err)
		}
		w.tokens = append(w.tokens, token.Reveal())
	}
	first := int64(len(systemRoles) + 1)
	for i, number := range []int64{first, first + int64(s.ownRoles()) - 1} {
		r, err := st.RoleByNumber(tb.Context(), number)
		if err != nil {
			tb.Fatal(err)
		}
		w.teams[i] = r.ID
	}
	return w
}

func next(tb testing.TB, st store.Store, f users.Filter) users.User {
	tb.Helper()
	list, err := st.Users(tb.Context(), f)
	if err != nil || len(list) == 0 {
		tb.Fatalf("nobody after %d, %v", f.After, err)
	}
	return list[0]
}

func (w *bed) anybody(i int) users.User { return w.folk[i*37%len(w.folk)] }
func (w *bed) local(i int) users.User   { return w.locals[i*37%len(w.locals)] }

// operation is something that is asked, and how many it finds.
type operation struct {
	name       string
	promised   bool // takes at most twice as long among a million users as among ten thousand
	mayBeEmpty bool
	do         func(ctx context.Context, w *bed, i int) (int, error)
}

const page = 50

func operations() []operation {
	half := func(w *bed) int64 { return int64(w.spec.Users / 2) }
	end := func(w *bed) int64 { return int64(w.spec.Users - max(w.spec.Users/10, 400)) }
	return []operation{
		{"list page of a fifth of all, first", true, false, listed(func(*bed) users.Filter { return users.Filter{} })},
		{"list page of a fifth of all, in the middle", true, false, listed(func(w *bed) users.Filter { return users.Filter{After: half(w)} })},
		{"list page of a fifth of all, at the end", true, false, listed(func(w *bed) users.Filter { return users.Filter{After: end(w)} })},
		{"list page of everybody, in the middle", true, false, func(ctx context.Context, w *bed, _ int) (int, error) {
			found, err := w.book.Users.List(ctx, w.root, users.Filter{After: half(w), Limit: page})
			return len(found), err
		}},
		{"list page of who is in one of two tenants, in the middle", true, false, stored(func(w *bed) users.Filter {
			return users.Filter{Sight: &perms.Sight{Tenants: []uuid.UUID{w.big, w.small}}, After: half(w)}
		})},
		{"list page of who has a common role, in the middle", true, false, searched(func(w *bed) users.Search { return users.Search{Role: "editor", After: half(w)} })},
		{"list page of who has a rare role, which more have", false, true, searched(func(w *bed) users.Search { return users.Search{Role: "approver"} })},
		{"list page of a fifth of all, in the middle by offset", false, false, listed(func(w *bed) users.Filter { return users.Filter{Offset: w.spec.Users / 10} })},
		{"search for a frequent name", true, false, searched(func(w *bed) users.Search { return users.Search{Contains: "mara", After: half(w)} })},
		{"search for one person", false, false, searched(func(w *bed) users.Search { return users.Search{Contains: w.local(7).Email} })},
		{"get a user", true, false, func(ctx context.Context, w *bed, i int) (int, error) {
			_, err := w.book.Users.Get(ctx, w.admin, w.local(i).ID)
			return 1, err
		}},
		{"check, miss", true, false, func(ctx context.Context, w *bed, i int) (int, error) {
			_, err := w.cold.Perms.Check(ctx, w.folk[i*37%warmUp].ID, common, perms.Home)
			return 1, err
		}},
		{"check, miss of who was not read for long", false, false, func(ctx context.Context, w *bed, i int) (int, error) {
			_, err := w.cold.Perms.Check(ctx, w.folk[warmUp+i%(len(w.folk)-warmUp)].ID, common, perms.Home)
			return 1, err
		}},
		{"holders of a common permission in a tenant, first page", true, false, holders(common, inBig, 0)},
		{"holders of a common permission in a tenant, in the middle", true, false, holders(common, inBig, 0.5)},
		{"holders of a rare permission in a tenant, first page, of which there are more", false, false, holders(rare, inBig, 0)},
		{"holders of a permission platform-wide, of whom there are more, first page", false, false, holders(common, platform, 0)},
		{"holders of a common permission anywhere, of more roles, first page", false, false, holders(common, anywhere, 0)},
		{"holders of a rare permission anywhere, of more roles, first page", false, false, holders(rare, anywhere, 0)},
		{"count the holders of a common permission in a tenant", false, false, func(ctx context.Context, w *bed, _ int) (int, error) {
			n, _, err := w.book.Perms.CountHolders(ctx, common, perms.In(w.big))
			return int(n), err
		}},
		{"journal page, first", true, false, journal(0)},
		{"journal page, in the middle", true, false, journal(0.5)},
		{"journal page, at the end", true, false, journal(0.99)},
		{"what a user might do half a year ago", false, false, func(ctx context.Context, w *bed, i int) (int, error) {
			u := w.folk[i*37%(len(w.folk)/3)]
			past, err := w.book.Journal.AsOf(ctx, w.root, u.ID, perms.Home, born.Add(year/2).Add(time.Duration(i)*time.Minute))
			return 1 + past.Computed().Len(), err
		}},
		{"dry run of editing a role, held by a tenth of a fifth", false, false, dryRun(0)},
		{"dry run of editing a role of a small tenant", false, false, dryRun(1)},
		{"sign in, hashing apart", false, false, signIn},
		{"session of a request", true, false, func(ctx context.Context, w *bed, i int) (int, error) {
			_, err := w.book.Sessions.Authenticate(ctx, w.tokens[i%len(w.tokens)])
			return 1, err
		}},
		{"pending invites of a tenant", false, true, func(ctx context.Context, w *bed, _ int) (int, error) {
			list, err := w.book.Invites.Pending(ctx, w.admin)
			return len(list), err
		}},
		{"create a user", false, false, func(ctx context.Context, w *bed, i int) (int, error) {
			_, err := w.book.Users.Create(ctx, w.admin, users.New{Email: uuid.NewString() + "@example.com", Name: "New", Roles: []string{"viewer"},
				Tenants: []perms.Tenancy{perms.TenantOf(w.big)}})
			return 1, err
		}},
		{"update a user", false, false, func(ctx context.Context, w *bed, i int) (int, error) {
			phone := fmt.Sprintf("+49 40 %07d", time.Now().UnixMicro()%1e7)
			_, err := w.book.Users.Update(ctx, w.root, users.ByID(w.local(i).ID), users.Update{Phone: &phone})
			return 1, err
		}},
	}
}

// listed lists as the admin of the big tenant does.
func listed(filter func(w *bed) users.Filter) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		f := filter(w)
		f.Limit = page
		found, err := w.book.Users.List(ctx, w.admin, f)
		return len(found), err
	}
}

// stored asks the store itself.
func stored(filter func(w *bed) users.Filter) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		f := filter(w)
		f.Limit = page
		found, err := w.store.Users(ctx, f)
		return len(found), err
	}
}

// searched searches as staff do.
func searched(search func(w *bed) users.Search) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		q := search(w)
		q.Limit = page
		found, err := w.book.Users.Search(ctx, w.root, q)
		return len(found), err
	}
}

// The places of which one may ask who holds a permission there.
func inBig(w *bed) perms.Scope  { return perms.In(w.big) }
func platform(*bed) perms.Scope { return perms.Anywhere }
func anywhere(*bed) perms.Scope { return perms.Scope{} }

func holders(p perms.Permission, where func(w *bed) perms.Scope, from float64) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		q := perms.HolderQuery{Permission: p, Scope: where(w), After: int64(from * float64(w.spec.Users)), Limit: page}
		found, err := w.book.Perms.Holders(ctx, q)
		return len(found.Holders), err
	}
}

func journal(from float64) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		found, _, err := w.book.Journal.Entries(ctx, w.root, perms.Revision(from*float64(w.spec.Entries)), page)
		return len(found), err
	}
}

func dryRun(team int) func(context.Context, *bed, int) (int, error) {
	return func(ctx context.Context, w *bed, _ int) (int, error) {
		_, err := w.book.Rehearse(ctx, w.root, func(b *store.Book) error {
			r, err := b.Roles.Get(ctx, w.root, w.teams[team])
			if err != nil {
				return err
			}
			_, err = b.Roles.Update(ctx, w.root, r.ID, roles.Update{Add: []string{string(rare)}, Version: r.Version})
			return err
		})
		return 1, err
	}
}

// signIn signs in who has a password.
func signIn(ctx context.Context, w *bed, i int) (int, error) {
	for ; ; i++ {
		u := w.anybody(i)
		if u.Status != perms.Active || withoutPassword(int(u.Number-1)) {
			continue
		}
		_, _, err := w.book.Sessions.SignIn(ctx, u.Email, Password, fmt.Sprintf("192.0.2.%d", i%250))
		return 1, err
	}
}
