package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-06a6a295/rolebook/perms"
	"github.com/seed-06a6a295/rolebook/store"
)

// newIDs returns so many ids, the given ones among them.
func newIDs(n int, given ...uuid.UUID) []uuid.UUID {
	for len(given) < n {
		given = append(given, uuid.New())
	}
	return given
}

// tenanciesOfNobody returns so many tenancies, the given ones among them.
func tenanciesOfNobody(n int, given ...perms.Tenancy) []perms.Tenancy {
	for len(given) < n {
		given = append(given, perms.TenantOf(uuid.New()))
	}
	return given
}

// wanted is a question about who holds what the role of the world gives.
func (w *world) wanted(change func(f *perms.Candidates)) perms.Candidates {
	f := perms.Candidates{Permission: "assets.view", Global: []uuid.UUID{w.role}, Within: []perms.Tenancy{perms.EveryTenant, perms.TenantOf(w.tenant.ID)}, Now: noon, Limit: 10}
	change(&f)
	return f
}

// Each statement of each question fails in turn, and the question with it: nothing is answered from half of what is there.
func TestEveryReadFails(t *testing.T) {
	s, db, f := openFaulty(t)
	f.err = errors.New("database or disk is full")
	w := newWorld(t, s)
	crowd := w.newUser(2, "crowd")
	for range few + 1 {
		crowd.Roles = append(crowd.Roles, perms.Assignment{Role: w.role, Scope: perms.In(w.tenant.ID)})
	}
	must(t, s.InTx(t.Context(), func(tx store.Store) error { return tx.InsertUser(t.Context(), crowd) }))
	candidates := func(change func(f *perms.Candidates)) func(ctx context.Context) (bool, error) {
		return func(ctx context.Context) (bool, error) {
			found, next, err := s.Candidates(ctx, w.wanted(change))
			return len(found) > 0 || next > 0, err
		}
	}
	count := func(change func(f *perms.Candidates)) func(ctx context.Context) (bool, error) {
		return func(ctx context.Context) (bool, error) {
			n, err := s.CountPlain(ctx, w.wanted(change))
			return n > 0, err
		}
	}
	nearby := func(f *perms.Candidates) { f.Anywhere, f.Lean = true, true }
	here := func(f *perms.Candidates) { f.Lean = true }
	many := func(f *perms.Candidates) { f.Global = newIDs(arms+1, w.role) }
	for name, ask := range map[string]func(ctx context.Context) (bool, error){
		"Subjects": func(ctx context.Context) (bool, error) {
			list, err := s.Subjects(ctx, []uuid.UUID{w.user.ID})
			return len(list) > 0, err
		},
		"Subjects of many": func(ctx context.Context) (bool, error) {
			list, err := s.Subjects(ctx, newIDs(60, w.user.ID))
			return len(list) > 0, err
		},
		"Rules": func(ctx context.Context) (bool, error) {
			list, err := s.Rules(ctx, perms.Anywhere)
			return len(list) > 0, err
		},
		"Candidates nearby":        candidates(nearby),
		"Candidates in a tenant":   candidates(here),
		"Candidates of many roles": candidates(many),
		"CountPlain":               count(nearby),
		"CountPlain in a tenant":   count(here),
		"CountPlain of many roles": count(many),
	} {
		whole := int64(-1) // the statement that ends the snapshot: everything has been read by then
		for k := int64(0); ; k++ {
			f.after.Store(k)
			said, err := ask(t.Context())
			untouched := f.after.Load() >= 0
			f.after.Store(-1)
			if open := db.Stats().InUse; open != 0 {
				t.Fatalf("%s: statement %d: %d connections in use", name, k, open)
			}
			if untouched {
				if !said || err != nil || whole >= 0 && whole != k-1 {
					t.Errorf("%s: finds something: %t, %v; it did without statement %d of %d", name, said, err, whole, k)
				}
				break
			}
			if said && err == nil {
				whole = k
			} else if said || !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("%s: statement %d: finds something: %t, %v", name, k, said, err)
			}
		}
	}
}

// A statement about candidates begins where the fewest rows are, and counts them only where that is in doubt.
func TestBeginning(t *testing.T) {
	s, _, f := openFaulty(t)
	w := newWorld(t, s)
	crowded, other := uuid.New(), uuid.New()
	must(t, s.InTx(t.Context(), func(tx store.Store) error {
		for i, id := range []uuid.UUID{crowded, other} {
			r, err := tx.Role(t.Context(), w.role)
			must(t, err)
			r.ID, r.Number, r.Key, r.Name = id, int64(2+i), fmt.Sprint("role", i), fmt.Sprint("Role ", i)
			must(t, tx.InsertRole(t.Context(), r))
		}
		crowd := w.newUser(2, "crowd")
		for range few {
			crowd.Roles = append(crowd.Roles, perms.Assignment{Role: crowded, Scope: perms.Anywhere})
		}
		crowd.Tenants = append(crowd.Tenants, perms.TenantsOfType(perms.TestTenant))
		if err := tx.InsertUser(t.Context(), crowd); err != nil {
			return err
		}
		for i := range few + 10 {
			u := w.newUser(int64(i+3), fmt.Sprint("p", i))
			u.Tenants, u.Roles, u.Overrides, u.Groups, u.Objects = []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)}, nil, nil, nil, nil
			if err := tx.InsertUser(t.Context(), u); err != nil {
				return err
			}
		}
		return nil
	}))
	one, many := []uuid.UUID{crowded}, newIDs(arms+1, crowded)
	thin, thick := []perms.Tenancy{perms.TenantsOfType(perms.TestTenant)}, []perms.Tenancy{perms.TenantsOfType(perms.ProductionTenant)}
	for name, row := range map[string]struct {
		roles    []uuid.UUID
		within   []perms.Tenancy
		anywhere bool
		want     beginning
		counts   int64
	}{
		"anywhere, one role":               {one, thin, true, fromRoles, 0},
		"many tenants, one role":           {one, tenanciesOfNobody(arms+1, thin...), false, fromRoles, 0},
		"anywhere, many roles":             {many, thin, true, fromUsers, 1},
		"anywhere, many roles of few":      {newIDs(arms+1, other), thin, true, fromRoles, 1},
		"many tenants, many roles":         {many, tenanciesOfNobody(arms+1, thin...), false, fromUsers, 1},
		"few in the tenant, one role":      {one, thin, false, fromTenancies, 2},
		"few in the tenant, many roles":    {many, thin, false, fromTenancies, 2},
		"more in the tenant, one role":     {one, thick, false, fromRoles, 2},
		"more in the tenant, many roles":   {many, thick, false, fromUsers, 2},
		"few in the tenant, a role of few": {[]uuid.UUID{other}, thin, false, fromRoles, 1},
	} {
		filter := w.wanted(func(f *perms.Candidates) { f.Global, f.Within, f.Anywhere = row.roles, row.within, row.anywhere })
		must(t, s.snapshot(t.Context(), func(u *unit) error {
			const ample = 1000
			f.after.Store(ample)
			got, err := u.begin(t.Context(), &filter, unbounded)
			counts := ample - f.after.Load()
			f.after.Store(-1)
			if got != row.want || counts != row.counts {
				t.Errorf("%s: from %d after %d counts, want from %d after %d", name, got, counts, row.want, row.counts)
			}
			return err
		}))
		var whom [][]int64
		for _, from := range []beginning{fromRoles, fromTenancies, fromUsers} {
			if row.anywhere && from == fromTenancies {
				continue // there are more than those
			}
			must(t, s.snapshot(t.Context(), func(u *unit) error {
				numbers, err := u.numbers(t.Context(), candidatesFrom(from, &filter))
				whom = append(whom, slices.Compact(numbers))
				return err
			}))
		}
		for _, numbers := range whom[1:] {
			if !slices.Equal(numbers, whom[0]) {
				t.Errorf("%s: the beginnings find %v", name, whom)
			}
		}
	}
}

// What a question does not need is not asked: who is near by, the plain ones among the doubtful, and the whole of those who are plain.
func TestStatementsOfCandidates(t *testing.T) {
	s, _, _ := openFaulty(t)
	w := newWorld(t, s)
	plain := w.newUser(2, "plain")
	plain.Overrides = nil
	must(t, s.InTx(t.Context(), func(tx store.Store) error { return tx.InsertUser(t.Context(), plain) }))
	for name, row := range map[string]struct {
		change              func(f *perms.Candidates)
		near, plain, wholly bool
	}{
		"anywhere":       {func(f *perms.Candidates) { f.Anywhere = true }, true, false, true},
		"lean":           {func(f *perms.Candidates) { f.Anywhere, f.Lean = true, true }, true, true, false},
		"in the tenants": {func(f *perms.Candidates) {}, false, false, true},
		"of many roles":  {func(f *perms.Candidates) { f.Anywhere, f.Global = true, newIDs(arms+1, w.role) }, false, false, true},
		"the doubtful": {func(f *perms.Candidates) {
			f.Permission, f.Anywhere, f.Doubtful, f.Lean = "assets.delete", true, true, true
		}, false, false, true},
		"those of no role":     {func(f *perms.Candidates) { f.Global = nil }, false, false, false},
		"behind everybody":     {func(f *perms.Candidates) { f.Anywhere, f.After = true, 9 }, true, false, false},
		"in no tenant at all":  {func(f *perms.Candidates) { f.Within = nil }, false, false, false},
		"anywhere, by nothing": {func(f *perms.Candidates) { f.Anywhere, f.Within = true, nil }, true, false, true},
	} {
		filter := w.wanted(row.change)
		s.db.texts.Clear()
		_, _, err := s.Candidates(t.Context(), filter)
		must(t, err)
		ran := func(text string) bool { _, ok := s.db.texts.Load(text); return ok }
		near, among := ran(candidatesUntil(1, &filter).String()), ran(plainAmong(nil, &filter).String())
		if near != row.near || among != row.plain || ran(subjectsByNumbers.text) != row.wholly {
			t.Errorf("%s: near by %t, plain %t, wholly %t", name, near, among, ran(subjectsByNumbers.text))
		}
	}
	for n, few := range map[int]bool{50: true, 51: false} {
		s.db.texts.Clear()
		_, err := s.Subjects(t.Context(), newIDs(n))
		must(t, err)
		if _, ok := s.db.texts.Load(subjectsByIDs.text); ok != few {
			t.Errorf("%d subjects by one statement: %t", n, ok)
		}
	}
}

// Of who cannot be read it is said who it is, and nothing is made up for him.
func TestCandidatesThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		`update rolebook_tenancies set tenancy = 'x' || tenancy where position > 0`: "sqlstore: user 1",
		`update rolebook_users set id = 'nobody'`:                                   "Scan",
	} {
		s, db, _ := openFaulty(t)
		w := newWorld(t, s)
		u := w.user.Clone()
		u.Version, u.Overrides, u.Tenants = 2, nil, append(u.Tenants, perms.TenantsOfType(perms.TestTenant))
		must(t, s.InTx(t.Context(), func(tx store.Store) error { return tx.UpdateUser(t.Context(), w.user, u) }))
		execute(t, db, `pragma foreign_keys = off`)
		execute(t, db, text)
		found, next, err := s.Candidates(t.Context(), w.wanted(func(f *perms.Candidates) { f.Lean = true }))
		if err == nil || len(found) > 0 || next > 0 {
			t.Errorf("%s: %v, %d, %v", text, found, next, err)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
}
